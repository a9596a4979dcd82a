import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator

from bot.aws import AWS
from bot.errors import PreflightError
from bot.fleet.names import near
from bot.operation import MODIFY, Dependent, Option, Setting, Topic, Wanted, WayBack
from bot.params import Offered, Target
from bot.values import Database, Kind, Plan, Risk

#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html
_NAME = re.compile(r"[a-z](?:-?[a-z0-9.])*", re.ASCII)
MOST = 255


def _group(text: str) -> str:
    """In small letters, as AWS keeps it."""
    name = text.strip().lower()
    if len(name) > MOST or not _NAME.fullmatch(name):
        raise ValueError(
            "a parameter group has up to 255 letters, digits and single hyphens. It begins with a "
            "letter and does not end with a hyphen"
        )
    return name


ParameterGroup = Annotated[
    str,
    AfterValidator(_group),
    Offered(
        "Parameter group",
        "GROUP",
        "Of the same engine and major version.",
        also=("DBParameterGroupName", "DBClusterParameterGroupName"),
    ),
]


class ModifyParameterGroup(Setting):
    """Give a database another parameter group; its parameters take effect with a restart.

    The restart is a request of its own, and one without failover. Naming a cluster changes the
    cluster's group.
    """

    verb, name = "parameter-group", "modify_parameter_group"
    topic = Topic.PARAMETERS
    risk = Risk.MEDIUM
    because = "all its parameters change with the next restart"
    permissions = (
        *MODIFY, "rds:DescribeDBClusterParameterGroups", "rds:DescribeDBParameterGroups",
    )  # fmt: skip
    dependent = Dependent(
        on={"rds:ModifyDBCluster": ("cluster-pg",), "rds:ModifyDBInstance": ("pg",)}
    )
    needless = (("ApplyImmediately", "AWS always attaches the group at once."),)
    downtime = "none; the restart that it waits for is a request of its own"
    example = "parameter-group billing-staging default.mysql8.0 --reason 'rule our settings out'"

    target: Target
    group: ParameterGroup

    @classmethod
    async def options(cls, parameter: str, aws: AWS, database: Database) -> Sequence[Option]:
        families = await aws.families(database.target.kind)
        family = families.get(database.parameter_group)
        fitting = (name for name, one in families.items() if one == family)
        others = sorted(name for name in fitting if name != database.parameter_group)
        return [Option(one, one, _note(one)) for one in others]

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        noun = "DBCluster" if database.target.kind is Kind.CLUSTER else "DB"
        argument, shown = f"{noun}ParameterGroupName", "parameter_group"
        settles = "parameters_settle"
        return (Wanted("Parameter group", shown, argument, self.group, "group", settles=settles),)

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        families = await aws.families(database.target.kind)
        family = families.get(database.parameter_group, "")
        if self.group not in families:
            fitting = [name for name, one in families.items() if one == family]
            alike = near(self.group, fitting, limit=3)
            guess = f" Did you mean {' or '.join(alike)}?" if alike else ""
            place = database.target.region
            raise PreflightError(
                f"AWS has no parameter group {self.group} in {place}.{guess}", "group"
            )
        if families[self.group] != family:
            raise PreflightError(
                f"{self.group} is for {families[self.group]}, and {database.name} needs one for "
                f"{family or 'a family that AWS does not tell'}.",
                "group",
            )
        return (f"{self.group} is for {family} too",)

    def warnings(self, database: Database) -> Iterator[str]:
        yield f"Until a restart without failover it runs with {database.parameter_group}."
        if database.parameters_wait or database.members_wait:
            yield f"Changes in {database.parameter_group} already wait for a restart."

    def remains(self, database: Database) -> str:
        waiting = [database.name] if database.parameters_wait else list(database.members_wait)
        return f"; a restart of {', '.join(waiting)} without failover applies it" if waiting else ""

    def failure(self, database: Database) -> str:
        if not database.parameters_failed:
            return ""
        return f"{database.name} has {self.group}, and AWS says failed-to-apply"

    def next_step(self, plan: Plan) -> WayBack | None:
        """Of a cluster nobody can say which member has to go first."""
        if plan.call.action != "rds:ModifyDBInstance":
            return None
        name = plan.call.arguments["DBInstanceIdentifier"]
        return WayBack(f"Reboot {name}…", {}, "reboot_instance", name)


def _note(group: str) -> str:
    return "AWS's own" if group.startswith("default.") else ""
