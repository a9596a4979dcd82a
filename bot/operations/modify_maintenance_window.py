from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.aws import AWS
from bot.errors import PreflightError
from bot.fleet.maintenance import what
from bot.fleet.windows import contains, overlaps
from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import MaintenanceWindow, Target
from bot.values import Assessment, Database, Kind, Risk


class ModifyMaintenanceWindow(Setting):
    """Set the weekly maintenance window, in UTC; at least 30 minutes.

    In it AWS does what is due, perhaps with a restart. The time is UTC all year: where clocks
    change, the local time of the window shifts.
    """

    verb, name = "maintenance-window", "modify_maintenance_window"
    topic = Topic.UPGRADES
    risk = Risk.LOW
    because = "maintenance moves to another time"
    takes_custom = True
    horizon = timedelta(minutes=30)
    permissions = (*MODIFY, "rds:DescribePendingMaintenanceActions")
    needless = (("ApplyImmediately", "A window applies at once in any case."),)
    example = "maintenance-window orders-test sun:06:00-sun:06:30 --reason 'after the backup'"
    synonyms = "move+maintenance shift+maintenance change+maintenance"

    target: Target
    window: MaintenanceWindow

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        shown, argument = "maintenance_window", "PreferredMaintenanceWindow"
        return (Wanted("Maintenance window", shown, argument, self.window, "window", unit="UTC"),)

    def own_risk(self, database: Database) -> Assessment:
        if self._begins_now(database):
            reasons = ("what is pending begins at once: the window contains this moment",)
            return Assessment(risk=Risk.HIGH, reasons=reasons)
        return super().own_risk(database)

    def cannot(self, database: Database) -> Mapping[str, str]:
        if overlaps(database.backup_window, self.window):
            return {
                "window": f"{self.window} UTC overlaps the backup window of {database.name}, "
                f"{database.backup_window} UTC; AWS refuses that. Choose a time outside it."
            }
        return {}

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        due = ", ".join(map(what, await aws.maintenance(database)))
        if due and contains(self.window, aws.now):
            raise PreflightError(
                f"{self.window} UTC contains this moment, and AWS would begin at once with what is "
                f"due for {database.name}: {due}. Choose a window that begins later.",
                "window",
            )
        return (f"due in its window: {due}" if due else "no maintenance is due",)

    def downtime_of(self, database: Database) -> str:
        if self._begins_now(database):
            return "perhaps a restart of one to two minutes: what is pending begins at once"
        return super().downtime_of(database)

    def come_along(self, database: Database) -> Iterator[str]:
        pending = ", ".join(sorted(database.pending))
        if self._begins_now(database):
            yield f"AWS begins at once with what is pending: {pending}."
        elif pending:
            yield f"What is pending waits for the new window: {pending}."

    def warnings(self, database: Database) -> Iterator[str]:
        if database.target.kind is Kind.CLUSTER and database.is_aurora:
            yield "Its members keep the windows of their own."

    def _begins_now(self, database: Database) -> bool:
        """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html"""
        return bool(database.pending) and contains(self.window, database.seen_at)
