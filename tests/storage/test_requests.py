import pytest

from bot.errors import ConflictError
from bot.values import Environment, Outcome, Posted, Role, Status, Touch, Verdict, label
from storage.errors import DuplicateRequestError, UnknownRequestError
from storage.store import Store
from tests.storage.records import (
    ANN,
    BOB,
    CAT,
    HOUR,
    MINUTE,
    START,
    Clock,
    a_request,
    a_step,
    a_target,
    a_vote,
    an_event,
    filed,
    moved,
)


async def test_a_filed_request_is_read_back_as_it_was(database: Store) -> None:
    request = a_request(1001)

    stored = await filed(database)

    assert stored == request
    assert await database.requests.get(1001) == request


async def test_a_request_carries_its_votes_in_the_order_they_came(database: Store) -> None:
    request = await filed(database)
    first, second = a_vote(CAT, reason="fine"), a_vote(BOB, Verdict.REJECT, at=START + 1)

    async with database.write() as tx:
        await tx.vote(request.id, second)
        await tx.vote(request.id, first)

    assert (await database.requests.get(request.id)).votes == (first, second)


async def test_numbers_start_after_a_thousand_and_are_never_given_twice(database: Store) -> None:
    numbers = [await database.requests.next_id() for _ in range(3)]

    assert numbers == [1001, 1002, 1003]


async def test_an_unknown_request_is_named_in_the_error(database: Store) -> None:
    with pytest.raises(UnknownRequestError, match="There is no request RDS-7"):
        await database.requests.get(7)

    async with database.write() as tx:
        with pytest.raises(UnknownRequestError, match="RDS-7"):
            await tx.lock_request(7)


async def test_secrets_in_a_reason_are_masked_before_they_are_stored(database: Store) -> None:
    request = await filed(database, reason="use password=hunter2 and xoxb-1-abc")

    assert request.reason == "use password=[masked] and [masked]"
    assert await database.requests.get(request.id) == request


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED, Status.RUNNING])
async def test_the_same_ask_of_the_same_person_is_refused_while_open(
    database: Store, status: Status
) -> None:
    existing = await filed(database, status=status)

    with pytest.raises(DuplicateRequestError, match=f"{existing.label} is {status}") as refused:
        await filed(database)

    assert refused.value.existing == existing


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SUCCEEDED, Status.UNKNOWN])
async def test_the_same_ask_may_come_again_once_the_first_is_over(
    database: Store, status: Status
) -> None:
    first = await filed(database, status=status)

    second = await filed(database)

    assert second.id == first.id + 1


async def test_somebody_else_may_ask_for_the_same(database: Store) -> None:
    await filed(database)

    second = await filed(database, requester=BOB)

    assert second.requester == BOB


async def test_a_request_can_be_filed_as_approved_but_not_as_anything_later(
    database: Store,
) -> None:
    async with database.write() as tx:
        approved = await tx.file(a_request(1, status=Status.APPROVED), an_event())
        with pytest.raises(ConflictError, match="cannot be running"):
            await tx.file(a_request(2, status=Status.RUNNING), an_event())

    assert approved.status is Status.APPROVED


async def test_a_request_is_found_by_every_database_that_it_touches(database: Store) -> None:
    touches = tuple(Touch(target=a_target(name), role=role) for name, role in (
        ("main", Role.CHANGES), ("copy", Role.RESTARTS), ("seed", Role.READS), ("seed", Role.MAKES)
    ))  # fmt: skip
    step = a_step("main")
    plan = step.plan.model_copy(update={"touches": touches})
    asked = await filed(database, step=step.model_copy(update={"plan": plan, "locks": ("x", "y")}))
    await filed(database, identifier="other")

    found = {name: await database.requests.find(target=name) for name in ("main", "copy", "seed")}

    assert found == dict.fromkeys(found, (asked,))
    assert [await database.requests.filed_on(lock, 0, 9) for lock in ("x", "y", step.lock)] == [
        (START,), (START,), (),
    ]  # fmt: skip


async def test_find_filters_and_gives_the_newest_first(database: Store) -> None:
    orders = await filed(database)
    billing = await filed(database, identifier="billing", status=Status.REJECTED)
    theirs = await filed(database, requester=BOB, asked_at=START + MINUTE)
    find = database.requests.find

    assert await find() == (theirs, billing, orders)
    assert await find(limit=1) == (theirs,)
    assert await find(status={Status.REJECTED}) == (billing,)
    assert await find(requester=ANN) == (billing, orders)
    assert await find(target="orders-test") == (theirs, orders)
    assert await find(since=START + MINUTE) == (theirs,)


async def test_claimable_are_approved_requests_whose_time_has_come(database: Store) -> None:
    plain = await filed(database, identifier="a", status=Status.APPROVED)
    later = await filed(database, identifier="b")
    await moved(database, later, Status.APPROVED, not_before=START + MINUTE)
    brief = await filed(database, identifier="c")
    await moved(database, brief, Status.APPROVED, send_by=START + MINUTE)
    await filed(database, identifier="d")
    timed = await filed(
        database, identifier="e", status=Status.APPROVED, starts_at=START + 2 * MINUTE
    )
    claimable = database.requests.claimable

    assert await claimable(START, 10) == (plain.id, brief.id)
    assert await claimable(START + MINUTE - 1, 10) == (plain.id, brief.id)
    assert await claimable(START + MINUTE, 10) == (plain.id, later.id)
    assert await claimable(START + MINUTE, 1) == (plain.id,)
    assert await claimable(START + 2 * MINUTE, 10) == (plain.id, later.id, timed.id)


