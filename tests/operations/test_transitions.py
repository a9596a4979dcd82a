"""Start and stop: what is planned, who is refused, and what counts as proof."""

from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operation import Transition
from bot.operation._lost import PATIENCE
from bot.operations import load
from bot.operations.start_database import StartDatabase
from bot.operations.stop_database import StopDatabase
from bot.values import Database, Kind, Progress, RDSEvent, Snapshot, Stage, TrailEvent
from tests.operations.door import cluster, door, event, order, sent
from tests.samples import MINUTE, NOW, sample_database, sample_target

START, STOP = StartDatabase(target="orders-staging"), StopDatabase(target="orders-staging")
KEPT = StopDatabase(target="orders-staging", snapshot="before-stop")
WEEK_ON = NOW + 7 * 24 * 60 * MINUTE
each = pytest.mark.parametrize("change", [START, STOP], ids=lambda one: one.verb)
both_kinds = pytest.mark.parametrize("shown", [sample_database, cluster], ids=["one", "cluster"])


def began(change: Transition, shown: Any = sample_database, **changes: Any) -> Database:
    found: Database = shown(**{"status": min(change.begins_in, key=_likely), **changes})
    return found


def _likely(status: str) -> bool:
    return status not in ("available", "stopped")


def told(change: Transition, database: Database, at: int = NOW + MINUTE) -> RDSEvent:
    number, sentence = change.told_by[database.target.kind]
    kind, name = f"db-{database.target.kind}", database.name
    return event(sentence, at, number).model_copy(update={"source_kind": kind, "source": name})


async def polled(change: Transition, shown: Any, status: str, **heard: Any) -> Progress:
    before = began(change, shown)
    plan = await change.plan(door(before), order(before))
    return await change.poll(door(shown(status=status)), sent(plan, before, **heard))


@each
@both_kinds
async def test_the_plan_is_the_exact_call_and_the_other_takes_it_back(
    change: Transition, shown: Any
) -> None:
    database = began(change, shown)
    plans = [await change.plan(door(database), order(database)) for _ in range(2)]
    noun = "DBCluster" if database.target.kind is Kind.CLUSTER else "DBInstance"
    back = change.back(plans[0])

    assert plans[0] == plans[1]
    assert plans[0].call.action == f"rds:{change.act}{noun}"
    assert plans[0].call.arguments == {f"{noun}Identifier": database.name}
    assert back is not None
    other = load(back.operation, {"target": database.name, **back.values})
    assert isinstance(other, Transition)
    assert change.ends_in & other.begins_in


@each
@both_kinds
async def test_the_other_state_or_a_newer_event_is_proof(change: Transition, shown: Any) -> None:
    database = began(change, shown)
    at_once, later = database.status, min(change.ends_in)
    newer, older = told(change, database), told(change, database, NOW - MINUTE)
    foreign = newer.model_copy(update={"source": "another"})

    assert (await polled(change, shown, later)).stage is Stage.SUCCEEDED
    assert (await polled(change, shown, "modifying", events=(newer,))).stage is Stage.SUCCEEDED
    assert (await polled(change, shown, at_once)).stage is Stage.WAITING
    assert (await polled(change, shown, at_once, events=(older, foreign))).stage is Stage.WAITING
    assert (await polled(change, shown, "storage-full")).stage is Stage.FAILED


@each
async def test_what_left_and_came_back_has_failed(change: Transition) -> None:
    on_its_way = await polled(change, sample_database, change.moving)

    back = await polled(change, sample_database, began(change).status, evidence=on_its_way.evidence)

    assert (on_its_way.stage, back.stage) == (Stage.WAITING, Stage.FAILED)
    assert f"AWS could not {change.verb} it" in back.detail


@each
async def test_another_database_of_that_name_is_not_taken_for_it(change: Transition) -> None:
    plan = await change.plan(door(began(change)), order())
    other = sample_database(
        target=sample_target(resource_id="db-ANOTHER"), status=min(change.ends_in)
    )

    assert (await change.poll(door(other), sent(plan))).stage is Stage.FAILED
    assert (await change.poll(door(None), sent(plan))).stage is Stage.FAILED


