from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator

from bot.aws import AWS
from bot.aws.declined import FAILOVER, declined, tells
from bot.aws.statuses import ENDED_BADLY, USABLE, busy
from bot.errors import PreflightError
from bot.fleet.classes import compared
from bot.operation import Change, Option, Topic, WayBack, arrival, same_database
from bot.params import Cluster, Offered
from bot.values import (
    Assessment,
    Call,
    Database,
    Difference,
    Kind,
    Order,
    Plan,
    Progress,
    RDSEvent,
    Risk,
    Role,
    Sent,
    Stage,
    Touch,
)

BEGUN = (
    ("RDS-EVENT-0072", "started same az failover"),
    ("RDS-EVENT-0073", "started cross az failover"),
)
LAGS = 5.0  #: seconds, from which on a reader takes noticeably longer to become the writer
LAST_TIER = 15
WRITER, TO = "writer", "to"  #: in the baseline

Reader = Annotated[
    str,
    AfterValidator(str.lower),  # AWS keeps identifiers in small letters
    Offered(
        "New writer",
        "READER",
        "A reader of the cluster. Left out: the likeliest one.",
        also=("TargetDBInstanceIdentifier", "reader", "target_instance"),
    ),
]


class FailoverCluster(Change):
    """Make a reader of a cluster its writer; writes stop for less than a minute.

    Without --to it is the reader that AWS would take: the lowest promotion tier, then the largest
    class. The card names it, and only that one is sent.
    """

    verb, name = "failover", "failover_cluster"
    topic = Topic.RUN
    risk = Risk.MEDIUM
    horizon = timedelta(minutes=30)
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeEvents",
        "rds:FailoverDBCluster",
        "cloudwatch:GetMetricData",
        "cloudtrail:LookupEvents",
    )
    needless = (("ApplyImmediately", "A failover begins at once, as soon as it is approved."),)
    example = "failover shop-staging --to shop-staging-2 --reason 'a drill'"

    target: Cluster
    to: Reader | None = None

    @classmethod
    async def options(cls, parameter: str, aws: AWS, database: Database) -> Sequence[Option]:
        writer, *readers = await _members(aws, database)
        lags = await aws.lags(database)
        return [Option(one.name, one.name, _note(one, writer, lags)) for one in readers]

    def risk_for(self, database: Database) -> Assessment:
        return Assessment(risk=self.risk, reasons=("the writer moves and connections drop",))

    def objections(self, database: Database) -> Mapping[str, str]:
        name, readers = database.name, _readers(database)
        if not readers:
            return {"target": f"{name} has no reader that could become its writer. Add one first."}
        if self.to and _is_unnamed(database):
            # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverDBCluster.html
            return {
                "to": "AWS chooses the new writer of an RDS for MySQL Multi-AZ cluster itself. "
                f"Ask for: /rds failover {name}"
            }
        if self.to and self.to == database.writer:
            return {"to": f"{self.to} is the writer of {name} already: nothing to do."}
        if self.to and self.to not in readers:
            return {
                "to": f"{self.to} is no reader of {name}. Its readers are {', '.join(readers)}."
            }
        return {}

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        for parameter, sentence in self.objections(database).items():
            raise PreflightError(sentence, parameter)
        waits = busy(database, "a failover")
        writer, *readers = await _members(aws, database)
        to = self._chosen(database, readers)
        weak = tuple(_weaknesses(to, writer)) if to else ()
        lags = tuple(_lags(to, await aws.lags(database))) if to else ()
        name, named = database.name, to.name if to else "another member"
        return Plan(
            effect=f"Fail {name} over to {named}",
            call=_call(name, to),
            differences=(Difference(what="Writer", current=writer.name, wanted=named),),
            checks=(f"{name} is {database.status}", f"{len(readers)} of its readers can take over"),
            touches=tuple(_touches(database, [writer, to] if to else [writer, *readers])),
            assessment=Assessment(risk=Risk.HIGH, reasons=weak) if weak else None,
            busy=waits,
            downtime=f"less than a minute; connections drop, and {writer.name} and {named} restart",
            warnings=(*weak, *lags),
            undo=f"Fail over back to {writer.name}.",
            baseline={WRITER: writer.name, TO: to.name if to else ""},
        )

    def back(self, plan: Plan) -> WayBack | None:
        if not plan.baseline.get(TO):  # AWS takes no name there
            return WayBack("Fail over again…", {})
        return WayBack("Fail back…", {"to": plan.baseline[WRITER]})

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        database = await same_database(aws, sent)
        if isinstance(database, Progress):
            return database
        return _judge(database, sent)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found = await self.poll(aws, sent)
        if found.stage is not Stage.WAITING:
            return found
        return await arrival(aws, sent, "the failover", _sign(sent))

    def _chosen(self, database: Database, readers: Sequence[Database]) -> Database | None:
        """Whom the call names; None where AWS takes no name. The same for the same members.

        Not by lag, which is another at each look: that is said, and who asks may choose.
        """
        if _is_unnamed(database):
            return None
        wanted = [one for one in readers if self.to in (None, one.name)]
        if ready := [one for one in wanted if one.status in USABLE]:
            return ready[0]
        said = ", ".join(f"{one.name} is {one.status}" for one in wanted) or "none can be read"
        raise PreflightError(f"No reader can take over now: {said}.", "to")


