"""What GetMetricData leaves out, garbles or refuses, metric by metric, in the service's own words.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Points = Sequence[tuple[float, float]]
Message = tuple[str, str]
"""A code and its sentence."""


@dataclass(frozen=True)
class Lapse:
    """Strikes every metric that its globs match, for as long as it lasts."""

    metric: str = "*"
    of: str = "*"
    """The identifier of an instance or a cluster."""
    status: str = "Complete"
    share: float = 1.0
    """Of the points, the oldest first, that are told all the same."""
    alter: Callable[[Points], Points] | None = None
    """What is told in their stead."""
    message: Message | None = None
    """About the metric."""
    whole: Message | None = None
    """About the whole call."""
    is_left_out: bool = False
    """There is no result for it at all."""
    region: str = "*"

    def concerns(self, query: Mapping[str, Any], region: str) -> bool:
        metric = query["MetricStat"]["Metric"]
        names = [one["Value"] for one in metric.get("Dimensions", ())]
        return (
            fnmatchcase(metric["MetricName"], self.metric)
            and any(fnmatchcase(name, self.of) for name in names)
            and fnmatchcase(region, self.region)
        )

    def told(self, points: Points) -> Points:
        kept = points[: int(len(points) * self.share)]
        return self.alter(kept) if self.alter else kept


NONE = Lapse()


class Lapses:
    """The first that concerns a metric strikes it. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._lapses: list[Lapse] = []
            self.page: int | None = None  #: points of a page; None: an answer is one page

    def add(self, lapse: Lapse) -> None:
        with self._lock:
            self._lapses.append(lapse)

    def of(self, query: Mapping[str, Any], region: str) -> Lapse:
        with self._lock:
            return next((one for one in self._lapses if one.concerns(query, region)), NONE)
