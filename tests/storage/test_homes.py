import asyncio

import pytest

from bot.values import SECOND, Click, Message, PersonId, Place
from storage.store import Store
from storage.tables.homes import EVERYBODY, GATHERING, LATELY, HomeView
from storage.tables.outbox import Delivery
from tests.storage.records import ANN, BOB, CAT, START, Clock, an_event

CARD = Message(place=Place.CARD, address="C1", kind="card", key="card:1")


async def changes(database: Store, message: Message = CARD) -> None:
    async with database.write() as tx:
        await tx.post(message)


async def due_homes(database: Store, now: int) -> list[Delivery]:
    due = await database.outbox.due(now, 100)
    return [one for one in due if one.message.place is Place.HOME]


async def test_a_home_that_is_opened_counts_as_not_drawn(database: Store, clock: Clock) -> None:
    await database.homes.opened(ANN)
    await database.homes.drawn(ANN, "hash-1")
    assert await database.homes.get(ANN) == HomeView(ANN, START, "hash-1")

    clock.now += SECOND
    await database.homes.opened(ANN)

    assert await database.homes.get(ANN) == HomeView(ANN, START + SECOND)


async def test_a_click_is_kept_until_that_home_is_opened_anew(database: Store) -> None:
    click = Click(request=1001, verb="approve", refused=("It is too late.",))
    for one in (ANN, BOB):
        await database.homes.opened(one)
    async with database.write() as tx:
        await tx.note_click(ANN, click)
        await tx.note_click(CAT, click)
    await database.homes.drawn(ANN, "hash-1")

    seen = [await database.homes.get(one) for one in (ANN, BOB, CAT)]
    assert seen == [HomeView(ANN, START, "hash-1", click), HomeView(BOB, START), None]
    await database.homes.opened(ANN)
    assert await database.homes.get(ANN) == HomeView(ANN, START)


async def test_who_has_not_looked_lately_or_was_forgotten_is_left_out(
    database: Store, clock: Clock
) -> None:
    await database.homes.opened(ANN)
    clock.now += LATELY
    await database.homes.opened(BOB)
    await database.homes.opened(CAT)
    clock.now += 1

    await database.homes.forget(CAT)

    assert await database.homes.lately() == (HomeView(BOB, START + LATELY),)
    assert await database.homes.get(CAT) is None


async def test_drawing_for_nobody_who_ever_looked_leaves_no_trace(database: Store) -> None:
    await database.homes.drawn(ANN, "hash-1")
    await database.homes.forget(ANN)

    assert await database.homes.get(ANN) is None


@pytest.mark.parametrize("watching", [None, ANN])
async def test_a_change_stirs_the_homes_only_while_somebody_watches(
    database: Store, clock: Clock, watching: PersonId | None
) -> None:
    if watching:
        await database.homes.opened(watching)
        clock.now += LATELY

    await changes(database)
    assert len(await due_homes(database, clock.now + GATHERING)) == (watching is not None)

    clock.now += 1
    await changes(database, CARD.model_copy(update={"key": "card:2"}))
    assert await database.outbox.depth() == 2 + (watching is not None)


async def test_changes_of_a_few_seconds_stir_the_homes_once(database: Store, clock: Clock) -> None:
    await database.homes.opened(ANN)

    for _ in range(100):
        clock.now += SECOND // 50
        await changes(database)

    assert await due_homes(database, clock.now) == []
    [stirred] = await due_homes(database, START + GATHERING + SECOND)
    assert stirred.message.kind == EVERYBODY


async def test_changes_at_once_wait_for_each_other_in_one_order(database: Store) -> None:
    """The end of the audit chain comes before the row that all of them share."""
    await database.homes.opened(ANN)

    async def change(number: int) -> None:
        async with database.write() as tx:
            if number % 3:
                await tx.audit(an_event())
            await tx.post(CARD.model_copy(update={"key": f"card:{number}"}))

    await asyncio.gather(*map(change, range(30)))

    assert await database.outbox.depth() == 31


async def test_what_is_not_drawn_from_a_request_stirs_no_home(database: Store) -> None:
    await database.homes.opened(ANN)

    await changes(database, Message(place=Place.PERSON, address="U1", kind="reply", key="r"))

    assert await database.outbox.depth() == 1
