"""Times as crontab(5) writes them, read in a zone whose clocks are put forward and back.

A due time is a reading of the wall clock. One that comes twice in a night is served at its first
coming; one that is skipped is served as long after the clocks were put forward as it would have
been after the hour that is missing. So each reading is due exactly once.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise, starmap, takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
RANGES = ("0 to 59", "0 to 23", "1 to 31", "1 to 12, or jan to dec", "0 to 7, or sun to sat")
WEEKDAY = FIELDS.index("day of the week")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
LEAST = timedelta(minutes=15)  #: between two times
SEEN = timedelta(days=2)  #: from the first time on, how far the times are looked through
BEGIN = datetime(2024, 1, 1)  # noqa: DTZ001 - a wall clock
SHIFT = timedelta(hours=26)  #: more than any zone is off UTC, and any clock is put forward

_PART = re.compile(r"(\*|([0-9]+|[a-z]{3})(-([0-9]+|[a-z]{3}))?)(/[0-9]+)?")
_WEEKDAYS = re.compile(r"([0-7])(?:-([0-7]))?(?:/0*([1-9][0-9]*))?")


class Due(NamedTuple):
    """An instant, and what the wall clock says then: "2026-10-25T02:30"."""

    at: int
    wall_clock: str


def checked(expression: str) -> str:
    """The expression in one form: lower case, single spaces. Raises ValueError with a sentence."""
    fields = expression.casefold().split()
    if len(fields) != len(FIELDS):
        raise ValueError(
            f'"{expression}" is no cron expression: it has {len(fields)} fields and needs five '
            f'({", ".join(FIELDS)}), as in "30 8 * * mon-fri"'
        )
    parts = [(part, at) for at, field in enumerate(fields) for part in field.split(",")]
    if wrong := next(filter(None, starmap(_wrong, parts)), None):
        raise ValueError(f'"{expression}" is no cron expression: {wrong}')
    if not fields[2].startswith("*") and not fields[4].startswith("*"):
        raise ValueError(
            f'"{expression}" names a day of the month and a day of the week. Cron runs on either '
            "of them, most people mean both: put * in one of the two"
        )
    _check_times(expression, " ".join(fields))
    return " ".join(fields)


def due(expression: str, timezone: str, after: int, until: int) -> tuple[Due, ...]:
    """What fell due after one instant and until another; earliest first."""
    zone = ZoneInfo(timezone)
    start = _local(after, zone) - SHIFT
    end = _local(until, zone) + SHIFT
    readings = takewhile(lambda reading: reading <= end, _readings(expression, start))
    found = (Due(_instant(one, zone), f"{one:%Y-%m-%dT%H:%M}") for one in readings)
    return tuple(sorted(one for one in found if after < one.at <= until))


def next_due(expression: str, timezone: str, after: int) -> Due:
    zone = ZoneInfo(timezone)
    readings = _readings(expression, _local(after, zone) - SHIFT)
    found = (Due(_instant(one, zone), f"{one:%Y-%m-%dT%H:%M}") for one in readings)
    return next(one for one in found if one.at > after)


def _wrong(part: str, at: int) -> str | None:
    """What is wrong with a part of the field that stands there; None where nothing is."""
    alone, _, step = part.partition("/")
    if not _PART.fullmatch(part) or not _numbers(alone, at):
        return f'"{part}" is no {FIELDS[at]}; it goes from {RANGES[at]}'
    if step and len(_numbers(part, at)) < (1 if at == WEEKDAY else 2):
        return f"a step of {step} goes nowhere"
    return None


def _numbers(part: str, at: int) -> Collection[object]:
    """Those that a part of that field stands for; empty where cronsim cannot read it."""
    fields = ["*"] * len(FIELDS)
    fields[at] = part
    try:
        times = _times(" ".join(fields), BEGIN)
    except (CronSimError, ValueError):
        return ()
    return (times.minutes, times.hours, times.days, times.months, times.weekdays)[at]


def _check_times(expression: str, tidy: str) -> None:
    first = None
    with suppress(CronSimError):  # of a day of the month that none of these months has
        first = next(_readings(tidy, BEGIN), None)
    if first is None:
        raise ValueError(f'"{expression}" never comes: there is no such day')
    seen = takewhile(lambda reading: reading <= first + SEEN, _readings(tidy, first))
    if any(later - earlier < LEAST for earlier, later in pairwise(seen)):
        minutes = LEAST // timedelta(minutes=1)
        raise ValueError(f'"{expression}" comes more often than every {minutes} minutes')


def _readings(expression: str, start: datetime) -> Iterator[datetime]:
    """What the wall clock says at these times, from ``start`` on, as if no clock were ever put.

    Ends where none comes for fifty years. Raises CronSimError.
    """
    return _times(expression, start - timedelta(seconds=1))


def _times(expression: str, after: datetime) -> CronSim:
    *fields, weekdays = expression.split()
    written = ",".join(map(_written_out, weekdays.split(",")))
    return CronSim(" ".join((*fields, written)), after)


def _written_out(part: str) -> str:
    """As 5,6,0,1 where it is fri-mon: to cronsim no range of weekdays goes past Sunday."""
    for number, day in enumerate(DAYS):
        part = part.replace(day, str(number))
    found = _WEEKDAYS.fullmatch(part)
    if found is None:
        return part
    first, last, step = found.groups()
    begin = int(first)
    end = int(last) if last else max(begin, 6) if step else begin
    week = 7 if end < begin else 0
    return ",".join(str(day % 7) for day in range(begin, end + week + 1, int(step or 1)))


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000, zone).replace(tzinfo=None)


def _instant(reading: datetime, zone: ZoneInfo) -> int:
    """The first time that the wall clock says so, or would have if it had not been put forward."""
    return int(reading.replace(tzinfo=zone).timestamp()) * 1_000_000


def in_words(expression: str) -> str:
    """``Weekdays 8:30``; the expression itself where words would be longer than it is."""
    fields = expression.split()
    if len(fields) != len(FIELDS):
        return f"Cron {expression}"
    minute, hour, day, month, weekday = fields
    days = _days_in_words(day, weekday)
    hours = hour.split(",")
    if month != "*" or not minute.isdigit() or not all(map(str.isdigit, hours)) or not days:
        return f"Cron {expression}"
    return f"{days} {' and '.join(f'{int(one)}:{int(minute):02d}' for one in hours)}"


def _days_in_words(day: str, weekday: str) -> str:
    """Empty where it takes more than a few words."""
    if day != "*":
        return f"Day {day} of each month," if day.isdigit() and weekday == "*" else ""
    if weekday == "*":
        return "Every day"
    numbers = {int(str(one)) % 7 for part in weekday.split(",") for one in _numbers(part, WEEKDAY)}
    known = {frozenset(range(1, 6)): "Weekdays", frozenset((0, 6)): "Weekends"}
    named = [f"{NAMES[one]}s" for one in (1, 2, 3, 4, 5, 6, 0) if one in numbers]
    return known.get(frozenset(numbers)) or ("Every day" if len(named) == 7 else ", ".join(named))
