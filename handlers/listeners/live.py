"""Live charts: begun and stopped by a click.

Whoever may look may also stop one: it stands where others read it, nothing is lost by it, and one
click begins it again.
"""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.desk import Services
from bot.errors import BotError, UsageError
from bot.monitoring import live_charts
from bot.operation import Query
from bot.operations import CATALOGUE
from bot.values import (
    STOP,
    Answer,
    AuditEvent,
    Channel,
    Line,
    LiveChart,
    Message,
    Moment,
    PersonId,
    Place,
    Posted,
)
from handlers.blocks.elements import Payload
from handlers.blocks.error import problem
from handlers.delivery.invocation import Invocation
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.directory import SlackDirectory
from handlers.errors import explained, query_in, unexplained
from handlers.intake.acknowledge import sender, take
from handlers.intake.inbox import Intake
from handlers.live import LiveTick
from handlers.runner import Runner
from storage.tables.inbox import Incoming

KIND = "live"
NOTHING = "CloudWatch has nothing to draw for this time, so no chart can be live."
TOO_OLD = "That button is from an older version of me. Type /rds metrics again."
OVER = "That chart is not live any more."


class Live:
    def __init__(
        self,
        services: Services,
        directory: SlackDirectory,
        runner: Runner,
        live_tick: LiveTick,
        replies: Replies,
    ) -> None:
        self._services = services
        self._directory = directory
        self._runner = runner
        self._live_tick = live_tick
        self._replies = replies

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.action(re.compile(r"^live\."))
        async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
            payload, action = _payload(body), body["actions"][0]
            key = f"action:{payload['user']}:{action['action_id']}:{action['action_ts']}"
            if excuse := await take(intake, ack, KIND, key, payload):
                self._replies.soon(_origin(payload), problem(excuse))

    async def process(self, incoming: Incoming) -> None:
        act = self._stop if incoming.payload["action"] == STOP else self._keep
        try:
            told: Payload = problem(await act(incoming))
        except BotError as error:
            told = explained(error)
        await self._replies.privately(_origin(incoming.payload), told)

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))

    async def _keep(self, incoming: Incoming) -> Line:
        body, store = incoming.payload, self._services.store
        invocation, query = _errand(incoming), _query(body["value"])
        found = await self._runner.look(query, invocation)
        if found.chart is None:
            raise UsageError(NOTHING)
        person, now = invocation.asker, self._services.clock()
        here = await self._is_open(invocation.channel)
        address = invocation.channel if here else person.user
        chart = live_charts.begun(incoming.key, person, address, body["value"], found, now)
        facts = {"command": body["value"], "address": address}
        async with store.write() as tx:
            if why := live_charts.objection(chart, await tx.lock_live_charts()):
                raise UsageError(why)
            await tx.keep_fresh(chart, _event("live.begun", chart.id, person, **facts))
            await tx.post(_message(chart, here, found, now, _stands(body)))
            await tx.inbox_done(incoming.key)
        return _begun(chart, here, stays=_stands(body) is not None)

    async def _stop(self, incoming: Incoming) -> Line:
        person, chart_id = PersonId.parse(incoming.payload["person"]), incoming.payload["value"]
        await self._runner.member(CATALOGUE["show_metrics"], _errand(incoming))
        async with self._services.store.write() as tx:
            if not await tx.stop_chart(chart_id, _event("live.stopped", chart_id, person)):
                raise UsageError(OVER)
        await self._live_tick.tick()
        return ("Stopped. The last picture stays where it is.",)

    async def _is_open(self, channel: str) -> bool:
        """Whether it may stand there for everybody to see."""
        return bool(channel) and await self._directory.may_post(channel)


def _query(line: str) -> Query:
    """A button holds nothing that is trusted, and an older version may have written it."""
    command = query_in(line)
    if command is None or not isinstance(command.operation, Query):
        raise UsageError(TOO_OLD)
    return command.operation


def _message(
    chart: LiveChart, here: bool, found: Answer, now: int, stands: Posted | None
) -> Message:
    """The words; the picture comes with the first renewal. ``stands``: a message that shows it
    already, and nobody else reads it."""
    place = Place.CHANNEL if here else Place.PERSON
    words = live_charts.fresh(chart, found.model_copy(update={"chart": None}), now)
    told = Message.pictured(place, chart.address, words, key=chart.key, instead=chart.person)
    if stands is None:
        return told
    return told.model_copy(update={"body": {**told.body, "stands": stands.json_value()}})


def _stands(body: Mapping[str, Any]) -> Posted | None:
    """A message of the bot's direct messages; Slack's ids of those begin with a D."""
    channel, ts = body["channel"], body.get("ts")
    is_there = channel.startswith("D") and ts and not body.get("is_ephemeral")
    return Posted(channel=channel, ts=ts) if is_there else None


def _begun(chart: LiveChart, here: bool, *, stays: bool) -> Line:
    until = Moment(at=chart.until)
    if here:
        return ("Live in ", Channel(id=chart.address), " until ", until, ", refreshed each minute.")
    where = "This chart is live" if stays else "I can't post there: live in our direct messages"
    return (f"{where} until ", until, ", refreshed each minute.")


def _event(action: str, chart_id: str, person: PersonId, **facts: str) -> AuditEvent:
    return AuditEvent(
        action=action, actor=str(person), result="done", facts={"chart": chart_id, **facts}
    )


def _payload(body: Mapping[str, Any]) -> dict[str, Any]:
    action, container = body["actions"][0], body.get("container") or {}
    return {
        "action": action["action_id"],
        "value": action.get("value") or "",
        "person": str(sender(body)),
        "user": body["user"]["id"],
        "channel": (body.get("channel") or {}).get("id") or "",
        "ts": container.get("message_ts"),
        "is_ephemeral": bool(container.get("is_ephemeral")),
        "response_url": body.get("response_url"),
    }


def _errand(incoming: Incoming) -> Invocation:
    body = incoming.payload
    asker = PersonId.parse(body["person"])
    return Invocation(asker, body["channel"], incoming.received_at, incoming.key)


def _origin(body: Mapping[str, Any]) -> ReplyPlace:
    return ReplyPlace(body["user"], body["channel"] or None, body.get("response_url"))
