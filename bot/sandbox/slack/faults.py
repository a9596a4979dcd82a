"""What can go wrong between a bot and Slack, on request.

    slack.faults.add("chat.*", RateLimited(retry_after=2), times=3)

Patterns name Web API methods, `response_url` or `upload`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True)
class RateLimited:
    """429 with this Retry-After, in seconds; not carried out."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class ServerError:
    """500, 503 and their like; not carried out."""

    status: int = 500


@dataclass(frozen=True, slots=True)
class Refused:
    """`ok: false` with one of Slack's error codes; not carried out."""

    code: str


@dataclass(frozen=True, slots=True)
class Garbled:
    """No JSON object: a proxy's page, a plain text, nothing, half of an answer; not carried out.

    With 429 it comes with a `Retry-After`, as from the edge of Slack's network.
    """

    status: int = 502
    body: str = "<html><body><h1>502 Bad Gateway</h1></body></html>"
    content_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Slow:
    """Carried out and answered, this many seconds late."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing for so many seconds, then the connection closes; not carried out."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection breaks at once; not carried out."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Carried out, but the connection breaks before the answer leaves."""


Fault = RateLimited | ServerError | Refused | Garbled | Slow | Hang | Reset | Lost
Where = Callable[[Mapping[str, Any]], bool]


@dataclass(slots=True)
class _Rule:
    pattern: str
    fault: Fault
    left: int | None
    where: Where | None

    def takes(self, method: str, arguments: Mapping[str, Any]) -> bool:
        if self.left == 0 or not fnmatchcase(method, self.pattern):
            return False
        return self.where is None or self.where(arguments)


class Faults:
    """The oldest rule that matches and is not used up decides."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []

    def add(
        self, method: str, fault: Fault, *, times: int | None = 1, where: Where | None = None
    ) -> None:
        """`times=None` holds until `clear()`; `where` looks at the parsed arguments."""
        self._rules.append(_Rule(method, fault, times, where))

    def clear(self) -> None:
        self._rules.clear()

    def take(self, method: str, arguments: Mapping[str, Any]) -> Fault | None:
        for rule in self._rules:
            if rule.takes(method, arguments):
                rule.left = None if rule.left is None else rule.left - 1
                return rule.fault
        return None
