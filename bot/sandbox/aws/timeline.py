"""What a status will be, decided when a call is accepted and read whenever somebody looks."""

from collections.abc import Sequence
from dataclasses import dataclass

Phase = tuple[str, float]
"""A status, and how many seconds it lasts before the pace shortens it."""
CALM = "available"
"""What a call that was accepted leaves for some seconds more."""


@dataclass(frozen=True)
class Timeline:
    """Statuses one after another from `started_at` on; afterwards the settled status holds."""

    started_at: float
    phases: tuple[Phase, ...]

    @property
    def ends_at(self) -> float:
        return self.started_at + sum(seconds for _, seconds in self.phases)

    @property
    def busy(self) -> tuple[float, float]:
        """From when until when the first status lasts that is not `available`."""
        status = next((one for one, _ in self.phases if one != CALM), CALM)
        return self.begins(status), self.ends(status)

    def status_at(self, now: float) -> str | None:
        """None once the timeline is over."""
        until = self.started_at
        for status, seconds in self.phases:
            until += seconds
            if now < until:
                return status
        return None

    def begins(self, *statuses: str) -> float:
        """When the first of these statuses is entered; the start if none ever is."""
        at = self.started_at
        for status, seconds in self.phases:
            if status in statuses:
                return at
            at += seconds
        return self.started_at

    def ends(self, *statuses: str) -> float:
        """When the last of these statuses is left; the end of all if none ever is entered."""
        at, found = self.started_at, self.ends_at
        for status, seconds in self.phases:
            at += seconds
            if status in statuses:
                found = at
        return found

    def progress_at(self, now: float, *statuses: str) -> int:
        """Percent of the time spent in these statuses that has passed."""
        begins, ends = self.begins(*statuses), self.ends(*statuses)
        if now >= ends:
            return 100
        return max(0, int(100 * (now - begins) / (ends - begins)))


def paced(phases: Sequence[Phase], started_at: float, pace: float) -> Timeline:
    return Timeline(started_at, tuple((status, seconds / pace) for status, seconds in phases))


def in_turn(timelines: Sequence[Timeline]) -> list[Timeline]:
    """The same one after another: only the first keeps the calm that it begins with."""
    placed: list[Timeline] = []
    for one in timelines:
        phases = one.phases
        if placed and phases and phases[0][0] == CALM:
            phases = phases[1:]
        placed.append(Timeline(placed[-1].ends_at if placed else one.started_at, phases))
    return placed


def joined(timelines: Sequence[Timeline]) -> Timeline:
    """What is seen of some that follow each other."""
    return Timeline(timelines[0].started_at, tuple(it for one in timelines for it in one.phases))
