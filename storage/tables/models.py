"""The tables. Instants are integer microseconds, JSON is canonical text, people are ``team:user``.

The classes declare the shape; rows are written and read through SQLAlchemy Core, by way of the
``Table`` objects at the bottom. Triggers (append-only audit, final statuses, votes) stand in the
migrations.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    text,
)
from sqlmodel import Field, SQLModel

from bot.values import CloudOpsState, Occasion, Risk, Status, Verdict

# SQLite hands out row ids only to columns that are exactly INTEGER PRIMARY KEY.
_ID = BigInteger().with_variant(Integer(), "sqlite")

#: Conditions of partial indexes: ON CONFLICT finds such an index only by repeating it.
OPEN = "status IN ('pending', 'approved', 'running')"
WAITING = "delivered_at IS NULL AND given_up_at IS NULL"
UNRESOLVED = "resolved_at IS NULL"


def _one_of(column: str, words: Any) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _id() -> Any:
    return Field(sa_type=_ID, primary_key=True)


def _instant() -> Any:
    return Field(sa_type=BigInteger)


def _maybe_instant() -> Any:
    return Field(default=None, sa_type=BigInteger)


class Row(SQLModel):
    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
            "ck": "%(table_name)s_%(constraint_name)s",
        }
    )


class Counter(Row, table=True):
    """Numbers that are given out once and never again, even if what asked for them rolled back."""

    __tablename__ = "counters"
    name: str = Field(primary_key=True)
    value: int = _instant()


class TextRow(Row, table=True):
    """Free text that people wrote; redacting sets ``text`` and ``salt`` to NULL, the id stays."""

    __tablename__ = "texts"
    id: int = _id()
    salt: bytes | None = None
    text: str | None = None


class RequestRow(Row, table=True):
    __tablename__ = "requests"
    __table_args__ = (
        _one_of("status", Status),
        _one_of("risk", Risk),
        ForeignKeyConstraint(["reason_id"], ["texts.id"]),
        # Two identical commands at one moment: the check before the insert sees neither.
        _partial("requests_same_ask_open", "same_ask", where=OPEN, unique=True),
        Index("requests_status", "status", "id"),
        Index("requests_requester", "requester", "id"),
        Index("requests_ended", "ended_at"),
    )
    id: int = Field(sa_type=_ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
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
    asked_at: int = _instant()
    expires_at: int = _instant()
    approved_at: int | None = _maybe_instant()
    not_before: int | None = _maybe_instant()
    send_by: int | None = _maybe_instant()
    starts_at: int | None = _maybe_instant()
    ended_at: int | None = _maybe_instant()
    waits_for: int | None = _maybe_instant()
    outcome: str | None = None
    card: str | None = None


class StepRow(Row, table=True):
    __tablename__ = "steps"
    __table_args__ = (
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        Index("steps_identifier", "identifier", "request_id"),
        Index("steps_operation", "operation", "settled_at"),
        _partial("steps_next_poll", "next_poll_at", where="next_poll_at IS NOT NULL"),
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
    claimed_at: int | None = _maybe_instant()
    sent_at: int | None = _maybe_instant()
    accepted_at: int | None = _maybe_instant()
    settled_at: int | None = _maybe_instant()
    lease_owner: str | None = None
    lease_until: int | None = _maybe_instant()
    fence: int = _instant()
    next_poll_at: int | None = _maybe_instant()
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
        _partial("step_locks_held", "lock", where="held", unique=True),
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
        _one_of("verdict", Verdict),
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        ForeignKeyConstraint(["reason_id"], ["texts.id"]),
    )
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    person: str = Field(primary_key=True)
    verdict: str
    at: int = _instant()
    plan_hash: str
    reason_id: int = Field(sa_type=BigInteger)
    mailbox: str | None = None


class AuditRow(Row, table=True):
    """``hash`` = SHA-256(0x00, ``prev``, ``body``); plain columns repeat the body, to filter by."""

    __tablename__ = "audit"
    __table_args__ = (
        ForeignKeyConstraint(["text_id"], ["texts.id"]),
        Index("audit_request", "request_id", "seq"),
        Index("audit_actor", "actor", "seq"),
        Index("audit_target", "target", "seq"),
        Index("audit_result", "result", "seq"),
        Index("audit_at", "at"),
    )
    seq: int = Field(sa_type=_ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: int = _instant()
    body: bytes
    prev: bytes
    hash: bytes
    mac: bytes | None = None
    key_id: str | None = None
    request_id: int | None = _maybe_instant()
    actor: str
    action: str
    target: str | None = None
    result: str
    operation: str | None = None
    text_id: int | None = Field(default=None, sa_type=BigInteger)


class AuditHead(Row, table=True):
    """One row: the last of the chain. Whoever appends locks it first."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: int = Field(sa_type=_ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = _instant()
    hash: bytes


