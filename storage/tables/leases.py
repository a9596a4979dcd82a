"""Who among the replicas does a thing now, and how far a thing has been read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Connections, insert_into
from storage.tables import models
from storage.tables.waits import passed

_lease = models.leases.c


@dataclass(frozen=True)
class Lease:
    """``fence`` grows with every change of hands: an older one proves that the lease is lost."""

    name: str
    owner: str
    fence: int
    until: int


class Leases:
    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock

    async def acquire(self, name: str, owner: str, ttl_micros: int) -> Lease | None:
        """None while somebody else has it. An owner who asks again gets a new fence."""
        now = self._clock()
        until = now + ttl_micros
        async with self._connections.begin() as connection:
            insert = insert_into(models.leases, connection).values(
                name=name, owner=owner, fence=1, until=until
            )
            # One statement: between a look and a write another replica would take it as well.
            take = insert.on_conflict_do_update(
                index_elements=[_lease.name],
                set_={"owner": owner, "fence": _lease.fence + 1, "until": until},
                where=or_(passed(_lease.until, now, ttl_micros), _lease.owner == owner),
            ).returning(_lease.fence)
            fence = (await connection.execute(take)).scalar()
        return None if fence is None else Lease(name, owner, fence, until)


class Cursors:
    """Named positions: up to where something that is read in order has been read."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, name: str) -> str | None:
        query = select(models.cursors.c.value).where(models.cursors.c.name == name)
        async with self._connections.read() as connection:
            return (await connection.execute(query)).scalar()

    async def starting(self, prefix: str) -> Mapping[str, str]:
        """Those whose names begin so, by what follows."""
        name, value = models.cursors.c.name, models.cursors.c.value
        query = select(name, value).where(name.startswith(prefix, autoescape=True))
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).all()
        return {found.removeprefix(prefix): kept for found, kept in rows}

    async def set(self, name: str, value: str) -> None:
        async with self._connections.begin() as connection:
            insert = insert_into(models.cursors, connection).values(name=name, value=value)
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[models.cursors.c.name], set_={"value": value}
                )
            )


async def move(connection: AsyncConnection, name: str, before: str | None, after: str) -> bool:
    """False where the position is no longer ``before``: somebody else has read on."""
    if before is None:
        added = insert_into(models.cursors, connection).values(name=name, value=after)
        return (await connection.execute(added.on_conflict_do_nothing())).rowcount == 1
    moved = (
        update(models.cursors)
        .where(models.cursors.c.name == name, models.cursors.c.value == before)
        .values(value=after)
    )
    return (await connection.execute(moved)).rowcount == 1
