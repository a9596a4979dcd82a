"""The ticks, by themselves."""

import asyncio

from bot.health.metrics import Ticks
from handlers.jobs import _reported, scheduler


async def test_a_tick_that_fails_has_not_ended_well() -> None:
    now = [0.0]
    ticks = Ticks(lambda: now[0])

    async def works() -> None: ...

    async def fails() -> None:
        raise ValueError("every time")

    for work in (works, fails):
        ticks.begun(work.__name__, 1)
    for _ in range(3):
        now[0] += 200
        for work in (works, fails):
            await _reported(work, ticks.ended)()

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
