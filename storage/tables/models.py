"""The tables. Instants are integer microseconds, JSON is canonical text, people are ``team:user``.

The classes declare the shape, those of requests in a module of their own; rows are written and read
through SQLAlchemy Core, by way of the ``Table`` objects at the bottom. Triggers (append-only audit,
final statuses, votes) stand in the migrations.
"""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Table
from sqlmodel import Field

from bot.values import CloudOpsState
from storage.tables.columns import ID, Row, instant, maybe_instant, one_of, partial, row_id
from storage.tables.request_models import RequestRow

#: Conditions of partial indexes: ON CONFLICT finds such an index only by repeating it.
WAITING = "delivered_at IS NULL AND given_up_at IS NULL"
UNRESOLVED = "resolved_at IS NULL"


class Counter(Row, table=True):
    """Numbers that are given out once and never again, even if what asked for them rolled back."""

    __tablename__ = "counters"
    name: str = Field(primary_key=True)
    value: int = instant()


class TextRow(Row, table=True):
    """Free text that people wrote; redacting sets ``text`` and ``salt`` to NULL, the id stays."""

    __tablename__ = "texts"
    id: int = row_id()
    salt: bytes | None = None
    text: str | None = None


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
    seq: int = Field(sa_type=ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: int = instant()
    body: bytes
    prev: bytes
    hash: bytes
    mac: bytes | None = None
    key_id: str | None = None
    request_id: int | None = maybe_instant()
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
    id: int = Field(sa_type=ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = instant()
    hash: bytes


class Archived(Row, table=True):
    """The tombstone of a closed segment of the chain that retention has moved away."""

    __tablename__ = "archived"
    first_seq: int = Field(sa_type=ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_seq: int = instant()
    count: int = instant()
    root: bytes
    last_hash: bytes
    signature: bytes | None = None
    at: int = instant()


class InboxRow(Row, table=True):
    __tablename__ = "inbox"
    __table_args__ = (
        partial("inbox_unprocessed", "received_at", where="processed_at IS NULL"),
        Index("inbox_received", "received_at"),
    )
    key: str = Field(primary_key=True)
    kind: str
    payload: str
    received_at: int = instant()
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lease_owner: str | None = None
    lease_until: int | None = maybe_instant()
    processed_at: int | None = maybe_instant()
    error_ref: str | None = None


class OutboxRow(Row, table=True):
    """``lane``: what has one order of delivery. ``attempts``: deliveries begun, not ended."""

    __tablename__ = "outbox"
    __table_args__ = (
        partial("outbox_key_waiting", "key", where=WAITING, unique=True),
        partial("outbox_lane_waiting", "lane", "id", where=WAITING),
        partial("outbox_due", "due_at", where=WAITING),
    )
    id: int = row_id()
    lane: str
    place: str
    address: str
    kind: str
    request_id: int | None = maybe_instant()
    body: str
    key: str | None = None
    instead: str | None = None
    revision: int
    created_at: int = instant()
    due_at: int = instant()
    attempts: int
    error: str | None = None
    lease_owner: str | None = None
    lease_until: int | None = maybe_instant()
    posted: str | None = None
    delivered_at: int | None = maybe_instant()
    given_up_at: int | None = maybe_instant()


class LeaseRow(Row, table=True):
    __tablename__ = "leases"
    name: str = Field(primary_key=True)
    owner: str
    fence: int = instant()
    until: int = instant()


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
    created_at: int = instant()
    removed_at: int | None = maybe_instant()


class ScheduleRun(Row, table=True):
    """One run of a schedule at one local wall-clock time, so that no night in October has two."""

    __tablename__ = "schedule_runs"
    schedule_id: str = Field(primary_key=True)
    wall_clock: str = Field(primary_key=True)
    attempt: int
    claimed_at: int = instant()
    lease_until: int = instant()
    ended_at: int | None = maybe_instant()
    outcome: str | None = None


class HomeViewRow(Row, table=True):
    __tablename__ = "home_views"
    __table_args__ = (Index("home_views_opened", "opened_at"),)
    person: str = Field(primary_key=True)
    opened_at: int = instant()
    view_hash: str | None = None
    click: str | None = None


class ToldConcern(Row, table=True):
    """Replaced as a whole with each digest of its schedule."""

    __tablename__ = "told_concerns"
    schedule_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    state: str
    told_at: int = instant()


class SnoozeRow(Row, table=True):
    __tablename__ = "snoozes"
    channel: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    until: int = instant()


class IncidentRow(Row, table=True):
    """``body`` is all of it; the columns repeat what is asked by."""

    __tablename__ = "incidents"
    __table_args__ = (
        partial("incidents_key_open", "key", where=UNRESOLVED, unique=True),
        Index("incidents_key", "key", "id"),
        Index("incidents_started", "started_at"),
    )
    id: int = row_id()
    key: str
    started_at: int = instant()
    resolved_at: int | None = maybe_instant()
    body: str


class CloudOpsRow(Row, table=True):
    """``denial``: the row of the audit trail that it hands on, which retention may take away."""

    __tablename__ = "cloudops"
    __table_args__ = (
        one_of("state", CloudOpsState),
        ForeignKeyConstraint(["reason_id"], ["texts.id"]),
    )
    denial: int = Field(sa_type=ID, primary_key=True, sa_column_kwargs={"autoincrement": False})
    state: str
    requester: str
    channel: str
    asked_at: int = instant()
    taken_by: str | None = None
    taken_at: int | None = maybe_instant()
    ended_by: str | None = None
    ended_at: int | None = maybe_instant()
    reason_id: int | None = maybe_instant()
    card: str | None = None


class LiveChartRow(Row, table=True):
    """``next_at``: when it is renewed; NULL where that has ended."""

    __tablename__ = "live_charts"
    __table_args__ = (partial("live_charts_next", "next_at", where="next_at IS NOT NULL"),)
    id: str = Field(primary_key=True)
    person: str
    address: str
    command: str
    began_at: int = instant()
    until: int = instant()
    next_at: int | None = maybe_instant()
    shown: str


metadata = RequestRow.metadata  # of every Row: with its module, all of them are declared


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
