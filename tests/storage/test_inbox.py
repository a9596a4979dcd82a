import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import StorageError
from storage.store import Store
from storage.tables.inbox import LEASE, Incoming
from tests.storage import raw
from tests.storage.records import MINUTE, START, Clock

PAYLOAD = {"command": "/rds", "text": "reboot orders-test", "odd": "a\0b \ud800 ünï"}


def _incoming(key: str = "e1", **changes: Any) -> Incoming:
    return replace(Incoming(key, "command", PAYLOAD, START), **changes)


async def test_what_is_taken_in_is_there_until_it_is_done(database: Store, url: str) -> None:
    assert await database.inbox.take_in(_incoming()) is True
    assert await raw.unprocessed(url) == ["e1"]

    await database.inbox.done("e1")

    assert await raw.unprocessed(url) == []


async def test_a_redelivery_is_known_even_after_it_was_done(database: Store, url: str) -> None:
    await database.inbox.take_in(_incoming())
    await database.inbox.done("e1", error_ref="E-1")

    assert await database.inbox.take_in(_incoming(payload={})) is False
    assert await raw.unprocessed(url) == []


async def test_what_is_done_within_a_transaction_is_done_only_if_it_commits(
    database: Store, url: str
) -> None:
    await database.inbox.take_in(_incoming())

    async def fail() -> None:
        async with database.write() as tx:
            await tx.inbox_done("e1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await raw.unprocessed(url) == ["e1"]

    async with database.write() as tx:
        await tx.inbox_done("e1")
    assert await raw.unprocessed(url) == []


async def test_what_a_process_leaves_is_taken_over_when_its_lease_ends(
    database: Store, clock: Clock
) -> None:
    await database.inbox.take_in(_incoming())
    assert await database.inbox.take_over(()) == ()

    clock.now += LEASE

    assert await database.inbox.take_over(()) == (_incoming(attempts=1),)
    assert await database.inbox.take_over(()) == ()


async def test_what_is_worked_on_is_left_to_its_worker(database: Store, clock: Clock) -> None:
    await database.inbox.take_in(_incoming())
    clock.now += LEASE - 1
    await database.inbox.take_over({"e1"})

    clock.now += LEASE - 1

    assert await database.inbox.take_over(()) == ()


async def test_what_was_typed_does_not_stay_when_it_is_done(database: Store, url: str) -> None:
    await database.inbox.take_in(_incoming())

    await database.inbox.done("e1")

    assert await raw.execute(url, "SELECT payload FROM inbox") == [("{}",)]


async def test_pruning_forgets_only_what_is_done_and_old(database: Store) -> None:
    for key, received in (("old", 0), ("open", 0), ("new", MINUTE)):
        await database.inbox.take_in(_incoming(key, received_at=START + received))
    await database.inbox.done("old")
    await database.inbox.done("new")

    await database.inbox.prune(START + MINUTE)

    assert await database.inbox.take_in(_incoming("old")) is True
    assert await database.inbox.take_in(_incoming("open")) is False
    assert await database.inbox.take_in(_incoming("new")) is False


async def test_of_those_that_arrive_together_each_key_is_new_once(
    database: Store, url: str
) -> None:
    keys = [str(number % 400) for number in range(1200)]

    answers = await asyncio.gather(*(database.inbox.take_in(_incoming(key)) for key in keys))

    assert answers == [True] * 400 + [False] * 800
    assert len(await raw.unprocessed(url)) == 400


async def test_those_that_arrive_during_a_commit_share_the_next(database: Store) -> None:
    take_in = database.inbox.take_in
    arrived = [asyncio.create_task(take_in(_incoming(str(number)))) for number in range(50)]

    await arrived[1]

    assert all(task.done() for task in arrived)


async def test_one_who_stops_waiting_does_not_stop_the_others(database: Store, url: str) -> None:
    tasks = [asyncio.create_task(database.inbox.take_in(_incoming(str(n)))) for n in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()

    assert await asyncio.gather(*tasks[1:]) == [True, True]
    assert len(await raw.unprocessed(url)) == 3


async def test_what_cannot_be_stored_is_said_to_everybody_who_waits(
    database: Store, url: str
) -> None:
    await raw.execute(url, "ALTER TABLE inbox RENAME TO elsewhere")
    attempts = [database.inbox.take_in(_incoming(key)) for key in "ab"]

    outcomes = await asyncio.gather(*attempts, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [StorageError, StorageError]
    await raw.execute(url, "ALTER TABLE elsewhere RENAME TO inbox")
    assert await database.inbox.take_in(_incoming()) is True
