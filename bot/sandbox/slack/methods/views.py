"""views.*: modals and the Home tab."""

import json
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.methods.channels import unprocessed_files
from bot.sandbox.slack.methods.registry import Answer, Arguments, method
from bot.sandbox.slack.methods.shapes import view_json
from bot.sandbox.slack.rules import view_problems
from bot.sandbox.slack.world import World

VIEW_BYTES = 250_000


@method("views.open")
def open_(world: World, ask: Arguments) -> Answer:
    body = checked_view(world, ask.json("view", "invalid_arguments"), "modal")
    trigger = world.tickets.exchange(ask.word("trigger_id"), world.now())
    return {"view": view_json(world, world.open_view(trigger.user, body))}


@method("views.push")
def push(world: World, ask: Arguments) -> Answer:
    body = checked_view(world, ask.json("view", "invalid_arguments"), "modal")
    trigger = world.tickets.exchange(ask.word("trigger_id"), world.now())
    return {"view": view_json(world, world.push_view(trigger.user, body))}


@method("views.update")
def update(world: World, ask: Arguments) -> Answer:
    body = checked_view(world, ask.json("view", "invalid_arguments"))
    view = world.views.find(ask.get("view_id"), ask.get("external_id"))
    if body["type"] != view.kind:
        raise SlackError("invalid_arguments", [f"the view is a {view.kind}"])
    world.check_hash(view, ask.get("hash"))
    return {"view": view_json(world, world.revise_view(view, body))}


@method("views.publish")
def publish(world: World, ask: Arguments) -> Answer:
    if not world.workspace.app.home_tab:
        raise SlackError("not_enabled")
    user = ask.word("user_id")
    if user not in world.workspace.people:
        raise SlackError("invalid_arguments", ["unknown user_id"])
    body = checked_view(world, ask.json("view", "invalid_arguments"), "home")
    if user in world.views.homes:
        world.check_hash(world.views.homes[user], ask.get("hash"))
    return {"view": view_json(world, world.publish_home(user, body))}


def checked_view(world: World, body: Any, kind: str | None = None) -> dict[str, Any]:
    """Raises `view_too_large`, and `invalid_arguments` with what is wrong."""
    if not isinstance(body, dict):
        raise SlackError("invalid_arguments", ["missing required field: view"])
    if len(json.dumps(body).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")
    problems = list(view_problems(body) or unprocessed_files(world, body["blocks"]))
    if kind and body.get("type") != kind:
        problems.insert(0, f"view type must be {kind} [json-pointer:/view/type]")
    if problems:
        raise SlackError("invalid_arguments", problems)
    return body
