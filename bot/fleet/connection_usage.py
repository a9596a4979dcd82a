"""Connections of an instance against its limit: how full it gets, and what to do about it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.fleet.limits import Ceiling, max_connections
from bot.values import SECOND, Code, Database, Line, Moment, Point, Series

DAY = 86_400 * SECOND
ROOMY, TIGHT, FULL = 50.0, 80.0, 95.0  #: percent of the limit where the word changes
IDLE = 0.1  #: share of connections at work below which most only wait
SAID = {
    "LoginFailures": "logins refused",
    "AbortedClients": "connections broken off",
    "ConnectionAttempts": "attempts to connect",
}
MANY = 100  #: connections that are worth a pool
HASTY = 60  #: new connections a minute that are worth keeping open instead


def keeps_rising(points: Sequence[Point]) -> bool:
    """Whether even its quietest time now is above its busiest at first, through and through.

    That is how a leak looks; a day ends as busy as it began.
    """
    size = len(points) // 4
    if size < 6 or points[-1][0] - points[0][0] <= DAY * 5 // 6:
        return False
    quarters = [
        [value for _, value in points[number * size : (number + 1) * size]] for number in range(4)
    ]
    lows = [min(one) for one in quarters]
    steadily = all(before < after for before, after in pairwise(lows))
    return steadily and lows[3] > max(quarters[0]) * 1.05 + 5


@dataclass(frozen=True)
class Usage:
    """What was counted of one instance; a series without points where nothing was, or where it
    could not be read.

    ``day`` and ``active`` are averages of the last day, ``peaks`` the highest of each of its
    periods, ``week`` averages of the last seven days. ``active`` are sessions at work.
    ``totals``: of a day, by metric, where the engine counts them.
    """

    database: Database
    limit: Ceiling | None
    day: Series
    peaks: Series
    week: Series
    active: Series
    totals: dict[str, float] = field(default_factory=dict)
    counted: tuple[Series, ...] = ()  #: what the totals are of

    @property
    def unread(self) -> Mapping[str, tuple[str, ...]]:
        """By why: what of it could not be read, or not all; empty where all was."""
        every = {"the connections of a day": self.day, "their peaks": self.peaks,
                 "those of 7 days": self.week, "the sessions at work": self.active,
                 **{SAID.get(one.metric, one.metric): one for one in self.counted}}  # fmt: skip
        found: dict[str, tuple[str, ...]] = {}
        for what, series in every.items():
            if series.unread:
                found[series.unread] = (*found.get(series.unread, ()), what)
        return found

    @property
    def is_calm(self) -> bool:
        """Whether enough was read and measured to say that nothing needs to be done."""
        known = self.day.points and self.peaks.points and not self.unread
        return bool(known) and not advice(self)

    @property
    def now(self) -> float | None:
        return self.day.latest[1] if self.day.latest else None

    @property
    def peak(self) -> Point | None:
        return self.peaks.highest

    @property
    def p95(self) -> float | None:
        """What it stayed at or under for 95 % of the day."""
        ordered = sorted(value for _, value in self.day.points)
        return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else None

    @property
    def percent(self) -> float | None:
        """The peak as a share of the limit."""
        return 100 * self.peak[1] / self.limit.most if self.peak and self.limit else None

    @property
    def word(self) -> str:
        match self.percent:
            case None if self.peak:
                return "limit unknown"
            case None:
                return "not read" if self.peaks.unread else "not measured"
            case low if low < ROOMY:
                return "plenty of room"
            case middle if middle < TIGHT:
                return "room left"
            case high if high < FULL:
                return "tight"
            case _:
                return "full"


def trend(usage: Usage) -> Line:
    """The last day against each of the days before."""
    if usage.week.unread:
        return ("The trend over 7 days is not known: not all of it could be read.",)
    *before, last = _daily(usage.week.points) or [0.0]
    if len(before) < 2:
        return ("Too few figures for a trend over 7 days.",)
    low, high = min(before), max(before)
    word = "as usual"
    if last > high * 1.1 + 1:
        word = "more than on any of them"
    elif last < low * 0.9 - 1:
        word = "less than on any of them"
    return (
        f"Trend: {last:.0f} on average in the last day, {low:.0f} to {high:.0f} on the "
        f"{len(before)} days before: {word}.",
    )


def advice(usage: Usage) -> tuple[Line, ...]:
    """What to do, each with the figures that it rests on; empty where nothing is to be done."""
    return (*_leak(usage), *_tight(usage), *_idle(usage), *_hasty(usage), *_refused(usage))


def leaking(usage: Usage) -> str:
    """``likely connection leak, up about 58 a day``; empty where they do not keep rising."""
    rate = _rate(usage)
    return f"likely connection leak, up about {rate:.0f} a day" if rate else ""


def _rate(usage: Usage) -> float:
    """More of them a day, where they keep rising; else nothing."""
    daily = _daily(usage.week.points)
    if len(daily) < 2 or not keeps_rising(usage.week.points):
        return 0.0
    return (daily[-1] - daily[0]) / (len(daily) - 1)


def _leak(usage: Usage) -> Iterator[Line]:
    if rate := _rate(usage):
        yield (
            f"Likely connection leak: up about {rate:.0f} a day, and they don't fall at night.",
            *_runs_out(usage, rate),
        )


def _runs_out(usage: Usage, rate: float) -> Line:
    if usage.limit is None or usage.day.latest is None or rate <= 0:
        return ()
    at, now = usage.day.latest
    days = (usage.limit.most - now) / rate
    if not 0 < days < 60:
        return ()
    return (" At this rate the limit is reached around ", Moment(at=at + int(days * DAY)), ".")


def _tight(usage: Usage) -> Iterator[Line]:
    if usage.peak is None or usage.limit is None or (usage.percent or 0) < TIGHT:
        return
    yield (
        f"The peak of {usage.peak[1]:.0f} (", Moment(at=usage.peak[0]),
        f") was {usage.percent:.0f} % of {usage.limit}. {_more_room(usage, usage.limit)}",
    )  # fmt: skip


def _more_room(usage: Usage, limit: Ceiling) -> str:
    default = max_connections(usage.database)
    if limit.is_exact and default and default > limit.most:
        return (
            f"The engine's own formula would allow ≈ {default:,} on this class. Raise "
            "max_connections in the parameter group, or share connections in a pool."
        )
    return "Share connections in a pool (RDS Proxy, PgBouncer), or take a larger class."


def _idle(usage: Usage) -> Iterator[Line]:
    mean, working = usage.day.mean, usage.active.mean
    if mean is None or working is None or mean < MANY or working > IDLE * mean:
        return
    yield (
        f"Pools look oversized: of {mean:.0f} open connections {_few(working)} active at a time. "
        "An idle timeout closes the rest.",
    )


def _few(count: float) -> str:
    return "about 1 is" if count < 1.5 else f"about {count:.0f} are"


def _hasty(usage: Usage) -> Iterator[Line]:
    attempts = usage.totals.get("ConnectionAttempts", 0) / 1440
    if attempts >= HASTY:
        yield (
            f"Keep connections open in a pool: {attempts:,.0f} new ones a minute cost it more "
            "than they need.",
        )


def _refused(usage: Usage) -> Iterator[Line]:
    refused = usage.totals.get("LoginFailures", 0)
    if refused >= 1:
        yield (
            f"{refused:,.0f} logins were refused in the last day: a wrong password, or no "
            "connection left. The error log says which: ",
            Code(text=f"/rds logs {usage.database.address}"),
        )


def _daily(points: Sequence[Point]) -> list[float]:
    """The average of each whole day before the last point, oldest first."""
    days: dict[int, list[float]] = {}
    for at, value in points:
        days.setdefault((points[-1][0] - at) // DAY, []).append(value)
    whole = (points[-1][0] - points[0][0] + DAY // 24) // DAY if points else 0
    return [sum(days[n]) / len(days[n]) for n in range(whole - 1, -1, -1) if n in days]