async def _members(aws: AWS, cluster: Database) -> list[Database]:
    """The writer, then its readers, likeliest first. Raises PreflightError without a writer."""
    if not cluster.writer:
        raise PreflightError(f"{cluster.name} has no writer now, so AWS may be failing it over.")
    writer = await _member(aws, cluster, cluster.writer)
    readers = [await _member(aws, cluster, one) for one in _readers(cluster)]
    return [writer, *sorted(readers, key=lambda one: _rank(one, writer))]


async def _member(aws: AWS, cluster: Database, name: str) -> Database:
    member = {"kind": Kind.INSTANCE, "identifier": name, "resource_id": ""}
    return await aws.database(cluster.target.model_copy(update=member))


def _readers(cluster: Database) -> tuple[str, ...]:
    return tuple(one for one in cluster.members if one != cluster.writer)


def _rank(reader: Database, writer: Database) -> tuple[int, float, str]:
    """As AWS ranks them: by tier, then the largest.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html
    """
    ratio = compared(writer.instance_class, reader.instance_class)
    tier = LAST_TIER if reader.tier is None else reader.tier
    return tier, -ratio.times if ratio else 0.0, reader.name


def _is_unnamed(cluster: Database) -> bool:
    return cluster.engine == "mysql"


def _call(name: str, to: Database | None) -> Call:
    arguments: dict[str, Any] = {"DBClusterIdentifier": name}
    named = {"TargetDBInstanceIdentifier": to.name} if to else {}
    return Call(action="rds:FailoverDBCluster", arguments=arguments | named)


def _touches(cluster: Database, restarting: Sequence[Database]) -> Iterator[Touch]:
    yield Touch(target=cluster.target)
    for one in restarting:
        yield Touch(target=one.target, role=Role.RESTARTS)


def _weaknesses(to: Database, writer: Database) -> Iterator[str]:
    ratio = compared(writer.instance_class, to.instance_class)
    if ratio is None:
        yield (
            f"{to.name} is of another family ({to.instance_class}) than {writer.name} "
            f"({writer.instance_class}). It may not carry the load."
        )
    elif ratio.is_smaller:
        yield f"{to.name} has {ratio.spoken} of {writer.name}: it may not carry the load."


def _lags(to: Database, lags: Mapping[str, float]) -> Iterator[str]:
    if to.name not in lags:
        yield f"How far {to.name} lags behind is not known."
    elif lags[to.name] >= LAGS:
        yield f"{to.name} lags {lags[to.name]:.0f} s behind, so the failover takes longer."


def _note(reader: Database, writer: Database, lags: Mapping[str, float]) -> str:
    ratio = compared(writer.instance_class, reader.instance_class)
    size = ratio.spoken if ratio else reader.instance_class
    tier = "" if reader.tier is None else f"tier {reader.tier}, "
    lag = f"lags {lags[reader.name]:.1f} s" if reader.name in lags else "lag unknown"
    state = "" if reader.status in USABLE else f", {reader.status}"
    return f"{tier}{size}, {lag}{state}"


def _judge(database: Database, sent: Sent) -> Progress:
    was, to = sent.plan.baseline[WRITER], sent.plan.baseline[TO]
    said = f"{database.writer or 'nobody'} writes, {database.name} is {database.status}"
    if database.status in ENDED_BADLY:
        return _failed(said)
    has_moved = database.writer == to if to else database.writer not in ("", was)
    if has_moved and database.status in USABLE:
        return Progress(stage=Stage.SUCCEEDED, detail=said, percent=100)
    if not has_moved and (refusal := declined(_newer(sent), FAILOVER)):
        return _failed(f"AWS could not do it: {refusal}")
    if to and database.writer not in ("", was, to):
        return _failed(f"{said}: another member than {to} took over")
    return Progress(stage=Stage.WAITING, detail=said)


def _sign(sent: Sent) -> str:
    """AWS's sentence on a failover that began since the send; empty for none."""
    said = [one.message for one in _newer(sent) if any(tells(one, known) for known in BEGUN)]
    return f"AWS reports: {said[-1]}" if said else ""


def _newer(sent: Sent) -> tuple[RDSEvent, ...]:
    target = sent.order.target
    return tuple(one for one in sent.events if one.at > sent.sent_at and one.concerns(target))


def _failed(detail: str) -> Progress:
    return Progress(stage=Stage.FAILED, detail=detail)
