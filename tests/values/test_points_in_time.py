"""Points in time, as people say them."""

from datetime import UTC, datetime

import pytest

from bot.values import PointInTime

NOW = datetime(2026, 11, 20, 14, 3, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("90 minutes ago", "2026-11-20T12:33:12"),
        ("1 d ago", "2026-11-19T14:03:12"),
        ("9:05", "2026-11-20T08:05:00"),
        ("today 9:05:30", "2026-11-20T08:05:30"),
        ("9:05 UTC", "2026-11-20T09:05:00"),
        ("2026-11-19 09:05 America/New_York", "2026-11-19T14:05:00"),
        ("2026-11-19T09:05:00Z", "2026-11-19T09:05:00"),
    ],
)
def test_it_is_in_the_zone_of_whoever_says_it_unless_another_is_named(said: str, utc: str) -> None:
    assert PointInTime.parse(said, NOW, "Europe/Berlin").utc.isoformat() == f"{utc}+00:00"


@pytest.mark.parametrize("said", ["", "soon", "25:00", "2026-13-01 10:00", "10:00 Mars/Base", "7"])
def test_what_cannot_be_read_says_how_it_is_written(said: str) -> None:
    with pytest.raises(ValueError, match="a time reads"):
        PointInTime.parse(said, NOW, "UTC")


@pytest.mark.parametrize("offset", ["+02:00", "+01:00"])
def test_when_a_clock_is_put_back_it_is_still_one_moment(offset: str) -> None:
    written = f"2026-10-25T02:30:00{offset}[Europe/Berlin]"

    point = PointInTime.parse(written, NOW, "UTC")

    assert str(point) == written
    assert point.utc.hour == (0 if offset == "+02:00" else 1)
