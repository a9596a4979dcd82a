from typing import Any

import pytest

from bot.errors import ConflictError
from bot.values import Progress, RDSEvent, Receipt, Refusal, Stage, Status
from storage.errors import LockedError
from storage.store import Store
from storage.tables.rows import step_state
from tests.storage import raw
from tests.storage.records import BOB, a_step, filed, moved


async def test_everything_about_a_step_that_changes_is_kept(database: Store) -> None:
    request = await filed(database, status=Status.RUNNING)
    step = a_step(
        claimed_at=1,
        sent_at=2,
        accepted_at=3,
        settled_at=4,
        lease_owner="me",
        lease_until=5,
        fence=6,
        next_poll_at=7,
        receipt=Receipt(at=3, aws_request_id="r-1"),
        refusal=Refusal(at=1, code="Throttling", detail="Rate exceeded"),
        session_name="rds-bot-1001-1-2",
        evidence={"restarted": True},
        events=(RDSEvent(at=3, source_kind="db", source="orders-test", message="restarted"),),
        progress=Progress(stage=Stage.WAITING, detail="rebooting", percent=40),
    )

    async with database.write() as tx:
        await tx.update_step(request.id, step)

    assert (await database.requests.get(request.id)).step == step


async def test_an_older_fence_writes_nothing(database: Store) -> None:
    request = await filed(database, status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step(fence=2), fence=0)

    async with database.write() as tx:
        with pytest.raises(ConflictError, match="in other hands"):
            await tx.update_step(request.id, a_step(fence=1, lease_owner="late"), fence=1)

    assert (await database.requests.get(request.id)).step == a_step(fence=2)


@pytest.mark.parametrize("status", [Status.APPROVED, Status.CANCELLED, Status.UNKNOWN])
async def test_a_send_is_recorded_only_while_the_request_runs(
    database: Store, status: Status
) -> None:
    request = await filed(database, status=status)

    async with database.write() as tx:
        with pytest.raises(ConflictError):
            await tx.update_step(request.id, a_step(sent_at=5))

    assert (await database.requests.get(request.id)).step.sent_at is None


@pytest.mark.parametrize("sent_at", [None, 6])
async def test_what_was_sent_stays_sent(database: Store, url: str, sent_at: int | None) -> None:
    request = await filed(database, status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step(sent_at=5))

    async with database.write() as tx:
        with pytest.raises(ConflictError):
            await tx.update_step(request.id, a_step(sent_at=sent_at))
    with pytest.raises(Exception, match="stays sent"):
        await raw.execute(url, "UPDATE steps SET sent_at = :sent_at", sent_at=sent_at)

    assert (await database.requests.get(request.id)).step.sent_at == 5


PROOF = Refusal(at=6, code="Throttling", detail="Rate exceeded")


async def test_what_was_sent_is_taken_back_with_proof_of_a_refusal(database: Store) -> None:
    request = await filed(database, status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step(sent_at=5))

    async with database.write() as tx:
        await tx.update_step(request.id, a_step(refusal=PROOF))
    await moved(database, request, Status.APPROVED)

    assert (await database.requests.get(request.id)).step == a_step(refusal=PROOF)


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        ({"refusal": PROOF}, {"refusal": PROOF}),  # of an earlier attempt
        ({"accepted_at": 6}, {"refusal": PROOF}),
        ({}, {}),
        ({}, {"sent_at": 7, "refusal": PROOF}),
    ],
)
async def test_no_other_proof_takes_back_what_was_sent(
    database: Store, url: str, stored: dict[str, Any], wanted: dict[str, Any]
) -> None:
    request = await filed(database, status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step(sent_at=5, **stored))

    async with database.write() as tx:
        with pytest.raises(ConflictError):
            await tx.update_step(request.id, a_step(**{**stored, "accepted_at": None, **wanted}))
    row = step_state(a_step(**{**stored, "accepted_at": None, **wanted}))
    names = ("sent_at", "refusal", "accepted_at")
    with pytest.raises(Exception, match="stays sent"):
        await raw.execute(
            url,
            f"UPDATE steps SET {', '.join(f'{name} = :{name}' for name in names)}",
            **{name: row[name] for name in names},
        )

    assert (await database.requests.get(request.id)).step == a_step(sent_at=5, **stored)


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.FAILED, Status.SUCCEEDED])
async def test_nothing_is_taken_back_once_others_have_concluded(
    database: Store, status: Status
) -> None:
    request = await filed(database, status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step(sent_at=5))
    await moved(database, request, status)

    async with database.write() as tx:
        with pytest.raises(ConflictError):
            await tx.update_step(request.id, a_step(refusal=PROOF))


