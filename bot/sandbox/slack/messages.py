"""Messages as Slack keeps them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox.slack.errors import SlackError

Blocks = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """`only_for` names the one reader of an ephemeral message; `edited_at` is a timestamp."""

    ts: str
    channel: str
    author: str
    text: str = ""
    blocks: Blocks = ()
    only_for: str | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    edited_at: str | None = None
    changed: int = 0
    metadata: Mapping[str, Any] | None = None
    files: tuple[str, ...] = ()
    reactions: tuple[tuple[str, str], ...] = ()

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in (None, self.ts)


class Messages:
    """By channel and timestamp, oldest first; replies also by thread."""

    def __init__(self) -> None:
        self._channels: dict[str, dict[str, Message]] = defaultdict(dict)
        self._threads: dict[tuple[str, str], set[str]] = defaultdict(set)

    def __iter__(self) -> Iterator[Message]:
        """Oldest first in each channel."""
        return (it for channel in tuple(self._channels) for it in self.of(channel))

    def of(self, channel: str) -> tuple[Message, ...]:
        """Ephemeral ones too, oldest first."""
        return tuple(self._channels[channel].values())

    def keep(self, message: Message) -> Message:
        self._channels[message.channel][message.ts] = message
        if message.thread_ts and message.is_reply:
            self._threads[message.channel, message.thread_ts].add(message.ts)
        return message

    def change(self, message: Message, **facts: Any) -> Message:
        return self.keep(replace(message, changed=message.changed + 1, **facts))

    def forget(self, message: Message) -> None:
        self._channels[message.channel].pop(message.ts, None)
        self._threads[message.channel, message.thread_ts or ""].discard(message.ts)

    def find(self, channel: str, ts: str) -> Message | None:
        return self._channels[channel].get(ts)

    def lasting(self, channel: str, ts: str) -> Message:
        """Raises `message_not_found`, also for an ephemeral message: the API cannot see those."""
        message = self.find(channel, ts)
        if message is None or message.only_for:
            raise SlackError("message_not_found")
        return message

    def within(self, channel: str) -> Sequence[Message]:
        """What the API lists of a channel: no ephemeral messages, oldest first."""
        return [it for it in self.of(channel) if not it.only_for]

    def replies(self, message: Message) -> Sequence[Message]:
        """Oldest first, without ephemeral ones."""
        stamps = sorted(self._threads[message.channel, message.ts], key=float)
        found = [self._channels[message.channel][it] for it in stamps]
        return [it for it in found if not it.only_for]
