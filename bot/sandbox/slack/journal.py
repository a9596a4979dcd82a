"""What the bot asked of Slack, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.faults import Fault


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call. `answer` is what was sent, or would have been before a fault took it away;
    `status` is 0 where no answer left."""

    method: str
    arguments: Mapping[str, Any]
    answer: Mapping[str, Any]
    status: int
    at: float
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok"))

    @property
    def error(self) -> str | None:
        return self.answer.get("error")
