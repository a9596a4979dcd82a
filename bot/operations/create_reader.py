from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from bot.aws import AWS
from bot.errors import PreflightError
from bot.operation import (
    LOOKS,
    Carried,
    DatabaseName,
    InstanceClass,
    Looked,
    NewDatabase,
    Option,
    Topic,
    class_options,
    orderable,
)
from bot.params import Cluster, Parameter
from bot.values import Database, Difference, Kind, Risk

#: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html
MOST = 16
#: What its members share; what else a member has, it is given by AWS.
OF_WRITER = ("PubliclyAccessible", "AutoMinorVersionUpgrade", "CACertificateIdentifier")

Name = Annotated[
    DatabaseName,
    Parameter(
        "New name",
        "NEW",
        "Letters, digits and hyphens, 63 at most. Left out: one is made.",
        also=("DBInstanceIdentifier", "name"),
    ),
]


class CreateReader(NewDatabase):
    """Add an instance to an Aurora cluster: a reader, or its writer where it has none yet.

    It has the class of the writer, unless --instance-class says another.
    """

    verb, name = "reader", "create_reader"
    also = ("add-reader",)
    what = "a reader"
    topic = Topic.COPIES
    risk = Risk.LOW
    permissions = (
        *LOOKS,
        "rds:DescribeOrderableDBInstanceOptions",
        "rds:CreateDBInstance",
        "rds:AddTagsToResource",
    )
    needless = (
        ("ApplyImmediately", "A reader begins at once, and changes nothing of the others."),
        ("Engine", "It is that of the cluster."),
        ("Tags", "The cluster's own are carried over."),
    )
    example = "reader shop-staging shop-staging-4 --reason 'more reads on Monday'"

    target: Cluster
    new: Name | None = Field(default=None, json_schema_extra={"positional": True})
    instance_class: InstanceClass | None = None

    @classmethod
    async def options(cls, parameter: str, aws: AWS, database: Database) -> Sequence[Option]:
        return await class_options(aws, database)

    def kind(self, source: Database) -> Kind:
        return Kind.INSTANCE

    def objections(self, database: Database) -> Mapping[str, str]:
        name = database.name
        if not database.is_aurora:
            return {"target": f"{name} is a Multi-AZ cluster, whose members AWS makes by itself."}
        if len(database.members) >= MOST:
            return {"target": f"{name} has {MOST} instances already, and AWS allows no more."}
        if not database.writer and not self.instance_class:
            return {
                "instance_class": f"{name} has no writer whose class it could have. Say which, as "
                "--instance-class db.r6g.large"
            }
        return {}

    def effect(self, source: Database) -> str:
        return f"Add {self.new} to {source.name} as its {_role(source)}"

    async def look(self, aws: AWS, source: Database) -> Looked:
        writer = await _writer(aws, source)
        wanted = self.instance_class or (writer.instance_class if writer else "")
        if not wanted:
            raise PreflightError(f"AWS does not say of which class {source.writer} is.")
        checks = (await orderable(aws, source, wanted),) if self.instance_class else ()
        return Looked(
            "rds:CreateDBInstance",
            {
                "DBInstanceIdentifier": self.new,
                "DBClusterIdentifier": source.name,
                "Engine": source.engine,
                "DBInstanceClass": wanted,
                **(_of_writer(writer) if writer else {}),
            },
            (Difference(what="Class", current="", wanted=wanted),),
            (f"{len(source.members)} of {MOST} instances exist", *checks),
        )

    def carried(self, source: Database) -> tuple[Carried, ...]:
        """All else belongs to the cluster."""
        return ()

    def left(self, source: Database) -> str:
        return "promotion tier, maintenance window, monitoring and insights"


async def _writer(aws: AWS, cluster: Database) -> Database | None:
    if not cluster.writer:
        return None
    names = {"kind": Kind.INSTANCE, "identifier": cluster.writer}
    return await aws.database(cluster.target.model_copy(update=names))


def _of_writer(writer: Database) -> dict[str, Any]:
    values = (writer.public, writer.auto_upgrade, writer.certificate or None)
    said = zip(OF_WRITER, values, strict=True)
    return {name: value for name, value in said if value is not None}


def _role(cluster: Database) -> str:
    return "reader" if cluster.writer else "writer"
