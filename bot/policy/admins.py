"""Who hears of what concerns the bot as a whole: those whom ``access.admins`` names."""

from collections.abc import Iterable

from bot.policy.approvers import known_people
from bot.policy.eligibility import Directory, access_of, belongs, members_of
from bot.settings import Settings
from bot.values import Answer, Channel, Code, Message, PersonId, Place, Span, paragraph

#: What a message is called, by its kind, where it could not be posted.
THINGS = {
    "digest": "a digest",
    "incident": "an incident",
    "cloudops": "a CloudOps request",
    "picture": "a picture",
}


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


def not_posted(message: Message, *why: Span) -> Answer:
    """For whoever was told, or expects, that it stands in a channel; ``why`` is a sentence."""
    what = THINGS.get(message.kind, "a message of mine")
    place = Channel(id=message.address)
    return Answer(
        title="I could not post that in the channel",
        parts=(
            paragraph("In ", place, f" {what} should stand, and it does not. ", *why),
        ),
        hint=("To mend it: type ", Code(text="/invite @rds-bot"), " in that channel, unarchive it, "
              "or use another one."),
    )  # fmt: skip
