"""Who and what exists in the sandbox's workspace: people, groups, channels and the one app."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.sandbox.slack.errors import ImpossibleError


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Europe/Berlin"
    team_id: str = "T0HOME0001"
    enterprise_id: str | None = None
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    title: str = ""

    @property
    def zone(self) -> tzinfo:
        """UTC where a client has named a zone that nobody knows."""
        try:
            return ZoneInfo(self.tz)
        except (KeyError, ValueError, OSError):
            return UTC


@dataclass(frozen=True, slots=True)
class Group:
    """A user group. Slack keeps deactivated people listed, so callers must look at `deleted`."""

    id: str
    handle: str
    name: str
    members: frozenset[str] = frozenset()
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    members: frozenset[str] = frozenset()
    is_private: bool = False
    is_archived: bool = False
    is_shared: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    is_org_shared: bool = False
    is_im: bool = False
    is_mpim: bool = False

    @property
    def kind(self) -> str:
        """Slack's word for it in scopes: channels, groups, im or mpim."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "groups" if self.is_private else "channels"


Thing = TypeVar("Thing", Person, Group, Channel)


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    should_escape: bool = True
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`kind` is global or message."""

    name: str
    kind: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class App:
    """The installed app: its identity, tokens, granted scopes and subscriptions."""

    app_id: str = "A0RDSBOT01"
    bot_id: str = "B0RDSBOT01"
    user_id: str = "U0RDSBOT01"
    name: str = "rds-bot"
    bot_token: str = "xoxb-sandbox-bot-token"
    app_token: str = "xapp-1-sandbox-app-token"
    verification_token: str = "sandbox-verification-token"
    scopes: tuple[str, ...] = ()
    commands: tuple[Command, ...] = (Command("/rds"),)
    shortcuts: tuple[Shortcut, ...] = ()
    events: tuple[str, ...] = ("app_home_opened", "app_mention")
    home_tab: bool = True
    messages_tab: bool = True
    messages_tab_read_only: bool = False


@dataclass(slots=True)
class Workspace:
    """Frozen values in dictionaries: look one up by id or name, change one by replacing it."""

    app: App
    team_id: str = "T0HOME0001"
    name: str = "Sandbox"
    domain: str = "sandbox"
    enterprise_id: str | None = None
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    def person(self, who: str) -> Person:
        return _found(self.people.values(), who.removeprefix("@"), "person", "name")

    def group(self, which: str) -> Group:
        return _found(self.groups.values(), which.removeprefix("@"), "group", "handle")

    def channel(self, which: str) -> Channel:
        return _found(self.channels.values(), which.removeprefix("#"), "channel", "name")

    def direct(self, who: str) -> Channel:
        """The direct message channel of this person and the bot; made on first use."""
        person = self.person(who)
        wanted = f"D{person.id[1:]}"
        members = frozenset({person.id, self.app.user_id})
        return self.channels.setdefault(wanted, Channel(wanted, "", members, is_im=True))

    def is_open(self, channel: Channel) -> bool:
        """Whether its members can write there; a read-only Messages tab takes commands alone."""
        if channel.is_im:
            return self.app.messages_tab and not self.app.messages_tab_read_only
        return not channel.is_archived

    def partner(self, channel: Channel) -> Person:
        """The human side of a direct message."""
        return next(self.people[it] for it in channel.members if it != self.app.user_id)

    def add(self, *things: Person | Group | Channel) -> None:
        for thing in things:
            match thing:
                case Person():
                    self.people[thing.id] = thing
                case Group():
                    self.groups[thing.id] = thing
                case Channel():
                    self.channels[thing.id] = thing

    def change(self, who: str, **facts: Any) -> Person:
        """Replaces facts about a person, for instance `is_restricted=True`."""
        person = replace(self.person(who), **facts)
        self.add(person)
        return person

    def deactivate(self, who: str) -> Person:
        return self.change(who, deleted=True)

    def join_group(self, group: str, who: str) -> None:
        it = self.group(group)
        self.add(replace(it, members=it.members | {self.person(who).id}))

    def leave_group(self, group: str, who: str) -> None:
        it = self.group(group)
        self.add(replace(it, members=it.members - {self.person(who).id}))

    def join_channel(self, channel: str, who: str) -> None:
        it = self.channel(channel)
        self.add(replace(it, members=it.members | {self.person(who).id}))

    def leave_channel(self, channel: str, who: str) -> None:
        it = self.channel(channel)
        self.add(replace(it, members=it.members - {self.person(who).id}))

    def archive(self, channel: str) -> None:
        self.add(replace(self.channel(channel), is_archived=True))


def _found(things: Iterable[Thing], wanted: str, what: str, label: str) -> Thing:
    known = list(things)
    for thing in known:
        if wanted in (thing.id, getattr(thing, label)):
            return thing
    names = ", ".join(sorted(str(getattr(it, label)) for it in known))
    raise ImpossibleError(f"There is no {what} {wanted!r} in this workspace. There are: {names}.")
