from typing import Annotated

from pydantic import Field

from bot.operation import Desk, Query
from bot.params import Choice, Parameter, Target
from bot.values import Answer, Button, Code, Database, Observed, Paragraph, Person, Range, paragraph
from bot.vocabulary import Kind


class ShowMetrics(Query):
    """Show how a database does: what is unusual in words, and its metrics in one picture.

    Without METRICS it shows what matters for the engine. The picture comes as a direct message.
    """

    verb, name = "metrics", "show_metrics"
    permissions = ("cloudwatch:GetMetricData", "rds:DescribeDBClusterParameters",
                   "rds:DescribeDBParameters")  # fmt: skip
    example = "metrics orders-test cpu,connections --range 24h"

    target: Target
    metrics: Annotated[str | None, Parameter("Metrics", "METRICS", "For example cpu,memory.")] = (
        Field(default=None, json_schema_extra={"positional": True})
    )
    range: Annotated[Range, Choice("Range", "|".join(Range), options=tuple(Range))] = Range.DAY

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database = await desk.find(self.target)
        words = tuple(filter(None, (self.metrics or "").replace(" ", ",").split(",")))
        seen = await desk.observe(database, self.range, words, person.timezone)
        return Answer(
            title=f"{database.name} over the {self.range.spoken}",
            parts=(*_sentences(seen), *_members(database)),
            buttons=tuple(self._button(database, span) for span in Range if seen.chart),
            hint=("Everything else about it: ", Code(text=f"/rds show {database.address}")),
            chart=seen.chart,
        )

    def _button(self, database: Database, span: Range) -> Button:
        """The same again over another time; over the same time it is read anew."""
        line = f"metrics {database.address} {self.metrics or ''} --range {span}"
        label = f"Refresh {span}" if span is self.range else span.value
        return Button(label=label, action=f"picture.{span}", value=" ".join(line.split()))


def _sentences(seen: Observed) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(line=line) for line in seen.findings)


def _members(database: Database) -> tuple[Paragraph, ...]:
    if database.target.kind is not Kind.CLUSTER:
        return ()
    writer = f"{database.writer} writes. " if database.writer else ""
    return (paragraph(f"{writer}Each line of the picture is a member."),)
