"""The bot's own figures, of this process and since its start: who does something counts it here.

What the tables know is not counted here: ``storage.tables.figures`` reads it, and it survives a
restart. No label is an id: what may stand in one comes from a short list.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from functools import cached_property, partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

# For the whole process: else the library adds to each series another with its time of birth.
disable_created_metrics()  # type: ignore[no-untyped-call]

#: Seconds, as upper bounds. Slack waits three for an acknowledgement.
ACK_BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
TOO_MANY_REQUESTS = 429


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


class Telemetry:
    """What was counted; each method is what somebody tells of, and never waits nor fails."""

    def __init__(self, ticks: Ticks | None = None) -> None:
        self.ticks = ticks or Ticks()
        self.counts = CollectorRegistry()  #: since the start of this process
        self.states = CollectorRegistry()  #: as last told
        count = partial(Counter, registry=self.counts)
        self._acks = Histogram(
            "rds_bot_ack_seconds",
            "From Slack's envelope to its acknowledgement.",
            ["kind"],
            buckets=ACK_BOUNDS,
            registry=self.counts,
        )
        self._slack = count("rds_bot_slack_calls", "Answers of Slack's Web API.")
        self._limited = count("rds_bot_slack_429", "Of these, rate limits.")
        self._aws = count("rds_bot_aws_calls", "Calls to AWS.", ["client", "action", "result"])
        self._missed = count(
            "rds_bot_scheduler_missed", "Ticks left out, as the last still ran.", ["job"]
        )
        self._leader = Gauge("rds_bot_leader", "1 where this replica ticks.", registry=self.states)

    @cached_property
    def _intact(self) -> Gauge:
        """On the page only once somebody knows: 0 would ring an alarm, and 1 be a claim."""
        about = "1 where the audit trail adds up."
        return Gauge("rds_bot_audit_verify_ok", about, registry=self.states)

    def acknowledged(self, kind: str, seconds: float) -> None:
        """``kind`` is the type of Slack's envelope: slash_commands, interactive or events_api."""
        self._acks.labels(kind).observe(seconds)

    def slack_answered(self, status: int) -> None:
        self._slack.inc()
        if status == TOO_MANY_REQUESTS:
            self._limited.inc()

    def aws_answered(self, client: str, action: str, result: str) -> None:
        """One call, with its retries: of which service, which action, and how it ended."""
        self._aws.labels(client, action, result).inc()

    def leads(self, leads: bool) -> None:
        """Whether this replica does what only one should."""
        self._leader.set(leads)

    def audit_verified(self, intact: bool) -> None:
        """The whole audit trail was checked."""
        self._intact.set(intact)

    def tick_missed(self, job: str) -> None:
        """A tick that was left out: it came too late, or the one before it still ran."""
        self._missed.labels(job).inc()


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
