"""``/rds``"""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import BotError
from bot.operation import Query
from bot.operations import CATALOGUE
from bot.values import PersonId
from handlers.blocks.incomplete import LATE, unfinished
from handlers.delivery.invocation import Invocation
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.errors import explained, unexplained
from handlers.intake.acknowledge import take
from handlers.intake.inbox import Intake
from handlers.modals.forms import Blank, Forms
from handlers.modals.launcher import Launcher, Visit
from handlers.modals.modals import Trigger
from handlers.parser import Command, Incomplete, Launch, parse
from handlers.runner import Runner
from handlers.suggestions import has_menu
from storage.tables.inbox import Incoming

KIND = "command"
KEPT = ("text", "user_id", "team_id", "channel_id", "response_url", "trigger_id")


class Commands:
    def __init__(self, runner: Runner, forms: Forms, launcher: Launcher, replies: Replies) -> None:
        self._runner = runner
        self._forms = forms
        self._launcher = launcher
        self._replies = replies

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.command("/rds")
        async def rds(ack: AsyncAck, body: dict[str, Any]) -> None:
            payload = {name: body.get(name) for name in KEPT}
            # A command has no id of its own; its trigger is of this one alone.
            key = f"command:{body['trigger_id']}"
            await take(intake, ack, KIND, key, payload, looks=_looks(payload["text"] or ""))

    async def process(self, incoming: Incoming) -> None:
        body = incoming.payload
        try:
            parsed = parse(body["text"] or "", CATALOGUE)
        except BotError as error:
            drawn = await self._runner.misread(error, _errand(incoming))
            await self._replies.privately(_origin(body), drawn)
            return
        match parsed:
            case Incomplete() as incomplete:
                await self._incomplete(incomplete, incoming)
            case Launch():
                await self._launch(incoming)
            case Command() as command:
                await self._run(command, incoming)

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))

    async def _launch(self, incoming: Incoming) -> None:
        """What can be done from here, or the help where no modal can be opened."""
        body = incoming.payload
        visit = Visit(_asker(body), body["channel_id"], incoming.received_at)
        if not await self._launcher.open(Trigger(body["trigger_id"]), visit):
            await self._run(Command(_help()), incoming)

    async def _run(self, command: Command, incoming: Incoming) -> None:
        if drawn := await self._runner.run(command, _errand(incoming)):
            await self._replies.privately(_origin(incoming.payload), drawn)

    async def _incomplete(self, incomplete: Incomplete, incoming: Incoming) -> None:
        """Ask for the rest with a menu or a form, or in words where neither can be shown."""
        body = incoming.payload
        found: Command | Incomplete | dict[str, object] = incomplete
        try:
            if has_menu(incomplete):  # else the form at once: its trigger lives three seconds
                found = await self._runner.completed(incomplete, _errand(incoming))
        except BotError as error:
            found = explained(error)
        if isinstance(found, Command):
            await self._run(found, incoming)
        elif isinstance(found, dict):
            await self._replies.privately(_origin(body), found)
        elif not await self._forms.open(Trigger(body["trigger_id"]), _blank(incomplete, body)):
            drawn = unfinished(incomplete, body["text"], LATE)
            await self._replies.privately(_origin(body), drawn)


def _blank(incomplete: Incomplete, body: Mapping[str, Any]) -> Blank:
    place = {"channel": body["channel_id"]}
    return Blank(incomplete.operation, incomplete.given, _asker(body), place)


def _looks(text: str) -> bool:
    """Whether answering it changes nothing: what is asked, is incomplete, or cannot be read."""
    try:
        parsed = parse(text, CATALOGUE)
    except BotError:
        return True
    return not isinstance(parsed, Command) or isinstance(parsed.operation, Query)


def _origin(body: Mapping[str, Any]) -> ReplyPlace:
    return ReplyPlace(body["user_id"], body["channel_id"], body.get("response_url"))


def _asker(body: Mapping[str, Any]) -> PersonId:
    return PersonId(team=body["team_id"], user=body["user_id"])


def _errand(incoming: Incoming) -> Invocation:
    body = incoming.payload
    return Invocation(
        asker=_asker(body),
        channel=body["channel_id"],
        received_at=incoming.received_at,
        key=incoming.key,
        surface="private",
    )


def _help() -> Query:
    found = CATALOGUE["help"]()
    assert isinstance(found, Query)
    return found
