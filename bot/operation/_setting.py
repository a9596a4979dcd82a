"""Setting values of one database: the plan, the proof and the way back follow from what is wanted.

Three rules of AWS hold everywhere here
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html):

- On an instance ``ApplyImmediately`` applies every modification that is pending, on a cluster only
  those of the call.
- What needs it is only scheduled without it; what does not need it applies at once in any case.
- Not everything that is under way shows among the pending modifications, so the value itself is
  compared.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, Self

from bot.aws import AWS
from bot.aws.declined import Known, declined
from bot.aws.statuses import ENDED_BADLY, USABLE, busy
from bot.errors import PreflightError
from bot.operation._change import Change, WayBack
from bot.operation._target import same_database
from bot.values import (
    SECOND,
    Assessment,
    Call,
    Database,
    Difference,
    Kind,
    Order,
    Plan,
    Progress,
    RDSEvent,
    Risk,
    Sent,
    Stage,
)

SETTLED = 300 * SECOND  #: an accepted change shows long before this
#: In the baseline, beside the values that were there.
STATUS, BACK, WANTED = "status", "back", "wanted"
MODIFY_INSTANCE = ("rds:DescribeDBInstances", "rds:ModifyDBInstance")
MODIFY_CLUSTER = ("rds:DescribeDBClusters", "rds:ModifyDBCluster")
MODIFY = tuple(sorted({*MODIFY_INSTANCE, *MODIFY_CLUSTER}))


def spoken(value: Any) -> str:
    """``on`` and ``off``, lists with commas, ``none`` for nothing: also how it is typed."""
    match value:
        case None | "" | ():
            return "none"
        case bool():
            return "on" if value else "off"
        case tuple() | list():
            return ", ".join(map(str, value))
        case float():
            return f"{value:g}"
        case _:
            return str(value)


class Wanted(NamedTuple):
    """One value: what people call it, where a database shows it, and what it shall be.

    ``shown`` is the attribute of ``Database`` and of the change's parameter ``parameter``;
    ``argument`` AWS's name in the call, and ``pending`` among what is pending where that differs.
    ``settles`` is the attribute that is true as long as AWS is at work on it.
    """

    what: str
    shown: str
    argument: str
    value: Any
    parameter: str
    pending: str = ""
    unit: str = ""
    settles: str = ""
    words: Callable[[Any], str] = spoken

    def of(self, database: Database) -> Any:
        """The value as AWS shows it; None where it says nothing."""
        return getattr(database, self.shown)

    @property
    def key(self) -> str:
        """Its name among the pending modifications."""
        return self.pending or self.argument

    def waits(self, database: Database) -> bool:
        settles = bool(self.settles) and getattr(database, self.settles)
        return settles or self.key in database.pending

    @property
    def noun(self) -> str:
        """As it stands within a sentence; a name keeps its capitals."""
        is_name = any(letter.isupper() for letter in self.what[1:])
        return self.what if is_name else self.what[:1].lower() + self.what[1:]

    def sentence(self, name: str) -> str:
        """``set the backup window of orders-dev to 03:00-04:00 UTC``; ``turn … off``"""
        does, to = ("turn", "") if isinstance(self.value, bool) else ("set", "to ")
        return f"{does} {self.of_name(name)} {to}{self.spoken(self.value)}"

    def of_name(self, name: str) -> str:
        return f"{'' if isinstance(self.value, bool) else 'the '}{self.noun} of {name}"

    def spoken(self, value: Any) -> str:
        said = "none" if value is None else self.words(value)
        return f"{said} {self.unit}" if self.unit and value is not None else said


class Setting(Change):
    """Sets values of one database; what is wanted says the subclass."""

    #: AWS defers it to the maintenance window unless told to apply it now.
    immediately: ClassVar[bool] = False
    #: A member of a cluster has no such value of its own: the cluster has it.
    of_cluster: ClassVar[bool] = False
    begins_in: ClassVar[frozenset[str]] = USABLE
    #: The events by which AWS takes it back after it has accepted it.
    declined: ClassVar[tuple[Known, ...]] = ()
    #: The events by which AWS says that it tried, and put everything back as it was.
    rolled_back: ClassVar[tuple[Known, ...]] = ()
    downtime: ClassVar[str] = "none"
    #: Why it has the risk that it has.
    because: ClassVar[str] = ""
    #: From the send; a call that shows nowhere by then never arrived. Microseconds.
    settled: ClassVar[int] = SETTLED

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        """What shall be, on a database as it is."""
        raise NotImplementedError

    def is_reached(self, wanted: Wanted, current: Any) -> bool:
        return bool(current == wanted.value)

    def effect(self, database: Database) -> str:
        said = " and ".join(one.sentence(database.name) for one in self._missing(database))
        return said[:1].upper() + said[1:]

    def arguments(self, database: Database) -> dict[str, Any]:
        """What the call says beside the name of the database."""
        return {one.argument: one.value for one in self._missing(database)}

    def warnings(self, database: Database) -> Iterator[str]:
        """Consequences that an approver should know."""
        yield from ()

    def own_risk(self, database: Database) -> Assessment:
        """Its risk by what it asks for, whatever else is pending."""
        return Assessment(risk=self.risk, reasons=(self.because,) if self.because else ())

    def is_immediate(self, database: Database) -> bool:
        """Whether the call says ``ApplyImmediately``, for this very change."""
        return self.immediately

    def downtime_of(self, database: Database) -> str:
        return self.downtime

    def cannot(self, database: Database) -> Mapping[str, str]:
        """Why this database cannot take it, by parameter; beyond what holds for every setting."""
        return {}

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        """What had to be looked up and is in order. Raises PreflightError where it is not."""
        return ()

    async def completed(self, aws: AWS, database: Database) -> Self:
        """With what was left out and only AWS can tell."""
        return self

    async def looked_up(self, aws: AWS, database: Database) -> Mapping[str, Any]:
        """Arguments of the call that are nobody's wish and stand elsewhere: a role."""
        return {}

    def call(self, database: Database) -> Call:
        noun = "DBInstance" if database.target.kind is Kind.INSTANCE else "DBCluster"
        return Call(
            action=f"rds:Modify{noun}",
            arguments={
                f"{noun}Identifier": database.name,
                **self.arguments(database),
                "ApplyImmediately": self.is_immediate(database),
            },
        )

    def remains(self, database: Database) -> str:
        """What is still to come once it is set, as the end of a sentence; empty for nothing."""
        return ""

    def failure(self, database: Database) -> str:
        """Why AWS could not, where the database itself shows it; empty where it does not."""
        return ""

    # -- what follows ----------------------------------------------------------------------------

    def risk_for(self, database: Database) -> Assessment:
        own = self.own_risk(database)
        if others := self._carried(database):
            along = f"other pending modifications come along: {', '.join(others)}"
            return Assessment(risk=Risk.HIGH, reasons=(*own.reasons, along))
        return own

    def objections(self, database: Database) -> Mapping[str, str]:
        if found := self._elsewhere(database) or self.cannot(database):
            return found
        wanted, name = self.wanted(database), database.name
        if not self._missing(database):
            said = " and ".join(
                f"{one.of_name(name)} is {one.spoken(one.of(database))}" for one in wanted
            )
            already = f"{said[:1].upper()}{said[1:]} already: nothing to change."
            return {wanted[0].parameter: already}
        return {}

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        change = await self.completed(aws, database)
        for parameter, sentence in change.objections(database).items():
            raise PreflightError(sentence, parameter)
        waits = busy(database, "a change", self.begins_in)
        looked = await change.guards(aws, database)
        return change._planned(
            database,
            more=await change.looked_up(aws, database),
            checks=(f"{database.name} is {database.status}", *looked),
            busy=waits,
        )

    def _planned(self, database: Database, *, more: Mapping[str, Any], **known: Any) -> Plan:
        call = self.call(database)
        return Plan(
            effect=self.effect(database),
            call=call.model_copy(update={"arguments": {**call.arguments, **more}}),
            differences=tuple(self._differences(database)),
            downtime=self.downtime_of(database),
            warnings=(*self.come_along(database), *self.warnings(database)),
            undo=self.undo(database),
            baseline={
                STATUS: database.status,
                BACK: dict(self.before(database)),
                WANTED: {one.shown: one.value for one in self.wanted(database)},
                **{one.shown: one.of(database) for one in self.wanted(database)},
            },
            **known,
        )

    def undo(self, database: Database) -> str:
        if not self.before(database):
            return "Nothing undoes it."
        said = " and ".join(one.spoken(one.of(database)) for one in self._missing(database))
        return f"Set it back to {said}."

    def back(self, plan: Plan) -> WayBack | None:
        values = plan.baseline.get(BACK)
        return WayBack("Undo…", values) if values else None

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        found = await same_database(aws, sent)
        return found if isinstance(found, Progress) else self._judge(found, sent)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        database = await same_database(aws, sent)
        if isinstance(database, Progress):
            return database
        found = self._judge(database, sent)
        if found.stage is not Stage.WAITING:
            return found
        if any(one.waits(database) for one in self.wanted(database)):
            return found.model_copy(update={"stage": Stage.ARRIVED})
        if database.status in self.begins_in and aws.now - sent.sent_at > self.settled:
            unchanged = f"{found.detail}, unchanged: the call never arrived"
            return Progress(stage=Stage.NOT_SENT, detail=unchanged)
        return found

    def _elsewhere(self, database: Database) -> Mapping[str, str]:
        """Of a member, what its cluster has; AWS changes no member of a Multi-AZ DB cluster.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/modify-multi-az-db-cluster.html
        """
        if database.target.kind is Kind.CLUSTER or not database.cluster:
            return {}
        if database.is_aurora and not self.of_cluster:
            return {}
        belongs = f"{database.name} belongs to the cluster {database.cluster}"
        if Kind.CLUSTER not in self.kinds():
            said = "a Multi-AZ DB cluster, of which AWS changes no member by itself."
            return {"target": f"{belongs}, {said}"}
        asked = self.model_copy(update={"target": database.cluster}).as_typed()
        said = f"which has this setting for all its members. Ask for: {asked}"
        return {"target": f"{belongs}, {said}"}

    def _judge(self, database: Database, sent: Sent) -> Progress:
        asked = tuple(_frozen(one, sent) for one in self.wanted(database))
        said = ", ".join(f"{one.noun} {one.spoken(one.of(database))}" for one in asked)
        detail = f"{database.name} has {said}, status {database.status}"
        events = tuple(_newer(sent))
        if not any(self._lacks(one, database) for one in asked):
            if failure := self.failure(database):
                return _failed(f"AWS could not do it: {failure}")
            detail += self.remains(database)
            return Progress(stage=Stage.SUCCEEDED, detail=detail, percent=100)
        if refusal := declined(events, self.rolled_back):
            return Progress(stage=Stage.ROLLED_BACK, detail=f"AWS put it back: {refusal}")
        if refusal := declined(events, self.declined):
            return _failed(f"AWS could not do it: {refusal}")
        if database.status in ENDED_BADLY - {sent.plan.baseline.get(STATUS)}:
            return _failed(f"{database.name} is {database.status}")
        if any(self._is_foreign(one, database, sent) for one in asked):
            return _failed(f"{detail}: somebody else set it meanwhile")
        return Progress(stage=Stage.WAITING, detail=detail)

    def _is_foreign(self, wanted: Wanted, database: Database, sent: Sent) -> bool:
        """Whether it is neither what was wanted nor what was there before."""
        current, baseline = wanted.of(database), sent.plan.baseline
        if wanted.shown not in baseline or self.is_reached(wanted, current):
            return False
        before = baseline[wanted.shown]
        return spoken(current) != spoken(before) and not _is_between(before, current, wanted.value)

    def _lacks(self, wanted: Wanted, database: Database) -> bool:
        return not self.is_reached(wanted, wanted.of(database)) or wanted.waits(database)

    def _missing(self, database: Database) -> tuple[Wanted, ...]:
        """What is not as it shall be yet."""
        return tuple(one for one in self.wanted(database) if self._lacks(one, database))

    def _carried(self, database: Database) -> tuple[str, ...]:
        """What else is pending and would be applied with it."""
        if not self.is_immediate(database) or database.target.kind is Kind.CLUSTER:
            return ()
        ours = {one.key for one in self.wanted(database)}
        return tuple(sorted(set(database.pending) - ours))

    def come_along(self, database: Database) -> Iterator[str]:
        """What becomes of what else is pending."""
        if others := self._carried(database):
            said = ", ".join(f"{name} {database.pending[name]}" for name in others)
            yield f"AWS applies with it what else is pending: {said}."
        elif database.pending and not self.is_immediate(database):
            yield f"Pending modifications stay pending: {', '.join(sorted(database.pending))}."

    def _differences(self, database: Database) -> Iterator[Difference]:
        for one in self._missing(database):
            current = one.spoken(one.of(database))
            if one.waits(database):
                current += f" (pending: {database.pending.get(one.key, 'AWS is at work on it')})"
            yield Difference(what=one.what, current=current, wanted=self._said(one))

    def _said(self, wanted: Wanted) -> str:
        return wanted.spoken(wanted.value)

    def before(self, database: Database) -> Mapping[str, str]:
        """By parameter what sets it back, as it is typed; empty where that cannot be known."""
        missing = self._missing(database)
        if any(one.of(database) in (None, "", ()) for one in missing):
            return {}
        return {one.parameter: one.words(one.of(database)).replace(", ", ",") for one in missing}


def _is_between(before: Any, current: Any, wanted: Any) -> bool:
    """Of lists, whether some of the way is done: nothing is in it that was not there or wanted."""
    if not isinstance(wanted, tuple) or not all(isinstance(one, str) for one in wanted):
        return False
    old, now, new = set(before or ()), set(current or ()), set(wanted)
    return old & new <= now <= old | new


def _frozen(wanted: Wanted, sent: Sent) -> Wanted:
    """With the value that people agreed to: "+20 %" is another size once the size has changed."""
    kept = sent.plan.baseline.get(WANTED, {}).get(wanted.shown, wanted.value)
    return wanted._replace(value=tuple(kept) if isinstance(kept, list) else kept)


def _newer(sent: Sent) -> Iterator[RDSEvent]:
    target = sent.order.target
    return (one for one in sent.events if one.at > sent.sent_at and one.concerns(target))


def _failed(detail: str) -> Progress:
    return Progress(stage=Stage.FAILED, detail=detail)
