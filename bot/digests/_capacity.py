"""What runs out: storage and connections.

A state names the step on which a figure stands, like less than 14 days: a concern is news again on
the next one, not with every figure that moves.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from bot.digests._facts import Facts, concern, step
from bot.monitoring import BUSY, SOON, days_left
from bot.values import Concern, Database, Moment, Point, Section, amount, micros

GIB = 2.0**30
DAY = micros(timedelta(days=1))
SURE = 3.0  #: days until storage is full, up to which the hour is worth a word
URGENT = 14.0  #: days until storage is full, from which on somebody has to act
SUDDEN = 2.0  #: days, of a fall that only the last hours show
HOURS = 5


def storage(facts: Facts) -> Iterator[Concern]:
    for one in facts.instances:
        free = facts.lately.get((one.target, "FreeStorageSpace"))
        before = facts.fortnight.get((one.target, "FreeStorageSpace"))
        if not free or not free.latest or not before:
            continue
        at, bytes_free = free.latest
        left = _sudden(free.points) or days_left(before.points)
        if not left:
            continue
        growth = bytes_free / left
        more = _headroom(one)
        left += more / growth
        if left > SOON:
            continue
        full = Moment(at=at + int(left * DAY), is_day=left > SURE)
        yield concern(
            facts, "storage", one,
            f" has {amount(bytes_free, 'B')} of storage free and takes {amount(growth, 'B')} a "
            f"day: full in {_days(left)}{_grown(more)} (", full, ").",
            section=Section.ACTION if left <= URGENT else Section.TREND,
            state=step(left, (1, 3, 7, 14)), rank=left, metrics="storage --range 7d",
        )  # fmt: skip


def connections(facts: Facts) -> Iterator[Concern]:
    for one in facts.instances:
        counted = facts.day.get((one.target, "DatabaseConnections"))
        limit = facts.limits.get(one.target)
        if not counted or not counted.highest or not limit:
            continue
        at, most = counted.highest
        share = 100 * most / limit.most
        if share < BUSY:
            continue
        yield concern(
            facts, "connections", one,
            f" had {most:,.0f} connections, {share:.0f} % of the {limit} that it takes, ",
            Moment(at=at), ".",
            section=Section.ACTION, state=step(100 - share, (5, 10)), rank=40 - share / 10,
            metrics="connections --range 24h",
        )  # fmt: skip


def _headroom(database: Database) -> float:
    """Bytes that AWS adds by itself before storage is full."""
    if database.storage_limit_gib is None or database.storage_gib is None:
        return 0.0
    return max(0, database.storage_limit_gib - database.storage_gib) * GIB


def _grown(more: float) -> str:
    return f", with the {amount(more, 'B')} more that AWS adds by itself" if more else ""


def _days(count: float) -> str:
    if count < 1:
        return "less than a day"
    return f"about {count:.0f} day{'s' if count >= 1.5 else ''}"


def _sudden(points: Sequence[Point]) -> float | None:
    """Days left of what runs away since this morning, of which two weeks say nothing."""
    falls = [before - after for (_, before), (_, after) in pairwise(points[-HOURS - 1 :])]
    if len(falls) < HOURS or sum(fall > 0 for fall in falls) < HOURS * 0.8:
        return None
    left = points[-1][1] / median(falls) / 24
    return left if left <= SUDDEN else None
