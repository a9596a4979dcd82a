"""AWS's weekly and daily windows in words, in UTC and on the reader's own clock: pure."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.values import SECOND

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY, WEEK = 24 * 60, 7 * 24 * 60  # minutes
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(f"{_TIME}-{_TIME}", re.ASCII)
_WEEKLY = re.compile(rf"(\w{{3}}):{_TIME}-(\w{{3}}):{_TIME}", re.ASCII)
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


def daily(window: str) -> tuple[int, int] | None:
    """Start in minutes after midnight UTC, and length; it may cross midnight. None: unreadable."""
    found = _DAILY.fullmatch(window)
    if found is None:
        return None
    hour, minute, to_hour, to_minute = map(int, found.groups())
    start = hour * 60 + minute
    return start, (to_hour * 60 + to_minute - start) % DAY


def weekly(window: str) -> tuple[int, int] | None:
    """Start in minutes after Monday 00:00 UTC, and length; None where that cannot be read."""
    found = _WEEKLY.fullmatch(window.lower())
    if found is None or found[1] not in DAYS or found[4] not in DAYS:
        return None
    start = DAYS.index(found[1]) * DAY + int(found[2]) * 60 + int(found[3])
    end = DAYS.index(found[4]) * DAY + int(found[5]) * 60 + int(found[6])
    return start, (end - start) % WEEK


def overlaps(backup: str, maintenance: str) -> bool:
    """Whether a daily window (HH:MM-HH:MM) meets a weekly one (ddd:HH:MM-ddd:HH:MM), both UTC.

    What cannot be read overlaps nothing; AWS has the last word.
    """
    days, weeks = daily(backup), weekly(maintenance)
    if days is None or weeks is None:
        return False
    (start, minutes), (begin, length) = days, weeks
    return any(
        (day * DAY + start - begin) % WEEK < length or (begin - day * DAY - start) % WEEK < minutes
        for day in range(7)
    )


def contains(maintenance: str, now: int) -> bool:
    """Whether that moment lies in a weekly window."""
    found = weekly(maintenance)
    if found is None:
        return False
    at = datetime.fromtimestamp(now // SECOND, UTC)
    return (at.weekday() * DAY + at.hour * 60 + at.minute - found[0]) % WEEK < found[1]


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
