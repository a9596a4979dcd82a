"""Changing the tags of a database: at once, and shown by AWS among its tags."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from bot.aws import AWS
from bot.errors import PreflightError
from bot.operation._change import Change
from bot.operation._target import same_database
from bot.params import Target
from bot.values import (
    SECOND,
    Assessment,
    Call,
    Database,
    Difference,
    Order,
    Plan,
    Progress,
    Risk,
    Sent,
    Stage,
)

SETTLED = 120 * SECOND  #: an accepted change shows long before this
BEFORE, WANTED = "before", "wanted"
Tagged = Mapping[str, str | None]


class TagChange(Change):
    """Changes tags of one database; which, and to what, says the subclass."""

    risk = Risk.LOW
    takes_custom = True
    needless = (("ApplyImmediately", "AWS changes tags at once."),)
    action: ClassVar[str]

    target: Target

    def wanted(self) -> Tagged:
        """By key the value that shall be; None: no such tag."""
        raise NotImplementedError

    def arguments(self, changed: Tagged) -> Mapping[str, object]:
        """What the call says beside the ARN."""
        raise NotImplementedError

    def effect(self, database: Database, changed: Tagged) -> str:
        raise NotImplementedError

    def undo(self, database: Database, changed: Tagged) -> str:
        raise NotImplementedError

    def cannot(self, database: Database) -> Mapping[str, str]:
        """Why this database cannot take it, by parameter."""
        return {}

    # -- what follows ----------------------------------------------------------------------------

    def risk_for(self, database: Database) -> Assessment:
        said = "tags decide costs and who is told, and nothing about the database itself"
        return Assessment(risk=self.risk, reasons=(said,))

    def objections(self, database: Database) -> Mapping[str, str]:
        if found := self.cannot(database):
            return found
        if not self._changed(database):
            parameter = next(name for name in type(self).model_fields if name != "target")
            return {parameter: f"{database.name} has these tags already: nothing to change."}
        return {}

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        for parameter, sentence in self.objections(database).items():
            raise PreflightError(sentence, parameter)
        if database.status == "deleting":
            raise PreflightError(f"{database.name} is being deleted.", "target")
        changed = self._changed(database)
        return Plan(
            effect=self.effect(database, changed),
            call=Call(
                action=self.action,
                arguments={"ResourceName": database.arn, **self.arguments(changed)},
            ),
            differences=tuple(_differences(database, changed)),
            checks=("none of these tags decides who may change what",),
            downtime="none",
            undo=self.undo(database, changed),
            baseline={
                BEFORE: {key: database.tags.get(key) for key in changed},
                WANTED: dict(changed),
            },
        )

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        return await self._looked(aws, sent)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found = await self._looked(aws, sent)
        if found.stage is Stage.WAITING and aws.now - sent.sent_at > SETTLED:
            unchanged = f"{found.detail}, unchanged: the call never arrived"
            return Progress(stage=Stage.NOT_SENT, detail=unchanged)
        return found

    async def _looked(self, aws: AWS, sent: Sent) -> Progress:
        baseline = sent.plan.baseline
        database = await same_database(aws, sent)
        if isinstance(database, Progress):
            return database
        current = {key: database.tags.get(key) for key in baseline[WANTED]}
        detail = f"{database.name} has {', '.join(_told(*one) for one in current.items())}"
        if current == baseline[WANTED]:
            return Progress(stage=Stage.SUCCEEDED, detail=detail, percent=100)
        known = ((baseline[BEFORE][key], it) for key, it in baseline[WANTED].items())
        if any(now not in pair for now, pair in zip(current.values(), known, strict=True)):
            return Progress(stage=Stage.FAILED, detail=f"{detail}: somebody else set it meanwhile")
        return Progress(stage=Stage.WAITING, detail=detail)

    def _changed(self, database: Database) -> Tagged:
        wanted = self.wanted().items()
        return {key: value for key, value in wanted if database.tags.get(key) != value}


def _told(key: str, value: str | None) -> str:
    return f"no tag {key}" if value is None else f"tag {key}={value}"


def _differences(database: Database, changed: Tagged) -> Iterator[Difference]:
    for key, value in changed.items():
        current = database.tags.get(key)
        yield Difference(
            what=f"Tag {key}",
            current="none" if current is None else current or '""',
            wanted="none" if value is None else value or '""',
        )
