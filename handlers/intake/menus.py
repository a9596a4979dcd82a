"""A choice behind a menu is the button that it stands for, to every listener."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp

from handlers.blocks.elements import MENU

Next = Callable[[], Awaitable[None]]


def unfold(app: AsyncApp) -> None:
    """Before any listener is asked. Bolt runs its middleware first, on the same body."""

    @app.middleware
    async def chosen(body: dict[str, Any], next_: Next) -> None:
        if body.get("type") == "block_actions":
            body["actions"] = [unfolded(one) for one in body["actions"]]
        await next_()


def unfolded(action: dict[str, Any]) -> dict[str, Any]:
    """The click on the button of a choice; any other click as it is."""
    if not str(action.get("action_id", "")).startswith(MENU):
        return action
    held = (action.get("selected_option") or {}).get("value") or ""
    name, _, value = held.partition(" ")
    return {**action, "type": "button", "action_id": name or action["action_id"], "value": value}
