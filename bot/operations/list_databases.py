from typing import Annotated

from pydantic import Field

from bot.operation import Desk, Query
from bot.params import Choice, Parameter
from bot.values import Answer, Code, Database, Line, Paragraph, Person, Table, paragraph
from bot.vocabulary import Environment

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
        missing = tuple(
            paragraph(f"I could not look into {one.account}/{one.region}: {one.why}")
            for one in inventory.unreachable
        )
        rows = tuple(_row(one, environment) for one, environment in wanted[:SHOWN])
        table = (Table(columns=COLUMNS, rows=rows),) if rows else (_nothing(self),)
        return Answer(
            title=_title(len(wanted), len(found)),
            parts=(*table, *_rest(len(wanted)), *missing),
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


def _title(wanted: int, all_of_them: int) -> str:
    of = "" if wanted == all_of_them else f" of {all_of_them}"
    return f"{wanted}{of} database{'' if all_of_them == 1 else 's'}"


def _nothing(query: ListDatabases) -> Paragraph:
    if query.match or query.environment:
        return paragraph("None matches. ", Code(text="/rds list"), " shows all.")
    return paragraph("I see no databases. Check the configured accounts and regions.")


def _rest(count: int) -> tuple[Paragraph, ...]:
    if count <= SHOWN:
        return ()
    narrow = Code(text="/rds list TEXT --environment staging")
    return (paragraph(f"and {count - SHOWN} more; narrow it down with ", narrow),)
