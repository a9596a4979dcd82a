"""What an incident's card says of the others around its database, and of what nobody knows."""

import pytest

from bot.fleet.now import NOT_WATCHED
from bot.incidents import siblings_of
from bot.values import Database, Incident, Inventory, Kind, OpenIncidents, Siblings, Unwatched
from tests.handlers.blocks.test_incident import an_incident
from tests.samples import NOW, sample_database, sample_target


def named(identifier: str, kind: Kind = Kind.INSTANCE, **more: object) -> Database:
    return sample_database(target=sample_target(identifier=identifier, kind=kind), **more)


SHOP = named("shop", Kind.CLUSTER, members=("shop-1", "shop-2"))
MEMBERS = (named("shop-1", cluster="shop"), named("shop-2", cluster="shop"))
ORDERS = named("orders", replicas=("orders-copy",))
COPY = named("orders-copy", source="orders")
FLEET = Inventory(databases=(SHOP, *MEMBERS, ORDERS, COPY), seen_at=NOW)


def at(number: int, database: Database | None) -> Incident:
    return an_incident(id=number, target=database.target if database else None)


def seen(incident: Incident, *others: Incident, fleet: Inventory = FLEET) -> Siblings:
    return siblings_of(incident, fleet, OpenIncidents(found=(*others, incident)))


@pytest.mark.parametrize("one", [SHOP, *MEMBERS])
def test_a_cluster_and_its_members_are_one_and_no_other_database_is(one: Database) -> None:
    others = (at(9, SHOP), at(3, MEMBERS[0]), at(8, MEMBERS[1]), at(1, ORDERS), at(2, None))
    found = seen(at(4, one), *others)

    assert [it.id for it in found.incidents] == [3, 8, 9]
    assert (found.place, found.unread) == ("on this cluster", ())


@pytest.mark.parametrize(
    ("other", "place"),
    [(ORDERS, "on this database"), (COPY, "on this database or its replicas")],
)
def test_a_database_and_its_replicas_are_one(other: Database, place: str) -> None:
    found = seen(at(4, ORDERS), at(5, other))

    assert ([it.id for it in found.incidents], found.place) == ([5], place)


def test_what_is_about_no_database_has_none() -> None:
    assert seen(at(4, None), at(5, ORDERS), at(6, None)) == Siblings()


@pytest.mark.parametrize(
    ("incidents", "fleet", "said"),
    [
        (OpenIncidents(unread=(Unwatched(what="the alarms", place="main/us-east-1"),)), FLEET,
         "Not read lately: the alarms in main/us-east-1."),
        (OpenIncidents(unread=(Unwatched(what="the alarms", place="main/eu-west-1"),)), FLEET, ""),
        (OpenIncidents(is_watched=False), FLEET, NOT_WATCHED),
        (OpenIncidents(), Inventory(databases=(MEMBERS[0],), seen_at=NOW),
         "I do not see all that belongs to this database."),
        (OpenIncidents(), Inventory(), "I do not see all that belongs to this database."),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_never_quiet(
    incidents: OpenIncidents, fleet: Inventory, said: str
) -> None:
    assert " ".join(siblings_of(at(4, MEMBERS[0]), fleet, incidents).unread) == said
