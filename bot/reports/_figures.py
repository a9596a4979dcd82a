"""What a stretch of time came to, beside as much time before it: pure, from tallies to figures.

Executed is what succeeded, failed or is unknown; only the first of these is a success. Means and
medians are of what has come to its end: what has not is counted elsewhere, and said.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from bot.reports._statistics import (
    Estimate,
    chance_of_lengths,
    chance_of_shares,
    mean,
    middle,
    share,
)
from bot.values import SECOND, Incident, Status, Tally

#: Cases from which on something is estimated. With fewer the interval of a share spans half of the
#: scale, that of a median nearly all of the cases, and a mean hangs on a single one of them.
ENOUGH = 10
#: Four figures are compared: where nothing has changed, one report in 25 calls a change clear.
CLEAR = 0.01
OPERATIONS = 6  #: that have a figure of their own, the most used

EXECUTED = frozenset({Status.SUCCEEDED, Status.FAILED, Status.UNKNOWN})
UNCLEAR, UNCOMPARED = "no clear change", "too few to compare"
LONGER, SHORTER = "clearly longer", "clearly shorter"


@dataclass(frozen=True)
class Figure:
    """``now`` and ``before`` in percent or in seconds; None where there are too few.

    ``change`` is empty for what is not compared. ``which`` says of what its cases are, where a
    figure beside it is of others.
    """

    label: str
    unit: str
    count: int
    now: Estimate | None
    count_before: int
    before: float | None
    change: str = ""
    which: str = ""

    @property
    def is_clear(self) -> bool:
        return self.change not in ("", UNCLEAR, UNCOMPARED)


@dataclass(frozen=True)
class ReportFigures:
    successes: Figure
    operations: tuple[Figure, ...]
    approval: Figure
    acknowledgement: Figure
    resolution: Figure

    @property
    def all(self) -> tuple[Figure, ...]:
        incidents = self.acknowledgement, self.resolution
        return (self.successes, *self.operations, self.approval, *incidents)

    @property
    def compared(self) -> tuple[Figure, ...]:
        return self.successes, self.approval, self.acknowledgement, self.resolution


def findings(now: Tally, before: Tally) -> ReportFigures:
    return ReportFigures(
        successes=_compared_shares("Operations that succeeded", _all(now), _all(before)),
        operations=tuple(_by_operation(now, before)),
        approval=_lengths(
            "Time to approve (median)", now.waits, before.waits, _pending(now), middle, median
        ),
        acknowledgement=_lengths(
            "Until acknowledged (MTTA)", acknowledged(now), acknowledged(before),
            sum(one.is_open and answered_at(one) is None for one in now.incidents), mean, fmean,
            "acknowledged",
        ),
        resolution=_lengths(
            "Until resolved (MTTR)", resolved(now), resolved(before),
            sum(one.is_open for one in now.incidents), mean, fmean, "ended",
        ),
    )  # fmt: skip


def acknowledged(tally: Tally) -> tuple[int, ...]:
    """Microseconds from start to the first thing that a person did about it.

    AWS says when it began and the bot when it was answered: their clocks may differ a little.
    """
    return tuple(max(0, at - one.started_at) for one in tally.incidents if (at := answered_at(one)))


def answered_at(incident: Incident) -> int | None:
    """Who resolves what nobody has acknowledged does both at once."""
    by_person = incident.resolved_at if incident.resolved_by else None
    return incident.acknowledged_at or by_person


def resolved(tally: Tally) -> tuple[int, ...]:
    """Microseconds from start to end, whoever or whatever ended it."""
    return tuple(
        max(0, one.resolved_at - one.started_at)
        for one in tally.incidents
        if one.resolved_at is not None
    )


def _pending(tally: Tally) -> int:
    return sum(count for _, status, count in tally.requests if status is Status.PENDING)


@dataclass(frozen=True)
class _Outcomes:
    succeeded: int
    executed: int


def _all(tally: Tally, operation: str | None = None) -> _Outcomes:
    counted = Counter[Status]()
    for name, status, count in tally.requests:
        if status in EXECUTED and operation in (None, name):
            counted[status] += count
    return _Outcomes(counted[Status.SUCCEEDED], counted.total())


def _by_operation(now: Tally, before: Tally) -> Iterator[Figure]:
    """The most used first; none where there is only one, which is all there is."""
    used = Counter({name: _all(now, name).executed for name, _, _ in now.requests})
    names = [name for name, count in used.most_common(OPERATIONS) if count]
    for name in names if len(names) > 1 else ():
        yield _shares(name.replace("_", " "), _all(now, name), _all(before, name))


def _shares(label: str, now: _Outcomes, before: _Outcomes, change: str = "") -> Figure:
    earlier = _percent(before)
    return Figure(
        label=label,
        unit="%",
        count=now.executed,
        now=_percent(now),
        count_before=before.executed,
        before=earlier.value if earlier else None,
        change=change,
    )


def _percent(outcomes: _Outcomes) -> Estimate | None:
    if outcomes.executed < ENOUGH:
        return None
    return share(outcomes.succeeded, outcomes.executed).scaled(100)


def _compared_shares(label: str, now: _Outcomes, before: _Outcomes) -> Figure:
    if min(now.executed, before.executed) < ENOUGH:
        return _shares(label, now, before, UNCOMPARED)
    chance = chance_of_shares(now.succeeded, now.executed, before.succeeded, before.executed)
    rises = now.succeeded * before.executed > before.succeeded * now.executed
    clear = "clearly more" if rises else "clearly fewer"
    return _shares(label, now, before, clear if chance < CLEAR else UNCLEAR)


def _lengths(
    label: str,
    now: Sequence[int],
    before: Sequence[int],
    still: int,
    estimated: Callable[[Sequence[float]], Estimate],
    plainly: Callable[[Sequence[float]], float],
    which: str = "",
) -> Figure:
    """``still``: how many have not come to their end as yet."""
    lengths, earlier = ([one / SECOND for one in some] for some in (now, before))
    return Figure(
        label=label,
        unit="s",
        count=len(lengths),
        now=estimated(lengths) if len(lengths) >= ENOUGH else None,
        count_before=len(earlier),
        before=plainly(earlier) if len(earlier) >= ENOUGH else None,
        change=_certain_change(lengths, earlier, still),
        which=which,
    )


def _certain_change(now: Sequence[float], before: Sequence[float], still: int) -> str:
    """Shorter only where it would be so even if what has not ended lasts longest of all."""
    change = _change(now, before)
    if change != SHORTER or not still:
        return change
    at_worst = (*now, *[max(*now, *before)] * still)
    return SHORTER if _change(at_worst, before) == SHORTER else UNCLEAR


def _change(now: Sequence[float], before: Sequence[float]) -> str:
    """By ranks; clear only where it is so for the middle as well as for the whole."""
    if min(len(now), len(before)) < ENOUGH:
        return UNCOMPARED
    longer = median(now) > median(before) and sum(now) * len(before) > sum(before) * len(now)
    shorter = median(now) < median(before) and sum(now) * len(before) < sum(before) * len(now)
    if not (longer or shorter) or chance_of_lengths(now, before) >= CLEAR:
        return UNCLEAR
    return LONGER if longer else SHORTER
