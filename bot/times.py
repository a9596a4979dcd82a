"""A time to come, as people say it: ``02:00``, ``sat 02:00``, ``tomorrow 14:30``, ``in 2h``."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
READS = 'a time reads 02:00, "sat 02:00", "tomorrow 14:30", "2026-12-24 02:00" or "in 2h"'
_SAID = re.compile(
    r"(?:(?P<day>[a-z]{3,9}|\d{4}-\d\d-\d\d)(?:\s+at)?\s+)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>am|pm)?"
)
_SPAN = re.compile(r"in\s+(?:(?P<hours>\d{1,3})\s*h\w*)?\s*(?:(?P<minutes>\d{1,4})\s*m\w*)?")


def time_to_come(said: str, now: datetime, zone: str) -> datetime:
    """The next such time after ``now``, in that zone. Raises ValueError, with how a time reads.

    What the clock skips in spring comes an hour later.
    """
    text = " ".join(said.lower().split()).removeprefix("at ")
    if found := _in_a_while(text, now):
        return found
    match = _SAID.fullmatch(text)
    if match is None or not (match["minute"] or match["half"]):
        raise ValueError(READS)
    hour = _hour(int(match["hour"]), match["half"])
    minute = int(match["minute"] or 0)
    if hour > 23 or minute > 59:
        raise ValueError(READS)
    here = now.astimezone(ZoneInfo(zone))
    for day in _days(match["day"], here.date()):
        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=here.tzinfo)
        if at.timestamp() > now.timestamp():
            return at
    raise ValueError(f'"{said}" has passed; {READS}')


def _in_a_while(text: str, now: datetime) -> datetime | None:
    match = _SPAN.fullmatch(text)
    if match is None or not (match["hours"] or match["minutes"]):
        return None
    span = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    if not span:
        raise ValueError(READS)
    return now + span


def _hour(hour: int, half: str | None) -> int:
    """Of 24; 99 where there is no such hour."""
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        return 99
    return hour % 12 + (12 if half == "pm" else 0)


def _days(said: str | None, today: date) -> tuple[date, ...]:
    """On which it may be, in order; without a word the next that comes. Raises ValueError."""
    tomorrow = today + timedelta(days=1)
    if said is None:
        return (today, tomorrow)
    if said in ("today", "tonight"):
        return (today,)
    if said == "tomorrow":
        return (tomorrow,)
    if said[0].isdigit():
        return (_date(said),)
    if said[:3] not in DAYS or not _WEEK[DAYS.index(said[:3])].startswith(said):
        raise ValueError(READS)
    ahead = (DAYS.index(said[:3]) - today.weekday()) % 7
    return (today + timedelta(days=ahead), today + timedelta(days=ahead + 7))


_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _date(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ValueError(READS) from None
