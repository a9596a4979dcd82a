"""Things Slack hands out for a short while: trigger ids and response URLs."""

from dataclasses import dataclass, replace

from bot.sandbox.slack.errors import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass(frozen=True, slots=True)
class Trigger:
    id: str
    user: str
    expires_at: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Where an app may answer an interaction; `ts` is the message that was clicked, if any."""

    key: str
    user: str
    channel: str
    expires_at: float
    ts: str | None = None
    thread_ts: str | None = None
    uses: int = RESPONSE_USES


class Tickets:
    def __init__(self) -> None:
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def issue_trigger(self, key: str, user: str, now: float) -> Trigger:
        trigger = Trigger(key, user, now + TRIGGER_SECONDS)
        self._triggers[key] = trigger
        return trigger

    def exchange(self, key: str, now: float) -> Trigger:
        """Uses a trigger up. Raises Slack's three errors."""
        trigger = self._triggers.get(key)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if now > trigger.expires_at:
            raise SlackError("expired_trigger_id")
        self._triggers[key] = replace(trigger, used=True)
        return trigger

    def issue_url(self, url: ResponseUrl) -> ResponseUrl:
        self._urls[url.key] = url
        return url

    def use_url(self, key: str, now: float) -> ResponseUrl:
        """Counts one use. Raises `expired_url` and `used_url`."""
        url = self._urls.get(key)
        if url is None or now > url.expires_at:
            raise SlackError("expired_url")
        if url.uses == 0:
            raise SlackError("used_url")
        self._urls[key] = replace(url, uses=url.uses - 1)
        return url

    def peek_url(self, key: str) -> ResponseUrl:
        return self._urls[key]
