import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field

from bot.fleet.names import near
from bot.fleet.now import QUIET, Now, alarm, not_known, now_at
from bot.operation import Desk, Query, environments
from bot.params import EnvironmentWord, Several
from bot.values import (
    Answer,
    Button,
    Code,
    Database,
    Environment,
    Inventory,
    Line,
    Menu,
    Paragraph,
    Person,
    Table,
    folded,
    looking,
    paragraph,
)

SHOWN = 40  #: rows that a message holds and a person reads
NAMED = 6  #: words of one kind that are offered, and databases of other services
ALARMS = 5  #: that are said above the table
SHORTEST = 3  #: letters with which an environment may begin and be meant
EVERYTHING = frozenset({"all", "everything"})  #: words that narrow nothing down
#: Of these a database has one: two that none has together are alternatives.
ONE_ONLY = ("environment", "status", "region", "account", "engine", "kind")
KINDS = {"instance": "instances", "cluster": "clusters"}
#: How a word is found, in the order in which it is said.
WAYS: Mapping[str, str] = {
    "environment": "the environment of {}",
    "name": "in the name of {}",
    "engine": "the engine of {}",
    "account": "the account of {}",
    "region": "the region of {}",
    "kind": "the kind of {}",
    "status": "the status of {}",
    "tag": "a tag of {}",
}


Ways = tuple[str, ...]  #: by which a word is found in one database, of ``WAYS``


def _listed(value: Any) -> Any:
    """Each word once, whatever parts them; one text may hold several, as in a form."""
    if not isinstance(value, str | list | tuple):
        return value
    texts = value.split() if isinstance(value, str) else map(str, value)
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    return tuple({folded(word): word for word in reversed(words)}.values())[::-1]


Words = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    Several("Words", "WORD …", "Of names, environments, engines, accounts, regions or tags."),
    Field(json_schema_extra={"positional": True}),
]


class Listed(NamedTuple):
    database: Database
    environment: Environment
    now: Now


class ListDatabases(Query):
    """List the databases I can see, what goes on there, their environment and status.

    WORD narrows it down: part of a name, an environment (prod, staging, a word of your own), an
    engine, an account, a region, instance or cluster, a status (stopped), or a tag (team=shop, or
    its value). Words of different kinds narrow it together; of two environments either will do.
    """

    verb, name = "list", "list_databases"
    permissions = ("rds:DescribeDBInstances", "rds:DescribeDBClusters")
    example = "list staging postgres"
    synonyms = (
        "list ls lst databases dbs fleet inventory everything datenbanken bases instances "
        "clusters overview"
    )

    match: Words = ()
    environment: EnvironmentWord | None = None

    async def answer(self, desk: Desk, person: Person) -> Answer:
        inventory, incidents, requests = await asyncio.gather(
            desk.inventory(), desk.open_incidents(), desk.open_requests()
        )
        every = [
            Listed(one, desk.classify(one).environment, now_at(one, incidents, requests))
            for one in inventory.databases
        ]
        only = environments(desk, self.environment)
        fleet = [one for one in every if not only or one.environment in only]
        words = [word for word in self.match if folded(word) not in EVERYTHING]
        meant = [_meant(word, desk) for word in words]
        found = [_found(word, one, fleet) for word, one in zip(words, meant, strict=True)]
        wanted = sorted(_wanted(fleet, found), key=_needs)
        missing = tuple(paragraph(one.sentence) for one in inventory.unreachable)
        unknown = map(paragraph, not_known(incidents, requests))
        said = _title(wanted, every, [*only, *filter(None, meant)], _plain(words, meant))
        table = _table(wanted)
        shown = table or _nothing(self, every, is_all=not missing)
        return Answer(
            title=said if not missing else f"{said}, and there may be more",
            parts=(
                *_alarms(wanted), *shown, *_rest(len(wanted)), *_how(words, found), *unknown,
                *missing, *_left_out(inventory),
            ),
            buttons=tuple(_buttons(wanted, every)),
            hint=("Look at one with ", Code(text="/rds show ID")),
        )  # fmt: skip


def _meant(word: str, desk: Desk) -> Environment | None:
    """The environment that it is a word for, or that alone begins so."""
    begun = [one for one in Environment if one.startswith(folded(word))]
    alone = begun[0] if len(begun) == 1 and len(word) >= SHORTEST else None
    return desk.environment(word) or alone


