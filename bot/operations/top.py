from collections.abc import Iterator
from typing import Annotated

from bot.errors import UsageError
from bot.fleet.limits import processors
from bot.masking import mask
from bot.operation import Desk, Query
from bot.params import Choice, Target
from bot.values import (
    SECOND,
    Answer,
    Chart,
    Code,
    Curve,
    Database,
    Facts,
    Limit,
    Line,
    Load,
    Panel,
    Paragraph,
    Person,
    Range,
    Share,
    Table,
    Window,
    paragraph,
    ranges,
)

MINUTE = 60 * SECOND
SHOWN = 250  #: characters of a statement
COLUMNS = ("Statement", "Share of load")
OFF = (
    "Performance Insights is off for it, by which Database Insights counts what its sessions do. "
    "Turning it on needs no restart; in Standard mode seven days of history cost nothing. Ask for: "
)


class ShowTop(Query):
    """Show what a database works on: its load by wait and by statement, against its processors.

    As Database Insights counts it, in Standard or Advanced mode. Of a cluster it is the writer.
    """

    verb, name = "top", "show_top"
    permissions = ("pi:DescribeDimensionKeys", "pi:GetResourceMetrics", "rds:DescribeDBInstances")
    example = "top orders-test --range 1h"
    synonyms = (
        "top slow slower slowly slowness sluggish crawl crawls hang hanging hung stuck "
        "lagging laggy load query sql statement wait waiting lock locked block blocked "
        "blocking blocker deadlock busy hot hammer hammering eat eating heavy expensive "
        "running process processlist langsam lahm lento lenta lent lente abfrage consulta "
        "requete"
    )

    target: Target
    range: Annotated[Range, Choice("Range", "|".join(Range), options=tuple(Range))] = Range.HOUR

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database = await desk.find(self.target)
        inventory = await desk.inventory()
        instances = inventory.instances_of(database)
        if not instances:
            none = f"{database.name} has no instance that could work."
            raise UsageError(inventory.unlisted(database) or none, "target")
        aws = desk.door(database, self.permissions)
        instance = await aws.database(instances[0].target)
        if instance.is_custom:
            none = f"{instance.name} runs on RDS Custom, which has no Database Insights."
            raise UsageError(none, "target")
        if not instance.insights:
            return _off(instance)
        window = Window.ending(aws.now // MINUTE * MINUTE, self.range.seconds, self.range.period)
        load = await aws.load(instance.target, window)
        return self._told(instance, load, _chart(instance, load, self.range, window, person))

    def _told(self, instance: Database, load: Load, chart: Chart | None) -> Answer:
        span = self.range.spoken
        hint: Line = (f"{span.capitalize()}. All its metrics: ",
                      Code(text=f"/rds metrics {instance.address}"))  # fmt: skip
        lacks = tuple(map(paragraph, load.unread))
        if load.sessions.mean is None:
            counted = (
                "told no session that can be" if load.sessions.unread else "counted no session"
            )
            nothing = paragraph(f"Database Insights {counted} in that time.")
            title = f"{instance.name}: no sessions counted in the {span}"
            return Answer(title=title, parts=(nothing, *lacks, *_mode(instance)), hint=hint)
        return Answer(
            title=f"{instance.name}: {headline(instance, load)}",
            parts=(
                Paragraph(line=(finding(load),)),
                *_waits(load),
                *_statements(load),
                *lacks,
                *_mode(instance),
            ),
            buttons=ranges(f"top {instance.address}", self.range),
            hint=hint,
            chart=chart,
        )


def headline(instance: Database, load: Load) -> str:
    """``about 6 sessions active on 2 processors: more than it can run at once``"""
    mean = load.sessions.mean or 0.0
    most = load.sessions.highest[1] if load.sessions.highest else 0.0
    said = f"{_sessions(mean)} active"
    if cores := processors(instance.instance_class):
        said += f" on {cores} processors: {_verdict(mean, most, cores)}"
    return f"{said}, as far as it could be read" if load.sessions.unread else said


def _sessions(count: float) -> str:
    """People count whole ones."""
    if 0 < count < 1:
        return "fewer than 1 session"
    return f"about {count:,.0f} session{'' if round(count) == 1 else 's'}"


def finding(load: Load) -> str:
    """The peak, and what the load mostly is."""
    most = load.sessions.highest[1] if load.sessions.highest else 0.0
    first = f"Most of the load is {load.waits[0].name}." if load.waits else ""
    peak = f"At most {_sessions(most).removeprefix('about ')} at once. " if most >= 1 else ""
    return f"{peak}{first}" or "It was hardly at work."


def _verdict(mean: float, most: float, cores: int) -> str:
    """What more sessions than processors do is mostly to wait: for one, for a disk, for a lock."""
    if mean > cores:
        return "more than it can run at once"
    if most > cores:
        return "enough, but not at the peak"
    return "enough"


def _waits(load: Load) -> Iterator[Facts]:
    total = load.sessions.mean or 0.0
    if load.waits:
        yield Facts(pairs=tuple((one.name, (_percent(one, total),)) for one in load.waits))


def _statements(load: Load) -> Iterator[Table]:
    total = load.sessions.mean or 0.0
    if load.statements:
        yield Table(columns=COLUMNS, rows=tuple(_row(one, total) for one in load.statements))


def _row(share: Share, total: float) -> tuple[Line, ...]:
    statement = mask(" ".join(share.name.split()))[:SHOWN] or "not known"
    return ((Code(text=statement),), (_percent(share, total),))


def _percent(share: Share, total: float) -> str:
    return f"{100 * share.sessions / total:.0f} %" if total else "-"


def _mode(instance: Database) -> Iterator[Paragraph]:
    """What more there is to see, and where."""
    match instance.insights_mode:
        case "standard":
            yield paragraph("Database Insights is in Standard mode: it keeps seven days.")
        case "advanced":
            yield paragraph(
                "Database Insights is in Advanced mode: CloudWatch has lock trees, plans and 15 "
                "months. I can look at the last seven days."
            )


def _off(instance: Database) -> Answer:
    place = instance.address.removeprefix(instance.name)
    command = f"/rds insights {instance.cluster or instance.name}{place} standard"
    return Answer(
        title=f"{instance.name}: Database Insights counts nothing of it",
        parts=(paragraph(OFF, Code(text=command)),),
        hint=("What can be seen without it: ", Code(text=f"/rds metrics {instance.address}")),
    )


def _chart(
    instance: Database, load: Load, span: Range, window: Window, person: Person
) -> Chart | None:
    if not load.sessions.points:
        return None
    cores = processors(instance.instance_class)
    panel = Panel(
        title="Sessions at work",
        unit="",
        curves=(Curve(series=load.sessions),),
        limit=Limit(value=cores, label=f"{cores} processors") if cores else None,
    )
    return Chart(
        title=f"{instance.name}: load, {span.spoken}",
        about=f"{span.spoken}, average active sessions".capitalize(),
        window=window,
        panels=(panel,),
        zone=person.timezone,
        unread="Its load could be read only in part" if load.sessions.unread else "",
    )
