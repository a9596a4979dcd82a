"""Bringing a database from one state to another: AWS takes the call only in the first.

So a call that arrives twice is refused, and the second state is proof by itself: the plan that
precedes the send saw the first.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from bot.aws import AWS
from bot.aws.declined import Known, tells
from bot.aws.statuses import ENDED_BADLY, busy
from bot.errors import PreflightError
from bot.operation._change import Change
from bot.operation._lost import arrival
from bot.operation._target import same_database
from bot.values import Call, Database, Kind, Order, Plan, Progress, Sent, Stage

STATUS, LEFT = "status", "left"  #: in the baseline; in the evidence, once it left that state


class Transition(Change):
    """From a state of ``begins_in``, by way of ``moving``, to one of ``ends_in``."""

    #: What AWS calls it, as in ``StopDBInstance``.
    act: ClassVar[str]
    #: In words, as the subject of a sentence: "a stop".
    what: ClassVar[str]
    begins_in: ClassVar[frozenset[str]]
    moving: ClassVar[str]
    ends_in: ClassVar[frozenset[str]]
    #: The event by which AWS says that it is there.
    told_by: ClassVar[Mapping[Kind, Known]]

    def arguments(self, database: Database) -> dict[str, Any]:
        """What the call says beside the name of the database."""
        return {}

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        """What had to be looked up and is in order. Raises PreflightError where it is not."""
        return ()

    def warnings(self, database: Database) -> Iterator[str]:
        yield from ()

    def downtime_of(self, database: Database) -> str:
        raise NotImplementedError

    def undo(self) -> str:
        raise NotImplementedError

    def waits(self, database: Database) -> str:
        """Why it has to wait; empty where it can begin. Raises PreflightError if that is vain."""
        return busy(database, self.what, self.begins_in)

    def ended(self, database: Database) -> Progress:
        """That it is there."""
        detail = f"{database.name} is {database.status}"
        return Progress(stage=Stage.SUCCEEDED, detail=detail, percent=100)

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        for parameter, sentence in self.objections(database).items():
            raise PreflightError(sentence, parameter)
        waits = self.waits(database)
        looked = await self.guards(aws, database)
        return Plan(
            effect=f"{self.act} {database.name}",
            call=self._call(database),
            checks=(f"{database.name} is {database.status}", *looked),
            downtime=self.downtime_of(database),
            warnings=tuple(self.warnings(database)),
            busy=waits,
            undo=self.undo(),
            baseline={STATUS: database.status},
        )

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        database = await same_database(aws, sent)
        if isinstance(database, Progress):
            return database
        return self._judge(database, sent)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found = await self.poll(aws, sent)
        if found.stage is not Stage.WAITING:
            return found
        if found.evidence.get(LEFT):
            return found.model_copy(update={"stage": Stage.ARRIVED})
        return await arrival(aws, sent, f"the {self.verb}", "")

    def _call(self, database: Database) -> Call:
        noun = "DBInstance" if database.target.kind is Kind.INSTANCE else "DBCluster"
        arguments = {f"{noun}Identifier": database.name, **self.arguments(database)}
        return Call(action=f"rds:{self.act}{noun}", arguments=arguments)

    def _judge(self, database: Database, sent: Sent) -> Progress:
        status, began = database.status, sent.plan.baseline.get(STATUS)
        said = f"{database.name} is {status}"
        if status in self.ends_in:
            return self.ended(database)
        if told := self._told(sent):
            return Progress(stage=Stage.SUCCEEDED, detail=f"AWS reports: {told}; now {said}")
        if status in ENDED_BADLY - {began}:
            return Progress(stage=Stage.FAILED, detail=said)
        if status in self.begins_in and sent.evidence.get(LEFT):
            again = f"{said} again: AWS could not {self.verb} it"
            return Progress(stage=Stage.FAILED, detail=again)
        left = {LEFT: True} if status == self.moving else {}
        return Progress(stage=Stage.WAITING, detail=said, evidence=left)

    def _told(self, sent: Sent) -> str:
        """AWS's sentence, of an event since the send; empty where there is none."""
        target = sent.order.target
        newer = (one for one in sent.events if one.at > sent.sent_at and one.concerns(target))
        found = [one.message for one in newer if tells(one, self.told_by[target.kind])]
        return found[-1] if found else ""
