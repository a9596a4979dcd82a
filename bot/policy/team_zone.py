"""Whose clock stands at the axis of a picture that many people read."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable

from bot.errors import DirectoryError
from bot.params import is_zone
from bot.policy.approvers import standing_approvers
from bot.policy.eligibility import Directory, access_of
from bot.settings import Settings
from storage.store import Store

NOBODYS = "UTC"

#: Who is asked for it now.
Zone = Callable[[], Awaitable[str]]


class TeamZone:
    """``timezone`` of the settings, else that of most digests, else that of most approvers."""

    def __init__(self, settings: Settings, store: Store, directory: Directory) -> None:
        self._settings = settings
        self._store = store
        self._directory = directory

    async def __call__(self) -> str:
        """UTC where nobody says; raises nothing but what the database does."""
        if self._settings.timezone:
            return self._settings.timezone
        return most_common(await self._of_digests()) or most_common(await self._of_people())

    async def _of_digests(self) -> list[str]:
        """As they are set; one that says nothing of it goes by UTC, which is no word of a team."""
        standing = (one for one in self._settings.digests if "timezone" in one.model_fields_set)
        added = [one.timezone for one in await self._store.schedules.list()]
        return [*(one.timezone for one in standing), *added]

    async def _of_people(self) -> list[str]:
        approvers = access_of(self._settings.access.approvers)
        try:
            people = await standing_approvers(self._directory, approvers)
        except DirectoryError:
            people = ()
        return [one.timezone for one in people if one.has_timezone] or [NOBODYS]


def most_common(zones: Iterable[str]) -> str:
    """Of as many the first by name; empty where there is none that this machine knows."""
    counted = Counter(filter(is_zone, zones))
    return min(counted, key=lambda zone: (-counted[zone], zone), default="")
