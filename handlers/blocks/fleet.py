"""The fleet at a glance: each environment with its alarms, and by name what is in trouble."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.aws.statuses import USABLE
from bot.fleet.now import ALARM
from bot.values import (
    Code,
    Database,
    Environment,
    Incident,
    Line,
    Strong,
    Unreachable,
    looking,
)
from handlers.blocks.elements import controls, section
from handlers.blocks.rich import Block, bullets, lines, rich_text

NAMED = 12
ALARMS = 3  #: databases with alarms that one line names
PLACES = 6


@dataclass(frozen=True)
class Ailing:
    """A database that cannot be used as it is; ``status`` is AWS's own word."""

    name: str
    status: str
    environment: Environment


@dataclass(frozen=True)
class Population:
    """The databases of one environment."""

    environment: Environment
    is_protected: bool
    count: int
    ailing: int


@dataclass(frozen=True)
class Health:
    """Holds no instants and no words that change by themselves: equal where nothing changed."""

    populations: tuple[Population, ...] = ()
    ailing: tuple[Ailing, ...] = ()
    unreachable: tuple[str, ...] = ()  #: ``account/region`` or a part of it, shown as last seen

    @property
    def is_unknown(self) -> bool:
        """Whether there may be more than was seen."""
        return bool(self.unreachable) or not self.populations

    def grave(self, environment: Environment | None) -> tuple[bool, int]:
        """Sorts the protected environments first, and what is about none that is known."""
        if environment is None:
            return (False, -1)
        mild = {one.environment for one in self.populations if not one.is_protected}
        return (environment in mild, list(Environment).index(environment))


def health_of(
    found: Collection[tuple[Database, Environment]],
    protected: Collection[Environment],
    unreachable: Collection[Unreachable],
) -> Health:
    ailing = [
        Ailing(one.name, one.status, environment)
        for one, environment in found
        if one.status not in USABLE
    ]
    counts = Counter(environment for _, environment in found)
    troubled = Counter(one.environment for one in ailing)
    return Health(
        populations=tuple(
            Population(one, one in protected, counts[one], troubled[one])
            for one in Environment
            if counts[one]
        ),
        ailing=tuple(ailing),
        unreachable=tuple(one.place for one in unreachable),
    )


def fleet(health: Health, incidents: Sequence[Incident] = ()) -> Iterator[Block]:
    """A line for each environment, with a button that lists it."""
    for one in health.populations:
        burning = [it for it in incidents if it.environment is one.environment]
        line = _population(one, burning, is_all=not health.unreachable)
        [button] = controls(looking("List", f"list {one.environment}"))
        yield {**section(line), "accessory": button}
    elsewhere = [it for it in incidents if it.environment not in _environments(health)]
    told = [*_named(health), *_elsewhere(elsewhere), lines(*_unreachable(health))]
    if shown := [part for part in told if part]:
        yield rich_text(*shown)


def _environments(health: Health) -> set[Environment | None]:
    return {one.environment for one in health.populations}


def _population(one: Population, burning: Sequence[Incident], *, is_all: bool) -> Line:
    """``staging: 7, 1 alarm 🚨 billing-staging``"""
    protected = " (protected)" if one.is_protected else ""
    said = [*_alarms(burning), *_well(one, is_all, quiet=not burning)]
    told = ", ".join((str(one.count), *said))
    return (Strong(text=one.environment.value), f"{protected}: {told}")


def _alarms(burning: Sequence[Incident]) -> Iterator[str]:
    if burning:
        count = len(burning)
        names = list(dict.fromkeys(it.target.identifier for it in burning if it.target))
        left = len(names) - ALARMS
        shown = [*names[:ALARMS], *([f"{left} more"] if left > 0 else ())]
        yield f"{count} alarm{'' if count == 1 else 's'} {ALARM} {', '.join(shown)}".rstrip()


def _well(one: Population, is_all: bool, *, quiet: bool) -> Iterator[str]:
    """``is_all``: what could not be read is not said to be well."""
    if one.ailing:
        yield f"{one.ailing} not available"
    elif quiet:
        seen = "" if is_all else " when last seen"
        yield f"{'available' if one.count == 1 else 'all available'}{seen}"


def _elsewhere(incidents: Sequence[Incident]) -> Iterator[dict[str, object] | None]:
    """About no database that is known, as of an alarm over several."""
    yield lines(
        *((f"{ALARM} {one.title} ({one.label}, {one.place})",) for one in incidents[:NAMED])
    )


def _named(health: Health) -> Iterator[dict[str, object] | None]:
    if not health.ailing:
        return
    yield lines((Strong(text="Not available now"),))
    left = len(health.ailing) - NAMED
    more: list[Line] = [(f"and {left} more: ", Code(text="/rds list"))] if left > 0 else []
    yield bullets([*(_ailing(one) for one in health.ailing[:NAMED]), *more])


def _ailing(one: Ailing) -> Line:
    return (Code(text=one.name), f" {one.status} ({one.environment})")


def _unreachable(health: Health) -> Iterator[Line]:
    if not health.populations and not health.unreachable:
        yield ("I see no databases. Check the configured accounts and regions.",)
    if not health.unreachable:
        return
    left = len(health.unreachable) - PLACES
    more = f" and {left} more" if left > 0 else ""
    places = f"{', '.join(health.unreachable[:PLACES])}{more}"
    yield (
        Strong(text="Not reachable:"),
        f" {places}. What is there is shown as last seen, or missing. Why: ",
        Code(text="/rds list"),
    )
