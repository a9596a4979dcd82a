"""A database as its metrics depend on it."""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from bot.sandbox.aws.chance import uniform
from bot.sandbox.aws.strains import Strain

SEED = 7
SIZES = {
    "db.m5.large": (2, 8),
    "db.m6g.large": (2, 8),
    "db.r6g.2xlarge": (8, 64),
    "db.r6g.large": (2, 16),
    "db.t4g.medium": (2, 4),
}
"""Processors and GiB of memory; what is not here counts as two and eight."""


@dataclass(frozen=True)
class Machine:
    """``started`` is the sandbox's first minute, ``outages`` when it was down, in epoch seconds.

    ``drift``: so many minutes after its own time lies the time whose figures it shows.
    """

    name: str
    account: str
    engine: str
    instance_class: str
    storage_gib: int
    started: int
    capacity: tuple[float, float] | None = None  #: a serverless one's, in capacity units
    reads: bool = False  #: whether it is a replica or a reader
    insights: bool = False  #: whether Performance Insights is on
    outages: tuple[tuple[float, float], ...] = ()
    drift: int = 0
    strains: tuple[Strain, ...] = ()

    @property
    def is_aurora(self) -> bool:
        return self.engine.startswith("aurora")

    @property
    def processors(self) -> int:
        return SIZES.get(self.instance_class, (2, 8))[0]

    @property
    def memory_gib(self) -> float:
        if self.capacity:
            return 2 * self.capacity[1]
        return SIZES.get(self.instance_class, (2, 8))[1]

    def luck(self, what: str) -> float:
        """Between 0 and 1, and always the same for this database."""
        return float(uniform(self.key(what), np.zeros(1, np.int64))[0])

    def key(self, what: str) -> int:
        said = f"{SEED}/{self.account}/{self.name}/{what}".encode()
        return int.from_bytes(sha256(said).digest()[:8], "big")
