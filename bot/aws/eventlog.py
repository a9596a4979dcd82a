"""The events of one region, read once for all who follow them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import NamedTuple

from bot.values import RDSEvent, micros, passed

#: What is known goes back at least so far: AWS may deliver an event so much later.
LATE = micros(timedelta(minutes=20))
#: So often all of that is read again; in between only what comes after the newest event that is
#: known. A busy region has pages of events in that time, and its limit of calls is everybody's.
ANEW = micros(timedelta(minutes=2))
#: Whoever has not asked for so long follows nothing any more.
SILENT = micros(timedelta(minutes=15))

Read = Callable[[int], Awaitable[tuple[RDSEvent, ...]]]
Events = tuple[RDSEvent, ...]
Reading = tuple[int, int, Events]


class Known(NamedTuple):
    """What there was from ``since`` on, oldest first; all of it was read at ``read_at``."""

    since: int
    read_at: int
    events: Events


class EventLog:
    def __init__(self, read: Read, clock: Callable[[], int], together: int) -> None:
        """``together``: microseconds within which whoever asks is answered by one reading."""
        self._read = read
        self._clock = clock
        self._together = together
        self._turn = asyncio.Lock()
        self._wants: dict[str, tuple[int, int]] = {}
        self._last: Reading | None = None
        self._known: Known | None = None

    async def since(self, reader: str, at: int) -> tuple[RDSEvent, ...]:
        """Events at ``at`` and later, oldest first; ``reader`` names who follows them.

        One reading goes as far back as anybody lately wanted. Raises AWSError.
        """
        # Requests and incidents tick at one moment: the second takes what the first has read.
        async with self._turn:
            now = self._clock()
            self._wants[reader] = now, at
            if self._last is None or not self._will_do(self._last, at, now):
                earliest = min(now - LATE, *self._wanted(now))
                self._known = await self._news(now, earliest)
                self._last = now, earliest, self._known.events
            return tuple(event for event in self._last[2] if event.at >= at)

    async def _news(self, now: int, earliest: int) -> Known:
        known = self._known
        if known is None or earliest < known.since or passed(known.read_at + ANEW, now, ANEW):
            return Known(earliest, now, await self._read(earliest))
        news = await self._read(known.events[-1].at if known.events else earliest)
        every = dict.fromkeys((*known.events, *news))
        events = sorted((one for one in every if one.at >= earliest), key=lambda one: one.at)
        return known._replace(since=earliest, events=tuple(events))

    def _will_do(self, reading: Reading, at: int, now: int) -> bool:
        read_at, earliest, _ = reading
        is_old = passed(read_at + self._together, now, self._together)
        return earliest <= at and not is_old

    def _wanted(self, now: int) -> list[int]:
        self._wants = {
            reader: want
            for reader, want in self._wants.items()
            if not passed(want[0] + SILENT, now, SILENT)
        }
        return [at for _, at in self._wants.values()]
