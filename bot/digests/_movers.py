"""Which databases did much more or much less yesterday than on such a day of the weeks before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from typing import NamedTuple

from bot.digests._facts import DigestFacts
from bot.values import SECOND, Database, Series, figure

DAY = 86_400 * SECOND
WEEKS = 4
ENOUGH = 3  #: such days that say what is usual
TOP = 5
FAR = 3.5  #: median deviations that are unusual
SIGMA = 0.6745  #: of the median deviation, to read it as a standard deviation
METRICS = {"CPUUtilization": ("cpu", "CPU"), "DatabaseConnections": ("connections", "connections")}
LEAST = {"CPUUtilization": 10.0, "DatabaseConnections": 20.0}
"""A smaller difference is of no use to anybody, however unusual it is."""


class Mover(NamedTuple):
    database: Database
    metric: str
    word: str  #: for ``/rds metrics``
    what: str
    unit: str
    now: float
    usual: float
    score: float
    day: str
    series: Series  #: day by day

    def said(self, value: float) -> str:
        return figure(self.metric, value, self.unit)


def movers(facts: DigestFacts) -> tuple[Mover, ...]:
    """The most unusual first, at most five, up and down; of a database what is most unusual."""
    moved = (list(_of(facts, one)) for one in facts.instances)
    most = (max(some, key=_size) for some in moved if some)
    return tuple(sorted(most, key=_size, reverse=True)[:TOP])


def _size(mover: Mover) -> float:
    return abs(mover.score)


def _of(facts: DigestFacts, database: Database) -> Iterator[Mover]:
    yesterday = facts.now // DAY * DAY - DAY
    for metric, (word, what) in METRICS.items():
        series = facts.weeks.get((database.target, metric))
        days = dict(series.points) if series else {}
        before = [
            days[at] for week in range(1, WEEKS + 1) if (at := yesterday - 7 * week * DAY) in days
        ]
        if series is None or yesterday not in days or len(before) < ENOUGH:
            continue
        now, usual = days[yesterday], median(before)
        score = (now - usual) / _spread(before, usual)
        if abs(score) >= FAR and abs(now - usual) >= LEAST[metric]:
            day = f"{datetime.fromtimestamp(yesterday / SECOND, UTC):%Y-%m-%d}"
            yield Mover(database, metric, word, what, series.unit, now, usual, score, day, series)


def _spread(values: list[float], usual: float) -> float:
    """Four days may be alike by chance: never less than a twentieth of what is usual."""
    around = median(abs(value - usual) for value in values)
    return max(around / SIGMA, abs(usual) / 20, 0.5)