@each
@pytest.mark.parametrize(
    ("status", "looked", "stage"),
    [
        pytest.param("there", {}, Stage.SUCCEEDED, id="it is there"),
        pytest.param("moving", {}, Stage.ARRIVED, id="on its way"),
        pytest.param("before", {"trail": None}, Stage.ARRIVED, id="recorded"),
        pytest.param("before", {"trail": "Denied"}, Stage.NOT_SENT, id="recorded as refused"),
        pytest.param("before", {}, Stage.WAITING, id="nothing yet"),
        pytest.param("before", {"after": PATIENCE + 1}, Stage.UNKNOWN, id="patience is over"),
    ],
)
async def test_a_lost_answer_is_looked_up_and_nothing_is_sent_again(
    change: Transition, status: str, looked: dict[str, Any], stage: Stage
) -> None:
    before = began(change)
    plan = await change.plan(door(before), order())
    shown = {"there": min(change.ends_in), "moving": change.moving, "before": before.status}
    action = plan.call.action.removeprefix("rds:")
    trail = [TrailEvent(at=NOW, action=action, error=looked["trail"])] if "trail" in looked else []
    aws = door(
        sample_database(status=shown[status]),
        trail_events=tuple(trail),
        now=NOW + looked.get("after", MINUTE),
    )

    marked = sent(plan, evidence={"marked_at": NOW + 1})
    assert (await change.reconcile(aws, marked)).stage is stage


@pytest.mark.parametrize(
    ("change", "database", "why"),
    [
        (STOP, sample_database(cluster="shop", engine="aurora-mysql"), "Ask for: /rds stop shop"),
        (STOP, sample_database(cluster="shop", engine="mysql"), "the Multi-AZ cluster shop"),
        (STOP, cluster(engine="postgres"), "only Aurora clusters"),
        (STOP, sample_database(source="orders-prod"), "stops no replica"),
        (STOP, sample_database(replicas=("orders-copy",)), "orders-copy"),
        (STOP, cluster(replicas=("arn:aws:rds:x",)), "arn:aws:rds:x"),
        (STOP, sample_database(engine="sqlserver-se"), "SQL Server in Multi-AZ"),
        (STOP, sample_database(status="stopped"), "nothing to stop"),
        (STOP, sample_database(status="failed"), "is failed"),
        (START, sample_database(), "nothing to start"),
        (START, sample_database(cluster="shop"), "Ask for: /rds start shop"),
        (START, sample_database(status="deleting"), "is deleting"),
        (KEPT, cluster(), "First ask for: /rds snapshot shop-staging before-stop"),
    ],
)
async def test_what_aws_does_not_take_is_refused_with_the_next_step(
    change: Transition, database: Database, why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await change.plan(door(database), order(database))


@pytest.mark.parametrize(
    ("change", "status"), [(STOP, "modifying"), (STOP, "storage-optimization"), (START, "stopping")]
)
async def test_a_state_that_passes_is_waited_for(change: Transition, status: str) -> None:
    assert status in (await change.plan(door(sample_database(status=status)), order())).busy


async def test_a_stop_says_what_aws_forgets_and_when_it_starts_again() -> None:
    pending = sample_database(pending={"DBInstanceClass": "db.m6g.xlarge"})
    plan = await STOP.plan(door(pending), order())
    stopped = sample_database(status="stopped", restarts_at=WEEK_ON)

    found = await STOP.poll(door(stopped), sent(plan))

    assert any("forgets what is pending: DBInstanceClass" in one for one in plan.warnings)
    assert (found.then_at, "2026-11-27 at 14:03 UTC" in found.detail) == (WEEK_ON, True)


def _snapshot(status: str) -> dict[str, Snapshot]:
    made = Snapshot(
        identifier="before-stop", kind=Kind.INSTANCE, source="orders-staging", status=status,
        percent=0, arn="",
    )  # fmt: skip
    return {"before-stop": made}


@pytest.mark.parametrize(
    ("snapshots", "stage"),
    [
        (_snapshot("available"), Stage.SUCCEEDED),
        (_snapshot("creating"), Stage.WAITING),
        (_snapshot("failed"), Stage.FAILED),
        ({}, Stage.FAILED),
    ],
)
async def test_a_stop_with_a_snapshot_is_done_when_both_are(
    snapshots: dict[str, Snapshot], stage: Stage
) -> None:
    plan = await KEPT.plan(door(sample_database()), order())
    aws = door(sample_database(status="stopped"), snapshots=snapshots)

    assert (await KEPT.poll(aws, sent(plan))).stage is stage


async def test_a_snapshot_that_exists_keeps_its_name() -> None:
    aws = door(sample_database(), snapshots=_snapshot("available"))

    with pytest.raises(PreflightError, match="before-stop of orders-staging exists") as refused:
        await KEPT.plan(aws, order())

    assert refused.value.parameter == "snapshot"
