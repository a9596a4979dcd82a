"""The ticks, by themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.bootstrap import Bot
from bot.health.metrics import Ticks
from handlers.jobs import Jobs, Tick, scheduler

SECOND = timedelta(seconds=1)


def answering(leads: bool) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        return leads

    return answer


async def works() -> None: ...


async def fails() -> None:
    raise ValueError("every time")


async def test_the_names_by_which_ticks_are_watched(bot: Bot) -> None:
    assert set(bot.jobs.ticks) == {
        "claim", "follow", "expire", "remind", "recheck", "look_at_people", "digest", "look_back",
        "watch", "freshen", "take_over", "refresh", "publish", "verify", "tidy",
    }  # fmt: skip


@pytest.mark.parametrize(("leads", "done"), [(True, ["all", "one"]), (False, ["all"])])
async def test_what_only_one_replica_should_do_the_others_leave_out(
    leads: bool, done: list[str]
) -> None:
    did: list[str] = []

    async def does(name: str) -> None:
        did.append(name)

    ticks = (
        Tick("all", SECOND, lambda: does("all"), leader=False),
        Tick("one", SECOND, lambda: does("one")),
    )
    jobs = Jobs(ticks, answering(leads), Ticks())

    for name in jobs.ticks:
        await jobs.run(name)

    assert did == done


async def test_a_tick_that_fails_has_not_ended_well() -> None:
    now = [0.0]
    ticks = Ticks(lambda: now[0])
    jobs = Jobs(
        (Tick("works", SECOND, works), Tick("fails", SECOND, fails)), answering(True), ticks
    )
    jobs.schedule(scheduler(lambda _: None))

    for _ in range(3):
        now[0] += 200
        for name in jobs.ticks:
            await jobs.attempt(name)

    assert ticks.late == ("fails",)


async def test_a_tick_that_is_left_out_because_the_last_still_runs_is_told() -> None:
    told, ended = asyncio.Queue[str](), asyncio.Event()
    ticks = scheduler(told.put_nowait)
    ticks.add_job(ended.wait, "interval", seconds=0.01, id="slow")

    ticks.start()
    async with asyncio.timeout(10):
        left_out = await told.get()
    ended.set()
    ticks.shutdown(wait=False)

    assert left_out == "slow"
