"""What the tables say of the bot's own work."""

from typing import Any

from bot.values import SECOND, Environment, Incident, Lengths, Origin, Outcome, Receipt, Status
from storage.store import Store
from storage.tables.figures import Ending
from tests.storage.records import HOUR, START, Clock, a_step, a_vote, an_event, filed, moved

BOUNDS = (60.0, 300.0)
WORK = ("reboot_instance", "test")


def an_incident(started_at: int) -> Incident:
    return Incident(
        key=f"alarm-{started_at}", source=Origin.ALARM, title="CPU above 90 %",
        place="main us-east-1", started_at=started_at, fired_at=started_at,
    )  # fmt: skip


async def executed(
    database: Store,
    clock: Clock,
    name: str,
    seconds: int,
    status: Status = Status.SUCCEEDED,
    outcome: Outcome | None = None,
    **step: Any,
) -> None:
    request = await filed(database, identifier=name, status=Status.RUNNING)
    sent = a_step(name, claimed_at=clock(), sent_at=clock(), **step)
    async with database.write() as tx:
        await tx.update_step(request.id, sent)
    clock.now += seconds * SECOND
    async with database.write() as tx:
        await tx.update_step(request.id, sent.model_copy(update={"settled_at": clock()}))
    await moved(database, request, status, outcome=outcome)


async def test_requests_are_counted_by_operation_environment_and_status(
    database: Store,
) -> None:
    await filed(database, identifier="a", status=Status.REJECTED)
    await filed(database, identifier="b", status=Status.REJECTED)
    await filed(database, identifier="c")

    assert await database.figures.outcomes() == {
        (*WORK, Status.REJECTED): 2,
        (*WORK, Status.PENDING): 1,
    }


async def test_how_long_people_took_leaves_out_what_needed_nobody(database: Store) -> None:
    asked = await filed(database, identifier="a")
    async with database.write() as tx:
        await tx.vote(asked.id, a_vote())
        await tx.transition(
            asked, Status.APPROVED, an_event(asked), approved_at=START + 90 * SECOND
        )
    await filed(database, identifier="b", status=Status.APPROVED, approved_at=START)

    assert await database.figures.approvals(BOUNDS) == {WORK: Lengths((0, 1), 1, 90.0)}


async def test_how_long_operations_took_counts_those_that_succeeded(
    database: Store, clock: Clock
) -> None:
    await executed(database, clock, "a", 60)
    await executed(database, clock, "b", 400)
    await executed(database, clock, "c", 10, Status.FAILED)

    assert await database.figures.executions(BOUNDS) == {WORK: Lengths((1, 1), 2, 460.0)}


async def test_how_long_lost_answers_took_leaves_out_what_aws_answered(
    database: Store, clock: Clock
) -> None:
    refused, settled = (Outcome(code=one, detail="") for one in ("refused.Denied", "settled"))
    await executed(database, clock, "lost", 90)
    await executed(database, clock, "found", 600, accepted_at=clock() + 20 * SECOND)
    await executed(database, clock, "answered", 30, receipt=Receipt(at=clock()))
    await executed(database, clock, "refused", 1, Status.FAILED, outcome=refused)
    await executed(database, clock, "by a person", 700, outcome=settled)

    assert await database.figures.reconciliations(BOUNDS) == {WORK: Lengths((1, 2), 2, 110.0)}


async def test_an_empty_database_has_no_figures_and_no_audit_row(database: Store) -> None:
    assert await database.figures.executions(BOUNDS) == {}
    assert await database.figures.audit_head() == 0


async def test_endings_are_told_in_order_and_each_once(database: Store, clock: Clock) -> None:
    await executed(database, clock, "a", 60)
    first = await database.figures.audit_head()
    await executed(database, clock, "b", 30, Status.FAILED)
    head = await database.figures.audit_head()

    both = await database.figures.endings(0, head, 10)

    assert [(one.status, one.seconds) for one in both] == [
        (Status.SUCCEEDED, 60.0),
        (Status.FAILED, 30.0),
    ]
    assert both[1] == Ending(
        head, clock(), "reboot_instance", Environment.TEST, "us-east-1", Status.FAILED, 30.0
    )
    assert await database.figures.endings(0, first, 10) == both[:1]
    assert await database.figures.endings(first, head, 10) == both[1:]
    assert await database.figures.endings(0, head, 1) == both[:1]


async def test_what_is_settled_after_unknown_is_no_second_ending(database: Store) -> None:
    request = await filed(database, status=Status.UNKNOWN)
    await moved(database, request, Status.SUCCEEDED)
    head = await database.figures.audit_head()

    [only] = await database.figures.endings(0, head, 10)

    assert (only.status, only.seconds) == (Status.UNKNOWN, None)


async def test_a_tally_counts_what_was_asked_for_in_that_time_and_no_other(
    database: Store, clock: Clock
) -> None:
    await filed(database, identifier="early", asked_at=START - 1)
    asked = await filed(database, identifier="a")
    await filed(database, identifier="b", status=Status.FAILED)
    await filed(database, identifier="late", asked_at=START + HOUR)
    async with database.write() as tx:
        await tx.vote(asked.id, a_vote())
        await tx.transition(
            asked, Status.APPROVED, an_event(asked), approved_at=START + 90 * SECOND
        )
        await tx.audit(an_event(action="request.denied"))
        await tx.open_incident(an_incident(START))
        await tx.open_incident(an_incident(START + HOUR))

    found = await database.figures.tally(START, START + HOUR)

    assert found.requests == (
        ("reboot_instance", Status.APPROVED, 1),
        ("reboot_instance", Status.FAILED, 1),
    )
    assert (found.denied, found.waits) == (1, (90 * SECOND,))
    assert [one.started_at for one in found.incidents] == [START]
