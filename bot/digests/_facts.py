"""What a digest rests on, as a survey has gathered it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.digests._metrics import Name, named, replicated
from bot.fleet.limits import Ceiling
from bot.settings._thresholds import AS_USUAL, Thresholds
from bot.values import (
    Alarm,
    Classified,
    Concern,
    Database,
    Incident,
    Kind,
    Lifecycle,
    Line,
    Maintenance,
    Quota,
    RDSEvent,
    Request,
    Section,
    Series,
    Span,
    Strong,
    Target,
    Trail,
    Week,
)


@dataclass(frozen=True)
class Event:
    """What RDS says has happened, and to which database as far as one is known."""

    said: RDSEvent
    database: Database


@dataclass(frozen=True)
class Fires:
    """An alarm that fires now, and on which database; None for one about several of a place."""

    alarm: Alarm
    database: Database | None
    place: str = ""


@dataclass(frozen=True)
class DigestFacts:
    """Series by database and metric: three-hourly over a fortnight, hourly over a day and over six
    hours, daily over four weeks. ``unseen`` says what could not be looked at."""

    now: int
    databases: tuple[Database, ...]
    classified: Mapping[Target, Classified] = field(default_factory=dict)
    fortnight: Mapping[tuple[Target, str], Series] = field(default_factory=dict)
    day: Mapping[tuple[Target, str], Series] = field(default_factory=dict)
    lately: Mapping[tuple[Target, str], Series] = field(default_factory=dict)
    weeks: Mapping[tuple[Target, str], Series] = field(default_factory=dict)
    limits: Mapping[Target, Ceiling] = field(default_factory=dict)  #: of connections
    maintenance: tuple[Maintenance, ...] = ()
    quotas: tuple[Quota, ...] = ()  #: of manual snapshots
    lifecycles: tuple[Lifecycle, ...] = ()
    events: tuple[Event, ...] = ()
    firing: tuple[Fires, ...] = ()
    incidents: tuple[Incident, ...] = ()  #: that are open
    unknown: tuple[Request, ...] = ()  #: requests of which nobody knows how they ended
    unseen: tuple[Line, ...] = ()
    week: Week = field(default_factory=Week)
    trail: Trail = field(default_factory=Trail)
    thresholds: Thresholds = AS_USUAL

    @property
    def instances(self) -> tuple[Database, ...]:
        return tuple(one for one in self.databases if one.target.kind is Kind.INSTANCE)

    def is_replica(self, database: Database) -> bool:
        return named(database, database.name) in self._replicas

    @cached_property
    def _replicas(self) -> frozenset[Name]:
        return replicated(self.databases)

    @cached_property
    def by_arn(self) -> Mapping[str, Database]:
        return {one.arn: one for one in self.databases}

    def name(self, database: Database) -> str:
        """``orders-prod (production)``"""
        found = self.classified.get(database.target)
        return f"{database.name} ({found.environment})" if found else database.name


def concern(
    facts: DigestFacts, what: str, database: Database, *said: Span, section: Section,
    brief: Span | Line, state: str = "", rank: float = 0.0, metrics: str = "", mend: str = "",
) -> Concern:  # fmt: skip
    """``brief``: the worst of it behind the name, without the date."""
    target = database.target
    return Concern(
        key=f"{what}:{target.account}/{target.region}/{target.resource_id}",
        section=section,
        line=(Strong(text=facts.name(database)), *said),
        brief=brief if isinstance(brief, tuple) else (brief,),
        state=state,
        rank=rank,
        database=typed(database),
        metrics=metrics,
        mend=mend,
    )


def step(left: float, steps: Sequence[float]) -> str:
    """The step that is reached; empty above all of them."""
    return next((f"{step:g}" for step in steps if left <= step), "")


def typed(database: Database) -> str:
    prefix = "cluster:" if database.target.kind is Kind.CLUSTER else ""
    return f"{prefix}{database.address}"
