"""Figures of the bot about itself, as they are kept and sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lengths:
    """How long something took: how many at most so long, bound by bound, and all together."""

    up_to: tuple[int, ...]
    count: int
    seconds: float


@dataclass(frozen=True)
class Datum:
    """One value of one of CloudWatch's metrics; ``at`` in microseconds, ``unit`` in its words."""

    metric: str
    value: float
    unit: str
    at: int
    dimensions: Mapping[str, str] = field(default_factory=dict)
