"""Failover of a cluster: whom it names, who is warned, and what counts as proof."""

from typing import Any

import pytest

from bot.aws import AWS
from bot.errors import PreflightError
from bot.operations.failover_cluster import FailoverCluster
from bot.values import Database, RDSEvent, Risk, Role, Sent, Stage, TrailEvent
from tests.operations.door import cluster, door, event, order, sent
from tests.samples import MINUTE, NOW, sample_database, sample_target

ANY, NAMED = FailoverCluster(target="shop"), FailoverCluster(target="shop", to="shop-3")


def member(name: str, **changes: Any) -> Database:
    target = sample_target(identifier=name, resource_id=f"db-{name.upper()}")
    fields = {"instance_class": "db.r6g.large", "tier": 1, "cluster": "shop-staging"}
    return sample_database(target=target, **{**fields, **changes})


def shop(**changes: Any) -> Database:
    fields: dict[str, Any] = {"writer": "shop-1", "members": ("shop-1", "shop-2", "shop-3")}
    return cluster(**{**fields, **changes})


def aws(shown: Database | None = None, *, lag: dict[str, float] | None = None, **of: Any) -> AWS:
    """``of`` changes members: ``shop_2={"tier": 0}``."""
    names = ("shop-1", "shop-2", "shop-3")
    members = {one: member(one, **of.pop(one.replace("-", "_"), {})) for one in names}
    lags = {"shop-2": 0.02, "shop-3": 0.02} if lag is None else lag
    return door(shown or shop(), members=members, lag=lags, **of)


async def was_sent(change: FailoverCluster = NAMED, **heard: Any) -> Sent:
    return sent(await change.plan(aws(), order(shop())), shop(), **heard)


@pytest.mark.parametrize(
    ("change", "of", "to"),
    [
        pytest.param(NAMED, {}, "shop-3", id="as asked"),
        pytest.param(ANY, {}, "shop-2", id="all alike"),
        pytest.param(ANY, {"shop_3": {"tier": 0}}, "shop-3", id="by tier"),
        pytest.param(ANY, {"shop_3": {"instance_class": "db.r6g.xlarge"}}, "shop-3", id="by class"),
        pytest.param(ANY, {"shop_2": {"status": "rebooting"}}, "shop-3", id="who can"),
        pytest.param(ANY, {"lag": {"shop-2": 60.0, "shop-3": 0.0}}, "shop-2", id="not by lag"),
    ],
)
async def test_the_call_names_the_new_writer_and_the_same_each_time(
    change: FailoverCluster, of: dict[str, Any], to: str
) -> None:
    plans = [await change.plan(aws(**dict(of)), order(shop())) for _ in range(2)]

    assert plans[0] == plans[1]
    assert plans[0].call.arguments == {
        "DBClusterIdentifier": "shop-staging", "TargetDBInstanceIdentifier": to,
    }  # fmt: skip
    touched = {one.target.identifier: one.role for one in plans[0].touches}
    assert touched["shop-1"] is touched[to] is Role.RESTARTS
    back = change.back(plans[0])
    assert back is not None
    assert back.values == {"to": "shop-1"}


@pytest.mark.parametrize(
    ("of", "said", "risk"),
    [
        ({"shop_3": {"instance_class": "db.r6g.medium"}}, "half the size", Risk.HIGH),
        ({"shop_3": {"instance_class": "db.serverless"}}, "another family", Risk.HIGH),
        ({"lag": {"shop-3": 12.0}}, "lags 12 s behind", None),
        ({"lag": {}}, "is not known", None),
    ],
)
async def test_what_may_not_carry_the_load_is_warned_of(
    of: dict[str, Any], said: str, risk: Risk | None
) -> None:
    plan = await NAMED.plan(aws(**dict(of)), order(shop()))

    assert any(said in one for one in plan.warnings)
    assert (plan.assessment and plan.assessment.risk) is risk


