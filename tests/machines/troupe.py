"""The real stack for a state machine, which is not asynchronous itself."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from bot.sandbox.aws import DEMO_FLEET, AWSSandbox
from bot.sandbox.slack import SlackSandbox, demo_workspace, installed_app
from bot.values import Request
from tests.conftest import MANIFEST, Home
from tests.stories.held_up import HeldUp
from tests.stories.stage import CreepingClock, Play, Stage

T = TypeVar("T")

#: A bot is started for every example, so there are few, and they are long.
SHORT = settings(
    max_examples=3,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
LONG = settings(SHORT, max_examples=120, stateful_step_count=40, derandomize=False)


def played(machine: Callable[[], RuleBasedStateMachine], how: settings) -> None:
    """Hypothesis takes whatever makes a machine, although it says that it wants a class."""
    run_state_machine_as_test(cast(Any, machine), settings=how)


class Troupe:
    """A workspace, an AWS and a bot, and the loop they live in."""

    def __init__(self, aws: AWSSandbox, folder: Path, config: str) -> None:
        self._runner, self._config = asyncio.Runner(), config
        self._house, self._evening = AsyncExitStack(), AsyncExitStack()
        self._folder, self._lives = folder, 0
        aws.reset()
        aws.seed(DEMO_FLEET)
        workspace = demo_workspace(installed_app(yaml.safe_load(MANIFEST.read_text("utf-8"))))
        slack = self.run(self._house.enter_async_context(SlackSandbox(workspace)))
        home = Home(self._fresh_folder(), slack)
        self.stage = HeldUp.on(Stage(cast(CreepingClock, aws.clock), aws, slack, home))
        self.play: Play
        self._open()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def requests(self) -> tuple[Request, ...]:
        return self.run(self.play.bot.services.store.requests.find(limit=1000))

    def crash(self) -> None:
        """Nothing that the bot does from now on counts; another one finds what it has stored."""
        cut = self.stage.aws.cut_off()
        after = self._fresh_folder()
        with (
            closing(sqlite3.connect(self.stage.home.folder / "bot.db")) as stored,
            closing(sqlite3.connect(after / "bot.db")) as found,
        ):
            stored.backup(found)
        self.run(self._evening.aclose())
        self.stage.aws.mend(cut)
        self.stage.home = Home(after, self.stage.slack)
        self._open()

    def close(self) -> None:
        self.run(self._evening.aclose())
        self.run(self._house.aclose())
        self._runner.close()

    def _open(self) -> None:
        self.run(self.stage.slack.disconnected())
        self.play = self.run(self._evening.enter_async_context(self.stage.bot(self._config)))
        self.run(self.play.quiet())

    def _fresh_folder(self) -> Path:
        self._lives += 1
        folder = self._folder / f"life-{id(self)}-{self._lives}"
        folder.mkdir(parents=True)
        return folder
