"""One account and region: every read of it goes through here, so that reads can be shared."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name

from bot.aws import alarms, cloudwatch, insights, logfiles, offers, rds
from bot.aws.batch import Batch
from bot.aws.errors import acting, observed, reading
from bot.aws.eventlog import EventLog
from bot.aws.session import Account, Acting, Sessions
from bot.aws.snapshots import Kept
from bot.errors import AWSNotFoundError, AWSUnavailableError
from bot.values import (
    DATABASES,
    SECOND,
    Alarm,
    AlarmState,
    Call,
    CertificateOffer,
    Database,
    DBParameter,
    Firing,
    Kind,
    Lifecycle,
    Load,
    LogFile,
    Maintenance,
    Measure,
    Quota,
    RDSEvent,
    Reading,
    Receipt,
    Series,
    Snapshot,
    StorageOffer,
    Target,
    TrailEvent,
    UpgradeOffer,
    Window,
)

#: What to ask, which filter names ids, under which key the answer stands, and the id in it.
DESCRIBE = {
    Kind.INSTANCE: (
        "describe_db_instances", "db-instance-id", "DBInstances", "DBInstanceIdentifier",
    ),
    Kind.CLUSTER: (
        "describe_db_clusters", "db-cluster-id", "DBClusters", "DBClusterIdentifier",
    ),
}  # fmt: skip
SNAPSHOTS = {
    Kind.INSTANCE: (
        "describe_db_snapshots", "db-snapshot-id", "DBSnapshots", "DBSnapshotIdentifier",
    ),
    Kind.CLUSTER: (
        "describe_db_cluster_snapshots", "db-cluster-snapshot-id", "DBClusterSnapshots",
        "DBClusterSnapshotIdentifier",
    ),
}  # fmt: skip
PARAMETERS = {
    Kind.INSTANCE: ("describe_db_parameters", "DBParameterGroupName"),
    Kind.CLUSTER: ("describe_db_cluster_parameters", "DBClusterParameterGroupName"),
}
RESOURCE_FILTER = {Kind.INSTANCE: "dbi-resource-id", Kind.CLUSTER: "db-cluster-resource-id"}
GROUPS = {
    Kind.INSTANCE: (
        "describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName",
    ),
    Kind.CLUSTER: (
        "describe_db_cluster_parameter_groups", "DBClusterParameterGroups",
        "DBClusterParameterGroupName",
    ),
}  # fmt: skip
QUOTAS = {"ManualSnapshots": Kind.INSTANCE, "ManualClusterSnapshots": Kind.CLUSTER}
DATABASE_QUOTAS = {"DBInstances": Kind.INSTANCE, "DBClusters": Kind.CLUSTER}
Describe = tuple[str, str, str, str]
Fetch = Callable[[tuple[str, ...]], Awaitable[Mapping[str, Mapping[str, Any]]]]
Clock = Callable[[], int]
#: Raises AWSNotNowError where a call must not leave any more.
Still = Callable[[], None]
#: What is kept of AWS's reply: ids that AWS made, never a secret.
Keep = Callable[[Mapping[str, Any]], dict[str, Any]]


def nothing(reply: Mapping[str, Any]) -> dict[str, Any]:
    """A reply of which nothing has to be known later."""
    return {}


def at_any_time() -> None:
    """A call that never comes too late."""


class Region:
    def __init__(
        self,
        sessions: Sessions,
        account: Account,
        name: str,
        clock: Clock,
        *,
        together: int = 0,
        observes: bool = False,
    ) -> None:
        """``together``: microseconds within which those who follow events share a reading.

        With ``observes`` no mutating call leaves, whoever asks for it.
        """
        self.account = account
        self.name = name
        self.clock = clock
        self._sessions = sessions
        self._observes = observes
        self._databases = {kind: Batch(self._describe(DESCRIBE[kind])) for kind in DATABASES}
        self._snapshots = {kind: Batch(self._describe(SNAPSHOTS[kind])) for kind in DATABASES}
        self.kept = Kept(self._pages, self._rds, clock)
        self._log = EventLog(self.events, clock, together)
        self._connections = Batch(self._count_connections)

    async def database(self, kind: Kind, identifier: str) -> Database:
        """As of now. Raises AWSNotFoundError, AWSUnavailableError or AWSRefusedError."""
        if kind.is_snapshot:
            return await self._seen_snapshot(kind, identifier)
        # AWS keeps identifiers in small letters, whatever somebody types.
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
        raw = await self._databases[kind].get(identifier.lower())
        if raw is None:
            raise AWSNotFoundError("NotFound", f"AWS knows no {kind} {identifier} here.")
        return _ours(self._database(kind, raw))

    async def of_resource(self, kind: Kind, resource_id: str) -> Database:
        """The one with AWS's own id, whatever it is called now. Raises as ``database`` does."""
        method, _, key, _ = DESCRIBE[kind]
        filters = [{"Name": RESOURCE_FILTER[kind], "Values": [resource_id]}]
        for raw in await self._pages("rds", method, key, Filters=filters):
            return _ours(self._database(kind, raw))
        raise AWSNotFoundError("NotFound", f"AWS knows no {kind} {resource_id} here.")

    async def _seen_snapshot(self, kind: Kind, identifier: str) -> Database:
        found = await self.snapshot(kind.taken_of, identifier)
        if found is None:
            raise AWSNotFoundError("NotFound", f"AWS knows no {kind.spoken} {identifier} here.")
        return _ours(self.seen_snapshot(found))

    def seen_snapshot(self, snapshot: Snapshot) -> Database:
        """A snapshot of here as a database is seen."""
        return rds.seen_snapshot(snapshot, self.account, self.name, self.clock())

    async def bears(self, identifier: str) -> Kind | None:
        """What has that name here, whoever's it is: AWS also lists databases of other services."""
        for kind in sorted(DATABASES):
            if await self._databases[kind].get(identifier.lower()) is not None:
                return kind
        return None

    async def cluster_of(self, database: Database) -> Database | None:
        """The cluster that an instance belongs to, as of now; None where it belongs to none."""
        if database.cluster is None:
            return None
        return await self.database(Kind.CLUSTER, database.cluster)

    async def snapshot(self, kind: Kind, identifier: str) -> Snapshot | None:
        raw = await self._snapshots[kind].get(identifier.lower())
        return None if raw is None else rds.snapshot(raw, kind)

    async def latest_snapshot(self, target: Target) -> Snapshot | None:
        """The newest one of this very database that can be restored, taken by AWS or by hand."""
        found = await self.kept.of(target.kind, target.resource_id)
        return next((one for one in found if one.status == "available" and one.created_at), None)

    async def manual_snapshots(self, kind: Kind) -> tuple[Database, ...]:
        """All of that kind that somebody took or copied here, newest first, as databases are seen:
        without those of other services."""
        found = map(self.seen_snapshot, await self.kept.manual(kind.taken_of))
        return tuple(one for one in found if one.is_rds)

    async def metrics(self, measures: Sequence[Measure], window: Window) -> tuple[Series, ...]:
        """One series a measure, in the same order, each with what of it could not be read."""
        with reading():
            client = await self._sessions.client("cloudwatch", self.account, self.name)
        return await cloudwatch.read(client, measures, window)

    async def connections(self, target: Target) -> float | None:
        """As last counted; None where nobody counted in the last quarter of an hour.

        Raises AWSUnavailableError where that could not be read.
        """
        counted = await self._connections.get(target)
        if counted is not None and counted.reading is Reading.UNREAD:
            raise AWSUnavailableError(counted.unread)
        return counted.latest[1] if counted and counted.latest else None

    async def lags(self, cluster: Database) -> Mapping[str, float]:
        """Seconds by member, of the last quarter of an hour. Raises AWSError."""
        # Of Aurora in milliseconds, of a Multi-AZ DB cluster in seconds.
        metric, unit = ("AuroraReplicaLag", 0.001) if cluster.is_aurora else ("ReplicaLag", 1.0)
        instance = {"kind": Kind.INSTANCE, "resource_id": ""}
        targets = [
            cluster.target.model_copy(update={**instance, "identifier": one})
            for one in cluster.members
        ]
        measures = [Measure(target=one, metric=metric) for one in targets]
        found = await self.metrics(measures, cloudwatch.latest(self.clock()))
        pairs = zip(cluster.members, found, strict=True)
        return {name: series.latest[1] * unit for name, series in pairs if series.latest}

    async def parameter(self, kind: Kind, group: str, name: str) -> str | None:
        """The value that somebody gave it in a parameter group; None where nobody did."""
        found = await self._parameters(kind, group)
        values = {one["ParameterName"]: one.get("ParameterValue") for one in found}
        return values.get(name)

    async def parameters(self, kind: Kind, group: str) -> tuple[DBParameter, ...]:
        """All of a parameter group, in AWS's order: by name."""
        method, argument = PARAMETERS[kind]
        raw = await self._pages("rds", method, "Parameters", **{argument: group})
        return tuple(map(rds.parameter, raw))

    async def families(self, kind: Kind, group: str = "") -> Mapping[str, str]:
        """By parameter group the engine and major version that it is for; of all, or of one."""
        method, key, argument = GROUPS[kind]
        asked = {argument: group} if group else {}
        raw = await self._pages("rds", method, key, **asked)
        return {one[argument]: one.get("DBParameterGroupFamily") or "" for one in raw}

    async def using(self, kind: Kind, group: str) -> tuple[Database, ...]:
        """Every database here whose parameter group that is."""
        found = await self.databases(kind)
        # AWS keeps names of groups in small letters.
        return tuple(one for one in found if one.parameter_group.lower() == group.lower())

    async def restart_parameters(self, kind: Kind, group: str) -> Mapping[str, str]:
        """Those that somebody set in a parameter group and that only a restart applies."""
        return {
            one["ParameterName"]: one.get("ParameterValue") or ""
            for one in await self._parameters(kind, group)
            if one.get("ApplyType") == "static" or one.get("ApplyMethod") == rds.PENDING
        }

    async def _parameters(self, kind: Kind, group: str) -> list[dict[str, Any]]:
        method, argument = PARAMETERS[kind]
        # Only what somebody set: a whole group has hundreds of parameters, page by page.
        asked = {argument: group, "Source": "user"}
        return await self._pages("rds", method, "Parameters", **asked)

    async def databases(self, kind: Kind) -> tuple[Database, ...]:
        """All of a kind that AWS lists, page by page: also what is not RDS's."""
        method, _, key, _ = DESCRIBE[kind]
        return tuple(self._database(kind, raw) for raw in await self._pages("rds", method, key))

    async def events(self, since: int) -> tuple[RDSEvent, ...]:
        """RDS events of all sources at ``since`` and later, oldest first; AWS keeps 14 days."""
        raw = await self._pages("rds", "describe_events", "Events", **self._since(since))
        return tuple(sorted(map(rds.event, raw), key=lambda event: event.at))

    async def happened(self, reader: str, since: int) -> tuple[RDSEvent, ...]:
        """The same for whoever follows them, by one reading for all; see ``EventLog.since``."""
        return await self._log.since(reader, since)

    async def alarms_firing(self) -> tuple[Alarm, ...]:
        """Alarms on metrics of RDS that fire now, and composite ones over such."""
        raw = await self._alarms(StateValue=AlarmState.ALARM.value)
        firing = tuple(alarms.on_rds(raw))
        parts = {name for one in raw for name in alarms.combined(one)}
        quiet = parts - {one.name for one in firing}
        others = await self.alarms_named(sorted(quiet)) if quiet else ()
        return (*firing, *alarms.combining(raw, (*firing, *others)))

    async def alarms_named(self, names: Sequence[str]) -> tuple[Alarm, ...]:
        """Those of them that are there, on metrics of RDS or over such, whatever their state."""
        found: list[dict[str, Any]] = []
        for start in range(0, len(names), alarms.NAMES):
            found += await self._alarms(AlarmNames=list(names[start : start + alarms.NAMES]))
        return (*alarms.on_rds(found), *alarms.standing(found))

    async def firings(self, since: int) -> tuple[Firing, ...]:
        """When any alarms fired from then on, oldest first; AWS keeps 30 days."""
        history = await self._pages(
            "cloudwatch", "describe_alarm_history", "AlarmHistoryItems",
            HistoryItemType="StateUpdate", StartDate=_iso(since), EndDate=_iso(self.clock()),
        )  # fmt: skip
        return alarms.firings(history)

    async def _alarms(self, **asked: Any) -> list[dict[str, Any]]:
        kinds = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
        keys = ("MetricAlarms", "CompositeAlarms")
        return await self._pages("cloudwatch", "describe_alarms", keys, **kinds, **asked)

    async def maintenance(self, arn: str = "") -> tuple[Maintenance, ...]:
        """Everything that is pending, for any instance or cluster or for the one of that ARN."""
        asked = {"ResourceIdentifier": arn} if arn else {}
        raw = await self._pages(
            "rds", "describe_pending_maintenance_actions", "PendingMaintenanceActions", **asked
        )
        return tuple(one for resource in raw for one in rds.maintenance(resource))

    async def lifecycles(self, engine: str) -> tuple[Lifecycle, ...]:
        """Of the major versions of an engine that AWS still supports, or has lately."""
        key = "DBMajorEngineVersions"
        raw = await self._pages("rds", "describe_db_major_engine_versions", key, Engine=engine)
        return tuple(map(rds.lifecycle, raw))

    async def classes(self, engine: str, version: str, storage_type: str) -> tuple[str, ...]:
        """Instance classes that can be ordered here for that version and kind of storage."""
        raw = await self._pages(
            "rds", "describe_orderable_db_instance_options", "OrderableDBInstanceOptions",
            Engine=engine, EngineVersion=version,
        )  # fmt: skip
        return offers.classes(raw, storage_type)

    async def upgrades(self, engine: str, version: str) -> tuple[UpgradeOffer, ...]:
        """To which versions that one can be upgraded, oldest first; none: it is AWS's newest."""
        return offers.upgrades(await self._versions(engine, version))

    async def _versions(self, engine: str, version: str) -> list[dict[str, Any]]:
        return await self._pages(
            "rds", "describe_db_engine_versions", "DBEngineVersions",
            Engine=engine, EngineVersion=version,
        )  # fmt: skip

    async def certificates(self, engine: str, version: str) -> CertificateOffer:
        """By whom the certificate of such a database can be signed."""
        versions = await self._versions(engine, version)
        with reading():
            client = await self._sessions.client("rds", self.account, self.name)
            reply = await client.describe_certificates(MaxRecords=100)
        return offers.certificates(reply, versions, version)

    async def security_groups(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Names by id, of those that are there."""
        asked = [{"Name": "group-id", "Values": list(ids)}]
        method, key = "describe_security_groups", "SecurityGroups"
        found = await self._pages("ec2", method, key, Filters=asked)
        return {one["GroupId"]: one.get("GroupName", "") for one in found}

    async def storage_offers(self, instance: str) -> tuple[StorageOffer, ...]:
        """What the storage of that instance may become, by kind."""
        with reading():
            client = await self._sessions.client("rds", self.account, self.name)
            reply = await client.describe_valid_db_instance_modifications(
                DBInstanceIdentifier=instance
            )
        return offers.storage(reply.get("ValidDBInstanceModificationsMessage") or {})

    async def snapshot_quotas(self) -> tuple[Quota, ...]:
        """Of manual snapshots, of instances and of clusters, as far as AWS says."""
        return await self._quotas(QUOTAS)

    async def database_quotas(self) -> tuple[Quota, ...]:
        """Of instances and of clusters, as far as AWS says."""
        return await self._quotas(DATABASE_QUOTAS)

    async def _quotas(self, named: Mapping[str, Kind]) -> tuple[Quota, ...]:
        with reading():
            client = await self._sessions.client("rds", self.account, self.name)
            reply = await client.describe_account_attributes()
        return tuple(
            Quota(
                account=self.account.name,
                region=self.name,
                used=one["Used"],
                most=one["Max"],
                kind=named[one["AccountQuotaName"]],
            )
            for one in reply["AccountQuotas"]
            if one["AccountQuotaName"] in named
        )

    async def events_of(self, target: Target, since: int) -> tuple[RDSEvent, ...]:
        """RDS events of one database at ``since`` and later, oldest first."""
        raw = await self._pages(
            "rds", "describe_events", "Events", **self._since(since),
            SourceType=f"db-{target.kind}", SourceIdentifier=target.identifier,
        )  # fmt: skip
        return tuple(sorted(map(rds.event, raw), key=lambda event: event.at))

    def _since(self, at: int) -> dict[str, Any]:
        """Until now, which is said: without it AWS promises no more than an hour.

        AWS's clock may be a little ahead of ours.
        """
        until = max(self.clock(), at + SECOND)
        return {"StartTime": _iso(at), "EndTime": _iso(until), "MaxRecords": 100}

    async def log_files(self, instance: str) -> tuple[LogFile, ...]:
        raw = await self._pages(
            "rds", "describe_db_log_files", "DescribeDBLogFiles", DBInstanceIdentifier=instance
        )
        return tuple(map(logfiles.log_file, raw))

    async def log_tail(self, instance: str, name: str, lines: int) -> str:
        with reading():
            client = await self._sessions.client("rds", self.account, self.name)
            return await logfiles.tail(client, instance, name, lines)

    async def load(self, resource_id: str, window: Window) -> Load:
        with reading():
            client = await self._sessions.client("pi", self.account, self.name)
        return await insights.read(client, resource_id, window)

    async def trail(self, session_name: str, since: int) -> tuple[TrailEvent, ...]:
        """What CloudTrail recorded under that role session name; delivery takes minutes.

        https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
        """
        raw = await self._pages(
            "cloudtrail", "lookup_events", "Events",
            LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": session_name}],
            StartTime=_iso(since),
        )  # fmt: skip
        return tuple(map(_trail_event, raw))

    @asynccontextmanager
    async def opened(self, call: Call, identity: Acting) -> AsyncIterator[Any]:
        """A client for that call. Raises AWSUnavailableError or AWSRefusedError without a role."""
        service = call.action.partition(":")[0]
        opened = self._sessions.acting(service, self.account, self.name, identity)
        async with opened as client:
            yield client

    async def act(self, call: Call, client: Any, still: Still, keep: Keep = nothing) -> Receipt:
        """Send a mutating call, once. Raises AWSRefusedError, AWSAmbiguousError or what ``still``
        raises when it is asked, signed and about to leave. Of the reply ``keep`` says what the
        receipt holds."""
        if self._observes:
            raise observed()
        action = call.action.partition(":")[2]
        # botocore's last word before the wire, behind signing. The client is this step's alone, and
        # has one attempt, so it is asked once.
        client.meta.events.register("before-send", lambda **_: still())
        with acting():
            reply = await getattr(client, xform_name(action))(**call.arguments)
        metadata = reply.get("ResponseMetadata", {})
        detail = keep(reply)
        return Receipt(at=self.clock(), aws_request_id=metadata.get("RequestId"), detail=detail)

    async def mark(self, identity: Acting) -> None:
        """One cheap read under a step's session name: once CloudTrail shows it, it is current."""
        opened = self._sessions.acting("rds", self.account, self.name, identity)
        with reading():
            async with opened as client:
                # The least that AWS takes: the answer matters to nobody.
                await client.describe_db_instances(MaxRecords=20)

    def _database(self, kind: Kind, raw: Mapping[str, Any]) -> Database:
        parse = rds.instance if kind is Kind.INSTANCE else rds.cluster
        return parse(raw, self.account, self.name, self.clock())

    async def _count_connections(self, targets: tuple[Target, ...]) -> Mapping[Target, Series]:
        found = await self.metrics(
            tuple(map(cloudwatch.connections, targets)), cloudwatch.latest(self.clock())
        )
        return dict(zip(targets, found, strict=True))

    async def _rds(self) -> Any:
        return await self._sessions.client("rds", self.account, self.name)

    def _describe(self, how: Describe) -> Fetch:
        method, id_filter, key, identifier = how

        async def fetch(ids: tuple[str, ...]) -> Mapping[str, Mapping[str, Any]]:
            filters = [{"Name": id_filter, "Values": list(ids)}]
            try:
                found = await self._pages("rds", method, key, Filters=filters)
            except AWSNotFoundError:
                found = []
                for one in ids if len(ids) > 1 else ():
                    found.extend(map(dict, (await fetch((one,))).values()))
            return {raw[identifier].lower(): raw for raw in found}

        return fetch

    async def _pages(
        self, service: str, method: str, key: str | tuple[str, ...], **arguments: Any
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        keys = (key,) if isinstance(key, str) else key
        with reading():
            client = await self._sessions.client(service, self.account, self.name)
            async for page in client.get_paginator(method).paginate(**arguments):
                for one in keys:
                    found.extend(page.get(one) or ())
        return found


def _ours(found: Database) -> Database:
    """Raises AWSNotFoundError for what another service of AWS owns."""
    if not found.is_rds:
        raise AWSNotFoundError("NotOurs", f"{found.name} belongs to {found.service}, not RDS.")
    return found


def _iso(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000, UTC)


def _trail_event(raw: Mapping[str, Any]) -> TrailEvent:
    record = json.loads(raw.get("CloudTrailEvent") or "{}")
    return TrailEvent(
        at=rds.micros_of(raw["EventTime"]) or 0,
        action=raw["EventName"],
        error=record.get("errorCode"),
        aws_request_id=record.get("requestID"),
    )
