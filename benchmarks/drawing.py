"""Charts: against a bare script, while the loop has other things to do, and for a crowd."""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from statistics import quantiles

from benchmarks import bare
from benchmarks.figures import Figure, middle_round
from bot.values import SECOND, Chart, Curve, Panel, Range, Series, Window
from charts import Studio
from charts.render import draw

ROUNDS, IN_A_ROUND = 5, 6
CROWD, CHARTS = 20, 20
LOOK = 0.001  #: seconds between two looks at the clock
ALLOWED = 20.0  #: ms
NOON = 1_782_907_200 * SECOND


async def measure() -> list[Figure]:
    return [*await _alone(), *await _meanwhile(), await _shared()]


async def _alone() -> list[Figure]:
    """In turns and warm: a bare script and ours in this process, ours as people get it."""
    plain, drawn, asked = [], [], []
    async with Studio() as studio:
        for number in range(-1, ROUNDS * IN_A_ROUND):
            given = chart(number)
            plain.append(_seconds(bare.draw, given))
            drawn.append(_seconds(draw, given))
            asked.append(await _elapsed(studio.draw(given)))
    name = "four panels over 24 h"
    return [_ratio(name, drawn, plain), _ratio(f"{name}, by a worker", asked, plain)]


def _ratio(name: str, ours: list[float], plain: list[float]) -> Figure:
    """The first of each warmed it up."""
    value, baseline = middle_round(ours[1:], plain[1:], IN_A_ROUND)
    return Figure(name, value, "ms", baseline, "a bare script", 1.3)


async def _meanwhile() -> list[Figure]:
    """How late the loop comes to look at the clock while different charts are drawn."""
    async with Studio() as studio:
        await studio.warm()
        idle = await _lags(asyncio.sleep(1.0))
        busy = await _lags(_together(studio, [chart(number) for number in range(CHARTS)]))
    name = f"loop lag p99, {CHARTS} charts being drawn"
    return [
        Figure(name, _p99(busy), "ms", ALLOWED, "what is promised", 1.0),
        Figure(name, _p99(busy), "ms", _p99(idle), "an idle loop"),
    ]


async def _shared() -> Figure:
    async with Studio() as studio:
        await studio.draw(chart(0))
        alone, crowd = [], []
        for number in range(1, 2 * ROUNDS, 2):
            alone.append(await _elapsed(_together(studio, [chart(number)])))
            crowd.append(await _elapsed(_together(studio, [chart(number + 1)] * CROWD)))
    value, baseline = middle_round(crowd, alone, 1)
    return Figure(f"one chart for {CROWD} at once", value, "ms", baseline, "for one person", 1.5)


async def _together(studio: Studio, charts: list[Chart]) -> None:
    await asyncio.gather(*(studio.draw(one) for one in charts))


async def _lags(work: Awaitable[object]) -> list[float]:
    """Seconds too late, at each look, until the work is done."""
    late: list[float] = []
    looking = asyncio.create_task(_look(late))
    await work
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking
    return late


async def _look(late: list[float]) -> None:
    while True:
        expected = time.perf_counter() + LOOK
        await asyncio.sleep(LOOK)
        late.append(time.perf_counter() - expected)


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98] * 1000


def _seconds(drawing: Callable[[Chart], bytes], given: Chart) -> float:
    begun = time.perf_counter()
    drawing(given)
    return time.perf_counter() - begun


async def _elapsed(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def chart(number: int) -> Chart:
    """A day like any other, and each number another day."""
    window = Window.ending(NOON, Range.DAY.seconds, Range.DAY.period)
    day = Day(window, random.Random(number))
    return Chart(
        title="orders-test: CPU reached 71 %",
        about="Last 24 hours, 5-minute averages",
        window=window,
        panels=(
            Panel(title="CPU", unit="%", curves=(day.curve("", "%", 42),)),
            day.pair("Memory", "B", ("free", 2.1e9), ("swap", 1e8)),
            day.pair("Latency", "s", ("read", 0.002), ("write", 0.005)),
            day.pair("IOPS", "1/s", ("read", 820), ("write", 210)),
        ),
    )


@dataclass(frozen=True)
class Day:
    window: Window
    noise: random.Random

    def pair(self, title: str, unit: str, *curves: tuple[str, float]) -> Panel:
        drawn = tuple(self.curve(label, unit, middle) for label, middle in curves)
        return Panel(title=title, unit=unit, curves=drawn)

    def curve(self, label: str, unit: str, middle: float) -> Curve:
        step = self.window.period * SECOND
        points = tuple((at, self._value(at, middle)) for at in range(self.window.since, NOON, step))
        return Curve(series=Series(metric=label, unit=unit, points=points), label=label)

    def _value(self, at: int, middle: float) -> float:
        part = (at - self.window.since) / (self.window.seconds * SECOND)
        return middle * (1 + 0.4 * math.sin(math.tau * part) + self.noise.gauss(0, 0.04))
