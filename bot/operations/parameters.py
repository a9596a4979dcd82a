import asyncio
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Annotated, NamedTuple

from pydantic import Field

from bot.aws import AWS
from bot.errors import AWSError, UsageError
from bot.fleet.names import near
from bot.operation import Change, Desk, Query, Topic
from bot.params import Flag, Parameter, Switch, Target
from bot.values import (
    Answer,
    Button,
    Code,
    Database,
    DBParameter,
    Kind,
    Line,
    Paragraph,
    Person,
    Strong,
    Table,
    asking,
    paragraph,
)

SHOWN = 25  #: rows that are read on a phone; a group has some four hundred
COLUMNS = ("Parameter", "Value", "Details")  #: a phone shows no more
LONG = 60  #: characters of a value or of what is allowed
SOURCES = {"user": "your team", "system": "AWS", "engine-default": "the engine"}
WHOSE = {Kind.INSTANCE: "its own group", Kind.CLUSTER: "the cluster's group"}
#: The forms that change something of it, and what their buttons say.
FORMS = {"modify_parameters": "Set a parameter…", "modify_parameter_group": "Other group…"}


class Group(NamedTuple):
    """A parameter group of the database, and what it holds; ``unread`` says why it is not known."""

    kind: Kind
    name: str
    waits: tuple[str, ...]  #: the instances in which something of it waits for a restart
    found: tuple[DBParameter, ...] = ()
    unread: str = ""

    @property
    def whose(self) -> str:
        return WHOSE[self.kind]

    @property
    def changed(self) -> tuple[DBParameter, ...]:
        return tuple(one for one in self.found if one.is_set)


class ShowParameters(Query):
    """Show the parameters of a database: what your team set first, and what waits for a restart.

    A word shows only those whose names hold it. A member of an Aurora cluster has two groups: its
    own, and that of its cluster.
    """

    verb, name = "parameters", "show_parameters"
    topic = Topic.PARAMETERS
    also = ("params", "parameter-groups")
    permissions = ("rds:DescribeDBClusterParameters", "rds:DescribeDBClusters",
                   "rds:DescribeDBInstances", "rds:DescribeDBParameters")  # fmt: skip
    example = "parameters billing-staging max_conn"

    target: Target
    word: Annotated[str | None, Parameter("Word", "WORD", "Only those whose names hold it.")] = (
        Field(default=None, json_schema_extra={"positional": True})
    )
    changed: Annotated[Flag, Switch("Changed", "", "Only what your team set.")] = False

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database = await desk.find(self.target)
        aws = desk.door(database, self.permissions)
        database = await aws.database(database.target)
        groups = await _groups(aws, database)
        if not groups:
            raise UsageError(f"AWS names no parameter group of {database.name}.", "target")
        chosen = [(one, self._chosen(one)) for one in groups]
        rows = [_row(one, it, groups) for one, found in chosen for it in found]
        return Answer(
            title=self._title(database, groups),
            parts=(
                *chain.from_iterable(map(_about, groups)),
                *([Table(columns=COLUMNS, rows=tuple(rows[:SHOWN]))] if rows else []),
                *self._rest(database, len(rows), groups),
            ),
            buttons=await _buttons(desk, database, person, groups),
            hint=self._hint(database),
        )

    def _chosen(self, group: Group) -> Sequence[DBParameter]:
        """What is asked for, what somebody set first."""
        found = group.changed if self.changed else group.found
        word = _plain(self.word or "")
        return sorted((one for one in found if word in _plain(one.name)), key=_not_set)

    def _title(self, database: Database, groups: Sequence[Group]) -> str:
        """``billing-staging: 1 parameter set by your team · 1 waits for a restart``"""
        changed = sum(len(one.changed) for one in groups)
        said = [f"{changed or 'no'} parameter{'' if changed == 1 else 's'} set by your team"]
        if any(one.unread for one in groups):
            said = [f"{said[0]}, as far as I could read them"]
        said += ["changes wait for a restart"] if any(one.waits for one in groups) else []
        return f"{database.name}: {' · '.join(said)}"

    def _rest(self, database: Database, count: int, groups: Sequence[Group]) -> Iterator[Paragraph]:
        if count > SHOWN:
            narrow = Code(text=f"/rds parameters {database.address} WORD")
            yield paragraph(f"{count - SHOWN} more. Narrow it: ", narrow)
        elif not count and all(not one.unread for one in groups):
            yield paragraph(*self._nothing(groups))

    def _nothing(self, groups: Sequence[Group]) -> Line:
        named = " and ".join(one.name for one in groups)
        if not self.word:
            return (f"Your team set nothing in {named}.",)
        known = sorted({it.name for one in groups for it in one.found})
        alike = near(self.word, known, limit=3)
        guess = f" Did you mean {' or '.join(alike)}?" if alike else ""
        what = "that your team set " if self.changed else ""
        return (f'No parameter {what}in {named} has "{self.word}" in its name.{guess}',)

    def _hint(self, database: Database) -> Line:
        if self.changed:
            return ()
        return ("Only what was set: ", Code(text=f"/rds parameters {database.address} --changed"))


