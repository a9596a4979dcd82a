from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import Parameter, Target
from bot.values import Assessment, Database, Kind, Risk

Days = Annotated[
    int,
    Field(ge=0, le=35),
    Parameter(
        "Days", "DAYS", "0 to 35; 0 turns backups off.", also=("BackupRetentionPeriod", "retention")
    ),
]


class ModifyRetention(Setting):
    """Set for how many days automated backups are kept.

    Fewer days remove older restore points for good. 0 turns automated backups off, and with them
    the restore to a point in time; of a cluster that is not possible.
    """

    verb, name = "retention", "modify_retention"
    topic = Topic.BACKUPS
    risk = Risk.MEDIUM
    because = "what can be restored changes"
    of_cluster = True
    horizon = timedelta(hours=2)
    permissions = MODIFY
    needless = (("ApplyImmediately", "It is said where AWS needs it: from 0 and to 0."),)
    example = "retention orders-test 14 --reason 'two weeks of restore points'"
    synonyms = "keep+backups keep+backup keep+snapshots backups+longer"

    target: Target
    days: Days

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        argument = "BackupRetentionPeriod"
        shown = "backup_retention_days"
        return (Wanted("Backup retention", shown, argument, self.days, "days", unit="days"),)

    def own_risk(self, database: Database) -> Assessment:
        if self.days == 0:
            reasons = ("automated backups and the restore to a point in time go away",)
            return Assessment(risk=Risk.HIGH, reasons=reasons)
        return super().own_risk(database)

    def is_immediate(self, database: Database) -> bool:
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
        return 0 in (self.days, database.backup_retention_days)

    def cannot(self, database: Database) -> Mapping[str, str]:
        if self.days == 0 and database.target.kind is Kind.CLUSTER:
            return {
                "days": f"{database.name} is a cluster: its backups are always on, 1 to 35 days."
            }
        if self.days == 0 and database.replicas:
            replicas = ", ".join(database.replicas)
            return {
                "days": f"{database.name} has replicas ({replicas}), which need its backups: AWS "
                "refuses 0 days. Choose at least 1."
            }
        return {}

    def downtime_of(self, database: Database) -> str:
        if self.is_immediate(database):
            return "none, but I/O pauses for a moment"
        return "none"

    def warnings(self, database: Database) -> Iterator[str]:
        if 0 < self.days < database.backup_retention_days:
            yield f"Restore points older than {self.days} days are removed for good."
