"""What happens in Slack beside commands and clicks: somebody opens the bot's Home."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.values import PersonId
from handlers.delivery.homes import redrawn
from handlers.intake.acknowledge import take
from handlers.intake.inbox import Intake
from storage.store import Store
from storage.tables.inbox import Incoming

KIND = "home"


class Events:
    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.event("app_home_opened")
        async def opened(ack: AsyncAck, body: dict[str, Any]) -> None:
            event = body["event"]
            # Slack tells of either tab with one event, and the other one is drawn by Slack.
            if event.get("tab") == "messages":
                await ack()
                return
            team = event.get("user_team") or body.get("team_id") or ""
            payload = {"person": str(PersonId(team=team, user=event["user"]))}
            await take(intake, ack, KIND, f"event:{body['event_id']}", payload)

    async def process(self, incoming: Incoming) -> None:
        person = PersonId.parse(incoming.payload["person"])
        await self._store.homes.opened(person)
        async with self._store.write() as tx:
            await tx.post(redrawn(person))

    async def failed(self, incoming: Incoming, reference: str) -> None:
        """An unpublished Home shows itself: the person sees the old one and opens it again."""
