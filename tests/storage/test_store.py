import asyncio
import os
import sqlite3
import stat
import sys
import threading
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from bot.errors import ConflictError, StorageError
from storage.store import Store
from storage.tables.inbox import Incoming
from tests.storage import raw
from tests.storage.conftest import KEY
from tests.storage.records import Clock, a_message, a_request, an_event, filed

OPEN = """
import asyncio, sys
from bot.errors import StorageError
from storage.store import Store

async def main():
    try:
        database = await Store.open(sys.argv[1], lambda: 0)
    except StorageError as error:
        print(error)
    else:
        print("opened")
        await database.close()

asyncio.run(main())
"""
only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def _opened_by_another_process(url: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OPEN, url, stdout=PIPE, stderr=PIPE
    )
    output, errors = await process.communicate()
    assert not errors
    return output.decode().strip()


@only_sqlite
async def test_a_second_process_is_refused_on_sqlite(database: Store, url: str) -> None:
    refusal = await _opened_by_another_process(url)

    assert f"Another process (pid {os.getpid()}) is using" in refusal
    assert "DATABASE_URL" in refusal

    await database.close()
    assert await _opened_by_another_process(url) == "opened"


@only_sqlite
async def test_opening_twice_in_one_process_is_refused_too(database: Store, url: str) -> None:
    with pytest.raises(StorageError, match="Another process"):
        await Store.open(url, lambda: 0)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_second_process_is_welcome_on_postgresql(database: Store, url: str) -> None:
    assert await _opened_by_another_process(url) == "opened"


@only_sqlite
async def test_only_the_bots_user_may_read_the_file(url: str, clock: Clock) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    database = await Store.open(url, clock)
    await filed(database)

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    await database.close()

    assert set(modes) == {f"rds-bot.db{end}" for end in ("", "-shm", "-wal", ".lock")}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@only_sqlite
async def test_sqlite_is_opened_so_that_a_commit_survives_a_power_cut(
    database: Store, url: str
) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
    }
    async with database._connections.begin() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in wanted
        }

    assert found == wanted


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_postgresql_gives_up_rather_than_hang(database: Store, url: str) -> None:
    wanted = {
        "statement_timeout": "5s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "10s",
        "transaction_isolation": "read committed",
    }
    async with database._connections.begin() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"SHOW {name}")).scalar() for name in wanted
        }

    assert found == wanted


async def test_readers_cannot_write(database: Store) -> None:
    async def write_as_reader() -> None:
        async with database._connections.read() as connection:
            await connection.exec_driver_sql("UPDATE counters SET value = 0")

    with pytest.raises(StorageError, match=r"readonly|read-only"):
        await write_as_reader()


async def test_all_statements_of_one_read_see_one_state(database: Store) -> None:
    async with database._connections.read() as connection:
        before = (await connection.exec_driver_sql("SELECT value FROM counters")).scalar()
        await database.requests.next_id()
        after = (await connection.exec_driver_sql("SELECT value FROM counters")).scalar()

    assert before == after == 1000


