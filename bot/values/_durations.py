"""Lengths of time in words, the same wherever people read one."""

from bot.values._base import SECOND

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
BRIEF = 10  #: seconds; less than that is not counted
#: Unit, its seconds, the step in which it is counted, and up to how many seconds it reads well.
_ROUND = (("s", 1, 10, 95), ("min", 60, 1, 5_700), ("h", 3_600, 1, float("inf")))


def lasting(length: int) -> str:
    """Microseconds as the two largest units, whole ones: ``1 min 12 s``, ``2 h``, ``3 d 4 h``."""
    seconds = length // SECOND
    if seconds < 1:
        return "less than a second"
    return " ".join(_parts(seconds)[:2])


def between(low: int, high: int) -> str:
    """Two lengths of time in round figures of one unit: ``2-4 min``, ``50-90 s``, ``1 h``."""
    if high < BRIEF * SECOND:
        return f"less than {BRIEF} s"
    name, size, step, _ = next(one for one in _ROUND if high < one[3] * SECOND)
    first, last = (max(step, _rounded(length // SECOND / size, step)) for length in (low, high))
    return f"{last} {name}" if first == last else f"{first}\N{EN DASH}{last} {name}"


def _rounded(amount: float, step: int) -> int:
    return round(amount / step) * step


def _parts(seconds: int) -> list[str]:
    parts = []
    for name, size in _UNITS:
        amount, seconds = divmod(seconds, size)
        # a unit of none after a larger one ends it: "1 d" rather than "1 d 5 s"
        if amount:
            parts.append(f"{amount} {name}")
        elif parts:
            break
    return parts
