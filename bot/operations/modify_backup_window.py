import re
from collections.abc import Mapping
from datetime import timedelta

from bot.aws import AWS
from bot.aws.statuses import ENDED_BADLY, busy
from bot.errors import AWSNotFoundError, PreflightError
from bot.operation import Change, WayBack
from bot.params import BackupWindow, Target, window_minutes
from bot.values import (
    SECOND,
    Assessment,
    Call,
    Database,
    Difference,
    Kind,
    Order,
    Plan,
    Progress,
    Risk,
    Sent,
    Stage,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY, WEEK = 24 * 60, 7 * 24 * 60  # minutes
SETTLED = 300 * SECOND  #: an accepted change of a window shows long before this


class ModifyBackupWindow(Change):
    """Set the daily backup window, in UTC; at least 30 minutes, it may cross midnight.

    The time is UTC all year: where clocks change, the local time of the backup shifts.
    """

    verb, name = "backup-window", "modify_backup_window"
    risk = Risk.MEDIUM
    takes_custom = True
    horizon = timedelta(minutes=30)
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:ModifyDBInstance",
        "rds:ModifyDBCluster",
    )
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

    def risk_for(self, database: Database) -> Assessment:
        if database.pending:
            names = ", ".join(database.pending)
            return Assessment(
                risk=Risk.HIGH, reasons=(f"other modifications are pending: {names}",)
            )
        return Assessment(risk=self.risk, reasons=("backups move to another time",))

    def back(self, plan: Plan) -> WayBack | None:
        before = plan.baseline.get("window")
        return WayBack("Undo…", {"window": before}) if before else None

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        for parameter, sentence in self.objections(database).items():
            raise PreflightError(sentence, parameter)
        kind = "DBInstance" if database.target.kind is Kind.INSTANCE else "DBCluster"
        return Plan(
            effect=f"Set the backup window of {database.name} to {self.window} UTC",
            call=Call(
                action=f"rds:Modify{kind}",
                arguments={
                    f"{kind}Identifier": database.name,
                    "PreferredBackupWindow": self.window,
                    # True would carry along whatever else is pending, an outage of somebody else's
                    # choosing. The window applies at once either way.
                    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
                    "ApplyImmediately": False,
                },
            ),
            differences=(
                Difference(
                    what="Backup window (UTC)", current=database.backup_window, wanted=self.window
                ),
            ),
            checks=(
                f"{database.name} is {database.status}",
                f"no overlap with the maintenance window {database.maintenance_window}",
            ),
            downtime="none",
            warnings=_warnings(database),
            busy=busy(database, "a change"),
            undo=f"Setting it back to {database.backup_window} undoes it.",
            baseline={"window": database.backup_window},
        )

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        try:
            database = await aws.database(sent.order.target)
        except AWSNotFoundError:
            gone = f"{sent.order.target.identifier} is gone"
            return Progress(stage=Stage.FAILED, detail=gone)
        return self._judge(database, sent)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found = await self.poll(aws, sent)
        if found.stage is Stage.WAITING and aws.now - sent.sent_at > SETTLED:
            return Progress(
                stage=Stage.NOT_SENT, detail=f"{found.detail} unchanged: the call never arrived"
            )
        return found

    def objections(self, database: Database) -> Mapping[str, str]:
        name = database.name
        if database.target.kind is Kind.INSTANCE and database.cluster:
            return {
                "target": f"{name} belongs to the cluster {database.cluster}, which has the backup "
                f"window. Ask for: /rds backup-window {database.cluster} {self.window}"
            }
        if database.backup_window == self.window:
            return {"window": f"The backup window of {name} is {self.window} UTC already."}
        if overlaps(self.window, database.maintenance_window):
            return {
                "window": f"{self.window} UTC overlaps the maintenance window of {name}, "
                f"{database.maintenance_window} UTC; AWS refuses that. Choose a time outside it."
            }
        return {}

    def _judge(self, database: Database, sent: Sent) -> Progress:
        window = f"backup window of {database.name} is {database.backup_window} UTC"
        if database.target.resource_id != sent.order.target.resource_id:
            replaced = f"{database.name} was replaced by another database of that name"
            return Progress(stage=Stage.FAILED, detail=replaced)
        if database.backup_window == self.window:
            detail = f"{window}, status {database.status}"
            return Progress(stage=Stage.SUCCEEDED, detail=detail, percent=100)
        if database.status in ENDED_BADLY:
            return Progress(stage=Stage.FAILED, detail=f"{database.name} is {database.status}")
        if database.backup_window == sent.plan.baseline["window"]:
            return Progress(stage=Stage.WAITING, detail=f"{window}, status {database.status}")
        return Progress(stage=Stage.FAILED, detail=f"{window}: somebody else set it meanwhile")


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


def _warnings(database: Database) -> tuple[str, ...]:
    pending = ", ".join(database.pending)
    return tuple(
        filter(
            None,
            (
                f"Pending modifications stay pending: {pending}." if pending else "",
                "" if database.backup_retention_days else "Automated backups are off.",
            ),
        )
    )
