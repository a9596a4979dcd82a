"""Which changes were looked back at after how many minutes. ``Transaction`` adds to it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.values import Look, Status, micros
from storage.engine import Connections, insert_into
from storage.tables import models
from storage.tables.requests import SCHEDULED
from storage.tables.rows import SEEN, look_outcome

_row = models.aftermaths.c
_request = models.requests.c
_step = models.steps.c

#: How the outcome of a request begins to which AWS has done nothing, or nothing yet: canonical JSON
#: sorts its keys.
NOTHING_DONE = ('{"code":"not_sent', '{"code":"refused', SCHEDULED)


@dataclass(frozen=True)
class Ended:
    """A request that has reached AWS, and when it ended."""

    request_id: int
    at: int


class Aftermaths:
    #: Longer than the tick looks back for what was missed.
    KEPT: ClassVar[int] = micros(timedelta(days=30))

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def awaited(
        self, minutes: int, since: int, until: int, limit: int = 100
    ) -> tuple[Ended, ...]:
        """What ended in that time and was not looked back at so much later, oldest first."""
        sent = exists().where(_step.request_id == _request.id, _step.sent_at.is_not(None))
        seen = exists().where(_row.request_id == _request.id, _row.minutes == minutes)
        query = (
            select(_request.id, _request.ended_at)
            .where(
                _request.ended_at > since,
                _request.ended_at <= until,
                _request.status.in_((Status.SUCCEEDED, Status.FAILED)),
                *map(_is_not, NOTHING_DONE),
                sent,
                ~seen,
            )
            .order_by(_request.ended_at, _request.id)
            .limit(limit)
        )
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Ended(*row) for row in rows)

    async def prune(self, before: int) -> int:
        """Forgets that nothing was seen before that instant, and says how often that was.

        What was seen is shown for as long as its request is.
        """
        nothing = ~_row.outcome.startswith(SEEN, autoescape=True)
        noted = delete(models.aftermaths).where(_row.at < before, nothing)
        async with self._connections.begin() as connection:
            return (await connection.execute(noted)).rowcount


def _is_not(outcome: str) -> ColumnElement[bool]:
    begins = _request.outcome.startswith(outcome, autoescape=True)
    return or_(_request.outcome.is_(None), ~begins)


async def add(
    connection: AsyncConnection,
    request_id: int,
    minutes: int,
    outcome: str,
    at: int,
    look: Look | None = None,
) -> bool:
    """Whether nobody has added it before."""
    insert = (
        insert_into(models.aftermaths, connection)
        .values(request_id=request_id, minutes=minutes, outcome=look_outcome(outcome, look), at=at)
        .on_conflict_do_nothing()
    )
    return (await connection.execute(insert)).rowcount == 1
