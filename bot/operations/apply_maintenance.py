from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.aws import AWS
from bot.aws.declined import Known, declined
from bot.aws.statuses import ENDED_BADLY, USABLE, busy
from bot.errors import PreflightError
from bot.fleet.maintenance import IMMEDIATE, NEXT_WINDOW, what
from bot.fleet.windows import contains, weekly, window_words
from bot.operation import Change, Option, Topic, WayBack, same_database
from bot.params import Choice, Offered, Target
from bot.values import (
    SECOND,
    Answer,
    Assessment,
    Call,
    Database,
    Difference,
    Line,
    Maintenance,
    Moment,
    Order,
    Plan,
    Progress,
    RDSEvent,
    Recheck,
    Risk,
    Sent,
    Stage,
    micros,
    paragraph,
)

#: AWS's words: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ApplyPendingMaintenanceAction.html
OPT_IN = {"now": IMMEDIATE, "next-window": NEXT_WINDOW, "undo": "undo-opt-in"}
ROLLED_BACK: tuple[Known, ...] = (("RDS-EVENT-0270", "upgrade rollback succeeded"),)
DECLINED: tuple[Known, ...] = (
    ("RDS-EVENT-0158", "in a state that cannot be upgraded"),
    ("RDS-EVENT-0188", "in a state that can't be upgraded"),
)
SETTLED = 300 * SECOND  #: an accepted opt-in shows long before this
MARGIN = micros(timedelta(minutes=30))  #: AWS may begin at the end of a window
LONGEST = 24 * 60  #: minutes of a window that cannot be read
WEEK = micros(timedelta(days=7))
ACTION, SAID, LOOK_AT = "action", "said", "recheck_at"  #: in the baseline; in the evidence

When = Annotated[
    Literal["now", "next-window", "undo"],
    Choice(
        "When",
        "now|next-window|undo",
        "Undo takes back what was asked for the next window.",
        options=tuple(OPT_IN),
        also=("OptInType",),
    ),
]
Action = Annotated[
    str,
    Offered(
        "Action",
        "ACTION",
        "AWS's word, as system-update. Left out: the only one.",
        also=("ApplyAction",),
    ),
]


