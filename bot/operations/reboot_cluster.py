from collections.abc import Mapping
from datetime import timedelta

from bot.aws import AWS
from bot.aws.declined import tells
from bot.aws.statuses import ENDED_BADLY, USABLE, busy
from bot.errors import PreflightError
from bot.operation import Change, Dependent, Topic, arrival, same_database
from bot.params import Cluster
from bot.values import (
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

RESTARTED = ("RDS-EVENT-0006", "db instance restarted")
SEEN = "restarted"  #: in the evidence


class RebootCluster(Change):
    """Restart all members of a Multi-AZ cluster; connections drop for a minute or two.

    Members of an Aurora cluster are restarted one by one, with reboot.
    """

    verb, name = "reboot-cluster", "reboot_cluster"
    topic = Topic.RUN
    risk = Risk.MEDIUM
    horizon = timedelta(minutes=30)
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeEvents",
        "rds:RebootDBCluster",
        "cloudtrail:LookupEvents",
    )
    dependent = Dependent(actions=("rds:RebootDBInstance",))
    needless = (("ApplyImmediately", "A reboot begins at once, as soon as it is approved."),)
    example = "reboot-cluster ledger-staging --reason 'new parameter group'"

    target: Cluster

    def risk_for(self, database: Database) -> Assessment:
        return Assessment(risk=self.risk, reasons=("connections drop while all members restart",))

    def objections(self, database: Database) -> Mapping[str, str]:
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBCluster.html
        if database.is_aurora:
            members = ", ".join(database.members) or "none that I can see"
            return {
                "target": f"{database.name} is an Aurora cluster, whose members restart one by "
                f"one: {members}. Ask for: /rds reboot {database.writer or 'MEMBER'}"
            }
        return {}

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        for parameter, sentence in self.objections(database).items():
            raise PreflightError(sentence, parameter)
        waits = busy(database, "a reboot")
        members = [await _member(aws, database, one) for one in database.members]
        return Plan(
            effect=f"Reboot {database.name} with all its members",
            call=Call(
                action="rds:RebootDBCluster", arguments={"DBClusterIdentifier": database.name}
            ),
            checks=(f"{database.name} is {database.status}",),
            touches=(
                Touch(target=database.target),
                *(Touch(target=one.target, role=Role.RESTARTS) for one in members),
            ),
            busy=waits,
            downtime="a minute or two; connections drop, and nobody reads or writes meanwhile",
            undo="Not needed; the cluster comes back on its own. Running queries are lost.",
        )

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        database = await same_database(aws, sent)
        if isinstance(database, Progress):
            return database
        return _judge(database, sent)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        restarted = sorted(_restarted(sent))
        sign = f"AWS reports a restart of {', '.join(restarted)}" if restarted else ""
        return await arrival(aws, sent, "the reboot", sign)


async def _member(aws: AWS, cluster: Database, name: str) -> Database:
    member = {"kind": Kind.INSTANCE, "identifier": name, "resource_id": ""}
    return await aws.database(cluster.target.model_copy(update=member))


def _judge(database: Database, sent: Sent) -> Progress:
    said = f"{database.name} is {database.status}"
    if database.status in ENDED_BADLY:
        return _failed(f"{said} after the reboot")
    evidence = {SEEN: True} if database.status == "rebooting" else {}
    missing = sorted({name.lower() for name in database.members} - _restarted(sent))
    # Right after the call AWS still shows it available: that by itself proves nothing.
    if database.status in USABLE and (sent.evidence.get(SEEN) or not missing):
        return Progress(stage=Stage.SUCCEEDED, detail=f"{said}, all restarted", percent=100)
    waits = f"{said}; not yet restarted: {', '.join(missing)}" if missing else said
    return Progress(stage=Stage.WAITING, detail=waits, evidence=evidence)


def _restarted(sent: Sent) -> frozenset[str]:
    """The members of which AWS reported a restart since the send, in small letters."""
    members = [one.target for one in sent.plan.touches if one.role is Role.RESTARTS]
    return frozenset(
        target.identifier.lower()
        for target in members
        for one in sent.events
        if one.at > sent.sent_at and one.concerns(target) and tells(one, RESTARTED)
    )


def _failed(detail: str) -> Progress:
    return Progress(stage=Stage.FAILED, detail=detail)
