"""Clones: of Aurora alone, on the same storage, and with an instance still to be added."""

import pytest

from bot.errors import PreflightError
from bot.operations.clone_cluster import CloneCluster
from bot.values import Kind, Role
from tests.operations.door import cluster, door, order

CLONE = CloneCluster(target="shop-staging", new="shop-clone")


async def test_it_shares_the_storage_and_needs_an_instance_afterwards() -> None:
    shop = cluster(capacity=(0.5, 8.0), parameter_group="shop")

    plan = await CLONE.plan(door(shop), order(shop))

    assert plan.call.arguments["RestoreType"] == "copy-on-write"
    assert plan.call.arguments["DBClusterParameterGroupName"] == "shop"
    assert plan.call.arguments["ServerlessV2ScalingConfiguration"]["MinCapacity"] == 0.5
    assert any("/rds reader shop-clone" in one for one in plan.warnings)
    step = CLONE.next_step(plan)
    assert step is not None
    assert (step.operation, step.target, step.kind) == ("create_reader", "shop-clone", Kind.CLUSTER)
    assert plan.role(shop.target) is Role.READS


async def test_what_is_not_aurora_has_no_clone() -> None:
    shop = cluster(engine="postgres")

    with pytest.raises(PreflightError, match="/rds restore shop-staging shop-clone"):
        await CLONE.plan(door(shop), order(shop))
