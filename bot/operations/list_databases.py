from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field

from bot.fleet.names import near
from bot.operation import Desk, Query, environments
from bot.params import EnvironmentWord, Several
from bot.values import (
    Answer,
    Code,
    Database,
    Environment,
    Inventory,
    Line,
    Paragraph,
    Person,
    Table,
    folded,
    paragraph,
)

SHOWN = 40  #: rows that a message holds and a person reads
NAMED = 6  #: words of one kind that are offered, and databases of other services
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


class ListDatabases(Query):
    """List the databases I can see, with their environment and status.

    WORD narrows it down: part of a name, an environment (prod, staging, a word of your own), an
    engine, an account, a region, instance or cluster, a status, or a tag (team=shop, or its value).
    """

    verb, name = "list", "list_databases"
    permissions = ("rds:DescribeDBInstances", "rds:DescribeDBClusters")
    example = "list staging postgres"

    match: Words = ()
    environment: EnvironmentWord | None = None

    async def answer(self, desk: Desk, person: Person) -> Answer:
        inventory = await desk.inventory()
        every = [Listed(one, desk.classify(one).environment) for one in inventory.databases]
        only = environments(desk, self.environment)
        fleet = [one for one in every if not only or one.environment in only]
        found = [_found(word, desk.environment(word), fleet) for word in self.match]
        wanted = [one for n, one in enumerate(fleet) if all(some[n] for some in found)]
        missing = tuple(paragraph(one.sentence) for one in inventory.unreachable)
        rows = tuple(_row(*one) for one in wanted[:SHOWN])
        table = Table(columns=COLUMNS, rows=rows)
        shown = (table,) if rows else (*_nothing(self, every, is_all=not missing),)
        how = _how(self.match, found)
        return Answer(
            title=_title(len(wanted), len(every), is_all=not missing),
            parts=(*shown, *_rest(len(wanted)), *how, *missing, *_left_out(inventory)),
            hint=("Look at one with ", Code(text="/rds show ID")),
        )


COLUMNS = ("Database", "Environment", "Status", "Account", "Engine")


def _found(
    word: str, meant: Environment | None, fleet: Sequence[Listed]
) -> Sequence[tuple[str, ...]]:
    """Of each database, by which ways the word is found in it. ``meant``: the environment that it
    is a word for."""
    return [tuple(_ways(folded(word), meant, *one)) for one in fleet]


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
    if word == folded(database.status):
        yield "status"


def _begins(text: str, word: str) -> bool:
    """The whole of it or one of its parts: ``postgres`` in ``aurora-postgresql``."""
    whole = folded(text)
    return any(part.startswith(word) for part in (whole, *whole.split("-")))


def _tag(key: str, value: str) -> tuple[str, str]:
    return folded(value), f"{folded(key)}={folded(value)}"


def _how(words: Sequence[str], found: Sequence[Sequence[tuple[str, ...]]]) -> Iterator[Paragraph]:
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


def _title(wanted: int, all_of_them: int, *, is_all: bool) -> str:
    of = "" if wanted == all_of_them else f" of {all_of_them}"
    counted = f"{wanted}{of} database{'' if all_of_them == 1 else 's'}"
    return counted if is_all else f"{counted}, and there may be more"


def _nothing(query: ListDatabases, every: Sequence[Listed], *, is_all: bool) -> Iterator[Paragraph]:
    if not every or not (query.match or query.environment):
        if is_all:
            yield paragraph("I see no databases. Check the configured accounts and regions.")
        return
    some = "" if is_all else " of those that I could read"
    yield paragraph(f"None{some} matches. ", Code(text="/rds list"), " shows all.")
    names = {one.database.name for one in every}
    alike = [name for word in query.match[:NAMED] for name in near(word, names, limit=2)]
    if alike:
        yield paragraph(f"Like it: {', '.join(dict.fromkeys(alike))}.")
    yield paragraph(f"What can be typed: part of a name, {', '.join(_offered(every))}.")


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
