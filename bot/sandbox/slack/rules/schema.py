"""Small checks that combine into a description of Block Kit.

A check looks at a value at a JSON pointer and yields what is wrong with it, in Slack's words.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def problem(what: str, at: str) -> str:
    return f"{what} [json-pointer:{at}]"


def string(most: int, least: int = 1, pattern: str = "") -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", at)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            yield problem(f"must be less than {most + 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            yield problem(f"must match {pattern}", at)

    return check


def number(least: float, most: float) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield problem("must be a number", at)
        elif not least <= value <= most:
            yield problem(f"must be between {least} and {most}", at)

    return check


def boolean(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield problem("must be a boolean", at)


def anything(value: Any, at: str) -> Iterator[str]:
    yield from ()


def choice(*allowed: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield problem(f"must be one of {', '.join(allowed)}", at)

    return check


def listed(item: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", at)
            return
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", at)
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", at)
        for index, it in enumerate(value):
            yield from item(it, f"{at}/{index}")

    return check


def shape(fields: Mapping[str, Check], *rules: Check) -> Check:
    """An object; a name that ends in `!` is required, one not listed is refused."""
    known = {name.rstrip("!"): check for name, check in fields.items()}
    required = [name.rstrip("!") for name in fields if name.endswith("!")]

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", at)
            return
        yield from (problem(f"missing required field: {it}", at) for it in _absent(value, required))
        for name, it in value.items():
            if name in known:
                yield from known[name](it, f"{at}/{name}")
            elif name != "type":
                yield problem(f"invalid additional property: {name}", at)
        for rule in rules:
            yield from rule(value, at)

    return check


def one_of_types(table: Mapping[str, Check], allowed: Sequence[str] = ()) -> Check:
    """An object whose `type` picks its check; `allowed` narrows the table."""
    names = set(allowed or table)

    def check(value: Any, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in names:
            yield problem(f"unsupported type: {kind}", at)
        else:
            yield from table[kind](value, at)

    return check


def at_least_one(*names: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not any(value.get(name) for name in names):
            yield problem(f"missing required field: one of {', '.join(names)}", at)

    return check


def exactly_one(*names: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if sum(name in value for name in names) != 1:
            yield problem(f"exactly one of {', '.join(names)} is required", at)

    return check


def in_order(low: str, high: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        least, most = _float(value.get(low)), _float(value.get(high))
        if least is not None and most is not None and least > most:
            yield problem(f"{low} must not exceed {high}", at)

    return check


def unique(name: str, among: str) -> Check:
    """The objects listed under `among` differ in `name`."""

    def check(value: Any, at: str) -> Iterator[str]:
        seen = set()
        for index, it in enumerate(value.get(among) or ()):
            given = it.get(name) if isinstance(it, dict) else None
            if given and given in seen:
                yield problem(f"{name} {given} already exists", f"{at}/{among}/{index}")
            seen.add(given)

    return check


def text(most: int, *, plain: bool = False) -> Check:
    return one_of_types(
        {
            "plain_text": shape({"text!": string(most), "emoji": boolean}),
            "mrkdwn": shape({"text!": string(most), "verbatim": boolean}),
        },
        ("plain_text",) if plain else (),
    )


def _absent(value: Mapping[str, Any], required: Sequence[str]) -> Iterator[str]:
    return (name for name in required if value.get(name) is None)


def _float(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
