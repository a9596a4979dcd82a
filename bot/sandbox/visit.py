"""People look round the workspace on its page, and at the keyboard where they want to."""

import asyncio

from bot.sandbox.demands import DiffersError
from bot.sandbox.keyboard import Lines
from bot.sandbox.narrator import Narrator, telling
from bot.sandbox.performance import say_log, while_it_runs
from bot.sandbox.prompt import Prompt
from bot.sandbox.stage import STOPS_WITHIN, Stage
from bot.sandbox.terminal import Terminal

INVITATION = (
    "You are Ana. Type, for instance, /rds list, or /rds snapshot orders-test; as dora makes you "
    "Dora, click Approve presses that button. All that you can type here: help"
)


class Visit:
    """To the workspace on this stage."""

    def __init__(self, stage: Stage, terminal: Terminal) -> None:
        self._stage = stage
        self._terminal = terminal

    async def stay(self, keyboard: Lines | None = None) -> int:
        """Until it is cancelled, which is a good way to leave; 1 where the bot ended by itself.

        With a keyboard also until there is no more input, or somebody types `quit`."""
        try:
            await while_it_runs(self._stage, self._type(keyboard) if keyboard else _for_ever())
        except asyncio.CancelledError:
            self._terminal.close_prompt()
        except DiffersError as error:
            self._terminal.close_prompt()
            self._terminal.trouble(str(error))
            say_log(self._stage, self._terminal)
            return 1
        return await self._leave()

    async def _leave(self) -> int:
        """The bot ends in order; what it still says to people has no reader any more."""
        code = await self._stage.bot.stop(STOPS_WITHIN)
        if code == 0:
            return 0
        how = "did not end" if code is None else f"ended with exit code {code}"
        self._terminal.trouble(f"The bot was told to stop, and {how}.")
        say_log(self._stage, self._terminal)
        return 1

    async def _type(self, keyboard: Lines) -> None:
        self._terminal.say(INVITATION)
        narrator = Narrator(self._stage.slack, self._stage.people, self._terminal)
        async with telling(narrator):
            await Prompt(self._stage, self._terminal, narrator).run(keyboard)


async def _for_ever() -> None:
    await asyncio.Event().wait()
