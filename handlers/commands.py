"""``/rds``"""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.operation import Query
from bot.operations import CATALOGUE
from bot.values import PersonId
from handlers.blocks.form import form
from handlers.blocks.problem import problem
from handlers.errands import Errand, Errands
from handlers.errors import explained, unexplained
from handlers.intake import Intake
from handlers.listening import take
from handlers.parser import Command, Incomplete, Launch, parse
from handlers.replies import Origin, Replies, open_form
from storage.inbox import Incoming

KIND = "command"
KEPT = ("text", "user_id", "team_id", "channel_id", "response_url", "trigger_id")


class Commands:
    def __init__(self, client: AsyncWebClient, errands: Errands, replies: Replies) -> None:
        self._client = client
        self._errands = errands
        self._replies = replies

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.command("/rds")
        async def rds(ack: AsyncAck, body: dict[str, Any]) -> None:
            payload = {name: body.get(name) for name in KEPT}
            await take(intake, ack, KIND, f"command:{body['trigger_id']}", payload)

    async def process(self, incoming: Incoming) -> None:
        body = incoming.payload
        try:
            parsed = parse(body["text"] or "", CATALOGUE)
        except BotError as error:
            await self._replies.privately(_origin(body), explained(error))
            return
        match parsed:
            case Incomplete() as incomplete:
                await self._incomplete(incomplete, body)
            case Launch():
                await self._run(Command(_help()), incoming)
            case Command() as command:
                await self._run(command, incoming)

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))

    async def _run(self, command: Command, incoming: Incoming) -> None:
        body = incoming.payload
        errand = Errand(
            asker=PersonId(team=body["team_id"], user=body["user_id"]),
            channel=body["channel_id"],
            received_at=incoming.received_at,
            key=incoming.key,
        )
        drawn = await self._errands.run(command, errand)
        await self._replies.privately(_origin(body), drawn)

    async def _incomplete(self, incomplete: Incomplete, body: Mapping[str, Any]) -> None:
        """Ask for the rest with a form, or in words where a form cannot be opened."""
        if not issubclass(incomplete.operation, Query):
            common = {"reason": incomplete.reason, "dry_run": incomplete.dry_run}
            view = form(
                incomplete.operation,
                {**incomplete.values, **common},
                metadata={"channel": body["channel_id"]},
            )
            if await open_form(self._client, body["trigger_id"], view):
                return
        words = map(incomplete.operation.parameter, incomplete.missing)
        missing = " and ".join(word.usage for word in words)
        usage = f"It reads: {incomplete.operation.usage()}"
        await self._replies.privately(_origin(body), problem(f"{missing} is missing. {usage}"))


def _origin(body: Mapping[str, Any]) -> Origin:
    return Origin(body["user_id"], body["channel_id"], body.get("response_url"))


def _help() -> Query:
    found = CATALOGUE["help"]()
    assert isinstance(found, Query)
    return found
