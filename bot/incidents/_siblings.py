"""Other open incidents of one cluster, or of a database and its replicas: often one trouble."""

from collections.abc import Iterator

from bot.fleet.now import NOT_WATCHED, around, not_known
from bot.incidents._notifications import REDRAWN
from bot.values import (
    Incident,
    Inventory,
    Kind,
    Looked,
    Message,
    OpenIncidents,
    OpenRequests,
    Place,
    Posted,
    Siblings,
    family_last_seen,
)


def siblings_of(incident: Incident, inventory: Inventory, incidents: OpenIncidents) -> Siblings:
    """As things stand; what could not be read of it is said. One of no database has none."""
    target = incident.target
    if target is None:
        return Siblings()
    its = around(target, inventory, incidents)
    others = sorted((one for one in its.found if one.id != incident.id), key=lambda one: one.id)
    database = inventory.database(target)
    looked = family_last_seen(database, inventory) if database else None
    there = "" if all(one.target == target for one in others) else " or its replicas"
    is_clustered = database and (database.cluster or target.kind is Kind.CLUSTER)
    place = "on this cluster" if is_clustered else f"on this database{there}"
    return Siblings(incidents=tuple(others), place=place, unread=tuple(_unread(its, looked)))


def redrawn(incident: Incident, card: Posted) -> Message:
    """Its card is drawn anew where it stands, and no other because of it."""
    return Message(
        place=Place.CHANNEL,
        address=card.channel,
        kind=REDRAWN,
        body={"incident": incident.id},
        key=f"incident:{incident.id}:redrawn",
    )


def _unread(its: OpenIncidents, looked: Looked | None) -> Iterator[str]:
    """In sentences, why there may be more of them."""
    if not its.is_watched:
        yield NOT_WATCHED
    yield from not_known(its, OpenRequests())
    if looked is None or looked.unread:
        yield "I do not see all that belongs to this database."
