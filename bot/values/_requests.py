"""What is decided about a change, and the request that keeps it all."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import Field

from bot.values._answers import Line
from bot.values._base import Value, fingerprint, label, micros
from bot.values._changes import Assessment, Order, Plan, Progress, Receipt, Touch
from bot.values._databases import Classified, RDSEvent, Target
from bot.values._messages import AuditEvent, Message, Place
from bot.values._people import Access, PersonId
from bot.values._vocabulary import Kind, Status, Turn

HABIT = 3  #: so many endings make something usual


class Effect(StrEnum):
    ALLOW = "allow"
    APPROVE = "approve"
    DENY = "deny"


class Decision(Value):
    """The policy's word on one case, with the rule that spoke."""

    effect: Effect
    approvals: int = 0  #: distinct people wanted; 0 unless the effect is ``approve``
    rule: str = ""
    reason: str = ""
    approvers: Access = Access()
    expires_after: timedelta = timedelta(hours=72)
    send_within: timedelta = timedelta(hours=1)
    protected: bool = False


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class Vote(Value):
    """One person's word on one request. One person has one."""

    person: PersonId
    verdict: Verdict
    at: int
    plan_hash: str
    reason: str = ""
    #: ``bot.policy.eligibility.sealed``; None: Slack showed no address, or nobody asked for it.
    mailbox: str | None = None


class Outcome(Value):
    """How a request ended. ``code`` is for figures and filters, ``detail`` for people."""

    code: str
    detail: str


class Refusal(Value):
    """Proof that a call which was noted as sent did nothing: AWS's own no, or it never left.

    ``code`` is AWS's, ``NotSent`` where nothing left the bot; ``times`` counts it and all before.
    """

    at: int
    code: str
    detail: str
    times: int = 1

    def __str__(self) -> str:
        return f"{self.detail.rstrip('.')} ({self.code})."


def session_name(request_id: int, number: int, refusals: int = 0) -> str:
    """Of one attempt: after a refusal CloudTrail must tell the next call from the refused one."""
    name = f"rds-bot-{request_id}-{number}"
    return f"{name}-{refusals + 1}" if refusals else name


class Look(Value):
    """What was seen when a change was looked back at, so many minutes after its end."""

    minutes: int
    turn: Turn
    said: str = ""  #: the figures, or why there are none
    brief: str = ""  #: what got worse, for a line that says more: "read latency 0.6 → 2.8 ms"

    @property
    def spoken(self) -> str:
        """``worse 15 min later``"""
        return f"{_TURNS[self.turn]} {self.minutes} min later"


_TURNS = {
    Turn.WORSE: "worse",
    Turn.UNREAD: "not known how it does",
    Turn.BETTER: "better",
    Turn.USUAL: "as usual",
    Turn.SAME: "as before",
    Turn.UNKNOWN: "not known how it does",
}
_UNJUDGED = frozenset({Turn.UNREAD, Turn.UNKNOWN})


class Step(Value):
    """One call on one target."""

    number: int = 1
    operation: str
    params: dict[str, Any]
    target: Target
    lock: str  #: of the target alone: what shares it is a change of the same database
    #: All that it holds from its claim until it is settled.
    locks: tuple[str, ...] = Field(default_factory=lambda known: (known["lock"],))
    plan: Plan
    session_name: str
    claimed_at: int | None = None
    sent_at: int | None = None
    accepted_at: int | None = None
    settled_at: int | None = None
    lease_owner: str | None = None
    lease_until: int | None = None
    fence: int = 0
    next_poll_at: int | None = None
    receipt: Receipt | None = None
    refusal: Refusal | None = None  #: of the last attempt that AWS proved to have done nothing
    evidence: dict[str, Any] = Field(default_factory=dict)
    events: tuple[RDSEvent, ...] = ()
    progress: Progress | None = None  #: how far AWS is; while it is unsent, why it waits

    @property
    def took(self) -> int | None:
        """Microseconds from the send to its end; None where one of them has not come."""
        if self.sent_at is None or self.settled_at is None:
            return None
        return self.settled_at - self.sent_at

    @property
    def is_claimed(self) -> bool:
        """Whether it holds its locks."""
        return self.claimed_at is not None and self.settled_at is None

    def identity(self) -> dict[str, Any]:
        """What is approved: the call, the very database it is for, and what else it touches."""
        touches = [one.json_value() for one in self.plan.touches]
        return {
            "target": self.target.json_value(),
            "call": self.plan.call.json_value(),
            # Left out where there are none, so that what was approved before them stays approved.
            **({"touches": touches} if touches else {}),
        }

    @property
    def touches(self) -> tuple[Touch, ...]:
        """All databases that it reaches, its target first."""
        own = Touch(target=self.target, role=self.plan.role(self.target))
        return (own, *self.plan.beside(self.target))

    @property
    def places(self) -> frozenset[tuple[str, str, Kind, str]]:
        """Where all that it touches stands."""
        return frozenset(one.target.place for one in self.touches)

    def reaches(self, target: Target) -> bool:
        """Whether it touches that very database; one that it made has its name."""
        return any(
            one.target == target
            or (not one.target.resource_id and one.target.place == target.place)
            for one in self.touches
        )

    def meets(self, other: "Step") -> bool:
        """Whether both touch one database, or members of one cluster."""
        if self.places & other.places:
            return True
        return not {self.lock, *self.locks}.isdisjoint({other.lock, *other.locks})


def plan_hash(steps: tuple[Step, ...]) -> str:
    return fingerprint([step.identity() for step in steps])


