from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator

from bot.aws import AWS
from bot.errors import PreflightError
from bot.operation import (
    CEILING,
    LOOKS,
    OF_INSTANCE,
    RESTORABLE,
    Carried,
    DatabaseName,
    Looked,
    NewDatabase,
    Topic,
    WayBack,
    add_instance,
    disk,
    serverless,
    without_instance,
)
from bot.params import Parameter, SnapshotId, Target
from bot.values import SECOND, Database, Difference, Kind, Plan, PointInTime, Risk, Role, Snapshot

#: Whatever day it is: only whether it can be read.
ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
SLOW = "Its first reads are slow: AWS loads each block when it is first asked for."


def _readable(text: str) -> str:
    PointInTime.parse(text, ANY_DAY, "UTC")
    return text.strip()


When = Annotated[
    str,
    AfterValidator(_readable),
    Parameter(
        "To",
        "TIME",
        "2 hours ago, 14:30, yesterday 14:30, 2026-11-28 14:30 UTC.",
        also=("RestoreTime", "RestoreToTime"),
    ),
]
Source = Annotated[
    SnapshotId,
    Parameter(
        "Snapshot",
        "SNAPSHOT",
        "A snapshot of that database, instead of a time.",
        also=("DBSnapshotIdentifier", "DBClusterSnapshotIdentifier", "SnapshotIdentifier"),
    ),
]


class RestoreDatabase(NewDatabase):
    """Make a new database of another one's backups; that one stays as it is.

    Without --to and --snapshot it is the latest time that AWS can restore. Class, network, groups,
    protection and tags are carried over, so the copy counts as what its source counts as.
    """

    verb, name = "restore", "restore_database"
    also = ("pitr",)
    what = "a restore"
    topic = Topic.BACKUPS
    risk = Risk.MEDIUM
    begins_in = RESTORABLE
    source_role = Role.READS
    permissions = (
        *LOOKS,
        "rds:DescribeDBSnapshots",
        "rds:DescribeDBClusterSnapshots",
        "rds:RestoreDBInstanceFromDBSnapshot",
        "rds:RestoreDBInstanceToPointInTime",
        "rds:RestoreDBClusterFromSnapshot",
        "rds:RestoreDBClusterToPointInTime",
        "rds:AddTagsToResource",
    )
    needless = (
        ("ApplyImmediately", "A restore begins at once, and changes nothing of its source."),
        ("UseLatestRestorableTime", "That is what it does without --to and --snapshot."),
        ("Tags", "The source's own are carried over."),
    )
    example = "restore orders-test orders-test-copy --reason 'look at the data of Monday'"

    target: Target
    new: DatabaseName
    to: When | None = None
    snapshot: Source | None = None

    def as_of(self, now: datetime, zone: str) -> Self:
        if self.to is None:
            return self
        return self.model_copy(update={"to": str(PointInTime.parse(self.to, now, zone))})

    def objections(self, database: Database) -> Mapping[str, str]:
        if self.to and self.snapshot:
            return {"snapshot": "A snapshot has its own time. Give --to or --snapshot, not both."}
        if database.target.kind is Kind.INSTANCE and database.cluster:
            asked = self.model_copy(update={"target": database.cluster}).as_typed()
            return {
                "target": f"{database.name} belongs to the cluster {database.cluster}, which is "
                f"restored as a whole. Ask for: {asked}"
            }
        return {}

    def next_step(self, plan: Plan) -> WayBack | None:
        return add_instance(plan)

    def effect(self, source: Database) -> str:
        of = f"snapshot {self.snapshot} of {source.name}" if self.snapshot else source.name
        return f"Restore {of} as {self.new}"

    async def look(self, aws: AWS, source: Database) -> Looked:
        noun = _noun(source)
        if self.snapshot:
            found = await self._found(aws, source, self.snapshot)
            action, what = f"rds:Restore{noun}From{_SNAPSHOT[noun]}", _taken(found)
            given, check = self._of_snapshot(source, found), f"{found.identifier} is available"
        else:
            action, what = f"rds:Restore{noun}ToPointInTime", self._to(source)
            given, check = self._of_time(source), f"{source.name} keeps backups"
        is_cluster = source.target.kind is Kind.CLUSTER
        return Looked(
            action,
            {**given, **(serverless(source) if is_cluster else {})},
            (Difference(what="Data as of", current="", wanted=what),),
            (check,),
            (*_secret(source), *(without_instance(source, self.new) if is_cluster else (SLOW,))),
        )

    def carried(self, source: Database) -> tuple[Carried, ...]:
        if source.target.kind is Kind.CLUSTER:
            return super().carried(source)
        return (*OF_INSTANCE, *disk(source), *(() if self.snapshot else (CEILING,)))

    def left(self, source: Database) -> str:
        if source.target.kind is Kind.CLUSTER:
            return "backup retention, windows, monitoring and insights"
        ceiling = ", storage ceiling" if self.snapshot and source.storage_limit_gib else ""
        return f"backup retention, windows{ceiling}, monitoring and insights"

    def takes(self, source: Database) -> timedelta:
        whole_day = timedelta(hours=24)  # AWS does not say how large a cluster is
        return whole_day if source.target.kind is Kind.CLUSTER else super().takes(source)

    async def _found(self, aws: AWS, source: Database, name: str) -> Snapshot:
        """Raises PreflightError where it cannot be restored, or is of another database."""
        found = await aws.snapshot(source.target.kind, name)
        if found is None or found.resource_id != source.target.resource_id:
            whose = f"It is of {found.source}." if found else "AWS knows none of that name."
            raise PreflightError(f"{name} is no snapshot of {source.name}. {whose}", "snapshot")
        if found.status != "available":
            said = f"Snapshot {name} is {found.status}. AWS restores it once it is available."
            raise PreflightError(said, "snapshot")
        return found

    def _of_snapshot(self, source: Database, found: Snapshot) -> dict[str, Any]:
        if source.target.kind is Kind.INSTANCE:
            return {
                "DBInstanceIdentifier": self.new,
                "DBSnapshotIdentifier": found.identifier,
            }
        return {
            "DBClusterIdentifier": self.new,
            "SnapshotIdentifier": found.identifier,
            "Engine": source.engine,
        }

    def _of_time(self, source: Database) -> dict[str, Any]:
        of_cluster = source.target.kind is Kind.CLUSTER
        named = "RestoreToTime" if of_cluster else "RestoreTime"
        point = self._point(source)
        when = {named: _written(point)} if point else {"UseLatestRestorableTime": True}
        if of_cluster:
            return {
                "SourceDBClusterIdentifier": source.name,
                "DBClusterIdentifier": self.new,
                "RestoreType": "full-copy",
                **when,
            }
        return {
            "SourceDBInstanceIdentifier": source.name,
            "TargetDBInstanceIdentifier": self.new,
            **when,
        }

    def _to(self, source: Database) -> str:
        """Raises PreflightError where AWS keeps nothing of that time."""
        latest = _latest(source)
        point = self._point(source)
        if point is None:
            return f"the latest that AWS has then; now {latest:%Y-%m-%d %H:%M} UTC"
        earliest = latest - timedelta(days=source.backup_retention_days)
        if not earliest <= point.utc <= latest:
            raise PreflightError(
                f"{source.name} can be restored to {earliest:%Y-%m-%d %H:%M} UTC at the earliest "
                f"and {latest:%Y-%m-%d %H:%M} UTC at the latest, not to {point.spoken}.",
                "to",
            )
        return point.spoken

    def _point(self, source: Database) -> PointInTime | None:
        """``as_of`` made it the same whenever it is read."""
        now = datetime.fromtimestamp(source.seen_at / SECOND, UTC)
        return PointInTime.parse(self.to, now, "UTC") if self.to else None


