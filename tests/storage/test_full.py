"""The disk is full, or the database read-only: reads go on, and every failed write counts."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import ConflictError, StorageError, UnwritableError
from bot.values import Place
from storage.store import Store
from storage.tables.inbox import Incoming
from tests.storage import raw
from tests.storage.full import fill, make_room
from tests.storage.records import BOB, Clock, a_message, an_event, filed

LONG = "x" * 100_000


@pytest.fixture
async def small(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    database = await Store.open(f"sqlite:///{tmp_path}/bot.db", clock)
    yield database
    await database.close()


async def of_an_audit_row(database: Store) -> None:
    async with database.write() as tx:
        await tx.audit(an_event(text=LONG))


async def of_a_request(database: Store) -> None:
    await filed(database, reason=LONG, requester=BOB)


async def of_a_message(database: Store) -> None:
    async with database.write() as tx:
        await tx.post(a_message(place=Place.CHANNEL, body={"text": LONG}))


async def of_the_inbox(database: Store) -> None:
    await database.inbox.take_in(Incoming("k", "command", {"text": LONG}, 0))


async def of_a_cursor(database: Store) -> None:
    await database.cursors.set("c", LONG)


Write = Callable[[Store], Awaitable[None]]
WRITES = [of_an_audit_row, of_a_request, of_a_message, of_the_inbox, of_a_cursor]


@pytest.mark.parametrize("write", WRITES)
async def test_a_full_disk_is_said_counted_and_mends_itself_with_room(
    small: Store, write: Write
) -> None:
    kept = await filed(small)
    await fill(small)
    before = small.unwritten

    with pytest.raises(UnwritableError, match="the disk of my database is full"):
        await write(small)

    assert small.unwritten == before + 1
    assert await small.requests.get(kept.id) == kept
    assert (await small.audit.rows(request_id=kept.id))[0].event.action == "request.filed"
    await make_room(small)
    await write(small)


async def refuse_writing(url: str) -> None:
    name = url.rpartition("/")[2].partition("?")[0]
    await raw.execute(url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')


@pytest.mark.parametrize("write", WRITES)
async def test_a_read_only_postgresql_is_said_and_counted(
    postgres_url: str, clock: Clock, write: Write
) -> None:
    database = await Store.open(postgres_url, clock)
    kept = await filed(database)
    await database.close()
    await refuse_writing(postgres_url)

    database = await Store.open(postgres_url, clock)
    with pytest.raises(UnwritableError, match="read-only"):
        await write(database)

    assert database.unwritten == 1
    assert await database.requests.get(kept.id) == kept
    await database.close()


async def test_a_full_disk_of_postgresql_is_known_by_its_state(
    postgres_url: str, clock: Clock
) -> None:
    """As the server says it, in whatever language it speaks."""
    database = await Store.open(postgres_url, clock)
    says = "DO $$ BEGIN RAISE EXCEPTION 'kein Platz' USING ERRCODE = '53100'; END $$"

    with pytest.raises(UnwritableError, match="the disk of my database is full"):
        async with database.write() as tx:
            await tx._connection.execute(text(says))

    assert database.unwritten == 1
    await database.close()


async def test_a_conflict_is_no_failed_write(small: Store) -> None:
    request = await filed(small)

    with pytest.raises(ConflictError):
        async with small.write() as tx:
            await tx.file(request.model_copy(update={"status": "succeeded"}), an_event())

    assert small.unwritten == 0


async def test_another_failure_is_not_called_a_full_disk(small: Store) -> None:
    with pytest.raises(StorageError) as caught:
        async with small.write() as tx:
            await tx._connection.exec_driver_sql("SELECT * FROM nothing_of_that_name")

    assert not isinstance(caught.value, UnwritableError)
    assert small.unwritten == 1
