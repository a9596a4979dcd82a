"""Who somebody is, and who is named."""

from typing import Self

from bot.values._base import Value


class PersonId(Value):
    """Who somebody is: the workspace's team id and the canonical user id, never a name."""

    team: str
    user: str

    def __str__(self) -> str:
        return f"{self.team}:{self.user}"

    def __hash__(self) -> int:
        return hash((self.team, self.user))

    @classmethod
    def parse(cls, text: str) -> Self:
        team, _, user = text.partition(":")
        return cls(team=team, user=user)


class Person(Value):
    """What Slack says of somebody at the moment it was asked."""

    id: PersonId
    name: str
    #: Other ids of the same account: an Enterprise Grid has its own beside the workspace's.
    also: tuple[str, ...] = ()
    email: str | None = None
    timezone: str = "UTC"  #: always one that this machine knows
    has_timezone: bool = True  #: False where Slack names none that this machine knows
    is_deactivated: bool = False
    is_bot: bool = False
    is_guest: bool = False
    is_external: bool = False

    @property
    def users(self) -> frozenset[str]:
        """Every user id under which Slack may name them."""
        return frozenset((self.id.user, *self.also))


class Access(Value):
    """People named one by one or by Slack user group. Empty means nobody."""

    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups or self.users)
