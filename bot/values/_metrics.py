"""Metrics as values: what is asked of CloudWatch, and what it says."""

from enum import StrEnum

from bot.values._base import SECOND, Value
from bot.values._databases import Target


class Measure(Value):
    """One metric of one database. ``stat`` is CloudWatch's: Average, Maximum, Sum, p95, …"""

    target: Target
    metric: str
    stat: str = "Average"


class Range(StrEnum):
    """How far back somebody looks."""

    HOUR = "1h"
    THREE_HOURS = "3h"
    SIX_HOURS = "6h"
    TWELVE_HOURS = "12h"
    DAY = "24h"
    THREE_DAYS = "3d"
    WEEK = "7d"

    @property
    def seconds(self) -> int:
        return int(self[:-1]) * {"h": 3_600, "d": 86_400}[self[-1]]

    @property
    def period(self) -> int:
        """Seconds that one point stands for: a few hundred points make a line."""
        return {3_600: 60, 10_800: 60, 21_600: 60, 259_200: 900, 604_800: 1_800}.get(
            self.seconds, 300
        )

    @property
    def label(self) -> str:
        """As short as a control needs it: ``Last 24 h``."""
        return self.spoken.capitalize().replace(" hours", " h")

    @property
    def spoken(self) -> str:
        count, unit = self[:-1], {"h": "hour", "d": "day"}[self[-1]]
        return f"last {unit}" if count == "1" else f"last {count} {unit}s"


class Window(Value):
    """A stretch of time, cut into periods of so many seconds. AWS wants it aligned to them."""

    since: int
    until: int
    period: int = 60

    @classmethod
    def ending(cls, until: int, seconds: int, period: int) -> "Window":
        """The last ``seconds`` before an instant, reaching back to the start of a period."""
        step = period * SECOND
        return cls(since=(until - seconds * SECOND) // step * step, until=until, period=period)

    @property
    def seconds(self) -> int:
        return (self.until - self.since) // SECOND


Point = tuple[int, float]


class Reading(StrEnum):
    """How far a metric could be read. Only what is ``whole`` may be called calm."""

    #: All that there is.
    WHOLE = "whole"
    #: It was read, and nothing was measured in that time (yet).
    EMPTY = "empty"
    #: Some of it; the rest is not known.
    PARTLY = "partly"
    #: Nothing of it is known.
    UNREAD = "unread"


class Series(Value):
    """What a metric was, oldest first. Where nothing was measured there is no point.

    ``unread`` says in sentences why not all of it could be read, and what to do about it; empty
    where all of it was read.
    """

    metric: str
    unit: str  #: %, B, B/s, s, ms, 1/s, or empty for a plain number
    points: tuple[Point, ...] = ()
    stat: str = "Average"
    unread: str = ""

    @property
    def reading(self) -> Reading:
        if self.unread:
            return Reading.PARTLY if self.points else Reading.UNREAD
        return Reading.WHOLE if self.points else Reading.EMPTY

    @property
    def latest(self) -> Point | None:
        return self.points[-1] if self.points else None

    @property
    def highest(self) -> Point | None:
        return max(self.points, key=lambda point: point[1], default=None)

    @property
    def lowest(self) -> Point | None:
        return min(self.points, key=lambda point: point[1], default=None)

    @property
    def mean(self) -> float | None:
        values = [value for _, value in self.points]
        return sum(values) / len(values) if values else None


class Share(Value):
    """A part of a load: what it is, and how many sessions at a time it kept at work."""

    name: str
    sessions: float


class Load(Value):
    """What the sessions of an instance did; parts with the largest first."""

    sessions: Series  #: average active sessions
    waits: tuple[Share, ...] = ()
    statements: tuple[Share, ...] = ()
    unread: tuple[str, ...] = ()  #: what of it could not be read, in sentences with why


#: What counts things that are whole, though CloudWatch gives means of them; and what it counts,
#: where the name does not say so. A load or a queue has no unit either, and may be a part of one.
COUNTED = {
    "AbortedClients": "",
    "CPUCreditBalance": "",
    "ConnectionAttempts": "",
    "DatabaseConnections": "",
    "MaximumUsedTransactionIDs": "ids",
}


def figure(metric: str, value: float, unit: str, *, short: bool = False) -> str:
    """A measured value, as every sentence and picture says it: counts are whole, and large ones
    short: ``99 M ids``. Nobody has half a connection.

    ``short``: without what is counted, which has just been said.
    """
    if metric not in COUNTED:
        return amount(value, unit)
    said = f"{value / 1e6:,.0f} M" if abs(value) >= 1e6 else f"{value:,.0f}"
    return said if short else f"{said} {COUNTED[metric]}".rstrip()


_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")


def amount(value: float, unit: str) -> str:
    """A figure as people say it: ``34 %``, ``1.2 GiB``, ``0.62 ms``, ``1,240/s``.

    Of what a metric measured, ``figure``; this is for what people set, and what was computed.
    """
    if unit in ("B", "B/s"):
        power = next((n for n in range(4) if abs(value) < 1000 * 1024**n), 4)
        return f"{_short(value / 1024**power)} {_BYTES[power]}{unit[1:]}"
    if unit == "s" and abs(value) < 1:
        return f"{_short(value * 1000)} ms"
    if unit == "1/s":
        return f"{_short(value)}/s"
    return f"{_short(value)} {unit}".rstrip()


def _short(value: float) -> str:
    """Two or three digits that matter."""
    size = abs(value)
    if size >= 99.95 or value == round(value):
        return f"{value:,.0f}"
    digits = 1 if size >= 9.995 else 2
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")
