import asyncio

from bot.values import Occasion, PersonId, Reminder
from storage.store import Store
from tests.storage.records import ANN, BOB, filed


def a_reminder(request_id: int, person: PersonId = ANN, half: bool = True) -> Reminder:
    occasion = Occasion.HALF if half else Occasion.LATE
    return Reminder(request_id=request_id, person=person, occasion=occasion)


async def _remind(database: Store, *given: Reminder) -> tuple[Reminder, ...]:
    async with database.write() as tx:
        return await tx.remind(given)


async def test_each_reminder_is_new_once(database: Store) -> None:
    number = (await filed(database)).id
    first, second = a_reminder(number), a_reminder(number, BOB)

    assert await _remind(database, first) == (first,)
    assert await _remind(database, first, second) == (second,)
    assert await _remind(database, first, second) == ()


async def test_each_occasion_counts_by_itself(database: Store) -> None:
    number = (await filed(database)).id
    late = a_reminder(number, half=False)

    await _remind(database, a_reminder(number))

    assert await _remind(database, late) == (late,)


async def test_of_many_who_remind_at_once_one_does(database: Store) -> None:
    one = a_reminder((await filed(database)).id)

    results = await asyncio.gather(*(_remind(database, one) for _ in range(8)))

    assert sorted(map(len, results)) == [0] * 7 + [1]


async def test_who_was_told_is_known_by_request(database: Store) -> None:
    first, second = [
        await filed(database, identifier=name) for name in ("orders-test", "orders-dev")
    ]
    await _remind(database, a_reminder(first.id), a_reminder(second.id, BOB))

    assert await database.reminders.told([first.id]) == {a_reminder(first.id)}
    assert await database.reminders.told([]) == frozenset()
