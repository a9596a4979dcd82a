"""The shortcut "Ask about this database" on a message: its words become the reason."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.desk import Services
from bot.errors import BotError
from bot.fleet import names
from bot.operation import Change, Operation
from bot.operations import CATALOGUE
from bot.values import Database, PersonId
from handlers.blocks.ask import CALLBACK, LOOKING, asking
from handlers.blocks.error import problem
from handlers.blocks.form import form, submitted
from handlers.blocks.modal import opening_form, result_form
from handlers.delivery.invocation import Invocation
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.errors import explained, unexplained
from handlers.intake.acknowledge import sender, take, unreadable
from handlers.intake.inbox import Intake
from handlers.modals.choices import offers
from handlers.modals.modals import Modals, Trigger
from handlers.parser import Command, plain, prose
from handlers.runner import Runner
from storage.tables.inbox import Incoming

SHORTCUT = "ask_about_database"  #: its callback id in the manifest
KIND, LOOK = "shortcut", "look"
LATE = "I could not open the form in time. Please use the shortcut once more."

Payload = Mapping[str, Any]


class Shortcuts:
    def __init__(
        self, services: Services, runner: Runner, modals: Modals, replies: Replies
    ) -> None:
        self._services = services
        self._runner = runner
        self._modals = modals
        self._replies = replies

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.open, self.failed)
        intake.on(LOOK, self.look, self.failed)

        @app.shortcut(SHORTCUT)
        async def used(ack: AsyncAck, body: dict[str, Any]) -> None:
            key = f"shortcut:{body['user']['id']}:{body['action_ts']}"
            await self._take(intake, ack, KIND, key, _used(body))

        @app.view(CALLBACK)
        async def chosen(ack: AsyncAck, body: dict[str, Any]) -> None:
            try:
                operation, payload = _chosen(body)
            except Exception:
                await unreadable(ack, body)
                return
            if issubclass(operation, Change):
                await ack(response_action="update", view=_form(operation, payload))
                return
            key = f"look:{body['view']['id']}:{body['view'].get('hash')}"
            await self._take(intake, ack, LOOK, key, {**payload, "what": operation.name})

    async def open(self, incoming: Incoming) -> None:
        body = incoming.payload
        view_id = await self._modals.open(Trigger(body["trigger_id"]), opening_form())
        if view_id is None:
            await self._replies.privately(_origin(body), problem(LATE))
            return
        await self._modals.show(view_id, await self._first_form(incoming))

    async def look(self, incoming: Incoming) -> None:
        body = incoming.payload
        # what was kept by an older version does not say what was chosen
        operation = CATALOGUE[body.get("what", LOOKING)]
        command = Command(operation.model_validate({"target": body["target"]}))
        if drawn := await self._runner.run(command, _errand(incoming)):
            await self._replies.privately(_origin(body), drawn)

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))

    async def _take(
        self, intake: Intake, ack: AsyncAck, kind: str, key: str, payload: Payload
    ) -> None:
        if excuse := await take(intake, ack, kind, key, payload):
            self._replies.soon(_origin(payload), problem(excuse))

    async def _first_form(self, incoming: Incoming) -> dict[str, Any]:
        """For a guest or stranger a refusal: the guess alone would tell them of a database."""
        body = incoming.payload
        try:
            _, sight = await self._runner.member(CATALOGUE[LOOKING], _errand(incoming))
        except BotError as error:
            return result_form(CATALOGUE[LOOKING], explained(error))
        found = mentioned(body["text"], sight.of(self._services.fleet.last_seen).databases)
        guess = offers([found] if found else [], self._services.judge.classify)
        return asking(CATALOGUE, guess, prose(plain(body["text"])), body["channel"])


def mentioned(text: str, databases: Iterable[Database]) -> Database | None:
    """The one that an ARN or an endpoint names, else whose name stands first in ``text``.

    Of two with one name, either.
    """
    databases = tuple(databases)
    if found := names.mentioned(text, databases):
        return found
    by_name = {one.name.casefold(): one for one in databases}
    words = re.findall(r"[a-z][a-z0-9-]*[a-z0-9]", text.casefold())
    return next((by_name[word] for word in words if word in by_name), None)


def _form(operation: type[Operation], payload: Payload) -> dict[str, Any]:
    values = {"target": payload["target"], "reason": payload["reason"]}
    return form(operation, values, metadata={"channel": payload["channel"]})


def _used(body: Payload) -> dict[str, Any]:
    return {
        "person": str(sender(body)),
        "channel": body["channel"]["id"],
        "text": body["message"].get("text") or "",
        "trigger_id": body["trigger_id"],
        "response_url": body.get("response_url"),
    }


def _chosen(body: Payload) -> tuple[type[Operation], dict[str, Any]]:
    _, values, metadata = submitted(body["view"])
    return CATALOGUE[values["what"]], {
        "person": str(sender(body)),
        "channel": metadata["channel"],
        "target": values["target"],
        "reason": values["reason"] or "",
        "response_url": None,
    }


def _errand(incoming: Incoming) -> Invocation:
    body = incoming.payload
    asker = PersonId.parse(body["person"])
    return Invocation(asker, body["channel"], incoming.received_at, incoming.key)


def _origin(body: Payload) -> ReplyPlace:
    return ReplyPlace(PersonId.parse(body["person"]).user, body["channel"], body["response_url"])
