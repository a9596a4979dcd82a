"""Controls below a picture: the same over another time, the same anew, or for all to see."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.desk import Services
from bot.errors import BotError, UsageError
from bot.operation import Query
from bot.values import (
    OPEN_CHART,
    SHARE_CHART,
    Answer,
    AuditEvent,
    Channel,
    Drawing,
    Line,
    Message,
    PersonId,
    Place,
    Posted,
)
from handlers.blocks.error import problem
from handlers.blocks.picture import behind
from handlers.delivery.charts import ChartAnswers
from handlers.delivery.invocation import Invocation
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.errors import explained, query_in, unexplained
from handlers.intake.acknowledge import sender, take
from handlers.intake.inbox import Intake
from handlers.runner import Runner
from storage.tables.inbox import Incoming

KIND = "picture"
OLD = "That button is from an older version of me. Type /rds metrics again."
NOT_THERE = (
    "I can't post in this channel. I'm not in it, it is archived, or it is shared outside this "
    "workspace. Invite me with /invite, then press Share again."
)


class Redrawing:
    def __init__(
        self, services: Services, runner: Runner, replies: Replies, charts: ChartAnswers
    ) -> None:
        self._store = services.store
        self._runner = runner
        self._replies = replies
        self._charts = charts

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.action(re.compile(r"^picture\."))
        async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
            payload, action = _payload(body), body["actions"][0]
            if action["action_id"] == OPEN_CHART:  # a link: whoever pressed it is there
                await ack()
                return
            key = f"action:{payload['user']}:{payload['ts']}:{action['action_ts']}"
            looks = action["action_id"] != SHARE_CHART
            if excuse := await take(intake, ack, KIND, key, payload, looks=looks):
                self._replies.soon(_origin(payload), problem(excuse))

    async def process(self, incoming: Incoming) -> None:
        act = self._share if incoming.payload.get("action") == SHARE_CHART else self._redraw
        try:
            await act(incoming)
        except BotError as error:
            await self._replies.privately(_origin(incoming.payload), explained(error))

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))

    async def _redraw(self, incoming: Incoming) -> None:
        """The button says what to look at, in the words of a command; it only ever looks.

        Below a private reply it changes the message that the reply links to, and the reply.
        """
        body, asked = incoming.payload, _errand(incoming)
        seen = await self._runner.look(_query(body), asked)
        is_reply = body.get("is_ephemeral", False)
        posted = behind(body.get("block") or "") if is_reply else _where(body)
        if posted is None:
            raise UsageError(OLD)
        about = Drawing(answer=seen, posted=posted, thread=body.get("thread"), asker=asked.asker)
        async with self._store.write() as tx:
            await tx.post(about.as_message())
            await tx.inbox_done(incoming.key)
        if is_reply:
            await self._replies.change(_origin(body), await self._charts.words(seen, asked, posted))

    async def _share(self, incoming: Incoming) -> None:
        """Read anew, as whoever shares it: a message of its own, for all in the channel."""
        body, asked = incoming.payload, _errand(incoming)
        seen = await self._runner.look(_query(body), asked)
        if not await self._charts.may_post(asked.channel):
            raise UsageError(NOT_THERE)
        async with self._store.write() as tx:
            await tx.audit(_shared(body["value"], asked))
            await tx.post_once(_open(seen, asked, body.get("thread")))
            await tx.inbox_done(incoming.key)
        told: Line = ("Shared in ", Channel(id=asked.channel), ".")
        await self._replies.privately(_origin(body), problem(told))


def _query(body: Mapping[str, Any]) -> Query:
    """A button holds nothing that is trusted, and an older version may have written it."""
    command = query_in(body["value"])
    if command is None or not isinstance(command.operation, Query):
        raise UsageError(OLD)
    return command.operation


def _where(body: Mapping[str, Any]) -> Posted | None:
    channel, ts = body["channel"], body["ts"]
    return Posted(channel=channel, ts=ts) if channel and ts else None


def _open(seen: Answer, asked: Invocation, thread: str | None) -> Message:
    return Message.pictured(
        Place.CHANNEL, asked.channel, seen, key=f"share:{asked.key}", thread=thread,
        instead=asked.asker, waits=seen.chart is not None,
    )  # fmt: skip


def _shared(line: str, asked: Invocation) -> AuditEvent:
    facts = {"command": line, "address": asked.channel}
    return AuditEvent(action="picture.shared", actor=str(asked.asker), result="done", facts=facts)


def _payload(body: Mapping[str, Any]) -> dict[str, Any]:
    action, container = body["actions"][0], body.get("container") or {}
    return {
        "action": action["action_id"],
        "value": action.get("value") or "",
        "block": action.get("block_id"),
        "person": str(sender(body)),
        "user": body["user"]["id"],
        "channel": (body.get("channel") or {}).get("id"),
        "ts": container.get("message_ts"),
        "is_ephemeral": bool(container.get("is_ephemeral")),
        "thread": container.get("thread_ts") or (body.get("message") or {}).get("thread_ts"),
        "response_url": body.get("response_url"),
    }


def _errand(incoming: Incoming) -> Invocation:
    body = incoming.payload
    person, channel = PersonId.parse(body["person"]), body["channel"] or ""
    return Invocation(person, channel, incoming.received_at, incoming.key, "private")


def _origin(body: Mapping[str, Any]) -> ReplyPlace:
    return ReplyPlace(body["user"], body["channel"], body.get("response_url"))
