"""`rds-bot demo`: the story in the terminal, then the keyboard."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.sandbox.aws import DEMO_FLEET, AWSSandbox
from bot.sandbox.performance import Performance
from bot.sandbox.stage import StageError, is_outside, staged
from bot.sandbox.terminal import Terminal

#: How many times faster than AWS's own the time of the demo's AWS goes.
PACE = 20.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def play(keep_open: bool) -> int:
    """The exit code: 0 where all went as the story has it, 1 where something differed.

    `keep_open`: afterwards people can type; Ctrl-C then is a good end, before it is none.
    """
    for name in filter(is_outside, list(os.environ)):
        del os.environ[name]
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    terminal = Terminal(sys.stdout)
    try:
        return asyncio.run(_interruptible(terminal, keep_open=keep_open))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (StageError, OSError) as error:
        why = str(error) if isinstance(error, StageError) else _no_room(error)
        terminal.trouble(why)
        return 1


async def _interruptible(terminal: Terminal, *, keep_open: bool) -> int:
    """Ctrl-C, SIGTERM and a closed terminal end it, and all that it started."""
    playing = asyncio.ensure_future(_play(terminal, keep_open=keep_open))
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    try:
        return await playing
    except asyncio.CancelledError:
        return 0 if keep_open else 1


async def _play(terminal: Terminal, *, keep_open: bool) -> int:
    terminal.say("Starting a Slack workspace, an AWS and the bot on this machine ...")
    with _folder() as folder, AWSSandbox(pace=PACE) as aws:
        aws.seed(DEMO_FLEET)
        async with staged(aws, PACE, folder) as stage:
            performance = Performance(stage, terminal)
            return await (performance.stay_open() if keep_open else performance.tell())


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
