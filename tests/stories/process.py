"""The bot as a process of its own, to be killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.conftest import Home
from tests.stories.stage import FREE

ROOT = Path(__file__).parents[2]


class Process:
    def __init__(self, child: asyncio.subprocess.Process, folder: Path) -> None:
        self._child = child
        self._folder = folder

    @classmethod
    async def begun(
        cls, home: Home, config: str = FREE, *words: str, module: str = "bot", **more: str
    ) -> "Process":
        """``words`` is another command than ``run``; ``more`` are variables of its environment."""
        folder = home.folder
        with (folder / "output").open("ab") as output, (folder / "errors").open("wb") as errors:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *(words or ("run",)),
                cwd=ROOT, env={**home.environ(config), **more}, stdout=output, stderr=errors,
            )  # fmt: skip
        return cls(child, folder)

    @property
    def printed(self) -> str:
        """All that it wrote until now, on both streams."""
        names = ("output", "errors")
        return "".join((self._folder / name).read_text("utf-8") for name in names)

    async def kill(self) -> None:
        """No farewell: whatever was being done is not done."""
        if self._child.returncode is None:
            os.kill(self._child.pid, signal.SIGKILL)
        await self._child.wait()

    @property
    def is_stopped(self) -> bool:
        """By SIGSTOP, which it can neither catch nor notice."""
        state = Path(f"/proc/{self._child.pid}/stat").read_text("ascii").rpartition(")")[2]
        return state.split()[0] == "T"

    def go_on(self) -> None:
        os.kill(self._child.pid, signal.SIGCONT)

    async def stop(self) -> int:
        """SIGTERM, and its exit code."""
        return (await self.stopped())[0]

    async def stopped(self) -> tuple[int, str]:
        """SIGTERM, and what ``ended`` says."""
        self._child.terminate()
        return await self.ended()

    async def ended(self) -> tuple[int, str]:
        """Its exit code and what it said on standard error."""
        return await self._child.wait(), (self._folder / "errors").read_text("utf-8")


@asynccontextmanager
async def process(
    home: Home, config: str = FREE, module: str = "bot", **more: str
) -> AsyncIterator[Process]:
    """Connected to Slack; killed at the latest when the block ends."""
    begun = await Process.begun(home, config, module=module, **more)
    try:
        await home.slack.connected(within=30)
        yield begun
    finally:
        await begun.kill()
        await home.slack.disconnected()
