"""Changing a parameter group: it holds for every database that uses the group.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, NamedTuple

from bot.aws import AWS
from bot.errors import AWSNotFoundError, PreflightError
from bot.fleet.names import near
from bot.operation._change import Change, WayBack
from bot.params import Target
from bot.values import (
    APPLIED,
    NOT_APPLIED,
    SECOND,
    Assessment,
    Call,
    Database,
    DBParameter,
    Difference,
    Kind,
    Order,
    Plan,
    Progress,
    Risk,
    Sent,
    Stage,
    Touch,
)

#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
MOST = 20
SETTLED = 120 * SECOND  #: an accepted change shows long before this
FRESH = 10 * SECOND  #: until then AWS may still show how far the group was applied before
GROUP, WANTED, BEFORE, STATIC, USERS = "group", "wanted", "before", "static", "users"
NAMED = 5  #: databases or parameters that a sentence names
#: With too much of these a database does not start again.
MEMORY = frozenset(
    {
        "huge_pages",
        "innodb_buffer_pool_size",
        "innodb_log_buffer_size",
        "key_buffer_size",
        "maintenance_work_mem",
        "max_connections",
        "shared_buffers",
        "work_mem",
    }
)
READ_GROUPS = (
    "rds:DescribeDBClusterParameters",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "rds:DescribeDBParameters",
)
_NAME = re.compile(r"[A-Za-z][\w.\-]{0,254}", re.ASCII)


class ParameterSet(NamedTuple):
    """One parameter that changes: as it is, and what it shall be; None: AWS's default."""

    known: DBParameter
    value: str | None


