"""Who starts first writes a change of mode down, whole; the others find it written."""

import asyncio

from bot.requests.observe_mode import enter
from storage.store import Store


async def test_a_change_of_mode_stands_in_the_trail_once_whoever_starts_first(
    database: Store,
) -> None:
    await asyncio.gather(*(enter(database, observes=True) for _ in range(3)))
    await enter(database, observes=True)
    await enter(database, observes=False)

    rows = await database.audit.rows(action="mode.")
    assert [row.event.result for row in rows] == ["act", "observe"]
