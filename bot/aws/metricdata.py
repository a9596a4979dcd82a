"""What an answer to GetMetricData says of each metric, and what of it is believed: pure.

Each metric has a status of its own, and there may be messages about it or about the whole call:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.values import SECOND, Measure, Point, Series, Window

Raw = Mapping[str, Any]

COMPLETE = "Complete"
#: What a later page may still make good: AWS goes on with it where there is a next token.
GOES_ON = frozenset({"PartialData", "InternalError"})
AGAIN = "Ask again in a minute."
WHY = {
    "PartialData": f"CloudWatch told only a part of it (PartialData). {AGAIN}",
    "InternalError": f"CloudWatch had an error of its own (InternalError). {AGAIN}",
    "Forbidden": "CloudWatch may not tell it (Forbidden). Whoever runs me gives the role "
    "cloudwatch:GetMetricData: rds-bot iam-policy prints what it needs.",
}
UNSAID = f"CloudWatch did not answer for it. {AGAIN}"

#: No figure is more, by unit; in bytes, one that counts below nothing and turns over is far above.
MOST = {"%": 101.0, "B": 2.0**60, "B/s": 2.0**50, "ACU": 1e5}
OF_OTHERS = 1e12
#: A capacity that was lowered is used to more than all of it for a while.
MOST_OF = {"ACUUtilization": 1e4}
#: -1 says there that nothing is replicated.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html
LEAST_OF = {"ReplicaLag": -1.0, "AuroraReplicaLag": -1.0}

AHEAD = 15 * 60 * SECOND
SAID = 200  #: characters of a message of AWS's


@dataclass
class Pages:
    """The pages of one call, as far as they came; ``broken`` says why no more of them did."""

    results: dict[str, list[Raw]] = field(default_factory=dict)
    messages: list[Raw] = field(default_factory=list)
    broken: str = ""

    def add(self, page: Raw) -> None:
        self.messages += page.get("Messages") or ()
        for one in page.get("MetricDataResults") or ():
            self.results.setdefault(one.get("Id", ""), []).append(one)

    def series(self, query: str, measure: Measure, unit: str, window: Window) -> Series:
        """What was told of one metric; whatever may be missing from it is its ``unread``."""
        results = self.results.get(query, [])
        points, odd = _believed(results, measure.metric, unit, window)
        own = [message for one in results for message in one.get("Messages") or ()]
        doubts = (*self._doubts(results), *map(_said, (*own, *self.messages)), *odd)
        return Series(
            metric=measure.metric, stat=measure.stat, unit=unit, points=points,
            unread=" ".join(dict.fromkeys(doubts)),
        )  # fmt: skip

    def _doubts(self, results: Sequence[Raw]) -> Iterator[str]:
        """Of the statuses; what broke off may have held more of any metric."""
        if self.broken:
            yield self.broken
        elif not results:
            yield UNSAID
        codes = [str(one.get("StatusCode")) for one in results]
        for place, code in enumerate(codes, 1):
            is_last = place == len(codes)
            if code != COMPLETE and (is_last or code not in GOES_ON):
                yield WHY.get(code, f"CloudWatch answered {code[:SAID]}, which I do not know.")


def _said(message: Raw) -> str:
    """``CloudWatch says MaxMetricsExceeded: Maximum number of allowed metrics exceeded.``"""
    said = ": ".join(filter(None, (message.get("Code"), message.get("Value"))))
    return f"CloudWatch says {said[:SAID].rstrip('.') or 'something that I cannot read'}."


def _believed(
    results: Sequence[Raw], metric: str, unit: str, window: Window
) -> tuple[tuple[Point, ...], tuple[str, ...]]:
    """Oldest first, one point an instant, and what is odd about those that were told.

    Of two values for one instant the one that came later holds.
    """
    found: dict[int, float] = {}
    odd: dict[str, str] = {}
    for at, value in _pairs(results):
        if not _is_possible(value, metric, unit):
            odd.setdefault("value", f"values that cannot be, like {value:g}")
        elif not _is_within(at, window):
            odd.setdefault("time", "values of another time")
        else:
            if found.get(at, value) != value:
                odd.setdefault("twice", "two values for one instant")
            found[at] = value
    if any(len(one.get("Timestamps") or ()) != len(one.get("Values") or ()) for one in results):
        odd["times"] = "values without their times"
    said = (f"CloudWatch told {' and '.join(odd.values())}. {AGAIN}",) if odd else ()
    return tuple(sorted(found.items())), said


def _pairs(results: Sequence[Raw]) -> Iterator[Point]:
    for one in results:
        pairs = zip(one.get("Timestamps") or (), one.get("Values") or (), strict=False)
        for at, value in pairs:
            yield int(at.timestamp()) * SECOND, float(value)


def _is_possible(value: float, metric: str, unit: str) -> bool:
    most = MOST_OF.get(metric, MOST.get(unit, OF_OTHERS))
    return math.isfinite(value) and LEAST_OF.get(metric, 0.0) <= value <= most


def _is_within(at: int, window: Window) -> bool:
    """CloudWatch rounds a start down, to a period at most, and its clock may be ahead of ours."""
    return window.since - window.period * SECOND <= at < window.until + AHEAD
