"""Until when AWS supports the engines of a fleet: asked once a day for each engine."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from bot.aws.region import Region
from bot.errors import AWSError
from bot.values import Lifecycle, Line, micros, passed

FRESH = micros(timedelta(days=1))


class Lifecycles:
    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._read: dict[str, tuple[int, tuple[Lifecycle, ...]]] = {}

    async def of(
        self, regions: Sequence[Region], engines: Collection[str], unseen: list[Line]
    ) -> tuple[Lifecycle, ...]:
        """They are the same everywhere, so the first region that answers will do."""
        if not regions:
            return ()
        found = await asyncio.gather(
            *(self._of(regions, engine, unseen) for engine in sorted(engines))
        )
        return tuple(one for some in found for one in some)

    async def _of(
        self, regions: Sequence[Region], engine: str, unseen: list[Line]
    ) -> tuple[Lifecycle, ...]:
        now = self._clock()
        read_at, known = self._read.get(engine, (0, ()))
        if not passed(read_at + FRESH, now, FRESH):
            return known
        try:
            found = await _asked(regions, engine)
        except AWSError as error:
            unseen.append((f"I could not see until when {engine} is supported: {error}",))
            return known
        self._read[engine] = now, found
        return found


async def _asked(regions: Sequence[Region], engine: str) -> tuple[Lifecycle, ...]:
    """Raises AWSError where none of them answers."""
    *others, last = regions
    for region in others:
        try:
            return await region.lifecycles(engine)
        except AWSError:
            continue
    return await last.lifecycles(engine)
