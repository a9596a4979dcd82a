"""What no code of the bot may do, refused by the database itself; and the first rows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FINAL = "('rejected', 'expired', 'cancelled', 'succeeded', 'failed')"
_TOMBSTONE = "SELECT 1 FROM archived WHERE OLD.seq BETWEEN first_seq AND last_seq"

#: name, table, when, condition under which it is refused, why
_GUARDS = (
    (
        "requests_final_status",
        "requests",
        "UPDATE",
        f"OLD.status IN {_FINAL} AND NEW.status <> OLD.status",
        "the request has ended and nothing changes its status",
    ),
    (
        "steps_sent_once",
        "steps",
        "UPDATE",
        "OLD.sent_at IS NOT NULL AND (NEW.sent_at IS NULL OR NEW.sent_at <> OLD.sent_at)",
        "what was sent stays sent",
    ),
    (
        "votes_not_own",
        "votes",
        "INSERT",
        "(SELECT requester FROM requests WHERE id = NEW.request_id) = NEW.person",
        "nobody votes on their own request",
    ),
    (
        "votes_while_pending",
        "votes",
        "INSERT",
        "(SELECT status FROM requests WHERE id = NEW.request_id) <> 'pending'",
        "the request is no longer open for votes",
    ),
    ("votes_final", "votes", "UPDATE", "", "a vote is final"),
    ("votes_kept", "votes", "DELETE", "", "a vote is final"),
    (
        "audit_follows",
        "audit",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM audit_head WHERE seq + 1 = NEW.seq AND hash = NEW.prev)",
        "an audit row must follow the last one",
    ),
    ("audit_unchanged", "audit", "UPDATE", "", "the audit trail is append-only"),
    (
        "audit_kept",
        "audit",
        "DELETE",
        f"NOT EXISTS ({_TOMBSTONE})",
        "the audit trail is append-only",
    ),
    (
        "audit_head_advances",
        "audit_head",
        "UPDATE",
        "NEW.seq <> OLD.seq + 1",
        "the end of the audit trail only moves on by one",
    ),
    ("audit_head_kept", "audit_head", "DELETE", "", "the audit trail has an end"),
    ("archived_unchanged", "archived", "UPDATE", "", "a tombstone is final"),
    ("archived_kept", "archived", "DELETE", "", "a tombstone is final"),
)


def upgrade() -> None:
    op.execute("INSERT INTO counters (name, value) VALUES ('requests', 1000)")
    head = sa.text("INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, :genesis)")
    op.get_bind().execute(head, {"genesis": bytes(32)})
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for name, table, event, condition, reason in _GUARDS:
        guard(name, table, event, condition, reason)
    if op.get_bind().dialect.name != "sqlite":
        # TRUNCATE passes by the triggers of rows:
        # https://www.postgresql.org/docs/current/sql-truncate.html
        _forbid_truncate()


def _guard_sqlite(name: str, table: str, event: str, condition: str, reason: str) -> None:
    when = f"WHEN {condition}" if condition else ""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
    )


def _guard_postgresql(name: str, table: str, event: str, condition: str, reason: str) -> None:
    # A WHEN clause cannot hold a subquery in PostgreSQL, so the condition stands in the function.
    # A trigger that returns NULL has the row left alone in silence, and of a delete NEW is NULL.
    # https://www.postgresql.org/docs/current/plpgsql-trigger.html
    result = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {condition or "true"} THEN
                RAISE EXCEPTION '{reason}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN {result};
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def _forbid_truncate() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'check_violation';
        END $$
        """
    )
    for table in ("audit", "audit_head", "archived", "votes"):
        op.execute(
            f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
        )
