"""People, groups and channels, as Slack knows them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DirectoryError, UnknownPersonError
from bot.params import zone_of
from bot.policy.eligibility import Groups, mailbox, may_look
from bot.values import SECOND, Person, PersonId, passed
from handlers.slack_errors import (
    SILENCE,
    RateLimitedError,
    RefusalError,
    TokenError,
    UnansweredError,
    heard,
    why,
)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

STALE = 300 * SECOND  #: how old what is known may be, for advice
NO_ADDRESS = (
    "Slack shows no e-mail address of this account, so another one may be the same person. Grant "
    "users:read.email, and see rds-bot check."
)
PATIENCE = 600 * SECOND  #: how long a rate limit is waited for

log = structlog.get_logger()


class UnsaidError(DirectoryError):
    """``code`` is Slack's word of trouble, or what broke on the way: it may say so later."""

    def __init__(self, what: str, code: str) -> None:
        super().__init__(
            f"Slack did not tell me {what} ({code}), so nothing was decided. Try again in a minute."
        )
        self.code = code


class UnknownToSlackError(Exception):
    """``code`` is Slack's word for that there is no such thing for the bot, now or ever."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Roster:
    """Who is in a user group; ``gone`` is Slack's word where there is no such group."""

    members: frozenset[str] = frozenset()
    gone: str = ""


@dataclass(frozen=True)
class Identity:
    """Who the bot is, from one ``auth.test``."""

    team: str
    enterprise: str | None
    user: str
    bot: str


@dataclass(frozen=True)
class Known(Generic[V]):
    value: V
    began_at: int


