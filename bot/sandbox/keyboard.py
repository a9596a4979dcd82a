"""Lines from standard input, without holding up anything else."""

import asyncio
import codecs
import os
import re
from threading import Thread
from typing import Protocol

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z~]|[\x00-\x08\x0b-\x1f\x7f]")
STDIN = 0


class Lines(Protocol):
    """Where lines come from; `is_terminal`: whoever types sees them already."""

    @property
    def is_terminal(self) -> bool: ...

    async def line(self) -> str | None:
        """The next one; None once there are no more."""


class Keyboard:
    """Reads in a daemon thread: a read from a terminal cannot be called off."""

    def __init__(self) -> None:
        self.is_terminal = os.isatty(STDIN)
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        Thread(target=self._read, name="keyboard", daemon=True).start()

    async def line(self) -> str | None:
        """Without what keys like the arrows write."""
        return await self._lines.get()

    def _read(self) -> None:
        decoder, rest = codecs.getincrementaldecoder("utf-8")(errors="replace"), ""
        try:
            while chunk := os.read(STDIN, 4096):
                *whole, rest = (rest + decoder.decode(chunk)).split("\n")
                self._give(*whole)
        except OSError:
            pass  # standard input is closed, or the terminal has gone: the same as its end
        self._give(*([rest] if rest else []), None)

    def _give(self, *lines: str | None) -> None:
        try:
            for line in lines:
                text = None if line is None else ESCAPES.sub("", line).strip()
                self._loop.call_soon_threadsafe(self._lines.put_nowait, text)
        except RuntimeError:
            return  # nobody waits any more
