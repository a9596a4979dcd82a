import asyncio
from typing import Any

from bot.values import Look, Outcome, Request, Status, Turn
from storage.store import Store
from storage.tables.aftermaths import Ended
from tests.storage.records import HOUR, MINUTE, START, Clock, filed, moved

DONE = Outcome(code="succeeded", detail="Done.")


async def ended(
    database: Store,
    clock: Clock,
    at: int,
    to: Status = Status.SUCCEEDED,
    outcome: Outcome = DONE,
    **changes: Any,
) -> Request:
    """A request of which something was sent."""
    request = await filed(database, status=Status.RUNNING, **changes)
    async with database.write() as tx:
        current = await tx.lock_request(request.id)
        sent = current.step.model_copy(
            update={"claimed_at": START, "sent_at": START, "settled_at": at}
        )
        await tx.update_step(request.id, sent)
    return await moved(database, request, to, ended_at=at, outcome=outcome)


async def look_back(database: Store, request: Request, minutes: int = 15) -> bool:
    async with database.write() as tx:
        return await tx.look_back(request.id, minutes, "told")


async def test_what_ended_is_awaited_until_it_was_looked_back_at(
    database: Store, clock: Clock
) -> None:
    request = await ended(database, clock, START + MINUTE)
    await filed(database, identifier="orders-dev", status=Status.RUNNING)
    everything = (0, START + HOUR)

    assert await database.aftermaths.awaited(15, *everything) == (
        Ended(request.id, START + MINUTE),
    )
    assert await database.aftermaths.awaited(15, START + MINUTE, START + HOUR) == ()
    assert await database.aftermaths.awaited(15, 0, START) == ()

    assert await look_back(database, request)
    assert await database.aftermaths.awaited(15, *everything) == ()
    assert len(await database.aftermaths.awaited(60, *everything)) == 1
    assert await database.aftermaths.prune(clock.now + 1) == 1


async def test_what_was_seen_stays_with_its_request(database: Store, clock: Clock) -> None:
    request = await ended(database, clock, START + MINUTE)
    seen = [Look(minutes=15, turn=Turn.WORSE, said='CPU "rose".'),
            Look(minutes=60, turn=Turn.SAME)]  # fmt: skip
    async with database.write() as tx:
        assert await tx.look_back(request.id, 60, "told", seen[1])
        assert await tx.look_back(request.id, 15, "told", seen[0])
        assert not await tx.look_back(request.id, 15, "told", seen[1])
        assert await tx.look_back(request.id, 5, "skipped")

    assert (await database.requests.get(request.id)).looks == tuple(seen)
    assert await database.aftermaths.prune(clock.now + 1) == 1
    assert (await database.requests.get(request.id)).looks == tuple(seen)


async def test_what_never_reached_a_database_is_not_awaited(database: Store, clock: Clock) -> None:
    unsent = await filed(database, status=Status.RUNNING)
    await moved(database, unsent, Status.FAILED, ended_at=START, outcome=DONE)
    for code, name in (("refused.Throttling", "orders-dev"), ("not_sent", "orders-prod")):
        nothing = Outcome(code=code, detail="Nothing was done.")
        await ended(database, clock, START, Status.FAILED, nothing, identifier=name)
    badly = Outcome(code="ended_badly", detail="It failed.")
    failed = await ended(database, clock, START, Status.FAILED, badly, identifier="billing")

    [found] = await database.aftermaths.awaited(15, 0, START + HOUR)
    assert found.request_id == failed.id


async def test_of_many_who_look_back_at_once_one_does(database: Store, clock: Clock) -> None:
    request = await ended(database, clock, START)

    results = await asyncio.gather(*(look_back(database, request) for _ in range(8)))

    assert sorted(results) == [False] * 7 + [True]
