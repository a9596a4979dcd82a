"""Instance classes compared by AWS's own measure, which prices within a family follow.

Normalized units: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithReservedDBInstances.html
"""

import re
from typing import NamedTuple

UNITS = {"micro": 0.5, "small": 1.0, "medium": 2.0, "large": 4.0, "xlarge": 8.0}
_CLASS = re.compile(r"db\.([a-z0-9-]+)\.(micro|small|medium|large|(\d*)xlarge)")


class Ratio(NamedTuple):
    """How one class compares with another of its family: 2.0 is twice as large."""

    times: float

    @property
    def is_smaller(self) -> bool:
        return self.times < 1

    @property
    def nearness(self) -> tuple[float, bool]:
        """For sorting: the next larger and smaller first."""
        return (max(self.times, 1 / self.times), self.is_smaller)

    @property
    def price(self) -> str:
        return f"{self.times * 100:.0f} %"

    @property
    def spoken(self) -> str:
        """``twice the size``, ``half the size``, ``4 times the size``"""
        if self.times == 1:
            return "the same size"
        factor = 1 / self.times if self.is_smaller else self.times
        if self.is_smaller:
            return "half the size" if factor == 2 else f"1/{factor:g} of the size"
        return "twice the size" if factor == 2 else f"{factor:g} times the size"


def compared(now: str, wanted: str) -> Ratio | None:
    """None where they are of different families, or of sizes that nobody measures."""
    one, other = _parts(now), _parts(wanted)
    if one is None or other is None or one[0] != other[0]:
        return None
    return Ratio(other[1] / one[1])


def _parts(name: str) -> tuple[str, float] | None:
    """Its family, and its size in AWS's units."""
    match = _CLASS.fullmatch(name)
    if match is None:
        return None
    family, size, number = match.groups()
    if size.endswith("xlarge"):
        return family, UNITS["xlarge"] * int(number or 1)
    return family, UNITS[size]
