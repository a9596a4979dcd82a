"""What people are told directly."""

import asyncio
from collections.abc import Callable

from bot.policy.approvers import Ruling, known_electorate
from bot.policy.eligibility import human
from bot.values import Message, PersonId, Posted, Request, Status
from handlers.blocks.notices import ending
from handlers.blocks.receipt import lost_card
from handlers.blocks.reminder import SHOWN, reminding
from handlers.delivery.cloudops import CloudOpsMessages
from handlers.delivery.links import Links
from handlers.delivery.messages import Messages
from handlers.directory import SlackDirectory
from storage.store import Store
from storage.tables.outbox import Delivery


class DirectMessages:
    def __init__(
        self,
        store: Store,
        posting: Messages,
        links: Links,
        directory: SlackDirectory,
        ruling: Ruling,
        clock: Callable[[], int],
        patience: float,
        cloudops: CloudOpsMessages,
    ) -> None:
        """``patience``: seconds for finding out who is in a channel."""
        self._store = store
        self._posting = posting
        self._links = links
        self._directory = directory
        self._ruling = ruling
        self._clock = clock
        self._patience = patience
        self._cloudops = cloudops

    async def tell(self, delivery: Delivery) -> Posted | None:
        """None where there is nothing to tell any more, or it stands where that person reads."""
        message = delivery.message
        if delivery.posted is not None:  # replaced while it was told
            return delivery.posted
        channel = message.body.get("unless_in")
        if channel and await self._sees(channel, message.address):
            return None
        if message.kind == "reminder":
            return await self._remind(message)
        if "denial" in message.body:
            return await self._cloudops.directly(delivery)
        if message.request_id is None:
            return await self._posting.post(message.address, message.body)
        request = await self._store.requests.get(message.request_id)
        drawn = lost_card(request) if message.kind == "lost" else ending(request)
        drawn = await self._links.put_into(drawn, request.requester)
        return await self._posting.post(message.address, drawn)

    async def _remind(self, message: Message) -> Posted | None:
        """Only of what still waits for that person; a reminder that came too late is none."""
        requests = [await self._store.requests.get(one) for one in message.body["requests"]]
        waiting = [one for one in requests if await self._waits_for(one, message.address)]
        if not waiting:
            return None
        links = {one.id: link for one in waiting[:SHOWN] if (link := await self._link(one))}
        drawn = reminding(waiting, links, is_late=message.body["late"])
        return await self._posting.post(message.address, drawn)

    async def _waits_for(self, request: Request, user: str) -> bool:
        """Whether that human being has not decided it yet, under any account that Slack tells now.

        Of whom it tells nothing, their own account alone is known: one reminder too many harms
        nobody, and one that never comes may.
        """
        if request.status is not Status.PENDING or self._clock() >= request.expires_at:
            return False
        directory = self._directory
        electorate = await known_electorate(directory, request, self._ruling(request))
        voters = {vote.person for vote in request.votes}
        voted = {human(electorate.people[one]) for one in voters & electorate.people.keys()}
        person = await directory.known_person(PersonId(team=directory.own_team, user=user))
        return person.id not in voters and human(person) not in voted

    async def _link(self, request: Request) -> str:
        """To the card; empty where there is none."""
        return await self._links.to(request.card) if request.card else ""

    async def _sees(self, channel: str, user: str) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                return await self._directory.is_member(channel, user)
        except TimeoutError:
            return False
