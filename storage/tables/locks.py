"""What a step locks, from its claim until it is settled, and what it touches beside its target."""

from collections.abc import Callable

from sqlalchemy import Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.values import Request, Step
from storage.tables import models
from storage.tables.rows import Columns, lock_columns, touch_columns

_locks = models.step_locks.c


async def add(connection: AsyncConnection, request: Request) -> None:
    """Of a request that is filed."""
    for table, columns in (
        (models.step_locks, _each(lock_columns, request)),
        (models.step_touches, _each(touch_columns, request)),
    ):
        if columns:
            await connection.execute(insert(table), columns)


async def take(connection: AsyncConnection, request_id: int, step: Step) -> None:
    """One after the other, and all in one order: of two that want what the other has, each would
    wait for the other forever. https://www.postgresql.org/docs/current/explicit-locking.html

    Raises IntegrityError where another request holds one of them; what was taken before that is
    for the caller to roll back.
    """
    for lock in sorted(step.locks):
        own = _own(request_id, step).where(_locks.lock == lock)
        await connection.execute(own.values(held=True))


async def release(connection: AsyncConnection, request_id: int, step: Step) -> None:
    await connection.execute(_own(request_id, step).values(held=False))


async def holder(connection: AsyncConnection, lock: str) -> int | None:
    """The request that holds it now."""
    query = select(_locks.request_id).where(_locks.lock == lock, _locks.held)
    return (await connection.execute(query)).scalar()


async def holder_of_any(connection: AsyncConnection, request_id: int, step: Step) -> int | None:
    """Another request that holds one of the step's locks now, the first in their order."""
    query = (
        select(_locks.request_id)
        .where(_locks.lock.in_(step.locks), _locks.held, _locks.request_id != request_id)
        .order_by(_locks.lock)
        .limit(1)
    )
    return (await connection.execute(query)).scalar()


def _own(request_id: int, step: Step) -> Update:
    return update(models.step_locks).where(
        _locks.request_id == request_id, _locks.number == step.number
    )


def _each(columns: Callable[[int, Step], list[Columns]], request: Request) -> list[Columns]:
    return [row for step in request.steps for row in columns(request.id, step)]
