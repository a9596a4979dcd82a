"""Other open requests on the same database: whoever decides on one should know of them."""

from bot.values import Request, Status
from storage.store import Store

OPEN = (Status.PENDING, Status.APPROVED, Status.RUNNING)
MOST = 50  #: of one database


async def open_on(store: Store, request: Request) -> tuple[Request, ...]:
    """The others that are open on what it touches, or on a cluster of that, oldest first."""
    found = await store.requests.find(status=OPEN, limit=MOST * 10)
    same = [one for one in found if one.id != request.id and one.step.meets(request.step)]
    return tuple(sorted(same, key=lambda one: one.id))[:MOST]


async def earlier(store: Store, request: Request) -> tuple[str, ...]:
    """The names of those that were asked for before it: ``RDS-1011``, ``RDS-1012 (running)``."""
    found = [one for one in await open_on(store, request) if one.id < request.id]
    return tuple(
        f"{one.label} ({one.status})" if one.status is Status.RUNNING else one.label
        for one in found
    )