class ParameterChange(Change):
    """Changes a parameter group of the database; which parameters to what says the subclass."""

    horizon = timedelta(hours=1)
    verb_at_aws: ClassVar[str]  #: of the call: Modify or Reset
    downtime: ClassVar[str] = "none; what needs a restart waits for one"

    target: Target

    def wanted(self) -> Mapping[str, str | None]:
        """By name, as it was typed, what shall be; None: AWS's default."""
        raise NotImplementedError

    @property
    def field(self) -> str:
        """The parameter of the command that names them."""
        raise NotImplementedError

    def entry(self, one: ParameterSet) -> dict[str, str]:
        """One of the call's Parameters."""
        raise NotImplementedError

    def refusal(self, one: ParameterSet, group: str) -> str:
        """Why that one cannot be, as a sentence; empty where it can."""
        raise NotImplementedError

    def effect(self, chosen: Sequence[ParameterSet], group: str) -> str:
        raise NotImplementedError

    # -- what follows ----------------------------------------------------------------------------

    def risk_for(self, database: Database) -> Assessment:
        memory = [name for name in self.wanted() if _folded(name) in MEMORY]
        shared = "it holds for every database that uses the parameter group"
        if memory:
            said = f"with too much of {named(memory)} a database does not start"
            return Assessment(risk=Risk.HIGH, reasons=(said, shared))
        return Assessment(risk=self.risk, reasons=(shared,))

    def objections(self, database: Database) -> Mapping[str, str]:
        name, group = database.name, database.parameter_group
        if database.target.kind is Kind.INSTANCE and database.cluster and not database.is_aurora:
            asked = self.model_copy(update={"target": database.cluster}).as_typed()
            return {
                "target": f"{name} belongs to the Multi-AZ cluster {database.cluster}, whose "
                f"members share a parameter group. Ask for: {asked}"
            }
        if not group:
            return {"target": f"AWS names no parameter group of {name}."}
        if group.startswith("default."):
            family = group.removeprefix("default.")
            return {
                "target": f"{name} uses {group}. AWS keeps that group, and nobody can change it. "
                f"Have one made in AWS for the family {family}. Then attach it: "
                f"/rds parameter-group {name} GROUP"
            }
        return {}

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        for parameter, sentence in self.objections(database).items():
            raise PreflightError(sentence, parameter)
        if database.status == "deleting":
            raise PreflightError(f"{database.name} is being deleted.", "target")
        kind, group = database.target.kind, database.parameter_group
        known = await aws.parameters(kind, group)
        chosen = await self._chosen(aws, database, known)
        users = _first(database, await aws.using(kind, group))
        return Plan(
            effect=self.effect(chosen, group),
            call=self._call(kind, group, chosen),
            differences=tuple(map(_difference, chosen)),
            checks=tuple(_checks(chosen, users, group)),
            downtime=self.downtime,
            warnings=tuple(_warnings(chosen, users, group)),
            undo=self._undo(database, chosen),
            touches=tuple(Touch(target=one.target) for one in users),
            baseline={
                GROUP: group,
                WANTED: {one.known.name: one.value for one in chosen},
                BEFORE: {one.known.name: _set_value(one.known) for one in chosen},
                STATIC: [one.known.name for one in chosen if one.known.is_static],
                USERS: list(_restarted(users)),
            },
        )

    async def _chosen(
        self, aws: AWS, database: Database, known: Sequence[DBParameter]
    ) -> tuple[ParameterSet, ...]:
        """What changes. Raises PreflightError for the first that cannot be."""
        by_name = {_folded(one.name): one for one in known}
        chosen = []
        for name, value in self.wanted().items():
            if (found := by_name.get(_folded(name))) is None:
                raise PreflightError(await self._unknown(aws, database, name, known), self.field)
            chosen.append(ParameterSet(found, value))
            if said := self.refusal(chosen[-1], database.parameter_group):
                raise PreflightError(said, self.field)
        if changed := tuple(one for one in chosen if not _reached(one.known, one.value)):
            return changed
        said = ", ".join(f"{one.known.name} {spoken(one.known)}" for one in chosen)
        group = database.parameter_group
        raise PreflightError(f"{group} has {said} already: nothing to change.", self.field)

    async def _unknown(
        self, aws: AWS, database: Database, name: str, known: Sequence[DBParameter]
    ) -> str:
        group = database.parameter_group
        if elsewhere := await _elsewhere(aws, database, name):
            asked = self.model_copy(update={"target": elsewhere}).as_typed()
            return f"{name} is no parameter of {group}, but {elsewhere} has it. Ask for: {asked}"
        alike = near(name, [one.name for one in known], limit=3)
        guess = f" Did you mean {' or '.join(alike)}?" if alike else ""
        return f"{group} has no parameter {name}.{guess}"

    def _call(self, kind: Kind, group: str, chosen: Sequence[ParameterSet]) -> Call:
        noun = "DBParameterGroup" if kind is Kind.INSTANCE else "DBClusterParameterGroup"
        entries = [self.entry(one) for one in chosen]
        return Call(
            action=f"rds:{self.verb_at_aws}{noun}",
            arguments={f"{noun}Name": group, "Parameters": entries},
        )

    def _undo(self, database: Database, chosen: Sequence[ParameterSet]) -> str:
        values = [f"{one.known.name}={one.known.value}" for one in chosen if one.known.is_set]
        names = [one.known.name for one in chosen if not one.known.is_set]
        said = [f"setting {named(values)} again"] if values else []
        if names:
            typed = f"/rds parameter-reset {database.name} {' '.join(names)}"
            said += [f"giving {named(names)} AWS's default again: {typed}"]
        return f"{', and '.join(said).capitalize()}."

    def back(self, plan: Plan) -> WayBack | None:
        """Of some that were set and some that were not, the former; the plan says the rest."""
        before: Mapping[str, str | None] = plan.baseline.get(BEFORE, {})
        values = [f"{name}={value}" for name, value in before.items() if value is not None]
        if values:
            return WayBack("Undo…", {"parameters": "\n".join(values)}, "modify_parameters")
        return WayBack("Undo…", {"names": "\n".join(before)}, "reset_parameters")

    def next_step(self, plan: Plan) -> WayBack | None:
        """A restart, where one is waited for; of several databases the first."""
        users = plan.baseline.get(USERS, ())
        if not plan.baseline.get(STATIC) or not users:
            return None
        return WayBack(f"Reboot {users[0]}…", {}, "reboot_instance", users[0])

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        found = await self._set(aws, sent)
        return await _applied(aws, sent, found.detail) if found.stage is Stage.ARRIVED else found

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found = await self._set(aws, sent)
        if found.stage is Stage.WAITING and aws.now - sent.sent_at > SETTLED:
            unchanged = f"{found.detail}, unchanged: the call never arrived"
            return Progress(stage=Stage.NOT_SENT, detail=unchanged)
        return found

    async def _set(self, aws: AWS, sent: Sent) -> Progress:
        """Whether the group has what was wanted: ARRIVED where it has."""
        group, wanted = sent.plan.baseline[GROUP], sent.plan.baseline[WANTED]
        found = await aws.parameters(sent.order.target.kind, group)
        current = {one.name: one for one in found if one.name in wanted}
        said = ", ".join(f"{name} {spoken(one)}" for name, one in current.items())
        detail = f"{group} has {said}"
        if all(name in current and _reached(current[name], it) for name, it in wanted.items()):
            return Progress(stage=Stage.ARRIVED, detail=detail)
        if any(_is_foreign(one, sent) for one in current.values()):
            return Progress(stage=Stage.FAILED, detail=f"{detail}: somebody else set it meanwhile")
        return Progress(stage=Stage.WAITING, detail=detail)


def parameter_names(words: Iterable[str]) -> tuple[str, ...]:
    """As they are typed, each once. Raises ValueError."""
    names = tuple(words)
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f'"{name}" is no name of a parameter, as max_connections is one')
    folded = [_folded(name) for name in names]
    if twice := next((one for one in names if folded.count(_folded(one)) > 1), None):
        raise ValueError(f"{twice} is given twice; give it once")
    if len(names) > MOST:
        raise ValueError(
            f"these are {len(names)} parameters, and one request takes {MOST}; ask for the rest "
            "in another one"
        )
    return names


def spoken(one: DBParameter) -> str:
    return one.value if one.value is not None else "at the engine's default"


