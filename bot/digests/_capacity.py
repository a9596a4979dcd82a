"""What runs out: storage and connections.

A state names the step on which a figure stands, like less than 14 days: a concern is news again on
the next one, not with every figure that moves.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from bot.digests._facts import DigestFacts, concern, step
from bot.monitoring import days_left, outlook
from bot.values import Concern, Database, Moment, Point, Section, Series, amount, micros

DAY = micros(timedelta(days=1))
SURE = 3.0  #: days until storage is full, up to which the hour is worth a word
URGENT = 14.0  #: days until storage is full, from which on somebody has to act
SUDDEN = 2.0  #: days, of a fall that only the last hours show
HOURS = 5
ORDER = list(Section)


def storage(facts: DigestFacts) -> Iterator[Concern]:
    for one in facts.instances:
        free = facts.lately.get((one.target, "FreeStorageSpace"))
        if free and free.latest:
            both = _filling(facts, one, free, free.latest), _low(facts, one, free.latest[1])
            found = sorted(filter(None, both), key=lambda concern: ORDER.index(concern.section))
            yield from found[:1]


def _filling(facts: DigestFacts, one: Database, free: Series, latest: Point) -> Concern | None:
    at, bytes_free = latest
    before = facts.fortnight.get((one.target, "FreeStorageSpace"))
    left = _sudden(free.points) or days_left(before.points if before else ())
    found = outlook(one, bytes_free, left)
    if found is None:
        return None
    full = Moment(at=at + int(found.left * DAY), is_day=found.left > SURE)
    return concern(
        facts, "storage", one,
        f" has {amount(bytes_free, 'B')} of storage free and takes {amount(found.growth, 'B')} a "
        f"day: full in {found.days}{found.with_more} (", full, ").",
        section=Section.ACTION if found.left <= URGENT else Section.TREND,
        brief=f"full in {found.days}: {amount(bytes_free, 'B')} left",
        state=step(found.left, (1, 3, 7, 14)), rank=found.left, metrics="storage --range 7d",
    )  # fmt: skip


def _low(facts: DigestFacts, one: Database, bytes_free: float) -> Concern | None:
    """None left, or less than is set; unless it is, nobody minds what stays as it is."""
    least = facts.thresholds.or_else("FreeStorageSpace", 0.0)
    if bytes_free > 0 and bytes_free >= least:
        return None
    said = f" has {amount(bytes_free, 'B')} of storage free, below the {amount(least, 'B')} set."
    return concern(
        facts, "storage", one, said if bytes_free > 0 else " has no storage left.",
        section=Section.ACTION,
        brief=f"storage low: {amount(bytes_free, 'B')} left" if bytes_free > 0 else "storage full",
        state="low" if bytes_free > 0 else "full", rank=0,
        metrics="storage --range 7d",
    )  # fmt: skip


def connections(facts: DigestFacts) -> Iterator[Concern]:
    busy = facts.thresholds.of("DatabaseConnections")
    for one in facts.instances:
        counted = facts.day.get((one.target, "DatabaseConnections"))
        limit = facts.limits.get(one.target)
        if not counted or not counted.highest or not limit:
            continue
        at, most = counted.highest
        share = 100 * most / limit.most
        if share < busy:
            continue
        yield concern(
            facts, "connections", one,
            f" had {most:,.0f} connections, {share:.0f} % of the {limit} that it takes, ",
            Moment(at=at), ".",
            section=Section.ACTION, brief=f"connections at {share:.0f} % of {limit}",
            state=step(100 - share, (5, 10)), rank=40 - share / 10,
            metrics="connections --range 24h",
        )  # fmt: skip


def _sudden(points: Sequence[Point]) -> float | None:
    """Days left of what runs away since this morning, of which two weeks say nothing."""
    falls = [before - after for (_, before), (_, after) in pairwise(points[-HOURS - 1 :])]
    if len(falls) < HOURS or sum(fall > 0 for fall in falls) < HOURS * 0.8:
        return None
    left = points[-1][1] / median(falls) / 24
    return left if left <= SUDDEN else None