async def test_a_request_known_to_wait_is_claimable_once_the_lock_is_free(
    database: Store,
) -> None:
    holder = await filed(database, identifier="a", status=Status.RUNNING)
    waiting = await filed(database, identifier="b", status=Status.APPROVED)
    async with database.write() as tx:
        step = await tx.update_step(holder.id, holder.step.model_copy(update={"claimed_at": 1}))
        waiting = await tx.set_waits_for(waiting, holder.id)

    assert await database.requests.claimable(START, 10) == ()

    async with database.write() as tx:
        await tx.update_step(holder.id, step.model_copy(update={"settled_at": 2}))

    assert await database.requests.claimable(START, 10) == (waiting.id,)


async def test_overdue_at_the_very_instant(database: Store) -> None:
    undecided = await filed(database, identifier="a", expires_at=START + HOUR)
    unsent = await filed(database, identifier="b")
    await moved(database, unsent, Status.APPROVED, send_by=START + HOUR)
    await filed(database, identifier="c", status=Status.CANCELLED)

    assert await database.requests.overdue(START + HOUR - 1) == ()
    assert await database.requests.overdue(START + HOUR) == (undecided.id, unsent.id)


async def test_running_gives_what_is_due_to_be_looked_at_longest_due_first(
    database: Store,
) -> None:
    for identifier, due in (("a", 3), ("b", 1), ("c", 9), ("d", None)):
        request = await filed(database, identifier=identifier, status=Status.RUNNING)
        async with database.write() as tx:
            step = a_step(identifier, next_poll_at=due)
            await tx.update_step(request.id, step)

    due_now = await database.requests.running(3)

    assert [request.step.target.identifier for request in due_now] == ["b", "a"]
    assert len(await database.requests.running(3, 1)) == 1
    assert len(await database.requests.running()) == 4


async def test_unknown_requests_are_followed_when_asked_for(database: Store) -> None:
    lost = await filed(database, status=Status.UNKNOWN)

    assert await database.requests.running() == ()
    assert await database.requests.running(include_unknown=True) == (lost,)


async def test_counts_and_what_is_unsent(database: Store) -> None:
    await filed(database, identifier="a")
    sent = await filed(database, identifier="b", status=Status.RUNNING)
    unsent = await filed(database, identifier="c", status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(sent.id, a_step("b", sent_at=10))

    assert await database.requests.counts() == {Status.PENDING: 1, Status.RUNNING: 2}
    assert [one.id for one in await database.requests.unsent()] == [unsent.id]


async def test_durations_are_those_of_successes_latest_first(database: Store) -> None:
    for identifier, sent, settled, end in (
        ("a", 10, 30, Status.SUCCEEDED),
        ("b", 10, 60, Status.SUCCEEDED),
        ("c", 10, 90, Status.FAILED),
    ):
        request = await filed(database, identifier=identifier, status=Status.RUNNING)
        async with database.write() as tx:
            await tx.update_step(request.id, a_step(identifier, sent_at=sent, settled_at=settled))
        await moved(database, request, end)

    assert await database.requests.durations("reboot_instance") == (50, 20)
    assert await database.requests.durations("reboot_instance", limit=1) == (50,)
    assert await database.requests.durations("stop_instance") == ()


async def test_durations_are_those_of_one_environment_where_it_is_named(
    database: Store,
) -> None:
    request = await filed(database, identifier="a", status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step("a", sent_at=10, settled_at=30))
    await moved(database, request, Status.SUCCEEDED)
    durations = database.requests.durations

    here, there = request.classified.environment, Environment.SANDBOX
    assert await durations("reboot_instance", environment=here) == (20,)
    assert await durations("reboot_instance", environment=there) == ()


async def test_what_a_person_settled_says_nothing_of_durations(database: Store) -> None:
    request = await filed(database, identifier="a", status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step("a", sent_at=10, settled_at=30))
        running = await tx.lock_request(request.id)
        settled = Outcome(code="settled", detail="Settled by a person: seen in its log")
        event = running.event("request.succeeded", "succeeded")
        await tx.transition(running, Status.SUCCEEDED, event, outcome=settled)

    assert await database.requests.durations("reboot_instance") == ()


async def test_noting_the_card_is_no_new_version(database: Store) -> None:
    request = await filed(database)
    card = Posted(channel="C2", ts="1.2")

    async with database.write() as tx:
        await tx.set_card(request.id, card)

    stored = await database.requests.get(request.id)
    assert (stored.card, stored.version) == (card, request.version)


async def test_noting_what_a_request_waits_for_is_a_new_version(
    database: Store, clock: Clock
) -> None:
    request = await filed(database, status=Status.APPROVED)

    async with database.write() as tx:
        waiting = await tx.set_waits_for(request, 1000)

    assert (waiting.waits_for, waiting.version) == (1000, request.version + 1)
    assert await database.requests.get(request.id) == waiting
    assert label(request.id) == "RDS-1001"


async def test_what_ended_last_is_found_however_long_ago_it_was_asked_for(
    database: Store, clock: Clock
) -> None:
    asked = [a_request(number, step=a_step(f"db-{number}")) for number in range(1001, 1005)]
    for request in asked:
        async with database.write() as tx:
            await tx.file(request, an_event(request, "request.filed"))
    for request in (asked[1], asked[2], asked[0]):
        clock.now += MINUTE
        await moved(database, request, Status.CANCELLED, ended_at=clock.now)

    found = await database.requests.endings(2)

    assert [one.id for one in found] == [1001, 1003]
