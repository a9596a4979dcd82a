"""Delivers the outbox: in order for each destination, paced, through outages, until it is told."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import AWSError, DirectoryError, StorageError
from bot.policy.approvers import Ruling
from bot.settings import People
from bot.values import Answer, Drawing, Message, Place, Posted, Request
from handlers.blocks.notices import asked_text, detailed, ending, ending_text
from handlers.blocks.picture import DRAWING, no_image, pictured
from handlers.delivery.cards import Cards, Troubles
from handlers.delivery.channels import Around, Channels, Denied, SiblingsOf
from handlers.delivery.cloudops import CloudOpsMessages
from handlers.delivery.direct import DirectMessages
from handlers.delivery.failures import Admins, Failures, nobody
from handlers.delivery.files import Files
from handlers.delivery.links import Links
from handlers.delivery.messages import Messages
from handlers.directory import SlackDirectory
from handlers.slack_errors import SILENCE
from storage.store import Store
from storage.tables.outbox import Delivery

Publish = Callable[[str, str, str], Awaitable[None]]
DrawHome = Callable[[Message], Awaitable[None]]
#: Brings the picture that a message waits for a step further.
Draw = Callable[[Delivery], Awaitable[None]]


BATCH = 100  #: deliveries under way at once


log = structlog.get_logger()


class Notifier:
    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        links: Links,
        directory: SlackDirectory,
        ruling: Ruling,
        publish: Publish,
        home: DrawHome,
        draw: Draw,
        clock: Callable[[], int],
        pause: float = 1.0,
        patience: float = 40.0,
        admins: Admins = nobody,
        *,
        observes: bool = False,
        denied: Denied,
        trouble: Troubles,
        around: Around,
        siblings: SiblingsOf,
        cloudops: People | None = None,
    ) -> None:
        """``pause``: seconds between two messages in one channel; Slack allows one a second.

        ``patience``: seconds for one delivery, less than the outbox leases it for. ``admins`` hear
        of what a channel does not take and nobody in particular waits for. ``denied``: the changes
        that the policy has nobody make of a database. ``trouble``: what burns where a request is
        for. ``around``: the open requests whose cards say what burns at a database. ``siblings``:
        what else burns around an incident's. ``cloudops``: who answers CloudOps requests, where
        the settings name some.
        """
        self._store = store
        posting = Messages(client, pause)
        self._posting = posting
        self._links = links
        self._cards = Cards(
            store, posting, links, directory, ruling, patience / 4, trouble, observes=observes
        )
        requests = CloudOpsMessages(store, posting, links, cloudops)
        self._channels = Channels(
            store, posting, links, Files(client), clock, denied, around, siblings, requests
        )
        self._personal = DirectMessages(
            store, posting, links, directory, ruling, clock, patience / 4, requests
        )
        self._publish = publish
        self._home = home
        self._draw = draw
        self._clock = clock
        self._failures = Failures(store, clock, admins)
        self._patience = patience
        self._under_way: set[int] = set()

    async def run(self) -> None:
        """Deliver whatever is due, as soon as it is due; ends only by being cancelled."""
        async with asyncio.TaskGroup() as deliveries:
            while True:
                # Before the look: what is committed while it lasts has to wake the next one.
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
        working = self._under_way
        due = await self._store.outbox.due(
            self._clock(), BATCH - len(working), working=tuple(working)
        )
        for delivery in due:
            working.add(delivery.id)
            task = deliveries.create_task(self._attempt(delivery))
            task.add_done_callback(partial(self._ended, delivery.id))
        return len(due)

    def _ended(self, delivery_id: int, _: asyncio.Task[None]) -> None:
        """What waited behind that message is due now."""
        self._under_way.discard(delivery_id)
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
            await self._failures.refused(delivery, error)
        except (*SILENCE, AWSError, DirectoryError, StorageError) as error:
            await self._failures.later(delivery, f"{type(error).__name__}: {error}")
        except Exception as error:
            log.exception("notifier.failed", kind=delivery.message.kind)
            await self._failures.broken(delivery, f"{type(error).__name__}: {error}")
        else:
            await self._store.outbox.delivered(delivery, posted)

    async def _send(self, delivery: Delivery) -> Posted | None:
        message = delivery.message
        if message.kind == "picture":
            return await self._pictured(delivery)
        match message.place:
            case Place.CARD:
                return await self._cards.show(delivery, await self._request(message))
            case Place.THREAD:
                return await self._in_thread(message, await self._request(message))
            case Place.PERSON:
                return await self._personal.tell(delivery)
            case Place.CHANNEL:
                return await self._channels.tell(delivery)
            case Place.SNS:
                await self._to_topic(message, await self._request(message))
                return None
            case Place.PICTURE:
                await self._draw(delivery)
                return None
            case Place.HOME:
                await self._home(message)
                return None

    async def _request(self, message: Message) -> Request:
        if message.request_id is None:
            raise ValueError(f"a {message.kind} needs a request")
        return await self._store.requests.get(message.request_id)

    async def _in_thread(self, message: Message, request: Request) -> Posted | None:
        if request.card is None:  # it could never be posted
            await self._failures.tell_ending(request)
            return None
        drawn = detailed(request) if message.kind == "details" else ending(request)
        drawn = await self._links.put_into(drawn, besides=request.label)
        return await self._posting.post(request.card.channel, drawn, thread_ts=request.card.ts)

    async def _pictured(self, delivery: Delivery) -> Posted | None:
        """The words; their picture follows in a message of its own, and they hold without it."""
        message = delivery.message
        if stands := message.body.get("stands"):  # what shows it already is renewed from here on
            return Posted.model_validate(stands)
        root = await self._root(message)
        if root is None:  # the card in whose thread it belongs could never be posted
            return None
        given = Answer.model_validate(message.body["answer"])
        more = {"thread_ts": root.ts} if root.ts else {}
        waiting = (no_image(DRAWING),) if message.body.get("waits") else ()
        is_direct = message.place is Place.PERSON or root.channel.startswith("D")
        drawn = pictured(given, *waiting, is_direct=is_direct)
        if root.ts and message.body.get("broadcast"):
            drawn = {**drawn, "reply_broadcast": True}
        strict = message.instead is not None  # who asked in a thread that is gone hears of it
        posted = await self._posting.once(
            delivery, root.channel, drawn, in_thread_only=strict, **more
        )
        if given.chart is not None:
            await self._follow(
                Drawing(answer=given, posted=posted, thread=root.ts or None,
                        waits_for=_reader(message))
            )  # fmt: skip
        return posted

    async def _follow(self, about: Drawing) -> None:
        async with self._store.write() as tx:
            await tx.post(about.as_message())

    async def _root(self, message: Message) -> Posted | None:
        """The message in whose thread it belongs; without a ``ts`` it begins its own."""
        if message.place is Place.THREAD:
            return (await self._request(message)).card
        return Posted(channel=message.address, ts=message.body["thread"] or "")

    async def _to_topic(self, message: Message, request: Request) -> None:
        text = asked_text(request) if message.kind == "asked" else ending_text(request)
        await self._publish(message.address, text.splitlines()[0], text)


def _reader(message: Message) -> str | None:
    """Who asked for it; nobody where the bot tells it of its own accord."""
    if message.instead or not message.body.get("waits"):
        return message.instead
    return message.address if message.place is Place.PERSON else None
