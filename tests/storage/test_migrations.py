from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import ConflictError, StorageError
from bot.values import Refusal, Status
from storage import migrations
from storage.engine import Connections, parse_url
from storage.store import Store
from storage.tables import audit, models, texts
from storage.tables.rows import request_columns, step_columns, vote_columns
from tests.storage import raw
from tests.storage.records import (
    ANN,
    BOB,
    START,
    Clock,
    a_request,
    a_step,
    a_vote,
    an_event,
    filed,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rds-bot.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), models.metadata))


async def test_migrating_an_empty_database_gives_the_tables_of_the_models(empty_url: str) -> None:
    await migrations.upgrade(empty_url)

    engine = create_async_engine(parse_url(empty_url), poolclass=NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_upgrading_again_does_nothing(empty_url: str) -> None:
    await migrations.upgrade(empty_url)
    await raw.execute(empty_url, "UPDATE counters SET value = 5000")

    await migrations.upgrade(empty_url)

    assert await raw.execute(empty_url, "SELECT value FROM counters") == [(5000,)]


async def test_a_newer_schema_is_refused(empty_url: str) -> None:
    await migrations.upgrade(empty_url)
    await raw.execute(empty_url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StorageError, match="schema 9999, which a newer version"):
        await migrations.upgrade(empty_url)
    with pytest.raises(StorageError, match="schema 9999, which a newer version"):
        await Store.open(empty_url, lambda: 0)


async def test_an_old_schema_on_postgresql_names_the_command(empty_postgres_url: str) -> None:
    with pytest.raises(StorageError, match="run rds-bot db upgrade"):
        await Store.open(empty_postgres_url, lambda: 0)

    await migrations.upgrade(empty_postgres_url)
    await (await Store.open(empty_postgres_url, lambda: 0)).close()


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    path = parse_url(empty_url)
    await raw.execute(empty_url, "CREATE TABLE votes (x INTEGER)")

    with pytest.raises(StorageError, match="votes"):
        await migrations.migrate(path)
    await raw.execute(empty_url, "DROP TABLE votes")

    await migrations.migrate(path)


async def test_a_running_bot_is_not_migrated_under_its_feet(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/rds-bot.db"
    database = await Store.open(url, clock)
    await filed(database)

    with pytest.raises(StorageError, match="Another process"):
        await migrations.upgrade(url)

    await database.close()
    await migrations.upgrade(url)


LATER = frozenset(("refusal", "mailbox", "click", "starts_at"))  #: columns that schema 0007 has not
NEW = frozenset(("cloudops", "step_locks", "step_touches"))  #: tables that it has not
#: A row for each table that a request does not fill, as the version of schema 0007 wrote it.
ROWS: dict[str, dict[str, Any]] = {
    "aftermaths": {"request_id": 1001, "minutes": 15, "outcome": "calm", "at": START},
    "archived": {"first_seq": -2, "last_seq": -1, "count": 2, "root": b"r", "last_hash": b"h",
                 "at": 1},
    "cursors": {"name": "rds-events/1/us-east-1", "value": "5"},
    "home_views": {"person": str(ANN), "opened_at": START},
    "inbox": {"key": "i", "kind": "command", "payload": "{}", "received_at": 1, "attempts": 0},
    "incidents": {"key": "k", "started_at": 1, "body": "{}"},
    "leases": {"name": "ticks", "owner": "o", "fence": 3, "until": START},
    "live_charts": {"id": "l", "person": str(ANN), "address": "C1", "command": "metrics x",
                    "began_at": 1, "until": START, "shown": "{}"},
    "outbox": {"lane": "channel:C1", "place": "channel", "address": "C1", "kind": "answer",
               "body": "{}", "revision": 0, "created_at": START, "due_at": START, "attempts": 0},
    "reminders": {"request_id": 1001, "person": str(BOB), "occasion": "asked", "at": 1},
    "schedule_runs": {"schedule_id": "s", "wall_clock": "08:00", "attempt": 1, "claimed_at": 1,
                      "lease_until": 2},
    "schedules": {"id": "s", "kind": "digest", "channel": "C1", "cron": "0 8 * * *",
                  "timezone": "UTC", "body": "{}", "created_by": str(ANN), "created_at": 1},
    "snoozes": {"channel": "C1", "key": "k", "until": START},
    "told_concerns": {"schedule_id": "s", "key": "k", "state": "s", "told_at": 1},
}  # fmt: skip


async def test_what_was_kept_before_is_all_there_after_an_upgrade(
    empty_url: str, clock: Clock
) -> None:
    """With the promises about what was sent, for what was sent before them too."""
    await _as_of_0007(empty_url)
    before = await _counts(empty_url)
    assert min(before.values()) > 0

    await migrations.upgrade(empty_url)

    assert await _counts(empty_url) == before
    database = await Store.open(empty_url, clock)
    (sent,) = await database.requests.running()
    assert sent.step.locks == (sent.step.lock,)
    assert await database.requests.holder(sent.step.lock) == sent.id
    assert (len(sent.votes), sent.votes[0].mailbox, sent.step.refusal) == (1, None, None)
    taken_back = sent.step.model_copy(update={"sent_at": None, "claimed_at": None})
    with pytest.raises(ConflictError):
        async with database.write() as tx:
            await tx.update_step(sent.id, taken_back)
    with pytest.raises(IntegrityError, match="what was sent stays sent"):
        await raw.execute(empty_url, "UPDATE steps SET sent_at = NULL")
    proof = Refusal(at=START, code="Throttling", detail="Rate exceeded", times=1)
    async with database.write() as tx:
        await tx.update_step(sent.id, taken_back.model_copy(update={"refusal": proof}))
    assert await database.requests.holder(sent.step.lock) is None
    assert [one.message.instead for one in await database.outbox.due(clock.now, 10)] == [None]
    await database.audit.verify()
    await database.close()


async def _as_of_0007(url: str) -> None:
    """A request that was agreed to and sent, and one row in every other table."""
    await migrations._run(parse_url(url), _to_0007)
    connections = Connections(parse_url(url))
    async with connections.begin() as connection:
        await _sent(connection)
        await audit.append(connection, START, [an_event()], None)
    await connections.close()
    for table, row in ROWS.items():
        names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        await raw.execute(url, f"INSERT INTO {table} ({names}) VALUES ({values})", **row)


def _to_0007(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "0007")


async def _sent(connection: AsyncConnection) -> None:
    step = a_step(claimed_at=START, sent_at=START, lease_owner="o", lease_until=START)
    request, vote = a_request(1001, step=step), a_vote()
    reason = {"reason_id": (await texts.keep(connection, request.reason)).id}
    for table, row in (
        (models.requests, request_columns(request) | reason),
        (models.steps, step_columns(request.id, step)),
        (models.votes, vote_columns(request.id, vote) | reason),
    ):
        known = {name: value for name, value in row.items() if name not in LATER}
        await connection.execute(insert(table).values(known))
    await connection.execute(update(models.requests).values(status=Status.RUNNING))


async def _counts(url: str) -> dict[str, int]:
    return {
        name: (await raw.execute(url, f"SELECT count(*) FROM {name}"))[0][0]
        for name in models.metadata.tables.keys() - NEW
    }


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
