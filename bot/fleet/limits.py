"""How much a database takes, as far as its class, its engine and its parameters tell.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.values import Database

GIB = 2**30
ACU_GIB = 2  #: memory of one capacity unit
SMALL_SERVERLESS = 2_000  #: what Aurora PostgreSQL allows where it may shrink to half a unit
FAMILIES = {"r": 16, "m": 8, "t": 8, "x": 32, "c": 4, "z": 16}
"""GiB of a ``large`` one, by the letter with which the family begins."""
SIZES = {"nano": 0.0625, "micro": 0.125, "small": 0.25, "medium": 0.5, "large": 1.0, "xlarge": 2.0}
"""As a share of ``large``."""

_CLASS = re.compile(r"db\.([a-z])\w*\.(\d*)(nano|micro|small|medium|large|xlarge)")
#: AWS tells a default that grows with the size as a formula. Of others nothing is claimed.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html
_FORMULA = re.compile(r"(?:LEAST\()?\{DBInstanceClassMemory/(\d+)\}(?:,(\d+)\))?", re.IGNORECASE)


def memory_gib(instance_class: str) -> float | None:
    """As sold; what the engine gets is a little less. None for a class that says nothing."""
    found = _CLASS.fullmatch(instance_class)
    if found is None or found[1] not in FAMILIES:
        return None
    return FAMILIES[found[1]] * SIZES[found[3]] * int(found[2] or 1)


def processors(instance_class: str) -> int | None:
    """Virtual ones; burstable classes have two from the smallest on. None as above."""
    found = _CLASS.fullmatch(instance_class)
    if found is None or found[1] not in FAMILIES:
        return None
    least = 2 if found[1] == "t" else 1
    return max(least, int(2 * SIZES[found[3]] * int(found[2] or 1)))


@dataclass(frozen=True)
class Ceiling:
    """How many connections an instance takes; ``why`` completes "Limit: ≈ 901, …"."""

    most: int
    why: str
    is_exact: bool = False

    def __str__(self) -> str:
        return f"{self.most:,}" if self.is_exact else f"≈ {self.most:,}"


def shared(limits: Collection[Ceiling]) -> Ceiling | None:
    """The one limit of them all; None where they differ or there is none."""
    different = set(limits)
    return different.pop() if len(different) == 1 else None


def ceiling(database: Database, parameter: str | None) -> Ceiling | None:
    """The limit that holds: ``parameter`` is max_connections where somebody set it.

    A serverless instance needs its cluster's ``capacity``. None where nobody can know.
    """
    waits = ", where changes wait for a restart" if database.parameters_wait else ""
    group = f"parameter group {database.parameter_group}{waits}"
    if parameter is None:
        most = max_connections(database)
        return None if most is None else Ceiling(most, _computed(database))
    if parameter.isdecimal():
        return Ceiling(int(parameter), f"set in {group}", is_exact=True) if int(parameter) else None
    most = _evaluated(parameter, database)
    return Ceiling(most, f"computed from the formula in {group}") if most else None


def max_connections(database: Database) -> int | None:
    """The engine's default formula over the class's memory: an upper bound, so say ≈."""
    if database.engine.startswith("sqlserver"):
        return 32_767
    memory = _memory(database)
    if memory is None:
        return None
    match database.engine:
        case "postgres" | "aurora-postgresql":
            most = int(min(memory / 9_531_392, 5_000))
            shrinks = database.capacity is not None and database.capacity[0] <= 0.5
            return min(most, SMALL_SERVERLESS) if shrinks else most
        case "mysql":
            return int(memory / 12_582_880)
        case "mariadb":
            return int(min(memory / 25_165_760, 12_000))
        case "aurora-mysql":
            small, large = math.log2(memory / 805_306_368), math.log2(memory / 8_187_281_408)
            return int(max(small * 45, large * 1000, 0)) or None
        case _:
            return None


def _memory(database: Database) -> float | None:
    """In bytes; of a serverless one what its largest capacity has."""
    if database.capacity is not None:
        return database.capacity[1] * ACU_GIB * GIB
    gib = memory_gib(database.instance_class)
    return None if gib is None else gib * GIB


def _computed(database: Database) -> str:
    if database.engine.startswith("sqlserver"):
        return "which is all that SQL Server has"
    if database.capacity is not None:
        return f"as {database.engine} computes it for {database.capacity[1]:g} capacity units"
    return f"as {database.engine} computes it for {database.instance_class}; a little less in truth"


def _evaluated(formula: str, database: Database) -> int | None:
    found, memory = _FORMULA.fullmatch(formula.replace(" ", "")), _memory(database)
    if found is None or memory is None:
        return None
    most = int(memory / int(found[1]))
    return min(most, int(found[2])) if found[2] else most
