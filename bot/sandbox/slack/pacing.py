"""Slack's real rate limits, for those who ask for them."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import ceil
from typing import Any

# docs.slack.dev/apis/web-api/rate-limits; calls a minute for each method and workspace
TIERS: Mapping[str, int] = {
    "usergroups.*": 20,
    "users.list": 20,
    "chat.update": 50,
    "chat.delete": 50,
    "conversations.*": 50,
    "views.*": 100,
    "files.*": 100,
    "users.info": 100,
    "chat.postEphemeral": 100,
}


@dataclass(frozen=True, slots=True)
class RateLimits:
    """One message a second in each channel; `per_minute` maps method patterns to calls a minute."""

    message_seconds: float = 1.0
    message_burst: int = 1
    per_minute: Mapping[str, int] = field(default_factory=dict)


class Pacer:
    def __init__(self, limits: RateLimits | None) -> None:
        self._limits = limits
        self._past: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def retry_after(self, method: str, arguments: Mapping[str, Any], now: float) -> int | None:
        """Seconds to wait, or None when the call may pass (it then counts)."""
        if self._limits is None:
            return None
        if method == "chat.postMessage":
            key = (method, str(arguments.get("channel")))
            window = self._limits.message_seconds * self._limits.message_burst
            return self._spend(key, self._limits.message_burst, window, now)
        for pattern, calls in self._limits.per_minute.items():
            if fnmatchcase(method, pattern):
                return self._spend((method, ""), calls, 60.0, now)
        return None

    def _spend(self, key: tuple[str, str], calls: int, window: float, now: float) -> int | None:
        past = self._past[key]
        while past and past[0] <= now - window:
            past.popleft()
        if len(past) >= calls:
            return max(1, ceil(past[0] + window - now))
        past.append(now)
        return None
