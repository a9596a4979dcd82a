"""Instants on two clocks: people step the wall clock, and the steady one may sleep."""

import time
from typing import NamedTuple


class Instant(NamedTuple):
    """``wall`` in microseconds since 1970, ``steady`` in seconds since nobody knows when."""

    wall: int
    steady: float

    def apart(self, other: "Instant") -> int:
        """Microseconds between them by whichever clock shows more.

        A suspended machine's steady clock stands still, and a wall clock that is set moves either
        way: what is a moment by both clocks is a moment.
        """
        return max(abs(other.wall - self.wall), int(abs(other.steady - self.steady) * 1_000_000))


def passed(until: int, now: int, longest: int) -> bool:
    """Whether a wait is over that was set for ``longest`` microseconds at most.

    What lies further off than anybody sets it was set by a clock that has been put back since;
    twice as far, as the clocks of two replicas may be apart.
    """
    return until <= now or until > now + 2 * longest


def wall_clock() -> int:
    """Now, as the machine's clock says: it may be set at any time, forth or back."""
    return time.time_ns() // 1000