def named(words: Sequence[str]) -> str:
    """``a, b and 3 more``"""
    shown, left = words[:NAMED], len(words) - NAMED
    return f"{', '.join(shown)}{f' and {left} more' if left > 0 else ''}"


def _folded(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def _reached(one: DBParameter, value: str | None) -> bool:
    return not one.is_set if value is None else one.value == value


def _set_value(one: DBParameter) -> str | None:
    return one.value if one.is_set else None


def _is_foreign(one: DBParameter, sent: Sent) -> bool:
    """Whether it is neither what was wanted nor what was there before."""
    before, wanted = (sent.plan.baseline[key].get(one.name) for key in (BEFORE, WANTED))
    return not _reached(one, wanted) and _set_value(one) != before


def _first(database: Database, users: Sequence[Database]) -> tuple[Database, ...]:
    """All that use the group, the one that was asked for first."""
    others = (one for one in users if one.target.place != database.target.place)
    return (database, *sorted(others, key=lambda one: one.name))


def _restarted(users: Sequence[Database]) -> Iterator[str]:
    """The instances of which each has to restart; of a cluster its writer first."""
    for one in users:
        if one.target.kind is Kind.INSTANCE:
            yield one.name
        else:
            yield from (name for name in one.members if name == one.writer)
            yield from (name for name in one.members if name != one.writer)


async def _elsewhere(aws: AWS, database: Database, name: str) -> str:
    """Whose group has it: of a member its cluster's, of an Aurora cluster its writer's."""
    other: Database | None = None
    if database.target.kind is Kind.INSTANCE:
        other = await aws.cluster_of(database)
    elif database.is_aurora and database.writer:
        member = {"kind": Kind.INSTANCE, "identifier": database.writer, "resource_id": ""}
        other = await aws.database(database.target.model_copy(update=member))
    if other is None or not other.parameter_group:
        return ""
    found = await aws.parameters(other.target.kind, other.parameter_group)
    return other.name if _folded(name) in {_folded(one.name) for one in found} else ""


def _difference(one: ParameterSet) -> Difference:
    current = spoken(one.known).removeprefix("at ")
    wanted = "AWS's default" if one.value is None else one.value
    when = "with a restart" if one.known.is_static else "at once"
    return Difference(what=one.known.name, current=current, wanted=f"{wanted}, {when}")


def _checks(chosen: Sequence[ParameterSet], users: Sequence[Database], group: str) -> Iterator[str]:
    yield f"{group} is your team's own"
    for one in chosen:
        if one.value is not None:
            allowed = one.known.allowed or "any value, as far as it says"
            yield f"AWS allows for {one.known.name}: {allowed}"


def _warnings(
    chosen: Sequence[ParameterSet], users: Sequence[Database], group: str
) -> Iterator[str]:
    if len(users) > 1:
        others = named([one.name for one in users[1:]])
        yield f"{group} holds for {len(users)} databases, also for {others}."
    if static := [one.known.name for one in chosen if one.known.is_static]:
        yield f"{named(static)} waits for a restart of {named(list(_restarted(users)))}."
    if waiting := [one.name for one in users if one.parameters_wait or one.members_wait]:
        yield f"Earlier changes already wait for a restart of {named(waiting)}."


async def _applied(aws: AWS, sent: Sent, said: str) -> Progress:
    """Whether every database that uses the group has it, or waits for its restart."""
    statuses = {name: one async for name, one in _statuses(aws, sent)}
    evidence: dict[str, Any] = dict(sent.evidence)
    if not set(statuses.values()) <= APPLIED | {NOT_APPLIED}:
        evidence["applied"] = "AWS showed it at work"
    shown = ", ".join(f"{name} {one or 'without a status'}" for name, one in statuses.items())
    detail = f"{said}; {shown or 'no database uses it any more'}"
    if "applied" not in evidence and aws.now - sent.sent_at < FRESH:
        return Progress(stage=Stage.WAITING, detail=detail, evidence=evidence)
    if NOT_APPLIED in statuses.values():
        return Progress(stage=Stage.FAILED, detail=f"AWS could not apply it: {detail}")
    if not set(statuses.values()) <= APPLIED:
        return Progress(stage=Stage.WAITING, detail=detail, evidence=evidence)
    if sent.plan.baseline[STATIC] and statuses:
        waits = f"waits for a restart of {named(list(statuses))}"
        return Progress(stage=Stage.SUCCEEDED, detail=f"{said}: {waits}", percent=100)
    return Progress(stage=Stage.SUCCEEDED, detail=detail, percent=100)


async def _statuses(aws: AWS, sent: Sent) -> AsyncIterator[tuple[str, str]]:
    """How far the group is applied, by instance; what left the group or is gone has no say."""
    group = sent.plan.baseline[GROUP]
    for target in dict.fromkeys(one.target for one in sent.plan.touches):
        try:
            database = await aws.database(target)
        except AWSNotFoundError:
            continue
        if database.parameter_group.lower() != group.lower():
            continue
        if target.kind is Kind.INSTANCE:
            yield database.name, database.parameter_status
        for name, status in database.members_status.items():
            yield name, status
