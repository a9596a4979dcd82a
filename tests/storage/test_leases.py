import asyncio

from storage.store import Store
from storage.tables.leases import Lease
from tests.storage.records import MINUTE, START, Clock


async def _acquire(database: Store, owner: str) -> Lease | None:
    return await database.leases.acquire("leader", owner, MINUTE)


async def test_one_owner_at_a_time(database: Store, clock: Clock) -> None:
    assert await _acquire(database, "a") == Lease("leader", "a", 1, START + MINUTE)
    assert await _acquire(database, "b") is None

    clock.now += MINUTE

    assert await _acquire(database, "b") == Lease("leader", "b", 2, START + 2 * MINUTE)


async def test_of_many_who_ask_at_once_one_gets_it(database: Store) -> None:
    leases = await asyncio.gather(*(_acquire(database, str(number)) for number in range(10)))

    assert sum(lease is not None for lease in leases) == 1


async def test_an_owner_who_starts_again_gets_a_new_fence(database: Store) -> None:
    await _acquire(database, "a")

    assert await _acquire(database, "a") == Lease("leader", "a", 2, START + MINUTE)


async def test_a_cursor_is_where_it_was_left(database: Store) -> None:
    assert await database.cursors.get("events:us-east-1") is None

    await database.cursors.set("events:us-east-1", "1")
    await database.cursors.set("events:us-east-1", "2")

    assert await database.cursors.get("events:us-east-1") == "2"
