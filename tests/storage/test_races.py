"""Things that happen at the same instant; on PostgreSQL in two replicas of the bot."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bot.errors import ConflictError
from bot.values import PersonId, Request, Status
from storage.errors import DuplicateRequestError, LockedError
from storage.store import Store
from storage.tables.requests import Requests
from tests.storage.conftest import KEY
from tests.storage.records import BOB, CAT, Clock, a_request, a_step, a_vote, an_event, filed, moved

ROUNDS = 20


@pytest.fixture
async def replicas(database: Store, url: str, clock: Clock) -> AsyncIterator[tuple[Store, Store]]:
    """SQLite has one process, so there both are the same."""
    if url.startswith("sqlite"):
        yield database, database
        return
    other = await Store.open(url, clock, audit_key=KEY)
    yield database, other
    await other.close()


async def _approve(database: Store, request_id: int, person: PersonId) -> None:
    async with database.write() as tx:
        request = await tx.lock_request(request_id)
        await tx.vote(request_id, a_vote(person))
        if len(request.approvals) + 1 == 2:
            await tx.transition(request, Status.APPROVED, an_event(request))


async def test_two_approvers_at_the_same_instant_approve_once(
    replicas: tuple[Store, Store],
) -> None:
    one, other = replicas
    for number in range(ROUNDS):
        request = await filed(one, identifier=f"db-{number}")

        await asyncio.gather(_approve(one, request.id, BOB), _approve(other, request.id, CAT))

        decided = await one.requests.get(request.id)
        assert (decided.status, decided.version) == (Status.APPROVED, 1)
        assert len(decided.approvals) == 2


async def _outcomes(*attempts: object) -> Counter[str]:
    ended = await asyncio.gather(*attempts, return_exceptions=True)  # type: ignore[call-overload]
    return Counter(type(result).__name__ for result in ended)


async def test_of_twenty_simultaneous_transitions_one_succeeds(
    replicas: tuple[Store, Store],
) -> None:
    request = await filed(replicas[0], status=Status.APPROVED)

    attempts = [moved(replicas[number % 2], request, Status.RUNNING) for number in range(20)]

    assert await _outcomes(*attempts) == {"Request": 1, "ConflictError": 19}
    assert (await replicas[0].requests.get(request.id)).version == request.version + 1


async def _claim(database: Store, request: Request) -> None:
    async with database.write() as tx:
        locked = await tx.lock_request(request.id)
        await tx.update_step(request.id, a_step(claimed_at=tx.now, fence=1), fence=0)
        await tx.transition(locked, Status.RUNNING, an_event(request))


async def test_of_two_claims_on_one_database_one_waits(
    replicas: tuple[Store, Store],
) -> None:
    first = await filed(replicas[0], status=Status.APPROVED)
    second = await filed(replicas[0], status=Status.APPROVED, requester=BOB)

    outcomes = await _outcomes(_claim(replicas[0], first), _claim(replicas[1], second))

    assert outcomes == {"NoneType": 1, LockedError.__name__: 1}
    running = await replicas[0].requests.find(status={Status.RUNNING})
    assert [request.id for request in running] == [await replicas[0].requests.holder(a_step().lock)]


async def test_of_two_claims_whose_databases_cross_one_waits(
    replicas: tuple[Store, Store],
) -> None:
    """Each wants what the other has as well, named in the other order: neither waits forever."""
    store = replicas[0]
    for number in range(ROUNDS):
        a, b, c = (f"{name}-{number}" for name in "abc")
        steps = [a_step(a, locks=(a, b, c)), a_step(c, locks=(c, b, a)), a_step(b, locks=(b,))]
        asked = [await filed(store, step=step, status=Status.APPROVED) for step in steps]

        outcomes = await _outcomes(
            *(_claim_of(replicas[at % 2], request) for at, request in enumerate(asked))
        )

        assert outcomes == {"NoneType": 1, LockedError.__name__: 2}
        [holder] = {await store.requests.holder(lock) for lock in (a, b, c)} - {None}
        [running] = await store.requests.find(status={Status.RUNNING}, limit=1)
        assert holder == running.id
        held = [await store.requests.holder(lock) for lock in running.step.locks]
        assert held == [running.id] * len(held)
        await moved(store, running, Status.FAILED)


async def _claim_of(database: Store, request: Request) -> None:
    async with database.write() as tx:
        locked = await tx.lock_request(request.id)
        step = locked.step.model_copy(update={"claimed_at": tx.now, "fence": 1})
        await tx.update_step(request.id, step, fence=0)
        await tx.transition(locked, Status.RUNNING, an_event(request))


async def _file(database: Store, number: int) -> Request:
    async with database.write() as tx:
        return await tx.file(a_request(number), an_event())


async def test_the_same_ask_twice_at_once_is_filed_once(
    replicas: tuple[Store, Store],
) -> None:
    outcomes = await _outcomes(*(_file(replicas[number % 2], number) for number in range(10)))

    assert outcomes == {"Request": 1, DuplicateRequestError.__name__: 9}
    assert len(await replicas[0].requests.find()) == 1


async def test_numbers_are_different_for_all_who_ask_at_once(
    replicas: tuple[Store, Store],
) -> None:
    numbers = await asyncio.gather(
        *(replicas[number % 2].requests.next_id() for number in range(50))
    )

    assert sorted(numbers) == list(range(1001, 1051))


async def test_the_chain_holds_with_many_writers(replicas: tuple[Store, Store]) -> None:
    async def append(number: int) -> None:
        async with replicas[number % 2].write() as tx:
            await tx.audit(an_event(action=f"test.{number}", text="why"))

    await asyncio.gather(*map(append, range(40)))

    assert (await replicas[0].audit.verify()).rows == 40


async def test_a_cancellation_and_a_send_exclude_each_other(
    replicas: tuple[Store, Store],
) -> None:
    async def send(request: Request) -> None:
        async with replicas[0].write() as tx:
            await tx.update_step(request.id, request.step.model_copy(update={"sent_at": 1}))

    for number in range(ROUNDS):
        request = await filed(replicas[0], identifier=f"db-{number}", status=Status.RUNNING)

        await _outcomes(send(request), moved(replicas[1], request, Status.CANCELLED))

        ended = await replicas[0].requests.get(request.id)
        assert (ended.status is Status.CANCELLED) == (ended.step.sent_at is None)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_locked_request_is_passed_by(replicas: tuple[Store, Store]) -> None:
    request = await filed(replicas[0])

    async with replicas[0].write() as tx:
        await tx.lock_request(request.id)
        async with replicas[1].write() as other:
            assert await other.try_lock_request(request.id) is None

    async with replicas[1].write() as other:
        assert await other.try_lock_request(request.id) == request
        assert await other.try_lock_request(7) is None


async def test_a_reader_never_sees_half_a_transaction(replicas: tuple[Store, Store]) -> None:
    request = await filed(replicas[0])
    seen: list[bool] = []

    async def watch(requests: Requests) -> None:
        while not seen or (len(seen) < 200 and not seen[-1]):
            now = await requests.get(request.id)
            assert (now.status is Status.APPROVED) == (len(now.votes) == 2)
            seen.append(now.status is Status.APPROVED)

    async def approve() -> None:
        async with replicas[1].write() as tx:
            locked = await tx.lock_request(request.id)
            await tx.vote(request.id, a_vote(BOB))
            await tx.vote(request.id, a_vote(CAT))
            await tx.transition(locked, Status.APPROVED, an_event(request))

    await asyncio.gather(watch(replicas[0].requests), approve())
    with pytest.raises(ConflictError):
        await moved(replicas[0], request, Status.REJECTED)
