"""The sandbox's physics: its time, its plans, how things will end, and what is still to happen."""

import heapq
import itertools
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import sha256

from bot.sandbox.aws.clock import Clock
from bot.sandbox.aws.plans import Plan, default_plan
from bot.sandbox.aws.strains import Strain
from bot.sandbox.aws.timeline import Timeline, paced

SNAPSHOT_QUOTA = 10_000
DATABASE_QUOTA = 40
"""Of instances, and of clusters, that a call may make; what is seeded is not counted off."""


@dataclass
class Ending:
    """An operation on matching identifiers will settle in this status instead of the usual one."""

    operation: str
    identifier: str
    status: str
    times: int

    def claims(self, operation: str, identifier: str) -> bool:
        wanted = self.operation == operation and fnmatchcase(identifier, self.identifier)
        return wanted and self.times > 0


class World:
    """Nothing here moves by itself: what is due takes place when somebody calls `settle`."""

    def __init__(self, clock: Clock, pace: float, figures_from: float | None = None) -> None:
        self.clock, self.pace, self._figures_from = clock, pace, figures_from
        self.lock = threading.RLock()
        self.plan: Plan = {}
        self.reset()

    def reset(self) -> None:
        self.plan.clear()
        self.plan.update(default_plan())
        self.snapshot_quota = SNAPSHOT_QUOTA
        self.instance_quota = self.cluster_quota = DATABASE_QUOTA
        self.troubles: set[str] = set()
        self.strains: list[Strain] = []
        self.logged: dict[str, tuple[float, tuple[str, ...]]] = {}
        self.began = self.clock()
        self._endings: list[Ending] = []
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._sequence = itertools.count()
        self._resources: Counter[str] = Counter()

    @property
    def brief(self) -> float:
        """Seconds for which nobody is served when a database moves to another machine."""
        return 30 / self.pace

    @property
    def drift(self) -> int:
        """Minutes, in whole hours, from its own time to that whose figures it shows."""
        wanted = self.began if self._figures_from is None else self._figures_from
        return round((wanted - self.began) / 3600) * 60

    def now(self) -> float:
        return self.clock()

    def utcnow(self) -> datetime:
        """Naive, as moto keeps its times; in milliseconds, as AWS does."""
        return naive(self.now())

    def timeline(self, operation: str, at: float | None = None) -> Timeline:
        """It begins now, or at an instant that has just become due."""
        return paced(self.plan[operation], self.now() if at is None else at, self.pace)

    def will_end(self, operation: str, status: str, identifier: str, times: int) -> None:
        self._endings.append(Ending(operation, identifier, status, times))

    def ending(self, operation: str, identifier: str) -> str | None:
        """The injected status this very call will settle in; used up as often as was asked."""
        for ending in self._endings:
            if ending.claims(operation, identifier):
                ending.times -= 1
                return ending.status
        return None

    def later(self, at: float, effect: Callable[[], object]) -> None:
        heapq.heappush(self._due, (at, next(self._sequence), effect))

    def settle(self) -> None:
        """Let everything happen that was due by now, in order."""
        with self.lock:
            while self._due and self._due[0][0] <= self.now():
                heapq.heappop(self._due)[2]()

    def resource_id(self, prefix: str, arn: str) -> str:
        """AWS's immutable id: another one each time the same name is taken again."""
        self._resources[arn] += 1
        digest = sha256(f"{arn}#{self._resources[arn]}".encode()).hexdigest()
        return f"{prefix}-{digest[:26].upper()}"


def naive(at: float) -> datetime:
    moment = datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
