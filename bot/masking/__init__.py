"""Takes secrets out of text and values before they leave: logs, audit rows, messages, exports.

A secret is found by its own look (``_shapes``), by the name beside it (``_names``) or by its place
in a statement or command (``_statements``); where it ends is ``_values``' matter. Every pass goes
through the text once, so the time grows with the text alone.
"""

from collections.abc import Iterable
from typing import Any

from bot.masking._names import is_secret_name, names
from bot.masking._shapes import Span, shapes
from bot.masking._statements import statements

MASK = "[masked]"


def mask(text: str) -> str:
    """The text with each secret in it replaced, in whole; what stands around it is left."""
    found = [*shapes(text), *names(text), *statements(text)]
    spans = sorted(span for span in found if not _is_masked(text[slice(*span)]))
    return _replaced(text, _merged(spans)) if spans else text


def masked(value: Any) -> Any:
    """The same for a JSON value: every string, and whatever stands under a secret's name."""
    match value:
        case str():
            return mask(value)
        case dict():
            return {name: _under(name, inner) for name, inner in value.items()}
        case list() | tuple():
            return [masked(inner) for inner in value]
        case _:
            return value


def _under(name: str, value: Any) -> Any:
    return _hidden(value) if is_secret_name(name) else masked(value)


def _hidden(value: Any) -> Any:
    """Numbers are left: they count secrets, or are none."""
    match value:
        case str():
            return MASK if value else value
        case list() | tuple():
            return [_hidden(inner) for inner in value]
        case _:
            return masked(value)


def _is_masked(word: str) -> bool:
    """Whether it was replaced before: what is masked twice stays as it is."""
    return word.rstrip("]'\"\\").endswith(MASK[:-1])


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Those that overlap as one; empty ones are left out."""
    merged: list[Span] = []
    for start, end in spans:
        if end <= start:
            continue
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _replaced(text: str, spans: Iterable[Span]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], MASK]
        at = end
    return "".join([*parts, text[at:]])
