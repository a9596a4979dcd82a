"""Filling in a surface: typing, picking, searching, and submitting a modal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.controls import Control, inputs
from bot.sandbox.slack.envelopes import Delivery, Sockets
from bot.sandbox.slack.errors import ImpossibleError, SlackError
from bot.sandbox.slack.feed import SeenView
from bot.sandbox.slack.inputs import (
    complaint,
    demand_shape,
    entered,
    initial,
    options,
    state_values,
)
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.methods.views import checked_view
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import Person
from bot.sandbox.slack.world import Typed, World

TROUBLE = "We had some trouble connecting. Try again?"
MIN_QUERY_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Submission:
    """`delivery` is None when Slack's client refused to send; `view` is the modal that is on top
    afterwards, None when none is open; `problem` says how the bot's answer was wrong."""

    delivery: Delivery | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    view: SeenView | None = None
    problem: str | None = None

    @property
    def acknowledged(self) -> bool:
        return self.delivery is not None and self.delivery.acknowledged

    @property
    def accepted(self) -> bool:
        return self.acknowledged and not self.errors and self.problem is None


class Forms:
    def __init__(self, world: World, sockets: Sockets) -> None:
        self._world = world
        self._sockets = sockets
        self._offered: dict[tuple[object, str, str], tuple[Mapping[str, Any], ...]] = {}

    def typed(self, person: Person, source: Message | View) -> Typed:
        return self._world.typed[_place(person, source)]

    async def enter(
        self, person: Person, source: Message | View, control: Control, value: Any
    ) -> Mapping[str, Any]:
        demand_shape(control, value)
        offered = await self._options(person, source, control, value)
        state = entered(control, value, self._world.workspace, offered)
        if control.kind != "overflow":
            self.typed(person, source)[control.block_id, control.action_id] = state
        return state

    async def search(
        self, person: Person, source: Message | View, control: Control, text: str
    ) -> tuple[Mapping[str, Any], ...]:
        if "external_select" not in control.kind:
            raise ImpossibleError(
                f"{control.action_id} is a {control.kind}: it cannot be searched."
            )
        if len(text) < control.element.get("min_query_length", MIN_QUERY_LENGTH):
            return ()
        payload = payloads.suggestion(self._world, person, source, control, text)
        delivery = await self._sockets.deliver("interactive", payload)
        found = tuple(options(delivery.answer)) if isinstance(delivery.answer, dict) else ()
        if not delivery.acknowledged or len(found) > 100:
            self._world.say(person.id, "Slack could not load the options.")
            return ()
        key = (_place(person, source), control.block_id, control.action_id)
        self._offered[key] = (*self._offered.get(key, ()), *found)
        return found

    async def submit(self, person: Person, view: View, values: Mapping[str, Any]) -> Submission:
        if "submit" not in view.body:
            raise ImpossibleError("This modal has no submit button.")
        await self._fill(person, view, values)
        state = state_values(view.blocks, self.typed(person, view))
        if errors := _complaints(view, state):
            shown = self._world.show_form_errors(view, errors)
            return Submission(errors=errors, view=self._world.seen_view(shown))
        payload = payloads.view_submission(self._world, person, view, state)
        delivery = await self._sockets.deliver("interactive", payload)
        if not delivery.acknowledged:
            self._world.say(person.id, TROUBLE)
            return Submission(delivery, view=self._world.seen_view(view))
        return self._take(person, view, delivery)

    def _take(self, person: Person, view: View, delivery: Delivery) -> Submission:
        """Does what the acknowledgement asks for; an answer that Slack refuses is a problem."""
        answer = delivery.answer if isinstance(delivery.answer, dict) else {}
        errors: Mapping[str, str] = {}
        try:
            errors = self._react(view, answer)
        except SlackError as error:
            self._world.say(person.id, TROUBLE)
            problem = "; ".join((error.code, *error.problems))
            return Submission(delivery, view=self._top(person), problem=problem)
        return Submission(delivery, errors=errors, view=self._top(person))

    def _react(self, view: View, answer: Mapping[str, Any]) -> Mapping[str, str]:
        match answer.get("response_action"):
            case None:
                self._world.close_view(view)
            case "clear":
                self._world.clear_views(view.user)
            case "update":
                body = checked_view(self._world, answer.get("view"), "modal")
                self._world.revise_view(self._world.views.find(view.id), body)
            case "push":
                self._world.push_view(
                    view.user, checked_view(self._world, answer.get("view"), "modal")
                )
            case "errors":
                return self._show_errors(view, answer.get("errors"))
            case unknown:
                raise SlackError("invalid_response_action", [f"{unknown} is not an action"])
        return {}

    def _show_errors(self, view: View, errors: Any) -> Mapping[str, str]:
        if not isinstance(errors, dict) or not errors:
            raise SlackError("invalid_arguments", ["errors must name at least one block"])
        blocks = {it["block_id"] for it in view.blocks if it["type"] == "input"}
        if unknown := sorted(set(errors) - blocks):
            raise SlackError("invalid_arguments", [f"no input block has the id {unknown[0]}"])
        self._world.show_form_errors(view, errors)
        return dict(errors)

    async def _fill(self, person: Person, view: View, values: Mapping[str, Any]) -> None:
        fields = {it.block_id: it for it in inputs(view.blocks)}
        for block_id, value in values.items():
            if block_id not in fields:
                raise ImpossibleError(f"No input {block_id!r}. There are: {', '.join(fields)}.")
            await self.enter(person, view, fields[block_id], value)

    async def _options(
        self, person: Person, source: Message | View, control: Control, value: Any
    ) -> tuple[Mapping[str, Any], ...]:
        """What an external select has offered; searches for the value where it was not yet."""
        if "external_select" not in control.kind or value is None:
            return ()
        key = (_place(person, source), control.block_id, control.action_id)
        for text in [value] if isinstance(value, str) else value:
            if text not in {it.get("value") for it in self._already(key, control)}:
                await self.search(person, source, control, text)
        return tuple(self._already(key, control))

    def _already(self, key: tuple[object, str, str], control: Control) -> list[Mapping[str, Any]]:
        state = initial(control)
        chosen = state.get("selected_options") or [state.get("selected_option")]
        return [*self._offered.get(key, ()), *(it for it in chosen if it)]

    def _top(self, person: Person) -> SeenView | None:
        stack = self._world.views.stack(person.id)
        return self._world.seen_view(stack[-1]) if stack else None


def _place(person: Person, source: Message | View) -> object:
    if isinstance(source, View):
        return source.id
    return source.channel, source.ts, person.id


def _complaints(view: View, state: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found = {}
    for control in inputs(view.blocks):
        if text := complaint(control, state[control.block_id][control.action_id]):
            found[control.block_id] = text
    return found
