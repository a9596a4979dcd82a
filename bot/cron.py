"""Times as people say them or crontab(5) writes them, in a zone whose clocks are put forward and
back.

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

#: How people name days; of a day of the week its three letters do, and its plural.
NAMED = {
    "daily": "*", "day": "*", "days": "*", "everyday": "*", "weekday": "mon-fri",
    "weekdays": "mon-fri", "workday": "mon-fri", "workdays": "mon-fri",
    "weekend": "sat,sun", "weekends": "sat,sun",
    "tues": "tue", "weds": "wed", "thur": "thu", "thurs": "thu",
}  # fmt: skip
LONG_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
#: What says an hour by itself, where none is said.
HOURS = {"morning": "8:30", "mornings": "8:30", "evening": "18:00", "evenings": "18:00",
         "noon": "12:00", "midday": "12:00", "midnight": "0:00"}  # fmt: skip
COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
           "twelve")  # fmt: skip
#: What says nothing of when.
SAID = frozenset(
    {"at", "on", "every", "each", "the", "and", "in", "o'clock", "oclock", "um", "uhr", "please"}
)
EXAMPLE = "for example: weekdays 8:30"

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d\d)|h)?\s?(am|pm)?")
_SPAN = re.compile(r"([a-z]+)-([a-z]+)")
_PART = re.compile(r"(\*|([0-9]+|[a-z]{3})(-([0-9]+|[a-z]{3}))?)(/[0-9]+)?")
_WEEKDAYS = re.compile(r"([0-7])(?:-([0-7]))?(?:/0*([1-9][0-9]*))?")


class Due(NamedTuple):
    """An instant, and what the wall clock says then: "2026-10-25T02:30"."""

    at: int
    wall_clock: str


def schedule(said: str) -> str:
    """What people say of days and a time, or crontab's fields, as those fields.

    Raises ValueError with a sentence or a question.
    """
    words = said.casefold().replace("\u2013", "-").split()
    is_cron = any("*" in word for word in words) or _reads_as_cron(words)
    return checked(said if is_cron else _from_words(said, _phrased(words)))


def spoken(expression: str) -> str:
    """``weekdays at 08:30``; what no short sentence says, or is none, is the expression."""
    fields = expression.split()
    if len(fields) != len(FIELDS):
        return expression
    minute, hours, *rest, days = fields
    times = [f"{int(hour):02}:{int(minute):02}" for hour in hours.split(",")] if (
        minute.isdigit() and all(map(str.isdigit, hours.split(",")))
    ) else []  # fmt: skip
    if not times or rest != ["*", "*"]:
        return expression
    return f"{_spoken_days(days)} at {_listed(times)}"


def days_and_time(expression: str) -> tuple[tuple[str, ...], str] | None:
    """``("mon", "tue")`` and ``08:30``; None where it is more than weekdays and one time."""
    minute, hour, *rest, days = expression.split()
    if not (minute.isdigit() and hour.isdigit() and rest == ["*", "*"]):
        return None
    return _days(days), f"{int(hour):02}:{int(minute):02}"


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


def _reads_as_cron(words: list[str]) -> bool:
    """Its minute and its hour are numbers, lists or steps; of what people say only one is."""
    figures = [re.fullmatch(r"[\d,/-]+", one) is not None for one in words]
    return len(words) > 1 and (all(figures) or (len(words) == len(FIELDS) and all(figures[:2])))


def _phrased(words: list[str]) -> list[str]:
    """``half past eight`` as ``8:30``, ``9 am`` as ``9am``, ``monday to friday`` as its range."""
    text = " ".join(word for one in words for word in one.replace(",", " ").split())
    for number, name in enumerate(COUNTED, 1):
        text = re.sub(rf"\b{name}\b", str(number), text)
    text = re.sub(r"\bhalf past (\d+)", r"\1:30", text)
    text = re.sub(r"\bquarter past (\d+)", r"\1:15", text)
    text = re.sub(r"\bquarter to (\d+)", lambda found: f"{(int(found[1]) - 1) % 24}:45", text)
    text = re.sub(r"(\d) ([ap])\.?m\b\.?", r"\1\2m", text)
    text = re.sub(r"\b([a-z]+) (?:to|through|till|until|-) ([a-z]+)\b", r"\1-\2", text)
    return [word for word in text.split() if word not in SAID]


def _from_words(said: str, words: list[str]) -> str:
    """The five fields. Raises ValueError with what is not clear."""
    times = [found for word in words if (found := _time(word))]
    days = [named for word in words if (named := _named_days(word))]
    days = days or ["*" for word in words if word in HOURS]
    known = [bool(_time(word) or _named_days(word) or word in HOURS) for word in words]
    if False in known:
        odd = words[known.index(False)]
        raise ValueError(f'"{odd}" is no day and no time; say days and a time, {EXAMPLE}')
    times = times or list(filter(None, (_time(HOURS.get(word, "")) for word in words)))
    if not days:
        raise ValueError(f'on which days does "{said}" mean? Say daily {said}, or weekdays {said}')
    if not times:
        raise ValueError(f'at what time does "{said}" mean? Say it with a time, {EXAMPLE}')
    if len({minute for _, minute in times}) > 1:
        raise ValueError(f'"{said}" names several times; make a schedule for each')
    hours = ",".join(str(hour) for hour in sorted({hour for hour, _ in times}))
    return f"{times[0][1]} {hours} * * {_shortest(days)}"


def _shortest(days: list[str]) -> str:
    """``mon-fri`` for its five days, ``*`` for all seven."""
    field = ",".join(dict.fromkeys(days))
    same = (one for one in ("*", "mon-fri", "sat,sun") if _days(one) == _days(field))
    return next(same, field)


def _time(word: str) -> tuple[int, int] | None:
    """Hour and minute by the 24 hours of the day, or before and after noon."""
    found = _TIME.fullmatch(word)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None


def _named_days(word: str) -> str:
    """As a field of the expression; empty for what is no day."""
    if found := _SPAN.fullmatch(word):
        first, last = map(_named_days, found.groups())
        return f"{first}-{last}" if first in DAYS and last in DAYS else ""
    singular = word.removesuffix("s")
    if singular in LONG_DAYS:
        return DAYS[LONG_DAYS.index(singular)]
    return NAMED.get(word) or next((one for one in DAYS if one in (word, singular)), "")


def _days(field: str) -> tuple[str, ...]:
    """Those that a field stands for, the week beginning on Monday."""
    times = _times(f"0 0 * * {field}", BEGIN)
    found = {int(str(day)) % 7 for day in times.weekdays}
    return tuple(DAYS[day] for day in (1, 2, 3, 4, 5, 6, 0) if day in found)


def _spoken_days(field: str) -> str:
    days = _days(field)
    if len(days) == len(DAYS):
        return "every day"
    if days == _days("mon-fri"):
        return "weekdays"
    if days == _days("sat,sun"):
        return "weekends"
    return _listed([LONG_DAYS[DAYS.index(day)].capitalize() + "s" for day in days])


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
