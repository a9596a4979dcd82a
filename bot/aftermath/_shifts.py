"""How a database does after a change against before it: pure, from series to judgements.

The median of the half hour before the send stands against the median of the time since the end.
What lies between is the change itself and counts for neither. A median is not moved by the minutes
in which caches fill and clients come back, nor by one bad minute.

A figure has changed where three things hold together: it is so many times as much; it is more by
an amount that somebody would feel, as twice of nearly nothing is nothing; and it lies beyond nine
tenths of what it was before, as what swings that far by itself proves nothing. Too few points for
a median prove nothing either, and that is then what is said.

Mornings get busy without anybody's doing: what is as high as it was at that hour a week before is
usual, and not the change's fault.

What could not be read may be worse: it is called neither the same nor better.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from statistics import median

from bot.values import SECOND, Measure, Series, Turn, Window

BEFORE = 30  #: minutes before the send that are looked at
ENOUGH_BEFORE, ENOUGH_AFTER = 5, 3  #: points that make a median
MOSTLY = 0.9  #: share of the points before, beyond which something is unusual
WEEK = 7 * 86_400 * SECOND


@dataclass(frozen=True)
class Sense:
    """What counts as another figure than before: so many times as much, and so much more.

    ``least`` is in the unit of the metric. ``both``: falling is as bad. ``rare``: only replicas
    have it, so its absence says nothing. ``endless``: a negative figure stands for more than any.
    """

    name: str
    times: float
    least: float
    both: bool = False
    rare: bool = False
    endless: bool = False


SENSES: Mapping[str, Sense] = {
    "CPUUtilization": Sense("CPU", 1.5, 15.0),
    "DatabaseConnections": Sense("connections", 3.0, 15.0, both=True),
    "ReadLatency": Sense("read latency", 2.0, 0.001),
    "WriteLatency": Sense("write latency", 2.0, 0.001),
    "CommitLatency": Sense("commit latency", 2.0, 2.0),
    # -1: nothing is replicated.
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html
    "ReplicaLag": Sense("replica lag", 2.0, 10.0, rare=True, endless=True),
    "AuroraReplicaLag": Sense("replica lag", 2.0, 100.0, rare=True),
}


@dataclass(frozen=True)
class Stretch:
    """When a change was sent and when it ended, and the whole time that is looked at."""

    sent_at: int
    ended_at: int
    window: Window

    @classmethod
    def around(cls, sent_at: int, ended_at: int, until: int) -> "Stretch":
        """Minute by minute; of what took more than a day, in periods of five minutes."""
        seconds = (until - sent_at) // SECOND + BEFORE * 60
        period = 60 if seconds <= 86_400 else 300
        return cls(sent_at, ended_at, Window.ending(until, seconds, period))

    @property
    def week_before(self) -> "Stretch":
        since, until = self.window.since - WEEK, self.window.until - WEEK
        window = self.window.model_copy(update={"since": since, "until": until})
        return Stretch(self.sent_at - WEEK, self.ended_at - WEEK, window)

    def before(self, series: Series) -> list[float]:
        length = self.window.period * SECOND
        # A point stands for the period that begins at it, which must not reach past the send.
        return [value for at, value in series.points if at + length <= self.sent_at]

    def after(self, series: Series) -> list[float]:
        return [value for at, value in series.points if at >= self.ended_at]


@dataclass(frozen=True)
class Shift:
    """One metric before and after; None where there is not a single point, infinite where it is
    more than any figure.

    ``of`` is the instance that was measured where it is not the database itself.
    """

    sense: Sense
    of: str
    unit: str
    before: float | None
    after: float | None
    turn: Turn
    why: str = ""  #: it could not be read, or not all of it

    @property
    def times(self) -> float:
        """How many times the lower the higher is."""
        low, high = sorted((self.before or 0.0, self.after or 0.0))
        return high / low if low else inf

    @property
    def name(self) -> str:
        return f"{self.sense.name} of {self.of}" if self.of else self.sense.name


def shifts(name: str, found: Mapping[Measure, Series], stretch: Stretch) -> tuple[Shift, ...]:
    """Every judged metric that the database of that ``name`` has, or should have."""
    judged = ((one, SENSES.get(one.metric), series) for one, series in found.items())
    return tuple(
        _shift(
            sense, "" if one.target.identifier == name else one.target.identifier, series, stretch
        )
        for one, sense, series in judged
        if sense and (series.points or series.unread or not sense.rare)
    )


def overall(found: Sequence[Shift]) -> Turn:
    """The gravest turn; unknown only where nothing is known."""
    return next((turn for turn in Turn if any(one.turn is turn for one in found)), Turn.UNKNOWN)


def against_week_before(found: Sequence[Shift], earlier: Sequence[Shift]) -> tuple[Shift, ...]:
    """With what got worse called usual, where ``earlier`` has it like that at the same hour."""
    known = {one.name: one.after for one in earlier if not one.why}
    return tuple(_excused(one, known.get(one.name)) for one in found)


def _excused(shift: Shift, usual: float | None) -> Shift:
    if shift.turn is not Turn.WORSE or shift.after is None or usual is None:
        return shift
    low, high = sorted((shift.after, usual))
    return shift if _differs(shift.sense, low, high) else replace(shift, turn=Turn.USUAL)


def _shift(sense: Sense, of: str, series: Series, stretch: Stretch) -> Shift:
    before, after = _read(sense, stretch.before(series)), _read(sense, stretch.after(series))
    enough = len(before) >= ENOUGH_BEFORE and len(after) >= ENOUGH_AFTER
    turn = _turn(sense, before, median(after)) if enough else Turn.UNKNOWN
    return Shift(
        sense=sense,
        of=of,
        unit=series.unit,
        before=median(before) if before else None,
        after=median(after) if after else None,
        turn=Turn.UNREAD if series.unread and turn is not Turn.WORSE else turn,
        why=series.unread,
    )


def _read(sense: Sense, values: Sequence[float]) -> list[float]:
    return [inf if sense.endless and value < 0 else value for value in values]


def _turn(sense: Sense, before: Sequence[float], after: float) -> Turn:
    usual, ordered = median(before), sorted(before)
    low, high = (ordered[at] for at in _outer(len(ordered)))
    if after > high and _differs(sense, usual, after):
        return Turn.WORSE
    if after < low and _differs(sense, after, usual):
        return Turn.WORSE if sense.both else Turn.BETTER
    return Turn.SAME


def _outer(count: int) -> tuple[int, int]:
    """Which of so many points in order leave a tenth below and above."""
    last = count - 1
    return last - int(MOSTLY * last), int(MOSTLY * last)


def _differs(sense: Sense, less: float, more: float) -> bool:
    return more >= less * sense.times and more - less >= sense.least
