"""Addresses of the bot's own messages, for what names them elsewhere."""

import asyncio
from collections.abc import Iterable, Mapping

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StorageError
from bot.values import PersonId, Posted, Request
from handlers.blocks.elements import Payload
from handlers.blocks.links import linked, named_in
from handlers.delivery.messages import permalink
from storage.store import Store

PATIENCE = 1.0  #: seconds that Slack has for all links of one message, which holds without
MOST = 20  #: links of one message
KEPT = 2000  #: addresses that are remembered


log = structlog.get_logger()


class Links:
    """Each address is asked for once; where Slack names none now, it is asked again."""

    def __init__(self, store: Store, client: AsyncWebClient, patience: float = PATIENCE) -> None:
        self._store = store
        self._client = client
        self._patience = patience
        self._known: dict[Posted, str] = {}

    async def put_into(
        self, drawn: Payload, reader: PersonId | None = None, *, besides: str = ""
    ) -> Payload:
        """The same with links to the cards of the requests and incidents that it names,
        ``besides`` one.

        ``reader``: the only one who reads it; a card in a direct message is a link for its asker.
        """
        named = sorted(named_in(drawn) - {besides}, reverse=True)
        return linked(drawn, await self._of(named[:MOST], reader)) if named else drawn

    async def to(self, posted: Posted) -> str:
        """Empty where Slack names none."""
        if posted not in self._known and (link := await permalink(self._client, posted)):
            if len(self._known) >= KEPT:
                del self._known[next(iter(self._known))]
            self._known[posted] = link
        return self._known.get(posted, "")

    async def _of(self, names: Iterable[str], reader: PersonId | None) -> Mapping[str, str]:
        """What is not found in time has no link: whatever was found until then has."""
        found: dict[str, str] = {}
        try:
            cards = await self._cards(names, reader)
            notes = [self._note(found, name, card) for name, card in cards.items()]
            async with asyncio.timeout(self._patience):
                await asyncio.gather(*notes)
        except (TimeoutError, StorageError) as error:
            log.info("links.left_out", why=str(error) or "no answer in time")
        return found

    async def _cards(self, names: Iterable[str], reader: PersonId | None) -> Mapping[str, Posted]:
        """Where those stand that there are. Raises StorageError."""
        numbers: dict[str, list[int]] = {"RDS": [], "I": []}
        for name in names:
            kind, _, number = name.partition("-")
            numbers[kind].append(int(number))
        requests = await self._store.requests.of(numbers["RDS"])
        incidents = await self._store.incidents.of(numbers["I"])
        cards = {one.label: one.card for one in requests if _is_open_to(one, reader)}
        cards |= {one.label: one.card for one in incidents}
        return {name: card for name, card in cards.items() if card is not None}

    async def _note(self, found: dict[str, str], name: str, card: Posted) -> None:
        if link := await self.to(card):
            found[name] = link


def _is_open_to(request: Request, reader: PersonId | None) -> bool:
    """A card that stands in the asker's direct messages opens for nobody else."""
    return request.card_channel is not None or request.requester == reader
