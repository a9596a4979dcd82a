from typing import Annotated

from pydantic import Field

from bot.operation import Desk, Query
from bot.params import Choice, Parameter
from bot.values import Answer, Code, Database, Inventory, Line, Paragraph, Person, Table, paragraph
from bot.vocabulary import Environment

NAMED = 6  #: databases of other services
SHOWN = 40  #: rows that a message holds and a person reads


class ListDatabases(Query):
    """List the databases I can see, with their environment and status."""

    verb, name = "list", "list_databases"
    permissions = ("rds:DescribeDBInstances", "rds:DescribeDBClusters")
    example = "list --environment staging"

    match: Annotated[str | None, Parameter("Part of a name", "TEXT")] = Field(
        default=None, json_schema_extra={"positional": True}
    )
    environment: Annotated[
        Environment | None, Choice("Environment", "ENVIRONMENT", options=tuple(Environment))
    ] = None

    async def answer(self, desk: Desk, person: Person) -> Answer:
        inventory = await desk.inventory()
        found = [(one, desk.classify(one).environment) for one in inventory.databases]
        wanted = [
            (one, environment)
            for one, environment in found
            if (self.match is None or self.match.lower() in one.name.lower())
            and (self.environment is None or self.environment is environment)
        ]
        missing = tuple(paragraph(one.sentence) for one in inventory.unreachable)
        rows = tuple(_row(one, environment) for one, environment in wanted[:SHOWN])
        table = (Table(columns=COLUMNS, rows=rows),) if rows else _nothing(self, inventory)
        return Answer(
            title=_title(len(wanted), len(found), is_all=not missing),
            parts=(*table, *_rest(len(wanted)), *missing, *_left_out(inventory)),
            hint=("Look at one with ", Code(text="/rds show ID")),
        )


COLUMNS = ("Database", "Environment", "Status", "Account", "Engine")


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


def _nothing(query: ListDatabases, inventory: Inventory) -> tuple[Paragraph, ...]:
    if query.match or query.environment:
        some = " of those that I could read" if inventory.unreachable else ""
        return (paragraph(f"None{some} matches. ", Code(text="/rds list"), " shows all."),)
    if inventory.unreachable:
        return ()
    return (paragraph("I see no databases. Check the configured accounts and regions."),)


def _left_out(inventory: Inventory) -> tuple[Paragraph, ...]:
    """What AWS lists beside them, so that nobody looks for it in vain."""
    if not inventory.foreign:
        return ()
    names = [f"{one.name} ({one.engine or 'no engine'})" for one in inventory.foreign[:NAMED]]
    left = len(inventory.foreign) - NAMED
    more = f" and {left} more" if left > 0 else ""
    return (paragraph(f"Left out, because they are not Amazon RDS: {', '.join(names)}{more}."),)


def _rest(count: int) -> tuple[Paragraph, ...]:
    if count <= SHOWN:
        return ()
    narrow = Code(text="/rds list TEXT --environment staging")
    return (paragraph(f"and {count - SHOWN} more; narrow it down with ", narrow),)
