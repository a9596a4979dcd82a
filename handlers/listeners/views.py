"""Submitted forms."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError, ClosedError, NotAllowedError
from bot.operation import Query
from bot.operations import CATALOGUE
from bot.values import Click, Line, PersonId
from handlers.blocks.form import CALLBACK
from handlers.blocks.modal import result_form, waiting_form
from handlers.delivery.homes import redraw
from handlers.delivery.invocation import Invocation
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.errors import sentence_of, unexplained
from handlers.intake.acknowledge import Ack, take, unreadable
from handlers.intake.inbox import Intake
from handlers.modals.forms import HOME, QUIET, Blank, Forms, sent
from handlers.modals.launcher import Launcher, Visit
from handlers.modals.modals import Modals
from handlers.parser import Command, FormError, from_form
from handlers.runner import Runner
from storage.store import Store
from storage.tables.inbox import Incoming

KIND = "view"
#: What no other values in the form would change.
FINAL = (NotAllowedError, ClosedError)


class Views:
    def __init__(
        self,
        store: Store,
        runner: Runner,
        forms: Forms,
        launcher: Launcher,
        modals: Modals,
        replies: Replies,
    ) -> None:
        self._store = store
        self._runner = runner
        self._launcher = launcher
        self._forms = forms
        self._modals = modals
        self._replies = replies

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.view(CALLBACK)
        async def filled_in(ack: AsyncAck, body: dict[str, Any]) -> None:
            view = body["view"]
            try:
                payload = sent(body)
                command = _command(payload)
                await self._forms.check(command.operation, PersonId.parse(payload["person"]))
            except FormError as error:
                await ack(response_action="errors", errors=dict(error.fields))
            except Exception:
                await unreadable(ack, body)
            else:
                answer: Ack = ack  # closes it
                if not payload["metadata"].get(QUIET):
                    waiting = waiting_form(type(command.operation))
                    answer = partial(ack, response_action="update", view=waiting)
                # A form that comes back with a mistake keeps its id and gets another hash.
                key = f"view:{view['id']}:{view.get('hash')}"
                looks = isinstance(command.operation, Query)
                await take(intake, answer, KIND, key, payload, looks=looks)

    async def process(self, incoming: Incoming) -> None:
        body = incoming.payload
        invocation = Invocation(
            asker=PersonId.parse(body["person"]),
            channel=body["metadata"].get("channel") or "",
            received_at=incoming.received_at,
            key=incoming.key,
        )
        command = _command(body)
        try:
            drawn = await self._runner.carry_out(command, invocation)
        except BotError as error:
            drawn = self._runner.explained(command, error)
            if not isinstance(error, FINAL) and await self._again(body, error):
                return
            await self._answer(body, drawn)
            await self._redraw_home(body, sentence_of(error))
        else:
            await self._redraw_home(body)
            if not body["metadata"].get(QUIET):
                await self._answer(body, drawn)
        await self._refresh_launcher(incoming)

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._answer(incoming.payload, unexplained(reference))

    async def _again(self, body: Mapping[str, Any], error: BotError) -> bool:
        """The form as it was sent, with what is wrong; False where it was closed."""
        blank = Blank(
            CATALOGUE[body["operation"]],
            body["values"],
            PersonId.parse(body["person"]),
            body["metadata"],
        )
        return await self._forms.fill(body["view"], blank, error)

    async def _answer(self, body: Mapping[str, Any], drawn: Mapping[str, Any]) -> None:
        """In the form's place, or privately where that was closed."""
        channel = body["metadata"].get("channel")
        operation, below = CATALOGUE[body["operation"]], body["metadata"].get("launcher")
        view = result_form(operation, drawn, channel, is_last=below is not None)
        if not await self._modals.show(body["view"], view):
            await self._replies.privately(_origin(body), drawn)

    async def _redraw_home(self, body: Mapping[str, Any], refused: Line = ()) -> None:
        """Where the form was opened at a request there: whoever sent it reads what came of it."""
        if number := body["metadata"].get(HOME):
            click = Click(request=number, verb="reject", refused=refused)
            await redraw(self._store, PersonId.parse(body["person"]), click)

    async def _refresh_launcher(self, incoming: Incoming) -> None:
        """Where the form lies on top of one."""
        body = incoming.payload
        if below := body["metadata"].get("launcher"):
            person, channel = PersonId.parse(body["person"]), body["metadata"]["channel"]
            await self._launcher.fill(below, Visit(person, channel, incoming.received_at))


def _command(body: Mapping[str, Any]) -> Command:
    return from_form(CATALOGUE[body["operation"]], body["values"])


def _origin(body: Mapping[str, Any]) -> ReplyPlace:
    return ReplyPlace(PersonId.parse(body["person"]).user, body["metadata"].get("channel"), None)
