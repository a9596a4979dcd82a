from typing import Annotated

from bot.operation import Desk, Query
from bot.params import Choice, Parameter, Target
from bot.values import Answer, Button, Code, Database, Paragraph, Person, Range


class CompareDatabases(Query):
    """Compare one metric of two databases, in words and in one picture on one scale.

    The picture comes as a direct message.
    """

    verb, name = "compare", "compare_databases"
    permissions = ("cloudwatch:GetMetricData", "rds:DescribeDBClusterParameters",
                   "rds:DescribeDBParameters")  # fmt: skip
    example = "compare orders-test orders-staging --metric connections"

    target: Target
    other: Target
    metric: Annotated[str, Parameter("Metric", "METRIC", "For example cpu or connections.")] = "cpu"
    range: Annotated[Range, Choice("Range", "|".join(Range), options=tuple(Range))] = Range.DAY

    async def answer(self, desk: Desk, person: Person) -> Answer:
        databases = (await desk.find(self.target), await desk.find(self.other))
        seen = await desk.compare(databases, self.range, self.metric, person.timezone)
        return Answer(
            title=f"{databases[0].name} and {databases[1].name} over the {self.range.spoken}",
            parts=tuple(Paragraph(line=line) for line in seen.findings),
            buttons=tuple(self._button(databases, span) for span in Range if seen.chart),
            hint=("All metrics of one: ", Code(text=f"/rds metrics {databases[0].address}")),
            chart=seen.chart,
        )

    def _button(self, databases: tuple[Database, Database], span: Range) -> Button:
        """The same again over another time; over the same time it is read anew."""
        names = " ".join(one.address for one in databases)
        line = f"compare {names} --metric {self.metric} --range {span}"
        label = f"Refresh {span}" if span is self.range else span.value
        return Button(label=label, action=f"picture.{span}", value=line)
