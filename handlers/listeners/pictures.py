"""Buttons below a picture: the same over another time, or the same anew."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError, UsageError
from bot.operation import Query
from bot.operations import CATALOGUE
from bot.values import Drawing, PersonId, Posted
from handlers.blocks.error import problem
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.errors import explained, unexplained
from handlers.intake.acknowledge import sender, take
from handlers.intake.inbox import Intake
from handlers.parser import Command, parse
from handlers.runner import Invocation, Runner
from storage.store import Store
from storage.tables.inbox import Incoming

KIND = "picture"


class Redrawing:
    def __init__(self, runner: Runner, store: Store, replies: Replies) -> None:
        self._runner = runner
        self._store = store
        self._replies = replies

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.action(re.compile(r"^picture\."))
        async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
            payload, action = _payload(body), body["actions"][0]
            key = f"action:{payload['user']}:{payload['ts']}:{action['action_ts']}"
            if excuse := await take(intake, ack, KIND, key, payload, looks=True):
                self._replies.soon(_origin(payload), problem(excuse))

    async def process(self, incoming: Incoming) -> None:
        try:
            await self._redraw(incoming)
        except BotError as error:
            await self._replies.privately(_origin(incoming.payload), explained(error))

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))

    async def _redraw(self, incoming: Incoming) -> None:
        """The button says what to look at, in the words of a command; it only ever looks."""
        body = incoming.payload
        parsed = parse(body["value"], CATALOGUE)
        if not isinstance(parsed, Command) or not isinstance(parsed.operation, Query):
            raise UsageError("That button is from an older version of me. Type /rds metrics again.")
        invocation = Invocation(
            asker=PersonId.parse(body["person"]),
            channel=body["channel"],
            received_at=incoming.received_at,
            key=incoming.key,
        )
        seen = await self._runner.look(parsed.operation, invocation)
        about = Drawing(
            answer=seen,
            posted=Posted(channel=body["channel"], ts=body["ts"]),
            thread=body.get("thread"),
            asker=invocation.asker,
        )
        async with self._store.write() as tx:
            await tx.post(about.as_message())
            await tx.inbox_done(incoming.key)


def _payload(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "value": body["actions"][0].get("value") or "",
        "person": str(sender(body)),
        "user": body["user"]["id"],
        "channel": (body.get("channel") or {}).get("id"),
        "ts": (body.get("container") or {}).get("message_ts"),
        "thread": (body.get("message") or {}).get("thread_ts"),
        "response_url": body.get("response_url"),
    }


def _origin(body: Mapping[str, Any]) -> ReplyPlace:
    return ReplyPlace(body["user"], body["channel"], body.get("response_url"))
