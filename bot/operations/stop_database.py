from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.aws import AWS
from bot.errors import AWSNotFoundError, PreflightError
from bot.operation import Dependent, Topic, Transition, WayBack
from bot.params import SnapshotId, Target
from bot.values import (
    SECOND,
    Answer,
    Assessment,
    Database,
    Kind,
    Moment,
    Plan,
    Progress,
    Recheck,
    Risk,
    Sent,
    Stage,
    asking,
    micros,
    paragraph,
)

WEEK = "AWS starts it again by itself after seven days."
DAY = micros(timedelta(days=1))
RESTARTS = "restarts_at"  #: in the evidence
MOOT = Recheck(result="moot")
NO_MULTI_AZ = "AWS stops only Aurora clusters and single instances."


class StopDatabase(Transition):
    """Stop an instance or an Aurora cluster; AWS starts it again after seven days.

    Nobody can connect meanwhile. Storage and backups go on costing, the machine does not. The bot
    reminds you a day before AWS starts it again.
    """

    verb, name = "stop", "stop_database"
    topic = Topic.RUN
    act, what = "Stop", "a stop"
    risk = Risk.MEDIUM
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
    begins_in = frozenset({"available"})
    moving, ends_in = "stopping", frozenset({"stopped"})
    told_by = MappingProxyType(
        {
            Kind.INSTANCE: ("RDS-EVENT-0087", "db instance stopped"),
            Kind.CLUSTER: ("RDS-EVENT-0150", "db cluster stopped"),
        }
    )
    horizon = timedelta(hours=3)
    rechecked_by_day = True
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeDBSnapshots",
        "rds:DescribeEvents",
        "rds:StopDBInstance",
        "rds:StopDBCluster",
        "cloudtrail:LookupEvents",
    )
    dependent = Dependent(actions=("rds:CreateDBSnapshot", "rds:AddTagsToResource"))
    needless = (("ApplyImmediately", "A stop begins at once, as soon as it is approved."),)
    example = "stop orders-test --reason 'nobody tests at the weekend'"
    synonyms = "stop shutdown power+off turn+off"

    target: Target
    snapshot: SnapshotId | None = None

    def risk_for(self, database: Database) -> Assessment:
        return Assessment(risk=self.risk, reasons=("nobody can connect until it is started",))

    def objections(self, database: Database) -> Mapping[str, str]:
        if why := _unstoppable(database):
            return {"target": why}
        if self.snapshot and database.target.kind is Kind.CLUSTER:
            return {
                "snapshot": f"{database.name} is a cluster, of which AWS takes no snapshot as it "
                f"stops. First ask for: /rds snapshot {database.name} {self.snapshot}"
            }
        if database.status in self.ends_in | {self.moving}:
            said = f"{database.name} is {database.status} already: nothing to stop."
            return {"target": f"{said}{_until(database)}"}
        return {}

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        if self.snapshot is None:
            return ()
        if taken := await aws.snapshot(Kind.INSTANCE, self.snapshot):
            raise PreflightError(
                f"A snapshot {self.snapshot} of {taken.source} exists already ({taken.status}). "
                "Choose another name.", "snapshot",
            )  # fmt: skip
        return (f"the name {self.snapshot} is free",)

    def arguments(self, database: Database) -> dict[str, Any]:
        return {"DBSnapshotIdentifier": self.snapshot} if self.snapshot else {}

    def warnings(self, database: Database) -> Iterator[str]:
        yield WEEK
        if database.pending:
            names = ", ".join(sorted(database.pending))
            yield f"AWS forgets what is pending: {names}. Ask for it again after the start."
        if database.members:
            yield f"Its members stop with it: {', '.join(database.members)}."

    def downtime_of(self, database: Database) -> str:
        return "until it is started again, which takes some minutes; connections drop"

    def undo(self) -> str:
        return "Start it."

    def back(self, plan: Plan) -> WayBack:
        return WayBack("Start it…", {}, "start_database")

    def ended(self, database: Database) -> Progress:
        found = super().ended(database)
        if database.restarts_at is None:
            return found.model_copy(update={"detail": f"{found.detail}. {WEEK}"})
        return found.model_copy(
            update={
                "detail": f"{found.detail}. AWS starts it again by itself {_on(database)}",
                "then_at": database.restarts_at,
                "evidence": {RESTARTS: database.restarts_at},
            }
        )

    def recheck_at(self, progress: Progress) -> int | None:
        return None if progress.then_at is None else progress.then_at - DAY

    async def recheck(self, aws: AWS, sent: Sent) -> Recheck:
        """A day before AWS starts it: not what runs again, nor what somebody has stopped anew."""
        try:
            database = await aws.database(sent.order.target)
        except AWSNotFoundError:
            return MOOT
        at, same = database.restarts_at, database.target == sent.order.target
        if not same or database.status != "stopped" or at is None or at <= aws.now:
            return MOOT
        if at != sent.evidence.get(RESTARTS):
            return MOOT
        return Recheck(result="reminded", said=_reminder(database, at))

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        found = await super().poll(aws, sent)
        name = sent.plan.call.arguments.get("DBSnapshotIdentifier")
        if name is None or found.stage is not Stage.SUCCEEDED:
            return found
        snapshot = await aws.snapshot(Kind.INSTANCE, name)
        if snapshot is not None and snapshot.status == "available":
            return found.model_copy(update={"detail": f"{found.detail}; snapshot {name} is there"})
        status = "not there" if snapshot is None else snapshot.status
        waits = snapshot is not None and snapshot.status == "creating"
        return Progress(
            stage=Stage.WAITING if waits else Stage.FAILED,
            detail=f"{sent.order.target.identifier} is stopped, but snapshot {name} is {status}",
        )


