"""Buttons."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.desk import Services
from bot.errors import BotError, UsageError
from bot.operation import Change, Operation
from bot.operations import CATALOGUE
from bot.values import (
    CHANGES,
    FORM,
    RUN,
    Click,
    Code,
    Line,
    Moment,
    Person,
    PersonId,
    Posted,
    Verdict,
    filled,
    label,
)
from handlers.blocks import cloudops, digest, incident, incident_rows
from handlers.blocks.card import DETAILS
from handlers.blocks.error import problem
from handlers.blocks.form import metadata_of
from handlers.blocks.launcher import CALLBACK, LAUNCH
from handlers.delivery.homes import redraw
from handlers.delivery.invocation import Invocation, Surface
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.errors import explained, query_in, sentence_of, unexplained
from handlers.intake.acknowledge import sender, take
from handlers.intake.inbox import Intake
from handlers.listeners.cloudops import JUDGING, CloudOpsClicks
from handlers.modals.forms import HOME, QUIET, Blank, Forms
from handlers.modals.launcher import Launcher, Visit
from handlers.modals.modals import Trigger
from handlers.parser import Command, Incomplete, parse
from handlers.runner import Runner
from storage.tables.inbox import Incoming

KIND = "action"
Care = Callable[[int, Person, int], Awaitable[Line]]

VOTES = {f"request.{verb}": verb for verb in ("approve", "reject", "cancel")}
FORMS = (FORM, "digest.mend")  #: the latter on messages of older versions
#: How long each puts a concern off; a choice of none takes it back.
SNOOZES = {
    digest.SNOOZE: timedelta(days=7),
    digest.SNOOZE_LONG: timedelta(days=30),
    digest.WAKE: timedelta(0),
}
OLD = "That button is from another version of me. Please type the command, or see /rds help."

log = structlog.get_logger()


class Actions:
    def __init__(
        self,
        services: Services,
        runner: Runner,
        forms: Forms,
        launcher: Launcher,
        replies: Replies,
        cloudops: CloudOpsClicks,
    ) -> None:
        self._services = services
        self._runner = runner
        self._forms = forms
        self._launcher = launcher
        self._replies = replies
        self._cloudops = cloudops

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        # Cards of older versions stand in channels for good: an id that a button ever had stays.
        @app.action(re.compile(r"^(request|cloudops|launch|query|form|digest|incident)\."))
        async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
            payload = _payload(body)
            looks = payload["action"].startswith((RUN, LAUNCH))
            excuse = await take(intake, ack, KIND, _key(body), payload, looks=looks)
            if excuse:
                self._replies.soon(_origin(payload), problem(excuse))

    async def process(self, incoming: Incoming) -> None:
        said: dict[str, Any] = {}
        refused: Line = ()
        try:
            await self._act(incoming)
        except BotError as error:
            said, refused = explained(error), sentence_of(error)
        if not await self._launcher_shows(incoming, said) and said:
            await self._replies.privately(_origin(incoming.payload), said)
        if incoming.payload.get("in_home"):
            await self._redraw_home(incoming.payload, refused)

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._replies.privately(_origin(incoming.payload), unexplained(reference))

    async def _launcher_shows(self, incoming: Incoming, said: Mapping[str, Any]) -> bool:
        """Where the click was about a request in it: as things stand now, and what came of it."""
        body = incoming.payload
        if body.get("launcher") is None or body["action"].startswith(LAUNCH):
            return False
        notice = said.get("blocks", ())
        return await self._launcher.fill(body["launcher"], _visit(incoming), notice)

    async def _redraw_home(self, body: Mapping[str, Any], refused: Line) -> None:
        """Whoever clicked there reads what came of it, sooner than the others see it."""
        verb, click = VOTES.get(body["action"], ""), None
        if verb and (refused or verb != "reject"):  # a reject counts when its form is sent
            click = Click(request=_number(body["value"]), verb=verb, refused=refused)
        await redraw(self._services.store, PersonId.parse(body["person"]), click)

    async def _act(self, incoming: Incoming) -> None:
        body, approvals = incoming.payload, self._services.approvals
        person, number = PersonId.parse(body["person"]), _number(body["value"])
        match body["action"]:
            case "request.approve":
                await approvals.approve(number, person, incoming.received_at)
            case "request.cancel":
                who = await self._services.directory.person(person, incoming.received_at)
                await approvals.cancel(number, who.id)
            case card_button if card_button == DETAILS:
                await self._details(number, person, incoming)
            case "request.reject":
                await self._ask_why(number, person, incoming)
            case cloudops.CREATE:
                await self._cloudops.create(number, person, _origin(body), incoming)
            case step if step in cloudops.STEPS:
                await self._cloudops.step(step, number, person, _origin(body), incoming)
            case digest.SNOOZE | digest.SNOOZE_LONG | digest.WAKE as verb:
                await self._snooze(verb, person, incoming)
            case form if form.startswith(FORMS):
                await self._form(person, incoming)
            case incident_rows.OPEN:
                pass  # a link: Slack has opened it
            case verb if verb in incident.VERBS:
                await self._incident_actions(verb, person, incoming)
            case run if run.startswith(RUN):
                await self._look(person, incoming)
            case button if button == CHANGES:
                await self._changes(incoming)
            case launch if launch.startswith(LAUNCH):
                await self._launch(CATALOGUE[body["value"]], incoming)
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
        operation, values = CATALOGUE["reject_request"], {"request": label(number)}
        at_home = {HOME: number} if body.get("in_home") else {}
        blank = Blank(operation, values, person, {**_metadata(body), QUIET: True, **at_home})
        if await self._forms.open(_trigger(body), blank):
            return
        typed = Code(text=f"/rds reject {label(number)} --reason …")
        told = ("I could not open the form in time. Type ", typed, " instead.")
        await self._replies.privately(_origin(body), problem(told))

    async def _details(self, number: int, person: PersonId, incoming: Incoming) -> None:
        """Where it was pressed: below the card, or on top of Home or a modal."""
        body, visit = incoming.payload, _visit(incoming)
        in_view = body.get("in_home") or body.get("in_modal")
        if in_view and await self._launcher.details(number, _trigger(body), visit, incoming.key):
            return
        invocation = Invocation(person, body["channel"] or "", incoming.received_at, incoming.key)
        drawn = await self._runner.details(number, invocation)
        await self._replies.privately(_origin(body), drawn)

    async def _launch(self, operation: type[Operation], incoming: Incoming) -> None:
        body = incoming.payload
        if not await self._launcher.launch(
            operation, _trigger(body), _visit(incoming), incoming.key
        ):
            typed = Code(text=operation.usage())
            told = problem(("I could not open that in time. Type ", typed, " instead."))
            await self._replies.privately(_origin(body), told)

    async def _changes(self, incoming: Incoming) -> None:
        body = incoming.payload
        if not await self._launcher.changes(body["value"], _trigger(body), _visit(incoming)):
            typed = Code(text="/rds help changes")
            told = problem(("I could not open that in time. Type ", typed, " instead."))
            await self._replies.privately(_origin(body), told)

    async def _look(self, person: PersonId, incoming: Incoming) -> None:
        """What the button offers, as if it had been typed."""
        body = incoming.payload
        command = query_in(body["value"])
        if command is None:
            raise UsageError("A button runs only what looks. Please type this command yourself.")
        in_view = body.get("in_home") or body.get("in_modal")
        visit = _visit(incoming)
        if in_view and await self._launcher.show(command, _trigger(body), visit, incoming.key):
            return
        if drawn := await self._runner.run(command, _pressed(person, incoming)):
            await self._replies.privately(_origin(body), drawn)

    async def _snooze(self, verb: str, person: PersonId, incoming: Incoming) -> None:
        """The digest says it to everybody; whoever clicked is told what it was."""
        body, at = incoming.payload, incoming.received_at
        who = await self._services.directory.person(person, at)
        posted = Posted(channel=body["channel"], ts=body.get("root") or "")
        until, said = await self._services.digests.snooze(
            body["value"], posted, who, at, SNOOZES[verb]
        )
        told = _woken(said) if verb == digest.WAKE else _left_out(said, until)
        await self._replies.privately(_origin(body), problem(told))

    async def _incident_actions(self, verb: str, person: PersonId, incoming: Incoming) -> None:
        """The card says what came of it; whoever came too late is told who was there before."""
        its, at = self._services.incidents, incoming.received_at
        value, _, span = incoming.payload["value"].partition(" ")
        verbs: dict[str, Care] = {
            incident.ACKNOWLEDGE: its.acknowledge,
            incident.SNOOZE: partial(its.snooze, word=span),
            incident.UNSNOOZE: its.unsnooze,
            incident.RESOLVE: its.resolve,
        }
        who = await self._services.directory.person(person, at)
        if told := await verbs[verb](_number(value), who, at):
            await self._replies.privately(_origin(incoming.payload), problem(told))

    async def _form(self, person: PersonId, incoming: Incoming) -> None:
        """With what the button knows filled in: of a change the database and perhaps the reason."""
        body = incoming.payload
        asked, _, reason = body["value"].partition("\n")
        name, _, rest = asked.partition(" ")
        operation = _known(name)
        values = {**_filled(operation, rest), **({"reason": reason} if reason else {})}
        blank = Blank(operation, values, person, {"channel": body["channel"]})
        if not await self._forms.open(_trigger(body), blank):
            typed = Code(text=f"/rds {operation.verb} {rest}".rstrip())
            told = problem(("I could not open the form in time. Type ", typed, " instead."))
            await self._replies.privately(_origin(body), told)


def _left_out(said: Line, until: int) -> Line:
    what: Line = (": ", *said) if said else (".",)
    return ("Digests in this channel leave this out until ", Moment(at=until), *what)


def _woken(said: Line) -> Line:
    what: Line = (": ", *said) if said else (".",)
    return ("The next digest in this channel tells this again", *what)


def _key(body: Mapping[str, Any]) -> str:
    action = body["actions"][0]
    place = (body.get("container") or {}).get("message_ts") or (body.get("view") or {}).get("id")
    # A click has no id: Slack's own time of it tells two of one person on one button apart.
    return f"action:{body['user']['id']}:{place}:{action['action_id']}:{action['action_ts']}"


def _payload(body: Mapping[str, Any]) -> dict[str, Any]:
    action, view = body["actions"][0], body.get("view") or {}
    container = body.get("container") or {}
    return {
        "action": action["action_id"],
        "value": action.get("value") or "",
        "person": str(sender(body)),
        "user": body["user"]["id"],
        "channel": (body.get("channel") or {}).get("id") or metadata_of(view).get("channel"),
        "surface": _surface(body),
        "thread": _thread(container),
        "in_modal": view.get("type") == "modal",
        "in_home": view.get("type") == "home",
        "launcher": view.get("id") if view.get("callback_id") == CALLBACK else None,
        "root": _root(body),
        "response_url": body.get("response_url"),
        "trigger_id": body.get("trigger_id"),
    }


def _thread(container: Mapping[str, Any]) -> str | None:
    """Where an answer belongs: below a message in a channel; a direct message is answered by the
    next one."""
    root, ts = container.get("thread_ts"), container.get("message_ts")
    if root and root != ts:
        return str(root)
    return None if str(container.get("channel_id")).startswith("D") else ts


def _surface(body: Mapping[str, Any]) -> Surface:
    """What a card in a channel answers, all see who see the card."""
    if view := body.get("view"):
        return "home" if view.get("type") == "home" else "form"
    return "private" if (body.get("container") or {}).get("is_ephemeral", True) else "open"


def _pressed(person: PersonId, incoming: Incoming) -> Invocation:
    """In the thread of the message that the button stands on."""
    body = incoming.payload
    surface: Surface = body.get("surface") or "private"
    thread = body.get("thread") if surface == "open" else None
    return Invocation(
        person, body["channel"] or "", incoming.received_at, incoming.key, surface, thread
    )


def _root(body: Mapping[str, Any]) -> str | None:
    """The message that was clicked, or the one whose thread that stands in."""
    message = body.get("message") or {}
    return message.get("thread_ts") or message.get("ts")


def _known(name: str) -> type[Operation]:
    if name not in CATALOGUE:
        raise UsageError(OLD)
    return CATALOGUE[name]


def _filled(operation: type[Operation], rest: str) -> Mapping[str, Any]:
    """The fields of a form, by what is typed behind a verb."""
    if issubclass(operation, Change):
        target, *given = rest.split(" ")
        return {"target": target, **filled(given)}
    parsed = parse(f"{operation.verb} {rest}", CATALOGUE)
    if isinstance(parsed, Command):
        return parsed.operation.model_dump(exclude_defaults=True)
    return parsed.values if isinstance(parsed, Incomplete) else {}


def _number(value: str) -> int:
    """A button holds a number and nothing else; anything else finds no request."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0


def _visit(incoming: Incoming) -> Visit:
    body = incoming.payload
    return Visit(
        PersonId.parse(body["person"]), body["channel"], incoming.received_at, body.get("launcher")
    )


def _trigger(body: Mapping[str, Any]) -> Trigger:
    return Trigger(body["trigger_id"], in_modal=body.get("in_modal", False))


def _metadata(body: Mapping[str, Any]) -> dict[str, Any]:
    """The launcher under a form is shown anew after it."""
    return {"channel": body["channel"], "launcher": body.get("launcher")}


def _origin(body: Mapping[str, Any]) -> ReplyPlace:
    return ReplyPlace(body["user"], body["channel"], body.get("response_url"))
