import asyncio
from collections.abc import AsyncIterator

import pytest

from handlers.intake.inbox import ATTEMPTS, Intake
from storage.store import Store
from storage.tables.inbox import LEASE, Incoming
from tests.samples import NOW
from tests.storage.raw import unprocessed
from tests.storage.records import Clock


class Work:
    """What was worked on, and what was told to have failed."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failed: list[str] = []
        self.begun = asyncio.Event()

    async def process(self, incoming: Incoming) -> None:
        self.done.append(incoming.key)
        self.begun.set()

    async def tell(self, incoming: Incoming, reference: str) -> None:
        self.failed.append(incoming.key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    database = await Store.open(database_url, clock)
    yield database
    await database.close()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def intake(database: Store, work: Work) -> Intake:
    intake = Intake(database.inbox, lambda: NOW)
    intake.on("command", work.process, work.tell)
    return intake


async def _some_turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_work_begins_after_all_who_wait_are_acknowledged(
    database: Store, intake: Intake, work: Work
) -> None:
    first = await intake.keep("command", "first", {})
    assert first is not None

    async with database.write():
        second = asyncio.create_task(intake.keep("command", "second", {}))
        await _some_turns()
        intake.begin(first)
        await _some_turns()
        assert work.done == []

    assert await second is not None
    await intake.idle()
    assert work.done == ["first"]


async def test_work_does_not_wait_for_ever(database: Store, intake: Intake, work: Work) -> None:
    first = await intake.keep("command", "first", {})
    assert first is not None

    async with database.write():
        second = asyncio.create_task(intake.keep("command", "second", {}))
        await _some_turns()
        intake.begin(first)
        async with asyncio.timeout(20):
            await work.begun.wait()

    await second
    await intake.idle()


async def test_what_was_kept_and_never_ended_is_taken_up_again_and_counted(
    database_url: str, intake: Intake, work: Work, clock: Clock
) -> None:
    await intake.keep("command", "lost", {})
    seen: list[int] = []

    async def look(incoming: Incoming) -> None:
        seen.append(incoming.attempts)

    intake.on("command", look, work.tell)
    clock.now += LEASE
    await intake.take_over()
    await intake.idle()

    assert seen == [2]
    assert await unprocessed(database_url) == []


async def test_what_was_begun_too_often_is_given_up_and_told(
    database_url: str, database: Store, intake: Intake, work: Work, clock: Clock
) -> None:
    await database.inbox.take_in(Incoming("killer", "command", {}, NOW, attempts=ATTEMPTS))

    clock.now += LEASE
    await intake.take_over()
    await intake.idle()

    assert (work.done, work.failed) == ([], ["killer"])
    assert await unprocessed(database_url) == []