def _wanted(fleet: Sequence[Listed], found: Sequence[Sequence[Ways]]) -> list[Listed]:
    """Where each word is found, or another of those that are alternatives to it."""
    groups: defaultdict[str, list[Sequence[Ways]]] = defaultdict(list)
    for number, ways in enumerate(found):
        groups[_alternative(ways, found) or str(number)].append(ways)
    return [
        one
        for n, one in enumerate(fleet)
        if all(any(ways[n] for ways in group) for group in groups.values())
    ]


def _alternative(ways: Sequence[Ways], found: Sequence[Sequence[Ways]]) -> str:
    """The kind of which a database has one only, as no database is what all words of that kind
    say; empty where words of that kind narrow each other."""
    for kind in ONE_ONLY:
        same = [others for others in found if any(kind in some for some in others)]
        together = (all(kind in one for one in row) for row in zip(*same, strict=True))
        if ways in same and not any(together):
            return kind
    return ""


def _needs(one: Listed) -> tuple[int, int]:
    """Sorts what needs somebody first, of that production; the rest stays in its order."""
    is_busy = one.now.rank < QUIET
    return one.now.rank, list(Environment).index(one.environment) if is_busy else 0


def _plain(words: Sequence[str], meant: Sequence[Environment | None]) -> list[str]:
    return [word for word, one in zip(words, meant, strict=True) if one is None]


def _table(wanted: Sequence[Listed]) -> tuple[Table, ...]:
    """What goes on stands behind the name: a column for it would push the status off a phone."""
    if not wanted:
        return ()
    return (Table(columns=COLUMNS, rows=tuple(map(_marked, wanted[:SHOWN]))),)


def _marked(one: Listed) -> tuple[Line, ...]:
    name, *rest = _row(one.database, one.environment)
    return ((*name, f" {one.now.marks}") if one.now.marks else name, *rest)


def _alarms(wanted: Sequence[Listed]) -> Iterator[Paragraph]:
    found = {one.id: one for listed in wanted for one in listed.now.incidents}
    for one in list(found.values())[:ALARMS]:
        yield paragraph(*alarm(one))
    if (left := len(found) - ALARMS) > 0:
        yield paragraph(f"and {left} more alarm{'' if left == 1 else 's'}, marked below")


def _buttons(wanted: Sequence[Listed], every: Sequence[Listed]) -> Iterator[Button | Menu]:
    worst = next((one for one in wanted if one.now.incidents), None)
    if worst:
        shows = worst.now.incidents[0].shows
        line = f"metrics {worst.database.target.typed} {shows}".strip()
        yield looking(f"Metrics of {worst.database.name}", line)
    counts = Counter(one.environment for one in every)
    if len(counts) > 1:
        choices = [looking(f"{one}: {counts[one]}", f"list {one}") for one in counts]
        whole = looking(f"All: {len(every)}", "list")
        named = {one.environment for one in wanted}
        chosen = whole if len(wanted) == len(every) else None
        if chosen is None and len(named) == 1:
            [only] = named
            is_all = len(wanted) == counts[only]
            chosen = next(one for one in choices if one.value == f"list {only}") if is_all else None
        yield Menu(
            label="Environment",
            choices=(whole, *choices),
            chosen=chosen.label if chosen else "",
        )


COLUMNS = ("Database", "Environment", "Status", "Account", "Engine")


def _found(word: str, meant: Environment | None, fleet: Sequence[Listed]) -> Sequence[Ways]:
    """Of each database, by which ways the word is found in it. ``meant``: the environment that it
    is a word for."""
    return [tuple(_ways(folded(word), meant, *one[:2])) for one in fleet]


def _ways(
    word: str, meant: Environment | None, database: Database, environment: Environment
) -> Iterator[str]:
    """A word for an environment is no engine, account or region that happens to begin so."""
    target = database.target
    if meant is environment:
        yield "environment"
    elif any(word in _tag(*one) for one in database.tags.items()):
        yield "tag"
    if word in folded(database.name):
        yield "name"
    if meant is not None:
        return
    if _begins(database.engine, word) or database.engine_version.startswith(word):
        yield "engine"
    if _begins(database.account_name, word) or word == target.account:
        yield "account"
    if target.region.startswith(word):
        yield "region"
    if word in (target.kind, KINDS[target.kind]):
        yield "kind"
    if word == folded(database.status) or (len(word) > SHORTEST and _begins(database.status, word)):
        yield "status"


