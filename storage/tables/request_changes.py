"""Writes of requests and votes, and what may become of a request. ``Transaction`` does them."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConflictError
from bot.values import Posted, Request, Status, Vote, label
from storage.engine import SQLITE, insert_into
from storage.tables import locks, models, texts
from storage.tables.request_models import OPEN
from storage.tables.rows import (
    encoded_value,
    request_columns,
    request_state,
    step_columns,
    vote_columns,
)

#: What a status may become, and nothing else.
ALLOWED: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.APPROVED, Status.REJECTED, Status.EXPIRED, Status.CANCELLED}),
    Status.APPROVED: frozenset({Status.RUNNING, Status.CANCELLED, Status.EXPIRED}),
    Status.RUNNING: frozenset(
        {Status.APPROVED, Status.CANCELLED, Status.FAILED, Status.SUCCEEDED, Status.UNKNOWN}
    ),
    Status.UNKNOWN: frozenset({Status.SUCCEEDED, Status.FAILED}),
    Status.REJECTED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.SUCCEEDED: frozenset(),
    Status.FAILED: frozenset(),
}

#: Ways back that are open only while it is certain that nothing was sent.
UNSENT_ONLY = frozenset({(Status.RUNNING, Status.APPROVED), (Status.RUNNING, Status.CANCELLED)})

_request = models.requests.c
_step = models.steps.c


async def add(connection: AsyncConnection, request: Request) -> bool:
    """With its steps and what they lock; False where the same request is open."""
    reason = await texts.keep(connection, request.reason)
    row = {**request_columns(request), "reason_id": reason.id}
    added = await connection.execute(
        insert_into(models.requests, connection)
        .values(row)
        .on_conflict_do_nothing(index_elements=[_request.same_ask], index_where=text(OPEN))
    )
    if added.rowcount != 1:
        return False
    steps = [step_columns(request.id, step) for step in request.steps]
    await connection.execute(insert(models.steps), steps)
    await locks.add(connection, request)
    return True


async def add_vote(connection: AsyncConnection, request_id: int, vote: Vote) -> None:
    """Raises ConflictError for a second vote, one's own request, or one that is too late."""
    reason = await texts.keep(connection, vote.reason)
    row = {**vote_columns(request_id, vote), "reason_id": reason.id}
    try:
        async with _savepoint(connection):
            await connection.execute(insert(models.votes).values(row))
    except IntegrityError as error:
        raise ConflictError(
            f"This vote on {label(request_id)} does not count: a person has one, nobody has "
            "one on their own request, and none counts once it is decided."
        ) from error


async def move(
    connection: AsyncConnection, request: Request, moved: Request, before: int | None
) -> None:
    """From one status to another; ``before``: the request must expire later than that.

    Raises ConflictError where the row is no longer what ``request`` says, or a way back is asked
    for although something was sent.
    """
    conditions = list(_guards(request, moved.status, before))
    await replace(connection, request, conditions, **request_state(moved))


async def replace(
    connection: AsyncConnection,
    request: Request,
    conditions: list[ColumnElement[bool]],
    **columns: Any,
) -> None:
    """Raises ConflictError where it has moved on, or one of these does not hold."""
    moved = await connection.execute(
        update(models.requests)
        .where(_request.id == request.id, _request.version == request.version, *conditions)
        .values(version=request.version + 1, **columns)
    )
    if moved.rowcount != 1:
        raise ConflictError(f"{request.label} has moved on meanwhile; look at it again.")


async def set_card(connection: AsyncConnection, request_id: int, posted: Posted) -> None:
    noted = update(models.requests).where(_request.id == request_id)
    await connection.execute(noted.values(card=encoded_value(posted)))


def _savepoint(connection: AsyncConnection) -> AbstractAsyncContextManager[object]:
    """Without it a refused statement ends the whole transaction on PostgreSQL."""
    is_sqlite = connection.dialect.name == SQLITE
    return nullcontext() if is_sqlite else connection.begin_nested()


def _guards(request: Request, to: Status, before: int | None) -> Iterator[ColumnElement[bool]]:
    yield _request.status == request.status
    if before is not None:
        # In the statement itself, as what was read before it may have changed when it runs.
        yield _request.expires_at > before
    if (request.status, to) in UNSENT_ONLY:
        yield ~exists().where(_step.request_id == _request.id, _step.sent_at.is_not(None))
