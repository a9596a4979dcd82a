"""People, groups and channels, as Slack knows them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DirectoryError
from bot.people import Groups, may_look
from bot.values import SECOND, Person, PersonId

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

STALE = 300 * SECOND  #: how old what is known may be, for advice
PATIENCE = 600 * SECOND  #: how long a rate limit is waited for
#: Slack's words for a channel that the bot cannot see.
HIDDEN = frozenset({"channel_not_found", "missing_scope", "not_in_channel"})


class UnsaidError(DirectoryError):
    """``code`` is Slack's word for why it does not say, or what broke on the way."""

    def __init__(self, what: str, code: str) -> None:
        super().__init__(
            f"Slack did not tell me {what} ({code}), so nothing was decided. Try again in a minute."
        )
        self.code = code


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
    """Fulfils ``bot.people.Directory`` and ``bot.drafting.Channels``."""

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

    @property
    def own_team(self) -> str:
        return self._identity.team

    async def person(self, person: PersonId, asked_at: int) -> Person:
        return await self._people.since(person.user, asked_at)

    async def groups(self, ids: frozenset[str], asked_at: int) -> Groups:
        return await self._together(ids, lambda one: self._groups.since(one, asked_at))

    async def known_person(self, person: PersonId) -> Person:
        """Whom Slack does not know counts as deactivated: one who left makes nobody else wait."""
        try:
            return await self._people.lately(person.user)
        except UnsaidError as error:
            if error.code != "user_not_found":
                raise
            return Person(id=person, name=person.user, is_deactivated=True)

    async def known_groups(self, ids: frozenset[str]) -> Groups:
        return await self._together(ids, self._groups.lately)

    async def card_channel(self, asked_in: str) -> str | None:
        channel = self._approvals_channel or asked_in
        return channel if await self.may_post(channel) else None

    async def may_post(self, channel: str) -> bool:
        """Whether the bot is in that channel, and nobody outside this workspace is."""
        try:
            return _may_hold_cards(await self._channels.lately(channel))
        except UnsaidError as error:
            if error.code not in HIDDEN:
                raise
            return False

    async def is_member(self, channel: str, user: str) -> bool:
        """False also where Slack does not say, so that somebody is rather told twice."""
        try:
            return user in await self._members.lately(channel)
        except DirectoryError:
            return False

    async def _together(
        self, ids: frozenset[str], read: Callable[[str], Awaitable[frozenset[str]]]
    ) -> Groups:
        ordered = sorted(ids)
        members = await asyncio.gather(*map(read, ordered))
        barred = frozenset(filter(self._is_barred, frozenset[str]().union(*members)))
        return Groups(members=dict(zip(ordered, members, strict=True)), barred=barred)

    def _is_barred(self, user: str) -> bool:
        person = self._people.seen(user)
        return person is not None and not may_look(person, self.own_team)

    # -- Slack's words -------------------------------------------------------------------------

    async def _read_person(self, user: str) -> Person:
        reply = await self._ask("users_info", f"who {user} is", user=user)
        return _person(reply["user"], self._identity)

    async def _read_group(self, group: str) -> frozenset[str]:
        what = f"who is in the user group {group}"
        reply = await self._ask("usergroups_users_list", what, usergroup=group)
        return frozenset(reply["users"])

    async def _read_channel(self, channel: str) -> Mapping[str, Any]:
        what = f"what the channel {channel} is"
        info: Mapping[str, Any] = (await self._ask("conversations_info", what, channel=channel))[
            "channel"
        ]
        return info

    async def _read_members(self, channel: str) -> frozenset[str]:
        members: set[str] = set()
        cursor = ""
        while True:
            reply = await self._ask(
                "conversations_members", f"who is in {channel}",
                channel=channel, cursor=cursor, limit=1000,
            )  # fmt: skip
            members.update(reply["members"])
            cursor = (reply.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return frozenset(members)

    async def _ask(self, method: str, what: str, **arguments: Any) -> Any:
        """Waits for a rate limit; anything else that goes wrong decides nothing."""
        until = self._clock() + PATIENCE
        while True:
            try:
                return await getattr(self._client, method)(**arguments)
            except SlackApiError as error:
                wait = _retry_after(error)
                if wait is None or self._clock() > until:
                    raise UnsaidError(what, refusal(error) or "no answer") from error
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                raise UnsaidError(what, type(error).__name__) from error
            await asyncio.sleep(wait)


def refusal(error: SlackApiError) -> str:
    """Slack's word for why; empty where it answered with no JSON, as when it is in trouble."""
    data = getattr(error.response, "data", error.response)
    return str(data.get("error", "")) if isinstance(data, Mapping) else ""


def _retry_after(error: SlackApiError) -> float | None:
    """Seconds to wait where Slack asks for patience."""
    response = error.response
    if getattr(response, "status_code", None) != 429:
        return None
    return float(response.headers.get("Retry-After", 1))


def _person(raw: Mapping[str, Any], own: Identity) -> Person:
    enterprise = raw.get("enterprise_user") or {}
    team = raw.get("team_id") or ""
    ours = team == own.team or (
        own.enterprise is not None and enterprise.get("enterprise_id") == own.enterprise
    )
    profile = raw.get("profile") or {}
    return Person(
        id=PersonId(team=own.team if ours else team, user=enterprise.get("id") or raw["id"]),
        name=profile.get("display_name") or raw.get("real_name") or raw.get("name") or raw["id"],
        email=profile.get("email"),
        timezone=raw.get("tz") or "UTC",
        is_deactivated=bool(raw.get("deleted")),
        is_bot=bool(raw.get("is_bot") or raw.get("is_workflow_bot")),
        is_guest=bool(raw.get("is_restricted") or raw.get("is_ultra_restricted")),
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
