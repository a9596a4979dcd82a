"""Validation errors as sentences: which parameter, what was typed, why not, and an example."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.errors import UsageError
from bot.operation import Operation, flag
from handlers.parser._lookup import nearest
from handlers.parser._suggestions import shortened

_SENTENCES = {
    "int_parsing": "it must be a whole number",
    "bool_parsing": "say true or false",
    "bool_type": "say true or false",
    "extra_forbidden": "there is no such parameter",
}


class FormError(UsageError):
    """A submitted form is wrong; ``fields`` holds a sentence for each field at fault."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("\n".join(fields.values()), next(iter(fields), ""))
        self.fields = dict(fields)


def complaint(operation: type[Operation], error: ValidationError) -> UsageError:
    """About the first parameter that is wrong rather than missing."""
    detail = next(one for one in error.errors() if one["type"] != "missing")
    name = str(detail["loc"][0]) if detail["loc"] else ""
    why = _why(detail)
    example = "" if "example" in why else for_example(operation)
    if not name:
        return UsageError(f"{_sentence(why)}{example}")
    typed = detail["input"]
    shown = shortened(" ".join(typed) if isinstance(typed, list | tuple) else str(typed))
    told = why if shown in why else f"{shown} isn't valid: {why}"
    return UsageError(f"{_shown(operation, name)}: {told}.{example}", name)


def for_example(operation: type[Operation]) -> str:
    """A whole command to go by; none where it would hold an id that nothing has."""
    has_id = re.search(r"\b(?:RDS-\d|D-[0-9a-f])", operation.example)
    return "" if has_id else f" For example: /rds {operation.example}"


def form_error(operation: type[Operation], error: ValidationError) -> FormError:
    """What concerns the form as a whole is told at its first field."""
    fields: dict[str, str] = {}
    for detail in error.errors():
        name = str((*detail["loc"], *operation.model_fields, "")[0])
        missing = detail["type"] == "missing"
        fields.setdefault(name, "Please fill this in." if missing else _sentence(_why(detail)))
    return FormError(fields)


def _shown(operation: type[Operation], name: str) -> str:
    if name not in operation.positionals():
        return flag(name)
    return operation.parameter(name).label


def _why(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        return str(context["error"]).rstrip(".")
    if kind in ("literal_error", "enum"):
        return _choice(detail["input"], str(context["expected"]))
    return _SENTENCES.get(kind) or detail["msg"].replace("Input should", "it must", 1)


def _choice(typed: Any, expected: str) -> str:
    options = re.findall("'([^']*)'", expected)
    meant = nearest(str(typed), options)
    guess = f" (did you mean {meant}?)" if meant else ""
    return f"it must be {expected.replace(chr(39), '')}{guess}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."
