"""What series mean, in sentences: the gravest first."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from bot.fleet.connection_usage import keeps_rising
from bot.fleet.limits import Ceiling
from bot.monitoring._storage import outlook
from bot.monitoring._trends import days_left
from bot.settings._thresholds import AS_USUAL, DEFAULTS, Thresholds, is_least, spoken
from bot.values import (
    SECOND,
    Database,
    Incident,
    Line,
    Moment,
    Reading,
    Series,
    Window,
    amount,
    figure,
)

SURE = 3.0  #: days until storage is full, up to which the hour is worth a word
FRESH = 15 * 60 * SECOND
GAP = 20 * 60 * SECOND

EVERYBODY = {"CPUUtilization": "CPU", "DatabaseConnections": "connections",
             "FreeableMemory": "free memory"}  # fmt: skip

ByMetric = Mapping[str, Series]


class Finding(NamedTuple):
    """``head``: the same in a few words, behind the database's name. ``about``: the metric whose
    figures say it; empty where none does."""

    head: str
    said: Line
    about: str = ""


def happening(incident: Incident) -> Finding:
    """That it is open: nothing else is calm beside it."""
    what = incident.title
    since = Moment(at=incident.started_at)
    return Finding(
        f"{incident.label}, {what}",
        (f"{what[:1].upper()}{what[1:]} since ", since, f" ({incident.label})."),
    )


def findings(
    database: Database,
    series: ByMetric,
    window: Window,
    limit: Ceiling | None = None,
    thresholds: Thresholds = AS_USUAL,
    trend: ByMetric | None = None,
) -> tuple[Finding, ...]:
    """What is worth a word; empty where nothing is. ``limit``: of its connections, if known.

    ``trend``: the last seven days of what fills up, whatever stretch of time ``series`` are of.
    What could not be read is nobody's finding: it is said elsewhere.
    """
    if not any(one.points for one in series.values()):
        return () if any(one.unread for one in series.values()) else (_nothing(database),)
    longer = {**series, **(trend or {})}
    return (
        *_about("FreeStorageSpace", _storage(database, series, longer)),
        *_about("DatabaseConnections", _leak(longer)),
        *_about("DatabaseConnections",
                _connections(series, limit, thresholds.of("DatabaseConnections"))),
        *_about("CPUUtilization", _cpu(series, window, thresholds.of("CPUUtilization"))),
        *_memory(series, thresholds),
        *_about("ACUUtilization", _capacity(series, thresholds.of("ACUUtilization"))),
        *_crossed(series, thresholds),
        *_gaps(series, window),
        *_absent(series),
    )  # fmt: skip


def _about(metric: str, found: Iterable[Finding]) -> Iterator[Finding]:
    return (one._replace(about=metric) for one in found)


def measured(series: ByMetric, *, calm: bool = False) -> Iterator[Line]:
    """Figures without a judgement. ``calm``: the heading says already that nothing is unusual."""
    if said := _lately(series):
        yield (f"{'' if calm else 'Measured: '}{said}.",)


def _lately(series: ByMetric) -> str:
    return ", ".join(_now(series, (("CPUUtilization", "CPU"), ("DatabaseConnections", ""))))


def _nothing(database: Database) -> Finding:
    state = "" if database.status == "available" else f" It is {database.status}."
    said = (f"CloudWatch has no figures of {database.name} for this time.{state}",)
    return Finding("CloudWatch has no figures for this time", said)


def _storage(database: Database, series: ByMetric, longer: ByMetric) -> Iterator[Finding]:
    free = series.get("FreeStorageSpace")
    if free is None or free.latest is None or database.is_aurora:
        return
    at, value = free.latest
    if value <= 0:
        yield Finding("no storage left", ("It has no storage left.",))
    if found := outlook(database, value, days_left(longer["FreeStorageSpace"].points)):
        full = Moment(at=at + int(found.left * 86_400) * SECOND, is_day=found.left > SURE)
        said = f"Storage is full in {found.days} at this rate{found.with_more} ("
        yield Finding(
            f"storage full in {found.days}", (said, full, f"): {amount(value, 'B')} are free.")
        )


def _cpu(series: ByMetric, window: Window, busy: float) -> Iterator[Finding]:
    cpu = series.get("CPUUtilization")
    if cpu is None or cpu.highest is None or cpu.highest[1] < busy:
        return
    at, value = cpu.highest
    minutes = sum(one >= busy for _, one in cpu.points) * window.period // 60
    for_how_long = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
    yield Finding(
        f"CPU reached {amount(value, '%')}",
        (
            f"CPU reached {amount(value, '%')} (", Moment(at=at),
            f") and was at {amount(busy, '%')} or more for {for_how_long}.",
        ),
    )  # fmt: skip


def _leak(longer: ByMetric) -> Iterator[Finding]:
    found = longer.get("DatabaseConnections")
    if found is None or not keeps_rising(found.points):
        return
    rise = f"from {found.points[0][1]:.0f} to {found.points[-1][1]:.0f}"
    yield Finding(
        f"likely connection leak, {rise}",
        (f"Likely connection leak: connections keep rising, {rise}, and don't fall at night.",),
    )


def _connections(series: ByMetric, limit: Ceiling | None, full: float) -> Iterator[Finding]:
    found = series.get("DatabaseConnections")
    if found is None or found.highest is None or limit is None:
        return
    most = found.highest[1]
    if most >= limit.most * full / 100:
        said = f"reached {most:.0f}, {100 * most / limit.most:.0f} % of the {limit} that it takes"
        yield Finding(f"{most:.0f} of {limit} connections in use", (f"Connections {said}.",))


def _memory(series: ByMetric, thresholds: Thresholds) -> Iterator[Finding]:
    free, swap = series.get("FreeableMemory"), series.get("SwapUsage")
    if free and free.lowest and free.lowest[1] < thresholds.of("FreeableMemory"):
        at, value = free.lowest
        yield Finding(
            f"only {amount(value, 'B')} of memory free",
            (f"Only {amount(value, 'B')} of memory were free (", Moment(at=at), ")."),
            "FreeableMemory",
        )
    if swap and swap.latest and swap.latest[1] > thresholds.of("SwapUsage"):
        on_disk = amount(swap.latest[1], "B")
        said = (f"It swaps: {on_disk} of memory are on disk.",)
        yield Finding(f"swaps {on_disk}", said, "SwapUsage")


def _capacity(series: ByMetric, busy: float) -> Iterator[Finding]:
    used = series.get("ACUUtilization")
    if used and used.highest and used.highest[1] >= busy:
        at, value = used.highest
        said = f"apacity was used to {amount(value, '%')}"
        yield Finding(f"c{said}", (f"C{said} (", Moment(at=at), ")."))


def _crossed(series: ByMetric, thresholds: Thresholds) -> Iterator[Finding]:
    """What the settings alone set a threshold for."""
    for metric, found in series.items():
        value = thresholds.given.get(metric)
        if value is None or metric in DEFAULTS or not found.points:
            continue
        least = is_least(metric)
        at, most = (min if least else max)(found.points, key=lambda point: point[1])
        if (most < value) if least else (most > value):
            verb, side = ("fell to", "below") if least else ("reached", "above")
            head = f"{spoken(metric)} {verb} {figure(metric, most, found.unit)}"
            beyond = f"), {side} the {amount(value, found.unit)} that are set."
            yield Finding(head, (f"{head} (", Moment(at=at), beyond), metric)


def _gaps(series: ByMetric, window: Window) -> Iterator[Finding]:
    """The longest time without figures, and whether they have stopped."""
    times = sorted({at for one in series.values() for at, _ in one.points})
    if window.until - times[-1] > FRESH + window.period * SECOND:
        said: Line = ("The last figures are from ", Moment(at=times[-1]), ".")
        yield Finding("CloudWatch has no figures lately", said)
    longest = max(((after - before, before) for before, after in pairwise(times)), default=(0, 0))
    if longest[0] > GAP + 2 * window.period * SECOND:
        minutes = longest[0] // SECOND // 60
        since = Moment(at=longest[1])
        yield Finding(
            f"{minutes} minutes without figures",
            (f"CloudWatch has no figures for {minutes} minutes after ", since, "."),
        )


def _absent(series: ByMetric) -> Iterator[Finding]:
    """What every database that runs is measured by, and this one was not."""
    lacks = [said for metric, said in EVERYBODY.items()
             if metric in series and series[metric].reading is Reading.EMPTY]  # fmt: skip
    if lacks:
        head = f"CloudWatch has no figures of {' and '.join(lacks)}"
        yield Finding(head, (f"{head} for this time.",))


def _now(series: ByMetric, wanted: Iterable[tuple[str, str]]) -> Iterator[str]:
    for metric, name in wanted:
        found = series.get(metric)
        if found is None or found.latest is None or found.highest is None:
            continue
        now, most = (figure(metric, at[1], found.unit) for at in (found.latest, found.highest))
        yield f"{name} {now} (at most {most})" if name else f"{now} connections (at most {most})"
