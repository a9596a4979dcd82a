from datetime import timedelta
from typing import Annotated, Any

from bot.aws import AWS
from bot.aws.declined import FAILOVER, declined, tells
from bot.aws.statuses import ENDED_BADLY, USABLE, busy
from bot.errors import AWSError, PreflightError
from bot.operation import Change, Topic, WayBack, arrival, same_database
from bot.params import Flag, Instance, Switch
from bot.values import (
    Assessment,
    Call,
    Database,
    Kind,
    Order,
    Plan,
    Progress,
    RDSEvent,
    Risk,
    Sent,
    Stage,
)

RESTARTED = ("RDS-EVENT-0006", "db instance restarted")
BEGUN = ("RDS-EVENT-0013", "multi-az instance failover started")
FAILED_OVER = ("RDS-EVENT-0049", "multi-az instance failover completed")
LONGEST, ROOM = 60, 120  #: characters of a parameter with its value, and of all that are named
BACK = "Not needed; the database comes back on its own. Running queries are lost."


class RebootInstance(Change):
    """Restart a database instance; connections drop for a minute or two.

    With --failover a Multi-AZ instance moves to its standby in the other Availability Zone.
    """

    verb, name = "reboot", "reboot_instance"
    topic = Topic.RUN
    risk = Risk.MEDIUM
    horizon = timedelta(minutes=30)
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeDBClusterParameters",
        "rds:DescribeDBParameters",
        "rds:DescribeEvents",
        "rds:RebootDBInstance",
        "cloudtrail:LookupEvents",
    )
    needless = (("ApplyImmediately", "A reboot begins at once, as soon as it is approved."),)
    example = "reboot orders-test --reason 'new parameter group'"
    synonyms = (
        "reboot restart bounce kick recycle powercycle failover neustart neustarten neustarte "
        "reinicia reiniciar reinicie reinicio redemarre redemarrer redemarrage switchover"
    )

    target: Instance
    failover: Annotated[
        Flag,
        Switch(
            "Failover",
            "",
            "Move to the standby in the other zone; needs Multi-AZ.",
            also=("ForceFailover",),
        ),
    ] = False

    def risk_for(self, database: Database) -> Assessment:
        if self.failover:
            return Assessment(risk=Risk.HIGH, reasons=("a failover moves the writer",))
        return Assessment(risk=self.risk, reasons=("connections drop while it restarts",))

    def back(self, plan: Plan) -> WayBack | None:
        return WayBack("Fail over again…", {"failover": "yes"}) if self.failover else None

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        self._guard(database)
        cluster = await aws.cluster_of(database)
        arguments: dict[str, Any] = {"DBInstanceIdentifier": database.name}
        with_failover = {"ForceFailover": True} if self.failover else {}
        return Plan(
            effect=f"Reboot {database.name}{' with failover' if self.failover else ''}",
            call=Call(action="rds:RebootDBInstance", arguments=arguments | with_failover),
            checks=self._checks(database),
            busy=busy(database, "a reboot"),
            downtime=_downtime(database, cluster, failover=self.failover),
            warnings=await _parameters(aws, database, cluster, failover=self.failover),
            undo="Fail over again." if self.failover else BACK,
            baseline={"zone": database.zone, "secondary_zone": database.secondary_zone},
        )

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        database = await same_database(aws, sent)
        if isinstance(database, Progress):
            return database
        return self._judge(database, sent)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        return await arrival(aws, sent, "the reboot", _sign(sent))

    def _guard(self, database: Database) -> None:
        name = database.name
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html
        if self.failover and database.cluster:
            raise PreflightError(
                f"{name} belongs to the cluster {database.cluster}: RDS takes no reboot "
                f"with failover of a member. Ask for: /rds reboot {name}"
            )
        if self.failover and not database.multi_az:
            raise PreflightError(
                f"{name} is Single-AZ, so there is no standby to fail over to. "
                f"Ask for: /rds reboot {name}"
            )

    def _checks(self, database: Database) -> tuple[str, ...]:
        standby = (f"Multi-AZ with a standby in {database.secondary_zone or 'another zone'}",)
        return (f"{database.name} is {database.status}", *(standby if self.failover else ()))

    def _judge(self, database: Database, sent: Sent) -> Progress:
        status = f"{database.name} is {database.status}"
        evidence = _evidence(database, sent)
        if database.status in ENDED_BADLY:
            return _failed(f"{status} after the reboot")
        proven = evidence.get("failed_over" if self.failover else "restarted")
        # Right after the call AWS still shows it available: that by itself proves nothing.
        if database.status in USABLE and proven:
            return Progress(
                stage=Stage.SUCCEEDED, detail=f"{status}; {proven}", percent=100, evidence=evidence
            )
        if not proven and (said := _declined(sent)):
            return _failed(f"AWS declined it: {said}", evidence)
        waits = status if database.status not in USABLE else f"{status}, not yet restarted"
        return Progress(stage=Stage.WAITING, detail=waits, evidence=evidence)


