from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.fleet.windows import overlaps
from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import BackupWindow, Target
from bot.values import Assessment, Database, Risk


class ModifyBackupWindow(Setting):
    """Set the daily backup window, in UTC; at least 30 minutes, it may cross midnight.

    The time is UTC all year: where clocks change, the local time of the backup shifts.
    """

    verb, name = "backup-window", "modify_backup_window"
    topic = Topic.BACKUPS
    risk = Risk.MEDIUM
    because = "backups move to another time"
    of_cluster = True
    takes_custom = True
    horizon = timedelta(minutes=30)
    permissions = MODIFY
    needless = (
        (
            "ApplyImmediately",
            "A window applies at once in any case, and nothing else that is pending is carried "
            "along.",
        ),
    )
    example = "backup-window orders-test 03:00-04:00 --reason 'after the nightly load'"

    target: Target
    window: BackupWindow

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        shown, argument = "backup_window", "PreferredBackupWindow"
        return (Wanted("Backup window", shown, argument, self.window, "window", unit="UTC"),)

    def own_risk(self, database: Database) -> Assessment:
        if database.pending:
            names = ", ".join(database.pending)
            reasons = (f"other modifications are pending: {names}",)
            return Assessment(risk=Risk.HIGH, reasons=reasons)
        return super().own_risk(database)

    def cannot(self, database: Database) -> Mapping[str, str]:
        if overlaps(self.window, database.maintenance_window):
            return {
                "window": f"{self.window} UTC overlaps the maintenance window of {database.name}, "
                f"{database.maintenance_window} UTC; AWS refuses that. Choose a time outside it."
            }
        return {}

    def warnings(self, database: Database) -> Iterator[str]:
        if not database.backup_retention_days:
            yield "Automated backups are off."
