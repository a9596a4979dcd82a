"""Troubles that can be set off: what is measured, told and logged from a few minutes ago on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.sandbox.aws.alarms import AlarmSpec
from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.chance import Floats
from bot.sandbox.aws.instances import fail_over
from bot.sandbox.aws.metrics import GIB
from bot.sandbox.aws.strains import Bend, Strain

ORDERS, TEST, BILLING = "orders-staging", "orders-test", "billing-staging"
SHOP = ("shop-staging-1", "shop-staging-2", "shop-staging-3")
#: Seconds for which nobody was served before a failover that nobody asks for, and since then.
OUT, SLOW_SINCE = 80.0, 300.0


@dataclass(frozen=True)
class Course:
    """What becomes of a database's metric, from so many minutes before it was set off."""

    database: str
    metric: str
    ago: int
    bend: Bend


@dataclass(frozen=True)
class Scenario:
    """``sentence`` says what happens; ``logs`` are what a database writes from then on."""

    label: str
    sentence: str
    courses: tuple[Course, ...] = ()
    alarms: tuple[AlarmSpec, ...] = ()
    logs: Mapping[str, tuple[str, ...]] | None = None
    happens: Callable[[TimedBackend, float], None] | None = None

    def strains(self, now: float) -> tuple[Strain, ...]:
        minute = int(now // 60)
        return tuple(
            Strain(one.database, one.metric, minute - one.ago, one.bend) for one in self.courses
        )


def _more(each_minute: float, most: float) -> Bend:
    """So much more with each minute."""
    return lambda minutes, figures: figures + (minutes * each_minute).clip(0, most)


def _times(factor: float, within: int = 3) -> Bend:
    """So many times as much, reached after some minutes."""
    return lambda minutes, figures: figures * (1 + (factor - 1) * (minutes / within).clip(0, 1))


def _percent(level: float) -> Bend:
    """About that level, with the figure's own noise."""

    def bend(minutes: Floats, figures: Floats) -> Floats:
        share = (minutes / 3).clip(0, 1)
        bent: Floats = (figures + (level - figures * 0.9) * share).clip(0, 100)
        return bent

    return bend


def _runs_out(minutes_left: float) -> Bend:
    return lambda minutes, figures: figures * (1 - minutes / minutes_left).clip(0.004, 1)


def _fills_up(backend: TimedBackend, now: float) -> None:
    instance = backend.instance(TEST)
    backend.emit("RDS-EVENT-0007", instance, now)
    instance.status = "storage-full"


def _fails_over(backend: TimedBackend, now: float) -> None:
    instance = backend.instance(ORDERS)
    instance.interrupt(now - SLOW_SINCE - OUT, now - SLOW_SINCE)  # what led to it
    fail_over(backend, instance)


SCENARIOS: Mapping[str, Scenario] = {
    "leak": Scenario(
        "Connection leak",
        "orders-staging never closes its connections: they grow by the minute.",
        (Course(ORDERS, "DatabaseConnections", 12, _more(24, 700)),
         Course(ORDERS, "FreeableMemory", 12, _times(0.5, 30))),
        (AlarmSpec("orders-staging-connections", ORDERS, "DatabaseConnections", 150.0),),
    ),
    "cascade": Scenario(
        "Cascade",
        "The writer of shop-staging is overloaded, then its readers lag, then clients pile up.",
        (Course(SHOP[0], "CPUUtilization", 10, _percent(97)),
         Course(SHOP[0], "CommitLatency", 9, _times(40)),
         Course(SHOP[0], "DBLoad", 10, _times(12)),
         *(Course(one, "AuroraReplicaLag", 7, _times(180)) for one in SHOP[1:]),
         *(Course(one, "DatabaseConnections", 6, _more(35, 600)) for one in SHOP)),
        (AlarmSpec("shop-staging-1-cpu", SHOP[0], "CPUUtilization", 85.0),
         AlarmSpec("shop-staging-1-commit", SHOP[0], "CommitLatency", 60.0),
         AlarmSpec("shop-staging-2-lag", SHOP[1], "AuroraReplicaLag", 1000.0)),
    ),
    "full-disk": Scenario(
        "Full disk",
        "The storage of orders-test runs full within minutes, and it stops writing.",
        (Course(TEST, "FreeStorageSpace", 12, _runs_out(11)),
         Course(TEST, "WriteIOPS", 3, _times(0.02)),
         Course(TEST, "DiskQueueDepth", 5, _times(20))),
        (AlarmSpec("orders-test-free-storage", TEST, "FreeStorageSpace", 5 * GIB,
                   "LessThanThreshold"),),
        {TEST: ('PANIC:  could not write to file "pg_wal/xlogtemp.812": No space left on device',
                "LOG:  server process (PID 812) was terminated by signal 6: Aborted",
                'ERROR:  could not extend file "base/16401/24576": No space left on device')},
        _fills_up,
    ),
    "failover": Scenario(
        "Failover",
        "orders-staging moves to its standby without being asked, and is slower there.",
        alarms=(AlarmSpec("orders-staging-read-latency", ORDERS, "ReadLatency", 0.0018),),
        happens=_fails_over,
    ),
    "security": Scenario(
        "Password guessing",
        "Somebody tries passwords at billing-staging: hundreds of refused logins a minute.",
        (Course(BILLING, "ConnectionAttempts", 9, _more(400, 1800)),
         Course(BILLING, "CPUUtilization", 9, _more(6, 35))),
        (AlarmSpec("billing-staging-attempts", BILLING, "ConnectionAttempts", 500.0),),
        {BILLING: ("[Warning] Access denied for user 'root'@'203.0.113.66' (using password: YES)",
                   "[Warning] Access denied for user 'admin'@'203.0.113.66' (using password: YES)",
                   "[Warning] Access denied for user 'billing'@'203.0.113.66' (using password: "
                   "YES)")},
    ),
}  # fmt: skip
"""By the names that `rds-bot demo --scenario` takes; all of it is in the demo's main account."""
