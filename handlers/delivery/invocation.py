"""Who wants something, where, and when the wish was received."""

from dataclasses import dataclass
from typing import Literal

from bot.values import PersonId

#: ``form``: a modal, which an answer replaces. ``private``: what only that person sees and what can
#: be changed. ``open``: a message that all in the channel see, and so may its answer. ``home``: the
#: Home tab, which has no place for an answer but the direct messages.
Surface = Literal["form", "private", "open", "home"]


@dataclass(frozen=True)
class Invocation:
    """``thread``: in which thread the answer to something open belongs."""

    asker: PersonId
    channel: str
    received_at: int
    key: str
    surface: Surface = "form"
    thread: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether the answer is one message in the bot's direct messages.

        Of a command it is not known: Slack takes commands in conversations of others as well.
        """
        is_there = self.surface == "open" and self.channel.startswith("D")
        return is_there or self.surface == "home"
