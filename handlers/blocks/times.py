"""Instants and lengths of time in words. Instants are microseconds since 1970, UTC."""

from datetime import UTC, datetime

from bot.values import SECOND

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def utc(at: int) -> str:
    """``2026-11-20 14:03 UTC``"""
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d %H:%M} UTC"


def lasting(length: int) -> str:
    """Microseconds as the two largest units: ``1 min 12 s``, ``2 h``, ``3 d 4 h``."""
    seconds = length // SECOND
    if seconds < 1:
        return "less than a second"
    return " ".join(_parts(seconds)[:2])


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
