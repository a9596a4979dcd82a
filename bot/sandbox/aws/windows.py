"""Backup and maintenance windows, as AWS accepts them: UTC, half an hour at least, no overlap."""

import re

from moto.rds.exceptions import InvalidParameterValue

MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY
SHORTEST = 30
FIRST_MONDAY = 4 * 86_400
"""Epoch seconds of the first Monday of 1970."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_BACKUP = re.compile(f"{_TIME}-{_TIME}")
_MAINTENANCE = re.compile(f"({'|'.join(DAYS)}):{_TIME}-({'|'.join(DAYS)}):{_TIME}")

Minutes = range
"""Minutes counted from Monday 00:00; may run past the week's end."""


def check_windows(backup: str, maintenance: str) -> None:
    """Raises InvalidParameterValue, in AWS's words, for whatever AWS would refuse."""
    daily, weekly = _backup_minutes(backup), _maintenance_minutes(maintenance)
    for day in range(-1, 8):
        shifted = range(
            daily.start + day * MINUTES_A_DAY,
            daily.stop + day * MINUTES_A_DAY,
        )
        if max(shifted.start, weekly.start) < min(shifted.stop, weekly.stop):
            raise InvalidParameterValue(
                "The backup window and maintenance window must not overlap."
            )


def next_window(maintenance: str, now: float) -> float:
    """Epoch seconds of its next start; the start itself is past."""
    monday = now - (now - FIRST_MONDAY) % (MINUTES_A_WEEK * 60)
    start = monday + _maintenance_minutes(maintenance).start * 60
    return start if start > now else start + MINUTES_A_WEEK * 60


def _backup_minutes(window: str) -> Minutes:
    found = _BACKUP.fullmatch(window)
    if not found:
        raise InvalidParameterValue(
            f"Invalid backup window format: {window}. Should be specified as a range "
            "hh24:mi-hh24:mi (24H Clock UTC). Example: 03:45-04:15"
        )
    start, end = _minute(found[1], found[2]), _minute(found[3], found[4])
    return _at_least_half_an_hour("backup", start, end, MINUTES_A_DAY)


def _maintenance_minutes(window: str) -> Minutes:
    found = _MAINTENANCE.fullmatch(window.lower())
    if not found:
        raise InvalidParameterValue(
            f"Invalid maintenance window format: {window}. Should be specified as a range "
            "ddd:hh24:mi-ddd:hh24:mi (24H Clock UTC). Example: Sun:23:45-Mon:00:15"
        )
    start = DAYS.index(found[1]) * MINUTES_A_DAY + _minute(found[2], found[3])
    end = DAYS.index(found[4]) * MINUTES_A_DAY + _minute(found[5], found[6])
    return _at_least_half_an_hour("maintenance", start, end, MINUTES_A_WEEK)


def _at_least_half_an_hour(kind: str, start: int, end: int, cycle: int) -> Minutes:
    length = (end - start) % cycle
    if length < SHORTEST:
        raise InvalidParameterValue(f"The {kind} window must be at least 30 minutes.")
    return range(start, start + length)


def _minute(hour: str, minute: str) -> int:
    return int(hour) * 60 + int(minute)
