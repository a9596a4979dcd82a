"""The fleet at a glance: each environment with its databases, and by name those in trouble."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.aws.statuses import USABLE
from bot.values import Code, Database, Environment, Line, Strong, Unreachable
from handlers.blocks.rich import Block, bullets, lines, rich_text

NAMED = 12
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


def fleet(health: Health) -> Block:
    return rich_text(
        bullets([_population(one, is_all=not health.unreachable) for one in health.populations]),
        *_named(health),
        lines(*_unreachable(health)),
    )


def _population(one: Population, *, is_all: bool) -> Line:
    protected = " (protected)" if one.is_protected else ""
    counted = f"{one.count} database{'' if one.count == 1 else 's'}"
    return (Strong(text=one.environment.value), f"{protected}: {counted}, {_well(one, is_all)}")


def _well(one: Population, is_all: bool) -> str:
    """``is_all``: what could not be read is not said to be well."""
    if one.ailing:
        return f"{one.ailing} not available"
    seen = "" if is_all else " when last seen"
    return f"{'available' if one.count == 1 else 'all available'}{seen}"


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
        f" {places}. What is there is shown as last seen, or missing; why: ",
        Code(text="/rds list"),
    )
