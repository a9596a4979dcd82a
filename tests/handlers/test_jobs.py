"""The ticks, by themselves."""

import asyncio

from handlers.jobs import scheduler


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
