import asyncio

import pytest

from bot.errors import ConflictError, UsageError
from bot.values import Incident, Origin, Posted
from storage.store import Store
from tests.storage.records import HOUR, START, a_target


def an_incident(key: str = "alarm/1", at: int = START, **changes: object) -> Incident:
    fields = {"key": key, "source": Origin.ALARM, "title": "CPU above 80 %", "place": "main"}
    about = {**fields, "started_at": at, "fired_at": at, "target": a_target()}
    return Incident.model_validate({**about, **changes})


async def _open(database: Store, incident: Incident) -> Incident | None:
    async with database.write() as tx:
        return await tx.open_incident(incident)


async def _opened(database: Store, incident: Incident) -> Incident:
    opened = await _open(database, incident)
    assert opened is not None
    return opened


async def _end(database: Store, number: int, at: int) -> None:
    async with database.write() as tx:
        current = await tx.lock_incident(number)
        await tx.save_incident(current.model_copy(update={"resolved_at": at}))


async def test_one_of_a_key_is_open_whoever_opens_it(database: Store) -> None:
    results = await asyncio.gather(*(_open(database, an_incident()) for _ in range(6)))

    [opened] = filter(None, results)
    assert await database.incidents.get(opened.id) == opened
    assert await database.incidents.open() == (opened,)

    await _end(database, opened.id, START + HOUR)
    second = await _opened(database, an_incident(at=START + HOUR))

    assert await database.incidents.open() == (second,)
    assert await database.incidents.latest({"alarm/1", "alarm/2"}) == {"alarm/1": second}


async def test_they_are_found_by_their_start(database: Store) -> None:
    first = await _opened(database, an_incident("a"))
    second = await _opened(database, an_incident("b", START + HOUR))

    assert await database.incidents.since(START) == (first, second)
    assert await database.incidents.since(START + 1) == (second,)


async def test_what_is_over_for_long_is_forgotten_and_what_goes_on_is_not(
    database: Store,
) -> None:
    first, _ = await _opened(database, an_incident("a")), await _opened(database, an_incident("b"))
    await _end(database, first.id, START + HOUR)

    assert await database.incidents.prune(START + HOUR) == 0
    assert await database.incidents.prune(START + 2 * HOUR) == 1
    assert [one.key for one in await database.incidents.since(START)] == ["b"]


async def test_where_its_card_stands_is_kept(database: Store) -> None:
    opened = await _opened(database, an_incident())
    card = Posted(channel="C1", ts="1.2")

    async with database.write() as tx:
        current = await tx.lock_incident(opened.id)
        await tx.save_incident(current.model_copy(update={"card": card}))

    assert (await database.incidents.get(opened.id)).card == card


async def test_it_is_found_by_its_card_and_by_no_text_that_reads_like_one(database: Store) -> None:
    card, other = Posted(channel="C1", ts="1.2"), Posted(channel="C_", ts="1%2")
    opened = await _opened(database, an_incident("a"))
    await _opened(database, an_incident("b", detail='"card":{"channel":"C1","ts":"1.2"}'))
    assert await database.incidents.of_card(card) is None

    async with database.write() as tx:
        current = await tx.lock_incident(opened.id)
        await tx.save_incident(current.model_copy(update={"card": card}))

    found = await database.incidents.of_card(card)
    assert found is not None
    assert found.id == opened.id
    assert await database.incidents.of_card(other) is None
    with pytest.raises(UsageError, match="no incident I-99"):
        await database.incidents.get(99)


async def test_a_cursor_moves_once_from_where_it_was(database: Store) -> None:
    async def move(before: str | None, after: str) -> None:
        async with database.write() as tx:
            await tx.move_cursor("events", before, after)

    await move(None, "1")
    await move("1", "2")
    for before in (None, "1"):
        with pytest.raises(ConflictError, match="read by somebody else"):
            await move(before, "3")

    assert await database.cursors.get("events") == "2"
