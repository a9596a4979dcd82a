"""Messages of the bot in Slack: paced, changed where they stand, and never posted twice."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog
from aiolimiter import AsyncLimiter
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.values import SECOND, Posted
from handlers.blocks.text import cut
from handlers.slack_errors import (
    UNANSWERED,
    ContentError,
    RefusalError,
    ThreadError,
    VanishedError,
    why,
)
from storage.tables.outbox import Delivery, Outbox

Payload = Mapping[str, Any]

#: Seconds in which a message is mostly posted, so that words can link to it; and between two looks
#: at whether it is.
PATIENCE, LOOK = 3.0, 0.05
KEYED_EVENT = "rds_bot_message"
#: Characters of a plain text that a message may be changed to; at 4,000 Slack says msg_too_long.
#: https://docs.slack.dev/reference/methods/chat.update
PLAIN = 3000

log = structlog.get_logger()


class Messages:
    def __init__(self, client: AsyncWebClient, pause: float) -> None:
        """``pause``: seconds between two messages in one channel; Slack allows one a second."""
        self._client = client
        self._pace = defaultdict[str, AsyncLimiter](lambda: AsyncLimiter(1, pause))

    async def post(
        self,
        channel: str,
        drawn: Payload,
        plainer: Payload | None = None,
        *,
        in_thread_only: bool = False,
        **more: Any,
    ) -> Posted:
        """In the channel where its thread does not take it, unless it belongs ``in_thread_only``;
        and ``plainer`` where Slack does not take it as it is; without one only its text."""
        asked = {**drawn, **more}
        try:
            return await self._posted(channel, asked)
        except ThreadError as error:
            if in_thread_only:
                raise
            log.warning("posting.thread_refused", channel=channel, why=error.why)
            return await self._posted(channel, without(asked, "thread_ts", "reply_broadcast"))
        except ContentError as error:
            log.warning("posting.too_rich", channel=channel, why=error.why)
            return await self._posted(channel, {**plain_of(asked), **(plainer or {})})

    async def change(
        self, posted: Posted, drawn: Payload, plainer: Payload | None = None
    ) -> Posted | None:
        """None where this message cannot be changed, as it is gone, or for a reason that nobody
        knows: another has to take its place. ``plainer`` as in ``post``."""
        try:
            return await self._changed(posted, drawn)
        except ContentError as error:
            log.warning("posting.too_rich", channel=posted.channel, why=error.why)
            return await self._changed(posted, plainer or plain_of(drawn))

    async def once(
        self,
        delivery: Delivery,
        channel: str,
        drawn: Payload,
        *,
        in_thread_only: bool = False,
        **more: Any,
    ) -> Posted:
        """What has a key is looked for before it is posted again."""
        key = delivery.message.key
        if key is None:
            return await self.post(channel, drawn, in_thread_only=in_thread_only, **more)
        # Slack knows no idempotency key: by this, what an unanswered attempt posted is found.
        # https://docs.slack.dev/reference/methods/chat.postMessage
        metadata = keyed(key)
        if earlier := await self.find(delivery, channel, metadata, **more):
            return earlier
        posted = await self.post(
            channel, drawn, in_thread_only=in_thread_only, metadata=metadata, **more
        )
        is_direct = posted.channel != channel
        return await self._first(delivery, posted, metadata) if is_direct else posted

    async def _first(self, delivery: Delivery, posted: Posted, wanted: Payload) -> Posted:
        """A direct message's conversation is known only now: there, too, it stands once."""
        first, *others = await self._all(delivery, posted.channel, wanted) or [posted]
        for other in others:
            try:
                await self._client.chat_delete(channel=other.channel, ts=other.ts)
            except SlackApiError as error:
                log.info("posting.stands_twice", why=why(error))
        return first

    async def find(
        self, delivery: Delivery, channel: str, wanted: Payload, thread_ts: str | None = None
    ) -> Posted | None:
        """The message with that metadata that an attempt without an answer has posted there.

        None at the first attempt, and where nobody can say.
        """
        return next(iter(await self._all(delivery, channel, wanted, thread_ts)), None)

    async def _all(
        self, delivery: Delivery, channel: str, wanted: Payload, thread_ts: str | None = None
    ) -> list[Posted]:
        """The oldest first."""
        if not delivery.attempts:
            return []
        # A message's ts is by Slack's clock, which ours may be ahead of.
        since = f"{delivery.created_at / SECOND - 60:.6f}"
        try:
            reply = await self._latest(channel, thread_ts, since)
        except SlackApiError as error:
            log.info("notifier.history_unreadable", why=why(error))
            return []
        found = [one["ts"] for one in reply["messages"] if _bears(one, wanted)]
        return [Posted(channel=channel, ts=ts) for ts in sorted(found, key=float)]

    async def _posted(self, channel: str, asked: Payload) -> Posted:
        # About one message a second in a channel: https://docs.slack.dev/apis/web-api/rate-limits
        async with self._pace[channel]:
            reply = await self._client.chat_postMessage(
                channel=channel,
                # What people wrote is no markup: a reason calls nobody and makes no link.
                parse="none",
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
                **asked,
            )
        return Posted(channel=reply["channel"], ts=reply["ts"])

    async def _changed(self, posted: Posted, drawn: Payload) -> Posted | None:
        try:
            await self._client.chat_update(channel=posted.channel, ts=posted.ts, **drawn)
        except RefusalError as error:
            if not isinstance(error, VanishedError) and type(error) is not RefusalError:
                raise
            log.info("posting.not_changed", channel=posted.channel, why=error.why)
            return None
        return posted

    async def _latest(self, channel: str, thread_ts: str | None, since: str) -> AsyncSlackResponse:
        """What was said in a channel, or in one of its threads."""
        read = self._client.conversations_history
        if thread_ts:
            read = partial(self._client.conversations_replies, ts=thread_ts)
        return await read(channel=channel, oldest=since, include_all_metadata=True, limit=200)


async def stands(outbox: Outbox, key: str) -> Posted | None:
    """Where the message with that key stands; None where Slack takes its time."""
    for _ in range(int(PATIENCE / LOOK)):
        if found := await outbox.stands(key):
            return found
        await asyncio.sleep(LOOK)
    return None


async def permalink(client: AsyncWebClient, posted: Posted) -> str:
    """The address of a message; empty where Slack names none."""
    try:
        reply = await client.chat_getPermalink(channel=posted.channel, message_ts=posted.ts)
    except UNANSWERED:
        return ""
    return str(reply.get("permalink") or "")


def _bears(message: Payload, wanted: Payload) -> bool:
    metadata = message.get("metadata") or {}
    return all(metadata.get(name) == value for name, value in wanted.items())


def without(drawn: Payload, *names: str) -> dict[str, Any]:
    return {name: value for name, value in drawn.items() if name not in names}


def plain_of(drawn: Payload) -> dict[str, Any]:
    """Its text alone, which Slack takes whatever it does not like of the rest."""
    bare = without(drawn, "blocks", "attachments", "metadata")
    return {**bare, "text": cut(str(drawn.get("text") or "…"), PLAIN)}


def keyed(key: str) -> Payload:
    return {"event_type": KEYED_EVENT, "event_payload": {"key": key}}
