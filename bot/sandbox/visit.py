"""People look round the workspace: on its page while a story is told, then at the keyboard too."""

import asyncio
from asyncio.subprocess import DEVNULL
from contextlib import suppress

from bot.sandbox.demands import DiffersError
from bot.sandbox.keyboard import Keyboard
from bot.sandbox.narrator import Narrator, telling
from bot.sandbox.performance import Performance, say_log, while_it_runs
from bot.sandbox.process import BOT
from bot.sandbox.prompt import Prompt
from bot.sandbox.stage import STOPS_WITHIN, Stage
from bot.sandbox.terminal import Terminal

INVITATION = (
    "",
    "Now it is your turn here too, in the workspace of {}: the bot stays up until you leave with "
    "quit or Ctrl-C.",
    "You are Ana. Type, for instance, /rds list, or /rds snapshot orders-test; as dora makes you "
    "Dora, click Approve presses that button. All that you can type here: help",
)


class Visit:
    """To the workspace on this stage, whose page is at `url`."""

    def __init__(self, stage: Stage, terminal: Terminal, url: str) -> None:
        self._stage = stage
        self._terminal = terminal
        self._url = url

    async def stay(self) -> int:
        """Until people leave; 0, or 1 where the story or the bot's end is not as it should be.

        Being cancelled is a good way to leave."""
        try:
            well = await while_it_runs(self._stage, _told_elsewhere())
            await while_it_runs(self._stage, self._type())
        except asyncio.CancelledError:
            self._terminal.close_prompt()
            well = True
        except DiffersError as error:
            self._terminal.close_prompt()
            self._terminal.trouble(str(error))
            say_log(self._stage, self._terminal)
            return 1
        left = await Performance(self._stage, self._terminal, ()).leave()
        return 0 if left and well else 1

    async def _type(self) -> None:
        for text in INVITATION:
            self._terminal.say(text.format(self._url))
        narrator = Narrator(self._stage.slack, self._stage.people, self._terminal)
        async with telling(narrator):
            await Prompt(self._stage, self._terminal, narrator).run(Keyboard())


async def _told_elsewhere() -> bool:
    """Whether the story goes as it should, in a workspace, an AWS and a process of its own.

    What people click on the page cannot disturb it there."""
    process = await asyncio.create_subprocess_exec(*BOT, "demo", "--story", stdin=DEVNULL)
    try:
        return await process.wait() == 0
    finally:
        if process.returncode is None:
            await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """In order, so that it ends what it has started; at once where that takes too long."""
    with suppress(ProcessLookupError):
        process.terminate()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), STOPS_WITHIN)
    with suppress(ProcessLookupError):
        process.kill()
