"""One call of AWS's API, as people read it and as they would type it."""

import json
import re
import shlex
from typing import Any

from bot.values import Call

_WORD = re.compile(r"(.)([A-Z][a-z]+)")
_HUMP = re.compile(r"([a-z0-9])([A-Z])")


def call_text(call: Call) -> str:
    """The action, then one argument a line."""
    arguments = [f"  {name} = {_json(value)}" for name, value in call.arguments.items()]
    return "\n".join([call.action, *arguments])


def cli(call: Call, region: str) -> str:
    """The same call for a terminal: ``aws rds reboot-db-instance --region us-east-1 …``"""
    service, _, action = call.action.partition(":")
    words = ["aws", service, _kebab(action), "--region", shlex.quote(region)]
    for name, value in call.arguments.items():
        words += _option(_kebab(name), value)
    return " ".join(words)


def _option(name: str, value: Any) -> list[str]:
    match value:
        case True:
            return [f"--{name}"]
        case False:
            return [f"--no-{name}"]
        case str():
            return [f"--{name}", shlex.quote(value)]
        case _:
            return [f"--{name}", shlex.quote(_json(value))]


def _kebab(name: str) -> str:
    return _HUMP.sub(r"\1-\2", _WORD.sub(r"\1-\2", name)).lower()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
