"""The audit trail checked again and again while the bot runs, a little at a time."""

from collections.abc import Callable

import structlog

from bot.errors import TamperedError
from storage.database import Database as Store

PAGES = 4  #: of 5,000 rows each: some tenths of a second in a thread of their own

log = structlog.get_logger()


class Verifying:
    """``told`` hears with every whole walk whether it adds up, and at once where it does not."""

    def __init__(self, store: Store, told: Callable[[bool], None]) -> None:
        self._store = store
        self._told = told
        self._walk = store.audit.walk()

    async def tick(self) -> None:
        """Goes on where the tick before ended; whatever was checked is checked again in time."""
        try:
            is_done = await self._steps()
        except TamperedError as error:
            log.error("audit.tampered", why=str(error))
            self._ended(intact=False)
        else:
            if is_done:
                self._ended(intact=True)

    async def _steps(self) -> bool:
        for _ in range(PAGES):
            if await self._walk.step():
                return True
        return False

    def _ended(self, *, intact: bool) -> None:
        self._told(intact)
        self._walk = self._store.audit.walk()
