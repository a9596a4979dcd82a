"""Readers of a cluster: their class, their name, and who becomes the writer."""

from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operations.create_reader import CreateReader
from bot.values import Database, Plan
from tests.operations.door import cluster, door, order


def shop(**changes: Any) -> Database:
    return cluster(**{"writer": "shop-staging-1", **changes})


async def planned(database: Database | None = None, **asked: Any) -> Plan:
    database = database or shop()
    change = CreateReader(target=database.name, **asked)
    return await change.plan(door(database), order(database))


async def test_it_has_the_class_of_the_writer_and_a_name_that_is_always_the_same() -> None:
    plan = await planned()

    assert plan.call.arguments["DBInstanceClass"] == "db.m6g.large"
    assert plan.call.arguments["DBInstanceIdentifier"] == "shop-staging-rds-1042"
    assert plan.call.arguments["DBClusterIdentifier"] == "shop-staging"
    assert plan.effect == "Add shop-staging-rds-1042 to shop-staging as its reader"
    assert plan == await planned()


async def test_another_class_is_one_that_aws_offers() -> None:
    plan = await planned(instance_class="r6g.large", new="shop-4")

    assert plan.call.arguments["DBInstanceClass"] == "db.r6g.large"
    with pytest.raises(PreflightError, match=r"AWS offers no db\.x9\.large"):
        await planned(instance_class="x9.large")


async def test_the_first_one_becomes_the_writer_and_needs_a_class() -> None:
    restored = cluster(members=(), writer="")

    plan = await planned(restored, instance_class="r6g.large")

    assert plan.effect.endswith("as its writer")
    with pytest.raises(PreflightError, match="--instance-class") as refused:
        await planned(restored)
    assert refused.value.parameter == "instance_class"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"members": tuple(f"m{number}" for number in range(16))}, "16 instances already"),
        ({"engine": "postgres"}, "AWS makes by itself"),
    ],
)
async def test_a_cluster_that_takes_no_more_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(PreflightError, match=why):
        await planned(shop(**changes))
