"""Where ticks stand and what they say."""

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.values import SECOND, Window

#: Minutes between two ticks that read well on a clock.
STEPS = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10_080, 20_160)
MOST = 5  #: time ticks of a wide panel
HOUR = 60
DAY = 24 * HOUR
#: Figures that are too long for a scale, and how people shorten them.
MANY = ((1e9, " bn"), (1e6, " M"), (1.0, ""))
LEGIBLE = 0.2  #: of a scale, from nothing to the next word on it

Ticks = tuple[tuple[float, str], ...]
"""Positions, in seconds since 1970 or in the panel's unit, and their labels."""


def moments(window: Window, zone: ZoneInfo, most: int = MOST) -> Ticks:
    """Round times of the reader's day; a new day is named where days matter."""
    minutes = window.seconds / 60
    step = next((one for one in STEPS if minutes / one <= min(most, MOST)), STEPS[-1])
    since = datetime.fromtimestamp(window.since / SECOND, zone)
    until = datetime.fromtimestamp(window.until / SECOND, zone)
    day = since.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    found: dict[float, str] = {}
    while day <= until:
        for at in _of_day(day, step):
            if since <= at <= until:
                found.setdefault(at.timestamp(), _said(at, step))
        day += timedelta(days=max(1, step // DAY))
    return tuple(sorted(found.items()))


def _of_day(day: datetime, step: int) -> list[datetime]:
    """By the clock on the wall, which is what people read, whatever it did that night."""
    return [day + timedelta(minutes=minutes) for minutes in range(0, DAY, step)]


def _said(at: datetime, step: int) -> str:
    midnight = at.hour == at.minute == 0
    if step >= 7 * DAY:
        return f"{at.day} {at:%b}"
    if step >= DAY:
        return f"{at:%a} {at.day}"
    if midnight and step >= 2 * HOUR:
        return f"{at:%a} {at.day}"
    return f"{at:%H:%M}"


def top(highest: float, unit: str) -> float:
    """A round number with a little air above the highest value; a percentage ends at 100."""
    binary = 1024.0 ** max(0, math.floor(math.log(max(highest, 1), 1024)))
    scale = binary if unit in ("B", "B/s") else 1.0
    wanted = max(highest * 1.08 / scale, 1e-9)
    power = 10.0 ** math.floor(math.log10(wanted))
    nice = next(one for one in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if one * power >= wanted * 0.999)
    found = nice * power * scale
    return min(found, 100.0) if unit == "%" and highest <= 100 else found


def figures(ceiling: float, unit: str, floor: float = 0.0) -> Ticks:
    """Nothing, half and all of it, in one and the same unit, and how far it goes below nothing."""
    size, name = _scale(max(ceiling, -floor), unit)
    below = (floor,) if -floor > LEGIBLE * (ceiling - floor) else ()
    above = (ceiling / 2, ceiling) if ceiling > LEGIBLE * (ceiling - floor) else ()
    said = [(value, f"{_short(value / size)}{name}") for value in (*below, *above)]
    return ((0.0, "0"), *said)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _scale(ceiling: float, unit: str) -> tuple[float, str]:
    match unit:
        case "B" | "B/s":
            power = min(4, max(0, int(math.log(max(ceiling, 1), 1024) + 1e-9)))
            return 1024.0**power, f" {('B', 'KiB', 'MiB', 'GiB', 'TiB')[power]}{unit[1:]}"
        case "s" if ceiling < 1:
            return 0.001, " ms"
        case _:
            size, many = next((one for one in MANY if ceiling >= one[0]), MANY[-1])
            return size, f"{many}/s" if unit == "1/s" else f"{many} {unit}".rstrip()