def _evidence(database: Database, sent: Sent) -> dict[str, Any]:
    """What shows that it restarted, or moved, after the send; earlier findings are kept."""
    found = dict(sent.evidence)
    if database.status == "rebooting":
        found["restarted"] = "AWS showed it rebooting"
    for event in _newer(sent):
        if tells(event, RESTARTED):
            found["restarted"] = f"AWS reports: {event.message}"
        if tells(event, FAILED_OVER):
            found["failed_over"] = f"AWS reports: {event.message}"
    before = sent.plan.baseline.get("zone")
    if before and database.zone and database.zone != before:
        found["failed_over"] = f"it moved from {before} to {database.zone}"
    return found


def _newer(sent: Sent) -> tuple[RDSEvent, ...]:
    target = sent.order.target
    return tuple(one for one in sent.events if one.at > sent.sent_at and one.concerns(target))


def _declined(sent: Sent) -> str:
    """AWS's sentence on our failover; empty where it moves after all: that was somebody else's."""
    if not sent.plan.call.arguments.get("ForceFailover"):
        return ""
    events = _newer(sent)
    moves = any(tells(one, BEGUN) or tells(one, FAILED_OVER) for one in events)
    return "" if moves else declined(events, FAILOVER)


def _failed(detail: str, evidence: dict[str, Any] | None = None) -> Progress:
    return Progress(stage=Stage.FAILED, detail=detail, evidence=evidence or {})


async def _parameters(
    aws: AWS, database: Database, cluster: Database | None, *, failover: bool
) -> tuple[str, ...]:
    """What comes alive with the restart, or goes on waiting where it is a failover.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html
    """
    waiting = [(Kind.INSTANCE, database.parameter_group)] if database.parameters_wait else []
    if cluster is not None and database.name in cluster.members_wait:
        waiting.append((Kind.CLUSTER, cluster.parameter_group))
    said = [
        (_applied(group, failover=failover), await _which(aws, kind, group))
        for kind, group in waiting
    ]
    return tuple(sentence for pair in said for sentence in pair)


def _applied(group: str, *, failover: bool) -> str:
    if failover:
        return f"Changes in {group} go on waiting: a failover does not apply them, a reboot does."
    return f"Changes in {group} wait for a restart and take effect with it."


async def _which(aws: AWS, kind: Kind, group: str) -> str:
    """AWS does not say which of them the database has already."""
    try:
        found = await aws.restart_parameters(kind, group)
    except AWSError as error:
        return f"Which parameters of {group} wait could not be read: {error}"
    if not found:
        return f"Nothing is set in {group} that needs a restart, so they are its own defaults."
    listed = [f"{name} = {value}"[:LONGEST] for name, value in sorted(found.items())]
    shown = [one for at, one in enumerate(listed) if len(", ".join(listed[: at + 1])) <= ROOM]
    left = len(listed) - len(shown)
    return f"Set for a restart: {', '.join(shown)}{f' and {left} more' if left else ''}."


def _sign(sent: Sent) -> str:
    """What AWS reports since the send that our reboot would explain.

    A refused failover counts: the call arrived, and ``poll`` then says that it failed.
    """
    moved = sent.plan.call.arguments.get("ForceFailover")
    wanted = (RESTARTED, FAILED_OVER) if moved else (RESTARTED,)
    said = [one.message for one in _newer(sent) if any(tells(one, it) for it in wanted)]
    found = said[0] if said else _declined(sent)
    return f"AWS reports: {found}" if found else ""


def _downtime(database: Database, cluster: Database | None, *, failover: bool) -> str:
    """For whom it is how long gone; longer after a crash, or with much to recover."""
    if failover:
        standby = database.secondary_zone or "another zone"
        return f"one to two minutes; connections drop and DNS moves to the standby in {standby}"
    if cluster and cluster.writer == database.name:
        return "a minute or two; connections drop, and writes stop: it is the cluster's writer"
    if cluster:
        return "a minute or two for its own connections; the cluster's writer keeps working"
    if database.multi_az:
        return (
            "a minute or two; connections drop, and the standby does not step in without --failover"
        )
    return "a minute or two; connections drop while it restarts"
