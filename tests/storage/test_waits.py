"""Somebody puts the clock back, or on: nothing waits until the clock is where it was."""

from collections.abc import Awaitable, Callable

import pytest

from bot.values import Message, Place, Posted, Status, passed
from storage.store import Store
from storage.tables.inbox import Incoming
from tests.storage.records import HOUR, MINUTE, START, Clock, a_message, filed, moved
from tests.storage.test_live_charts import CHART, EVENT

SECOND = MINUTE // 60
BACK = [2 * SECOND, 30 * SECOND, 5 * MINUTE, 3 * HOUR, 400 * 24 * HOUR]


@pytest.mark.parametrize("back", BACK)
async def test_what_is_to_be_told_is_told_after_any_step_back_of_the_clock(
    database: Store, clock: Clock, back: int
) -> None:
    """What Slack refused for now, what waits to be merged, and what is new behind them."""
    async with database.write() as tx:
        await tx.post(a_message("C1", kind="refused"))
    (refused,) = await database.outbox.due(clock.now, 10)
    await database.outbox.retry(refused, clock.now + MINUTE, "ratelimited")
    async with database.write() as tx:
        await tx.post(a_message("C2", kind="merged"), not_before=clock.now + 30 * SECOND)
    clock.now += SECOND
    assert await database.outbox.due(clock.now, 10) == ()

    clock.now -= back
    async with database.write() as tx:
        await tx.post(a_message("C3", kind="new"))
    due = await database.outbox.due(clock.now, 10)

    assert [one.message.kind for one in due] == ["refused", "merged", "new"]


@pytest.mark.parametrize("back", [3 * HOUR, 400 * 24 * HOUR])
async def test_a_step_back_while_the_bot_is_down_stops_no_lane(
    database: Store, clock: Clock, url: str, back: int
) -> None:
    async with database.write() as tx:
        await tx.post(a_message(kind="refused"))
    (refused,) = await database.outbox.due(clock.now, 10)
    await database.outbox.retry(refused, clock.now + MINUTE, "ratelimited")

    clock.now -= back
    await database.close()
    again = await Store.open(url, clock)
    due = await again.outbox.due(clock.now, 10)
    await again.close()

    assert [one.message.kind for one in due] == ["refused"]


async def test_a_wait_that_slack_asks_for_is_never_longer_than_ours(
    database: Store, clock: Clock
) -> None:
    async with database.write() as tx:
        await tx.post(a_message(kind="refused"))
    (refused,) = await database.outbox.due(clock.now, 10)
    await database.outbox.retry(refused, clock.now + 24 * HOUR, "ratelimited")

    clock.now += 10 * MINUTE

    assert await database.outbox.due(clock.now, 10)


Held = Callable[[Store, Clock], Awaitable[object]]


async def of_the_outbox(database: Store, clock: Clock) -> object:
    return await database.outbox.due(clock.now, 10)


async def of_the_inbox(database: Store, clock: Clock) -> object:
    return await database.inbox.take_over([])


async def of_the_leader(database: Store, clock: Clock) -> object:
    return await database.leases.acquire("ticks", str(clock.now), 30 * SECOND)


async def of_a_digest(database: Store, clock: Clock) -> object:
    return await database.schedules.claim_run("D-1", "2026-10-25T08:00")


async def of_a_live_chart(database: Store, clock: Clock) -> object:
    return await database.live_charts.claim(clock.now + MINUTE)


async def of_a_request(database: Store, clock: Clock) -> object:
    """Given back for a moment, by whoever found its database busy."""
    return await database.requests.claimable(clock.now, 10)


async def prepared(database: Store, clock: Clock) -> None:
    async with database.write() as tx:
        await tx.post(a_message())
        await tx.keep_fresh(CHART, EVENT)
        await tx.post(Message(place=Place.CHANNEL, address="C9", kind="picture", key=CHART.key))
    await database.inbox.take_in(Incoming("k", "command", {}, clock.now))
    for delivery in await database.outbox.due(clock.now, 10):
        if delivery.message.key:
            await database.outbox.delivered(delivery, Posted(channel="C9", ts="1.0"))
    request = await filed(database, status=Status.RUNNING)
    await moved(database, request, Status.APPROVED, not_before=clock.now + MINUTE)
    for held in (of_the_leader, of_a_digest, of_a_live_chart):
        await held(database, clock)


@pytest.mark.parametrize("back", [3 * HOUR, 400 * 24 * HOUR])
@pytest.mark.parametrize(
    "held",
    [of_the_outbox, of_the_inbox, of_the_leader, of_a_digest, of_a_live_chart, of_a_request],
)
async def test_what_another_process_holds_or_put_off_is_free_after_a_step_back(
    postgres_url: str, held: Held, back: int
) -> None:
    clock = Clock()
    gone, here = [await Store.open(postgres_url, clock) for _ in range(2)]
    await prepared(gone, clock)
    clock.now += SECOND
    assert not await held(here, clock)

    clock.now -= back

    assert await held(here, clock)
    await gone.close()
    await here.close()


@pytest.mark.parametrize("apart", [1, SECOND, 20 * SECOND])
@pytest.mark.parametrize("held", [of_the_outbox, of_the_inbox, of_the_leader, of_a_digest])
async def test_a_replica_whose_clock_is_behind_takes_nothing_from_another(
    postgres_url: str, held: Held, apart: int
) -> None:
    ahead, behind = Clock(), Clock()
    behind.now -= apart
    gone, here = [await Store.open(postgres_url, clock) for clock in (ahead, behind)]
    await prepared(gone, ahead)

    assert not await held(here, behind)
    await gone.close()
    await here.close()


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (START, True),
        (START + 1, False),
        (START + MINUTE, False),
        (START + 2 * MINUTE, False),  # set by a replica whose clock is ahead
        (START + 2 * MINUTE + 1, True),
        (START + 3 * HOUR, True),
    ],
)
def test_a_wait_is_over_when_it_is_due_or_further_off_than_anybody_sets_it(
    until: int, expected: bool
) -> None:
    assert passed(until, START, MINUTE) is expected
