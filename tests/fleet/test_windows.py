"""Windows in words, on the reader's clock when they are next."""

from datetime import UTC, datetime

import pytest

from bot.fleet.windows import window_words
from bot.values import SECOND

WINTER = int(datetime(2026, 11, 20, 14, 3, tzinfo=UTC).timestamp()) * SECOND  # a Friday
SUMMER = int(datetime(2026, 7, 1, 14, 3, tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("window", "zone", "now", "said"),
    [
        ("sun:05:00-sun:05:30", "Europe/Berlin", WINTER, "Sun 05:00-05:30 UTC (6:00 yours)"),
        ("sun:05:00-sun:05:30", "Europe/Berlin", SUMMER, "Sun 05:00-05:30 UTC (7:00 yours)"),
        ("Sun:05:00-Sun:05:30", None, WINTER, "Sun 05:00-05:30 UTC"),
        ("sun:05:00-sun:05:30", "UTC", WINTER, "Sun 05:00-05:30 UTC"),
        ("sun:05:00-sun:05:30", "Europe/London", WINTER, "Sun 05:00-05:30 UTC"),
        ("sun:05:00-sun:05:30", "Europe/London", SUMMER, "Sun 05:00-05:30 UTC (6:00 yours)"),
        ("sun:23:30-mon:00:30", "Asia/Kolkata", WINTER,
         "Sun 23:30-Mon 00:30 UTC (Mon 5:00 yours)"),
        ("mon:02:00-mon:03:00", "America/New_York", WINTER,
         "Mon 02:00-03:00 UTC (Sun 21:00 yours)"),
        ("03:00-03:30", "Europe/Berlin", WINTER, "03:00-03:30 UTC (4:00 yours)"),
        ("23:45-00:15", "America/New_York", WINTER, "23:45-00:15 UTC (18:45 yours)"),
        # the clocks are put back between now and then
        ("sun:05:00-sun:05:30", "Europe/Berlin",
         int(datetime(2026, 10, 24, 12, tzinfo=UTC).timestamp()) * SECOND,
         "Sun 05:00-05:30 UTC (6:00 yours)"),
        ("", "Europe/Berlin", WINTER, "none"),
        ("whenever", "Europe/Berlin", WINTER, "whenever UTC"),
        ("xyz:05:00-xyz:05:30", "Europe/Berlin", WINTER, "xyz:05:00-xyz:05:30 UTC"),
        ("sun:05:00-05:30", "Europe/Berlin", WINTER, "sun:05:00-05:30 UTC"),
        ("25:00-26:00", "Europe/Berlin", WINTER, "25:00-26:00 UTC"),
    ],
)  # fmt: skip
def test_a_window_reads_as_people_say_it(window: str, zone: str, now: int, said: str) -> None:
    shown = window_words(window, zone, now)

    assert shown.replace("\N{EN DASH}", "-") == said
