import asyncio
from contextlib import nullcontext

import pytest

from bot.errors import ConflictError
from storage.store import Store
from storage.tables.concerns import ToldState
from storage.tables.homes import HomeView
from storage.tables.schedules import Schedule
from tests.storage.records import ANN, BOB, HOUR, MINUTE, START, Clock, an_event

DIGEST = Schedule(
    id="s1",
    kind="digest",
    channel="C1",
    cron="30 8 * * mon-fri",
    timezone="Europe/Berlin",
    created_by=ANN,
    created_at=START,
    body={"environments": ["production"]},
)


async def test_what_is_over_is_forgotten(database: Store, clock: Clock) -> None:
    async with database.write() as tx:
        await tx.snooze("C1", "storage:a", START + HOUR, an_event())
        await tx.remember_told(
            "s1", {"old": ToldState("", START), "new": ToldState("", START + 2 * HOUR)}
        )
    assert await database.schedules.claim_run("s1", "2026-07-06T08:30") == 1

    clock.now = START + 2 * HOUR
    await database.concerns.prune(clock.now - HOUR)
    await database.schedules.prune(clock.now)

    clock.now = START
    assert set(await database.concerns.snoozed("C1")) == frozenset()
    assert set(await database.concerns.told("s1")) == {"new"}
    assert await database.schedules.claim_run("s1", "2026-07-06T08:30") == 1


async def test_a_schedule_is_listed_until_it_is_removed_and_both_are_audited(
    database: Store,
) -> None:
    async with database.write() as tx:
        await tx.add_schedule(DIGEST, an_event(action="schedule.added"))
    assert await database.schedules.list() == (DIGEST,)

    async with database.write() as tx:
        assert await tx.remove_schedule("s1", an_event(action="schedule.removed")) is True
        assert await tx.remove_schedule("s1", an_event(action="schedule.removed")) is False

    assert await database.schedules.list() == ()
    rows = await database.audit.rows(action="schedule.")
    assert [row.event.action for row in rows] == ["schedule.removed", "schedule.added"]


async def test_a_run_is_claimed_once(database: Store) -> None:
    claims = await asyncio.gather(
        *(database.schedules.claim_run("s1", "2026-10-25T02:30") for _ in range(5))
    )

    assert sorted(claims, key=str) == [1, None, None, None, None]
    assert await database.schedules.claim_run("s1", "2026-10-26T02:30") == 1


async def test_a_run_that_was_lost_halfway_is_claimed_again(database: Store, clock: Clock) -> None:
    await database.schedules.claim_run("s1", "2026-10-25T02:30", MINUTE)
    clock.now += MINUTE

    assert await database.schedules.claim_run("s1", "2026-10-25T02:30") == 2


async def test_a_run_that_was_served_is_never_claimed_again(database: Store, clock: Clock) -> None:
    await database.schedules.claim_run("s1", "2026-10-25T02:30")
    async with database.write() as tx:
        await tx.end_run("s1", "2026-10-25T02:30", 1, "posted")
    clock.now += HOUR

    assert await database.schedules.claim_run("s1", "2026-10-25T02:30") is None


async def test_whoever_lost_a_run_cannot_end_it(database: Store, clock: Clock) -> None:
    await database.schedules.claim_run("s1", "2026-10-25T02:30", MINUTE)
    clock.now += MINUTE
    await database.schedules.claim_run("s1", "2026-10-25T02:30", MINUTE)

    for attempt, expected in ((1, pytest.raises(ConflictError)), (2, nullcontext())):
        with expected:
            async with database.write() as tx:
                await tx.end_run("s1", "2026-10-25T02:30", attempt, "posted")
    with pytest.raises(ConflictError):
        async with database.write() as tx:
            await tx.end_run("s1", "2026-10-25T02:30", 2, "posted")


async def test_what_a_digest_told_replaces_what_it_told_before(database: Store) -> None:
    first = {"storage:a": ToldState("30", START), "backup:b": ToldState("", START)}
    for told in (first, {"storage:a": ToldState("7", START + HOUR)}):
        async with database.write() as tx:
            await tx.remember_told("s1", told)
        assert await database.concerns.told("s1") == told
    assert await database.concerns.told("s2") == {}


async def test_a_snooze_ends_and_can_be_renewed(database: Store, clock: Clock) -> None:
    async def snoozed_for(length: int) -> None:
        async with database.write() as tx:
            await tx.snooze("C1", "storage:a", clock.now + length, an_event(action="x.snoozed"))

    await snoozed_for(HOUR)
    assert set(await database.concerns.snoozed("C1")) == {"storage:a"}
    assert set(await database.concerns.snoozed("C2")) == frozenset()

    clock.now += HOUR
    assert set(await database.concerns.snoozed("C1")) == frozenset()
    await snoozed_for(HOUR)
    assert set(await database.concerns.snoozed("C1")) == {"storage:a"}


async def test_homes_know_who_looked_and_what_was_drawn(database: Store, clock: Clock) -> None:
    await database.homes.opened(ANN)
    await database.homes.drawn(ANN, "hash-1")
    clock.now += HOUR
    await database.homes.opened(BOB)

    assert await database.homes.since(START) == (
        HomeView(BOB, START + HOUR),
        HomeView(ANN, START, "hash-1"),
    )
    assert await database.homes.since(START + 1) == (HomeView(BOB, START + HOUR),)
