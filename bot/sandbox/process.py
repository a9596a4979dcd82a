"""The bot under demonstration: a process of its own, known only by its command and its log."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

BOT = (sys.executable, "-m", "bot")
TAIL = 12
#: Seconds for one of its short commands.
COMMAND_WITHIN = 20.0


@dataclass(frozen=True)
class Ran:
    """How one of the bot's own commands ended; `said` holds both of its streams."""

    exit_code: int
    said: str


class BotProcess:
    """`rds-bot run`, in a session of its own so that Ctrl-C at the terminal is not its business."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self.log = log

    @classmethod
    async def start(cls, environment: Mapping[str, str], log: Path) -> Self:
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *BOT, "run", env=environment, stdin=DEVNULL, stdout=output, stderr=STDOUT,
                start_new_session=True,
            )  # fmt: skip
        return cls(process, log)

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative where a signal ended it."""
        return self._process.returncode

    async def ended(self) -> int:
        return await self._process.wait()

    async def stop(self, within: float) -> int | None:
        """SIGTERM. None where it still runs after so many seconds."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._process.wait(), within)
        return None

    async def kill(self) -> None:
        """At once; nothing where it has ended."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def tail(self, lines: int = TAIL) -> str:
        """The end of what it wrote."""
        written = self.log.read_text("utf-8", errors="replace").splitlines()
        return "\n".join(written[-lines:]) or "(the log is empty)"


async def run(environment: Mapping[str, str], *words: str) -> Ran:
    """One of the bot's commands, to its end. Raises TimeoutError where it takes too long."""
    process = await asyncio.create_subprocess_exec(
        *BOT, *words, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), COMMAND_WITHIN)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ran(await process.wait(), said.decode("utf-8", errors="replace").strip())
