"""A process that is held up exactly between the note that a call leaves, and the call."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from tests.stories.stage import Stage


def stored(stage: Stage, question: str) -> int:
    """The database as another process sees it."""
    with closing(sqlite3.connect(stage.home.folder / "bot.db")) as connection:
        return int(connection.execute(question).fetchone()[0])


def notes(stage: Stage) -> int:
    return stored(stage, "SELECT count(*) FROM steps WHERE sent_at IS NOT NULL")


@dataclass
class HeldUp(Stage):
    """The first look at either clock after the next send was noted finds that something happened.

    ``ticks`` is what the steady clock shows.
    """

    happens: Callable[[], object] | None = None
    before: int = 0
    ticks: float = 0.0

    @classmethod
    def on(cls, stage: Stage) -> "HeldUp":
        held = cls(stage.clock, stage.aws, stage.slack, stage.home)
        held.steady = held.look
        return held

    def hold(self, happens: Callable[[], object]) -> None:
        self.before, self.happens = notes(self), happens

    def sleeps(self, wall: float, steady: float) -> None:
        self.clock.advance(wall)
        self.ticks += steady

    def now(self) -> int:
        self._strike()
        return super().now()

    def look(self) -> float:
        self._strike()
        return self.ticks

    def _strike(self) -> None:
        happens = self.happens
        if happens is not None and notes(self) > self.before:
            self.happens = None
            happens()
