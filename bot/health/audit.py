"""The audit trail checked again and again while the bot runs, a little at a time."""

import asyncio
from collections.abc import Callable

import structlog

from bot.errors import TamperedError
from bot.values import Trail
from storage.tables.audit import Walk

PAGES = 20  #: of 5,000 rows each: a second or two in a thread of their own

log = structlog.get_logger()


class AuditCheck:
    """``told`` hears with every whole walk whether it adds up, and at once where it does not."""

    def __init__(
        self, begin: Callable[[], Walk], told: Callable[[bool], None], clock: Callable[[], int]
    ) -> None:
        self._begin = begin
        self._told = told
        self._clock = clock
        self._trail = Trail()
        self._walk: Walk | None = None
        self._began = 0
        self._one_by_one = asyncio.Lock()

    async def checked(self) -> Trail:
        """As known after one more tick: of a trail that one tick walks through, as of now.

        Who asks while somebody is at it waits for that one.
        """
        if not self._one_by_one.locked():
            await self.tick()
        async with self._one_by_one:
            return self._trail

    async def tick(self) -> None:
        """Goes on where the tick before ended; whatever was checked is checked again in time."""
        async with self._one_by_one:
            try:
                rows = await self._steps()
            except TamperedError as error:
                log.error("audit.tampered", why=str(error))
                self._end(self._trail.model_copy(update={"wrong": str(error)}))
            except asyncio.CancelledError:
                self._walk = None  # its thread may still be at work on it
                raise
            else:
                if rows is not None:
                    self._end(Trail(rows=rows, at=self._began))

    async def _steps(self) -> int | None:
        """How many rows add up; None while there are more to look at."""
        if self._walk is None:
            self._walk, self._began = self._begin(), self._clock()
        for _ in range(PAGES):
            if verified := await self._walk.step():
                return verified.rows
        return None

    def _end(self, trail: Trail) -> None:
        self._trail, self._walk = trail, None
        self._told(not trail.wrong)
