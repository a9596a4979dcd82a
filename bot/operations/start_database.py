from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from bot.aws.statuses import USABLE
from bot.operation import Topic, Transition, WayBack
from bot.params import Target
from bot.values import Assessment, Database, Kind, Plan, Risk


class StartDatabase(Transition):
    """Start an instance or an Aurora cluster that was stopped.

    It takes some minutes until it can be used, and costs as before from then on.
    """

    verb, name = "start", "start_database"
    topic = Topic.RUN
    act, what = "Start", "a start"
    risk = Risk.LOW
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
    begins_in = frozenset({"stopped", "inaccessible-encryption-credentials-recoverable"})
    moving, ends_in = "starting", USABLE
    told_by = MappingProxyType(
        {
            Kind.INSTANCE: ("RDS-EVENT-0088", "db instance started"),
            Kind.CLUSTER: ("RDS-EVENT-0151", "db cluster started"),
        }
    )
    horizon = timedelta(hours=2)
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeEvents",
        "rds:StartDBInstance",
        "rds:StartDBCluster",
        "cloudtrail:LookupEvents",
    )
    needless = (("ApplyImmediately", "A start begins at once, as soon as it is approved."),)
    example = "start orders-test --reason 'back on Monday'"
    synonyms = "start power+on turn+on"

    target: Target

    def risk_for(self, database: Database) -> Assessment:
        return Assessment(risk=self.risk, reasons=("it costs again as soon as it runs",))

    def objections(self, database: Database) -> Mapping[str, str]:
        name = database.name
        if database.target.kind is Kind.INSTANCE and database.cluster:
            return {
                "target": f"{name} belongs to the cluster {database.cluster}, whose members start "
                f"together. Ask for: /rds start {database.cluster}"
            }
        if database.status in USABLE | {self.moving}:
            return {"target": f"{name} is {database.status} already: nothing to start."}
        return {}

    def waits(self, database: Database) -> str:
        if database.status == "stopping":
            return f"{database.name} is stopping; a start needs it stopped."
        return super().waits(database)

    def warnings(self, database: Database) -> Iterator[str]:
        if database.members:
            yield f"Its members start with it: {', '.join(database.members)}."

    def downtime_of(self, database: Database) -> str:
        return "none: nobody can use it until it is started"

    def undo(self) -> str:
        return "Stop it."

    def back(self, plan: Plan) -> WayBack:
        return WayBack("Stop it…", {}, "stop_database")
