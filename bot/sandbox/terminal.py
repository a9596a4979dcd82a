"""Writing to a terminal, or to whatever stands in its place."""

import asyncio
import os
import shutil
from collections.abc import Iterable
from typing import TextIO

from bot.sandbox.slack import Entry, SeenMessage, SeenView, card
from bot.sandbox.slack.cards import ANSI, PLAIN
from bot.sandbox.slack.columns import wrap

NARROWEST, WIDEST, USUAL = 60, 120, 96
#: Seconds to read in, between two steps.
BREATH = 1.5


class Terminal:
    """Colours and pauses only where a person watches; NO_COLOR is heeded."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._prompt = ""
        self.is_watched = out.isatty()
        dumb = os.environ.get("TERM") == "dumb"
        self._is_coloured = self.is_watched and not dumb and not os.environ.get("NO_COLOR")

    @property
    def columns(self) -> int:
        wide = shutil.get_terminal_size((USUAL, 24)).columns
        return min(max(wide, NARROWEST), WIDEST)

    def show(self, text: str = "") -> None:
        """Whole lines, above the prompt where one is open."""
        above = "\r\x1b[K" if self._prompt and self.is_watched else ""
        below = self._prompt if self.is_watched else ""
        self._out.write(f"{above}{text}\n{below}")
        self._out.flush()

    def say(self, text: str, indent: str = "") -> None:
        """A sentence, wrapped."""
        self.show("\n".join(self.wrapped(text, indent)))

    def wrapped(self, text: str, indent: str = "") -> Iterable[str]:
        """Further lines of the text stand below its first letter."""
        lines = wrap(text, self.columns - len(indent))
        hang = " " * len(indent)
        return [f"{hang if number else indent}{line}" for number, line in enumerate(lines)]

    def draw(self, what: Entry | SeenMessage | SeenView | str) -> None:
        """A card as wide as the terminal; what Slack itself says, and mere text, as they are."""
        ink = ANSI if self._is_coloured else PLAIN
        seen = what.seen if isinstance(what, Entry) else what
        if isinstance(seen, SeenMessage | SeenView):
            self.show(card(seen, self.columns, ink))
        else:
            self.say(what.said if isinstance(what, Entry) else str(what))

    def heading(self, text: str) -> None:
        self.show()
        rule = "━" * max(2, self.columns - len(text) - 4)
        self.show(self.bold(f"━━ {text} {rule}"))

    def act(self, text: str) -> None:
        """What a person does."""
        self.show()
        self.show("\n".join(self.bold(line) for line in self.wrapped(text, "▶ ")))

    def frame(self, *lines: str) -> None:
        """What must not be overlooked."""
        wide = max(map(len, lines))
        rule = "─" * (wide + 2)
        inside = [f"│ {line}{' ' * (wide - len(line))} │" for line in lines]
        framed = [f"╭{rule}╮", *inside, f"╰{rule}╯"]
        self.show("\n".join(["", *map(self.bold, framed)]))

    def proof(self, text: str) -> None:
        self.show("\n".join(self._coloured(line, 32) for line in self.wrapped(text, "✔ ")))

    def trouble(self, text: str) -> None:
        self.show("\n".join(self._coloured(line, 31) for line in self.wrapped(text, "✘ ")))

    def bold(self, text: str) -> str:
        return self._coloured(text, 1)

    def faint(self, text: str) -> str:
        return self._coloured(text, 2)

    async def breathe(self) -> None:
        if self.is_watched:
            await asyncio.sleep(BREATH)

    def open_prompt(self, prompt: str) -> None:
        """Stands below everything shown from now on."""
        self._prompt = prompt
        if self.is_watched:
            self._out.write(prompt)
            self._out.flush()

    def close_prompt(self) -> None:
        self._prompt = ""

    def _coloured(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._is_coloured else text


def listed(names: Iterable[str]) -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Dora`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
