import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from bot.aws import AWS
from bot.errors import PreflightError
from bot.fleet.classes import Ratio, compared
from bot.fleet.names import near
from bot.operation import MODIFY, Option, Setting, Topic, Wanted
from bot.params import Offered, Target
from bot.values import Database, Kind, Risk

CLASS = re.compile(r"(?:db\.)?(?:[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9.-]*|serverless)")


def _class(text: str) -> str:
    """``m6g.large`` is what people say for ``db.m6g.large``."""
    name = text.strip().lower()
    if not CLASS.fullmatch(name):
        raise ValueError("a class reads db.m6g.large")
    return name if name.startswith("db.") else f"db.{name}"


InstanceClass = Annotated[
    str,
    AfterValidator(_class),
    Offered(
        "Class",
        "CLASS",
        "For example db.m6g.large.",
        also=("DBInstanceClass", "DBClusterInstanceClass", "class", "size"),
    ),
]


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
        found = [one for one in await aws.classes(database) if one != database.instance_class]
        ratios = {one: compared(database.instance_class, one) for one in found}
        ordered = sorted(found, key=lambda one: _likely(ratios[one]))
        return [Option(one, one, _note(ratios[one])) for one in ordered]

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
        found = await aws.classes(database)
        if self.instance_class in found:
            return (f"{self.instance_class} can be ordered for {_engine(database)}",)
        alike = near(self.instance_class, found, limit=3)
        guess = f" Did you mean {' or '.join(alike)}?" if alike else ""
        raise PreflightError(
            f"AWS offers no {self.instance_class} for {_engine(database)} here.{guess}",
            "instance_class",
        )

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


def _engine(database: Database) -> str:
    return f"{database.engine} {database.engine_version}".strip()


def _likely(ratio: Ratio | None) -> tuple[float, bool]:
    return ratio.nearness if ratio else (float("inf"), False)


def _note(ratio: Ratio | None) -> str:
    return ratio.spoken if ratio else "another family"
