"""What burns where a change is asked for: open incidents, and changes that made things worse."""

from collections.abc import Iterable
from datetime import timedelta

from bot.fleet.now import around, not_known
from bot.values import (
    Inventory,
    OpenIncidents,
    OpenRequests,
    Request,
    Target,
    Trouble,
    family_last_seen,
    micros,
)
from storage.store import Store

RECENT = micros(timedelta(hours=24))  #: after its end a change still explains what is wrong
ASKED = micros(timedelta(days=7))  #: before that it may have been asked for
FAMILY = 16  #: databases of one family that are looked through
MOST = 20  #: requests of each


async def trouble_at(
    store: Store, inventory: Inventory, incidents: OpenIncidents, request: Request, now: int
) -> Trouble:
    """As things stand; what could not be read of it is said."""
    target = request.step.target
    its = around(target, inventory, incidents)
    return Trouble(
        incidents=its.found,
        worse=await _worse(store, family_of(target, inventory), request, now),
        unread=tuple(not_known(its, OpenRequests())),
    )


def family_of(target: Target, inventory: Inventory) -> tuple[Target, ...]:
    """It and those that belong to it, as far as they were last seen."""
    database = inventory.database(target)
    kin = family_last_seen(database, inventory).kin if database else ()
    return (target, *(one.database.target for one in kin))


async def open_around(store: Store, target: Target, inventory: Inventory) -> tuple[Request, ...]:
    """What could still be taken back on it or its family: those cards say what burns there."""
    names = {one.typed for one in family_of(target, inventory)}
    standing = await store.requests.standing(limit=1000)
    unsent = (one for one in standing.found if one.status.is_open and one.step.sent_at is None)
    return tuple(one for one in unsent if one.step.target.typed in names)


async def _worse(
    store: Store, family: Iterable[Target], request: Request, now: int
) -> tuple[Request, ...]:
    found: dict[int, Request] = {}
    for one in tuple(family)[:FAMILY]:
        asked = await store.requests.find(
            target=one.identifier, since=now - RECENT - ASKED, limit=MOST
        )
        found |= {it.id: it for it in asked if it.step.target.typed == one.typed}
    lately = (
        one for one in found.values()
        if one.is_worse_since and one.id != request.id and (one.ended_at or 0) > now - RECENT
    )  # fmt: skip
    return tuple(sorted(lately, key=lambda one: one.ended_at or 0, reverse=True))
