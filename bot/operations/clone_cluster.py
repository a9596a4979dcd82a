from collections.abc import Mapping
from datetime import timedelta

from bot.aws import AWS
from bot.operation import (
    LOOKS,
    DatabaseName,
    Looked,
    NewDatabase,
    Topic,
    WayBack,
    add_instance,
    serverless,
    without_instance,
)
from bot.params import Cluster
from bot.values import Database, Difference, Plan, Risk, Role


class CloneCluster(NewDatabase):
    """Make a copy of an Aurora cluster as it is now, on the same storage.

    It is there within minutes, however large the cluster is. Only what changes later in one of
    both takes room of its own.
    """

    verb, name = "clone", "clone_cluster"
    what = "a clone"
    topic = Topic.COPIES
    risk = Risk.MEDIUM
    source_role = Role.READS
    permissions = (*LOOKS, "rds:RestoreDBClusterToPointInTime", "rds:AddTagsToResource")
    needless = (
        ("ApplyImmediately", "A clone begins at once, and changes nothing of its source."),
        ("RestoreType", "It is copy-on-write; a full copy is /rds restore."),
        ("UseLatestRestorableTime", "A clone is always of now; another time is /rds restore."),
        ("Tags", "The source's own are carried over."),
    )
    example = "clone shop-staging shop-clone --reason 'try the migration'"

    target: Cluster
    new: DatabaseName

    def objections(self, database: Database) -> Mapping[str, str]:
        if database.is_aurora:
            return {}
        return {
            "target": f"{database.name} is a Multi-AZ cluster, and only Aurora shares storage. "
            f"Ask for: /rds restore {database.name} {self.new}"
        }

    def next_step(self, plan: Plan) -> WayBack | None:
        return add_instance(plan)

    def effect(self, source: Database) -> str:
        return f"Clone {source.name} as {self.new}"

    async def look(self, aws: AWS, source: Database) -> Looked:
        return Looked(
            "rds:RestoreDBClusterToPointInTime",
            {
                "SourceDBClusterIdentifier": source.name,
                "DBClusterIdentifier": self.new,
                "RestoreType": "copy-on-write",
                "UseLatestRestorableTime": True,
                **serverless(source),
            },
            (Difference(what="Data", current="", wanted=f"that of {source.name} at the send"),),
            warnings=tuple(without_instance(source, self.new)),
        )

    def left(self, source: Database) -> str:
        return "backup retention, windows, monitoring and insights"

    def takes(self, source: Database) -> timedelta:
        return timedelta(hours=4)
