from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from pydantic import Field

from bot.aws import AWS
from bot.aws.statuses import busy
from bot.errors import PreflightError
from bot.operation import REQUEST_TAG, Change, Topic
from bot.params import SNAPSHOT_ID, SnapshotId, Tags, Target
from bot.values import (
    SECOND,
    Call,
    Database,
    Kind,
    Order,
    Plan,
    Progress,
    Risk,
    Sent,
    Snapshot,
    Stage,
)

FOUND = {"found": True}  #: evidence that the snapshot was seen with our tag
SETTLED = 90 * SECOND  #: an accepted snapshot can be described long before this


class CreateSnapshot(Change):
    """Take a manual snapshot of an instance or a cluster.

    On a Single-AZ instance I/O may pause for seconds to minutes while it begins.
    """

    verb, name = "snapshot", "create_snapshot"
    topic = Topic.BACKUPS
    risk = Risk.LOW
    takes_custom = True
    horizon = timedelta(hours=24)
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeDBSnapshots",
        "rds:DescribeDBClusterSnapshots",
        "rds:CreateDBSnapshot",
        "rds:CreateDBClusterSnapshot",
        "rds:AddTagsToResource",
    )
    needless = (
        ("ApplyImmediately", "A snapshot begins at once, and changes nothing of the database."),
    )
    example = "snapshot orders-dev pre-upgrade-1 --tag ticket=OPS-7"
    synonyms = (
        "snapshot backup snap sicherung sichern sichere respaldo respalda respaldar copia "
        "sauvegarde sauvegarder instantane"
    )

    target: Target
    snapshot: SnapshotId | None = Field(default=None, json_schema_extra={"positional": True})
    tag: Tags = ()

    def objections(self, database: Database) -> Mapping[str, str]:
        name, most = database.name, SNAPSHOT_ID[database.target.kind]
        if database.target.kind is Kind.INSTANCE and database.cluster:
            return {
                "target": f"{name} belongs to the cluster {database.cluster}; its data is "
                f"snapshotted there. Ask for: /rds snapshot {database.cluster}"
            }
        if self.snapshot and len(self.snapshot) > most:
            return {
                "snapshot": f"{name} is a cluster, of whose snapshots the ids have {most} "
                f"characters at most; this one has {len(self.snapshot)}. Shorten it."
            }
        return {}

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        for parameter, sentence in self.objections(database).items():
            raise PreflightError(sentence, parameter)
        name = self.snapshot or _generated(order)
        # RDS knows no idempotency token, so the name is the key: what arrived is found again by it.
        if taken := await aws.snapshot(database.target.kind, name):
            raise PreflightError(
                f"A snapshot {name} of {taken.source} exists already ({taken.status}). "
                "Choose another name, or leave it out and one is made."
            )
        return Plan(
            effect=f"Take snapshot {name} of {database.name}",
            call=self._call(database, name, order),
            checks=(f"{database.name} is {database.status}", f"the name {name} is free"),
            busy=busy(database, "a snapshot"),
            downtime=_downtime(database),
            warnings=tuple(_uncopied(database)),
            undo="Delete the snapshot.",
            baseline={"snapshot": name, "kind": database.target.kind.value},
        )

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        snapshot = await self._snapshot(aws, sent)
        if snapshot is None:
            return Progress(stage=Stage.WAITING, detail="AWS does not list the snapshot yet")
        if not (_is_taken(sent) or _ours(snapshot, sent.order)):
            return _foreign(snapshot)
        return _progress(snapshot)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        snapshot = await self._snapshot(aws, sent)
        if snapshot is not None:
            found = _progress(snapshot) if _ours(snapshot, sent.order) else _foreign(snapshot)
            if found.stage is Stage.WAITING:
                return found.model_copy(update={"stage": Stage.ARRIVED, "evidence": FOUND})
            return found
        if aws.now - sent.sent_at < SETTLED:
            return Progress(stage=Stage.WAITING, detail="looking for the snapshot at AWS")
        return Progress(
            stage=Stage.NOT_SENT,
            detail=f"AWS has no snapshot {sent.plan.baseline['snapshot']}: the call never arrived",
        )

    async def _snapshot(self, aws: AWS, sent: Sent) -> Snapshot | None:
        kind = Kind(sent.plan.baseline["kind"])
        return await aws.snapshot(kind, sent.plan.baseline["snapshot"])

    def _call(self, database: Database, name: str, order: Order) -> Call:
        pairs = dict(pair.split("=", 1) for pair in self.tag) | {REQUEST_TAG: order.label}
        tags = [{"Key": key, "Value": value} for key, value in pairs.items()]
        kind = "DBInstance" if database.target.kind is Kind.INSTANCE else "DBCluster"
        what = "DBSnapshot" if database.target.kind is Kind.INSTANCE else "DBClusterSnapshot"
        return Call(
            action=f"rds:Create{what}",
            arguments={
                f"{what}Identifier": name,
                f"{kind}Identifier": database.name,
                "Tags": tags,
            },
        )


def _uncopied(database: Database) -> Iterator[str]:
    """AWS copies a database's tags only to a snapshot that is given none, and this has the bot's.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html
    """
    if database.copies_tags and database.tags:
        yield (
            "AWS will not copy the database's tags to it, though its settings say so. Only a "
            "snapshot without tags of its own gets them."
        )


def _generated(order: Order) -> str:
    """The same name whenever the same order is planned, as long as AWS takes it."""
    day = datetime.fromtimestamp(order.asked_at / SECOND, UTC)
    end = f"-{day:%Y%m%d}-{order.label.lower()}"
    begin = order.target.identifier[: SNAPSHOT_ID[order.target.kind] - len(end)]
    return f"{begin.rstrip('-')}{end}"


def _downtime(database: Database) -> str:
    """SQL Server pauses in either case, everything else only where no standby is read instead.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateSnapshot.html
    """
    if database.target.kind is Kind.CLUSTER:
        return "none"
    pause = "none, but I/O may pause for seconds to minutes while the snapshot begins"
    if not database.multi_az:
        return f"{pause} (Single-AZ)"
    return f"{pause} (SQL Server)" if database.engine.startswith("sqlserver") else "none"


def _is_taken(sent: Sent) -> bool:
    """AWS's receipt, or an earlier look that found it with our tag; tags may be removed since."""
    return sent.receipt is not None or FOUND.items() <= sent.evidence.items()


def _ours(snapshot: Snapshot, order: Order) -> bool:
    return snapshot.tags.get(REQUEST_TAG) == order.label


def _foreign(snapshot: Snapshot) -> Progress:
    return Progress(
        stage=Stage.FAILED,
        detail=f"snapshot {snapshot.identifier} exists, but is not ours: the name was taken",
    )


def _progress(snapshot: Snapshot) -> Progress:
    detail = f"snapshot {snapshot.identifier} is {snapshot.status}"
    if snapshot.status == "available":
        return Progress(stage=Stage.SUCCEEDED, detail=detail, percent=100)
    if snapshot.status in ("creating", "backing-up", "unknown"):
        return Progress(stage=Stage.WAITING, detail=detail, percent=snapshot.percent)
    failed = f"snapshot {snapshot.identifier} has status {snapshot.status}"
    return Progress(stage=Stage.FAILED, detail=f"{failed}: AWS could not complete it")
