"""Points in time as people say them, and as they are written to be read in one way only."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_AGO = re.compile(r"(\d{1,4}) ?(m|min|minutes?|h|hours?|d|days?) ago")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_DAY = r"(?:(?P<day>today|yesterday|\d{4}-\d\d-\d\d)[ t])?"
_ZONE = r"(?: ?(?P<offset>z|[+-]\d\d:\d\d))?(?: ?\[?(?P<zone>[a-z][\w+-]*(?:/[\w+-]+)*)\]?)?"
_AT = re.compile(rf"{_DAY}(?P<time>\d\d?:\d\d(?::\d\d)?){_ZONE}", re.IGNORECASE)
READS = 'a time reads "2 hours ago", 14:30, "yesterday 14:30" or "2026-11-28 14:30 UTC"'


class PointInTime(NamedTuple):
    """A second, and the time zone in which whoever named it lives."""

    at: datetime  #: in that zone
    zone: str

    @classmethod
    def parse(cls, text: str, now: datetime, zone: str) -> Self:
        """``zone`` is that of whoever says it, unless the words name another. Raises ValueError."""
        said = " ".join(text.split())
        if found := _AGO.fullmatch(said.lower()):
            back = int(found[1]) * _UNITS[found[2][0]]
            return cls((now - back).replace(microsecond=0).astimezone(ZoneInfo(zone)), zone)
        if (found := _AT.fullmatch(said)) is None:
            raise ValueError(READS)
        return cls._of(found, now, zone)

    @classmethod
    def _of(cls, found: re.Match[str], now: datetime, zone: str) -> Self:
        named = found["zone"] or ("UTC" if found["offset"] in ("Z", "z") else zone)
        try:
            place = ZoneInfo("UTC" if named.upper() == "UTC" else named)
            day = _day(found["day"] or "today", now.astimezone(place))
            hour, _, rest = found["time"].partition(":")
            at = datetime.combine(day, time.fromisoformat(f"{hour:0>2}:{rest}"), place)
            if offset := found["offset"]:
                exact = at.replace(
                    tzinfo=datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo
                )
                at = exact.astimezone(place)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise ValueError(READS) from error
        return cls(at, place.key)

    def __str__(self) -> str:
        """As RFC 9557 has it, without a blank: also when a clock is put back it is one moment."""
        return f"{self.at.isoformat()}[{self.zone}]"

    @property
    def utc(self) -> datetime:
        return self.at.astimezone(UTC)

    @property
    def spoken(self) -> str:
        """``2026-11-28 13:30 UTC (14:30 Europe/Berlin)``"""
        said = f"{_minute(self.utc)} UTC"
        if self.zone == "UTC":
            return said
        is_same_day = self.at.date() == self.utc.date()
        own = _minute(self.at).partition(" ")[2] if is_same_day else _minute(self.at)
        return f"{said} ({own} {self.zone})"


def _day(word: str, now: datetime) -> datetime:
    match word.lower():
        case "today":
            return now
        case "yesterday":
            return now - timedelta(days=1)
        case date:
            return datetime.fromisoformat(date)


def _minute(at: datetime) -> str:
    """With the seconds, where there are any."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if at.second else f"{at:%Y-%m-%d %H:%M}"
