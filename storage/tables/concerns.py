"""What a digest has told of, and what a channel has put off. ``Transaction`` writes both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.values import micros
from storage.engine import Connections, insert_into
from storage.tables import models

_told = models.told_concerns.c
_snooze = models.snoozes.c


@dataclass(frozen=True)
class ToldState:
    """In which state a concern was told of, and when."""

    state: str
    at: int


class Concerns:
    #: Longer than one that lasts is left untold by the rarest digest that people schedule.
    KEPT: ClassVar[int] = micros(timedelta(days=100))

    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock

    async def told(self, schedule_id: str) -> Mapping[str, ToldState]:
        """What that schedule's last digest knew of, by the concern's key."""
        query = select(models.told_concerns).where(_told.schedule_id == schedule_id)
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).all()
        return {row.key: ToldState(row.state, row.told_at) for row in rows}

    async def snoozed(self, channel: str) -> Mapping[str, int]:
        """Keys of what is not to be told there now, each with until when."""
        query = select(_snooze.key, _snooze.until).where(
            _snooze.channel == channel, _snooze.until > self._clock()
        )
        async with self._connections.read() as connection:
            return {row.key: row.until for row in await connection.execute(query)}

    async def prune(self, before: int) -> None:
        """Forget what is put off no longer, and what was last told before that instant."""
        async with self._connections.begin() as connection:
            await connection.execute(delete(models.snoozes).where(_snooze.until <= self._clock()))
            await connection.execute(delete(models.told_concerns).where(_told.told_at < before))


async def remember(
    connection: AsyncConnection, schedule_id: str, told: Mapping[str, ToldState]
) -> None:
    """This and nothing else: what has gone is news when it comes back."""
    await connection.execute(delete(models.told_concerns).where(_told.schedule_id == schedule_id))
    rows = [
        {"schedule_id": schedule_id, "key": key, "state": one.state, "told_at": one.at}
        for key, one in told.items()
    ]
    if rows:
        await connection.execute(insert(models.told_concerns), rows)


async def snooze(connection: AsyncConnection, channel: str, key: str, until: int) -> None:
    added = insert_into(models.snoozes, connection).values(channel=channel, key=key, until=until)
    await connection.execute(
        added.on_conflict_do_update(
            index_elements=[_snooze.channel, _snooze.key], set_={"until": until}
        )
    )
