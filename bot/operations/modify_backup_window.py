import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import BackupWindow, Target, window_minutes
from bot.values import Assessment, Database, Risk

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY, WEEK = 24 * 60, 7 * 24 * 60  # minutes


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


def overlaps(backup: str, maintenance: str) -> bool:
    """Whether a daily window (HH:MM-HH:MM) meets a weekly one (ddd:HH:MM-ddd:HH:MM), both UTC.

    An unreadable maintenance window overlaps nothing; AWS has the last word.
    """
    match = re.fullmatch(r"(\w{3}):(\d\d):(\d\d)-(\w{3}):(\d\d):(\d\d)", maintenance.lower())
    if match is None or match[1] not in DAYS or match[4] not in DAYS:
        return False
    begin = DAYS.index(match[1]) * DAY + int(match[2]) * 60 + int(match[3])
    end = DAYS.index(match[4]) * DAY + int(match[5]) * 60 + int(match[6])
    start, minutes = window_minutes(backup)
    length = (end - begin) % WEEK
    return any(
        (day * DAY + start - begin) % WEEK < length or (begin - day * DAY - start) % WEEK < minutes
        for day in range(7)
    )
