"""Whether what happened to a database is over, as far as the fleet was looked at."""

import pytest

from bot.incidents._databases import is_gone, is_well
from bot.values import Database, Incident, Inventory, Kind, Origin, Unreachable
from tests.samples import MINUTE, NOW, sample_database, sample_target

CLUSTER = sample_database(
    target=sample_target(kind=Kind.CLUSTER, identifier="shop"), writer="shop-1"
)
FAILOVER = Incident(
    key="k", source=Origin.EVENT, title="failover", place="main/us-east-1", target=CLUSTER.target,
    started_at=NOW - MINUTE, fired_at=NOW - MINUTE,
)  # fmt: skip


def member(status: str = "available") -> Database:
    return sample_database(target=sample_target(identifier="shop-1"), cluster="shop", status=status)


def seen(*databases: Database, **more: object) -> Inventory:
    return Inventory.model_validate({"databases": databases, "seen_at": NOW, **more})


@pytest.mark.parametrize(
    ("inventory", "well"),
    [
        (seen(CLUSTER, member()), True),
        (seen(CLUSTER, member("incompatible-network")), False),
        (seen(CLUSTER, member().model_copy(update={"seen_at": NOW - MINUTE})), False),
        (seen(), False),
    ],
)
def test_a_cluster_is_as_well_as_each_of_its_members(inventory: Inventory, well: bool) -> None:
    assert is_well(inventory, FAILOVER, NOW) is well


@pytest.mark.parametrize(
    ("inventory", "gone"),
    [
        (seen(), True),
        (seen(member()), True),
        (seen(CLUSTER), False),
        (seen(seen_at=NOW - 1), False),
        (seen(unreachable=(Unreachable(account="main", region="us-east-1", why="down"),)), False),
    ],
)
def test_only_where_its_region_answers_is_a_database_gone(inventory: Inventory, gone: bool) -> None:
    assert is_gone(inventory, FAILOVER, NOW) is gone
    assert not is_gone(inventory, FAILOVER.model_copy(update={"target": None}), NOW)


WHOLE = CLUSTER.model_copy(update={"members": ("shop-1", "shop-2")})
OTHER = sample_database()


@pytest.mark.parametrize(
    ("identifier", "database", "concerned"),
    [
        ("shop", CLUSTER, True),
        ("shop", member(), True),
        ("shop-1", member(), True),
        ("shop-2", WHOLE, True),
        ("shop-3", WHOLE, False),
        ("shop", OTHER, False),
    ],
)
def test_an_incident_concerns_a_database_its_cluster_and_its_members(
    identifier: str, database: Database, concerned: bool
) -> None:
    target = CLUSTER.target.model_copy(update={"identifier": identifier})
    given = FAILOVER.model_copy(update={"target": target})
    elsewhere = FAILOVER.model_copy(
        update={"target": target.model_copy(update={"region": "eu-west-9"})}
    )

    assert given.concerns(database) is concerned
    assert not elsewhere.concerns(database)
    assert not FAILOVER.model_copy(update={"target": None}).concerns(database)
