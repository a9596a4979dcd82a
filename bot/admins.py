"""Who hears of what concerns the bot as a whole: those whom ``access.admins`` names."""

from collections.abc import Iterable

from bot.electorate import known_people
from bot.people import Directory, access_of, belongs, members_of
from bot.settings import Settings
from bot.values import Answer, Message, PersonId, Place


class Admins:
    def __init__(self, directory: Directory, settings: Settings) -> None:
        self._directory = directory
        self._access = access_of(settings.access.admins)

    async def __call__(self) -> tuple[PersonId, ...]:
        """As last refreshed; of whom Slack does not tell now is left out."""
        directory, access = self._directory, self._access
        groups = (await directory.known_groups(frozenset(access.groups))).read
        people, _ = await known_people(directory, sorted(members_of(access, groups)))
        team = directory.own_team
        return tuple(one.id for one in people if belongs(one, access, groups, team))


def told(admins: Iterable[PersonId], answer: Answer, key: str) -> tuple[Message, ...]:
    """A direct message to each; what waits under the same ``key`` is replaced."""
    return tuple(
        Message.pictured(Place.PERSON, one.user, answer, key=f"{key}:{one.user}") for one in admins
    )