@pytest.mark.parametrize(
    ("change", "shown", "of", "why"),
    [
        (ANY, {"members": ("shop-1",)}, {}, "has no reader"),
        (ANY, {"writer": ""}, {}, "has no writer now"),
        (ANY, {"status": "deleting"}, {}, "is deleting"),
        (FailoverCluster(target="shop", to="shop-1"), {}, {}, "is the writer"),
        (FailoverCluster(target="shop", to="other"), {}, {}, "readers are shop-2, shop-3"),
        (NAMED, {}, {"shop_3": {"status": "rebooting"}}, "shop-3 is rebooting"),
        (NAMED, {"engine": "mysql"}, {}, "chooses the new writer"),
    ],
)
async def test_what_cannot_be_is_refused(
    change: FailoverCluster, shown: dict[str, Any], of: dict[str, Any], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await change.plan(aws(shop(**shown), **dict(of)), order(shop()))


def told(sentence: str, at: int = NOW + MINUTE) -> RDSEvent:
    known = {"source_kind": "db-cluster", "source": "shop-staging"}
    return event(sentence, at).model_copy(update=known)


FAILED = told("Cluster failover failed, check the health of your cluster instances and try again.")
OLD = FAILED.model_copy(update={"at": NOW - MINUTE})


@pytest.mark.parametrize(
    ("shown", "events", "stage"),
    [
        pytest.param({}, (), Stage.WAITING, id="nothing yet"),
        pytest.param({"writer": "shop-3"}, (), Stage.SUCCEEDED, id="it writes"),
        pytest.param(
            {"writer": "shop-3", "status": "failing-over"}, (), Stage.WAITING, id="still at it"
        ),
        pytest.param({}, (FAILED,), Stage.FAILED, id="AWS could not"),
        pytest.param({}, (OLD,), Stage.WAITING, id="an older one"),
        pytest.param({"writer": "shop-3"}, (FAILED,), Stage.SUCCEEDED, id="after all"),
        pytest.param({"writer": "shop-2"}, (), Stage.FAILED, id="another took over"),
        pytest.param({"status": "inaccessible-encryption-credentials"}, (), Stage.FAILED, id="bad"),
    ],
)
async def test_it_is_done_when_that_reader_writes(
    shown: dict[str, Any], events: tuple[RDSEvent, ...], stage: Stage
) -> None:
    found = await NAMED.poll(aws(shop(**shown)), await was_sent(events=events))

    assert found.stage is stage


async def test_where_aws_takes_no_name_any_other_writer_is_proof() -> None:
    mysql = shop(engine="mysql")
    plan = await ANY.plan(aws(mysql), order(mysql))
    moved = aws(shop(engine="mysql", writer="shop-2"))

    assert "TargetDBInstanceIdentifier" not in plan.call.arguments
    assert (await ANY.poll(aws(mysql), sent(plan, mysql))).stage is Stage.WAITING
    assert (await ANY.poll(moved, sent(plan, mysql))).stage is Stage.SUCCEEDED


@pytest.mark.parametrize(
    ("shown", "looked", "events", "stage"),
    [
        ({"writer": "shop-3"}, {}, (), Stage.SUCCEEDED),
        ({}, {"has_trail": False}, (told("Started cross AZ failover to: x"),), Stage.ARRIVED),
        ({}, {"has_trail": False}, (), Stage.WAITING),
        ({}, {"trail_events": "ours"}, (), Stage.ARRIVED),
    ],
)
async def test_a_lost_answer_is_looked_up(
    shown: dict[str, Any], looked: dict[str, Any], events: tuple[RDSEvent, ...], stage: Stage
) -> None:
    ours = TrailEvent(at=NOW, action="FailoverDBCluster", error=None)
    trail = {"trail_events": (ours,)} if looked.get("trail_events") else looked
    found = await NAMED.reconcile(aws(shop(**shown), **trail), await was_sent(events=events))

    assert found.stage is stage


async def test_its_readers_are_offered_likeliest_first_with_what_speaks_for_them() -> None:
    offered = await FailoverCluster.options(
        "to", aws(shop_3={"tier": 0}, lag={"shop-3": 0.02}), shop()
    )

    assert [one.value for one in offered] == ["shop-3", "shop-2"]
    assert offered[0].note == "tier 0, the same size, lags 0.0 s"
    assert "lag unknown" in offered[1].note
