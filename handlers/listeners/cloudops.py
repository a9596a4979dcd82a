"""CloudOps requests: handed on, taken, done, declined with a reason, withdrawn."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Services
from bot.errors import BotError, NotAllowedError
from bot.operations import CATALOGUE
from bot.requests.cloudops import denied
from bot.requests.cloudops_rules import key
from bot.settings import OBSERVES
from bot.values import CloudOpsState, PersonId
from handlers.blocks.cloudops import (
    CALLBACK,
    REASON,
    STEPS,
    cloudops_request,
    cloudops_sent,
    decline_form,
)
from handlers.blocks.error import problem
from handlers.blocks.text import visible
from handlers.delivery.invocation import Invocation
from handlers.delivery.messages import permalink, stands
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.errors import explained, unexplained
from handlers.intake.acknowledge import sender, take, unreadable
from handlers.intake.inbox import Intake
from handlers.modals.modals import Modals, Trigger
from handlers.runner import Runner
from storage.tables.inbox import Incoming

KIND = "cloudops_decline"
#: Seconds for judging a click before its trigger, good for three, has to open the form.
JUDGING = 1.5
EMPTY = "Say why, so that whoever asked knows what to do next."
WITHDRAWN = "Withdrawn. Nobody is asked for it any more."
SLOW = "I could not open the form in time. Nothing was declined. Click Decline again."

log = structlog.get_logger()


class CloudOpsClicks:
    def __init__(
        self,
        services: Services,
        runner: Runner,
        modals: Modals,
        replies: Replies,
        client: AsyncWebClient,
    ) -> None:
        self._services = services
        self._runner = runner
        self._modals = modals
        self._replies = replies
        self._client = client

    def register(self, app: AsyncApp, intake: Intake) -> None:
        """The form; its buttons come to ``Actions``, with all others."""
        intake.on(KIND, self.process, self.failed)

        @app.view(CALLBACK)
        async def declined(ack: AsyncAck, body: dict[str, Any]) -> None:
            view = body["view"]
            try:
                payload = _submitted(body)
            except Exception:
                await unreadable(ack, body)
                return
            if visible(payload["reason"]):
                await take(intake, ack, KIND, f"view:{view['id']}:{view.get('hash')}", payload)
            else:
                await ack(response_action="errors", errors={REASON: EMPTY})

    async def process(self, incoming: Incoming) -> None:
        body, person = incoming.payload, PersonId.parse(incoming.payload["person"])
        try:
            await self._services.cloudops.answer(
                body["denial"], CloudOpsState.DECLINED, person, incoming.received_at, body["reason"]
            )
        except BotError as error:
            await self._replies.privately(_form_origin(body), explained(error))

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_form_origin(incoming.payload), unexplained(reference))

    async def create(self, seq: int, person: PersonId, origin: ReplyPlace, click: Incoming) -> None:
        """Raises as ``CloudOps.denial`` and ``CloudOps.ask`` do."""
        if self._services.settings.observe:
            raise NotAllowedError(OBSERVES)
        its = self._services.cloudops
        invocation = Invocation(person, origin.channel or "", click.received_at, click.key)
        who, _ = await self._runner.member(CATALOGUE["show_audit"], invocation)
        row = await its.denial(seq, who.id)
        if await its.ask(row) is None:
            await self._replies.privately(origin, cloudops_request(row))
        else:
            await self._replies.privately(origin, await self._sent(seq))

    async def step(
        self, action: str, seq: int, person: PersonId, origin: ReplyPlace, click: Incoming
    ) -> None:
        """The message says what came of it; whoever withdraws may not be where it stands.

        Raises as ``CloudOps.answer`` does.
        """
        to = STEPS[action]
        if to is CloudOpsState.DECLINED:
            await self._ask_why(seq, person, origin, click)
        else:
            await self._services.cloudops.answer(seq, to, person, click.received_at)
        if to is CloudOpsState.WITHDRAWN:
            await self._replies.privately(origin, problem(WITHDRAWN))

    async def _ask_why(
        self, seq: int, person: PersonId, origin: ReplyPlace, click: Incoming
    ) -> None:
        """The form, unless it is already clear that it would not count."""
        judging = self._services.cloudops.may_answer(
            seq, CloudOpsState.DECLINED, person, click.received_at
        )
        try:
            await asyncio.wait_for(judging, JUDGING)
        except TimeoutError:
            log.info("cloudops.judged_later", denial=seq)
        trigger = Trigger(click.payload["trigger_id"], click.payload.get("in_modal", False))
        row = await denied(self._services.store, seq)
        form = decline_form(row, origin.channel or "") if row else None
        if form is None or await self._modals.open(trigger, form) is None:
            await self._replies.privately(origin, problem(SLOW))

    async def _sent(self, seq: int) -> Mapping[str, Any]:
        """With a link, where its message stands by then."""
        store = self._services.store
        request = await store.cloudops.get(seq)
        posted = request.card or await stands(store.outbox, key(seq))
        link = await permalink(self._client, posted) if posted else ""
        return cloudops_sent(request, link)


def _submitted(body: Mapping[str, Any]) -> dict[str, Any]:
    view = body["view"]
    metadata = json.loads(view["private_metadata"])
    [typed] = view["state"]["values"][REASON].values()
    return {
        "denial": int(metadata["denial"]),
        "channel": metadata["channel"],
        "reason": typed.get("value") or "",
        "person": str(sender(body)),
    }


def _form_origin(body: Mapping[str, Any]) -> ReplyPlace:
    return ReplyPlace(PersonId.parse(body["person"]).user, body["channel"] or None, None)
