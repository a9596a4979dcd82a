"""Times to come as people say them, on the reader's clock."""

from datetime import UTC, datetime

import pytest

from bot.times import time_to_come

#: A Friday, 15:03 in Berlin.
NOW = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("16:00", "2026-11-20T15:00"), ("15:03", "2026-11-21T14:03"), ("02:00", "2026-11-21T01:00"),
        ("2:00", "2026-11-21T01:00"), ("2am", "2026-11-21T01:00"), ("11 pm", "2026-11-20T22:00"),
        ("12am", "2026-11-20T23:00"), ("12pm", "2026-11-21T11:00"),
        ("at 02:00", "2026-11-21T01:00"),
        ("sat 02:00", "2026-11-21T01:00"), ("Saturday 2:00", "2026-11-21T01:00"),
        ("sat at 2am", "2026-11-21T01:00"), ("fri 16:00", "2026-11-20T15:00"),
        ("fri 02:00", "2026-11-27T01:00"), ("thurs 02:00", "2026-11-26T01:00"),
        ("tomorrow 14:30", "2026-11-21T13:30"), ("today 23:00", "2026-11-20T22:00"),
        ("tonight 23:00", "2026-11-20T22:00"), ("2026-12-24 02:00", "2026-12-24T01:00"),
        ("in 2h", "2026-11-20T16:03"), ("in 90 min", "2026-11-20T15:33"),
        ("in 1h 30m", "2026-11-20T15:33"),
    ],
)  # fmt: skip
def test_a_time_is_the_next_such_one_on_the_readers_clock(said: str, wanted: str) -> None:
    found = time_to_come(said, NOW, "Europe/Berlin")

    assert found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") == wanted


@pytest.mark.parametrize(
    "said",
    ["", "soon", "2", "25:00", "02:60", "13pm", "0am", "in 0h", "in", "today 02:00",
     "2026-11-20 02:00", "2026-13-01 02:00", "2025-01-01 02:00", "sun", "someday 02:00",
     "saturn 02:00", "sat 02:00 02:00", "-1:00", "in 2d"],
)  # fmt: skip
def test_what_is_no_time_or_has_passed_is_refused_with_how_one_reads(said: str) -> None:
    with pytest.raises(ValueError, match="a time reads 02:00"):
        time_to_come(said, NOW, "Europe/Berlin")


def test_a_time_that_spring_skips_comes_an_hour_later() -> None:
    before = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)

    found = time_to_come("02:30", before, "Europe/Berlin")

    assert found.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