def _begins(text: str, word: str) -> bool:
    """The whole of it or one of its parts: ``postgres`` in ``aurora-postgresql``."""
    whole = folded(text)
    return any(part.startswith(word) for part in (whole, *whole.split("-")))


def _tag(key: str, value: str) -> tuple[str, str]:
    return folded(value), f"{folded(key)}={folded(value)}"


def _how(words: Sequence[str], found: Sequence[Sequence[Ways]]) -> Iterator[Paragraph]:
    """``"staging" is the environment of 7 and in the name of 6.``"""
    for word, some in list(zip(words, found, strict=True))[:NAMED]:
        counts = Counter(way for ways in some for way in ways)
        said = [text.format(counts[way]) for way, text in WAYS.items() if counts[way]]
        if said:
            *first, last = said
            yield paragraph(f'"{word}" is {" and ".join(filter(None, (", ".join(first), last)))}.')
        else:
            yield paragraph(f'"{word}" is nowhere.')
    if (left := len(words) - NAMED) > 0:
        yield paragraph(f"and {left} more word{'' if left == 1 else 's'}")


def _row(database: Database, environment: Environment) -> tuple[Line, ...]:
    engine = f"{database.engine} {database.engine_version}".strip()
    place = f"{database.account_name}/{database.target.region}"
    return (
        (database.name,),
        (environment.value,),
        (database.status,),
        (place,),
        (engine,),
    )


def _title(
    wanted: Sequence[Listed],
    every: Sequence[Listed],
    meant: Sequence[Environment],
    words: Sequence[str],
) -> str:
    """``7 in staging``, ``9 in test or named so``, ``4 of 16 databases in staging: "orders"``"""
    told = ", ".join(f'"{word}"' for word in words[:NAMED])
    behind = f": {told}" if told else ""
    so = "" if all(one.environment in meant for one in wanted) else " or named so"
    where = f" in {' or '.join(dict.fromkeys(meant))}{so}" if meant else ""
    if where and not words:
        return f"{len(wanted)}{where}"
    of = "" if len(wanted) == len(every) else f" of {len(every)}"
    return f"{len(wanted)}{of} database{'' if len(every) == 1 else 's'}{where}{behind}"


def _nothing(query: ListDatabases, every: Sequence[Listed], *, is_all: bool) -> Iterator[Paragraph]:
    if not every or not (query.match or query.environment):
        if is_all:
            yield paragraph("I see no databases. Check the configured accounts and regions.")
        return
    some = "" if is_all else " of those that I could read"
    yield paragraph(f"None{some} matches. ", Code(text="/rds list"), " shows all.")
    known = {word for one in every for word in _vocabulary(one)}
    alike = [name for word in query.match[:NAMED] for name in near(folded(word), known, limit=2)]
    if alike:
        yield paragraph(f"Like it: {', '.join(dict.fromkeys(alike))}.")
    yield paragraph(f"What can be typed: part of a name, {', '.join(_offered(every))}.")


def _vocabulary(one: Listed) -> Iterator[str]:
    """What somebody may have meant who mistyped it."""
    database = one.database
    yield from (database.name, one.environment, database.engine, database.account_name)
    yield from (database.target.region, database.status, *database.tags.values())


def _left_out(inventory: Inventory) -> tuple[Paragraph, ...]:
    """What AWS lists beside them, so that nobody looks for it in vain."""
    if not inventory.foreign:
        return ()
    names = [f"{one.name} ({one.engine or 'no engine'})" for one in inventory.foreign[:NAMED]]
    left = len(inventory.foreign) - NAMED
    more = f" and {left} more" if left > 0 else ""
    return (paragraph(f"Left out, because they are not Amazon RDS: {', '.join(names)}{more}."),)


def _offered(every: Sequence[Listed]) -> Iterator[str]:
    """What there is in this fleet."""
    kinds = {
        "an environment": [one.environment.value for one in every],
        "an engine": [one.database.engine for one in every],
        "an account": [one.database.account_name for one in every],
        "a region": [one.database.target.region for one in every],
        "a status": [one.database.status for one in every],
    }
    for kind, words in kinds.items():
        yield f"{kind} ({', '.join([word for word, _ in Counter(words).most_common(NAMED)])})"
    yield "instance or cluster, a tag as key=value or its value alone"


def _rest(count: int) -> tuple[Paragraph, ...]:
    if count <= SHOWN:
        return ()
    narrow = Code(text="/rds list staging postgres")
    return (paragraph(f"and {count - SHOWN} more; narrow it down with ", narrow),)
