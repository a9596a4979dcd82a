"""Which metrics stand together in a panel, and which panels a database has."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import UnknownWordError
from bot.fleet.names import near
from bot.values import Database, Kind

SHOWN = 4  #: panels of one picture that are read at a glance
MOST = 8  #: panels of a picture of all of them


@dataclass(frozen=True)
class Plot:
    """A panel before it is measured: metrics of one unit, each with the label of its curve."""

    word: str  #: how it is asked for
    title: str
    metrics: tuple[tuple[str, str], ...]
    of_cluster: bool = False  #: measured for the cluster as a whole, not for each member


def _plot(word: str, title: str, **metrics: str) -> Plot:
    """``metrics``: names with the labels of their curves."""
    return Plot(word, title, tuple((name, label) for name, label in metrics.items()))


CPU = _plot("cpu", "CPU", CPUUtilization="")
CONNECTIONS = _plot("connections", "Connections", DatabaseConnections="")
MEMORY = _plot("memory", "Memory", FreeableMemory="free", SwapUsage="swap")
STORAGE = _plot("storage", "Free storage", FreeStorageSpace="")
IOPS = _plot("iops", "I/O per second", ReadIOPS="read", WriteIOPS="write")
LATENCY = _plot("latency", "Latency", ReadLatency="read", WriteLatency="write")
NETWORK = _plot(
    "network", "Network", NetworkReceiveThroughput="in", NetworkTransmitThroughput="out"
)
QUEUE = _plot("queue", "Disk queue depth", DiskQueueDepth="")
LAG = _plot("lag", "Replica lag", ReplicaLag="")
CREDITS = _plot("credits", "CPU credits left", CPUCreditBalance="")
TRANSACTIONS = _plot("transactions", "Oldest transaction age", MaximumUsedTransactionIDs="")
COMMIT = _plot("commit", "Commit latency", CommitLatency="")
BUFFERS = _plot("buffers", "Buffer cache hits", BufferCacheHitRatio="")
DEADLOCKS = _plot("deadlocks", "Deadlocks", Deadlocks="")
LOCAL = _plot("local", "Free local storage", FreeLocalStorage="")
AURORA_LAG = _plot("lag", "Replica lag", AuroraReplicaLag="")
CAPACITY = _plot("capacity", "Capacity units", ServerlessDatabaseCapacity="")
UTILIZATION = _plot("utilization", "Share of capacity", ACUUtilization="")
VOLUME = Plot("volume", "Volume used", (("VolumeBytesUsed", ""),), of_cluster=True)

RDS = (
    CPU, CONNECTIONS, MEMORY, STORAGE, IOPS, LATENCY, NETWORK, QUEUE, LAG, CREDITS, TRANSACTIONS,
)  # fmt: skip
#: Without STORAGE: a volume of Aurora's grows by itself, and CloudWatch has no FreeStorageSpace.
#: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
AURORA = (CPU, CONNECTIONS, MEMORY, COMMIT, IOPS, BUFFERS, NETWORK, AURORA_LAG, QUEUE, LATENCY,
          LOCAL, DEADLOCKS, TRANSACTIONS)  # fmt: skip
SERVERLESS = (CAPACITY, UTILIZATION, *AURORA)
#: Of a cluster each curve is a member.
CLUSTER = (CPU, CONNECTIONS, COMMIT, VOLUME, AURORA_LAG, BUFFERS, CAPACITY, DEADLOCKS)
#: Each member has disks of its own, and AWS measures nothing of the whole.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
MULTI_AZ_CLUSTER = (CPU, CONNECTIONS, MEMORY, STORAGE, IOPS, LATENCY, LAG, QUEUE, TRANSACTIONS)

WORDS = tuple(sorted({one.word for one in (*RDS, *SERVERLESS, *CLUSTER)}))


def preset(database: Database) -> tuple[Plot, ...]:
    """Every plot that such a database may have, the most telling first."""
    if database.is_multi_az_cluster:
        return MULTI_AZ_CLUSTER
    if database.target.kind is Kind.CLUSTER:
        return CLUSTER
    if database.instance_class == "db.serverless":
        return SERVERLESS
    return AURORA if database.is_aurora else RDS


def chosen(
    database: Database, words: Sequence[str], parameter: str = "metrics"
) -> tuple[Plot, ...]:
    """The plots that were asked for, by word or by AWS's name; all of them where none was.

    Raises UnknownWordError for a word that nobody knows, or that this kind of database does not
    have; ``parameter`` is where it was typed.
    """
    plots = preset(database)
    if not words:
        return plots
    return tuple(dict.fromkeys(_named(word, plots, database, parameter) for word in words))


def is_known(word: str, database: Database) -> bool:
    return any(_is(plot, word) for plot in preset(database))


def _is(plot: Plot, word: str) -> bool:
    return word.casefold() in (plot.word, *(name.casefold() for name, _ in plot.metrics))


def _named(word: str, plots: Sequence[Plot], database: Database, parameter: str) -> Plot:
    for plot in plots:
        if _is(plot, word):
            return plot
    has = sorted({plot.word for plot in plots})
    begun = [one for one in has if len(word) > 1 and one.startswith(word.casefold())]
    what = f"{database.engine} {database.target.kind}".strip()
    raise UnknownWordError(
        f'I have no metric "{word}" of {database.name} ({what}). It has: {", ".join(has)}.',
        parameter,
        begun or near(word, has, limit=2),
        word,
    )
