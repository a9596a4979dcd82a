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
    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    @classmethod
    async def begun(cls, home: Home, config: str = FREE, module: str = "bot") -> "Process":
        log = (home.folder / "log").open("ab")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, "run",
            cwd=ROOT, env=home.environ(config), stdout=log, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        log.close()
        return cls(child)

    async def kill(self) -> None:
        """No farewell: whatever was being done is not done."""
        if self._child.returncode is None:
            os.kill(self._child.pid, signal.SIGKILL)
        await self._child.communicate()

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
        _, said = await self._child.communicate()
        assert self._child.returncode is not None
        return self._child.returncode, said.decode()


@asynccontextmanager
async def process(home: Home, config: str = FREE, module: str = "bot") -> AsyncIterator[Process]:
    """Connected to Slack; killed at the latest when the block ends."""
    begun = await Process.begun(home, config, module)
    try:
        await home.slack.connected(within=30)
        yield begun
    finally:
        await begun.kill()
        await home.slack.disconnected()
