"""Waiting for something to become true, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Pulse:
    """Whoever changes something beats; whoever waits looks again after each beat."""

    def __init__(self) -> None:
        self.beats = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def beat(self) -> None:
        self.beats += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, look: Callable[[], Found | None], within: float) -> Found | None:
        """The first value that is neither None nor False; None after `within` seconds."""
        try:
            async with asyncio.timeout(within):
                while not (found := look()):
                    await self.beaten()
                return found
        except TimeoutError:
            return look() or None

    async def beyond(self, beats: int) -> int:
        """How many beats there have been, once there are more than these."""
        while self.beats <= beats:
            await self.beaten()
        return self.beats

    async def beaten(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
