"""Where a series is heading, without being fooled by one bad hour."""

from collections.abc import Sequence
from statistics import median

from bot.values import SECOND, Point

DAY = 86_400 * SECOND
ENOUGH = 24  #: points that a trend needs
SURE = 0.5  #: share of the movement that a straight line has to explain
JUMP = 1.05  #: of the value before: nothing that is used up grows so by itself
SPARSE = 120  #: points that are enough to find a slope


def days_left(points: Sequence[Point]) -> float | None:
    """Until the straight line through them reaches nothing; None where they do not fall so.

    The slope is the median over pairs (Theil and Sen), which a jump does not bend.
    """
    same = _since_grown(points)
    thin = same[:: max(1, len(same) // SPARSE)]
    if len(thin) < ENOUGH or not _span_a_day(thin):
        return None
    slope = median(_slopes(thin))
    if slope >= 0 or _explained(thin, slope) < SURE:
        return None
    return -thin[-1][1] / slope


def _span_a_day(points: Sequence[Point]) -> bool:
    """Nearly: less of it says more about the hour than about where things are heading."""
    return points[-1][0] - points[0][0] > DAY * 5 // 6


def _since_grown(points: Sequence[Point]) -> Sequence[Point]:
    """From the last jump upwards on, as when storage was enlarged."""
    jumps = (
        number for number in range(len(points) - 1, 0, -1)
        if points[number][1] > points[number - 1][1] * JUMP
    )  # fmt: skip
    return points[next(jumps, 0) :]


def _slopes(points: Sequence[Point]) -> list[float]:
    """By day."""
    return [
        (later[1] - earlier[1]) * DAY / (later[0] - earlier[0])
        for number, earlier in enumerate(points)
        for later in points[number + 1 :]
    ]


def _explained(points: Sequence[Point], slope: float) -> float:
    values = [value for _, value in points]
    start = median(value - slope * at / DAY for at, value in points)
    mean = sum(values) / len(values)
    around = sum((value - mean) ** 2 for value in values)
    off = sum((value - start - slope * at / DAY) ** 2 for at, value in points)
    return 1 - off / around if around else 0.0
