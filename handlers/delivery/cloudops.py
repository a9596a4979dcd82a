"""CloudOps requests in Slack: drawn as they stand when they are delivered, in their place."""

from bot.requests.cloudops import denied
from bot.settings import People
from bot.values import AuditEntry, CloudOpsState, Message, Place, Posted
from handlers.blocks.cloudops import (
    cloudops_card,
    cloudops_details,
    cloudops_request,
    cloudops_step,
)
from handlers.delivery.links import Links
from handlers.delivery.messages import Messages, keyed
from storage.store import Store
from storage.tables.outbox import Delivery


class CloudOpsMessages:
    def __init__(
        self, store: Store, posting: Messages, links: Links, people: People | None
    ) -> None:
        """``people``: who answers, where the settings name some."""
        self._store = store
        self._posting = posting
        self._links = links
        self._people = people

    async def show(self, delivery: Delivery) -> Posted:
        """Its message in the channel; what that leaves out follows in its thread, once."""
        message = delivery.message
        row = await self._denied(message)
        about = await self._store.cloudops.get(row.seq)
        metadata, drawn = keyed(message.key or ""), cloudops_card(row, about, self._people)
        earlier = about.card or await self._posting.find(delivery, message.address, metadata)
        posted = earlier and await self._posting.change(earlier, drawn)
        posted = posted or await self._posting.post(message.address, drawn, metadata=metadata)
        if posted != about.card:
            async with self._store.write() as tx:
                await tx.set_cloudops_card(row.seq, posted)
                await tx.post(_details(row.seq, posted))
        return posted

    async def details(self, delivery: Delivery) -> Posted:
        message = delivery.message
        drawn, thread = cloudops_details(await self._denied(message)), message.body["thread"]
        return await self._posting.once(delivery, message.address, drawn, thread_ts=thread)

    async def directly(self, delivery: Delivery) -> Posted:
        """A step for whoever waits for it; or all of what its channel did not take."""
        message = delivery.message
        row = await self._denied(message)
        if message.kind == "cloudops":
            drawn = cloudops_request(row)
        else:
            about = await self._store.cloudops.get(row.seq)
            link = await self._links.to(about.card) if about.card else ""
            drawn = cloudops_step(row, about, CloudOpsState(message.body["state"]), link)
        return await self._posting.once(delivery, message.address, drawn)

    async def _denied(self, message: Message) -> AuditEntry:
        """Raises ValueError where the trail no longer holds it."""
        row = await denied(self._store, message.body["denial"])
        if row is None:
            raise ValueError(f"audit row {message.body['denial']} is no denial any more")
        return row


def _details(denial: int, card: Posted) -> Message:
    return Message(
        place=Place.CHANNEL,
        address=card.channel,
        kind="cloudops_details",
        body={"denial": denial, "thread": card.ts},
        key=f"cloudops:{denial}:details:{card.ts}",
    )