class ApplyMaintenance(Change):
    """Have AWS apply pending maintenance now or in the next window, or take that back.

    What was asked for the next window ends as scheduled. The bot looks again once the window is
    over, and says in the thread what became of it.
    """

    verb, name = "maintenance", "apply_maintenance"
    topic = Topic.UPGRADES
    risk = Risk.MEDIUM
    horizon = timedelta(hours=6)
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribePendingMaintenanceActions",
        "rds:DescribeEvents",
        "rds:ApplyPendingMaintenanceAction",
    )
    example = "maintenance orders-staging now --reason 'before the weekend'"

    target: Target
    when: When = Field(default="next-window", json_schema_extra={"positional": True})
    action: Action | None = None

    @classmethod
    async def options(cls, parameter: str, aws: AWS, database: Database) -> Sequence[Option]:
        found = await aws.maintenance(database)
        return [Option(one.action, one.action, what(one)) for one in found]

    def risk_for(self, database: Database) -> Assessment:
        why = {
            "now": "connections drop while AWS applies it",
            "next-window": "connections drop in the next maintenance window",
            "undo": "AWS applies it at another time",
        }
        return Assessment(risk=self.risk, reasons=(why[self.when],))

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        waits = busy(database, "maintenance")
        pending = self._chosen(database, await aws.maintenance(database))
        if why := self._vain(database, pending):
            raise PreflightError(why, "when")
        call = {
            "ResourceIdentifier": database.arn,
            "ApplyAction": pending.action,
            "OptInType": OPT_IN[self.when],
        }
        current = pending.asked_for or "when AWS chooses"
        return Plan(
            effect=self._effect(database, pending),
            call=Call(action="rds:ApplyPendingMaintenanceAction", arguments=call),
            differences=(Difference(what=pending.action, current=current, wanted=self.when),),
            checks=(f"{database.name} is {database.status}", f"{pending.action} is pending"),
            busy=waits,
            downtime=self._downtime(database),
            warnings=self._warnings(database, aws.now),
            undo=self._undo(),
            baseline={ACTION: pending.action, SAID: what(pending)},
        )

    def back(self, plan: Plan) -> WayBack | None:
        action = plan.baseline[ACTION]
        if self.when == "next-window":
            return WayBack("Undo…", {"when": "undo", "action": action})
        if self.when == "undo":
            return WayBack("Ask again…", {"when": "next-window", "action": action})
        return None

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        database = await same_database(aws, sent)
        if isinstance(database, Progress):
            return database
        return self._judge(database, _its(await aws.maintenance(database), sent), sent, aws.now)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found = await self.poll(aws, sent)
        if found.stage is not Stage.WAITING:
            return found
        if found.evidence.get(IMMEDIATE):
            return found.model_copy(update={"stage": Stage.ARRIVED})
        database = await aws.database(sent.order.target)
        if database.status in USABLE and aws.now - sent.sent_at > SETTLED:
            unchanged = f"{found.detail}, unchanged: the call never arrived"
            return Progress(stage=Stage.NOT_SENT, detail=unchanged)
        return found

    def recheck_at(self, progress: Progress) -> int | None:
        if progress.stage is not Stage.SCHEDULED:
            return None
        return int(progress.evidence[LOOK_AT])

    async def recheck(self, aws: AWS, sent: Sent) -> Recheck:
        """Once the window is over: whether AWS did it, put it back, or has it pending still."""
        database = await same_database(aws, sent)
        if isinstance(database, Progress):
            return Recheck(result="moot")
        pending = _its(await aws.maintenance(database), sent)
        # What AWS has forgotten by now is no proof of the contrary: it keeps 14 days.
        events = await aws.events(sent.order.target, sent.sent_at)
        return _became(database, pending, _newer(events, sent), sent, aws.now)

    def _chosen(self, database: Database, found: Sequence[Maintenance]) -> Maintenance:
        if not found:
            raise PreflightError(f"AWS has no maintenance pending for {database.name}.")
        known = ", ".join(one.action for one in found)
        wanted = [one for one in found if self.action in (None, one.action)]
        if not wanted:
            raise PreflightError(f"Pending for {database.name} are {known}.", "action")
        if len(wanted) > 1:
            raise PreflightError(
                f"Several are pending for {database.name}: {known}. Say which: --action "
                f"{wanted[0].action}", "action",
            )  # fmt: skip
        return wanted[0]

    def _vain(self, database: Database, pending: Maintenance) -> str:
        """Why AWS would not take it, or nothing would change; empty where it would."""
        asked, named = pending.asked_for, f"{pending.action} of {database.name}"
        if asked == IMMEDIATE:
            return f"AWS applies {named} now already, and nothing takes that back."
        if self.when == "next-window" and asked == NEXT_WINDOW:
            return f"AWS applies {named} in the next window already: nothing to change."
        if self.when == "undo" and asked != NEXT_WINDOW:
            return f"Nobody asked for {named} in the next window: nothing to undo."
        return ""

    def _effect(self, database: Database, pending: Maintenance) -> str:
        named = f"{pending.action} of {database.name}"
        if self.when == "undo":
            return f"Take back that {named} is applied in the next window"
        return f"Apply {named} {'now' if self.when == 'now' else 'in the next window'}"

    def _downtime(self, database: Database) -> str:
        if self.when == "undo":
            return "none"
        long = "a minute or two, as it fails over" if database.multi_az else "some minutes"
        then = "" if self.when == "now" else ", in that window"
        return f"{long}, longer for an upgrade of the engine; connections drop{then}"

    def _warnings(self, database: Database, now: int) -> tuple[str, ...]:
        if self.when != "next-window":
            return ()
        window = window_words(database.maintenance_window, None, now)
        begun = contains(database.maintenance_window, now)
        soon = ("The window is open now, so AWS may begin at once.",) if begun else ()
        return (f"The maintenance window is {window}.", *soon)

    def _undo(self) -> str:
        if self.when == "now":
            return "Nothing undoes it."
        if self.when == "undo":
            return "Asking for it in the next window again undoes it."
        return "Until the window begins it can be taken back."

    def _judge(
        self, database: Database, pending: Maintenance | None, sent: Sent, now: int
    ) -> Progress:
        events, action = _newer(sent.events, sent), sent.plan.baseline[ACTION]
        if refusal := declined(events, ROLLED_BACK):
            return Progress(stage=Stage.ROLLED_BACK, detail=f"AWS put it back: {refusal}")
        if refusal := declined(events, DECLINED):
            return _failed(f"AWS could not do it: {refusal}")
        if database.status in ENDED_BADLY:
            return _failed(f"{database.name} is {database.status}")
        if pending is None:
            return self._gone(database, action)
        said = f"{action} is pending ({pending.asked_for or 'nobody asked for it'})"
        if self.when == "undo" and pending.asked_for != NEXT_WINDOW:
            return Progress(stage=Stage.SUCCEEDED, detail=f"{action} waits again", percent=100)
        if self.when == "next-window" and pending.asked_for == NEXT_WINDOW:
            return _scheduled(database, pending, now)
        immediate = {IMMEDIATE: True} if self._is_under_way(pending) else {}
        detail = f"{said}, {database.name} is {database.status}"
        return Progress(stage=Stage.WAITING, detail=detail, evidence=immediate)

    def _is_under_way(self, pending: Maintenance) -> bool:
        return self.when == "now" and pending.asked_for == IMMEDIATE

    def _gone(self, database: Database, action: str) -> Progress:
        said = f"{action} is no longer pending, {database.name} is {database.status}"
        if self.when == "undo":
            return _failed(f"{said}: AWS applied it before it was taken back")
        if database.status not in USABLE:
            return Progress(stage=Stage.WAITING, detail=said, evidence={IMMEDIATE: True})
        return Progress(stage=Stage.SUCCEEDED, detail=said, percent=100)


