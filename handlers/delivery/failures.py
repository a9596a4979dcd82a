"""What becomes of a message that does not go through: later, elsewhere, or not at all."""

from collections.abc import Awaitable, Callable, Iterable

import structlog
from slack_sdk.errors import SlackApiError

from bot.errors import StorageError
from bot.policy.admins import not_posted
from bot.policy.admins import told as to_admins
from bot.requests.notifications import no_file
from bot.values import SECOND, Answer, Code, Message, PersonId, Place, Request
from handlers.slack_errors import (
    RateLimitedError,
    RefusalError,
    ScopeError,
    TokenError,
    UnansweredError,
    heard,
)
from storage.store import Store
from storage.tables.outbox import Delivery

CARD_LOST = "card.lost"
GIVE_UP = 72 * 3600 * SECOND
LONGEST_PAUSE = 60 * SECOND
#: Attempts, some minutes of them, after which a message holds up what waits behind it no longer.
HOLDS_UP = 8
#: Attempts at what goes wrong in the bot itself, which no waiting mends.
BROKEN = 5
DAY = 24 * 3600 * SECOND
#: The message that these belong to is told without them, whatever the app may do else.
FILES = frozenset({"digest_file", "file"})
#: What admins hear of where nobody in particular waits for it. All else belongs to one of these.
OF_ADMINS = frozenset({"digest", "incident"})

Admins = Callable[[], Awaitable[Iterable[PersonId]]]

log = structlog.get_logger()


async def nobody() -> tuple[PersonId, ...]:
    return ()