class Reads(Generic[K, V]):
    """Reads of one kind. Those who ask together share one that began after the last of them."""

    def __init__(self, read: Callable[[K], Awaitable[V]], clock: Callable[[], int]) -> None:
        self._read = read
        self._clock = clock
        self._known: dict[K, Known[V]] = {}
        self._turns: defaultdict[K, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def since(self, key: K, asked_at: int) -> V:
        """From a read that began at ``asked_at`` or later."""
        # users.info and its like are limited by the minute: a burst of clicks is one read.
        # https://docs.slack.dev/apis/web-api/rate-limits
        async with self._turns[key]:
            known = self._known.get(key)
            now = self._clock()
            # from after now: the clock was set back, and its age is anybody's guess
            if known is None or known.began_at < asked_at or known.began_at > now:
                known = Known(await self._read(key), began_at=now)
                self._known[key] = known
            return known.value

    def seen(self, key: K) -> V | None:
        """As last read, however long ago; None where it never was."""
        known = self._known.get(key)
        return None if known is None else known.value

    async def lately(self, key: K) -> V:
        """As last read, a few minutes ago at most."""
        return await self.since(key, self._clock() - STALE)


class SlackDirectory:
    """Fulfils ``bot.policy.eligibility.Directory``, ``bot.requests.drafts.Channels`` and
    ``bot.requests.cloudops.Members``."""

    def __init__(
        self,
        client: AsyncWebClient,
        identity: Identity,
        approvals_channel: str | None,
        clock: Callable[[], int],
    ) -> None:
        self._client = client
        self._identity = identity
        self._approvals_channel = approvals_channel
        self._clock = clock
        self._people = Reads(self._read_person, clock)
        self._groups = Reads(self._read_group, clock)
        self._channels = Reads(self._read_channel, clock)
        self._members = Reads(self._read_members, clock)
        self._unaddressed: set[str] = set()

    @property
    def own_team(self) -> str:
        return self._identity.team

    async def person(self, person: PersonId, asked_at: int) -> Person:
        found = await self._people.since(person.user, asked_at)
        if isinstance(found, Person):
            return found
        raise UnknownPersonError(
            f"Slack knows nobody as {person.user} ({found}), so nothing was decided in that name."
        )

    async def groups(self, ids: frozenset[str], asked_at: int) -> Groups:
        return await self._together(ids, lambda one: self._groups.since(one, asked_at))

    async def known_person(self, person: PersonId) -> Person:
        """Whom Slack does not know counts as deactivated: one who left makes nobody else wait."""
        found = await self._people.lately(person.user)
        if isinstance(found, Person):
            return found
        return Person(id=person, name=person.user, is_deactivated=True)

    async def known_groups(self, ids: frozenset[str]) -> Groups:
        return await self._together(ids, self._groups.lately)

    async def card_channel(self, asked_in: str) -> str | None:
        channel = self._approvals_channel or asked_in
        return channel if await self.may_post(channel) else None

    async def may_post(self, channel: str) -> bool:
        """Whether the bot is in that channel, and nobody outside this workspace is."""
        return _may_hold_cards(await self._channels.lately(channel))

    async def channel_name(self, channel: str) -> str:
        """Without its mark; empty where it is not known."""
        try:
            return str((await self._channels.lately(channel)).get("name") or "")
        except DirectoryError:
            return ""

    async def is_member(self, channel: str, user: str) -> bool:
        """False also where Slack does not say, so that somebody is rather told twice."""
        try:
            return user in await self._members.lately(channel)
        except DirectoryError:
            return False

    async def members(self, channel: str, asked_at: int) -> frozenset[str]:
        return await self._members.since(channel, asked_at)

    async def _together(
        self, ids: frozenset[str], read: Callable[[str], Awaitable[Roster]]
    ) -> Groups:
        """One that cannot be read spoils no other."""

        async def attempted(group: str) -> Roster | UnsaidError:
            try:
                return await read(group)
            except UnsaidError as error:
                return error

        ordered = sorted(ids)
        found = dict(zip(ordered, await asyncio.gather(*map(attempted, ordered)), strict=True))
        read_ones = {group: one for group, one in found.items() if isinstance(one, Roster)}
        members = {group: one.members for group, one in read_ones.items()}
        return Groups(
            members=members,
            barred=frozenset(filter(self._is_barred, frozenset[str]().union(*members.values()))),
            gone={group: one.gone for group, one in read_ones.items() if one.gone},
            unread={group: str(one) for group, one in found.items() if group not in read_ones},
        )

    def _is_barred(self, user: str) -> bool:
        person = self._people.seen(user)
        return isinstance(person, str) or (
            person is not None and not may_look(person, self.own_team)
        )

    # -- Slack's words -------------------------------------------------------------------------

    async def _read_person(self, user: str) -> Person | str:
        """Slack's word where it knows nobody by that id."""

        def read(reply: Any) -> Person:
            return _person(reply["user"], self._identity)

        try:
            person = await self._ask("users_info", f"who {user} is", read, user=user)
        except UnknownToSlackError as denied:
            return denied.code
        self._note_address(person)
        return person

    def _note_address(self, person: Person) -> None:
        """Once for each account that counts for anything and shows no address."""
        user = person.id.user
        if mailbox(person.email or "") or not may_look(person, self.own_team):
            self._unaddressed.discard(user)
        elif user not in self._unaddressed:
            self._unaddressed.add(user)
            log.warning("people.no_address", user=user, why=NO_ADDRESS)

    async def _read_group(self, group: str) -> Roster:
        def read(reply: Any) -> Roster:
            return Roster(frozenset(map(str, reply["users"])))

        what = f"who is in the user group {group}"
        try:
            return await self._ask("usergroups_users_list", what, read, usergroup=group)
        except UnknownToSlackError as denied:
            log.warning("directory.group_gone", group=group, why=denied.code)
            return Roster(gone=denied.code)

    async def _read_channel(self, channel: str) -> Mapping[str, Any]:
        """Empty where the bot cannot see it."""

        def read(reply: Any) -> Mapping[str, Any]:
            return dict(reply["channel"])

        try:
            what = f"what the channel {channel} is"
            return await self._ask("conversations_info", what, read, channel=channel)
        except UnknownToSlackError:
            return {}

    async def _read_members(self, channel: str) -> frozenset[str]:
        """Nobody where the bot cannot see it."""
        members: set[str] = set()
        cursor = ""

        def read(reply: Any) -> tuple[frozenset[str], str]:
            next_one = (reply.get("response_metadata") or {}).get("next_cursor") or ""
            return frozenset(reply["members"]), next_one

        try:
            while True:
                found, cursor = await self._ask(
                    "conversations_members", f"who is in {channel}", read,
                    channel=channel, cursor=cursor, limit=1000,
                )  # fmt: skip
                members |= found
                if not cursor:
                    return frozenset(members)
        except UnknownToSlackError:
            return frozenset()

    async def _ask(self, method: str, what: str, read: Callable[[Any], V], **arguments: Any) -> V:
        """Waits for a rate limit; any other trouble decides nothing.

        Raises UnsaidError, also for an answer that ``read`` cannot make anything of, and
        DeniedError for all of Slack's words that are not of trouble.
        """
        until = self._clock() + PATIENCE
        while True:
            try:
                return read(await getattr(self._client, method)(**arguments))
            except SlackApiError as error:
                wait = _patience(heard(error), what)
                if passed(until, self._clock(), PATIENCE):
                    raise UnsaidError(what, why(error)) from error
            except SILENCE as error:
                raise UnsaidError(what, type(error).__name__) from error
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                log.exception("directory.unreadable", method=method)
                raise UnsaidError(what, "an answer that I cannot read") from error
            await asyncio.sleep(wait)


def _patience(refusal: RefusalError, what: str) -> float:
    """Seconds to wait where Slack asks for patience. Raises as ``_ask`` does for all else."""
    if isinstance(refusal, RateLimitedError):
        return refusal.seconds
    if isinstance(refusal, UnansweredError | TokenError):
        raise UnsaidError(what, refusal.why) from refusal
    raise UnknownToSlackError(refusal.why) from refusal


def _person(raw: Mapping[str, Any], own: Identity) -> Person:
    enterprise = raw.get("enterprise_user") or {}
    team = raw.get("team_id") or ""
    ours = team == own.team or (
        own.enterprise is not None and enterprise.get("enterprise_id") == own.enterprise
    )
    profile = raw.get("profile") or {}
    return Person(
        # In an Enterprise Grid one account has an id of its own beside that of the workspace, and
        # groups and settings may hold either.
        id=PersonId(team=own.team if ours else team, user=enterprise.get("id") or raw["id"]),
        also=(raw["id"],) if enterprise.get("id", raw["id"]) != raw["id"] else (),
        name=profile.get("display_name") or raw.get("real_name") or raw.get("name") or raw["id"],
        email=profile.get("email"),
        timezone=zone_of(raw.get("tz")) or "UTC",
        has_timezone=zone_of(raw.get("tz")) is not None,
        is_deactivated=bool(raw.get("deleted")),
        is_bot=bool(raw.get("is_bot") or raw.get("is_workflow_bot")),
        is_guest=bool(raw.get("is_restricted") or raw.get("is_ultra_restricted")),
        # Not is_stranger alone: whoever shares a channel with us is none.
        # https://docs.slack.dev/apis/slack-connect
        is_external=not ours or bool(raw.get("is_stranger")),
    )


def _may_hold_cards(channel: Mapping[str, Any]) -> bool:
    """A channel that the bot is in, and that is neither a direct message nor shared outside.

    https://docs.slack.dev/apis/slack-connect
    """
    outside = (
        channel.get("is_ext_shared")
        or channel.get("is_pending_ext_shared")
        or (channel.get("is_shared") and not channel.get("is_org_shared"))
    )
    direct = channel.get("is_im") or channel.get("is_mpim")
    return bool(channel.get("is_member")) and not (outside or direct or channel.get("is_archived"))
