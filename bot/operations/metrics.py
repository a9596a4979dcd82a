from typing import Annotated

from pydantic import Field

from bot.operation import Desk, Query
from bot.params import Choice, Flag, Parameter, Switch, Target
from bot.values import (
    ALL,
    WEEK_BEFORE,
    Answer,
    Button,
    Chart,
    Code,
    Database,
    Kind,
    Menu,
    Observed,
    Paragraph,
    Person,
    Range,
    all_panels,
    keep_fresh,
    more,
    paragraph,
    ranges,
    week_before,
)


class ShowMetrics(Query):
    """Show how a database does: what is unusual in words, and its metrics in one picture.

    An alarm of CloudWatch that fires on it comes first.
    Without METRICS it shows the four most unusual of what matters for the engine, with --all all.
    In a mention the picture stands in the thread for all to see; else in your direct messages, from
    where a click shares it. A live chart is posted where that is pressed, for all to see, and
    renewed for an hour.
    """

    verb, name = "metrics", "show_metrics"
    permissions = ("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData",
                   "rds:DescribeDBClusterParameters",
                   "rds:DescribeDBParameters", "rds:DescribeEvents")  # fmt: skip
    example = "metrics orders-test cpu,connections --range 24h"
    synonyms = (
        "metric cpu memory ram mem oom storage disk space iops io latency throughput graph "
        "chart plot swap credit usage utilization utilisation full fill filling growth grow "
        "growing trend replication replica lag burst performance perf health healthy freeable "
        "capacity speicher speicherplatz platz platte voll auslastung memoria disco espacio "
        "lleno memoire disque espace plein"
    )

    target: Target
    metrics: Annotated[str | None, Parameter("Metrics", "METRICS", "For example cpu,memory.")] = (
        Field(default=None, json_schema_extra={"positional": True})
    )
    range: Annotated[Range, Choice("Range", "|".join(Range), options=tuple(Range))] = Range.DAY
    week_before: Annotated[Flag, Switch("Week before", "", "Show the week before beside it.")] = (
        False
    )

    all: Annotated[Flag, Switch("All panels", "", "Also those with nothing unusual.")] = False

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database = await desk.find(self.target)
        words = tuple(filter(None, (self.metrics or "").replace(" ", ",").split(",")))
        seen = await desk.observe(
            database,
            self.range,
            words,
            person.timezone,
            week_before=self.week_before,
            everything=self.all,
        )
        return Answer(
            title=seen.headline,
            parts=(*_sentences(seen), *_members(database)),
            buttons=self._buttons(database, seen.chart) if seen.chart else (),
            hint=(f"{self.range.spoken.capitalize()}. About the database: ",
                   Code(text=f"/rds show {database.address}")),
            chart=seen.chart,
        )  # fmt: skip

    def _buttons(self, database: Database, chart: Chart) -> tuple[Button | Menu, ...]:
        line = " ".join(filter(None, ("metrics", database.address, self.metrics)))
        every, week = ALL if self.all else "", WEEK_BEFORE if self.week_before else ""
        beside = _spaced(line, week, every)
        here = f"--range {self.range}"
        panels = (all_panels(_spaced(line, week, here), self.all),)
        return (
            *ranges(beside, self.range),
            more(
                week_before(_spaced(line, every, here), self.week_before),
                *(panels if chart.rest or self.all else ()),
                keep_fresh(f"{beside} {here}"),
            ),
        )


def _spaced(*words: str) -> str:
    return " ".join(filter(None, words))


def _sentences(seen: Observed) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(line=line) for line in seen.findings)


def _members(database: Database) -> tuple[Paragraph, ...]:
    if database.target.kind is not Kind.CLUSTER:
        return ()
    writer = f"{database.writer} writes. " if database.writer else ""
    return (paragraph(f"{writer}Each line of the picture is a member."),)
