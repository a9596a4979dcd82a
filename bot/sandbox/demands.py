"""What a story demands: calls to AWS to the letter, and the ledger of what it brought about."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.aws import Call
from bot.sandbox.slack import Entry, SeenMessage


class DiffersError(Exception):
    """Something is not as the story has it; `saw` is what was there instead."""

    def __init__(self, what: str, *saw: Entry | SeenMessage | str) -> None:
        super().__init__(what)
        self.saw = saw


@dataclass(frozen=True)
class Expected:
    """A call that changes something, exactly as AWS should have received it, once."""

    name: str
    parameters: Mapping[str, Any]
    session_name: str
    source_identity: str
    account: str
    region: str = "us-east-1"

    def is_it(self, call: Call) -> bool:
        return call.outcome == "ok" and self == Expected(
            call.name,
            call.parameters,
            call.session_name or "",
            call.source_identity or "",
            call.account,
            call.region,
        )


@dataclass
class Ledger:
    """What the story has brought about: messages by timestamp, calls, words of audit rows."""

    posts: set[str] = field(default_factory=set)
    private: dict[str, set[str]] = field(default_factory=dict)
    calls: list[Expected] = field(default_factory=list)
    trail: list[tuple[str, ...]] = field(default_factory=list)
    cards: dict[str, SeenMessage] = field(default_factory=dict)


def label(seen: SeenMessage) -> str:
    """The request's name, as the message has it."""
    found = re.search(r"RDS-\d+", seen.words)
    if found is None:
        raise DiffersError("The message should name the request, as RDS-1042.", seen)
    return found[0]


def spoken(calls: Iterable[Expected | Call]) -> str:
    shown = [
        f"{it.name} {dict(it.parameters)} as {it.session_name} for {it.source_identity}"
        + (f" ({it.outcome})" if isinstance(it, Call) else "")
        for it in calls
    ]
    return "; ".join(shown) or "none"
