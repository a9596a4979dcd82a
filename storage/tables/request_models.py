"""The tables of requests: what was asked for, its steps, votes, and what was seen of it later."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field

from bot.values import Occasion, Risk, Status, Verdict
from storage.tables.columns import ID, Row, instant, maybe_instant, one_of, partial

#: Condition of a partial index: ON CONFLICT finds such an index only by repeating it.
OPEN = "status IN ('pending', 'approved', 'running')"


class RequestRow(Row, table=True):
    __tablename__ = "requests"
    __table_args__ = (
        one_of("status", Status),
        one_of("risk", Risk),
        ForeignKeyConstraint(["reason_id"], ["texts.id"]),
        # Two identical commands at one moment: the check before the insert sees neither.
        partial("requests_same_ask_open", "same_ask", where=OPEN, unique=True),
        Index("requests_status", "status", "id"),
        Index("requests_requester", "requester", "id"),
        Index("requests_ended", "ended_at"),
    )
    id: int = Field(sa_type=ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    status: str
    version: int
    requester: str
    channel: str
    card_channel: str | None = None
    reason_id: int = Field(sa_type=BigInteger)
    operation: str
    command: str
    risk: str
    environment: str
    assessment: str
    classified: str
    decision: str
    facts: str
    plan_hash: str
    policy_hash: str
    same_ask: str
    asked_at: int = instant()
    expires_at: int = instant()
    approved_at: int | None = maybe_instant()
    not_before: int | None = maybe_instant()
    send_by: int | None = maybe_instant()
    starts_at: int | None = maybe_instant()
    ended_at: int | None = maybe_instant()
    waits_for: int | None = maybe_instant()
    outcome: str | None = None
    card: str | None = None


class StepRow(Row, table=True):
    __tablename__ = "steps"
    __table_args__ = (
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        Index("steps_identifier", "identifier", "request_id"),
        Index("steps_operation", "operation", "settled_at"),
        partial("steps_next_poll", "next_poll_at", where="next_poll_at IS NOT NULL"),
    )
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    number: int = Field(primary_key=True)
    operation: str
    params: str
    account: str
    region: str
    kind: str
    identifier: str
    resource_id: str
    lock: str
    plan: str
    session_name: str
    claimed_at: int | None = maybe_instant()
    sent_at: int | None = maybe_instant()
    accepted_at: int | None = maybe_instant()
    settled_at: int | None = maybe_instant()
    lease_owner: str | None = None
    lease_until: int | None = maybe_instant()
    fence: int = instant()
    next_poll_at: int | None = maybe_instant()
    receipt: str | None = None
    evidence: str
    events: str
    progress: str | None = None
    refusal: str | None = None


class StepLock(Row, table=True):
    """What a step locks, and whether it does so now: from its claim until it is settled."""

    __tablename__ = "step_locks"
    __table_args__ = (
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        # One change at a time on one database, for however many replicas there are.
        partial("step_locks_held", "lock", where="held", unique=True),
        Index("step_locks_lock", "lock", "request_id"),
    )
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    number: int = Field(primary_key=True)
    lock: str = Field(primary_key=True)
    held: bool


class StepTouch(Row, table=True):
    """What a step touches beside its target, to be found by; its plan has the same."""

    __tablename__ = "step_touches"
    __table_args__ = (
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        Index("step_touches_identifier", "identifier", "request_id"),
    )
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    number: int = Field(primary_key=True)
    account: str = Field(primary_key=True)
    region: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    role: str = Field(primary_key=True)


class VoteRow(Row, table=True):
    __tablename__ = "votes"
    __table_args__ = (
        one_of("verdict", Verdict),
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        ForeignKeyConstraint(["reason_id"], ["texts.id"]),
    )
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    person: str = Field(primary_key=True)
    verdict: str
    at: int = instant()
    plan_hash: str
    reason_id: int = Field(sa_type=BigInteger)
    mailbox: str | None = None


class ReminderRow(Row, table=True):
    __tablename__ = "reminders"
    __table_args__ = (
        one_of("occasion", Occasion),
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
    )
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    person: str = Field(primary_key=True)
    occasion: str = Field(primary_key=True)
    at: int = instant()


class AftermathRow(Row, table=True):
    __tablename__ = "aftermaths"
    __table_args__ = (ForeignKeyConstraint(["request_id"], ["requests.id"]),)
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    minutes: int = Field(primary_key=True)
    outcome: str
    at: int = instant()
