"""Playing the steps of a story, judging each, and saying how it went."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from bot.sandbox.demands import DiffersError, Ledger
from bot.sandbox.narrator import Narrator, telling
from bot.sandbox.scene import Scene
from bot.sandbox.slack import Entry, ImpossibleError, SeenMessage
from bot.sandbox.stage import Stage
from bot.sandbox.story import GOODBYE, STORY, Step
from bot.sandbox.terminal import Terminal

Result = TypeVar("Result")
Meddling = Mapping[str, Callable[[Stage], Awaitable[None]]]
CAST = (
    "Ana and Ben develop, Dora and Emil are the database administrators, Pat runs the platform, "
    "Gil is a guest; all are in #databases. The bot is the real one, in a process of its own; the "
    "clock of this AWS goes {:g} times faster. What several people see alike is shown once, with "
    "the times of the first of them."
)


class Performance:
    """`before` is what somebody else does just before the step of that name, from outside."""

    def __init__(
        self,
        stage: Stage,
        terminal: Terminal,
        steps: Sequence[Step] = STORY,
        before: Meddling | None = None,
    ) -> None:
        self._stage = stage
        self._terminal = terminal
        self._steps = steps
        self._before = before or {}
        self._narrator = Narrator(stage.slack, stage.people, terminal)
        self._ledger = Ledger()

    async def tell(self) -> int:
        """The whole story, the bot's end included; 0, or 1 where something differs from it."""
        every = len(self._steps) + 1
        async with telling(self._narrator):
            began = time.monotonic()
            done = await self._tell() + await self._leave()
            self._sum_up(done, every, time.monotonic() - began)
        return int(done != every)

    # -- the story

    async def _tell(self) -> int:
        """How many steps went well; the first that does not ends it."""
        self._terminal.say(CAST.format(self._stage.pace))
        for number, step in enumerate(self._steps):
            self._terminal.heading(f"{number + 1} of {len(self._steps)}. {step.title}")
            self._terminal.say(step.why)
            if not await self._goes_well(step, self._play(step)):
                return number
            await self._terminal.breathe()
        return len(self._steps)

    async def _play(self, step: Step) -> None:
        scene = self._scene()
        await while_it_runs(self._stage, step.play(scene))
        scene.settle()

    async def _leave(self) -> bool:
        """False where the bot has gone already, which was said then."""
        if self._stage.bot.exit_code is not None:
            return False
        return await self._goes_well(GOODBYE, GOODBYE.play(self._scene()))

    async def _goes_well(self, step: Step, playing: Coroutine[Any, Any, None]) -> bool:
        try:
            if meddle := self._before.get(step.name):
                await meddle(self._stage)
            await playing
        except DiffersError as error:
            self._tell_difference(step, str(error), *error.saw)
        except (ImpossibleError, TimeoutError) as error:
            what, _, saw = (str(error) or "It took too long.").partition("\n")
            self._tell_difference(step, what, *([saw] if saw else []))
        else:
            return True
        finally:
            playing.close()
        return False

    def _tell_difference(self, step: Step, what: str, *saw: Entry | SeenMessage | str) -> None:
        self._narrator.tell()
        self._terminal.trouble(f"This differs from the story ({step.name}). {what}")
        for one in saw:
            self._terminal.draw(one)
        say_log(self._stage, self._terminal)

    def _sum_up(self, done: int, every: int, seconds: float) -> None:
        self._terminal.show()
        how = f"{done} of {every} steps went as the story has it, in {seconds:.0f} s."
        (self._terminal.proof if done == every else self._terminal.trouble)(how)
        self._terminal.say(f"The bot's log: {self._stage.bot.log}")

    def _scene(self) -> Scene:
        return Scene(self._stage, self._terminal, self._narrator, self._ledger)


def say_log(stage: Stage, terminal: Terminal) -> None:
    terminal.say("The bot's log ends like this:")
    terminal.show(terminal.faint(stage.bot.tail()))


async def while_it_runs(stage: Stage, playing: Coroutine[Any, Any, Result]) -> Result:
    """Raises DiffersError as soon as the bot has ended."""
    played, ended = asyncio.ensure_future(playing), asyncio.ensure_future(stage.bot.ended())
    try:
        await asyncio.wait((played, ended), return_when=asyncio.FIRST_COMPLETED)
        if stage.bot.exit_code is not None:
            code = stage.bot.exit_code
            raise DiffersError(f"The bot ended by itself, with exit code {code}.")
        return await played
    finally:
        for task in (played, ended):
            task.cancel()
        await asyncio.gather(played, ended, return_exceptions=True)
