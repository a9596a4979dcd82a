"""What a sentence says of a change beside its database, for the form that is offered."""

import re
from collections.abc import Mapping

from pydantic import ValidationError

from bot.operation import Change
from bot.params import Picker, Switch

#: In a command that is none, or in a sentence.
REASON = re.compile(r"(?:--reason|\bbecause) (?P<said>[^.?!]{3,200})", re.IGNORECASE)
#: A figure with its unit, or a class; and what makes a growth of it.
FIGURE = re.compile(
    r"(?<![\w.-])(?P<by>(?:by|add|another|plus|extra) )?"
    r"(?P<value>\+?\d[\d.]*(?: ?(?:%|[gt]i?b)(?!\w))?|db\.[\w.-]+\w)(?![\w-])"
)
FAILED_OVER = re.compile(r"\bfail(?:ing|ed)?[ -](?:it |this |that )?over\b")


def reason_in(said: str) -> str:
    """Empty where it gives none."""
    given = REASON.search(said)
    return given["said"].strip(" \"'") if given else ""


def switches_in(said: str, change: type[Change]) -> Mapping[str, str]:
    """As the fields of its form: ``failover`` for a sentence that speaks of one."""
    words = re.findall(r"\w+", FAILED_OVER.sub("failover", said.casefold()))
    names = (one for one in change.model_fields if isinstance(change.parameter(one), Switch))
    return {name: "yes" for name in names if name in words}


def value_in(said: str, change: type[Change]) -> Mapping[str, str]:
    """What it says of the first parameter beside the database, proven: ``16.9``, ``+20%``."""
    name = next(
        (one for one in change.positionals() if not isinstance(change.parameter(one), Picker)), None
    )
    figures = (_figure(found) for found in FIGURE.finditer(said.casefold()))
    fitting = (one for one in figures if name and _fits(change, name, one))
    found = next(fitting, "")
    return {name: found} if name and found else {}


def _figure(found: re.Match[str]) -> str:
    value = found["value"].replace(" ", "")
    return f"+{value}" if found["by"] and not value.startswith("+") else value


def _fits(change: type[Change], name: str, value: str) -> bool:
    """A growth fits only what can be one."""
    try:
        taken = getattr(change.model_validate({"target": "any", name: value}), name)
    except ValidationError as error:
        taken = value
        if any(one["loc"][:1] == (name,) for one in error.errors()):
            return False
    return not value.startswith("+") or str(taken).startswith("+")