async def test_a_way_back_to_approved_needs_the_proof(database: Store) -> None:
    request = await filed(database, status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step(sent_at=5))

    with pytest.raises(ConflictError, match="moved on"):
        await moved(database, request, Status.APPROVED)


async def test_a_second_claim_on_one_database_names_who_holds_it(database: Store) -> None:
    first = await filed(database, status=Status.RUNNING)
    second = await filed(database, status=Status.RUNNING, requester=BOB)
    async with database.write() as tx:
        await tx.update_step(first.id, a_step(claimed_at=1))

    async with database.write() as tx:
        with pytest.raises(LockedError, match="RDS-1001 is at work") as refused:
            await tx.update_step(second.id, a_step(claimed_at=2))
        waiting = await tx.set_waits_for(second, refused.value.holder)

    assert waiting.waits_for == first.id
    assert await database.requests.get(second.id) == waiting
    assert await database.requests.holder(a_step().lock) == first.id


async def test_a_settled_step_holds_nothing(database: Store) -> None:
    first = await filed(database, status=Status.RUNNING)
    second = await filed(database, status=Status.RUNNING, requester=BOB)
    async with database.write() as tx:
        await tx.update_step(first.id, a_step(claimed_at=1, settled_at=2))

    async with database.write() as tx:
        await tx.update_step(second.id, a_step(claimed_at=3))

    assert await database.requests.holder(a_step().lock) == second.id


async def test_a_claim_takes_all_its_locks_or_none(database: Store) -> None:
    """The one that is refused comes after another that it has taken already."""
    a, b = (a_step(name).lock for name in ("a", "b"))
    both, other = a_step("a", locks=(b, a)), a_step("b")
    holder = await filed(database, step=other, status=Status.RUNNING)
    waits = await filed(database, step=both, status=Status.RUNNING, requester=BOB)
    async with database.write() as tx:
        await tx.update_step(holder.id, other.model_copy(update={"claimed_at": 1}))

    claimed = both.model_copy(update={"claimed_at": 2})
    async with database.write() as tx:
        with pytest.raises(LockedError) as refused:
            await tx.update_step(waits.id, claimed)
    held = [await database.requests.holder(lock) for lock in (a, b)]
    unclaimed = (await database.requests.get(waits.id)).step
    async with database.write() as tx:
        await tx.update_step(holder.id, other.model_copy(update={"settled_at": 3}))
        await tx.update_step(waits.id, claimed)

    assert (refused.value.holder, held) == (holder.id, [None, holder.id])
    assert (unclaimed.claimed_at, unclaimed.locks) == (None, (a, b))
    assert [await database.requests.holder(lock) for lock in (a, b)] == [waits.id] * 2


async def test_a_claim_that_was_lost_takes_no_lock(database: Store) -> None:
    request = await filed(database, status=Status.RUNNING)

    async with database.write() as tx:
        with pytest.raises(ConflictError, match="other hands"):
            await tx.update_step(request.id, a_step(claimed_at=1), fence=7)

    assert await database.requests.holder(a_step().lock) is None


async def test_nobody_holds_the_lock_of_an_idle_database(database: Store) -> None:
    assert await database.requests.holder("123456789012/us-east-1/db-IDLE") is None
