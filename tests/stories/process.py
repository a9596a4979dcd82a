"""The bot as a process of its own, to be killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests import commands
from tests.conftest import Home
from tests.stories.stage import FREE

ROOT = Path(__file__).parents[2]


class Forked:
    """What the stories ask of a process, of one that was forked."""

    def __init__(
        self, words: tuple[str, ...], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self._process = commands.begun(
            words, ROOT, environment, folder / "output", folder / "errors"
        )
        assert self._process.pid is not None
        self.pid = self._process.pid
        self.terminate = self._process.terminate

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        return self._process.exitcode or 0


class Process:
    def __init__(self, child: "asyncio.subprocess.Process | Forked", folder: Path) -> None:
        self._child = child
        self._folder = folder

    @classmethod
    async def begun(
        cls, home: Home, config: str = FREE, *words: str, module: str | None = None, **more: str
    ) -> "Process":
        """``words`` is another command than ``run``; ``more`` are variables of its environment.

        Forked where the bot is loaded already, or with ``module`` started from nothing.
        """
        folder, environment = home.folder, {**home.environ(config), **more}
        if module is None:
            (folder / "errors").write_bytes(b"")
            return cls(Forked(words or ("run",), folder, environment), folder)
        with (folder / "output").open("ab") as output, (folder / "errors").open("wb") as errors:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *(words or ("run",)),
                cwd=ROOT, env=environment, stdout=output, stderr=errors,
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
    home: Home, config: str = FREE, module: str | None = None, **more: str
) -> AsyncIterator[Process]:
    """Connected to Slack; killed at the latest when the block ends."""
    begun = await Process.begun(home, config, module=module, **more)
    try:
        await home.slack.connected(within=30)
        yield begun
    finally:
        await begun.kill()
        await home.slack.disconnected()
