"""What a team did with its databases in the four weeks before the demo begins: values alone.

A week's plan is told four times and a bit, with other names, waits and endings each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.values import Status

WEEKS = 4
#: What would not be over so long before the demo begins has not been begun.
LATEST = timedelta(hours=2)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ask:
    """A request, and how it ends; ``what`` as it is typed behind ``/rds``, ``{}`` being the day.

    ``votes`` are names and minutes after the asking; of one that is rejected the last says no.
    ``why`` is what AWS or a person says at the end, ``worse`` what was seen ten minutes later.
    """

    day: int
    at: time
    who: str
    what: str
    database: str
    reason: str = ""
    votes: tuple[tuple[str, int], ...] = ()
    ends: Status = Status.SUCCEEDED
    takes: int = 240  #: seconds at AWS
    why: str = ""
    worse: str = ""
    is_denied: bool = False


@dataclass(frozen=True)
class Trouble:
    """An alarm, who saw it after how many minutes, and after how many it was over."""

    day: int
    at: time
    database: str
    alarm: str
    metric: str
    shows: str
    title: str
    threshold: float
    peak: str
    seen: tuple[str, int] | None
    over: int
    resolved_by: str = ""


@dataclass(frozen=True)
class Dated:
    """Something of a week's plan, and when it began."""

    what: Ask | Trouble
    at: datetime
    week: int  #: counted from the first


def happened(now: datetime) -> Iterator[Dated]:
    """In the order in which it began; all of it is over by ``now``."""
    monday = (now - timedelta(days=now.weekday())).date()
    mondays = [monday - WEEKS * 7 * DAY + 7 * week * DAY for week in range(WEEKS + 1)]
    every = [one for week, first in enumerate(mondays) for one in _week(first, week)]
    begins = now - WEEKS * 7 * DAY
    within = [it for it in every if it.at >= begins and _over(it) <= now - LATEST]
    yield from sorted(within, key=lambda it: it.at)


def _week(first: date, week: int) -> Iterator[Dated]:
    for one in (*ASKS, *TROUBLES):
        if week % 2 == 0 or one not in EVERY_OTHER:
            yield Dated(one, datetime.combine(first + one.day * DAY, one.at, UTC), week)


def _over(one: Dated) -> datetime:
    """When nothing more comes of it: of a change, once it was looked back at."""
    if isinstance(one.what, Trouble):
        return one.at + timedelta(minutes=one.what.over)
    if one.what.ends is Status.EXPIRED:
        return one.at + 3 * DAY
    waits = max((minutes for _, minutes in one.what.votes), default=0)
    return one.at + timedelta(minutes=2 * waits + 20, seconds=one.what.takes)


MON, TUE, WED, THU, FRI = range(5)
FAILOVER = Ask(
    TUE, time(9, 31), "ana", "reboot --failover", "orders-staging", "Failover drill",
    (("dora", 4), ("emil", 11)), takes=92, why="it moved to the standby's zone",
)  # fmt: skip
WORSE_FAILOVER = Ask(
    THU, time(14, 6), "ben", "reboot --failover", "orders-staging", "Move off the noisy zone",
    (("emil", 6), ("dora", 19)), takes=118, why="it moved to the standby's zone",
    worse="read latency 4.4 times, CPU 2 times",
)  # fmt: skip
FAILED = Ask(
    THU, time(11, 52), "ben", "snapshot quarter-{}", "reports", "Before the new schema",
    ends=Status.FAILED, takes=610, why="The snapshot quarter-{} is failed: storage-full",
)  # fmt: skip
EXPIRED = Ask(
    MON, time(16, 20), "ben", "reboot", "legacy-crm", "It feels slow", ends=Status.EXPIRED,
)  # fmt: skip
ASKS = (
    Ask(MON, time(9, 5), "ana", "snapshot sprint-{}", "orders-dev", takes=228),
    Ask(MON, time(10, 41), "ben", "reboot", "orders-test", "New parameter group",
        (("dora", 6),), takes=74),
    Ask(MON, time(14, 22), "ana", "snapshot migration-{}", "orders-staging",
        "Before the migration", takes=301),
    EXPIRED,
    FAILOVER,
    Ask(TUE, time(11, 15), "ben", "backup-window 02:00-02:30", "orders-test", "Fewer jobs then",
        (("dora", 9),), Status.REJECTED, why="It would meet the nightly export"),
    Ask(TUE, time(16, 5), "ben", "reboot", "orders-prod", "It feels slow", is_denied=True),
    Ask(WED, time(9, 47), "ana", "snapshot invoices-{}", "billing-staging", takes=262),
    Ask(WED, time(13, 10), "ana", "reboot", "billing-staging", "Connections pile up",
        (("emil", 3),), takes=66),
    Ask(THU, time(10, 20), "ben", "snapshot basket-{}", "shop-staging", "Before the new index",
        takes=190),
    FAILED,
    WORSE_FAILOVER,
    Ask(FRI, time(9, 12), "ana", "backup-window 04:00-04:30", "billing-staging",
        "After the nightly load", (("dora", 21),), takes=12),
    Ask(FRI, time(11, 3), "ben", "reboot", "ledger-test", "Try the new certificate",
        ends=Status.CANCELLED),
    Ask(FRI, time(15, 40), "ana", "snapshot weekend-{}", "orders-dev", takes=219),
)  # fmt: skip
TROUBLES = (
    Trouble(TUE, time(3, 12), "orders-staging", "orders-staging-cpu", "CPUUtilization", "cpu",
            "CPU utilization above 80 %", 80.0, "91.3 %", ("emil", 4), 26),
    Trouble(WED, time(12, 55), "billing-staging", "billing-staging-connections",
            "DatabaseConnections", "connections", "database connections above 300", 300.0, "322",
            ("ana", 7), 31),
    Trouble(FRI, time(17, 20), "reports", "reports-latency", "ReadLatency", "latency",
            "read latency above 20 ms", 0.02, "34 ms", None, 44, "dora"),
)  # fmt: skip
EVERY_OTHER = (FAILED, EXPIRED, WORSE_FAILOVER)
"""What would be too much of it each week."""
