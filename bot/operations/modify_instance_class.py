import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bot.aws import AWS
from bot.fleet.classes import compared
from bot.operation import (
    MODIFY,
    InstanceClass,
    Option,
    Setting,
    Topic,
    Wanted,
    class_options,
    orderable,
)
from bot.params import Target
from bot.values import Database, Kind, Risk

CLASS = re.compile(r"(?:db\.)?(?:[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9.-]*|serverless)")


class ModifyInstanceClass(Setting):
    """Give a database another instance class, at once.

    Its connections drop while it moves. A Multi-AZ instance fails over to its standby, so it is
    away for a shorter time. Parameters that follow the memory, as max_connections, change too.
    """

    verb, name = "resize", "modify_instance_class"
    topic = Topic.SIZE
    also = ("scale",)
    risk = Risk.MEDIUM
    because = "connections drop while it moves to another machine"
    immediately = True
    horizon = timedelta(hours=3)
    declined = (("RDS-EVENT-0157", "unable to modify the db instance class"),)
    permissions = (*MODIFY, "rds:DescribeOrderableDBInstanceOptions")
    needless = (("ApplyImmediately", "It begins at once, as soon as it is approved."),)
    example = "resize orders-test db.m6g.xlarge --reason 'CPU at its limit since Monday'"
    synonyms = (
        "resize scale upsize downsize rightsize bigger+machine bigger+instance larger+machine "
        "larger+instance smaller+machine smaller+instance more+memory more+cpu more+ram"
    )

    target: Target
    instance_class: InstanceClass

    @classmethod
    async def options(cls, parameter: str, aws: AWS, database: Database) -> Sequence[Option]:
        return await class_options(aws, database)

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        noun = "DBCluster" if database.target.kind is Kind.CLUSTER else "DB"
        argument, shown = f"{noun}InstanceClass", "instance_class"
        return (Wanted("Class", shown, argument, self.instance_class, "instance_class"),)

    def effect(self, database: Database) -> str:
        return f"Resize {database.name} to {self.instance_class}"

    def cannot(self, database: Database) -> Mapping[str, str]:
        name = database.name
        if database.target.kind is Kind.CLUSTER and database.is_aurora:
            members = ", ".join(database.members) or "none that I can see"
            return {
                "target": f"{name} is an Aurora cluster, whose members have a class each: "
                f"{members}. Ask for: /rds resize {database.writer or 'MEMBER'} "
                f"{self.instance_class}"
            }
        return {}

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        return (await orderable(aws, database, self.instance_class),)

    def downtime_of(self, database: Database) -> str:
        if database.multi_az and database.target.kind is Kind.INSTANCE:
            return "one to two minutes; connections drop while it fails over to its standby"
        return "one to five minutes; connections drop while it moves to another machine"

    def warnings(self, database: Database) -> Iterator[str]:
        ratio = compared(database.instance_class, self.instance_class)
        if ratio is None:
            yield "Price: not known, as it is another family of machines."
            return
        yield f"Price: about {ratio.price} of now, by AWS's own measure of sizes."
        if ratio.is_smaller:
            yield "Less memory: parameters that follow it, as max_connections, shrink with it."
