import asyncio

import pytest

from bot.errors import ConflictError, UsageError
from bot.values import CloudOpsRequest, CloudOpsState, Posted
from storage.store import Store
from tests.storage.records import ANN, BOB, HOUR, START, an_event

OPEN = CloudOpsRequest(denial=7, requester=ANN, channel="C1", asked_at=START)
DECLINED = OPEN.model_copy(
    update={
        "state": CloudOpsState.DECLINED,
        "taken_by": BOB,
        "taken_at": START,
        "ended_by": BOB,
        "ended_at": START + HOUR,
        "reason": "not today",
    }
)


async def _hand_on(database: Store) -> bool:
    async with database.write() as tx:
        return await tx.hand_on(OPEN)


async def _move(database: Store, after: CloudOpsRequest = DECLINED) -> None:
    async with database.write() as tx:
        await tx.move_cloudops(OPEN, after, an_event())


async def test_a_denial_is_handed_on_once_whoever_presses_at_the_same_moment(
    database: Store,
) -> None:
    handed_on = await asyncio.gather(*(_hand_on(database) for _ in range(4)))

    assert sorted(handed_on) == [False, False, False, True]
    assert await database.cloudops.get(7) == OPEN


async def test_what_became_of_it_is_kept_with_its_reason_and_its_message(database: Store) -> None:
    await _hand_on(database)
    card = Posted(channel="C1", ts="1.2")
    async with database.write() as tx:
        await tx.set_cloudops_card(7, card)

    await _move(database)

    kept = DECLINED.model_copy(update={"card": card})
    assert await database.cloudops.get(7) == kept
    async with database.write() as tx:
        assert await tx.lock_cloudops(7) == kept


async def test_it_moves_from_where_it_stands_alone_and_a_move_that_fails_leaves_nothing(
    database: Store,
) -> None:
    await _hand_on(database)

    results = await asyncio.gather(*(_move(database) for _ in range(4)), return_exceptions=True)

    assert [type(one) for one in results if one is not None] == [ConflictError] * 3
    assert len(await database.audit.rows()) == 1


async def test_what_ended_long_ago_is_forgotten_and_what_is_open_is_not(database: Store) -> None:
    await _hand_on(database)
    assert await database.cloudops.prune(START + 2 * HOUR) == 0
    await _move(database)

    assert await database.cloudops.prune(START + HOUR) == 0
    assert await database.cloudops.prune(START + 2 * HOUR) == 1
    with pytest.raises(UsageError, match="do not know this CloudOps request"):
        await database.cloudops.get(7)
