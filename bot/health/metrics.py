"""The bot's own figures, of this process and since its start: who does something counts it here.

What the tables know is not counted here: ``storage.tables.figures`` reads it, and it
survives a restart. No label is an id: what may stand in one comes from a short list.
"""

import asyncio
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from bot.values import Lengths

#: Seconds, as upper bounds. Slack waits three for an acknowledgement.
ACK_BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
TOO_MANY_REQUESTS = 429


class Stopwatch:
    """Gathers lengths, by upper bounds in seconds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._seconds = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._seconds += seconds

    @property
    def lengths(self) -> Lengths:
        *up_to, count = accumulate(self._counts)
        return Lengths(tuple(up_to), count, self._seconds)


class Ticks:
    """Which ticks there are, and which of them have not ended well for too long.

    In seconds of a clock that nobody sets: one that is set back would make nothing late.
    """

    GRACE = 300.0  #: beside two intervals: AWS or Slack may be slow for a while

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._every: dict[str, float] = {}
        self._ended: dict[str, float] = {}

    def begun(self, job: str, every: float) -> None:
        """From now on it is expected to end well so often."""
        self._every[job] = every
        self.ended(job)

    def ended(self, job: str) -> None:
        self._ended[job] = self._clock()

    @property
    def late(self) -> tuple[str, ...]:
        now = self._clock()
        return tuple(
            job
            for job, every in self._every.items()
            if now - self._ended[job] > self.GRACE + 2 * every
        )


@dataclass(frozen=True)
class Telemetry:
    """What was counted; each method is what somebody tells of, and never waits nor fails."""

    acks: dict[str, Stopwatch] = field(default_factory=dict)
    slack: Counter[str] = field(default_factory=Counter)
    aws: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    ticks: Ticks = field(default_factory=Ticks)
    states: dict[str, bool] = field(default_factory=dict)  #: as last told

    def acknowledged(self, kind: str, seconds: float) -> None:
        """``kind`` is the type of Slack's envelope: slash_commands, interactive or events_api."""
        self.acks.setdefault(kind, Stopwatch(ACK_BOUNDS)).add(seconds)

    def slack_answered(self, status: int) -> None:
        self.slack["limited" if status == TOO_MANY_REQUESTS else "answered"] += 1

    def aws_answered(self, client: str, action: str, result: str) -> None:
        """One call, with its retries: of which service, which action, and how it ended."""
        self.aws[client, action, result] += 1

    def leads(self, leads: bool) -> None:
        """Whether this replica does what only one should."""
        self.states["leader"] = leads

    def audit_verified(self, intact: bool) -> None:
        """The whole audit trail was checked."""
        self.states["audit"] = intact

    def tick_missed(self, job: str) -> None:
        """A tick that was left out: it came too late, or the one before it still ran."""
        self.missed[job] += 1


class Pulse:
    """How late the event loop gives a turn to whoever waits for one, in seconds."""

    EVERY = 0.5
    REMEMBERED = 120  #: looks: a minute

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = clock() + self.EVERY
        self._looks = deque([0.0], maxlen=self.REMEMBERED)

    async def run(self) -> None:
        while True:
            self._due = self._clock() + self.EVERY
            await asyncio.sleep(self.EVERY)
            self.beat()

    def beat(self) -> None:
        self._looks.append(self._late())

    @property
    def lag(self) -> float:
        """As last seen, or longer where the next look is overdue."""
        return max(self._late(), self._looks[-1])

    @property
    def worst(self) -> float:
        """Of the last minute."""
        return max(self._late(), *self._looks)

    def _late(self) -> float:
        return max(0.0, self._clock() - self._due)
