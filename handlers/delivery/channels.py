"""What stands in channels besides cards: digests with their files, incidents, CloudOps requests."""

from collections.abc import Awaitable, Callable, Mapping

from bot.digests import below, details_key, put_off
from bot.incidents import redrawn
from bot.masking import mask
from bot.values import (
    Digest,
    Incident,
    Message,
    Note,
    Posted,
    Request,
    Siblings,
    Snoozed,
    Target,
)
from handlers.blocks.digest import digest, digest_csv, digest_details
from handlers.blocks.elements import Payload
from handlers.blocks.incident import incident, incident_note
from handlers.delivery.cloudops import CloudOpsMessages
from handlers.delivery.files import Files
from handlers.delivery.links import Links
from handlers.delivery.messages import Messages, keyed
from storage.store import Store
from storage.tables.outbox import Delivery

Around = Callable[[Target], Awaitable[tuple[Request, ...]]]
Denied = Callable[[Target], frozenset[str]]
SiblingsOf = Callable[[Incident], Awaitable[Siblings]]


class Channels:
    def __init__(
        self,
        store: Store,
        posting: Messages,
        links: Links,
        files: Files,
        clock: Callable[[], int],
        denied: Denied,
        around: Around,
        siblings: SiblingsOf,
        cloudops: CloudOpsMessages,
    ) -> None:
        """``denied``: the changes that the policy has nobody make of a database. ``around``: the
        open requests whose cards say what burns there. ``siblings``: what else burns around."""
        self._around = around
        self._siblings = siblings
        self._links = links
        self._clock = clock
        self._denied = denied
        self._store = store
        self._posting = posting
        self._files = files
        self._cloudops = cloudops

    async def tell(self, delivery: Delivery) -> Posted | None:
        """Where it stands; None for a file, and for what lost the message that it belongs to."""
        message = delivery.message
        match message.kind:
            case "digest":
                return await self._digest(delivery)
            case "digest_details":
                return await self._digest_details(delivery)
            case "digest_redrawn":
                await self._digest_redrawn(delivery.message)
                return None
            case "digest_file":
                await self._put(message)
                return None
            case "file":
                await self._share(delivery)
                return None
            case "incident":
                return await self._incident(delivery)
            case "incident_redrawn":
                return await self._incident_redrawn(message)
            case "incident_note":
                return await self._incident_note(delivery)
            case "cloudops" if "denial" in message.body:  # an older version has drawn it already
                return await self._cloudops.show(delivery)
            case "cloudops_details":
                return await self._cloudops.details(delivery)
            case _:
                return await self._posting.once(delivery, message.address, message.body)

    async def _digest(self, delivery: Delivery) -> Posted:
        """What belongs into its thread follows in messages of their own."""
        about = Digest.model_validate(delivery.message.body)
        posted = await self._posting.once(delivery, delivery.message.address, digest(about))
        async with self._store.write() as tx:
            for message in below(about, posted):
                await tx.post(message)
        return posted

    async def _digest_details(self, delivery: Delivery) -> Posted:
        address, body = delivery.message.address, delivery.message.body
        about = Digest.model_validate(body["digest"])
        drawn = digest_details(about, await self._put_off(address))
        return await self._posting.once(delivery, address, drawn, thread_ts=body["thread"])

    async def _digest_redrawn(self, message: Message) -> None:
        """With what the channel has put off by now; one that is forgotten stays as it is."""
        at = Posted(channel=message.address, ts=message.body["ts"])
        standing = await self._store.outbox.standing("digest", at)
        if standing is None:
            return
        about, off = Digest.model_validate(standing.body), await self._put_off(at.channel)
        await self._posting.change(at, digest(about, off))
        if details := await self._store.outbox.posted(details_key(at)):
            await self._posting.change(details, digest_details(about, off))

    async def _put_off(self, channel: str) -> Mapping[str, Snoozed]:
        return await put_off(self._store, channel, self._clock())

    async def _incident(self, delivery: Delivery) -> Posted:
        """Its card as it stands now, in the place of the one before."""
        about = await self._store.incidents.get(delivery.message.body["incident"])
        siblings = await self._siblings(about)
        metadata, drawn = keyed(delivery.message.key or ""), await self._drawn(about, siblings)
        address = delivery.message.address
        earlier = about.card or await self._posting.find(delivery, address, metadata)
        posted = earlier and await self._posting.change(earlier, drawn)
        posted = posted or await self._posting.post(address, drawn, metadata=metadata)
        if posted != about.card:
            async with self._store.write() as tx:
                # Read anew: a tick or a click may have changed it while Slack was asked.
                current = await tx.lock_incident(about.id)
                await tx.save_incident(current.model_copy(update={"card": posted}))
        await self._redraw_requests(about)
        if posted != about.card or about.repeats or not about.is_open:
            await self._redraw_siblings(siblings)
        return posted

    async def _redraw_siblings(self, siblings: Siblings) -> None:
        """Their cards name it, once it can be linked to; and no longer, once it has ended."""
        async with self._store.write() as tx:
            for one in siblings.incidents:
                if one.card is not None:
                    await tx.post(redrawn(one, one.card))

    async def _incident_redrawn(self, message: Message) -> Posted | None:
        """Where it stands, if it still does: what has ended names no others."""
        about = await self._store.incidents.get(message.body["incident"])
        if about.card is None or not about.is_open:
            return None
        drawn = await self._drawn(about, await self._siblings(about))
        return await self._posting.change(about.card, drawn)

    async def _redraw_requests(self, about: Incident) -> None:
        """Their cards say that it burns there, and since when."""
        if about.target is None:
            return
        found = await self._around(about.target)
        async with self._store.write() as tx:
            for one in found:
                await tx.post(one.card_message())

    async def _drawn(self, about: Incident, siblings: Siblings) -> Payload:
        denied = self._denied(about.target) if about.target else frozenset[str]()
        drawn = incident(about, denied, siblings)
        return await self._links.put_into(drawn, besides=about.label)

    async def _incident_note(self, delivery: Delivery) -> Posted | None:
        note = Note.model_validate(delivery.message.body)
        card = (await self._store.incidents.get(note.incident)).card
        if card is None:  # it could never be posted
            return None
        drawn = incident_note(note)
        return await self._posting.once(delivery, card.channel, drawn, thread_ts=card.ts)

    async def _put(self, message: Message) -> None:
        """A file that is put twice is seen once: it is shared by a message of its own, which waits
        behind this one and is replaced with it."""
        about = Digest.model_validate(message.body["digest"])
        file = await self._files.put("digest.csv", mask(digest_csv(about)).encode())
        title = f"{about.title}: all {len(about.concerns)} lines"
        body = {"file": file, "title": title, "thread": message.body["thread"]}
        key = f"{message.key}:shared"
        shared = message.model_copy(update={"kind": "file", "body": body, "key": key})
        async with self._store.write() as tx:
            await tx.post(shared)

    async def _share(self, delivery: Delivery) -> None:
        message, body = delivery.message, delivery.message.body
        root = Posted(channel=message.address, ts=body["thread"])
        again = delivery.attempts > 0
        await self._files.share(body["file"], body["title"], root, again=again)
