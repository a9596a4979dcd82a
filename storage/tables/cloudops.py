"""CloudOps requests as they are read. ``Transaction`` adds and changes them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import RowMapping, Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import UsageError
from bot.values import CloudOpsRequest, PersonId, Posted, micros
from storage.engine import Connections, insert_into
from storage.tables import models, texts
from storage.tables.rows import decoded, encoded_value

_row = models.cloudops.c
_texts = models.texts.c


class CloudOpsRequests:
    #: As long as the audit trail, which holds what was denied.
    KEPT: ClassVar[int] = micros(timedelta(days=400))

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, denial: int) -> CloudOpsRequest:
        """Raises UsageError where there is none."""
        async with self._connections.read() as connection:
            return await load_one(connection, denial)

    async def prune(self, before: int) -> int:
        """Forgets those that ended before that instant, and says how many."""
        over = delete(models.cloudops).where(_row.ended_at < before)
        async with self._connections.begin() as connection:
            return (await connection.execute(over)).rowcount


async def load_one(
    connection: AsyncConnection, denial: int, *, lock: bool = False
) -> CloudOpsRequest:
    """With ``lock`` nobody else changes it until commit. Raises UsageError where there is none."""
    if lock:  # alone, as PostgreSQL locks nothing of the nullable side of a join
        held = select(_row.denial).where(_row.denial == denial).with_for_update()
        await connection.execute(held)
    row = (await connection.execute(_one(denial))).mappings().one_or_none()
    if row is None:
        raise UsageError("I do not know this CloudOps request any more. Please ask again.")
    return _value(row)


async def add(connection: AsyncConnection, request: CloudOpsRequest) -> bool:
    """False where that denial was handed on before."""
    first = {"denial": request.denial, "requester": str(request.requester)}
    where = {"channel": request.channel, "asked_at": request.asked_at}
    insert = (
        insert_into(models.cloudops, connection)
        .values(**first, **where, **_state(request))
        .on_conflict_do_nothing()
    )
    return (await connection.execute(insert)).rowcount == 1


async def move(
    connection: AsyncConnection, before: CloudOpsRequest, after: CloudOpsRequest
) -> bool:
    """False where it stands no longer as ``before`` says."""
    reason = await texts.keep(connection, after.reason) if after.reason else None
    moved = (
        update(models.cloudops)
        .where(_row.denial == before.denial, _row.state == before.state)
        .values(**_state(after), reason_id=reason and reason.id)
    )
    return (await connection.execute(moved)).rowcount == 1


async def set_card(connection: AsyncConnection, denial: int, card: Posted) -> None:
    noted = update(models.cloudops).where(_row.denial == denial).values(card=encoded_value(card))
    await connection.execute(noted)


def _one(denial: int) -> Select[Any]:
    told = select(models.cloudops, _texts.text.label("reason"))
    joined = told.join_from(
        models.cloudops, models.texts, _row.reason_id == _texts.id, isouter=True
    )
    return joined.where(_row.denial == denial)


def _state(request: CloudOpsRequest) -> Mapping[str, Any]:
    """The columns that a step changes, but the reason."""
    return {
        "state": request.state.value,
        "taken_by": _written(request.taken_by),
        "taken_at": request.taken_at,
        "ended_by": _written(request.ended_by),
        "ended_at": request.ended_at,
    }


def _written(person: PersonId | None) -> str | None:
    return str(person) if person else None


def _read(person: str | None) -> PersonId | None:
    return PersonId.parse(person) if person else None


def _value(row: RowMapping) -> CloudOpsRequest:
    plain = ("denial", "state", "channel", "asked_at", "taken_at", "ended_at")
    return CloudOpsRequest(
        **{name: row[name] for name in plain},
        requester=PersonId.parse(row["requester"]),
        taken_by=_read(row["taken_by"]),
        ended_by=_read(row["ended_by"]),
        reason=row["reason"] or "",
        card=decoded(row["card"]),
    )
