"""Delivers the outbox: in order for each destination, paced, through outages, until it is told."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog
from aiolimiter import AsyncLimiter
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.electorate import who_may_approve
from bot.errors import AWSError, DirectoryError, StorageError
from bot.telling import details
from bot.values import SECOND, Digest, Line, Message, Place, Posted, Request, Usual
from bot.vocabulary import Status
from handlers.blocks.card import card, plain_card
from handlers.blocks.digest import digest, digest_csv
from handlers.blocks.filed import lost_card
from handlers.blocks.notices import asked_text, detailed, ending, ending_text
from handlers.blocks.reminding import SHOWN, reminding
from handlers.directory import SlackDirectory
from handlers.setbacks import TOO_RICH, Setbacks
from storage.database import Database as Store
from storage.outbox import Delivery

Payload = Mapping[str, Any]
Publish = Callable[[str, str, str], Awaitable[None]]
DrawHome = Callable[[Message], Awaitable[None]]

CARD_EVENT, KEYED_EVENT = "rds_bot_card", "rds_bot_message"
BATCH = 100  #: deliveries under way at once

#: The message that should be changed is no longer there.
VANISHED = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})

log = structlog.get_logger()


class Notifier:
    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        directory: SlackDirectory,
        publish: Publish,
        home: DrawHome,
        clock: Callable[[], int],
        pause: float = 1.0,
        patience: float = 40.0,
    ) -> None:
        """``pause``: seconds between two messages in one channel; Slack allows one a second.

        ``patience``: seconds for one delivery, less than the outbox leases it for.
        """
        self._store = store
        self._client = client
        self._directory = directory
        self._publish = publish
        self._home = home
        self._clock = clock
        self._setbacks = Setbacks(store, clock)
        self._patience = patience
        self._under_way = 0
        self._pace = defaultdict[str, AsyncLimiter](lambda: AsyncLimiter(1, pause))

    async def run(self) -> None:
        """Deliver whatever is due, as soon as it is due; ends only by being cancelled."""
        async with asyncio.TaskGroup() as deliveries:
            while True:
                self._store.outbox.filled.clear()
                try:
                    begun = await self._begin_due(deliveries)
                except StorageError as error:
                    log.warning("notifier.interrupted", why=str(error))
                    begun = 0
                if not begun:
                    await self._woken(1.0)

    async def deliver_due(self) -> int:
        """One round: every destination's oldest message. Returns how many there were."""
        due = await self._store.outbox.due(self._clock(), BATCH)
        async with asyncio.TaskGroup() as deliveries:
            for delivery in due:
                deliveries.create_task(self._attempt(delivery))
        return len(due)

    async def _begin_due(self, deliveries: asyncio.TaskGroup) -> int:
        due = await self._store.outbox.due(self._clock(), BATCH - self._under_way)
        self._under_way += len(due)
        for delivery in due:
            deliveries.create_task(self._attempt(delivery)).add_done_callback(self._ended)
        return len(due)

    def _ended(self, _: asyncio.Task[None]) -> None:
        """What waited behind that message is due now."""
        self._under_way -= 1
        self._store.outbox.filled.set()

    async def _woken(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._store.outbox.filled.wait()
        except TimeoutError:
            return

    async def _attempt(self, delivery: Delivery) -> None:
        """What cannot be recorded is delivered again when its lease ends."""
        try:
            await self._deliver(delivery)
        except Exception:
            log.exception("notifier.not_recorded", kind=delivery.message.kind)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(self._patience):
                posted = await self._send(delivery)
        except SlackApiError as error:
            await self._setbacks.refused(delivery, error)
        except (aiohttp.ClientError, OSError, TimeoutError, AWSError, DirectoryError) as error:
            await self._setbacks.later(delivery, f"{type(error).__name__}: {error}")
        except Exception as error:
            log.exception("notifier.failed", kind=delivery.message.kind)
            await self._setbacks.later(delivery, f"{type(error).__name__}: {error}")
        else:
            await self._store.outbox.delivered(delivery, posted)

    async def _send(self, delivery: Delivery) -> Posted | None:
        message = delivery.message
        match message.place:
            case Place.CARD:
                return await self._card(delivery, await self._request(message))
            case Place.THREAD:
                return await self._in_thread(message, await self._request(message))
            case Place.PERSON:
                return await self._to_person(delivery)
            case Place.CHANNEL:
                return await self._to_channel(delivery)
            case Place.SNS:
                await self._to_topic(message, await self._request(message))
                return None
            case Place.HOME:
                await self._home(message)
                return None

    async def _request(self, message: Message) -> Request:
        if message.request_id is None:
            raise ValueError(f"a {message.kind} needs a request")
        return await self._store.requests.get(message.request_id)

    # -- cards ---------------------------------------------------------------------------------

    async def _card(self, delivery: Delivery, request: Request) -> Posted:
        drawn = card(request, who=await self._who(request), usual=await self._usual(request))
        try:
            return await self._draw(delivery, request, drawn)
        except SlackApiError as error:
            if error.response["error"] not in TOO_RICH:
                raise
            log.warning("notifier.card_refused", request=request.label, why=str(error.response))
            return await self._draw(delivery, request, plain_card(request))

    async def _draw(self, delivery: Delivery, request: Request, drawn: Payload) -> Posted:
        if request.card is not None:
            return await self._redraw(request, request.card, drawn)
        earlier = await self._find(delivery, _carded(request)) if delivery.attempts else None
        if earlier is not None:
            await self._remember(request, earlier)
            return await self._redraw(request, earlier, drawn)
        return await self._new_card(delivery.message.address, request, drawn)

    async def _redraw(self, request: Request, posted: Posted, drawn: Payload) -> Posted:
        try:
            await self._client.chat_update(channel=posted.channel, ts=posted.ts, **drawn)
        except SlackApiError as error:
            if error.response["error"] not in VANISHED:
                raise
            return await self._new_card(posted.channel, request, drawn)
        return posted

    async def _new_card(self, address: str, request: Request, drawn: Payload) -> Posted:
        posted = await self._post(address, drawn, metadata=_carded(request))
        await self._remember(request, posted)
        return posted

    async def _remember(self, request: Request, posted: Posted) -> None:
        """From here on it is changed, and what it leaves out follows in its thread."""
        async with self._store.write() as tx:
            await tx.set_card(request.id, posted)
            if request.card_channel is not None:
                await tx.post(details(request, posted))

    async def _find(self, delivery: Delivery, wanted: Payload) -> Posted | None:
        """The message with that metadata that an attempt without an answer has posted.

        None where nobody can say.
        """
        since = delivery.created_at / SECOND - 60
        try:
            reply = await self._client.conversations_history(
                channel=delivery.message.address,
                oldest=f"{since:.6f}",
                include_all_metadata=True,
                limit=200,
            )
        except SlackApiError as error:
            log.info("notifier.history_unreadable", why=error.response["error"])
            return None
        for message in reply["messages"]:
            metadata = message.get("metadata") or {}
            if all(metadata.get(name) == value for name, value in wanted.items()):
                return Posted(channel=delivery.message.address, ts=message["ts"])
        return None

    async def _who(self, request: Request) -> Line:
        """Who could still approve; left out where Slack does not say."""
        if request.status is not Status.PENDING:
            return ()
        try:
            async with asyncio.timeout(self._patience / 4):
                return await who_may_approve(self._directory, request)
        except (DirectoryError, TimeoutError):
            return ()

    async def _usual(self, request: Request) -> Usual | None:
        """How long such a change takes, for a card that shows how far it has come."""
        if request.status is not Status.RUNNING:
            return None
        environment = request.classified.environment
        return await self._store.requests.usual(request.operation, environment)

    # -- everything else -----------------------------------------------------------------------

    async def _in_thread(self, message: Message, request: Request) -> Posted | None:
        if request.card is None:  # it could never be posted
            await self._setbacks.tell_ending(request)
            return None
        drawn = detailed(request) if message.kind == "details" else ending(request)
        return await self._post(request.card.channel, drawn, thread_ts=request.card.ts)

    async def _to_channel(self, delivery: Delivery) -> Posted | None:
        """What has a key is looked for before it is posted again."""
        message = delivery.message
        if message.kind == "digest_file":
            await self._file(message)
            return None
        drawn = _for_channel(message)
        if message.key is None:
            return await self._post(message.address, drawn)
        metadata = _keyed(message.key)
        earlier = await self._find(delivery, metadata) if delivery.attempts else None
        return earlier or await self._post(message.address, drawn, metadata=metadata)

    async def _file(self, message: Message) -> None:
        about = Digest.model_validate(message.body)
        await self._client.files_upload_v2(
            channel=message.address,
            filename="digest.csv",
            title=f"{about.title}: all {len(about.concerns)} lines",
            content=digest_csv(about),
        )

    async def _to_person(self, delivery: Delivery) -> Posted | None:
        message = delivery.message
        if delivery.posted is not None:  # replaced while it was told
            return delivery.posted
        channel = message.body.get("unless_in")
        if channel and await self._sees(channel, message.address):
            return None
        if message.kind == "reminder":
            return await self._remind(message)
        if message.request_id is None:
            return await self._post(message.address, message.body)
        request = await self._request(message)
        drawn = lost_card(request) if message.kind == "lost" else ending(request)
        return await self._post(message.address, drawn)

    async def _remind(self, message: Message) -> Posted | None:
        """Only of what still waits for that person; a reminder that came too late is none."""
        requests = [await self._store.requests.get(one) for one in message.body["requests"]]
        waiting = [one for one in requests if self._waits_for(one, message.address)]
        if not waiting:
            return None
        links = {one.id: link for one in waiting[:SHOWN] if (link := await self._link(one))}
        drawn = reminding(waiting, links, is_late=message.body["late"])
        return await self._post(message.address, drawn)

    def _waits_for(self, request: Request, user: str) -> bool:
        voted = {vote.person.user for vote in request.votes}
        is_open = request.status is Status.PENDING and self._clock() < request.expires_at
        return is_open and user not in voted

    async def _link(self, request: Request) -> str:
        """To the card; empty where there is none, or Slack names none."""
        if request.card is None:
            return ""
        card = request.card
        try:
            reply = await self._client.chat_getPermalink(channel=card.channel, message_ts=card.ts)
        except SlackApiError:
            return ""
        return str(reply["permalink"])

    async def _sees(self, channel: str, user: str) -> bool:
        try:
            async with asyncio.timeout(self._patience / 4):
                return await self._directory.is_member(channel, user)
        except TimeoutError:
            return False

    async def _to_topic(self, message: Message, request: Request) -> None:
        text = asked_text(request) if message.kind == "asked" else ending_text(request)
        await self._publish(message.address, text.splitlines()[0], text)

    async def _post(self, channel: str, drawn: Payload, **more: Any) -> Posted:
        async with self._pace[channel]:
            reply = await self._client.chat_postMessage(
                channel=channel,
                parse="none",
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
                **drawn,
                **more,
            )
        return Posted(channel=reply["channel"], ts=reply["ts"])


def _for_channel(message: Message) -> Payload:
    if message.kind == "digest":
        return digest(Digest.model_validate(message.body))
    return message.body


def _carded(request: Request) -> Payload:
    return {"event_type": CARD_EVENT, "event_payload": {"request_id": request.id}}


def _keyed(key: str) -> Payload:
    return {"event_type": KEYED_EVENT, "event_payload": {"key": key}}
