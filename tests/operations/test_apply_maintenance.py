"""Pending maintenance: what is asked of AWS, how it ends, and what is found after its window."""

from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operations import load
from bot.operations.apply_maintenance import MARGIN, SETTLED, ApplyMaintenance
from bot.values import Database, Maintenance, RDSEvent, Sent, Stage
from tests.operations.door import door, event, order, sent
from tests.samples import MINUTE, NOW, sample_database, sample_target

DUE = NOW + 3 * 24 * 60 * MINUTE
NOW_, WINDOW, UNDO = (
    ApplyMaintenance.model_validate({"target": "orders-staging", "when": one})
    for one in ("now", "next-window", "undo")
)


def pending(asked_for: str = "", action: str = "system-update", **more: Any) -> Maintenance:
    return Maintenance(arn="arn", action=action, asked_for=asked_for, **more)


PENDING, OPTED = pending(), pending("next-maintenance", due_at=DUE)
BEFORE = {"now": PENDING, "next-window": PENDING, "undo": OPTED}


async def was_sent(change: ApplyMaintenance, **heard: Any) -> Sent:
    aws = door(sample_database(), due=(BEFORE[change.when],))
    return sent(await change.plan(aws, order()), **heard)


@pytest.mark.parametrize(
    ("change", "opt_in"),
    [(NOW_, "immediate"), (WINDOW, "next-maintenance"), (UNDO, "undo-opt-in")],
)
async def test_the_plan_is_the_exact_call_and_the_same_each_time(
    change: ApplyMaintenance, opt_in: str
) -> None:
    aws = door(sample_database(), due=(BEFORE[change.when],))
    plan = await change.plan(aws, order())

    assert plan == await change.plan(aws, order())
    assert plan.call.arguments == {
        "ResourceIdentifier": sample_database().arn, "ApplyAction": "system-update",
        "OptInType": opt_in,
    }  # fmt: skip
    back = change.back(plan)
    assert (back is None) is (plan.undo == "Nothing undoes it.")
    assert back is None or load(change.name, {"target": "orders-staging", **back.values}) != change