def _unstoppable(database: Database) -> str:
    """Why AWS never stops such a database; empty where it does.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-cluster-stop-start.html
    """
    name = database.name
    if database.target.kind is Kind.INSTANCE and database.cluster:
        if not database.is_aurora:
            return f"{name} belongs to the Multi-AZ cluster {database.cluster}. {NO_MULTI_AZ}"
        return (
            f"{name} belongs to the cluster {database.cluster}, whose members stop together. "
            f"Ask for: /rds stop {database.cluster}"
        )
    if database.is_multi_az_cluster:
        return f"{name} is a Multi-AZ cluster. {NO_MULTI_AZ}"
    if database.source:
        return f"{name} replicates from {database.source}, and AWS stops no replica."
    if database.replicas:
        replicas = ", ".join(database.replicas)
        return f"{name} has replicas, and AWS does not stop their source: {replicas}."
    if database.engine.startswith("sqlserver") and database.multi_az:
        return f"{name} is SQL Server in Multi-AZ, which AWS does not stop."
    return ""


def _reminder(database: Database, at: int) -> Answer:
    name, typed, again = database.name, database.target.typed, "Stopped for longer than a week"
    return Answer(
        title=f"{name} is stopped, and AWS starts it again within a day",
        parts=(
            paragraph(
                "AWS starts it by itself ", Moment(at=at), ": it keeps none stopped for longer "
                "than seven days. Stop it again once it runs, or start it sooner."
            ),
        ),
        buttons=(
            asking("Stop again…", "stop_database", typed, again),
            asking("Start it…", "start_database", typed),
        ),
    )  # fmt: skip


def _until(database: Database) -> str:
    """What to do where it shall stay stopped for longer than AWS keeps it so."""
    if database.restarts_at is None:
        return ""
    return (
        f" AWS starts it {_on(database)}. Ask for the stop after that, or start it now to begin "
        "seven new days."
    )


def _on(database: Database) -> str:
    at = datetime.fromtimestamp((database.restarts_at or 0) / SECOND, UTC)
    return f"on {at:%Y-%m-%d at %H:%M} UTC"
