"""What series mean, in sentences: the gravest first."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from bot.fleet.connection_usage import keeps_rising
from bot.fleet.limits import Ceiling
from bot.monitoring._storage import outlook
from bot.monitoring._trends import days_left
from bot.settings._thresholds import AS_USUAL, DEFAULTS, Thresholds, is_least, spoken
from bot.values import SECOND, Database, Line, Moment, Reading, Series, Window, amount

SURE = 3.0  #: days until storage is full, up to which the hour is worth a word
FRESH = 15 * 60 * SECOND
GAP = 20 * 60 * SECOND

EVERYBODY = {"CPUUtilization": "CPU", "DatabaseConnections": "connections",
             "FreeableMemory": "free memory"}  # fmt: skip

ByMetric = Mapping[str, Series]


def findings(
    database: Database,
    series: ByMetric,
    window: Window,
    limit: Ceiling | None = None,
    thresholds: Thresholds = AS_USUAL,
) -> tuple[Line, ...]:
    """What is worth a word; empty where nothing is. ``limit``: of its connections, if known.

    What could not be read is nobody's finding: it is said elsewhere.
    """
    if not any(one.points for one in series.values()):
        return () if any(one.unread for one in series.values()) else (_nothing(database),)
    return (
        *judged(database, series, window, limit, thresholds),
        *_gaps(series, window),
        *_absent(series),
    )


def judged(
    database: Database,
    series: ByMetric,
    window: Window,
    limit: Ceiling | None = None,
    thresholds: Thresholds = AS_USUAL,
) -> tuple[Line, ...]:
    """What the figures themselves say; each rule looks at the metrics of one panel."""
    return (
        *_storage(database, series),
        *_connections(series, limit, thresholds.of("DatabaseConnections")),
        *_cpu(series, window, thresholds.of("CPUUtilization")),
        *_memory(series, thresholds),
        *_capacity(series, thresholds.of("ACUUtilization")),
        *_crossed(series, thresholds),
    )


def calm(series: ByMetric) -> Line:
    """What to say where all was read and nothing of it is worth a word."""
    said = _lately(series)
    return (f"Nothing unusual{': ' if said else ''}{said}.",)


def measured(series: ByMetric) -> Iterator[Line]:
    """The same figures without a judgement: where not all is known, or an alarm says otherwise."""
    if said := _lately(series):
        yield (f"Measured: {said}.",)


def _lately(series: ByMetric) -> str:
    return ", ".join(_now(series, (("CPUUtilization", "CPU"), ("DatabaseConnections", ""))))


def _nothing(database: Database) -> Line:
    state = "" if database.status == "available" else f" It is {database.status}."
    return (f"CloudWatch has no figures of {database.name} for this time.{state}",)


def _storage(database: Database, series: ByMetric) -> Iterator[Line]:
    free = series.get("FreeStorageSpace")
    if free is None or free.latest is None or database.is_aurora:
        return
    at, value = free.latest
    if value <= 0:
        yield ("It has no storage left.",)
    if found := outlook(database, value, days_left(free.points)):
        full = Moment(at=at + int(found.left * 86_400) * SECOND, is_day=found.left > SURE)
        said = f"Storage is full in {found.days} at this rate{found.with_more} ("
        yield (said, full, f"): {amount(value, 'B')} are free.")


def _cpu(series: ByMetric, window: Window, busy: float) -> Iterator[Line]:
    cpu = series.get("CPUUtilization")
    if cpu is None or cpu.highest is None or cpu.highest[1] < busy:
        return
    at, value = cpu.highest
    minutes = sum(one >= busy for _, one in cpu.points) * window.period // 60
    for_how_long = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
    yield (
        f"CPU reached {amount(value, '%')} (",
        Moment(at=at),
        f") and was at {amount(busy, '%')} or more for {for_how_long}.",
    )


def _connections(series: ByMetric, limit: Ceiling | None, full: float) -> Iterator[Line]:
    found = series.get("DatabaseConnections")
    if found is None or found.latest is None or found.highest is None:
        return
    first, now, most = found.points[0][1], found.latest[1], found.highest[1]
    if keeps_rising(found.points):
        yield (
            f"Connections keep rising, from {first:.0f} to {now:.0f}, also when it is quiet: "
            "somebody opens them and does not close them.",
        )
    if limit and most >= limit.most * full / 100:
        share = 100 * most / limit.most
        yield (f"Connections reached {most:.0f}, {share:.0f} % of the {limit} that it takes.",)


def _memory(series: ByMetric, thresholds: Thresholds) -> Iterator[Line]:
    free, swap = series.get("FreeableMemory"), series.get("SwapUsage")
    if free and free.lowest and free.lowest[1] < thresholds.of("FreeableMemory"):
        at, value = free.lowest
        yield (f"Only {amount(value, 'B')} of memory were free (", Moment(at=at), ").")
    if swap and swap.latest and swap.latest[1] > thresholds.of("SwapUsage"):
        yield (f"It swaps: {amount(swap.latest[1], 'B')} of memory are on disk.",)


def _capacity(series: ByMetric, busy: float) -> Iterator[Line]:
    used = series.get("ACUUtilization")
    if used and used.highest and used.highest[1] >= busy:
        at, value = used.highest
        yield (f"Capacity was used to {amount(value, '%')} (", Moment(at=at), ").")


def _crossed(series: ByMetric, thresholds: Thresholds) -> Iterator[Line]:
    """What the settings alone set a threshold for."""
    for metric, found in series.items():
        value = thresholds.given.get(metric)
        if value is None or metric in DEFAULTS or not found.points:
            continue
        name, set_to = spoken(metric), amount(value, found.unit)
        if is_least(metric):
            at, most = min(found.points, key=lambda point: point[1])
            if most < value:
                yield (f"{name} fell to {amount(most, found.unit)} (", Moment(at=at),
                       f"), below the {set_to} that are set.")  # fmt: skip
        else:
            at, most = max(found.points, key=lambda point: point[1])
            if most > value:
                yield (f"{name} reached {amount(most, found.unit)} (", Moment(at=at),
                       f"), above the {set_to} that are set.")  # fmt: skip


def _gaps(series: ByMetric, window: Window) -> Iterator[Line]:
    """The longest time without figures, and whether they have stopped."""
    times = sorted({at for one in series.values() for at, _ in one.points})
    if window.until - times[-1] > FRESH + window.period * SECOND:
        yield ("The last figures are from ", Moment(at=times[-1]), ".")
    longest = max(((after - before, before) for before, after in pairwise(times)), default=(0, 0))
    if longest[0] > GAP + 2 * window.period * SECOND:
        minutes = longest[0] // SECOND // 60
        since = Moment(at=longest[1])
        yield (f"CloudWatch has no figures for {minutes} minutes after ", since, ".")


def _absent(series: ByMetric) -> Iterator[Line]:
    """What every database that runs is measured by, and this one was not."""
    lacks = [said for metric, said in EVERYBODY.items()
             if metric in series and series[metric].reading is Reading.EMPTY]  # fmt: skip
    if lacks:
        yield (f"CloudWatch has no figures of {' and '.join(lacks)} for this time.",)


def _now(series: ByMetric, wanted: Iterable[tuple[str, str]]) -> Iterator[str]:
    for metric, name in wanted:
        found = series.get(metric)
        if found is None or found.latest is None or found.highest is None:
            continue
        now, most = found.latest[1], found.highest[1]
        if name:
            yield f"{name} {amount(now, found.unit)}, at most {amount(most, found.unit)}"
        else:
            yield f"{now:.0f} connections, at most {most:.0f}"
