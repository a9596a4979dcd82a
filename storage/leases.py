"""Who among the replicas does a thing now, and how far a thing has been read."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import or_, select, update

from storage import models
from storage.engines import Connections, insert_into

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
            take = insert.on_conflict_do_update(
                index_elements=[_lease.name],
                set_={"owner": owner, "fence": _lease.fence + 1, "until": until},
                where=or_(_lease.until <= now, _lease.owner == owner),
            ).returning(_lease.fence)
            fence = (await connection.execute(take)).scalar()
        return None if fence is None else Lease(name, owner, fence, until)

    async def renew(self, lease: Lease, ttl_micros: int) -> Lease | None:
        """None where somebody else has taken it meanwhile: stop at once."""
        until = self._clock() + ttl_micros
        return replace(lease, until=until) if await self._set_until(lease, until) else None

    async def release(self, lease: Lease) -> None:
        """Lets the next one have it now; harmless where it is already lost."""
        await self._set_until(lease, 0)

    async def _set_until(self, lease: Lease, until: int) -> bool:
        statement = (
            update(models.leases)
            .where(_lease.name == lease.name, _lease.fence == lease.fence)
            .values(until=until)
        )
        async with self._connections.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1


class Cursors:
    """Named positions: up to where something that is read in order has been read."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, name: str) -> str | None:
        query = select(models.cursors.c.value).where(models.cursors.c.name == name)
        async with self._connections.read() as connection:
            return (await connection.execute(query)).scalar()

    async def set(self, name: str, value: str) -> None:
        async with self._connections.begin() as connection:
            insert = insert_into(models.cursors, connection).values(name=name, value=value)
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[models.cursors.c.name], set_={"value": value}
                )
            )
