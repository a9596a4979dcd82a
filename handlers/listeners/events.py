"""Somebody opens the bot's Home in Slack, or its messages."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Services
from bot.errors import ConflictError, DirectoryError
from bot.values import Message, PersonId, Place
from handlers.blocks.welcome import closed_welcome, welcome
from handlers.delivery.homes import redrawn
from handlers.intake.acknowledge import take
from handlers.intake.inbox import Intake
from handlers.slack_errors import UNANSWERED
from storage.tables.inbox import Incoming

KIND, WELCOME = "home", "welcome"

log = structlog.get_logger()


class Events:
    def __init__(self, services: Services, client: AsyncWebClient) -> None:
        self._services = services
        self._client = client
        self._met: set[str] = set()  #: whom nothing has to be looked up of any more

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)
        intake.on(WELCOME, self.greet, self.failed)

        @app.event("app_home_opened")
        async def opened(ack: AsyncAck, body: dict[str, Any]) -> None:
            event = body["event"]
            team = event.get("user_team") or body.get("team_id") or ""
            person = str(PersonId(team=team, user=event["user"]))
            # Slack tells of either tab with one event, and draws the other one itself.
            kind = WELCOME if event.get("tab") == "messages" else KIND
            if kind == WELCOME and person in self._met:
                await ack()
                return
            payload = {"person": person, "channel": event.get("channel")}
            await take(intake, ack, kind, f"event:{body['event_id']}", payload)

    async def process(self, incoming: Incoming) -> None:
        person = PersonId.parse(incoming.payload["person"])
        await self._services.store.homes.opened(person)
        async with self._services.store.write() as tx:
            await tx.post(redrawn(person))

    async def greet(self, incoming: Incoming) -> None:
        """Once in all, and only where nothing was said yet: nobody is greeted in a conversation.

        What Slack does not tell now is asked again when they look there again.
        """
        person = PersonId.parse(incoming.payload["person"])
        store, name = self._services.store, f"welcome/{person}"
        try:
            if await store.cursors.get(name) is None:
                is_blank = await self._is_blank(incoming.payload["channel"])
                await self._greet(person, name, is_blank)
        except (DirectoryError, *UNANSWERED) as error:
            log.info("events.not_greeted", person=str(person), why=type(error).__name__)
            return
        except ConflictError:  # greeted by another replica, or for another tab, meanwhile
            pass
        self._met.add(str(person))

    async def failed(self, incoming: Incoming, reference: str) -> None:
        """An unpublished Home shows itself: the person sees the old one and opens it again."""
        return

    async def _is_blank(self, channel: str) -> bool:
        reply = await self._client.conversations_history(channel=channel, limit=1)
        return not reply["messages"]

    async def _greet(self, person: PersonId, name: str, is_blank: bool) -> None:
        """Raises ConflictError where somebody else has greeted them."""
        known = await self._services.directory.known_person(person)
        sight = await self._services.sights.known(known)
        async with self._services.store.write() as tx:
            await tx.move_cursor(name, None, str(tx.now))
            if is_blank:
                await tx.post(
                    Message(
                        place=Place.PERSON,
                        address=person.user,
                        kind="reply",
                        body=welcome() if sight else closed_welcome(),
                        key=name,
                    )
                )
