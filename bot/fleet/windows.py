"""AWS's weekly and daily windows in words, in UTC and on the reader's own clock: pure."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.values import SECOND

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
#: ``03:00-04:00``, or ``sun:05:00-sun:05:30``.
_WINDOW = re.compile(rf"(?:(\w{{3}}):)?{_TIME}-(?:(\w{{3}}):)?{_TIME}", re.ASCII)
DASH = "\N{EN DASH}"


def window_words(window: str, zone: str | None, now: int) -> str:
    """``Sun 05:00-05:30 UTC (6:00 yours)``; as AWS wrote it where that cannot be read.

    ``zone``: the reader's, None where nobody knows it; by how it is set when the window is next.
    """
    found = _WINDOW.fullmatch(window.strip().lower())
    if found is None:
        return f"{window} UTC" if window else "none"
    day, hour, minute, last, *until = found.groups()
    if (day is None) is not (last is None) or not {day, last} <= {None, *DAYS}:
        return f"{window} UTC"
    begins = f"{_day(day)}{hour}:{minute}"
    ends = f"{_day(last) if last != day else ''}{':'.join(until)}"
    theirs = _theirs(_next(day, int(hour), int(minute), now), day is not None, zone)
    return f"{begins}{DASH}{ends} UTC{theirs}"


def _next(day: str | None, hour: int, minute: int, now: int) -> datetime:
    """When it begins next."""
    today = datetime.fromtimestamp(now // SECOND, UTC)
    at = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
    step = timedelta(days=1)
    while at < today or (day is not None and DAYS[at.weekday()] != day):
        at += step
    return at


def _theirs(at: datetime, is_weekly: bool, zone: str | None) -> str:
    """Nothing where the reader's clock shows the same."""
    if zone is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    if local.utcoffset() == timedelta():
        return ""
    other_day = is_weekly and local.weekday() != at.weekday()
    day = _day(DAYS[local.weekday()]) if other_day else ""
    return f" ({day}{local.hour}:{local.minute:02} yours)"


def _day(day: str | None) -> str:
    return f"{day.capitalize()} " if day else ""
