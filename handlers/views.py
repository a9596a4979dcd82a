"""Submitted forms."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.operations import CATALOGUE
from bot.values import PersonId
from handlers.blocks.form import CALLBACK, notice_form, submitted
from handlers.errands import Errand, Errands
from handlers.errors import unexplained
from handlers.intake import Intake
from handlers.listening import sender, take
from handlers.parser import FormError, from_form
from handlers.replies import Origin, Replies
from storage.inbox import Incoming

KIND = "view"
UNREADABLE = "I cannot read this form any more. Nothing was done; please open it anew."

log = structlog.get_logger()


class Views:
    def __init__(self, errands: Errands, replies: Replies) -> None:
        self._errands = errands
        self._replies = replies

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.view(CALLBACK)
        async def filled_in(ack: AsyncAck, body: dict[str, Any]) -> None:
            view = body["view"]
            try:
                payload = _payload(body)
                from_form(CATALOGUE[payload["operation"]], payload["values"])
            except FormError as error:
                await ack(response_action="errors", errors=dict(error.fields))
            except Exception:
                log.exception("views.unreadable", view=view.get("id"))
                await ack(response_action="update", view=notice_form("Too old", UNREADABLE))
            else:
                await take(intake, ack, KIND, f"view:{view['id']}:{view.get('hash')}", payload)

    async def process(self, incoming: Incoming) -> None:
        body = incoming.payload
        command = from_form(CATALOGUE[body["operation"]], body["values"])
        errand = Errand(
            asker=PersonId.parse(body["person"]),
            channel=body["channel"] or "",
            received_at=incoming.received_at,
            key=incoming.key,
        )
        await self._replies.privately(_origin(body), await self._errands.run(command, errand))

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))


def _payload(body: Mapping[str, Any]) -> dict[str, Any]:
    name, values, metadata = submitted(body["view"])
    return {
        "operation": name,
        "values": values,
        "person": str(sender(body)),
        "channel": metadata.get("channel"),
    }


def _origin(body: Mapping[str, Any]) -> Origin:
    return Origin(PersonId.parse(body["person"]).user, body["channel"], None)
