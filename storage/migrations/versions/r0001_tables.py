"""All tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite hands out row ids only to columns that are exactly INTEGER PRIMARY KEY.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _archived()
    _audit_head()
    _counters()
    _cursors()
    _home_views()
    _inbox()
    _leases()
    _outbox()
    _schedule_runs()
    _schedules()
    _texts()
    _audit()
    _requests()
    _steps()
    _votes()


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _archived() -> None:
    op.create_table(
        "archived",
        sa.Column("first_seq", _ID, autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("first_seq", name="archived_pkey"),
    )


def _audit_head() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="audit_head_single"),
        sa.PrimaryKeyConstraint("id", name="audit_head_pkey"),
    )


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="counters_pkey"),
    )


def _cursors() -> None:
    op.create_table(
        "cursors",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="cursors_pkey"),
    )


def _home_views() -> None:
    op.create_table(
        "home_views",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("view_hash", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("person", name="home_views_pkey"),
    )
    op.create_index("home_views_opened", "home_views", ["opened_at"])


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("processed_at", sa.BigInteger(), nullable=True),
        sa.Column("error_ref", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="inbox_pkey"),
    )
    op.create_index("inbox_received", "inbox", ["received_at"])
    op.create_index("inbox_unprocessed", "inbox", ["received_at"], **_where("processed_at IS NULL"))


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="leases_pkey"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _ID, nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("posted", sa.String(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("given_up_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="outbox_pkey"),
    )
    op.create_index(
        "outbox_due", "outbox", ["due_at"], **_where("delivered_at IS NULL AND given_up_at IS NULL")
    )
    op.create_index(
        "outbox_key_waiting",
        "outbox",
        ["key"],
        unique=True,
        **_where("delivered_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_index(
        "outbox_lane_waiting",
        "outbox",
        ["lane", "id"],
        **_where("delivered_at IS NULL AND given_up_at IS NULL"),
    )


def _schedule_runs() -> None:
    op.create_table(
        "schedule_runs",
        sa.Column("schedule_id", sa.String(), nullable=False),
        sa.Column("wall_clock", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("schedule_id", "wall_clock", name="schedule_runs_pkey"),
    )


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("cron", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="schedules_pkey"),
    )


def _texts() -> None:
    op.create_table(
        "texts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="texts_pkey"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", _ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("request_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=True),
        sa.Column("text_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name="audit_text_id_fkey"),
        sa.PrimaryKeyConstraint("seq", name="audit_pkey"),
    )
    op.create_index("audit_actor", "audit", ["actor", "seq"])
    op.create_index("audit_at", "audit", ["at"])
    op.create_index("audit_request", "audit", ["request_id", "seq"])
    op.create_index("audit_result", "audit", ["result", "seq"])
    op.create_index("audit_target", "audit", ["target", "seq"])


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requester", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("card_channel", sa.String(), nullable=True),
        sa.Column("reason_id", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("risk", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("assessment", sa.String(), nullable=False),
        sa.Column("classified", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("plan_hash", sa.String(), nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("same_ask", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("send_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("waits_for", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("card", sa.String(), nullable=True),
        sa.CheckConstraint("risk IN ('low', 'medium', 'high')", name="requests_risk_known"),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'rejected', 'expired', 'cancelled', "
            "'running', 'succeeded', 'failed', 'unknown')",
            name="requests_status_known",
        ),
        sa.ForeignKeyConstraint(["reason_id"], ["texts.id"], name="requests_reason_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="requests_pkey"),
    )
    op.create_index("requests_requester", "requests", ["requester", "id"])
    op.create_index(
        "requests_same_ask_open",
        "requests",
        ["same_ask"],
        unique=True,
        **_where("status IN ('pending', 'approved', 'running')"),
    )
    op.create_index("requests_status", "requests", ["status", "id"])


def _steps() -> None:
    op.create_table(
        "steps",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("params", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("lock", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("session_name", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("next_poll_at", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("progress", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="steps_request_id_fkey"),
        sa.PrimaryKeyConstraint("request_id", "number", name="steps_pkey"),
    )
    op.create_index("steps_identifier", "steps", ["identifier", "request_id"])
    op.create_index(
        "steps_lock_held",
        "steps",
        ["lock"],
        unique=True,
        **_where("claimed_at IS NOT NULL AND settled_at IS NULL"),
    )
    op.create_index(
        "steps_next_poll", "steps", ["next_poll_at"], **_where("next_poll_at IS NOT NULL")
    )
    op.create_index("steps_operation", "steps", ["operation", "settled_at"])


def _votes() -> None:
    op.create_table(
        "votes",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("plan_hash", sa.String(), nullable=False),
        sa.Column("reason_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("verdict IN ('approve', 'reject')", name="votes_verdict_known"),
        sa.ForeignKeyConstraint(["reason_id"], ["texts.id"], name="votes_reason_id_fkey"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="votes_request_id_fkey"),
        sa.PrimaryKeyConstraint("request_id", "person", name="votes_pkey"),
    )
