"""Incidents as they are read. ``Transaction`` opens and changes them."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import RowMapping, Select, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import UsageError
from bot.values import Incident, Posted, micros
from storage.engine import Connections, insert_into
from storage.tables import models
from storage.tables.rows import decoded, encoded_value, readable

_row = models.incidents.c


class Incidents:
    #: As long as the audit trail, as reports count them.
    KEPT: ClassVar[int] = micros(timedelta(days=400))

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, incident_id: int) -> Incident:
        """Raises UsageError where there is none."""
        async with self._connections.read() as connection:
            return await load_one(connection, incident_id)

    async def of(self, ids: Collection[int]) -> tuple[Incident, ...]:
        """Those of them that there are and that can be read."""
        if not ids:
            return ()
        return await self._load(select(models.incidents).where(_row.id.in_(ids)))

    async def since(self, at: int) -> tuple[Incident, ...]:
        """Those that started then or later, oldest first; open ones too."""
        query = select(models.incidents).where(_row.started_at >= at)
        return await self._load(query.order_by(_row.started_at, _row.id))

    async def between(self, since: int, until: int, limit: int) -> tuple[Incident, ...]:
        """Those that started then, before ``until``; newest first."""
        query = select(models.incidents).where(_row.started_at >= since, _row.started_at < until)
        return await self._load(query.order_by(_row.started_at.desc(), _row.id.desc()).limit(limit))

    async def open(self) -> tuple[Incident, ...]:
        """Oldest first."""
        return (await self.standing())[0]

    async def standing(self) -> tuple[tuple[Incident, ...], int]:
        """The open ones, oldest first, and how many more there are that cannot be read."""
        query = select(models.incidents).where(_row.resolved_at.is_(None)).order_by(_row.id)
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        found = tuple(readable("incidents", rows, _value))
        return found, len(rows) - len(found)

    async def of_card(self, card: Posted) -> Incident | None:
        """The one whose card stands there."""
        written = f'"card":{encoded_value(card)}'  # quotes in any other text of it are escaped
        query = select(models.incidents).where(_row.body.contains(written, autoescape=True))
        return next(iter(await self._load(query)), None)

    async def latest(self, keys: Collection[str]) -> Mapping[str, Incident]:
        """The last incident of each of these keys, open or not, where there was one."""
        newest = select(func.max(_row.id)).where(_row.key.in_(keys)).group_by(_row.key)
        found = await self._load(select(models.incidents).where(_row.id.in_(newest)))
        return {one.key: one for one in found}

    async def prune(self, before: int) -> int:
        """Forgets those that were over before that instant, and says how many."""
        over = delete(models.incidents).where(_row.resolved_at < before)
        async with self._connections.begin() as connection:
            return (await connection.execute(over)).rowcount

    async def _load(self, query: Select[Any]) -> tuple[Incident, ...]:
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(readable("incidents", rows, _value))


async def load_one(
    connection: AsyncConnection, incident_id: int, *, lock: bool = False
) -> Incident:
    """With ``lock`` nobody else changes it until commit. Raises UsageError where there is none."""
    query = select(models.incidents).where(_row.id == incident_id)
    found = await connection.execute(query.with_for_update() if lock else query)
    row = found.mappings().one_or_none()
    if row is None:
        raise UsageError(f"There is no incident I-{incident_id}.")
    return _value(row)


async def add(connection: AsyncConnection, incident: Incident) -> Incident | None:
    """The incident with its number; None where one of its key is open."""
    added = await connection.execute(
        insert_into(models.incidents, connection)
        .values(key=incident.key, **_state(incident))
        # Two replicas may see one alarm at the same moment; the index lets one of them open it.
        .on_conflict_do_nothing(index_elements=[_row.key], index_where=text(models.UNRESOLVED))
        .returning(_row.id)
    )
    number = added.scalar()
    if number is None:
        return None
    return incident.model_copy(update={"id": number})


async def save(connection: AsyncConnection, incident: Incident) -> None:
    await connection.execute(
        update(models.incidents).where(_row.id == incident.id).values(**_state(incident))
    )


def _state(incident: Incident) -> dict[str, Any]:
    return {
        "started_at": incident.started_at,
        "resolved_at": incident.resolved_at,
        "body": encoded_value(incident),
    }


def _value(row: RowMapping) -> Incident:
    return Incident.model_validate({**decoded(row["body"]), "id": row["id"]})