async def test_an_exception_leaves_nothing_behind(database: Store) -> None:
    called: list[str] = []

    async def fail() -> None:
        async with database.write() as tx:
            await tx.file(a_request(1), an_event())
            await tx.audit(an_event())
            await tx.post(a_message())
            tx.after_commit(lambda: called.append("told"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await database.requests.find() == ()
    assert await database.audit.rows() == ()
    assert await database.outbox.depth() == 0
    assert called == []


async def test_a_cancelled_transaction_leaves_nothing_behind_and_blocks_nobody(
    database: Store,
) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with database.write() as tx:
            await tx.file(a_request(1), an_event())
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()

    request = await asyncio.wait_for(filed(database), 5)
    assert await database.requests.find() == (request,)


async def test_cancelled_at_any_moment_a_transaction_is_whole_or_nothing(
    database: Store,
) -> None:
    for number in range(40):
        task = asyncio.create_task(filed(database, identifier=f"db-{number}"))
        for _ in range(number):
            await asyncio.sleep(0.0005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    requests = await database.requests.find(limit=100)
    rows = await database.audit.rows(limit=100)

    assert {request.id for request in requests} == {row.event.request_id for row in rows}
    assert (await database.audit.verify()).rows == len(requests)


async def test_callbacks_are_called_once_all_is_durable(database: Store) -> None:
    order: list[str] = []
    async with database.write() as tx:
        tx.after_commit(lambda: order.append("first"))
        tx.after_commit(lambda: order.append("second"))
        order.append("inside")

    assert order == ["inside", "first", "second"]


async def test_a_refused_statement_leaves_the_transaction_usable(database: Store) -> None:
    request = await filed(database)
    async with database.write() as tx:
        with pytest.raises(ConflictError):
            await tx.file(a_request(9, status="running"), an_event())
        await tx.audit(an_event(request, "request.noted"))

    assert len(await database.audit.rows(action="request.noted")) == 1


async def test_what_is_stored_is_there_after_a_restart(
    database: Store, url: str, clock: Clock
) -> None:
    request = await filed(database)
    await database.close()

    again = await Store.open(url, clock, audit_key=KEY)
    found = await again.requests.get(request.id)
    next_id = await again.requests.next_id()
    await again.close()

    assert found == request
    assert next_id == request.id + 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("what is this", "is not a URL"),
        ("mysql://localhost/x", "names mysql"),
        ("sqlite://", "in memory forgets"),
        ("sqlite:///:memory:", "in memory forgets"),
        ("postgresql://127.0.0.1:1/x", "cannot be used"),
        ("sqlite:////proc/nowhere/x.db", "cannot be opened"),
    ],
)
async def test_what_cannot_be_opened_is_said_in_a_sentence(url: str, message: str) -> None:
    with pytest.raises(StorageError, match=message):
        await Store.open(url, lambda: 0)


async def test_a_missing_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    with pytest.raises(StorageError, match=r"asyncpg is missing: pip install"):
        await Store.open("postgresql://127.0.0.1/x", lambda: 0)


async def test_a_closed_database_refuses_whoever_comes_late(database: Store) -> None:
    await database.close()

    with pytest.raises(StorageError, match="closed"):
        await database.requests.next_id()
    with pytest.raises(StorageError, match="closed"):
        await database.requests.find()
    with pytest.raises(StorageError, match="closed"):
        await database.inbox.take_in(Incoming("e1", "command", {}, 0))


@only_sqlite
async def test_closed_while_somebody_reads_and_gives_up_it_leaves_no_thread(
    database: Store, url: str
) -> None:
    """A thread that outlives the event loop has nobody to tell."""
    threads = set(threading.enumerate())
    readers = [asyncio.create_task(database.requests.find()) for _ in range(12)]
    for number, reader in enumerate(readers):
        await asyncio.sleep(0)
        if number % 2:
            reader.cancel()
    await database.close()

    assert {one.get_name() for one in readers if not one.done()} == set()
    left = set(threading.enumerate()) - threads
    assert [one.name for one in left if "asyncio" not in one.name] == []


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_lost_connection_costs_nobody_their_write(database: Store, url: str) -> None:
    await filed(database)
    await raw.execute(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )

    assert (await filed(database, identifier="billing")).id == 1002
    assert len(await database.requests.find()) == 2


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_database_that_does_not_exist_is_said_in_a_sentence(url: str) -> None:
    with pytest.raises(StorageError, match=r"cannot be used.*does not exist"):
        await Store.open(url.replace("/test_", "/no_"), lambda: 0)


async def test_a_file_that_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("this is a letter to my aunt, and not a database " * 100)

    with pytest.raises(StorageError, match="not a database"):
        await Store.open(f"sqlite:///{letter}", lambda: 0)


@only_sqlite
async def test_another_writer_of_the_file_is_waited_for(database: Store, url: str) -> None:
    outside = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")
    filing = asyncio.create_task(filed(database))
    done, _ = await asyncio.wait([filing], timeout=0.1)
    assert not done

    outside.execute("COMMIT")
    outside.close()

    assert (await filing).id == 1001
