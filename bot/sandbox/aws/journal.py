"""What was asked of this AWS, by whom, and how it ended."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request. `at` in epoch seconds by the sandbox's clock; parameters as AWS names them."""

    at: float
    account: str
    region: str
    service: str
    action: str
    parameters: Mapping[str, Any]
    session_name: str | None
    source_identity: str | None
    outcome: str
    """What the caller saw: "ok", an error code, or the fault that left it without an answer."""
    answer: str | None
    """What AWS made of it: "ok" or an error code; None if it never got that far."""
    request_id: str
    username: str
    caller_arn: str
    access_key: str
    policy: str | None = None
    """The inline session policy its role was assumed with."""

    @property
    def name(self) -> str:
        return f"{self.service}:{self.action}"

    @property
    def reads(self) -> bool:
        return self.action.startswith(("Describe", "List", "Get", "Lookup", "Download"))


class Journal:
    """Calls in the order in which they ended, before their callers knew. Safe between threads."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def add(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def reset(self) -> None:
        with self._lock:
            self._calls.clear()

    def all(self) -> list[Call]:
        with self._lock:
            return list(self._calls)


def matching(calls: Iterable[Call], pattern: str) -> list[Call]:
    """Those whose `service:Action` matches the glob."""
    return [call for call in calls if fnmatchcase(call.name, pattern)]