def _noun(source: Database) -> str:
    return "DBInstance" if source.target.kind is Kind.INSTANCE else "DBCluster"


_SNAPSHOT = {"DBInstance": "DBSnapshot", "DBCluster": "Snapshot"}


def _written(point: PointInTime) -> str:
    return f"{point.utc:%Y-%m-%dT%H:%M:%SZ}"


def _taken(snapshot: Snapshot) -> str:
    if snapshot.created_at is None:
        return f"snapshot {snapshot.identifier}, whose time AWS does not say"
    taken = datetime.fromtimestamp(snapshot.created_at / SECOND, UTC)
    return f"{taken:%Y-%m-%d %H:%M} UTC (snapshot {snapshot.identifier})"


def _latest(source: Database) -> datetime:
    """Raises PreflightError where there is nothing to restore from, or nobody knows up to when."""
    ask = f"Restore a snapshot: /rds restore {source.name} NEW --snapshot SNAPSHOT"
    if not source.backup_retention_days:
        raise PreflightError(f"{source.name} keeps no automated backups. {ask}")
    if source.latest_restorable_at is None:
        raise PreflightError(f"AWS does not say up to when {source.name} can be restored. {ask}")
    return datetime.fromtimestamp(source.latest_restorable_at / SECOND, UTC)


def _secret(source: Database) -> Iterator[str]:
    if source.secret_arn:
        yield (
            "Secrets Manager keeps no password for the copy. Its master password is the one that "
            f"{source.name} had at that time."
        )
