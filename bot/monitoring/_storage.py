"""When storage is full: one judgement for charts and digests, with what AWS adds by itself."""

from typing import NamedTuple

from bot.values import Database, amount

SOON = 30.0  #: days until storage is full that are worth a word
GIB = 2.0**30


class Outlook(NamedTuple):
    """``left`` in days, ``growth`` in bytes a day, ``added`` in bytes that AWS adds before."""

    left: float
    growth: float
    added: float

    @property
    def with_more(self) -> str:
        more = f"with the {amount(self.added, 'B')} more that AWS adds by itself"
        return f", {more}" if self.added else ""

    @property
    def days(self) -> str:
        if self.left < 1:
            return "less than a day"
        return f"about {self.left:.0f} day{'s' if self.left >= 1.5 else ''}"


def outlook(database: Database, free: float, left: float | None) -> Outlook | None:
    """From the bytes that are free now and the days in which those alone would be used up.

    None where nothing fills up soon. Aurora's volume grows by itself, that of others up to a limit
    where one is set.
    """
    if database.is_aurora or not left or free <= 0:
        return None
    growth, added = free / left, _headroom(database)
    found = Outlook(left + added / growth, growth, added)
    return found if found.left <= SOON else None


def _headroom(database: Database) -> float:
    """Bytes that AWS adds by itself before storage is full."""
    if database.storage_limit_gib is None or database.storage_gib is None:
        return 0.0
    return max(0, database.storage_limit_gib - database.storage_gib) * GIB