@pytest.mark.parametrize(
    ("change", "found", "why"),
    [
        (NOW_, (), "no maintenance pending"),
        (NOW_, (PENDING, pending(action="db-upgrade")), "--action system-update"),
        (NOW_.model_copy(update={"action": "x"}), (PENDING,), "are system-update"),
        (NOW_, (pending("immediate"),), "nothing takes that back"),
        (WINDOW, (OPTED,), "in the next window already"),
        (UNDO, (PENDING,), "nothing to undo"),
    ],
)
async def test_what_would_change_nothing_is_refused(
    change: ApplyMaintenance, found: tuple[Maintenance, ...], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await change.plan(door(sample_database(), due=found), order())


def told(sentence: str, at: int = NOW + MINUTE) -> RDSEvent:
    return event(sentence, at)


BACK = told("The engine version upgrade rollback succeeded.")
REFUSED = told("Database instance is in a state that cannot be upgraded: x")
OLD = told("The engine version upgrade rollback succeeded.", NOW - MINUTE)


@pytest.mark.parametrize(
    ("change", "status", "found", "events", "stage"),
    [
        pytest.param(NOW_, "available", (PENDING,), (), Stage.WAITING, id="nothing yet"),
        pytest.param(NOW_, "maintenance", (pending("immediate"),), (), Stage.WAITING, id="at it"),
        pytest.param(NOW_, "maintenance", (), (), Stage.WAITING, id="nearly"),
        pytest.param(NOW_, "available", (), (), Stage.SUCCEEDED, id="gone"),
        pytest.param(NOW_, "available", (PENDING,), (BACK,), Stage.ROLLED_BACK, id="rolled back"),
        pytest.param(NOW_, "available", (PENDING,), (REFUSED,), Stage.FAILED, id="refused"),
        pytest.param(NOW_, "available", (PENDING,), (OLD,), Stage.WAITING, id="an older one"),
        pytest.param(NOW_, "failed", (PENDING,), (), Stage.FAILED, id="ended badly"),
        pytest.param(WINDOW, "available", (PENDING,), (), Stage.WAITING, id="not asked yet"),
        pytest.param(WINDOW, "available", (OPTED,), (), Stage.SCHEDULED, id="scheduled"),
        pytest.param(WINDOW, "available", (), (), Stage.SUCCEEDED, id="its window was open"),
        pytest.param(UNDO, "available", (OPTED,), (), Stage.WAITING, id="not back yet"),
        pytest.param(UNDO, "available", (PENDING,), (), Stage.SUCCEEDED, id="back"),
        pytest.param(UNDO, "available", (), (), Stage.FAILED, id="too late"),
    ],
)
async def test_it_ends_by_what_aws_shows(
    change: ApplyMaintenance,
    status: str,
    found: tuple[Maintenance, ...],
    events: tuple[RDSEvent, ...],
    stage: Stage,
) -> None:
    aws = door(sample_database(status=status), due=found)

    progress = await change.poll(aws, await was_sent(change, events=events))

    assert progress.stage is stage
    assert (change.recheck_at(progress) is None) is (stage is not Stage.SCHEDULED)


@pytest.mark.parametrize(
    ("found", "after", "stage"),
    [
        ((PENDING,), MINUTE, Stage.WAITING),
        ((PENDING,), SETTLED + 1, Stage.NOT_SENT),
        ((pending("immediate"),), SETTLED + 1, Stage.ARRIVED),
        ((), MINUTE, Stage.SUCCEEDED),
    ],
)
async def test_a_lost_answer_is_found_out_by_looking(
    found: tuple[Maintenance, ...], after: int, stage: Stage
) -> None:
    aws = door(sample_database(), due=found, now=NOW + after)

    assert (await NOW_.reconcile(aws, await was_sent(NOW_))).stage is stage


async def test_what_is_scheduled_is_looked_at_once_its_window_is_over() -> None:
    aws = door(sample_database(maintenance_window="mon:05:00-mon:06:00"), due=(OPTED,))

    progress = await WINDOW.poll(aws, await was_sent(WINDOW))

    assert progress.then_at == DUE
    assert WINDOW.recheck_at(progress) == DUE + 60 * MINUTE + MARGIN


OTHER = sample_database(target=sample_target(resource_id="db-ANOTHER"))
NEXT_WEEK = pending("next-maintenance", due_at=DUE + 7 * 24 * 60 * MINUTE)


@pytest.mark.parametrize(
    ("shown", "found", "events", "result", "again"),
    [
        pytest.param(sample_database(), (), (), "done", False, id="done"),
        pytest.param(sample_database(), (PENDING,), (BACK,), "rolled_back", False, id="back"),
        pytest.param(sample_database(), (PENDING,), (REFUSED,), "declined", False, id="refused"),
        pytest.param(sample_database(), (PENDING,), (), "undone", False, id="taken back"),
        pytest.param(sample_database(), (NEXT_WEEK,), (), "pending", True, id="a week later"),
        pytest.param(sample_database(), (OPTED,), (), "pending", False, id="its date is over"),
        pytest.param(
            sample_database(status="upgrading"), (), (), "under_way", True, id="still at it"
        ),
        pytest.param(OTHER, (), (), "moot", False, id="another of its name"),
        pytest.param(None, (), (), "moot", False, id="gone"),
    ],
)
async def test_after_its_window_it_says_what_became_of_it(
    shown: Database | None,
    found: tuple[Maintenance, ...],
    events: tuple[RDSEvent, ...],
    result: str,
    again: bool,
) -> None:
    aws = door(shown, due=found, events_of=events, now=DUE + 60 * MINUTE)

    became = await WINDOW.recheck(aws, await was_sent(WINDOW))

    assert (became.result, became.again_at is not None) == (result, again)
    assert (became.said is None) is (result in ("moot", "under_way"))