def _scheduled(database: Database, pending: Maintenance, now: int) -> Progress:
    at = pending.due_at
    return Progress(
        stage=Stage.SCHEDULED,
        detail=f"AWS applies {pending.action} in the next maintenance window",
        then_at=at,
        # Where AWS names no date, the window comes within a week.
        evidence={LOOK_AT: _over(database, now + WEEK if at is None else at)},
    )


def _over(database: Database, begins: int) -> int:
    _, minutes = weekly(database.maintenance_window) or (0, LONGEST)
    return begins + micros(timedelta(minutes=minutes)) + MARGIN


def _its(found: Iterable[Maintenance], sent: Sent) -> Maintenance | None:
    return next((one for one in found if one.action == sent.plan.baseline[ACTION]), None)


def _newer(events: Iterable[RDSEvent], sent: Sent) -> tuple[RDSEvent, ...]:
    target = sent.order.target
    return tuple(one for one in events if one.at > sent.sent_at and one.concerns(target))


def _became(
    database: Database,
    pending: Maintenance | None,
    events: Sequence[RDSEvent],
    sent: Sent,
    now: int,
) -> Recheck:
    action, label = f"{sent.plan.baseline[ACTION]} of {database.name}", sent.order.label
    if refusal := declined(events, (*ROLLED_BACK, *DECLINED)):
        put_back = bool(declined(events, ROLLED_BACK))
        title = "AWS rolled it back" if put_back else "AWS could not do it"
        return _told("rolled_back" if put_back else "declined", f"{action}: {title}", refusal)
    if database.status not in USABLE:
        return Recheck(result="under_way", again_at=now + MARGIN)
    if pending is None:
        asked = f"{label} had asked for it, and it is no longer pending."
        return _told("done", f"{action}: applied in its window", asked)
    if pending.asked_for != NEXT_WINDOW:
        asked = f"It is pending and not due in the next window any more, which {label} asked for."
        return _told("undone", f"{action}: somebody took it back", asked)
    at = pending.due_at
    later = at is not None and at > now
    due: Line = ("AWS now says ", Moment(at=at or 0), ".") if later else ("AWS says no date.",)
    found = _told("pending", f"{action}: still pending after its window", *due)
    return found.model_copy(update={"again_at": _over(database, at or 0) if later else None})


def _told(result: str, title: str, *said: Any) -> Recheck:
    return Recheck(result=result, said=Answer(title=title, parts=(paragraph(*said),)))


def _failed(detail: str) -> Progress:
    return Progress(stage=Stage.FAILED, detail=detail)
