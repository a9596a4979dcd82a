"""A digest of a thousand databases: what it asks CloudWatch, how long it takes, what it keeps."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import inside
from benchmarks.figures import Figure
from bot.sandbox.aws import AWSSandbox, HeldClock, InstanceSpec
from bot.values import SECOND, Appointment, Value

MANY, CALLS, LONGEST = 1000, 25, 20.0
TIMES = 2
BEAT = 0.005  #: seconds between two looks at whether the event loop answers
ABOUT = Appointment(id="", channel="C0DATABASE", cron="", timezone="UTC", title="Digest")


@dataclass(frozen=True)
class Made:
    calls: int
    metrics: int
    seconds: float
    stalled: float
    kept: int


async def measure() -> list[Figure]:
    with TemporaryDirectory() as folder, AWSSandbox(HeldClock(time.time()), pace=1) as aws:
        async with digesting(Path(folder), aws, MANY) as make:
            made = [await make() for _ in range(TIMES)]
    name, best = f"digest of {MANY} databases", min(made, key=lambda one: one.seconds)
    against = f"25, for {best.metrics:,} metrics"
    return [
        Figure(f"{name}: GetMetricData", best.calls, "calls", CALLS, against, 1.0),
        Figure(name, best.seconds, "s", LONGEST, "20 s", 1.0),
        Figure(f"{name}: longest stall", best.stalled, "s", best.seconds, "all of it"),
        Figure(f"{name}: values kept", made[-1].kept, "", made[0].kept, "after the first", 1.01),
    ]


@asynccontextmanager
async def digesting(
    folder: Path, aws: AWSSandbox, many: int
) -> AsyncIterator[Callable[[], Awaitable[Made]]]:
    """A bot with so many databases, and a way to let it make a digest of them."""

    def clock() -> int:
        return int(aws.clock() * SECOND)

    aws.seed(InstanceSpec(f"db-{number:04}") for number in range(many))
    async with inside.connected_bot(folder, aws, clock=clock) as (bot, _):

        async def make() -> Made:
            calls, metrics = _calls(aws), bot.services.monitoring.requested
            async with _watched() as stalls:
                begun = time.perf_counter()
                await bot.services.digests.preview(ABOUT)
                seconds = time.perf_counter() - begun
            asked = bot.services.monitoring.requested - metrics
            return Made(_calls(aws) - calls, asked, seconds, max(stalls), _held())

        yield make


def _calls(aws: AWSSandbox) -> int:
    return len(aws.calls("cloudwatch:GetMetricData"))


def _held() -> int:
    """Values of the bot that something still holds."""
    gc.collect()
    return sum(isinstance(one, Value) for one in gc.get_objects())


@asynccontextmanager
async def _watched() -> AsyncIterator[list[float]]:
    """How much later than due the event loop came back, each time."""
    late = [0.0]

    async def beat() -> None:
        while True:
            due = time.perf_counter() + BEAT
            await asyncio.sleep(BEAT)
            late.append(time.perf_counter() - due)

    beating = asyncio.create_task(beat())
    try:
        yield late
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
