"""How far the watch sees: what answered it lately, and what goes on by that, for whoever asks.

Kept in the database, as the replica that watches is seldom the one that is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bot.values import Area, OpenIncidents, Unwatched, micros, passed
from storage.store import Store

#: What is looked at in each region, and how it is called.
WATCHED: Mapping[str, str] = {"alarms": "the alarms", "events": "the RDS events"}
CURSOR = "watched/"  #: with ``alarms/main/us-east-1`` behind it: when that answered last
SILENT = "0"
NOTED = micros(timedelta(minutes=1))  #: that it still answers is written down as often
#: After so long without an answer nobody knows what goes on, or after so many looks.
STALE, LOOKS = micros(timedelta(minutes=5)), 3


class Reach:
    """Writes down what answers and what does not."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: dict[str, str] = {}

    async def answered(self, name: str, now: int) -> None:
        if passed(int(self._noted.get(name, SILENT)) + NOTED, now, NOTED):
            await self._note(name, str(now))

    async def failed(self, name: str) -> None:
        await self._note(name, SILENT)

    async def _note(self, name: str, value: str) -> None:
        await self._store.cursors.set(f"{CURSOR}{name}", value)
        self._noted[name] = value


async def open_incidents(
    store: Store, areas: Sequence[Area], now: int, interval: timedelta, *, is_watched: bool
) -> OpenIncidents:
    """What goes on in these regions, and what of it nobody could look at lately. ``interval``: how
    often somebody looks."""
    if not is_watched:
        return OpenIncidents(is_watched=False)
    found, hidden = await store.incidents.standing()
    answered = await store.cursors.starting(CURSOR)
    kept = [Unwatched(what=f"{hidden} of the incidents that I keep")] if hidden else []
    silent = _silent(areas, answered, now, max(STALE, LOOKS * micros(interval)))
    return OpenIncidents(found=found, unread=(*kept, *silent))


def _silent(
    areas: Sequence[Area], answered: Mapping[str, str], now: int, stale: int
) -> Iterator[Unwatched]:
    for area in areas:
        place = f"{area.name}/{area.region}"
        for name, what in WATCHED.items():
            at = int(answered.get(f"{name}/{place}", SILENT))
            if passed(at + stale, now, stale):
                yield Unwatched(what=what, place=place)
