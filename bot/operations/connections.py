import asyncio
from collections.abc import Iterator, Mapping, Sequence

from bot.aws import AWS
from bot.errors import AWSError
from bot.fleet.connection_usage import SAID, Usage, advice, leaking, trend
from bot.fleet.limits import Ceiling, shared
from bot.operation import Desk, Query
from bot.params import Target
from bot.values import (
    SECOND,
    Answer,
    Chart,
    Code,
    Curve,
    Database,
    Inventory,
    Limit,
    Line,
    Measure,
    Moment,
    Panel,
    Paragraph,
    Person,
    Series,
    Strong,
    Table,
    Window,
    paragraph,
    refresh,
)

MINUTE = 60 * SECOND
DAY, WEEK = 86_400, 7 * 86_400
PERIOD = 300  #: seconds of a figure of the last day
CURVES = 6  #: instances that one picture bears
EVENTS = 3  #: that are shown

AVERAGE = ("DatabaseConnections", "Average")
PEAK = ("DatabaseConnections", "Maximum")
ACTIVE = ("DBLoad", "Average")
#: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
COUNTED = {
    "aurora-mysql": (("LoginFailures", "Average"), ("AbortedClients", "Sum")),
    "mysql": (("ConnectionAttempts", "Sum"),),
}
"""What else an engine says of connections."""
COLUMNS = ("Instance", "Now", "95 % of 24 h within", "Peak of 24 h", "Limit", "Peak of limit")

Found = Mapping[Measure, Series]


class ShowConnections(Query):
    """Show connections against the limit, refused logins, the trend of 7 days, and what to do.

    The picture is of the 7 days.
    """

    verb, name = "connections", "show_connections"
    permissions = ("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData",
                   "rds:DescribeDBClusterParameters", "rds:DescribeDBParameters",
                   "rds:DescribeEvents")  # fmt: skip
    example = "connections orders-test"
    synonyms = (
        "connection conn conns connected connecting connect pool session client "
        "max_connections login pgbouncer verbindung verbindungen conexion conexiones "
        "connexion connexions"
    )

    target: Target

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database, inventory = await desk.find(self.target), await desk.inventory()
        aws = desk.door(database, self.permissions)
        instances = inventory.instances_of(database)
        at = aws.now // MINUTE * MINUTE
        window = Window.ending(at, WEEK, 1_800)
        day, week, events, limits = await asyncio.gather(
            _read(desk, _of_day(instances), Window.ending(at, DAY, PERIOD)),
            _read(desk, _of_week(instances), window),
            _events(aws, instances, at - DAY * SECOND),
            desk.ceilings(database),
        )
        usages = [_usage(one, limits.get(one.name), day, week) for one in instances]
        fires = await desk.firing(database, AVERAGE[0]) if instances else ()
        lines = await desk.firing_limits(database, AVERAGE[0]) if fires else ()
        chart = _chart(database, usages, window, person.timezone, lines)
        missing = _missing(inventory, database)
        return Answer(
            title=_headline(database, usages, is_firing=bool(fires)),
            parts=(
                *map(_paragraph, fires),
                *_table(usages),
                *_sentences(usages, calm=not (fires or missing)),
                *events,
                *missing,
            ),
            buttons=(refresh(f"connections {database.address}"),) if chart else (),
            hint=("Last 7 days. All its metrics: ", Code(text=f"/rds metrics {database.address}")),
            chart=chart,
        )


def _missing(inventory: Inventory, database: Database) -> tuple[Paragraph, ...]:
    missing = inventory.unlisted(database)
    return (paragraph(missing),) if missing else ()


async def _read(desk: Desk, measures: tuple[Measure, ...], window: Window) -> Found:
    found = await desk.measure(measures, window) if measures else ()
    return dict(zip(measures, found, strict=True))


def _of_day(instances: Sequence[Database]) -> tuple[Measure, ...]:
    return tuple(
        _measure(one, *what)
        for one in instances
        for what in (AVERAGE, PEAK, ACTIVE, *COUNTED.get(one.engine, ()))
    )


def _of_week(instances: Sequence[Database]) -> tuple[Measure, ...]:
    return tuple(_measure(one, *AVERAGE) for one in instances)


def _measure(instance: Database, metric: str, stat: str) -> Measure:
    return Measure(target=instance.target, metric=metric, stat=stat)


def _usage(instance: Database, limit: Ceiling | None, day: Found, week: Found) -> Usage:
    counted = [day[_measure(instance, *what)] for what in COUNTED.get(instance.engine, ())]
    return Usage(
        database=instance,
        limit=limit,
        day=day[_measure(instance, *AVERAGE)],
        peaks=day[_measure(instance, *PEAK)],
        active=day[_measure(instance, *ACTIVE)],
        week=week[_measure(instance, *AVERAGE)],
        totals={one.metric: _total(one) for one in counted if one.points},
        counted=tuple(counted),
    )


def _total(series: Series) -> float:
    """Of a rate by second, or of what was counted."""
    seconds = PERIOD if series.stat == "Average" else 1
    return sum(value for _, value in series.points) * seconds


