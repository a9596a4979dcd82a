import asyncio

from bot.values import Answer, AuditEvent, LiveChart, Message, Place, Posted, Shown
from storage.store import Store
from tests.storage.records import ANN, HOUR, MINUTE, START, Clock

STANDS = Posted(channel="C1", ts="1.0")
CHART = LiveChart(
    id="1", person=ANN, address="C1", command="metrics orders-test", began_at=START,
    until=START + HOUR, shown=Shown(answer=Answer(title="orders-test")),
)  # fmt: skip
EVENT = AuditEvent(action="live.begun", actor=str(ANN), result="done")


async def begin(database: Store) -> None:
    async with database.write() as tx:
        await tx.keep_fresh(CHART, EVENT)
        await tx.post(Message(place=Place.CHANNEL, address="C1", kind="picture", key=CHART.key))


async def deliver(database: Store) -> None:
    [delivery] = await database.outbox.due(START, 1)
    await database.outbox.delivered(delivery, STANDS)


async def test_it_is_due_when_its_message_stands_and_for_one_of_many(database: Store) -> None:
    await begin(database)
    assert await database.live_charts.claim(START + MINUTE) == ()

    await deliver(database)
    claims = await asyncio.gather(*(database.live_charts.claim(START + MINUTE) for _ in range(4)))

    assert [one for claim in claims for one in claim] == [(CHART, STANDS)]


async def test_whoever_looks_before_beginning_one_is_alone(database: Store) -> None:
    async def begin_the_only(number: int) -> None:
        async with database.write() as tx:
            if not await tx.lock_live_charts():
                await tx.keep_fresh(CHART.model_copy(update={"id": str(number)}), EVENT)

    await asyncio.gather(*map(begin_the_only, range(4)))

    assert len(await database.live_charts.alive()) == 1


async def test_one_that_is_stopped_is_due_once_more_and_then_never(
    database: Store, clock: Clock
) -> None:
    await begin(database)
    await deliver(database)
    await database.live_charts.claim(START + MINUTE)
    clock.now += 1
    async with database.write() as tx:
        assert await tx.stop_chart(CHART.id, EVENT)

    assert await database.live_charts.alive() == ()
    [(stopped, _)] = await database.live_charts.claim(START + MINUTE)
    async with database.write() as tx:
        assert await tx.end_chart(CHART.id)
        assert not await tx.stop_chart(CHART.id, EVENT)
    clock.now += HOUR

    assert stopped.until == START + 1
    assert await database.live_charts.claim(clock.now) == ()
    assert await database.live_charts.prune(clock.now) == 1
