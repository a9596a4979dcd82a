"""Which figures a digest rests on: of all databases in few calls, none for a single one."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.monitoring import Monitoring
from bot.values import Database, Kind, Measure, Series, Target, Window

HOUR, THREE_HOURS, DAY = 3_600, 10_800, 86_400
#: Whole weeks and a day: yesterday, and the same day of the four weeks before it.
LATELY, FORTNIGHT, WEEKS = 6 * HOUR, 14 * DAY, 29 * DAY
IDLE = frozenset({"creating", "deleting", "failed", "stopped"})  #: nothing is measured of those
#: Sizes of which AWS guarantees less I/O than they can do for half an hour a day.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
BURSTING = (".medium", ".large", ".xlarge", ".2xlarge", ".4xlarge")

Found = Mapping[tuple[Target, str], Series]
Asked = Callable[[Database], Iterator[Measure]]
Name = tuple[str, str, str]  #: account, region, identifier
Place = tuple[str, str]  #: account, region


async def read(
    monitoring: Monitoring,
    databases: Iterable[Database],
    asked: Asked,
    window: Window,
) -> Found:
    """Region by region; where one does not answer, its figures are unread and hide no others."""
    by_place: dict[Place, list[Measure]] = {}
    for one in databases:
        if one.status not in IDLE:
            place = one.target.account, one.target.region
            by_place.setdefault(place, []).extend(asked(one))
    found: dict[tuple[Target, str], Series] = {}

    async def measured(measures: list[Measure]) -> None:
        series = await monitoring.read_once(tuple(measures), window)
        for measure, one in zip(measures, series, strict=True):
            found[measure.target, measure.metric] = one

    await asyncio.gather(*map(measured, by_place.values()))
    return found


def storage(database: Database) -> Iterator[Measure]:
    """Aurora's storage grows by itself."""
    if _stands_on_disks(database):
        yield Measure(target=database.target, metric="FreeStorageSpace")


def daily(database: Database) -> Iterator[Measure]:
    """What has a bad hour once a day, and what the heat map shows."""
    if not is_instance(database):
        return
    target = database.target
    yield Measure(target=target, metric="CPUUtilization")
    yield Measure(target=target, metric="DatabaseConnections", stat="Maximum")
    if database.storage_type == "gp2":
        yield Measure(target=target, metric="BurstBalance", stat="Minimum")
    elif not _is_burstable(database) and database.instance_class.endswith(BURSTING):
        yield Measure(target=target, metric="EBSIOBalance%", stat="Minimum")
        yield Measure(target=target, metric="EBSByteBalance%", stat="Minimum")


def lately(databases: Iterable[Database]) -> Asked:
    """What is as it is: how it has been for some hours says how it stands."""
    replicas = replicated(databases)

    def asked(database: Database) -> Iterator[Measure]:
        if not is_instance(database):
            return
        target = database.target
        yield from storage(database)
        yield Measure(target=target, metric="FreeableMemory", stat="Maximum")
        if not database.engine.startswith("sqlserver"):
            yield Measure(target=target, metric="SwapUsage", stat="Minimum")
        if _stands_on_disks(database):
            yield Measure(target=target, metric="DiskQueueDepth")
        if "postgres" in database.engine:
            yield Measure(target=target, metric="MaximumUsedTransactionIDs", stat="Maximum")
        if _is_burstable(database):
            yield Measure(target=target, metric="CPUCreditBalance", stat="Minimum")
        if named(database, database.name) in replicas or _has_standbys(database):
            yield Measure(target=target, metric="ReplicaLag", stat="Maximum")
        if database.is_aurora:
            yield Measure(target=target, metric="AuroraReplicaLag")

    return asked


def weekly(database: Database) -> Iterator[Measure]:
    if is_instance(database):
        yield Measure(target=database.target, metric="CPUUtilization")
        yield Measure(target=database.target, metric="DatabaseConnections")


def is_instance(database: Database) -> bool:
    return database.target.kind is Kind.INSTANCE


def _stands_on_disks(database: Database) -> bool:
    return is_instance(database) and not database.is_aurora


def _has_standbys(database: Database) -> bool:
    """Whether it belongs to a Multi-AZ DB cluster; of its writer no lag is measured."""
    return database.cluster is not None and not database.is_aurora


def _is_burstable(database: Database) -> bool:
    return database.instance_class.startswith("db.t")


def replicated(databases: Iterable[Database]) -> frozenset[Name]:
    """The replicas of all of them."""
    return frozenset(named(one, name) for one in databases for name in one.replicas)


def named(database: Database, name: str) -> Name:
    """Whom a database means by a name; those in other regions it names by their ARN."""
    if ":" in name:
        _, _, _, region, account, _, name = name.split(":", 6)
        return account, region, name
    return database.target.account, database.target.region, name