async def _events(aws: AWS, instances: Sequence[Database], since: int) -> tuple[Paragraph, ...]:
    """What RDS itself said of connections, the newest first."""
    try:
        found = await asyncio.gather(*(aws.events(one.target, since) for one in instances))
    except AWSError as error:
        return (paragraph(f"RDS's own events could not be read: {error}"),)
    about = [event for events in found for event in events if "connection" in event.message.lower()]
    newest = sorted(about, key=lambda event: event.at, reverse=True)[:EVENTS]
    return tuple(
        paragraph(Strong(text=event.source), " ", Moment(at=event.at), f": {event.message}")
        for event in newest
    )


def _headline(database: Database, usages: Sequence[Usage], *, is_firing: bool) -> str:
    """What is to be done about it comes before how full it is."""
    said = _title(database, usages)
    name, _, how_full = said.partition(": ")
    alarm = "alarm on connections, " if is_firing else ""
    leaks = ((one.database.name, leak) for one in usages if (leak := leaking(one)))
    name, leak = next(leaks, (name, ""))
    return f"{name}: {alarm}{leak and f'{leak}; '}{how_full}"


def _title(database: Database, usages: Sequence[Usage]) -> str:
    """Of several instances what is said of the fullest."""
    fullest = max(usages, key=_fullness, default=None)
    lacks = any(one.peaks.unread for one in usages)
    if fullest is None or fullest.peak is None:
        how = "could be read" if lacks else "were measured"
        return f"{database.name}: no connections {how} in the last day"
    name, most = fullest.database.name, f"{fullest.peak[1]:.0f}"
    word = f"{fullest.word}, as far as it could be read" if lacks else fullest.word
    if fullest.percent is None:
        return f"{name}: at most {most} connections, {word}"
    share = f"{fullest.percent:.0f} %"
    return f"{name}: at most {most} of {fullest.limit} connections ({share}), {word}"


def _fullness(usage: Usage) -> tuple[float, float]:
    """What was counted is more than what was not, also where nobody knows the limit."""
    return usage.percent or 0.0, usage.peak[1] if usage.peak else -1.0


def _table(usages: Sequence[Usage]) -> tuple[Table, ...]:
    return (Table(columns=COLUMNS, rows=tuple(map(_row, usages))),) if usages else ()


def _row(usage: Usage) -> tuple[Line, ...]:
    peak = usage.peak
    return (
        (usage.database.name,),
        (_figure(usage.now, usage.day),),
        (_figure(usage.p95, usage.day),),
        (f"{peak[1]:.0f}, ", Moment(at=peak[0])) if peak else (_figure(None, usage.peaks),),
        (str(usage.limit or "not known"),),
        (usage.word if usage.percent is None else f"{usage.percent:.0f} %, {usage.word}",),
    )


def _figure(value: float | None, of: Series) -> str:
    if value is None:
        return "not read" if of.unread else "-"
    return f"{value:.0f}"


def _paragraph(line: Line) -> Paragraph:
    return Paragraph(line=line)


def _sentences(usages: Sequence[Usage], *, calm: bool) -> Iterator[Paragraph]:
    """What is not true of all instances says of which it is."""
    about: dict[Line, list[str]] = {}
    for usage in usages:
        for line in _said(usage):
            about.setdefault(line, []).append(usage.database.name)
    for line, names in about.items():
        of = () if len(names) == len(usages) else (Strong(text=", ".join(names)), ": ")
        yield Paragraph(line=(*of, *line))
    if calm and usages and all(one.is_calm for one in usages):
        yield paragraph("Nothing needs to be done about connections.")


def _said(usage: Usage) -> Iterator[Line]:
    engine = usage.database.engine
    yield from advice(usage)
    yield trend(usage)
    if usage.limit:
        yield (f"Limit: {usage.limit}, {usage.limit.why}.",)
    else:
        yield (f"How many connections {engine} takes here, I cannot know.",)
    if said := ", ".join(f"{total:,.0f} {SAID[one]}" for one, total in usage.totals.items()):
        yield (f"In the last day: {said}.",)
    if "LoginFailures" not in {one.metric for one in usage.counted}:
        yield (f"Logins that {engine} refuses are in its log files only, not in CloudWatch.",)
    for why, what in usage.unread.items():
        said = ", ".join(what)
        yield (f"{said[0].upper()}{said[1:]} could not be read, or only in part. {why}",)


def _chart(
    database: Database,
    usages: Sequence[Usage],
    window: Window,
    zone: str,
    alarms: tuple[Limit, ...],
) -> Chart | None:
    shown = [usage for usage in usages if usage.week.points][:CURVES]
    if not shown:
        return None
    curves = tuple(Curve(series=one.week, label=_label(one.database, database)) for one in shown)
    panel = Panel(title="Connections", unit="", curves=curves, limit=_line(shown), alarms=alarms)
    return Chart(
        title=f"{database.name}: connections",
        about="Last 7 days, 30-minute averages",
        window=window,
        panels=(panel,),
        zone=zone,
        unread=_lacking(usages),
    )


def _lacking(usages: Sequence[Usage]) -> str:
    lacks = ", ".join(one.database.name for one in usages if one.week.unread)
    return f"Connections of {lacks} could not be read, or only in part" if lacks else ""


def _label(instance: Database, asked: Database) -> str:
    """What tells a member apart; an instance alone needs nothing."""
    return "" if instance == asked else instance.name.removeprefix(f"{asked.name}-")[-8:]


def _line(usages: Sequence[Usage]) -> Limit | None:
    """Where all of them have the same limit."""
    limit = shared([one.limit for one in usages if one.limit])
    return Limit(value=limit.most, label=f"limit {limit}") if limit else None