class Failures:
    """Nothing that was to be told is lost unseen: it waits, goes elsewhere, or is logged.

    Only Slack's words of trouble are waited for. Any other word is this message's or this place's
    fault: whoever waits for it is told directly, and what waits behind it passes.
    """

    def __init__(self, store: Store, clock: Callable[[], int], admins: Admins = nobody) -> None:
        self._store = store
        self._clock = clock
        self._admins = admins

    async def refused(self, delivery: Delivery, error: SlackApiError) -> None:
        refusal = heard(error)
        if isinstance(refusal, RateLimitedError):
            await self.later(delivery, refusal.why, int(refusal.seconds * SECOND))
        elif isinstance(refusal, UnansweredError):
            await self.later(delivery, refusal.why)
        elif _is_of_the_app(refusal, delivery.message):
            log.error("notifier.app_refused", why=refusal.why, mend="run rds-bot check")
            await self.later(delivery, refusal.why)
        else:
            await self.elsewhere(delivery, refusal.why)

    async def later(self, delivery: Delivery, why: str, pause: int | None = None) -> None:
        """``pause`` in microseconds, where Slack has said how long."""
        now = self._clock()
        if now - delivery.created_at > GIVE_UP:
            await self.elsewhere(delivery, why)
            return
        log.warning("notifier.postponed", kind=delivery.message.kind, why=why)
        again_at = now + (pause or _pause(delivery.attempts))
        outbox = self._store.outbox
        put_off = outbox.retry if delivery.attempts < HOLDS_UP else outbox.step_aside
        await put_off(delivery, again_at, why)

    async def broken(self, delivery: Delivery, why: str) -> None:
        """The bot itself could not draw or send it."""
        if delivery.attempts < BROKEN:
            await self.later(delivery, why)
        else:
            await self.elsewhere(delivery, why)

    async def elsewhere(self, delivery: Delivery, why: str) -> None:
        """Not there, now or ever. Nothing is lost: first who waits for it is told of that."""
        message = delivery.message
        log.error("notifier.given_up", kind=message.kind, address=message.address, why=why)
        try:
            await self._instead(message, why)
        # Told nobody and given up would be lost: it is tried again when its lease ends.
        except StorageError:
            raise
        except Exception:  # whatever it is, what waits behind passes
            log.exception("notifier.told_nobody", kind=message.kind)
        await self._store.outbox.give_up(delivery, why)

    async def tell_ending(self, request: Request) -> None:
        """In place of the message that is left out for who can read the thread; once."""
        key = f"told:{request.id}:{request.status}"
        async with self._store.write() as tx:
            await tx.post_once(_to_requester(request, "ending", key))

    # -- to whom ---------------------------------------------------------------------------------

    async def _instead(self, message: Message, why: str) -> None:
        if message.place not in (Place.CARD, Place.THREAD, Place.CHANNEL):
            return
        if message.request_id is not None:
            request = await self._store.requests.get(message.request_id)
            await self._tell_requester(message, request, why)
        elif message.instead is not None:
            await self._hand_over(message, message.instead, why)
        elif message.kind in OF_ADMINS:
            await self._tell_admins(message, why)
        elif message.kind in FILES:
            await self._say_missing(message, why)

    async def _tell_requester(self, message: Message, request: Request, why: str) -> None:
        if message.address == request.requester.user:
            return
        if message.kind == "ending":
            await self.tell_ending(request)
        elif message.place is Place.CARD and request.status.is_open:
            await self._tell_lost(request, why)
        elif message.kind == "picture":
            await self._show_directly(message, request.requester.user)

    async def _tell_lost(self, request: Request, why: str) -> None:
        """Once for each request; the audit trail remembers it."""
        if await self._store.audit.rows(request_id=request.id, action=CARD_LOST, limit=1):
            return
        async with self._store.write() as tx:
            await tx.audit(request.event(CARD_LOST, why))
            await tx.post(_to_requester(request, "lost", f"lost:{request.id}"))

    async def _hand_over(self, message: Message, user: str, why: str) -> None:
        """What the channel did not take, to the person who was told that it would stand there."""
        key = message.key and f"{message.key}:instead"
        notice = Message.pictured(Place.PERSON, user, _not_posted(message, why), key=key)
        async with self._store.write() as tx:
            await tx.post(notice)
        if message.kind == "picture":
            await self._show_directly(message, user)
        elif "blocks" in message.body or message.kind == "cloudops":
            await self._repeat(message, user)

    async def _show_directly(self, message: Message, user: str) -> None:
        await self._repeat(message, user, body={**message.body, "thread": None})

    async def _repeat(self, message: Message, user: str, **changes: object) -> None:
        """Under another key: this one still waits, and is given up."""
        key = message.key and f"{message.key}:directly"
        place = {"place": Place.PERSON, "address": user, "key": key}
        async with self._store.write() as tx:
            await tx.post(message.model_copy(update={**place, **changes}))

    async def _say_missing(self, message: Message, why: str) -> None:
        """Where it should be: in the thread of the message that promises it."""
        missing = Message.pictured(
            Place.CHANNEL, message.address, no_file(why),
            key=message.key and f"{message.key}:missing", thread=message.body["thread"],
        )  # fmt: skip
        async with self._store.write() as tx:
            await tx.post(missing)

    async def _tell_admins(self, message: Message, why: str) -> None:
        """Once a day for each channel and reason."""
        cursor, told = f"not_posted:{message.address}", f"{why} {self._clock() // DAY}"
        before = await self._store.cursors.get(cursor)
        if before == told:
            return
        answer = _not_posted(message, why)
        admins = await self._admins()
        async with self._store.write() as tx:
            await tx.move_cursor(cursor, before, told)
            for one in to_admins(admins, answer, cursor):
                await tx.post(one)


def _is_of_the_app(refusal: RefusalError, message: Message) -> bool:
    """Nothing else would go through either, until somebody mends how the app is installed."""
    lacks_scope = isinstance(refusal, ScopeError) and message.kind not in FILES
    return lacks_scope or isinstance(refusal, TokenError)


def _not_posted(message: Message, why: str) -> Answer:
    return not_posted(message, "Slack says ", Code(text=why), ".")


def _pause(attempts: int) -> int:
    return min(SECOND << min(attempts, 10), LONGEST_PAUSE)


def _to_requester(request: Request, kind: str, key: str) -> Message:
    user = request.requester.user
    return Message(place=Place.PERSON, address=user, kind=kind, request_id=request.id, key=key)
