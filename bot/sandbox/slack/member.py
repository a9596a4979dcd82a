"""A person at Slack's client: types, clicks, fills in, and reads."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from bot.sandbox.slack import payloads
from bot.sandbox.slack.controls import Control, controls, inputs
from bot.sandbox.slack.envelopes import Delivery, Sockets
from bot.sandbox.slack.errors import ImpossibleError, SlackError
from bot.sandbox.slack.feed import SeenMessage, SeenView
from bot.sandbox.slack.forms import Forms, Submission
from bot.sandbox.slack.inputs import state_values
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.methods.registry import Arguments
from bot.sandbox.slack.methods.shapes import view_json
from bot.sandbox.slack.responses import carry_out
from bot.sandbox.slack.sight import Sight
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import Channel, Person, Workspace
from bot.sandbox.slack.world import World

Surface: TypeAlias = SeenMessage | SeenView
#: Commands name people with their label, messages without.
LABELLED = re.compile(r"<@(\w+)\|[^<>]*>")
CLOSED = "#{} is archived: nobody can write there any more."
CLOSED_APP = "Sending messages to this app has been turned off."
UNANSWERED = '{} failed with the error "{}"'


class Member(Sight):
    """Acts only as Slack's client lets this person act; anything else raises ImpossibleError."""

    def __init__(self, world: World, sockets: Sockets, person_id: str) -> None:
        super().__init__(world, person_id)
        self._sockets = sockets
        self._forms = Forms(world, sockets)

    # -- writing

    async def types(self, line: str, channel: str | None = None) -> Delivery:
        """A slash command, in this channel or in the direct message with the bot."""
        person, place = self._active(), self._place(channel)
        name, _, text = line.partition(" ")
        known = {it.name: it for it in self._world.workspace.app.commands}
        if name not in known:
            raise ImpossibleError(f"{name} is not a valid command. There are: {', '.join(known)}.")
        if known[name].should_escape:
            text = escaped(text, self._world.workspace)
        payload = payloads.slash_command(self._world, person, place, name, text.strip())
        delivery = await self._sockets.deliver("slash_commands", payload)
        self._show_answer(name, delivery)
        return delivery

    async def mentions(
        self, text: str, channel: str, thread_ts: str | None = None
    ) -> Delivery | None:
        """Writes `@bot text` in a channel; None when the app has no `app_mention` event."""
        bot = self._world.workspace.app.user_id
        message = self._writes(f"<@{bot}> {text}", self._place(channel), thread_ts)
        return await self._event("app_mention", message)

    async def says(
        self, text: str, channel: str | None = None, thread_ts: str | None = None
    ) -> Delivery | None:
        """Writes a message, in this channel or to the bot; None when the app does not listen.

        Where it mentions the bot in a channel, the app hears of that as well."""
        message = self._writes(text, self._place(channel), thread_ts)
        kind = self._world.workspace.channels[message.channel].kind
        mentioned = f"<@{self._world.workspace.app.user_id}" in message.text and kind != "im"
        heard = await self._event("app_mention", message) if mentioned else None
        return await self._event("message", message, f"message.{kind}") or heard

    # -- pressing and picking

    async def clicks(
        self,
        target: Surface,
        action_id: str,
        value: str | None = None,
        block_id: str | None = None,
    ) -> Delivery:
        """Presses a button that is there now, or the choice of a menu that stands for it; `value`
        and `block_id` tell apart those with one action id."""
        self._active()
        source = self._current(target)
        if folded := _folded(source, action_id, value):
            chosen = await self.chooses(target, *folded)
            assert chosen is not None  # no menu in a message or Home only fills a form
            return chosen
        control = self._find(source, action_id, value, block_id)
        if not control.is_button:
            raise ImpossibleError(f"{action_id} is a {control.kind}: use chooses().")
        element = control.element
        action = {name: element[name] for name in ("text", "value", "style") if name in element}
        return await self._act(source, control, action)

    async def chooses(
        self, target: Surface, action_id: str, value: Any, block_id: str | None = None
    ) -> Delivery | None:
        """Picks or types into something; None when that only fills a form."""
        self._active()
        source = self._current(target)
        control = self._find(source, action_id, block_id=block_id)
        state = await self._forms.enter(self.person, source, control, value)
        if not control.dispatches:
            return None
        return await self._act(source, control, dict(state))

    async def searches(
        self, target: Surface, action_id: str, text: str, block_id: str | None = None
    ) -> tuple[Mapping[str, Any], ...]:
        """The options that the bot suggests for this text, groups flattened."""
        self._active()
        source = self._current(target)
        control = self._find(source, action_id, block_id=block_id)
        return await self._forms.search(self.person, source, control, text)

    async def submits(
        self, view: SeenView | None = None, values: Mapping[str, Any] | None = None
    ) -> Submission:
        """Fills the inputs (block id to value) of the modal on top and presses its submit button.

        Where Slack's client itself finds a field wrong, nothing is sent and `errors` say why."""
        self._active()
        given = dict(values or {})
        for control in inputs(self._top(view).blocks):
            # Slack tells of such a choice when it is made.
            if control.dispatches and control.block_id in given:
                chosen = given.pop(control.block_id)
                shown = self._world.seen_view(self._top(view))
                await self.chooses(shown, control.action_id, chosen, control.block_id)
        return await self._forms.submit(self.person, self._top(view), given)

    async def closes(
        self, view: SeenView | None = None, *, all_views: bool = False
    ) -> Delivery | None:
        """Cancels the modal on top, or the whole stack; None when the app is not told."""
        self._active()
        closed = self._top(view)
        # https://docs.slack.dev/reference/views/modal-views
        if all_views or closed.body.get("clear_on_close"):
            self._world.clear_views(self.id)
        else:
            self._world.close_view(closed)
        if not closed.body.get("notify_on_close"):
            return None
        payload = payloads.view_closed(self._world, self.person, closed, all_views)
        return await self._sockets.deliver("interactive", payload)

    # -- elsewhere

    async def opens_home(self) -> Delivery | None:
        """Opens the app's Home tab; None when the app has no `app_home_opened` event."""
        home = self._world.views.homes.get(self.id)
        return await self._opens("home", {} if home is None else view_json(self._world, home))

    async def opens_messages(self) -> Delivery | None:
        """Opens its messages, which Slack tells with the same event and without a view."""
        return await self._opens("messages", {})

    async def _opens(self, tab: str, view: Mapping[str, Any]) -> Delivery | None:
        # https://docs.slack.dev/reference/events/app_home_opened
        person = self._active()
        about = {
            "type": "app_home_opened",
            "channel": self._world.workspace.direct(self.id).id,
            "tab": tab,
            **({"view": view} if view else {}),
        }
        return await self._send_event(person, "app_home_opened", about)

    async def uses_shortcut(self, callback_id: str, on: SeenMessage | None = None) -> Delivery:
        """A global shortcut, or a message shortcut on a message; says it where no app answers."""
        person = self._active()
        source = self._current(on) if on else None
        message = source if isinstance(source, Message) else None
        payload = payloads.shortcut(self._world, person, callback_id, message)
        delivery = await self._sockets.deliver("interactive", payload)
        self._show_answer("That shortcut", delivery)
        return delivery

    # -- how

    def _active(self) -> Person:
        if self.person.deleted:
            raise ImpossibleError(f"{self.person.name} is deactivated and cannot sign in to Slack.")
        return self.person

    def _place(self, channel: str | None) -> Channel:
        if channel is None:
            return self._world.workspace.direct(self.id)
        place = self._world.workspace.channel(channel)
        if self.id not in place.members:
            raise ImpossibleError(f"{self.person.name} is not in #{place.name or place.id}.")
        return place

    def _writes(self, text: str, place: Channel, thread_ts: str | None) -> Message:
        person = self._active()
        if not self._world.workspace.is_open(place):
            raise ImpossibleError(CLOSED_APP if place.is_im else CLOSED.format(place.name))
        text = LABELLED.sub(r"<@\1>", escaped(text, self._world.workspace))
        return self._world.post(place, person.id, text=text, thread_ts=thread_ts)

    async def _event(self, kind: str, message: Message, subscription: str = "") -> Delivery | None:
        channel = self._world.workspace.channels[message.channel]
        about = {
            "type": kind,
            "text": message.text,
            "ts": message.ts,
            "channel": channel.id,
            "team": self.person.team_id,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            "channel_type": channel.kind.removesuffix("s"),
        }
        return await self._send_event(self.person, subscription or kind, about)

    async def _send_event(
        self, person: Person, subscription: str, about: Mapping[str, Any]
    ) -> Delivery | None:
        if subscription not in self._world.workspace.app.events:
            return None
        return await self._sockets.deliver_event(payloads.event(self._world, person, about))

    async def _act(
        self, source: Message | View, control: Control, action: Mapping[str, Any]
    ) -> Delivery:
        about = {
            **action,
            "type": control.kind,
            "action_id": control.action_id,
            "block_id": control.block_id,
            "action_ts": self._world.stamp(),
        }
        state = state_values(source.blocks, self._forms.typed(self.person, source))
        if isinstance(source, View):
            payload = payloads.view_action(self._world, self.person, source, about, state)
        else:
            payload = payloads.message_action(self._world, self.person, source, about, state)
        delivery = await self._sockets.deliver("interactive", payload)
        self._show_answer("That action", delivery)
        return delivery

    def _show_answer(self, what: str, delivery: Delivery) -> None:
        if not delivery.acknowledged:
            reason = "operation_timeout" if delivery.sent else "dispatch_failed"
            self._world.say(self.id, UNANSWERED.format(what, reason))
        elif delivery.kind == "slash_commands" and delivery.answer:
            self._show_command_answer(what, delivery)

    def _show_command_answer(self, what: str, delivery: Delivery) -> None:
        answer = delivery.answer
        body = Arguments({"text": answer} if isinstance(answer, str) else answer)
        key = str(delivery.payload["response_url"]).rpartition("/")[2]
        try:
            carry_out(self._world, self._world.tickets.peek_url(key), body)
        except SlackError as error:
            self._world.say(self.id, UNANSWERED.format(what, error.code))

    def _current(self, target: Surface) -> Message | View:
        """What the surface shows now. Raises ImpossibleError when it is out of sight."""
        if isinstance(target, SeenView):
            home = self._world.views.homes.get(self.id)
            return home if home and home.id == target.id else self._top(target)
        message = self._world.messages.find(target.message.channel, target.ts)
        if message is None or not self._world.sees(self.person, message):
            raise ImpossibleError(f"{self.person.name} does not see that message (any more).")
        return message

    def _top(self, wanted: SeenView | None) -> View:
        stack = self._world.views.stack(self.id)
        if not stack or (wanted is not None and wanted.id != stack[-1].id):
            raise ImpossibleError(f"{self.person.name} has no such modal open.\n{self.screen()}")
        return stack[-1]

    def _find(
        self,
        source: Message | View,
        action_id: str,
        value: str | None = None,
        block_id: str | None = None,
    ) -> Control:
        there = controls(source.blocks)
        found = [
            it
            for it in there
            if it.action_id == action_id
            and value in (None, it.value)
            and block_id in (None, it.block_id)
        ]
        if len(found) == 1:
            return found[0]
        shown = "\n".join(f"  {it}" for it in there) or "  (nothing to press)"
        many = f"{len(found)} of them: say which value or block" if found else "no such control"
        raise ImpossibleError(f"{action_id} value={value!r}: {many}. There are:\n{shown}")


def _folded(
    source: Message | View, action_id: str, value: str | None
) -> tuple[str, str, str] | None:
    """The menu and its choice behind which that button is found, where it is no button itself."""
    there = controls(source.blocks)
    if any(it.action_id == action_id for it in there):
        return None
    wanted = action_id if value is None else f"{action_id} {value}"
    for menu in there:
        for one in menu.element.get("options", ()):
            if one["value"] == wanted or (value is None and one["value"].startswith(f"{wanted} ")):
                return menu.action_id, one["value"], menu.block_id
    return None


def escaped(text: str, workspace: Workspace) -> str:
    """`@name` and `#channel` become what Slack sends for them; all else stays as typed."""
    people = {it.name: f"<@{it.id}|{it.name}>" for it in workspace.people.values()}
    groups = {it.handle: f"<!subteam^{it.id}|@{it.handle}>" for it in workspace.groups.values()}
    channels = {it.name: f"<#{it.id}|{it.name}>" for it in workspace.channels.values()}
    who = {**groups, **people}
    text = re.sub(r"(?<![\w<^|])@([\w.-]+)", lambda it: who.get(it[1], it[0]), text)
    return re.sub(r"(?<![\w<|])#([\w-]+)", lambda it: channels.get(it[1], it[0]), text)
