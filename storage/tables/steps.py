"""Writes of steps: a send is recorded once, and its locks with it. ``Transaction`` does them."""

from contextlib import nullcontext
from typing import NoReturn

from sqlalchemy import ColumnElement, and_, exists, false, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConflictError
from bot.values import Status, Step, label
from storage.errors import LockedError
from storage.tables import locks, models
from storage.tables.rows import encoded_value, step_state

_request = models.requests.c
_step = models.steps.c


async def write(
    connection: AsyncConnection, request_id: int, step: Step, fence: int | None
) -> None:
    """Claimed, it holds all its locks; settled, or free again, none.

    Raises LockedError where another request holds one of them, and then it has taken none of them;
    ConflictError where it is in other hands, or its send may not be changed so.
    """
    statement = (
        update(models.steps)
        .where(_step.request_id == request_id, _step.number == step.number, _sendable(step))
        .values(step_state(step))
    )
    if fence is not None:
        statement = statement.where(_step.fence == fence)
    takes = step.is_claimed and step.sent_at is None
    try:
        # All or none: what it has taken before one is refused is given back, on SQLite too.
        async with connection.begin_nested() if takes else nullcontext():
            written = await connection.execute(statement)
            if takes and written.rowcount == 1:
                await locks.take(connection, request_id, step)
    except IntegrityError as error:
        await _refuse_lock(connection, request_id, step, error)
    if written.rowcount != 1:
        raise ConflictError(f"Step {step.number} of {label(request_id)} is in other hands now.")
    if not step.is_claimed:
        await locks.release(connection, request_id, step)


async def _refuse_lock(
    connection: AsyncConnection, request_id: int, step: Step, error: IntegrityError
) -> NoReturn:
    holder = await locks.holder_of_any(connection, request_id, step)
    if holder is None:
        raise error
    raise LockedError(holder) from error


def _sendable(step: Step) -> ColumnElement[bool]:
    """A send is recorded once, while the request runs, and forgotten only with proof."""
    is_running = exists().where(_request.id == _step.request_id, _request.status == Status.RUNNING)
    if step.sent_at is None:
        return or_(_step.sent_at.is_(None), and_(is_running, _refuses(step)))
    return or_(_step.sent_at == step.sent_at, and_(_step.sent_at.is_(None), is_running))


def _refuses(step: Step) -> ColumnElement[bool]:
    """Whether it brings a proof that is not the one of an earlier attempt."""
    proof = encoded_value(step.refusal)
    if proof is None:
        return false()
    is_new = or_(_step.refusal.is_(None), _step.refusal != proof)
    return and_(_step.accepted_at.is_(None), is_new)