async def _groups(aws: AWS, database: Database) -> Sequence[Group]:
    """Its own, and of a member that of its cluster; members of a Multi-AZ cluster have no other."""
    found = []
    if database.target.kind is Kind.CLUSTER:
        found.append(Group(Kind.CLUSTER, database.parameter_group, database.members_wait))
    elif database.parameter_group:
        waits = (database.name,) if database.parameters_wait else ()
        found.append(Group(Kind.INSTANCE, database.parameter_group, waits))
    unread: list[Group] = []
    if database.cluster:
        try:
            cluster = await aws.cluster_of(database)
        except AWSError as error:
            unread = [Group(Kind.CLUSTER, "", (), unread=str(error))]
            cluster = None
        if cluster is not None:
            mine = tuple(one for one in cluster.members_wait if one == database.name)
            found.append(Group(Kind.CLUSTER, cluster.parameter_group, mine))
    read = await asyncio.gather(*(_read(aws, one) for one in found if one.name))
    return [*read, *unread]


async def _read(aws: AWS, group: Group) -> Group:
    try:
        return group._replace(found=await aws.parameters(group.kind, group.name))
    except AWSError as error:
        return group._replace(unread=str(error))


def _about(group: Group) -> Iterator[Paragraph]:
    if group.unread:
        named = f" {group.name}" if group.name else ""
        yield paragraph(f"The parameters of {group.whose}{named} could not be read: {group.unread}")
        return
    count = len(group.changed)
    kept = " AWS keeps it, so nobody can change it." if group.name.startswith("default.") else ""
    said = f" ({group.whose}): {count or 'nothing'} set, {len(group.found)} in all.{kept}"
    yield paragraph(Strong(text=group.name), said)
    if group.waits:
        wait = f"Changes in it wait for a restart of {', '.join(group.waits)}: "
        yield paragraph(wait, Code(text=f"/rds reboot {group.waits[0]}"))


def _row(group: Group, one: DBParameter, groups: Sequence[Group]) -> tuple[Line, ...]:
    allowed = (_short(one.allowed) if one.is_modifiable else "") or None
    details = (
        f"set by {SOURCES.get(one.source, one.source)}" if one.value and one.source else None,
        "changes with a restart" if one.is_static else "changes at once",
        f"allowed: {allowed}" if allowed else None,
        None if one.is_modifiable else "cannot be changed",
        group.whose if len(groups) > 1 else None,
    )
    value = _short(one.value) or "the engine's default"
    return (one.name,), (value,), (" · ".join(filter(None, details)),)


def _short(text: str | None) -> str:
    said = " ".join((text or "").split())
    return said if len(said) <= LONG else f"{said[: LONG - 1]}…"


def _plain(name: str) -> str:
    """``max-connections`` is what people type for ``max_connections``."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def _not_set(one: DBParameter) -> bool:
    return not one.is_set


async def _buttons(
    desk: Desk, database: Database, person: Person, groups: Sequence[Group]
) -> tuple[Button, ...]:
    """The forms of changes that no rule denies there."""
    waiting = [name for one in groups for name in one.waits]
    forms = {**({"reboot_instance": "Reboot…"} if waiting == [database.name] else {}), **FORMS}
    known = desk.catalogue()
    found = ((known.get(name), label) for name, label in forms.items())
    return tuple(
        [
            asking(label, change.name, database.target.typed)
            for change, label in found
            if change is not None
            and issubclass(change, Change)
            and database.target.kind in change.kinds()
            and await desk.offers(change, database, person)
        ]
    )
