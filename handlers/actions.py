"""Buttons."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.cloudops import CloudOps
from bot.desk import Services
from bot.errors import BotError
from bot.operations import CATALOGUE
from bot.values import Code, PersonId, Verdict, label
from handlers.blocks.denied import cloudops_request
from handlers.blocks.form import form
from handlers.blocks.problem import problem
from handlers.errors import explained, unexplained
from handlers.intake import Intake
from handlers.listening import sender, take
from handlers.replies import Origin, Replies, open_form
from storage.inbox import Incoming

KIND = "action"
#: Seconds for judging a click before its trigger, good for three, has to open the form.
JUDGING = 1.5

log = structlog.get_logger()


class Actions:
    def __init__(self, client: AsyncWebClient, services: Services, replies: Replies) -> None:
        self._client = client
        self._services = services
        self._replies = replies

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.action(re.compile(r"^(request|cloudops)\."))
        async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
            payload = _payload(body)
            excuse = await take(intake, ack, KIND, _key(body), payload)
            if excuse:
                self._replies.soon(_origin(payload), problem(excuse))

        @app.action(re.compile(".*"))
        async def other(ack: AsyncAck) -> None:
            await ack()

    async def process(self, incoming: Incoming) -> None:
        try:
            await self._act(incoming)
        except BotError as error:
            await self._replies.privately(_origin(incoming.payload), explained(error))

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))

    async def _act(self, incoming: Incoming) -> None:
        body, approvals = incoming.payload, self._services.approvals
        person, number = PersonId.parse(body["person"]), _number(body["value"])
        match body["action"]:
            case "request.approve":
                await approvals.approve(number, person, incoming.received_at)
            case "request.cancel":
                who = await self._services.directory.person(person, incoming.received_at)
                await approvals.cancel(number, who.id)
            case "request.reject":
                await self._ask_why(number, person, incoming)
            case "cloudops.create":
                await self._cloudops(number, person, incoming)
            case _:
                log.warning("actions.unknown", action=body["action"])

    async def _ask_why(self, number: int, person: PersonId, incoming: Incoming) -> None:
        """The form, unless it is already clear that the reject would not count."""
        judging = self._services.approvals.may_vote(
            number, person, Verdict.REJECT, incoming.received_at
        )
        try:
            await asyncio.wait_for(judging, JUDGING)
        except TimeoutError:
            log.info("actions.judged_later", request=number)
        body = incoming.payload
        view = form(
            CATALOGUE["reject_request"],
            {"request": label(number)},
            metadata={"channel": body["channel"]},
        )
        if await open_form(self._client, body["trigger_id"], view):
            return
        typed = Code(text=f"/rds reject {label(number)} --reason …")
        told = ("I could not open the form in time. Type ", typed, " instead.")
        await self._replies.privately(_origin(body), problem(told))

    async def _cloudops(self, seq: int, person: PersonId, incoming: Incoming) -> None:
        cloudops = CloudOps(self._services.store, self._services.settings.channels.cloudops)
        who = await self._services.directory.person(person, incoming.received_at)
        row = await cloudops.denial(seq, who.id)
        drawn = cloudops_request(row)
        channel = await cloudops.post(row, drawn)
        if channel is None:
            await self._replies.privately(_origin(incoming.payload), drawn)
        else:
            told = problem("Posted for you in the CloudOps channel; it goes on there.")
            await self._replies.privately(_origin(incoming.payload), told)


def _key(body: Mapping[str, Any]) -> str:
    action = body["actions"][0]
    place = (body.get("container") or {}).get("message_ts") or (body.get("view") or {}).get("id")
    return f"action:{body['user']['id']}:{place}:{action['action_id']}:{action['action_ts']}"


def _payload(body: Mapping[str, Any]) -> dict[str, Any]:
    action = body["actions"][0]
    return {
        "action": action["action_id"],
        "value": action.get("value") or "",
        "person": str(sender(body)),
        "user": body["user"]["id"],
        "channel": (body.get("channel") or {}).get("id"),
        "response_url": body.get("response_url"),
        "trigger_id": body.get("trigger_id"),
    }


def _number(value: str) -> int:
    """A button holds a number and nothing else; anything else finds no request."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0


def _origin(body: Mapping[str, Any]) -> Origin:
    return Origin(body["user"], body["channel"], body.get("response_url"))
