"""What is to be told at set times, and which of those times have been served."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import RowMapping, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.values import SECOND, PersonId, micros
from storage.engine import Connections, insert_into
from storage.tables import models
from storage.tables.rows import decoded, encoded, readable
from storage.tables.waits import passed

_LEASE = 300 * SECOND
_schedule = models.schedules.c
_run = models.schedule_runs.c


@dataclass(frozen=True)
class Schedule:
    """``cron`` is read in ``timezone``; ``body`` holds what the kind needs to know."""

    id: str
    kind: str
    channel: str
    cron: str
    timezone: str
    created_by: PersonId
    created_at: int
    body: dict[str, Any] = field(default_factory=dict)


class Schedules:
    """Reads schedules and claims their runs. ``Transaction`` adds and removes them, audited, and
    ends runs."""

    #: Longer than digests look back for what was missed.
    KEPT: ClassVar[int] = micros(timedelta(days=30))

    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock

    async def list(self) -> tuple[Schedule, ...]:
        """Those in force, oldest first."""
        query = (
            select(models.schedules)
            .where(_schedule.removed_at.is_(None))
            .order_by(_schedule.created_at, _schedule.id)
        )
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(readable("schedules", rows, _value))

    async def claim_run(self, schedule_id: str, wall_clock: str, lease: int = _LEASE) -> int | None:
        """The number of this attempt at a run; None where it was served, or somebody is at it.

        ``wall_clock`` is the local time it is due, "2026-10-25T02:30": an hour that comes twice is
        served once. Above 1, an earlier attempt was lost halfway: its message may stand already.
        """
        now = self._clock()
        async with self._connections.begin() as connection:
            insert = insert_into(models.schedule_runs, connection).values(
                schedule_id=schedule_id,
                wall_clock=wall_clock,
                attempt=1,
                claimed_at=now,
                lease_until=now + lease,
            )
            claim = insert.on_conflict_do_update(
                index_elements=[_run.schedule_id, _run.wall_clock],
                set_={"attempt": _run.attempt + 1, "claimed_at": now, "lease_until": now + lease},
                where=and_(_run.ended_at.is_(None), passed(_run.lease_until, now, lease)),
            ).returning(_run.attempt)
            attempt: int | None = (await connection.execute(claim)).scalar()
        return attempt

    async def served(self, schedule_id: str, outcome: str) -> int | None:
        """When the latest run that ended so was claimed; None where none is remembered."""
        query = select(func.max(_run.claimed_at)).where(
            _run.schedule_id == schedule_id, _run.outcome == outcome
        )
        async with self._connections.read() as connection:
            at: int | None = (await connection.execute(query)).scalar()
        return at

    async def prune(self, before: int) -> None:
        """Forget runs that were claimed so long ago, served or not."""
        async with self._connections.begin() as connection:
            await connection.execute(delete(models.schedule_runs).where(_run.claimed_at < before))


async def add(connection: AsyncConnection, schedule: Schedule) -> None:
    await connection.execute(
        insert(models.schedules).values(
            id=schedule.id,
            kind=schedule.kind,
            channel=schedule.channel,
            cron=schedule.cron,
            timezone=schedule.timezone,
            body=encoded(schedule.body),
            created_by=str(schedule.created_by),
            created_at=schedule.created_at,
        )
    )


async def remove(connection: AsyncConnection, schedule_id: str, at: int) -> bool:
    statement = (
        update(models.schedules)
        .where(_schedule.id == schedule_id, _schedule.removed_at.is_(None))
        .values(removed_at=at)
    )
    return (await connection.execute(statement)).rowcount == 1


async def end_run(
    connection: AsyncConnection, schedule_id: str, wall_clock: str, attempt: int, outcome: str,
    at: int,
) -> bool:  # fmt: skip
    """False where another attempt has it, or it has ended."""
    statement = (
        update(models.schedule_runs)
        .where(
            _run.schedule_id == schedule_id,
            _run.wall_clock == wall_clock,
            _run.attempt == attempt,
            _run.ended_at.is_(None),
        )
        .values(ended_at=at, outcome=outcome)
    )
    return (await connection.execute(statement)).rowcount == 1


def _value(row: RowMapping) -> Schedule:
    return Schedule(
        id=row["id"],
        kind=row["kind"],
        channel=row["channel"],
        cron=row["cron"],
        timezone=row["timezone"],
        created_by=PersonId.parse(row["created_by"]),
        created_at=row["created_at"],
        body=decoded(row["body"]),
    )
