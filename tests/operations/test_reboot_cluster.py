"""Reboot of a Multi-AZ cluster: what is planned, and what counts as proof."""

from typing import Any

import pytest

from bot.aws import AWS
from bot.errors import PreflightError
from bot.operations.reboot_cluster import RebootCluster
from bot.values import Database, RDSEvent, Role, Stage, TrailEvent
from tests.operations.door import cluster, door, event, order, sent
from tests.samples import MINUTE, NOW, sample_database, sample_target

REBOOT = RebootCluster(target="shop-staging")
NAMES = ("shop-1", "shop-2")


def shop(**changes: Any) -> Database:
    fields = {"engine": "mysql", "writer": "shop-1", "members": NAMES}
    return cluster(**{**fields, **changes})


def aws(shown: Database | None, **more: Any) -> AWS:
    targets = [sample_target(identifier=one, resource_id=f"db-{one}") for one in NAMES]
    members = {one.identifier: sample_database(target=one) for one in targets}
    return door(shown, members=members, **more)


def restarted(name: str, at: int = NOW + MINUTE) -> RDSEvent:
    return event("DB instance restarted", at).model_copy(update={"source": name})


BOTH = tuple(restarted(one) for one in NAMES)


async def test_the_plan_is_the_exact_call_and_says_whom_it_restarts() -> None:
    plan = await REBOOT.plan(aws(shop()), order(shop()))

    assert plan == await REBOOT.plan(aws(shop()), order(shop()))
    assert plan.call.action == "rds:RebootDBCluster"
    assert plan.call.arguments == {"DBClusterIdentifier": "shop-staging"}
    restarts = [one.target.identifier for one in plan.touches if one.role is Role.RESTARTS]
    assert restarts == list(NAMES)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"engine": "aurora-mysql"}, "Ask for: /rds reboot shop-1"),
        ({"status": "stopped"}, "is stopped"),
    ],
)
async def test_what_cannot_take_it_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(PreflightError, match=why):
        await REBOOT.plan(aws(shop(**changes)), order(shop()))


@pytest.mark.parametrize(
    ("shown", "heard", "stage"),
    [
        pytest.param(shop(), {}, Stage.WAITING, id="available proves nothing"),
        pytest.param(shop(), {"events": BOTH}, Stage.SUCCEEDED, id="both restarted"),
        pytest.param(shop(), {"events": BOTH[:1]}, Stage.WAITING, id="one restarted"),
        pytest.param(
            shop(), {"events": tuple(restarted(one, NOW - MINUTE) for one in NAMES)},
            Stage.WAITING, id="older events",
        ),
        pytest.param(shop(), {"evidence": {"restarted": True}}, Stage.SUCCEEDED, id="seen"),
        pytest.param(shop(status="rebooting"), {"events": BOTH}, Stage.WAITING, id="still at it"),
        pytest.param(shop(status="incompatible-network"), {}, Stage.FAILED, id="ended badly"),
        pytest.param(None, {}, Stage.FAILED, id="gone"),
    ],
)  # fmt: skip
async def test_done_means_that_every_member_restarted_since(
    shown: Database | None, heard: dict[str, Any], stage: Stage
) -> None:
    plan = await REBOOT.plan(aws(shop()), order(shop()))

    assert (await REBOOT.poll(aws(shown), sent(plan, shop(), **heard))).stage is stage


@pytest.mark.parametrize(
    ("looked", "events", "stage"),
    [
        ({"trail_events": (TrailEvent(at=NOW, action="RebootDBCluster", error=None),)}, (),
         Stage.ARRIVED),
        ({"has_trail": False}, BOTH, Stage.ARRIVED),
        ({"has_trail": False}, (), Stage.WAITING),
    ],
)  # fmt: skip
async def test_a_lost_answer_is_looked_up(
    looked: dict[str, Any], events: tuple[RDSEvent, ...], stage: Stage
) -> None:
    plan = await REBOOT.plan(aws(shop()), order(shop()))

    found = await REBOOT.reconcile(aws(shop(), **looked), sent(plan, shop(), events=events))

    assert found.stage is stage
