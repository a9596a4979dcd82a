"""What is worth a word in a digest: each a pure reading of the facts."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from bot.aws.cloudwatch import UNITS
from bot.digests import _capacity, _hygiene, _pressure, _upkeep
from bot.digests._facts import DigestFacts, concern, typed
from bot.digests._movers import movers
from bot.values import Concern, Database, Environment, Kind, Reading, Section

Looking = Callable[[DigestFacts], Iterator[Concern]]


def concerns(facts: DigestFacts) -> tuple[Concern, ...]:
    """All of them, section by section, the gravest first."""
    families = {typed(one): _family(one) for one in facts.databases}
    found = [
        concern.model_copy(update={"family": families.get(concern.database, "")})
        for reading in READINGS for concern in reading(facts)
    ]  # fmt: skip
    order = list(Section)
    production = frozenset(_production(facts))
    return tuple(
        sorted(
            found,
            key=lambda one: (
                order.index(one.section), one.rank, one.database not in production, one.key
            ),
        )
    )  # fmt: skip


def _family(database: Database) -> str:
    """Where its cluster is, with its name; of what is in none that of itself."""
    target = database.target
    is_cluster = database.cluster or target.kind is Kind.CLUSTER
    name = database.cluster or database.name
    return f"{'cluster' if is_cluster else 'db'}:{name}@{target.account}/{target.region}"


def _production(facts: DigestFacts) -> Iterator[str]:
    """As their concerns name them: of two that are as bad theirs comes first."""
    for one in facts.databases:
        found = facts.classified.get(one.target)
        if found is not None and found.environment is Environment.PRODUCTION:
            yield typed(one)


def clear(found: Collection[Concern], facts: DigestFacts | None = None) -> tuple[str, ...]:
    """What was looked at and gives nothing to say; never what CloudWatch has no figures of, or of
    which an alarm fires."""
    told = {one.key.partition(":")[0].partition("-")[0] for one in found}
    dark = frozenset(_dark(facts)) if facts else frozenset[str]()
    return tuple(area for area, about in AREAS.items() if not told & about and area not in dark)


def _dark(facts: DigestFacts) -> Iterator[str]:
    for one in facts.firing:
        yield from _alarmed(one.alarm.metric)
    for (_, metric), series in (*facts.day.items(), *facts.lately.items()):
        if metric in AREA_OF and series.reading is Reading.EMPTY:
            yield AREA_OF[metric]


def _alarmed(metric: str) -> Collection[str]:
    """What nobody knows, or an alarm that combines others, may be about all that is measured."""
    if metric in WATCHED:
        return (WATCHED[metric],)
    return () if metric in UNITS else frozenset(WATCHED.values())


def moved(facts: DigestFacts) -> Iterator[Concern]:
    for rank, one in enumerate(movers(facts)):
        much = "more" if one.now > one.usual else "less"
        yield concern(
            facts, f"moved-{one.metric}", one.database,
            f" had {one.said(one.now)} {one.what} on average yesterday, {much} than the "
            f"{one.said(one.usual)} of such a day in the weeks before.",
            section=Section.TREND,
            brief=f"{one.what} {one.said(one.now)}, usually {one.said(one.usual)}",
            state=f"{much} {one.day}", rank=100 + rank,
            metrics=f"{one.word} --range 7d",
        )  # fmt: skip


AREAS: Mapping[str, frozenset[str]] = {
    "storage": frozenset({"storage", "unmeasured"}),
    "connections": frozenset({"connections", "unmeasured"}),
    "memory and disks": frozenset({"credits", "memory", "swap", "queue", "burst", "unmeasured"}),
    "replicas": frozenset({"lag", "unmeasured"}),
    "backups": frozenset({"backup", "window"}),
    "maintenance": frozenset({"maintenance"}),
    "certificates": frozenset({"certificate"}),
    "engines": frozenset({"engine"}),
    "snapshots": frozenset({"snapshots"}),
}
"""What people call it, and how the keys of its concerns begin."""

AREA_OF: Mapping[str, str] = {
    "FreeStorageSpace": "storage",
    "DatabaseConnections": "connections",
    "FreeableMemory": "memory and disks",
}
"""Which area is not clear where a figure is missing that every such database has."""

WATCHED: Mapping[str, str] = {
    **AREA_OF,
    **dict.fromkeys(("FreeLocalStorage", "VolumeBytesUsed"), "storage"),
    **dict.fromkeys(("LoginFailures", "AbortedClients", "ConnectionAttempts"), "connections"),
    **dict.fromkeys(
        ("SwapUsage", "DiskQueueDepth", "BurstBalance", "EBSIOBalance%", "EBSByteBalance%",
         "CPUCreditBalance", "ReadIOPS", "ReadLatency", "WriteIOPS", "WriteLatency"),
        "memory and disks",
    ),
    **dict.fromkeys(("ReplicaLag", "AuroraReplicaLag", "AuroraReplicaLagMaximum"), "replicas"),
}  # fmt: skip
"""Which area is not clear where an alarm on a metric fires."""

READINGS: Sequence[Looking] = (
    _upkeep.tampering,
    _upkeep.out_of_order,
    _upkeep.alarms,
    _upkeep.unsettled,
    _upkeep.backups,
    _capacity.storage,
    _capacity.connections,
    _pressure.cpu_credits,
    _pressure.transactions,
    _pressure.replicas,
    _pressure.memory,
    _pressure.disks,
    _upkeep.maintenance,
    _upkeep.certificates,
    _upkeep.about_to_start,
    _upkeep.restarts,
    _upkeep.busy_backups,
    _upkeep.events,
    _hygiene.unmeasured,
    _hygiene.engines,
    _hygiene.quotas,
    _hygiene.hygiene,
    moved,
)
