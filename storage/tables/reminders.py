"""Who was told on which occasion that a request waits. ``Transaction`` adds to it."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.values import Occasion, PersonId, Reminder
from storage.engine import Connections, insert_into
from storage.tables import models
from storage.tables.rows import readable

_row = models.reminders.c


class Reminders:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def told(self, request_ids: Collection[int]) -> frozenset[Reminder]:
        """Every reminder of these requests so far."""
        told = select(_row.request_id, _row.person, _row.occasion)
        query = told.where(_row.request_id.in_(request_ids))
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).all()
        return frozenset(readable("reminders", rows, lambda row: _value(*row)))


async def add(
    connection: AsyncConnection, given: Sequence[Reminder], at: int
) -> tuple[Reminder, ...]:
    """Those of them that nobody has added before."""
    rows = [
        {
            "request_id": one.request_id,
            "person": str(one.person),
            "occasion": one.occasion.value,
            "at": at,
        }
        for one in given
    ]
    insert = insert_into(models.reminders, connection).values(rows).on_conflict_do_nothing()
    added = await connection.execute(insert.returning(_row.request_id, _row.person, _row.occasion))
    new = {_value(*row) for row in added}
    return tuple(one for one in given if one in new)


def _value(request_id: int, person: str, occasion: str) -> Reminder:
    return Reminder(
        request_id=request_id, person=PersonId.parse(person), occasion=Occasion(occasion)
    )
