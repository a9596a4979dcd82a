"""Times as crontab(5) writes them, read in a zone whose clocks are put forward and back.

A due time is a reading of the wall clock. One that comes twice in a night is served at its first
coming; one that is skipped is served as long after the clocks were put forward as it would have
been after the hour that is missing. So each reading is due exactly once.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise, takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LEAST = timedelta(minutes=15)  #: between two times
SEEN = timedelta(days=2)  #: from the first time on, how far the times are looked through
FURTHEST = timedelta(days=8 * 366)  #: 29 February may be eight years away
END = datetime(2200, 1, 1, tzinfo=UTC)  #: where looking for a day that never comes ends
SHIFT = timedelta(hours=26)  #: more than any zone is off UTC, and any clock is put forward

_PART = re.compile(r"(?:\*|([0-9]+|[a-z]{3})(?:-([0-9]+|[a-z]{3}))?)(?:/([0-9]+))?")


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
    _check_parts(expression, fields)
    if not fields[2].startswith("*") and not fields[4].startswith("*"):
        raise ValueError(
            f'"{expression}" names a day of the month and a day of the week; cron means either of '
            "them and most people both: put * in one of the two"
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


def _check_parts(expression: str, fields: Iterable[str]) -> None:
    for name, field in zip(FIELDS, fields, strict=True):
        wrong = next((part for part in field.split(",") if not _PART.fullmatch(part)), None)
        if wrong is not None:
            raise ValueError(f'"{expression}" is no cron expression: "{wrong}" is no {name}')


def _check_times(expression: str, tidy: str) -> None:
    try:
        first = next(_readings(tidy, datetime(2024, 1, 1)), None)  # noqa: DTZ001 - a wall clock
    except ValueError as error:
        raise ValueError(f'"{expression}" is no cron expression: {error}') from error
    if first is None:
        raise ValueError(f'"{expression}" never comes: there is no such day')
    seen = takewhile(lambda reading: reading <= first + SEEN, _readings(tidy, first))
    if any(later - earlier < LEAST for earlier, later in pairwise(seen)):
        minutes = LEAST // timedelta(minutes=1)
        raise ValueError(f'"{expression}" comes more often than every {minutes} minutes')


def _readings(expression: str, start: datetime) -> Iterator[datetime]:
    """What the wall clock says at these times, from ``start`` on, as if no clock were ever put."""
    trigger, last = _trigger(expression), None
    now = start.replace(tzinfo=UTC)
    while (found := trigger.get_next_fire_time(last, now)) and found - now < FURTHEST:
        yield found.replace(tzinfo=None)
        last = now = found


@cache
def _trigger(expression: str) -> CronTrigger:
    minute, hour, day, month, weekday = expression.split()
    return CronTrigger(
        minute=minute,
        hour=hour,
        day=day,
        month=month,
        day_of_week=_named(weekday),
        end_date=END,
        timezone=UTC,
    )


def _named(field: str) -> str:
    """Weekdays by name: crontab counts them from Sunday, as 0 or 7, and APScheduler from Monday."""
    numbers = {number % 7 for part in field.split(",") for number in _numbers(part)}
    return ",".join(DAYS[number] for number in sorted(numbers))


def _numbers(part: str) -> range:
    match = _PART.fullmatch(part)
    assert match is not None
    first, last, step = match.groups()
    if first is None:
        return range(0, 7, _step(step))
    begin = _number(first)
    end = _number(last) if last else 6 if step else begin
    if last and end < begin:
        end += 7
    return range(begin, end + 1, _step(step))


def _number(word: str) -> int:
    if word.isdigit() and int(word) <= 7:
        return int(word)
    if word in DAYS:
        return DAYS.index(word)
    raise ValueError(f'"{word}" is no day of the week')


def _step(step: str | None) -> int:
    if step is None:
        return 1
    if int(step) == 0:
        raise ValueError("a step of 0 goes nowhere")
    return int(step)


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000, zone).replace(tzinfo=None)


def _instant(reading: datetime, zone: ZoneInfo) -> int:
    """The first time that the wall clock says so, or would have if it had not been put forward."""
    return int(reading.replace(tzinfo=zone).timestamp()) * 1_000_000
