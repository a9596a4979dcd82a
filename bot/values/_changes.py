"""A change, from the call that is planned to the proof that it happened."""

import json
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field

from bot.values._answers import Answer
from bot.values._base import Value, label
from bot.values._databases import RDSEvent, Target
from bot.values._people import PersonId
from bot.values._vocabulary import Risk, Role


class Call(Value):
    """One call of AWS's API: ``rds:RebootDBInstance`` and its arguments, frozen."""

    action: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        inner = ", ".join(f"{name}={_json(value)}" for name, value in self.arguments.items())
        return f"{self.action}({inner})"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


class Difference(Value):
    what: str
    current: str
    wanted: str


class Assessment(Value):
    """A risk and the reasons that made it so."""

    risk: Risk
    reasons: tuple[str, ...] = ()


class Touch(Value):
    """A database that a change reaches; the ``resource_id`` of one that it makes is empty."""

    target: Target
    role: Role = Role.CHANGES

    @property
    def unread(self) -> str:
        """What it is called where it cannot be read."""
        return f"touched database {self.target}"


class Plan(Value):
    """What a change would do, found by looking and without side effect."""

    effect: str  #: one line in the imperative: "Reboot orders-staging with failover"
    call: Call
    differences: tuple[Difference, ...] = ()
    checks: tuple[str, ...] = ()  #: the guards that passed, in words
    warnings: tuple[str, ...] = ()  #: consequences that an approver should know
    downtime: str = ""  #: how long who uses it goes without: "none", "a minute or two; …"
    undo: str = "Nothing undoes it."
    busy: str = ""  #: why it has to wait for now: AWS is at work on that database
    #: All that it reaches, which is locked, judged and followed; empty: the target, changed.
    touches: tuple[Touch, ...] = ()
    assessment: Assessment | None = None  #: where looking found it riskier than ``risk_for`` knows
    baseline: dict[str, Any] = Field(
        default_factory=dict
    )  #: facts that later prove that it happened
    horizon: timedelta | None = None  #: how long it may take; None: as long as its kind may

    def beside(self, target: Target) -> tuple[Touch, ...]:
        """What it touches beside its target, each once, in the order of the plan."""
        others = (one for one in self.touches if one.target.place != target.place)
        return tuple(dict.fromkeys(others))

    def role(self, target: Target) -> Role:
        """What it does to its target: it changes it, unless the plan says that it only reads it."""
        own = [one.role for one in self.touches if one.target.place == target.place]
        return Role.READS if own and set(own) == {Role.READS} else Role.CHANGES


class Order(Value):
    """Who asked for a change of what; known before the plan is made."""

    request_id: int
    number: int = 1
    target: Target
    requester: PersonId
    reason: str = ""
    asked_at: int

    @property
    def label(self) -> str:
        return label(self.request_id)


class Receipt(Value):
    """AWS's reply to the one mutating call."""

    at: int
    aws_request_id: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict)


class Sent(Value):
    """A change that has left the bot, or may have. ``receipt`` is None where no reply came."""

    order: Order
    plan: Plan
    session_name: str
    sent_at: int
    receipt: Receipt | None = None
    evidence: dict[str, Any] = Field(default_factory=dict)  #: what earlier polls found and kept
    #: RDS events since ``sent_at`` of all that the plan touches, oldest first. An event names its
    #: source: the target's are those that ``concerns`` knows.
    events: tuple[RDSEvent, ...] = ()


class Stage(StrEnum):
    """How far AWS has come with what was sent."""

    #: Nothing certain yet: ask again.
    WAITING = "waiting"
    #: ``reconcile`` only: AWS took our call; follow it.
    ARRIVED = "arrived"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    #: Proven: the call never took effect at AWS.
    NOT_SENT = "not_sent"
    #: AWS took it and does it later by itself, in the maintenance window: nothing is locked.
    SCHEDULED = "scheduled"
    #: AWS tried, and put everything back as it was.
    ROLLED_BACK = "rolled_back"
    #: It cannot be found out by the bot: a person must look.
    UNKNOWN = "unknown"


class Progress(Value):
    stage: Stage
    detail: str  #: a sentence with AWS's own status: "snapshot pre-upgrade-1 is available"
    percent: int | None = None
    #: When AWS does by itself what is scheduled, or starts again what was stopped; None: nobody
    #: says.
    then_at: int | None = None
    evidence: dict[str, Any] = Field(default_factory=dict)  #: kept, and seen by the next poll


class Recheck(Value):
    """What was found when a change that had ended was looked at again."""

    result: str  #: in one word, for the audit trail and the card: done, rolled_back, pending, …
    said: Answer | None = None  #: in the thread and to who asked; None: there is nothing to say
    again_at: int | None = None  #: when to look once more
