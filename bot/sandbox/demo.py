"""`rds-bot demo`: a workspace on a page, or the story in the terminal."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from bot.sandbox import browser
from bot.sandbox.aws import DEMO_ALARMS, DEMO_FLEET, SCENARIOS, AWSSandbox
from bot.sandbox.keyboard import Keyboard
from bot.sandbox.page import UnbuiltError, WorkspacePage, built_page
from bot.sandbox.performance import Performance
from bot.sandbox.stage import Stage, StageError, is_outside, staged
from bot.sandbox.terminal import Terminal
from bot.sandbox.visit import Visit
from bot.sandbox.welcome import welcome

Playing: TypeAlias = Coroutine[Any, Any, int]
#: How many times faster than AWS's own the time of the demo's AWS goes.
PACE = 20.0
#: Where the page is, if the first is free.
PORTS = (8765, 0)
#: Seconds in which the bot has looked at its fleet for the first time.
LOOKS_WITHIN = 15.0
#: The address comes last: nothing must scroll over it.
READY = (
    "The workspace is open until Ctrl-C. There you can be anybody, type and click.",
    "The main story, told and proven step by step: rds-bot demo --story",
    "",
    "Open  {}",
)


@dataclass(frozen=True)
class Wishes:
    """How somebody wants to visit: the first of the ports that is free is the page's; ``browse``:
    it may open a browser; ``typing``: they type and click in the terminal too."""

    ports: Sequence[int] = PORTS
    browse: bool = True
    typing: bool = False
    scenario: str | None = None  #: of SCENARIOS, set off at the start


def tell_story() -> int:
    """The exit code: 0 where all went as the story has it; 1 where something differed, or where
    somebody ended it before."""
    return _played(_tell, when_ended=1)


def open_workspace(wishes: Wishes) -> int:
    """Until SIGTERM or Ctrl-C, with a terminal or without one.

    The exit code: 1 where the demo cannot begin, or its bot ends by itself."""
    return _played(lambda terminal: _show(terminal, wishes), when_ended=0)


async def _tell(terminal: Terminal) -> int:
    async with _stage(terminal) as stage:
        return await Performance(stage, terminal).tell()


async def _show(terminal: Terminal, wishes: Wishes) -> int:
    keyboard = Keyboard() if wishes.typing else None
    while True:
        async with _workspace(terminal, wishes) as (stage, page, director):
            if wishes.browse:
                browser.offer(page.url)
            terminal.say(f"The bot's log: {stage.bot.log}")
            terminal.frame(*(line.format(page.url) for line in READY))
            code = await director.until_over(Visit(stage, terminal).stay(keyboard))
        if code or not director.starts_over:
            return code
        # the tabs that are open come back to where they were
        wishes = replace(wishes, ports=(page.port,), browse=False, scenario=None)


@asynccontextmanager
async def _workspace(
    terminal: Terminal, wishes: Wishes
) -> AsyncIterator[tuple[Stage, WorkspacePage, "Directing"]]:
    built = built_page()
    async with _stage(terminal, history=True) as stage:
        director = Directing(stage.aws)
        async with WorkspacePage(stage.slack, wishes.ports, built, director) as page:
            welcome(stage.slack)
            stage.aws.seed_alarms(DEMO_ALARMS)
            if wishes.scenario:
                await director.set_off_once_seen(wishes.scenario)
            yield stage, page, director


class Directing:
    """Sets scenarios off, and everything back to the start."""

    scenarios: ClassVar[Mapping[str, Mapping[str, str]]] = {
        name: {"label": one.label, "sentence": one.sentence} for name, one in SCENARIOS.items()
    }

    def __init__(self, aws: AWSSandbox) -> None:
        self._aws = aws
        self._over = asyncio.Event()

    @property
    def starts_over(self) -> bool:
        return self._over.is_set()

    def set_off(self, name: str) -> None:
        self._aws.set_off(name)

    async def set_off_once_seen(self, name: str) -> None:
        """What happened before the bot has looked for the first time would be no news to it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKS_WITHIN):
                while not self._aws.calls("rds:DescribeEvents"):  # noqa: ASYNC110 - another thread
                    await asyncio.sleep(0.1)
        self.set_off(name)

    def start_over(self) -> None:
        self._over.set()

    async def until_over(self, visit: Coroutine[Any, Any, int]) -> int:
        """The visit's exit code; it ends in order when all starts over, or this is cancelled."""
        staying = asyncio.ensure_future(visit)
        asked = asyncio.ensure_future(self._over.wait())
        with suppress(asyncio.CancelledError):  # the visit ends well by that too
            await asyncio.wait((staying, asked), return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        staying.cancel()
        return await staying


@asynccontextmanager
async def _stage(terminal: Terminal, *, history: bool = False) -> AsyncIterator[Stage]:
    terminal.say("Starting a Slack workspace, an AWS and the bot on this machine ...")
    with _folder() as folder, AWSSandbox(pace=PACE) as aws:
        aws.seed(DEMO_FLEET)
        async with staged(aws, PACE, folder, history=history) as stage:
            yield stage


def _played(play: Callable[[Terminal], Playing], *, when_ended: int) -> int:
    """`when_ended` is the exit code after Ctrl-C, SIGTERM or a closed terminal."""
    for name in filter(is_outside, list(os.environ)):
        del os.environ[name]
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    terminal = Terminal(sys.stdout)
    try:
        return asyncio.run(_interruptible(play(terminal), when_ended))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (StageError, UnbuiltError, OSError) as error:
        why = _no_room(error) if isinstance(error, OSError) else str(error)
        terminal.trouble(why)
        return 1


async def _interruptible(playing: Playing, when_ended: int) -> int:
    """Ctrl-C, SIGTERM and a closed terminal end it, and all that it started."""
    task = asyncio.ensure_future(playing)
    for number in _signals():
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return when_ended


def _signals() -> Iterator[signal.Signals]:
    """A closed terminal too, except where nohup has said that this is no matter."""
    yield from (signal.SIGINT, signal.SIGTERM)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        yield signal.SIGHUP


@contextmanager
def _folder() -> Iterator[Path]:
    """Of all that is in it only the bot's log stays."""
    folder = Path(tempfile.mkdtemp(prefix="rds-bot-demo-"))
    try:
        yield folder
    finally:
        for file in folder.iterdir():
            if file.suffix != ".log":
                file.unlink()


def _no_room(error: OSError) -> str:
    return (
        "The demo needs a port on 127.0.0.1 and a folder for temporary files, and could not have "
        f"one of them: {error}."
    )
