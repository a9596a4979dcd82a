"""What a Web API method is: a name, its scopes and a function of the world and the arguments."""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.world import World

Item = TypeVar("Item")
Answer = dict[str, Any]


class Arguments(Mapping[str, Any]):
    """JSON, form or query arguments, alike; structured ones are decoded."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = {name: value for name, value in given.items() if value is not None}

    def __getitem__(self, name: str) -> Any:
        return self._given[name]

    def __iter__(self) -> Any:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def word(self, name: str) -> str:
        """A required argument. Raises `invalid_arguments` when it is missing or empty."""
        value = self.get(name)
        if value in (None, ""):
            raise SlackError("invalid_arguments", [f"missing required field: {name}"])
        return str(value)

    def flag(self, name: str) -> bool:
        return str(self.get(name, "")).lower() in ("true", "1")

    def number(self, name: str, default: int, most: int) -> int:
        value = str(self.get(name, default) or default)
        if not value.isdigit():
            raise SlackError("invalid_limit" if name == "limit" else "invalid_arguments")
        return min(int(value), most)

    def words(self, name: str) -> tuple[str, ...]:
        """A list, or Slack's comma separated string."""
        value = self.get(name) or ()
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(it).strip() for it in parts if str(it).strip())

    def json(self, name: str, otherwise: str) -> Any:
        """A structured argument, sent as JSON or as a JSON string; None when absent."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except json.JSONDecodeError as error:
            raise SlackError(otherwise, [f"{name} is not valid JSON: {error}"]) from error


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    scopes: tuple[str, ...]
    answer: Callable[[World, Arguments], Answer]
    app_token: bool = False


METHODS: dict[str, Method] = {}
Function = Callable[[World, Arguments], Answer]


def method(name: str, *scopes: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        METHODS[name] = Method(name, scopes, function)
        return function

    return register


def require(world: World, *scopes: str) -> None:
    """Raises `missing_scope` unless every one of these was granted."""
    granted = world.workspace.app.scopes
    if missing := [it for it in scopes if it not in granted]:
        raise SlackError("missing_scope", needed=",".join(missing), provided=",".join(granted))


def page(items: Sequence[Item], ask: Arguments, default: int) -> tuple[Sequence[Item], Answer]:
    """One page and the `response_metadata` that leads to the next."""
    start, size = _offset(str(ask.get("cursor", ""))), ask.number("limit", default, 1000)
    end = start + size
    cursor = b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": cursor}}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (NotBase64, ValueError) as error:
        raise SlackError("invalid_cursor") from error
