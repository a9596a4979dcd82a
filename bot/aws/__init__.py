"""The only door to AWS.

An operation gets an ``AWS``: one account and region, the actions that it declared, and the name
under which its step acts. It asks as if it asked alone; reads that come together share calls.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

import structlog

from bot.aws.errors import acting
from bot.aws.region import Keep, Region, Still, at_any_time, nothing
from bot.aws.session import Acting
from bot.errors import AWSError, AWSNotFoundError
from bot.settings import SnapshotSettings
from bot.values import (
    DATABASES,
    SNAPSHOTS,
    Alarm,
    Call,
    CertificateOffer,
    Database,
    DBParameter,
    Export,
    Kind,
    Load,
    LogFile,
    Maintenance,
    Measure,
    Quota,
    RDSEvent,
    Receipt,
    Series,
    Snapshot,
    StorageOffer,
    Target,
    TrailEvent,
    UpgradeOffer,
    Window,
)

__all__ = ["AWS"]

log = structlog.get_logger()

_DATABASE = {Kind.INSTANCE: "rds:DescribeDBInstances", Kind.CLUSTER: "rds:DescribeDBClusters"}
_SNAPSHOT = {
    Kind.INSTANCE: "rds:DescribeDBSnapshots",
    Kind.CLUSTER: "rds:DescribeDBClusterSnapshots",
}
_DATABASE |= {kind: _SNAPSHOT[of] for kind, of in SNAPSHOTS.items()}
_SHARED = {
    Kind.INSTANCE: "rds:DescribeDBSnapshotAttributes",
    Kind.CLUSTER: "rds:DescribeDBClusterSnapshotAttributes",
}
_PARAMETERS = {
    Kind.INSTANCE: "rds:DescribeDBParameters",
    Kind.CLUSTER: "rds:DescribeDBClusterParameters",
}
_GROUPS = {
    Kind.INSTANCE: "rds:DescribeDBParameterGroups",
    Kind.CLUSTER: "rds:DescribeDBClusterParameterGroups",
}


AS_USUAL = SnapshotSettings()


@dataclass(frozen=True)
class AWS:
    region: Region
    permissions: frozenset[str]
    identity: Acting
    client: Any = None  #: that ``prepared`` opened
    still: Still = at_any_time
    #: What the settings say of snapshots, for those that change them.
    snapshot_settings: SnapshotSettings = AS_USUAL

    def only(self, permissions: Iterable[str]) -> Self:
        return replace(self, permissions=frozenset(permissions))

    @property
    def now(self) -> int:
        return self.region.clock()

    @property
    def has_trail(self) -> bool:
        """Whether steps act under a session name of their own that CloudTrail can be asked for."""
        return self.region.account.role_arn is not None

    @property
    def monitoring_role(self) -> str:
        """The role by which Enhanced Monitoring writes in this account; empty where none is set."""
        return self.region.account.monitoring_role

    async def database(self, target: Target) -> Database:
        """As of now, by name. Raises AWSNotFoundError or AWSUnavailableError."""
        self._allow(_DATABASE[target.kind])
        return await self.region.database(target.kind, target.identifier)

    async def bears(self, identifier: str) -> Kind | None:
        """What has that name in this account and region; None where it is free."""
        for kind in DATABASES:
            self._allow(_DATABASE[kind])
        return await self.region.bears(identifier)

    async def quota(self, kind: Kind) -> Quota | None:
        """Of instances or of clusters; None where AWS does not say. Raises AWSError."""
        self._allow("rds:DescribeAccountAttributes")
        found = (one for one in await self.region.database_quotas() if one.kind is kind)
        return next(found, None)

    async def cluster_of(self, database: Database) -> Database | None:
        self._allow(_DATABASE[Kind.CLUSTER])
        return await self.region.cluster_of(database)

    async def snapshot(self, kind: Kind, identifier: str) -> Snapshot | None:
        self._allow(_SNAPSHOT[kind])
        return await self.region.snapshot(kind, identifier)

    async def snapshots_of(self, kind: Kind, resource_id: str) -> tuple[Snapshot, ...]:
        """All of that very database, newest first. Raises AWSError."""
        self._allow(_SNAPSHOT[kind])
        return await self.region.kept.of(kind, resource_id)

    def seen(self, snapshot: Snapshot) -> Database:
        """The same as a database is seen, for what is asked of one."""
        return self.region.seen_snapshot(snapshot)

    async def shared_with(self, kind: Kind, identifier: str) -> tuple[str, ...]:
        """The accounts that may restore a snapshot; ``all``: everybody. Raises AWSError."""
        self._allow(_SHARED[kind])
        return await self.region.kept.shared_with(kind, identifier)

    async def exports_of(self, arn: str) -> tuple[Export, ...]:
        """Of the snapshot of that ARN, also those that have ended. Raises AWSError."""
        self._allow("rds:DescribeExportTasks")
        return await self.region.kept.exports(SourceArn=arn)

    async def export(self, identifier: str) -> Export | None:
        self._allow("rds:DescribeExportTasks")
        found = await self.region.kept.exports(ExportTaskIdentifier=identifier)
        return next(iter(found), None)

    async def origin(self, snapshot: Database) -> Database | None:
        """What a snapshot was taken of here, whatever it is called now; None: it is gone.

        Only for one of which AWS gives the resource id. Raises AWSError.
        """
        of = snapshot.taken_of
        assert of is not None
        self._allow(_DATABASE[of.kind])
        try:
            return await self.region.of_resource(of.kind, of.resource_id)
        except AWSNotFoundError:
            return None

    async def snapshot_quotas(self) -> tuple[Quota, ...]:
        """Of manual snapshots, of instances and of clusters. Raises AWSError."""
        self._allow("rds:DescribeAccountAttributes")
        return await self.region.snapshot_quotas()

    async def latest_snapshot(self, target: Target) -> Snapshot | None:
        """The newest of this very database that can be restored."""
        self._allow(_SNAPSHOT[target.kind])
        return await self.region.latest_snapshot(target)

    async def classes(self, database: Database) -> tuple[str, ...]:
        """Instance classes that it could have, sorted. Raises AWSError."""
        self._allow("rds:DescribeOrderableDBInstanceOptions")
        kind = "" if database.is_aurora else database.storage_type
        return await self.region.classes(database.engine, database.engine_version, kind)

    async def upgrades(self, database: Database) -> tuple[UpgradeOffer, ...]:
        """Versions that it can be upgraded to, oldest first. Raises AWSError."""
        self._allow("rds:DescribeDBEngineVersions")
        return await self.region.upgrades(database.engine, database.engine_version)

    async def certificates(self, database: Database) -> CertificateOffer:
        """By whom its certificate can be signed, and whether it restarts for one."""
        self._allow("rds:DescribeCertificates")
        self._allow("rds:DescribeDBEngineVersions")
        return await self.region.certificates(database.engine, database.engine_version)

    async def security_groups(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Names by id, of those that EC2 knows. Raises AWSError."""
        self._allow("ec2:DescribeSecurityGroups")
        return await self.region.security_groups(ids)

    async def storage_offers(self, database: Database) -> tuple[StorageOffer, ...]:
        """What an instance's storage may become, by kind. Raises AWSError."""
        self._allow("rds:DescribeValidDBInstanceModifications")
        return await self.region.storage_offers(database.name)

    async def maintenance(self, database: Database) -> tuple[Maintenance, ...]:
        """What is pending for it."""
        self._allow("rds:DescribePendingMaintenanceActions")
        return await self.region.maintenance(database.arn)

    async def metrics(self, measures: Sequence[Measure], window: Window) -> tuple[Series, ...]:
        """One series a measure, in the same order, each with what of it could not be read."""
        self._allow("cloudwatch:GetMetricData")
        return await self.region.metrics(measures, window)

    async def connections(self, target: Target) -> int | None:
        """Open connections as of a minute or two ago; None where nobody can say."""
        self._allow("cloudwatch:GetMetricData")
        try:
            counted = await self.region.connections(target)
        except AWSError as error:
            log.warning("connections.unknown", target=str(target), why=str(error))
            return None
        return None if counted is None else round(counted)

    async def lags(self, cluster: Database) -> Mapping[str, float]:
        """By how many seconds its members lag; whoever is missing, nobody knows of lately."""
        self._allow("cloudwatch:GetMetricData")
        try:
            return await self.region.lags(cluster)
        except AWSError as error:
            log.warning("lags.unknown", target=str(cluster.target), why=str(error))
            return {}

    async def alarms_firing(self) -> tuple[Alarm, ...]:
        """On metrics of RDS in this account and region, now."""
        self._allow("cloudwatch:DescribeAlarms")
        return await self.region.alarms_firing()

    async def parameter(self, database: Database, name: str) -> str | None:
        """The value that its parameter group was given; None where it has AWS's default."""
        self._allow(_PARAMETERS[database.target.kind])
        group = database.parameter_group
        # AWS's own groups cannot be changed, so nothing in them was set by anybody.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html
        if not group or group.startswith("default."):
            return None
        return await self.region.parameter(database.target.kind, group, name)

    async def parameters(self, kind: Kind, group: str) -> tuple[DBParameter, ...]:
        """All of a parameter group, by name. Raises AWSError."""
        self._allow(_PARAMETERS[kind])
        return await self.region.parameters(kind, group)

    async def using(self, kind: Kind, group: str) -> tuple[Database, ...]:
        """Every database of this account and region whose parameter group that is."""
        self._allow(_DATABASE[kind])
        return await self.region.using(kind, group)

    async def families(self, kind: Kind, group: str = "") -> Mapping[str, str]:
        """By parameter group the engine and major version that it is for; of all, or of one.

        Raises AWSError, also where there is none of that name.
        """
        self._allow(_GROUPS[kind])
        return await self.region.families(kind, group)

    async def restart_parameters(self, kind: Kind, group: str) -> Mapping[str, str]:
        """What was set in a parameter group and only a restart applies; of AWS's own, nothing."""
        self._allow(_PARAMETERS[kind])
        if group.startswith("default."):
            return {}
        return await self.region.restart_parameters(kind, group)

    async def events(self, target: Target, since: int) -> tuple[RDSEvent, ...]:
        """RDS's own events of it at ``since`` and later, oldest first; AWS keeps 14 days."""
        self._allow("rds:DescribeEvents")
        return await self.region.events_of(target, since)

    async def log_files(self, instance: Target) -> tuple[LogFile, ...]:
        self._allow("rds:DescribeDBLogFiles")
        return await self.region.log_files(instance.identifier)

    async def log_tail(self, instance: Target, name: str, lines: int) -> str:
        """The last lines of a log file, secrets and all. Raises AWSNotFoundError."""
        self._allow("rds:DownloadDBLogFilePortion")
        return await self.region.log_tail(instance.identifier, name, lines)

    async def load(self, instance: Target, window: Window) -> Load:
        """By wait and by statement. Raises AWSRefusedError where Performance Insights is off."""
        self._allow("pi:GetResourceMetrics")
        self._allow("pi:DescribeDimensionKeys")
        return await self.region.load(instance.resource_id, window)

    async def trail(self, session_name: str, since: int) -> tuple[TrailEvent, ...]:
        self._allow("cloudtrail:LookupEvents")
        return await self.region.trail(session_name, since)

    async def mark(self) -> None:
        self._allow("rds:DescribeDBInstances")
        await self.region.mark(self.identity)

    @asynccontextmanager
    async def prepared(self, call: Call) -> AsyncIterator[Self]:
        """With credentials and a client, so that nothing but the call itself is left to be done.

        Raises AWSError where there are none; nothing was sent then.
        """
        async with AsyncExitStack() as stack:
            with acting():
                opened = self.region.opened(call, self.identity)
                client = await stack.enter_async_context(opened)
            yield replace(self, client=client)

    def asking(self, still: Still) -> Self:
        """Ask right before the call leaves whether it still may: what ``still`` raises stops it."""
        return replace(self, still=still)

    async def act(self, call: Call, keep: Keep = nothing) -> Receipt:
        """The one mutating call. Raises AWSRefusedError (nothing done) or AWSAmbiguousError."""
        self._allow(call.action)
        if self.client is None:
            async with self.prepared(call) as ready:
                return await ready.act(call, keep)
        return await self.region.act(call, self.client, self.still, keep)

    def _allow(self, action: str) -> None:
        if action not in self.permissions:
            raise PermissionError(f"{action} is not among the permissions that were declared")
