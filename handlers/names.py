"""What people call channels, user groups and members, as Slack lists them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DirectoryError
from handlers.app import pooled_session, reading_client
from handlers.slack_errors import why

#: Seconds in which Slack has to have listed all of a kind.
WITHIN = 20.0
PAGE = 200


class Naming(StrEnum):
    """What there are names of."""

    CHANNEL = "channel"
    GROUP = "user group"
    PERSON = "member"


class Named(NamedTuple):
    """``names`` are those that people write behind # or @."""

    id: str
    names: tuple[str, ...]
    kind: Naming


async def listed(kind: Naming, token: str, url: str) -> tuple[Named, ...]:
    """All of a kind that the token's app sees. Raises DirectoryError where Slack does not tell."""
    try:
        async with asyncio.timeout(WITHIN), pooled_session() as session:
            client = reading_client(token, url, session)
            return tuple([one async for one in _READ[kind](client)])
    except TimeoutError as error:
        raise DirectoryError("Slack did not list them in time") from error
    except SlackApiError as error:
        raise DirectoryError(f"Slack says {why(error)}") from error
    except (aiohttp.ClientError, OSError) as error:
        raise DirectoryError(f"there is no answer from Slack ({why(error)})") from error


async def _channels(client: AsyncWebClient) -> AsyncIterator[Named]:
    """Private ones as well where the app may see that there are any."""
    async for one in _pages(
        client.conversations_list,
        "channels",
        types="public_channel,private_channel",
        exclude_archived=True,
    ):
        yield Named(one["id"], (one["name"],), Naming.CHANNEL)


async def _groups(client: AsyncWebClient) -> AsyncIterator[Named]:
    reply = await client.usergroups_list()
    for one in reply["usergroups"]:
        if not one.get("date_delete"):
            yield Named(one["id"], (one["handle"],), Naming.GROUP)


async def _people(client: AsyncWebClient) -> AsyncIterator[Named]:
    async for one in _pages(client.users_list, "members"):
        if not (one.get("deleted") or one.get("is_bot")):
            shown = one.get("profile", {}).get("display_name", "")
            names = (one.get("name", ""), shown, one.get("real_name", ""))
            yield Named(one["id"], tuple(filter(None, dict.fromkeys(names))), Naming.PERSON)


async def _pages(ask: Callable[..., Any], key: str, **given: Any) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        reply = await ask(limit=PAGE, cursor=cursor, **given)
        for one in reply[key]:
            yield one
        cursor = (reply.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return


_READ: Mapping[Naming, Callable[[AsyncWebClient], AsyncIterator[Named]]] = {
    Naming.CHANNEL: _channels,
    Naming.GROUP: _groups,
    Naming.PERSON: _people,
}
