from collections.abc import Mapping

from bot.aws import AWS
from bot.operation import (
    CEILING,
    LOOKS,
    OF_INSTANCE,
    Carried,
    DatabaseName,
    Looked,
    NewDatabase,
    Topic,
    disk,
)
from bot.params import Instance
from bot.values import Database, Risk

#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
USUAL, MOST = 15, {"oracle": 5, "sqlserver": 5, "db2": 3}
#: AWS takes these from the source by itself, and refuses some of them in one region.
BY_ITSELF = frozenset({"MultiAZ", "DBParameterGroupName", "OptionGroupName"})
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html
ENDED = frozenset({"error", "stopped", "terminated"})


class CreateReplica(NewDatabase):
    """Make a read replica of an instance; what is written there arrives in it a moment later.

    It is done once AWS shows it replicating. Class, network and tags are those of its source. It
    stands in one zone and keeps no backups of its own.
    """

    verb, name = "replica", "create_replica"
    also = ("read-replica",)
    what = "a replica"
    topic = Topic.COPIES
    risk = Risk.LOW
    permissions = (*LOOKS, "rds:CreateDBInstanceReadReplica", "rds:AddTagsToResource")
    needless = (
        ("ApplyImmediately", "A replica begins at once, and changes nothing of its source."),
        ("Tags", "The source's own are carried over."),
    )
    example = "replica orders-test orders-test-read --reason 'reports slow it down'"
    declined = (("RDS-EVENT-0202", "read replica creation failed"),)

    target: Instance
    new: DatabaseName

    def objections(self, database: Database) -> Mapping[str, str]:
        name, most = database.name, _most(database)
        if database.cluster:
            return {
                "target": f"{name} belongs to the cluster {database.cluster}, which has readers. "
                f"Ask for: /rds reader {database.cluster} {self.new}"
            }
        if not database.backup_retention_days:
            return {
                "target": f"{name} keeps no automated backups, and a replica needs them. First: "
                f"/rds retention {name} 7"
            }
        if len(database.replicas) >= most:
            return {"target": f"{name} has {most} replicas already, and AWS allows no more."}
        return {}

    def effect(self, source: Database) -> str:
        return f"Make {self.new}, a read replica of {source.name}"

    async def look(self, aws: AWS, source: Database) -> Looked:
        return Looked(
            "rds:CreateDBInstanceReadReplica",
            {"DBInstanceIdentifier": self.new, "SourceDBInstanceIdentifier": source.name},
            checks=(
                f"{source.name} keeps backups",
                f"{len(source.replicas)} of {_most(source)} replicas exist",
            ),
        )

    def carried(self, source: Database) -> tuple[Carried, ...]:
        own = (one for one in OF_INSTANCE if one.argument not in BY_ITSELF)
        return (*own, *disk(source), CEILING)

    def left(self, source: Database) -> str:
        return "standby, backups, windows, monitoring and insights"

    def downtime(self, source: Database) -> str:
        """AWS begins with a snapshot of the source, from the standby where there is one."""
        if source.multi_az:
            return "none"
        return "none, but I/O may pause for about a minute while AWS takes a snapshot (Single-AZ)"

    def is_ready(self, found: Database) -> bool:
        return found.replication == "replicating"

    def broken(self, found: Database) -> str:
        if found.replication not in ENDED:
            return ""
        return f"{found.name} is there, but its replication is {found.replication}"


def _most(source: Database) -> int:
    return next((most for it, most in MOST.items() if source.engine.startswith(it)), USUAL)
