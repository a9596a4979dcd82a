"""Cards of requests: drawn as the request stands when its card is delivered, in their place."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from bot.errors import DirectoryError
from bot.policy import altered
from bot.policy.approvers import Ruling, known_electorate, named
from bot.requests.neighbours import earlier, open_on
from bot.requests.notifications import details
from bot.values import Line, PersonId, Posted, Request, Status, Trouble, Usual
from handlers.blocks.card import Standing, card, plain_card
from handlers.blocks.elements import Payload
from handlers.blocks.glance import FEW
from handlers.blocks.phrases import is_unsent, people
from handlers.delivery.links import Links
from handlers.delivery.messages import Messages
from handlers.directory import SlackDirectory
from storage.store import Store
from storage.tables.outbox import Delivery

Troubles = Callable[[Request], Awaitable[Trouble]]
CARD_EVENT = "rds_bot_card"


class Cards:
    def __init__(
        self,
        store: Store,
        posting: Messages,
        links: Links,
        directory: SlackDirectory,
        ruling: Ruling,
        patience: float,
        trouble: Troubles,
        *,
        observes: bool = False,
    ) -> None:
        """``patience``: seconds for finding out who could still approve."""
        self._observes = observes
        self._store = store
        self._posting = posting
        self._links = links
        self._directory = directory
        self._ruling = ruling
        self._patience = patience
        self._trouble = trouble

    async def show(self, delivery: Delivery, request: Request) -> Posted:
        standing, usual = await self._standing(request), await self._usual(request)
        drawn = card(request, standing, usual=usual, observes=self._observes)
        reader = None if request.card_channel else request.requester
        drawn = await self._links.put_into(drawn, reader, besides=request.label)
        posted = await self._draw(delivery, request, drawn)
        if not request.status.is_open:
            await self._redraw_later(request)
        return posted

    async def _redraw_later(self, ended: Request) -> None:
        """The cards of what was asked for after it said that it waits too."""
        found = await open_on(self._store, ended)
        async with self._store.write() as tx:
            for one in found:
                if one.id > ended.id:
                    await tx.post(one.card_message())

    async def _draw(self, delivery: Delivery, request: Request, drawn: Payload) -> Posted:
        if request.card is not None:
            return await self._redraw(request, request.card, drawn)
        # An attempt before a crash may have posted it, and Slack cannot be asked to post only once.
        earlier = await self._posting.find(delivery, delivery.message.address, _carded(request))
        if earlier is not None:
            await self._remember(request, earlier)
            return await self._redraw(request, earlier, drawn)
        return await self._new_card(delivery.message.address, request, drawn)

    async def _redraw(self, request: Request, posted: Posted, drawn: Payload) -> Posted:
        changed = await self._posting.change(
            posted, drawn, plain_card(request, observes=self._observes)
        )
        return changed or await self._new_card(posted.channel, request, drawn)

    async def _new_card(self, address: str, request: Request, drawn: Payload) -> Posted:
        posted = await self._posting.post(
            address, drawn, plain_card(request, observes=self._observes), metadata=_carded(request)
        )
        await self._remember(request, posted)
        return posted

    async def _remember(self, request: Request, posted: Posted) -> None:
        """From here on it is changed, and what it leaves out follows in its thread."""
        async with self._store.write() as tx:
            await tx.set_card(request.id, posted)
            if request.card_channel is not None:
                await tx.post(details(request, posted))

    async def _standing(self, request: Request) -> Standing:
        """What people and settings say by now; of people nothing where Slack does not say."""
        if not is_unsent(request):
            return Standing()
        now = self._ruling(request)
        changes = altered(request, now)
        trouble, also = await self._trouble(request), await earlier(self._store, request)
        if request.status is not Status.PENDING:
            return Standing(changes=changes, trouble=trouble)
        try:
            async with asyncio.timeout(self._patience):
                electorate = await known_electorate(self._directory, request, now)
        except (DirectoryError, TimeoutError):
            return Standing(changes=changes, trouble=trouble, also=also)
        return Standing(
            who=_few(person.id for person in electorate.open_to(request)),
            counting=electorate.counting(request),
            changes=changes,
            trouble=trouble,
            also=also,
        )

    async def _usual(self, request: Request) -> Usual | None:
        """How long such a change takes, for a card that shows how far it has come."""
        if request.status is not Status.RUNNING:
            return None
        environment = request.classified.environment
        return await self._store.requests.usual(request.operation, environment)


def _few(ids: Iterable[PersonId]) -> Line:
    """Those who could still approve, as far as a phone has room for them."""
    return people(sorted(ids, key=str), FEW) or named(())


def _carded(request: Request) -> Payload:
    return {"event_type": CARD_EVENT, "event_payload": {"request_id": request.id}}
