"""Where the sandbox reads its time."""

import threading
from collections.abc import Callable

Clock = Callable[[], float]
"""Called without arguments, answers epoch seconds; `time.time` is one."""

SOME_MORNING = 1_782_896_400.0
"""2026-07-01 09:00 UTC, where a held clock starts unless told otherwise."""


class HeldClock:
    """A clock that stands still until it is told to move; may be shared between threads."""

    def __init__(self, now: float = SOME_MORNING) -> None:
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds


class ClockMovesItselfError(TypeError):
    """Somebody asked a running clock to jump."""

    def __init__(self) -> None:
        super().__init__(
            "This sandbox runs on a clock that moves by itself, so it cannot be advanced; "
            "start it with AWSSandbox(clock=HeldClock())."
        )


def advance(clock: Clock, seconds: float) -> None:
    """Move a held clock. Raises ClockMovesItselfError for any other."""
    if not isinstance(clock, HeldClock):
        raise ClockMovesItselfError
    clock.advance(seconds)
