"""Whose clock stands at the axis of a picture that many people read."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable

from bot.errors import DirectoryError
from bot.params import is_zone
from bot.policy.approvers import standing_approvers
from bot.policy.eligibility import Directory, access_of
from bot.settings import Settings
from storage.store import Store

NOBODYS = "UTC"
LATELY = 50  #: requests whose askers are counted

#: Who is asked for it now.
Zone = Callable[[], Awaitable[str]]


class TeamZone:
    """``timezone`` of the settings, else that of most digests. Where these do not agree, that of
    most people: those who may approve, and those who asked for something lately.
    """

    def __init__(self, settings: Settings, store: Store, directory: Directory) -> None:
        self._settings = settings
        self._store = store
        self._directory = directory

    async def __call__(self) -> str:
        """UTC where nobody says; raises nothing but what the database does."""
        if self._settings.timezone:
            return self._settings.timezone
        agreed = most_common(await self._of_digests()) or most_common(await self._of_people())
        return agreed or NOBODYS

    async def _of_digests(self) -> list[str]:
        """As they are set; one that says nothing of it goes by UTC, which is no word of a team."""
        standing = (one for one in self._settings.digests if "timezone" in one.model_fields_set)
        added = [one.timezone for one in await self._store.schedules.list()]
        return [*(one.timezone for one in standing), *added]

    async def _of_people(self) -> list[str]:
        approvers = access_of(self._settings.access.approvers)
        asked = {one.requester for one in await self._store.requests.find(limit=LATELY)}
        try:
            found = await standing_approvers(self._directory, approvers)
            askers = await asyncio.gather(*map(self._directory.known_person, asked))
        except DirectoryError:
            return []
        people = {one.id: one for one in (*found, *askers) if not one.is_deactivated}
        return [one.timezone for one in people.values() if one.has_timezone]


def most_common(zones: Iterable[str]) -> str:
    """Empty where none is the most common, or none is one that this machine knows."""
    first, *others = [*Counter(filter(is_zone, zones)).most_common(2), ("", 0)]
    return first[0] if all(one[1] < first[1] for one in others) else ""