class Archived(Row, table=True):
    """The tombstone of a closed segment of the chain that retention has moved away."""

    __tablename__ = "archived"
    first_seq: int = Field(sa_type=_ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_seq: int = _instant()
    count: int = _instant()
    root: bytes
    last_hash: bytes
    signature: bytes | None = None
    at: int = _instant()


class InboxRow(Row, table=True):
    __tablename__ = "inbox"
    __table_args__ = (
        _partial("inbox_unprocessed", "received_at", where="processed_at IS NULL"),
        Index("inbox_received", "received_at"),
    )
    key: str = Field(primary_key=True)
    kind: str
    payload: str
    received_at: int = _instant()
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lease_owner: str | None = None
    lease_until: int | None = _maybe_instant()
    processed_at: int | None = _maybe_instant()
    error_ref: str | None = None


class OutboxRow(Row, table=True):
    """``lane``: what has one order of delivery. ``attempts``: deliveries begun, not ended."""

    __tablename__ = "outbox"
    __table_args__ = (
        _partial("outbox_key_waiting", "key", where=WAITING, unique=True),
        _partial("outbox_lane_waiting", "lane", "id", where=WAITING),
        _partial("outbox_due", "due_at", where=WAITING),
    )
    id: int = _id()
    lane: str
    place: str
    address: str
    kind: str
    request_id: int | None = _maybe_instant()
    body: str
    key: str | None = None
    instead: str | None = None
    revision: int
    created_at: int = _instant()
    due_at: int = _instant()
    attempts: int
    error: str | None = None
    lease_owner: str | None = None
    lease_until: int | None = _maybe_instant()
    posted: str | None = None
    delivered_at: int | None = _maybe_instant()
    given_up_at: int | None = _maybe_instant()


class LeaseRow(Row, table=True):
    __tablename__ = "leases"
    name: str = Field(primary_key=True)
    owner: str
    fence: int = _instant()
    until: int = _instant()


class CursorRow(Row, table=True):
    __tablename__ = "cursors"
    name: str = Field(primary_key=True)
    value: str


class ScheduleRow(Row, table=True):
    __tablename__ = "schedules"
    id: str = Field(primary_key=True)
    kind: str
    channel: str
    cron: str
    timezone: str
    body: str
    created_by: str
    created_at: int = _instant()
    removed_at: int | None = _maybe_instant()


class ScheduleRun(Row, table=True):
    """One run of a schedule at one local wall-clock time, so that no night in October has two."""

    __tablename__ = "schedule_runs"
    schedule_id: str = Field(primary_key=True)
    wall_clock: str = Field(primary_key=True)
    attempt: int
    claimed_at: int = _instant()
    lease_until: int = _instant()
    ended_at: int | None = _maybe_instant()
    outcome: str | None = None


class HomeViewRow(Row, table=True):
    __tablename__ = "home_views"
    __table_args__ = (Index("home_views_opened", "opened_at"),)
    person: str = Field(primary_key=True)
    opened_at: int = _instant()
    view_hash: str | None = None
    click: str | None = None


class ReminderRow(Row, table=True):
    __tablename__ = "reminders"
    __table_args__ = (
        _one_of("occasion", Occasion),
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
    )
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    person: str = Field(primary_key=True)
    occasion: str = Field(primary_key=True)
    at: int = _instant()


class ToldConcern(Row, table=True):
    """Replaced as a whole with each digest of its schedule."""

    __tablename__ = "told_concerns"
    schedule_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    state: str
    told_at: int = _instant()


class SnoozeRow(Row, table=True):
    __tablename__ = "snoozes"
    channel: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    until: int = _instant()


class IncidentRow(Row, table=True):
    """``body`` is all of it; the columns repeat what is asked by."""

    __tablename__ = "incidents"
    __table_args__ = (
        _partial("incidents_key_open", "key", where=UNRESOLVED, unique=True),
        Index("incidents_key", "key", "id"),
        Index("incidents_started", "started_at"),
    )
    id: int = _id()
    key: str
    started_at: int = _instant()
    resolved_at: int | None = _maybe_instant()
    body: str


class CloudOpsRow(Row, table=True):
    """``denial``: the row of the audit trail that it hands on, which retention may take away."""

    __tablename__ = "cloudops"
    __table_args__ = (
        _one_of("state", CloudOpsState),
        ForeignKeyConstraint(["reason_id"], ["texts.id"]),
    )
    denial: int = Field(sa_type=_ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    state: str
    requester: str
    channel: str
    asked_at: int = _instant()
    taken_by: str | None = None
    taken_at: int | None = _maybe_instant()
    ended_by: str | None = None
    ended_at: int | None = _maybe_instant()
    reason_id: int | None = _maybe_instant()
    card: str | None = None


class AftermathRow(Row, table=True):
    __tablename__ = "aftermaths"
    __table_args__ = (ForeignKeyConstraint(["request_id"], ["requests.id"]),)
    request_id: int = Field(sa_type=BigInteger, primary_key=True)
    minutes: int = Field(primary_key=True)
    outcome: str
    at: int = _instant()


class LiveChartRow(Row, table=True):
    """``next_at``: when it is renewed; NULL where that has ended."""

    __tablename__ = "live_charts"
    __table_args__ = (_partial("live_charts_next", "next_at", where="next_at IS NOT NULL"),)
    id: str = Field(primary_key=True)
    person: str
    address: str
    command: str
    began_at: int = _instant()
    until: int = _instant()
    next_at: int | None = _maybe_instant()
    shown: str


metadata = Row.metadata


def _table(name: str) -> Table:
    return metadata.tables[name]


counters = _table("counters")
texts = _table("texts")
requests = _table("requests")
steps = _table("steps")
step_locks = _table("step_locks")
step_touches = _table("step_touches")
votes = _table("votes")
audit = _table("audit")
audit_head = _table("audit_head")
archived = _table("archived")
inbox = _table("inbox")
outbox = _table("outbox")
leases = _table("leases")
cursors = _table("cursors")
schedules = _table("schedules")
schedule_runs = _table("schedule_runs")
home_views = _table("home_views")
reminders = _table("reminders")
told_concerns = _table("told_concerns")
snoozes = _table("snoozes")
live_charts = _table("live_charts")
aftermaths = _table("aftermaths")
incidents = _table("incidents")
cloudops = _table("cloudops")
