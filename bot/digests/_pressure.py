"""What is short inside a database: credits, memory, the disk's turn, transaction ids, replicas.

Figures of a few hours say how things stand: a job at night that is over is none of them.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html#RDS
"""

from collections.abc import Iterator

from bot.digests._facts import DigestFacts, concern
from bot.fleet.limits import memory_gib
from bot.values import Concern, Database, Moment, Section, Series, amount

GIB = 2.0**30
POOR = 20.0  #: CPU credits that are about to run out
#: Transactions, of some two thousand million that PostgreSQL has:
#: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND
WRAPAROUND = 1_000_000_000
LAG = {"ReplicaLag": (300.0, "primary"), "AuroraReplicaLag": (2_000.0, "writer")}
"""By which a replica is too far behind whom: seconds, and milliseconds in Aurora."""
TIGHT, TIGHT_AURORA = 5.0, 2.0  #: percent of memory; Aurora fills its cache to the brim
QUEUE = 64.0  #: requests that wait for the disk, hour by hour
EBB = {"BurstBalance": 20.0, "EBSIOBalance%": 10.0, "EBSByteBalance%": 10.0}
"""Percent of what a disk may do beyond its measure that are left, at the worst of the day."""


def cpu_credits(facts: DigestFacts) -> Iterator[Concern]:
    poor = facts.thresholds.or_else("CPUCreditBalance", POOR)
    for one, left in _newest(facts, "CPUCreditBalance"):
        if left < poor:
            yield concern(
                facts, "credits", one, f" has {left:.0f} CPU credits left; {_without(one)}.",
                section=Section.ACTION, brief=f"{left:.0f} CPU credits left", rank=20,
                metrics="credits,cpu --range 24h",
            )  # fmt: skip


def transactions(facts: DigestFacts) -> Iterator[Concern]:
    old = facts.thresholds.or_else("MaximumUsedTransactionIDs", WRAPAROUND)
    for one, age in _newest(facts, "MaximumUsedTransactionIDs"):
        if age > old:
            yield concern(
                facts, "transactions", one,
                f" has transactions that are {age / 1e6:,.0f} million old. Vacuum them: PostgreSQL "
                "stops at some 2,000 million.",
                section=Section.ACTION, brief=f"transactions {age / 1e6:,.0f} million old", rank=15,
                metrics="transactions --range 7d",
            )  # fmt: skip


def replicas(facts: DigestFacts) -> Iterator[Concern]:
    for one in facts.instances:
        for metric, (patience, source) in LAG.items():
            lag = facts.lately.get((one.target, metric))
            most = facts.thresholds.or_else(metric, patience)
            if lag and lag.latest and not 0 <= lag.latest[1] <= most:
                yield concern(
                    facts, "lag", one, f" {_behind(lag, source)}.",
                    section=Section.ACTION, brief=_behind(lag, source).removeprefix("is "),
                    rank=10, metrics="lag --range 24h",
                )  # fmt: skip


def memory(facts: DigestFacts) -> Iterator[Concern]:
    """Whole hours in which memory was never freed, or stayed swapped out."""
    swaps = facts.thresholds.of("SwapUsage")
    for one in facts.instances:
        free = facts.lately.get((one.target, "FreeableMemory"))
        swap = facts.lately.get((one.target, "SwapUsage"))
        has = memory_gib(one.instance_class)
        most = free.highest[1] if free and free.highest else None
        swapped = swap.lowest[1] if swap and swap.lowest else 0.0
        if has and most is not None and most < _least(facts, one, has):
            more = f", and {amount(swapped, 'B')} are swapped out" if swapped > swaps else ""
            yield concern(
                facts, "memory", one,
                f" has had no more than {amount(most, 'B')} of {has:g} GiB of memory free for "
                f"hours{more}.",
                section=Section.ACTION, brief=f"{amount(most, 'B')} of {has:g} GiB of memory free",
                rank=25, metrics="memory --range 24h",
            )  # fmt: skip
        elif swapped > swaps:
            yield concern(
                facts, "swap", one,
                f" keeps {amount(swapped, 'B')} of its memory swapped out: it is slower than it "
                "has to be.",
                section=Section.TREND, brief=f"{amount(swapped, 'B')} swapped out", rank=60,
                metrics="memory --range 24h",
            )  # fmt: skip


def disks(facts: DigestFacts) -> Iterator[Concern]:
    long = facts.thresholds.or_else("DiskQueueDepth", QUEUE)
    for one in facts.instances:
        queue = facts.lately.get((one.target, "DiskQueueDepth"))
        if queue and queue.lowest and queue.lowest[1] > long:
            yield concern(
                facts, "queue", one,
                f" has kept {queue.lowest[1]:,.0f} requests and more waiting for its disk for "
                "hours.",
                section=Section.ACTION,
                brief=f"{queue.lowest[1]:,.0f} requests wait for the disk", rank=22,
                metrics="queue,iops,latency --range 24h",
            )  # fmt: skip
        for metric, least in EBB.items():
            left = facts.day.get((one.target, metric))
            if left and left.lowest and left.lowest[1] < least:
                at, percent = left.lowest
                yield concern(
                    facts, "burst", one,
                    f" had {percent:.0f} % of its I/O credits left ", Moment(at=at),
                    ": without any its disk is slowed down.",
                    section=Section.TREND, brief=f"{percent:.0f} % of I/O credits left", rank=50,
                    metrics="iops,queue,latency --range 24h",
                )  # fmt: skip
                break


def _newest(facts: DigestFacts, metric: str) -> Iterator[tuple[Database, float]]:
    """The last figure of it, of each instance that has one."""
    for one in facts.instances:
        series = facts.lately.get((one.target, metric))
        if series and series.latest:
            yield one, series.latest[1]


def _least(facts: DigestFacts, database: Database, gib: float) -> float:
    """Bytes of so much memory that have to be free at some time."""
    tight = TIGHT_AURORA if database.is_aurora else TIGHT
    return facts.thresholds.or_else("FreeableMemory", gib * GIB * tight / 100)


def _behind(lag: Series, source: str) -> str:
    """A lag of -1 says that nothing is replicated.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html
    """
    value = lag.latest[1] if lag.latest else 0.0
    if value < 0:
        return f"does not replicate: AWS cannot tell how far it is behind its {source}"
    seconds = value / 1000 if lag.unit == "ms" else value
    length = f"{seconds:.2g} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"
    return f"is {length} behind its {source}"


def _without(database: Database) -> str:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html"""
    if database.instance_class.startswith("db.t2."):
        return "without any it is slowed down"
    return "without any it goes on as fast, and AWS charges what it takes beyond them"
