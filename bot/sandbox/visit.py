"""People look round the workspace on its page, and at the keyboard where they want to."""

import asyncio

from bot.sandbox.demands import DiffersError
from bot.sandbox.keyboard import Keyboard
from bot.sandbox.narrator import Narrator, telling
from bot.sandbox.performance import Performance, say_log, while_it_runs
from bot.sandbox.prompt import Prompt
from bot.sandbox.stage import Stage
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

    async def stay(self, *, typing: bool = False) -> int:
        """Until it is cancelled, which is a good way to leave; 1 where the bot ended by itself.

        With ``typing`` also until there is no more input, or somebody types `quit`."""
        try:
            await while_it_runs(self._stage, self._type() if typing else _for_ever())
        except asyncio.CancelledError:
            self._terminal.close_prompt()
        except DiffersError as error:
            self._terminal.close_prompt()
            self._terminal.trouble(str(error))
            say_log(self._stage, self._terminal)
            return 1
        return 0 if await Performance(self._stage, self._terminal, ()).leave() else 1

    async def _type(self) -> None:
        self._terminal.say(INVITATION)
        narrator = Narrator(self._stage.slack, self._stage.people, self._terminal)
        async with telling(narrator):
            await Prompt(self._stage, self._terminal, narrator).run(Keyboard())


async def _for_ever() -> None:
    await asyncio.Event().wait()
