import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from bot.errors import UsageError
from bot.operation import Desk, Query
from bot.params import Choice, Parameter, Several, Target
from bot.values import (
    Answer,
    Button,
    Code,
    Database,
    Menu,
    Paragraph,
    Person,
    Range,
    keep_fresh,
    more,
    ranges,
)

MOST = 8  #: panels that one picture bears


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _few(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > MOST - 2:
        raise ValueError(f"compare 2 to {MOST} databases; those are {len(names) + 2}")
    return names


More = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    AfterValidator(_few),
    Several("More databases", "ID …", f"{MOST} in all."),
    Field(json_schema_extra={"positional": True}),
]


class CompareDatabases(Query):
    """Compare one metric of several databases, in words and in one picture on one scale.

    Two to eight databases, the busiest first.
    """

    verb, name = "compare", "compare_databases"
    permissions = ("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData",
                   "rds:DescribeDBClusterParameters",
                   "rds:DescribeDBParameters")  # fmt: skip
    example = "compare orders-test orders-staging --metric connections"
    synonyms = (
        "compare compared comparison versus vs diff difference different differ vergleiche compara"
    )

    target: Target
    other: Target
    more: More = ()
    metric: Annotated[str, Parameter("Metric", "METRIC", "For example cpu or connections.")] = "cpu"
    range: Annotated[Range, Choice("Range", "|".join(Range), options=tuple(Range))] = Range.DAY

    async def answer(self, desk: Desk, person: Person) -> Answer:
        names = (self.target, self.other, *self.more)
        databases = _different(await asyncio.gather(*map(desk.find, names)))
        seen = await desk.compare(databases, self.range, self.metric, person.timezone)
        return Answer(
            title=seen.headline,
            parts=tuple(Paragraph(line=line) for line in seen.findings),
            buttons=self._buttons(databases) if seen.chart else (),
            hint=(f"{_listing(databases)}, the {self.range.spoken}. All metrics of one: ",
                  Code(text=f"/rds metrics {databases[0].address}")),
            chart=seen.chart,
        )  # fmt: skip

    def _buttons(self, databases: Sequence[Database]) -> tuple[Button | Menu, ...]:
        names = " ".join(one.address for one in databases)
        line = f"compare {names} --metric {self.metric}"
        return (*ranges(line, self.range), more(keep_fresh(f"{line} --range {self.range}")))


def _different(databases: Sequence[Database]) -> tuple[Database, ...]:
    once = tuple({one.address: one for one in databases}.values())
    if len(once) < 2:
        raise UsageError(
            f"To compare I need two different databases; {once[0].name} is there twice.", "other"
        )
    return once


def _listing(databases: Sequence[Database]) -> str:
    *first, last = (one.name for one in databases)
    return f"{', '.join(first)} and {last}"
