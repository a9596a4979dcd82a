"""What becomes of a message that does not go through: later, elsewhere, or not at all."""

from collections.abc import Callable

import structlog
from slack_sdk.errors import SlackApiError

from bot.values import SECOND, Message, Place, Request
from bot.vocabulary import Status
from handlers.directory import refusal
from storage.database import Database as Store
from storage.outbox import Delivery

CARD_LOST = "card.lost"
GIVE_UP = 72 * 3600 * SECOND
LONGEST_PAUSE = 60 * SECOND
#: Slack will not take this message as it is; a plainer one may pass.
TOO_RICH = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "too_long"}
)
#: The place is not there for the bot, now or ever; of a thread, its first message.
GONE = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "user_not_found", "cannot_dm_bot",
     "account_inactive", "user_disabled", "restricted_action", "thread_not_found"}
)  # fmt: skip
#: Slack will not take this file, now or ever; the message that it belongs to holds without it,
#: and what waits behind it in its channel has to pass.
FILES = frozenset({"digest_file", "file"})
NO_FILE = frozenset(
    {"missing_scope", "file_not_found", "access_denied", "blocked_file_type",
     "file_uploads_disabled", "file_uploads_except_images_disabled",
     "file_upload_size_restricted", "posting_to_channel_denied"}
)  # fmt: skip

log = structlog.get_logger()


class Setbacks:
    """Nothing that was to be told is lost unseen: it waits, goes elsewhere, or is logged."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    async def refused(self, delivery: Delivery, error: SlackApiError) -> None:
        response = error.response
        code = refusal(error)
        if getattr(response, "status_code", None) == 429:
            seconds = float(response.headers.get("Retry-After", 1))
            at = self._clock() + int(seconds * SECOND)
            await self._store.outbox.retry(delivery, at, "ratelimited")
        elif code in GONE:
            await self._place_is_gone(delivery, code)
        elif code in TOO_RICH or (delivery.message.kind in FILES and code in NO_FILE):
            log.error("notifier.given_up", kind=delivery.message.kind, why=code)
            await self._store.outbox.give_up(delivery, code)
        else:
            await self.later(delivery, code or str(error))

    async def _place_is_gone(self, delivery: Delivery, code: str) -> None:
        """Nothing is lost: first who asked is told directly of what could not be shown."""
        message = delivery.message
        log.warning("notifier.place_gone", address=message.address, why=code)
        if message.place in (Place.CARD, Place.THREAD):
            await self._instead(
                message, await self._store.requests.get(message.request_id or 0), code
            )
        await self._store.outbox.give_up(delivery, code)

    async def _instead(self, message: Message, request: Request, code: str) -> None:
        if message.address == request.requester.user:
            return
        if message.kind == "ending":
            await self.tell_ending(request)
        elif message.place is Place.CARD and request.status is Status.PENDING:
            await self._tell_lost(request, code)
        elif message.kind == "picture":
            await self._show_directly(message, request)

    async def tell_ending(self, request: Request) -> None:
        """In place of the message that is left out for who can read the thread."""
        key = f"told:{request.id}:{request.status}"
        async with self._store.write() as tx:
            await tx.post(_to_requester(request, "ending", key))

    async def _tell_lost(self, request: Request, code: str) -> None:
        """Once for each request; the audit trail remembers it."""
        if await self._store.audit.rows(request_id=request.id, action=CARD_LOST, limit=1):
            return
        async with self._store.write() as tx:
            await tx.audit(request.event(CARD_LOST, code))
            await tx.post(_to_requester(request, "lost", f"lost:{request.id}"))

    async def _show_directly(self, message: Message, request: Request) -> None:
        """Under another key: this one still waits, and is given up."""
        place = {"place": Place.PERSON, "address": request.requester.user}
        key = f"{message.key}:directly"
        async with self._store.write() as tx:
            await tx.post(message.model_copy(update={**place, "key": key}))

    async def later(self, delivery: Delivery, why: str) -> None:
        now = self._clock()
        if now - delivery.created_at > GIVE_UP:
            log.error("notifier.given_up", kind=delivery.message.kind, why=why)
            await self._store.outbox.give_up(delivery, why)
            return
        pause = min(SECOND * 2 ** min(delivery.attempts, 10), LONGEST_PAUSE)
        log.warning("notifier.postponed", kind=delivery.message.kind, why=why)
        await self._store.outbox.retry(delivery, now + pause, why)


def _to_requester(request: Request, kind: str, key: str) -> Message:
    user = request.requester.user
    return Message(place=Place.PERSON, address=user, kind=kind, request_id=request.id, key=key)
