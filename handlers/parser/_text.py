"""The command that an operation is equal to."""

from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from typing import Any

from bot.operation import Operation, flag
from bot.params import Someone
from handlers.parser._words import quoted


def command_text(operation: Operation) -> str:
    """``/rds reboot orders-test --failover``: parsed again, it gives the same operation."""
    return " ".join([f"/rds {operation.verb}", *_positionals(operation), *_flags(operation)])


def _positionals(operation: Operation) -> Iterator[str]:
    for name in _leading(operation):
        for text in _texts(operation, name):
            yield f"'{text}'" if "=" in text and text == quoted(text) else quoted(text)


def _flags(operation: Operation) -> Iterator[str]:
    given = [name for name in type(operation).model_fields if _is_given(operation, name)]
    leading = _leading(operation)
    for name in given:
        if name not in leading:
            yield from _flag(operation, name)


def _leading(operation: Operation) -> list[str]:
    """Positional parameters up to the first that is left out: those behind it need their flag."""
    leading = []
    for name in operation.positionals():
        if not _is_given(operation, name):
            break
        leading.append(name)
    return leading


def _flag(operation: Operation, name: str) -> Iterator[str]:
    value = getattr(operation, name)
    if value is True:
        yield flag(name)
    elif value is False:
        yield f"{flag(name)}=false"
    else:
        yield from (f"{flag(name)} {quoted(text)}" for text in _texts(operation, name))


def _is_given(operation: Operation, name: str) -> bool:
    field = type(operation).model_fields[name]
    value = getattr(operation, name)
    return field.is_required() or value != field.get_default(call_default_factory=True)


def _texts(operation: Operation, name: str) -> list[str]:
    value = getattr(operation, name)
    if isinstance(operation.parameter(name), Someone):
        return [f"<@{value}>"]
    return [_text(one) for one in value] if isinstance(value, tuple) else [_text(value)]


def _text(value: Any) -> str:
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value.value if isinstance(value, Enum) else value)


def _duration(length: timedelta) -> str:
    minutes, seconds = divmod(length, timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    exact = f"{seconds.total_seconds():.6f}".rstrip("0").rstrip(".")
    parts = {"d": str(days), "h": str(hours), "m": str(minutes), "s": exact}
    return "".join(amount + unit for unit, amount in parts.items() if amount != "0") or "0s"
