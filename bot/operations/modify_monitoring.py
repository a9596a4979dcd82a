from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from bot.aws import AWS
from bot.aws.declined import Known
from bot.errors import PreflightError
from bot.operation import MODIFY, Dependent, Setting, Topic, Wanted
from bot.params import Choice, Target
from bot.values import Database, Kind, Risk

#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
INTERVALS = (0, 1, 5, 10, 15, 30, 60)
DECLINED: tuple[Known, ...] = (
    ("RDS-EVENT-0079", "unable to create credentials for enhanced monitoring"),
    ("RDS-EVENT-0080", "unable to configure enhanced monitoring"),
)


def _off(value: Any) -> Any:
    return 0 if str(value).strip().casefold() == "off" else value


def _known(seconds: int) -> int:
    if seconds not in INTERVALS:
        raise ValueError(f"AWS takes {', '.join(map(str, INTERVALS))}; 0 turns it off")
    return seconds


Seconds = Annotated[
    int,
    BeforeValidator(_off),
    AfterValidator(_known),
    Choice(
        "Seconds",
        "SECONDS",
        "From one measurement to the next; 0 turns it off.",
        options=tuple(map(str, INTERVALS)),
        also=("MonitoringInterval", "interval"),
    ),
]


class ModifyMonitoring(Setting):
    """Set how often Enhanced Monitoring measures the machine of a database; 0 turns it off.

    It shows processes, memory and disks every 1, 5, 10, 15, 30 or 60 seconds. Its figures go to
    CloudWatch Logs, by the role in roles.monitoring of rds-bot.yml.
    """

    verb, name = "monitoring", "modify_monitoring"
    topic = Topic.MONITORING
    risk = Risk.LOW
    because = "the database works as before"
    horizon = timedelta(minutes=60)
    permissions = MODIFY
    dependent = Dependent(passes=("monitoring.rds.amazonaws.com", "monitoring"))
    declined = DECLINED
    needless = (
        ("ApplyImmediately", "AWS always changes Enhanced Monitoring at once."),
        ("MonitoringRoleArn", "The role is that of roles.monitoring in rds-bot.yml."),
    )
    example = "monitoring orders-test 60 --reason 'which process swaps?'"
    synonyms = "enhanced+monitoring"

    target: Target
    seconds: Seconds

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        what, argument = "Enhanced Monitoring", "MonitoringInterval"
        shown = "monitoring_seconds"
        return (Wanted(what, shown, argument, self.seconds, "seconds", words=_said),)

    def effect(self, database: Database) -> str:
        if self.seconds == 0:
            return f"Turn Enhanced Monitoring of {database.name} off"
        return f"Let Enhanced Monitoring measure {database.name} {_said(self.seconds)}"

    def cannot(self, database: Database) -> Mapping[str, str]:
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html
        if database.target.kind is Kind.CLUSTER and database.is_aurora:
            members = ", ".join(database.members) or "none that I can see"
            return {
                "target": f"{database.name} is an Aurora cluster, whose members are measured one "
                f"by one: {members}. Ask for each."
            }
        return {}

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        if self.seconds == 0:
            return ()
        if aws.monitoring_role:
            return (f"its figures go by the role {aws.monitoring_role}",)
        raise PreflightError(
            f"Enhanced Monitoring needs a role in the account {database.account_name}, and "
            "rds-bot.yml names none. Set roles.monitoring to its ARN.",
            "seconds",
        )

    async def looked_up(self, aws: AWS, database: Database) -> Mapping[str, Any]:
        return {"MonitoringRoleArn": aws.monitoring_role} if self.seconds else {}

    def before(self, database: Database) -> Mapping[str, str]:
        seconds = database.monitoring_seconds
        return {} if seconds is None else {"seconds": str(seconds)}

    def warnings(self, database: Database) -> Iterator[str]:
        if self.seconds:
            yield "CloudWatch Logs keeps the figures for 30 days, and they cost by their number."
        elif database.monitoring_seconds:
            yield "Nobody sees the processes of its machine from then on."


def _said(seconds: int) -> str:
    return f"every {seconds} s" if seconds else "off"
