"""Reboot: what is planned, and what counts as proof that it happened."""

from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operation._lost import CERTAIN, LAG, PATIENCE
from bot.operations.reboot_instance import RebootInstance
from bot.values import Database, Risk, Sent, Stage, TrailEvent
from tests.operations.door import Door, door, event, order, sent
from tests.samples import MINUTE, NOW, sample_database, sample_target

PLAIN = RebootInstance(target="orders-staging")
FAILOVER = RebootInstance(target="orders-staging", failover=True)
OURS = TrailEvent(at=NOW, action="RebootDBInstance", error=None)
REFUSED = TrailEvent(at=NOW, action="RebootDBInstance", error="InvalidDBInstanceState")
MARK = TrailEvent(at=NOW + 2 * MINUTE, action="DescribeDBInstances", error=None)


async def _sent(change: RebootInstance = PLAIN, **changes: Any) -> Sent:
    plan = await change.plan(door(sample_database()), order())
    return sent(plan, **changes)


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        (PLAIN, {"DBInstanceIdentifier": "orders-staging"}),
        (FAILOVER, {"DBInstanceIdentifier": "orders-staging", "ForceFailover": True}),
    ],
)
async def test_the_plan_is_the_exact_call_and_the_same_each_time(
    change: RebootInstance, arguments: dict[str, Any]
) -> None:
    plans = [await change.plan(door(sample_database()), order()) for _ in range(2)]

    assert plans[0] == plans[1]
    assert plans[0].call.action == "rds:RebootDBInstance"
    assert plans[0].call.arguments == arguments


