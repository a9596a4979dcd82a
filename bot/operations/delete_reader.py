from collections.abc import Mapping
from datetime import timedelta

from bot.aws import AWS
from bot.aws.statuses import ENDED_BADLY, busy
from bot.errors import AWSNotFoundError, PreflightError
from bot.operation import Change, Topic, WayBack
from bot.params import Instance
from bot.values import (
    SECOND,
    Assessment,
    Call,
    Database,
    Kind,
    Order,
    Plan,
    Progress,
    Risk,
    Role,
    Sent,
    Stage,
    Touch,
)

SETTLED = 90 * SECOND  #: a deletion that AWS accepted shows long before this
CLUSTER, CLASS = "cluster", "class"  #: in the baseline: what adds it again
DROPS = "connections to it drop, and the others take its reads"
LAST = "it is the last reader, so nothing takes over when the writer fails"


class DeleteReader(Change):
    """Remove a reader from an Aurora cluster; the data stays, as all instances share it.

    Never the writer. Of the last reader the card says what is lost with it.
    """

    verb, name = "reader-remove", "delete_reader"
    also = ("remove-reader",)
    topic = Topic.COPIES
    risk = Risk.MEDIUM
    horizon = timedelta(hours=1)
    permissions = ("rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DeleteDBInstance")
    needless = (
        ("SkipFinalSnapshot", "A reader has no data of its own to take a snapshot of."),
        ("FinalDBSnapshotIdentifier", "A reader has no data of its own."),
        ("DeleteAutomatedBackups", "Backups belong to the cluster, and stay."),
    )
    example = "reader-remove shop-staging-3 --reason 'two are enough after the sale'"

    target: Instance

    def objections(self, database: Database) -> Mapping[str, str]:
        if database.cluster is None:
            return {
                "target": f"{database.name} belongs to no cluster. Only a reader of an Aurora "
                "cluster can be removed here."
            }
        if not database.is_aurora:
            return {
                "target": f"{database.name} belongs to the Multi-AZ cluster {database.cluster}, "
                "whose members AWS keeps by itself."
            }
        return {}

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        for parameter, sentence in self.objections(database).items():
            raise PreflightError(sentence, parameter)
        cluster = await aws.cluster_of(database)
        assert cluster is not None  # its name was there
        readers = _readers(database, cluster)
        waits = busy(cluster, "removing a reader") or busy(
            database, "removing it", ENDED_BADLY | {"available", "storage-optimization"}
        )
        return Plan(
            effect=f"Remove the reader {database.name} from {cluster.name}",
            call=Call(
                action="rds:DeleteDBInstance",
                arguments={"DBInstanceIdentifier": database.name, "SkipFinalSnapshot": True},
            ),
            checks=(
                f"{cluster.writer} writes, not {database.name}",
                f"{len(readers)} other readers stay",
            ),
            warnings=() if readers else (f"{LAST[0].upper()}{LAST[1:]}.",),
            downtime=f"none for the cluster; {DROPS}",
            undo=f"Adding a reader to {cluster.name} undoes it.",
            busy=waits,
            touches=(
                Touch(target=order.target),
                Touch(target=cluster.target, role=Role.CHANGES),
            ),
            assessment=None if readers else Assessment(risk=Risk.HIGH, reasons=(LAST,)),
            baseline={CLUSTER: cluster.name, CLASS: database.instance_class},
        )

    def back(self, plan: Plan) -> WayBack:
        name = plan.call.arguments["DBInstanceIdentifier"]
        values = {"new": name, "instance_class": plan.baseline[CLASS]}
        return WayBack("Add again…", values, "create_reader", plan.baseline[CLUSTER], Kind.CLUSTER)

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        name = sent.order.target.identifier
        found = await _found(aws, sent)
        if found is None:
            return Progress(stage=Stage.SUCCEEDED, detail=f"{name} is gone", percent=100)
        return Progress(stage=Stage.WAITING, detail=f"{name} is {found.status}")

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found, progress = await _found(aws, sent), await self.poll(aws, sent)
        if found is None:
            return progress
        if found.status == "deleting":
            return progress.model_copy(update={"stage": Stage.ARRIVED})
        if aws.now - sent.sent_at < SETTLED:
            return progress
        said = f"{found.name} is still {found.status}: the call never arrived"
        return Progress(stage=Stage.NOT_SENT, detail=said)


def _readers(database: Database, cluster: Database) -> tuple[str, ...]:
    """The other ones. Raises PreflightError of the writer, and where nobody knows who that is."""
    if not cluster.writer:
        raise PreflightError(f"AWS does not say which instance of {cluster.name} writes.")
    if cluster.writer == database.name:
        raise PreflightError(
            f"{database.name} is the writer of {cluster.name}. Fail over first, then remove it."
        )
    return tuple(one for one in cluster.members if one not in (cluster.writer, database.name))


async def _found(aws: AWS, sent: Sent) -> Database | None:
    """That very instance: a name may be given to another one, AWS's resource id never is."""
    try:
        found = await aws.database(sent.order.target)
    except AWSNotFoundError:
        return None
    return found if found.target.resource_id == sent.order.target.resource_id else None
