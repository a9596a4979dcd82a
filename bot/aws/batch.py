"""Many who ask at once are answered by one call."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

#: The most that a describe call returns, and so the most ids worth naming in one.
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html
SIZE = 100


class Batch(Generic[K, V]):
    """Collects the keys that are asked for in one turn of the loop; a hundred share a call.

    RDS takes some twelve calls a second in an account and region, from whatever tool they come.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-api-throttling.html
    """

    def __init__(self, fetch: Callable[[tuple[K, ...]], Awaitable[Mapping[K, V]]]) -> None:
        self._fetch = fetch
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V | None:
        """None where the call's answer does not have the key. Raises what the call raises."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._flush)
        future = self._waiting.setdefault(key, loop.create_future())
        # Others wait for this answer too: one who gives up takes it from nobody.
        return await asyncio.shield(future)

    def _flush(self) -> None:
        waiting, self._waiting = list(self._waiting.items()), {}
        for start in range(0, len(waiting), SIZE):
            call = asyncio.create_task(self._answer(dict(waiting[start : start + SIZE])))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _answer(self, waiting: dict[K, asyncio.Future[V | None]]) -> None:
        try:
            found = await self._fetch(tuple(waiting))
        # A cancelled call too, or those who wait for its answer would wait for ever.
        except BaseException as error:
            for future in waiting.values():
                if not future.done():
                    future.set_exception(error)
                    # Looked at, or asyncio logs it as forgotten where all who asked gave up.
                    future.exception()
            if not isinstance(error, Exception):
                raise
            return
        for key, future in waiting.items():
            if not future.done():
                future.set_result(found.get(key))
