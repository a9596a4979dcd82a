"""Modals and Home tabs as Slack keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox.slack.errors import SlackError

STACK_DEPTH = 3


@dataclass(frozen=True, slots=True)
class View:
    """`body` is what the app sent, every block with its block_id."""

    id: str
    user: str
    body: Mapping[str, Any]
    hash: str
    root: str
    previous: str | None = None
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        return str(self.body["type"])

    @property
    def blocks(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.body["blocks"])


class Views:
    """One stack of modals and one Home a person."""

    def __init__(self) -> None:
        self.stacks: dict[str, tuple[View, ...]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> tuple[View, ...]:
        return self.stacks.get(user, ())

    def open(self, view: View) -> View:
        self._claim_external_id(view)
        self.stacks[view.user] = (view,)
        return view

    def push(self, view: View) -> View:
        stack = self.stack(view.user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK_DEPTH:
            raise SlackError("push_limit_reached")
        self._claim_external_id(view)
        view = replace(view, root=stack[0].id, previous=stack[-1].id)
        self.stacks[view.user] = (*stack, view)
        return view

    def publish(self, view: View) -> View:
        self.homes[view.user] = view
        return view

    def change(self, view: View, **facts: Any) -> View:
        changed = replace(view, **facts)
        if view.kind == "home":
            return self.publish(changed)
        stack = self.stack(view.user)
        self.stacks[view.user] = tuple(changed if it.id == view.id else it for it in stack)
        return changed

    def close(self, view: View) -> None:
        """Takes the view and whatever lies on top of it off the stack."""
        stack = self.stack(view.user)
        ids = [it.id for it in stack]
        self.stacks[view.user] = stack[: ids.index(view.id)] if view.id in ids else stack

    def clear(self, user: str) -> None:
        self.stacks[user] = ()

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View:
        """Raises `not_found`: closed views cannot be updated."""
        opened = [*self.homes.values(), *(it for stack in self.stacks.values() for it in stack)]
        for view in opened:
            if view_id == view.id or (external_id and external_id == view.body.get("external_id")):
                return view
        raise SlackError("not_found")

    def _claim_external_id(self, view: View) -> None:
        wanted = view.body.get("external_id")
        stacks = self.stacks.items()
        taken = [it for user, stack in stacks if user != view.user for it in stack]
        if wanted and any(it.body.get("external_id") == wanted for it in taken):
            raise SlackError("duplicate_external_id")
