"""Private replies to whoever typed or clicked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import Message, Place
from handlers.delivery.masked import discreet
from handlers.slack_errors import SILENCE, UNANSWERED
from storage.store import Store

log = structlog.get_logger()


@dataclass(frozen=True)
class ReplyPlace:
    """Where something was typed or clicked. ``response_url`` is good five times, for 30 minutes:
    https://docs.slack.dev/interactivity/handling-user-interaction

    ``thread_ts`` is that of a thread that has begun: Slack shows a private message in no other.
    """

    user: str
    channel: str | None
    response_url: str | None
    thread_ts: str | None = None


class Replies:
    def __init__(
        self, store: Store, client: AsyncWebClient, session: aiohttp.ClientSession
    ) -> None:
        self._store = store
        self._client = client
        self._session = session
        self._notifications: set[asyncio.Task[bool]] = set()

    async def privately(self, origin: ReplyPlace, drawn: Mapping[str, Any]) -> None:
        """Only that person sees it; where that does not go through, a direct message follows."""
        if await self._at_once(origin, drawn):
            return
        async with self._store.write() as tx:
            await tx.post(
                Message(place=Place.PERSON, address=origin.user, kind="reply", body=dict(drawn))
            )

    async def change(self, origin: ReplyPlace, drawn: Mapping[str, Any]) -> None:
        """In the place of the private reply that was clicked; as another where that cannot be."""
        if not await self._by_url(origin, drawn, replaces=True):
            await self.privately(origin, drawn)

    def soon(self, origin: ReplyPlace, drawn: Mapping[str, Any]) -> None:
        """In the background and without the database, which may be what is in trouble."""
        task = asyncio.create_task(self._somehow(origin, drawn))
        self._notifications.add(task)
        task.add_done_callback(self._notifications.discard)

    async def _at_once(self, origin: ReplyPlace, drawn: Mapping[str, Any]) -> bool:
        # The address works in channels that the bot is not in, where it can post to nobody.
        return await self._by_url(origin, drawn) or await self._ephemeral(origin, drawn)

    async def _somehow(self, origin: ReplyPlace, drawn: Mapping[str, Any]) -> bool:
        """A click in the Home has no place to answer in but a direct message."""
        return await self._at_once(origin, drawn) or await self._directly(origin, drawn)

    async def _directly(self, origin: ReplyPlace, drawn: Mapping[str, Any]) -> bool:
        try:
            await self._client.chat_postMessage(channel=origin.user, **drawn)
        except UNANSWERED as error:
            log.warning("replies.not_direct", why=str(error))
            return False
        return True

    async def _by_url(
        self, origin: ReplyPlace, drawn: Mapping[str, Any], *, replaces: bool = False
    ) -> bool:
        if origin.response_url is None:
            return False
        body = {"response_type": "ephemeral", "replace_original": replaces, **discreet(drawn)}
        try:
            async with self._session.post(origin.response_url, json=body) as response:
                if response.status == 200:
                    return True
                log.warning("replies.refused", status=response.status)
        except SILENCE as error:
            log.warning("replies.unanswered", why=type(error).__name__)
        return False

    async def _ephemeral(self, origin: ReplyPlace, drawn: Mapping[str, Any]) -> bool:
        if origin.channel is None:
            return False
        try:
            await self._client.chat_postEphemeral(
                channel=origin.channel, user=origin.user, thread_ts=origin.thread_ts, **drawn
            )
        except UNANSWERED as error:
            log.warning("replies.not_ephemeral", why=str(error))
            return False
        return True