class Usual(Value):
    """How long a kind of change has taken lately, in microseconds."""

    median: int
    p90: int

    @classmethod
    def of(cls, durations: Sequence[int]) -> Self | None:
        """None where there are too few to speak of a habit."""
        if len(durations) < HABIT:
            return None
        ordered = sorted(durations)
        return cls(median=ordered[len(ordered) // 2], p90=ordered[-(-9 * len(ordered) // 10) - 1])


class Posted(Value):
    """Where a message stands in Slack."""

    channel: str
    ts: str


class Request(Value):
    """A change that somebody asked for, with everything that it was judged by."""

    id: int
    status: Status
    version: int = 0
    requester: PersonId
    channel: str  #: where it was asked
    card_channel: str | None  #: where its card goes; None: nowhere, by direct message only
    reason: str = ""
    operation: str
    command: str  #: the equivalent ``/rds`` command
    assessment: Assessment
    classified: Classified
    decision: Decision
    facts: dict[str, Any] = Field(default_factory=dict)
    plan_hash: str
    policy_hash: str
    asked_at: int
    expires_at: int
    approved_at: int | None = None
    not_before: int | None = None
    send_by: int | None = None
    starts_at: int | None = None  #: not sent before, as whoever asked for it said; None: at once
    ended_at: int | None = None
    waits_for: int | None = None
    outcome: Outcome | None = None
    card: Posted | None = None
    steps: tuple[Step, ...]
    votes: tuple[Vote, ...] = ()
    looks: tuple[Look, ...] = ()  #: back at it, in the order of time

    def seen(self, look: Look) -> Self:
        """The same after one more look back at it."""
        return self.model_copy(update={"looks": (*self.looks, look)})

    @property
    def is_worse_since(self) -> bool:
        """Whether its database did worse when it was last looked at and could be judged."""
        judged = [look.turn for look in self.looks if look.turn not in _UNJUDGED]
        return judged[-1:] == [Turn.WORSE]

    @property
    def was_worse(self) -> bool:
        """Whether it was ever seen to do worse."""
        return any(look.turn is Turn.WORSE for look in self.looks)

    @property
    def remarkable(self) -> tuple[Look, ...]:
        """What is worth a word beside how it ended: that it was worse, and how it was at last; or
        that it could not be judged. Nothing where all is as it should be."""
        worse = [look for look in self.looks if look.turn is Turn.WORSE]
        last = self.looks[-1:]
        if worse or any(look.turn in _UNJUDGED for look in last):
            return tuple(dict.fromkeys((*worse, *last)))
        return ()

    @property
    def since(self) -> str:
        """``, worse 15 min later``, to stand behind the word for how it ended; mostly empty."""
        return "".join(f", {look.spoken}" for look in self.remarkable)

    def send_until(self, approved_at: int) -> int:
        """Until when it may be sent, if it is approved then."""
        return max(approved_at, self.starts_at or 0) + micros(self.decision.send_within)

    @property
    def label(self) -> str:
        return label(self.id)

    @property
    def step(self) -> Step:
        """The first step; the operations of today have one."""
        return self.steps[0]

    @property
    def approvals(self) -> tuple[Vote, ...]:
        return tuple(vote for vote in self.votes if vote.verdict is Verdict.APPROVE)

    @property
    def wanting(self) -> str:
        """``needs 2 approvals``, ``needs 1 more approval``, while it is pending."""
        given, wanted = len(self.approvals), self.decision.approvals
        # somebody who approved may no longer count, so at least one is still wanted
        missing = max(wanted - given, 1) if given else wanted
        more = " more" if given else ""
        return f"needs {missing}{more} approval{'' if missing == 1 else 's'}"

    @property
    def stands(self) -> str:
        """Where it is, in the words of its card; ``pending`` says nothing to who reads it."""
        if self.status is Status.UNKNOWN:
            return "outcome unknown"
        return self.wanting if self.status is Status.PENDING else f"{self.status}{self.since}"

    @property
    def same_ask(self) -> str:
        """Equal for two requests in which the same person asks for the same thing."""
        asked = [[step.operation, step.params, step.target.json_value()] for step in self.steps]
        # Left out where no time was said, so that what was asked before there were times is equal.
        starts = [self.starts_at] * (self.starts_at is not None)
        return fingerprint([str(self.requester), asked, *starts])

    def order(self, step: Step) -> Order:
        return Order(
            request_id=self.id,
            number=step.number,
            target=step.target,
            requester=self.requester,
            reason=self.reason,
            asked_at=self.asked_at,
        )

    def event(
        self,
        action: str,
        result: str,
        actor: PersonId | str = "bot",
        facts: dict[str, Any] | None = None,
        text: str = "",
    ) -> AuditEvent:
        """A fact about this request for the audit trail."""
        return AuditEvent(
            action=action,
            actor=str(actor),
            result=result,
            request_id=self.id,
            operation=self.operation,
            target=str(self.step.target),
            facts=facts or {},
            text=text,
        )

    def card_message(self) -> Message:
        """The card is drawn from the request at delivery, so one waiting row is enough."""
        return Message(
            place=Place.CARD,
            address=self.card_channel or self.requester.user,
            kind="card",
            request_id=self.id,
            key=f"card:{self.id}",
        )


class Click(Value):
    """What somebody pressed at a request; ``refused`` says why where it did not count."""

    request: int
    verb: str  #: approve, reject or cancel
    refused: Line = ()


class OpenRequests(Value):
    """What has not ended, what runs first, then the newest; ``unread``: so many more are kept and
    cannot be read."""

    found: tuple[Request, ...] = ()
    unread: int = 0