@pytest.mark.parametrize(
    ("change", "database", "why"),
    [
        (FAILOVER, {"multi_az": False}, "is Single-AZ"),
        (FAILOVER, {"cluster": "shop"}, "belongs to the cluster shop"),
        (PLAIN, {"status": "stopped"}, "is stopped"),
    ],
)
async def test_a_database_that_cannot_take_it_is_refused(
    change: RebootInstance, database: dict[str, Any], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await change.plan(door(sample_database(**database)), order())


WRITER = sample_database(writer="orders-staging")
READER = sample_database(writer="orders-writer")


@pytest.mark.parametrize(
    ("change", "database", "cluster", "said"),
    [
        pytest.param(FAILOVER, {}, None, "DNS moves to the standby in us-east-1b", id="failover"),
        pytest.param(PLAIN, {}, None, "the standby does not step in", id="multi-az"),
        pytest.param(PLAIN, {"multi_az": False}, None, "while it restarts", id="single-az"),
        pytest.param(PLAIN, {"cluster": "orders"}, WRITER, "writes stop", id="writer"),
        pytest.param(PLAIN, {"cluster": "orders"}, READER, "writer keeps working", id="reader"),
    ],
)
async def test_it_says_who_goes_without_for_how_long(
    change: RebootInstance, database: dict[str, Any], cluster: Database | None, said: str
) -> None:
    plan = await change.plan(door(sample_database(**database), cluster=cluster), order())

    assert said in plan.downtime


def test_a_failover_is_of_high_risk_and_a_restart_is_not() -> None:
    assert FAILOVER.risk_for(sample_database()).risk is Risk.HIGH
    assert PLAIN.risk_for(sample_database()).risk is Risk.MEDIUM


RESTARTED = event("DB instance restarted", id="RDS-EVENT-0006")
FAILED_OVER = event("Multi-AZ instance failover completed", id="RDS-EVENT-0049")
BEFORE = event("DB instance restarted", at=NOW - MINUTE, id="RDS-EVENT-0006")
UNNUMBERED = event("DB instance restarted")


@pytest.mark.parametrize(
    ("change", "database", "found", "stage"),
    [
        pytest.param(PLAIN, {}, {}, Stage.WAITING, id="available proves nothing"),
        pytest.param(PLAIN, {}, {"events": (RESTARTED,)}, Stage.SUCCEEDED, id="event"),
        pytest.param(PLAIN, {}, {"events": (UNNUMBERED,)}, Stage.SUCCEEDED, id="its words"),
        pytest.param(PLAIN, {}, {"events": (BEFORE,)}, Stage.WAITING, id="an older event"),
        pytest.param(PLAIN, {}, {"evidence": {"restarted": "seen"}}, Stage.SUCCEEDED, id="seen"),
        pytest.param(PLAIN, {"status": "rebooting"}, {}, Stage.WAITING, id="still at it"),
        pytest.param(
            PLAIN, {"status": "modifying"}, {"events": (RESTARTED,)}, Stage.WAITING, id="busy"
        ),
        pytest.param(PLAIN, {"status": "storage-full"}, {}, Stage.FAILED, id="ended badly"),
        pytest.param(
            FAILOVER, {}, {"events": (RESTARTED,)}, Stage.WAITING, id="restarted in its place"
        ),
        pytest.param(FAILOVER, {}, {"events": (FAILED_OVER,)}, Stage.SUCCEEDED, id="moved, says"),
        pytest.param(FAILOVER, {"zone": "us-east-1b"}, {}, Stage.SUCCEEDED, id="moved, seen"),
    ],
)
async def test_done_means_evidence_that_is_newer_than_the_send(
    change: RebootInstance, database: dict[str, Any], found: dict[str, Any], stage: Stage
) -> None:
    progress = await change.poll(door(sample_database(**database)), await _sent(change, **found))

    assert progress.stage is stage


DECLINED = event(
    "Abandoning user requested failover since a failover recently occurred on the database instance"
)
FAILED = event("Cluster failover failed, check the health of your cluster instances and try again.")
LONG_AGO = DECLINED.model_copy(update={"at": NOW - MINUTE})
OF_A_CLUSTER = DECLINED.model_copy(update={"source_kind": "db-cluster"})
OF_ANOTHER = DECLINED.model_copy(update={"source": "orders-dev"})
BEGUN = event("Multi-AZ instance failover started")


@pytest.mark.parametrize(
    ("change", "events", "stage"),
    [
        pytest.param(FAILOVER, (DECLINED,), Stage.FAILED, id="declined"),
        pytest.param(FAILOVER, (FAILED,), Stage.FAILED, id="failed"),
        pytest.param(FAILOVER, (LONG_AGO,), Stage.WAITING, id="before the send"),
        pytest.param(FAILOVER, (OF_A_CLUSTER,), Stage.WAITING, id="a cluster of that name"),
        pytest.param(FAILOVER, (OF_ANOTHER,), Stage.WAITING, id="of another"),
        pytest.param(FAILOVER, (BEGUN, DECLINED), Stage.WAITING, id="somebody else's, beside ours"),
        pytest.param(FAILOVER, (FAILED_OVER, DECLINED), Stage.SUCCEEDED, id="after ours"),
        pytest.param(PLAIN, (DECLINED,), Stage.WAITING, id="ours moves nothing"),
    ],
)
async def test_what_only_an_event_declines_has_failed_with_its_sentence(
    change: RebootInstance, events: tuple[Any, ...], stage: Stage
) -> None:
    progress = await change.poll(door(sample_database()), await _sent(change, events=events))

    assert progress.stage is stage
    assert (stage is Stage.FAILED) == ("AWS declined it" in progress.detail)
    assert stage is not Stage.FAILED or events[-1].message in progress.detail


async def test_a_lost_answer_that_only_an_event_declines_did_arrive() -> None:
    aws = door(sample_database(), has_trail=False, now=NOW + MINUTE)

    found = await FAILOVER.reconcile(aws, await _sent(FAILOVER, events=(DECLINED,)))

    assert found.stage is Stage.ARRIVED


async def test_a_restart_of_a_cluster_of_that_name_is_no_proof() -> None:
    other = RESTARTED.model_copy(update={"source_kind": "db-cluster"})

    found = await PLAIN.poll(door(sample_database()), await _sent(events=(other,)))

    assert found.stage is Stage.WAITING


async def test_that_it_was_seen_rebooting_is_kept_as_evidence() -> None:
    seen = await PLAIN.poll(door(sample_database(status="rebooting")), await _sent())

    back = await PLAIN.poll(door(sample_database()), await _sent(evidence=seen.evidence))

    assert back.stage is Stage.SUCCEEDED


async def test_another_database_of_that_name_is_not_taken_for_it() -> None:
    other = sample_database(target=sample_target(resource_id="db-ANOTHER"))

    replaced = await PLAIN.poll(door(other), await _sent(events=(RESTARTED,)))
    gone = await PLAIN.poll(door(None), await _sent())

    assert (replaced.stage, gone.stage) == (Stage.FAILED, Stage.FAILED)
    assert "replaced" in replaced.detail
    assert "gone" in gone.detail


MARKED = {"marked_at": NOW + MINUTE}
SHOWN = {**MARKED, "marker_seen_at": NOW + 2 * MINUTE}


@pytest.mark.parametrize(
    ("trail", "after", "evidence", "stage"),
    [
        pytest.param((OURS,), MINUTE, {}, Stage.ARRIVED, id="recorded"),
        pytest.param((REFUSED,), MINUTE, {}, Stage.NOT_SENT, id="recorded as refused"),
        pytest.param((), MINUTE, {}, Stage.WAITING, id="nothing yet"),
        pytest.param((MARK,), 2 * MINUTE, MARKED, Stage.WAITING, id="mark shows, too early"),
        pytest.param((MARK,), CERTAIN + MINUTE, MARKED, Stage.WAITING, id="mark shows first"),
        pytest.param((MARK,), LAG + 3 * MINUTE, SHOWN, Stage.WAITING, id="mark shows, not yet"),
        pytest.param((MARK,), CERTAIN + MINUTE, SHOWN, Stage.NOT_SENT, id="mark shows, late"),
        pytest.param((), LAG + 2 * MINUTE, MARKED, Stage.WAITING, id="mark does not show"),
        pytest.param((), PATIENCE + MINUTE, MARKED, Stage.UNKNOWN, id="patience is over"),
        pytest.param(None, MINUTE, {}, Stage.WAITING, id="trail is closed"),
        pytest.param(None, PATIENCE + MINUTE, {}, Stage.UNKNOWN, id="trail stays closed"),
    ],
)
async def test_a_lost_answer_is_looked_up(
    trail: tuple[TrailEvent, ...] | None, after: int, evidence: dict[str, Any], stage: Stage
) -> None:
    aws = door(sample_database(), trail_events=trail, now=NOW + after)

    assert (await PLAIN.reconcile(aws, await _sent(evidence=evidence))).stage is stage


async def test_the_mark_is_made_once_and_its_time_is_kept() -> None:
    aws = Door(shown=sample_database(), now=NOW + MINUTE)

    first = await PLAIN.reconcile(aws, await _sent())  # type: ignore[arg-type]
    await PLAIN.reconcile(aws, await _sent(evidence=first.evidence))  # type: ignore[arg-type]

    assert (aws.marks, first.evidence) == (1, {"marked_at": NOW + MINUTE})


@pytest.mark.parametrize(
    ("after", "events", "stage"),
    [
        (MINUTE, (), Stage.WAITING),
        (MINUTE, (RESTARTED,), Stage.ARRIVED),
        (MINUTE, (BEFORE,), Stage.WAITING),
        (PATIENCE + MINUTE, (), Stage.UNKNOWN),
    ],
)
async def test_without_a_role_a_lost_reboot_rests_on_events(
    after: int, events: tuple[Any, ...], stage: Stage
) -> None:
    aws = door(sample_database(), has_trail=False, now=NOW + after)

    assert (await PLAIN.reconcile(aws, await _sent(events=events))).stage is stage
