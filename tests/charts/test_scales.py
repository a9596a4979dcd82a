from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.values import SECOND, Window, amount
from charts.scales import MOST, figures, moments, top
from charts.words import zone_of
from tests.charts.samples import NOON

HOURS = {"1h": 1, "3h": 3, "6h": 6, "12h": 12, "24h": 24, "3d": 72, "7d": 168, "28d": 672}


def labels(hours: int, zone: str = "UTC", until: int = NOON) -> list[str]:
    window = Window(since=until - hours * 3_600 * SECOND, until=until)
    return [said for _, said in moments(window, ZoneInfo(zone))]


@pytest.mark.parametrize("hours", HOURS.values(), ids=HOURS)
def test_a_panel_has_a_few_round_times(hours: int) -> None:
    assert 2 <= len(labels(hours)) <= MOST + 1


def test_times_are_those_of_the_readers_clock() -> None:
    assert labels(3)[-1] == "12:00"
    assert labels(3, "Asia/Kolkata")[-1] == "17:00"


def test_a_new_day_is_named() -> None:
    assert "Wed 1" in labels(24)
    assert labels(168)[-1] in ("Tue 30", "Wed 1")
    assert labels(672) == ["10 Jun", "17 Jun", "24 Jun", "1 Jul"]


def test_a_day_of_25_hours_has_each_time_once() -> None:
    until = int(datetime(2026, 10, 25, 12, tzinfo=UTC).timestamp()) * SECOND
    window = Window(since=until - 24 * 3_600 * SECOND, until=until)

    found = moments(window, ZoneInfo("Europe/Berlin"))

    assert [said for _, said in found] == ["18:00", "Sun 25", "06:00", "12:00"]
    assert found[2][0] - found[1][0] == timedelta(hours=7).total_seconds()


@pytest.mark.parametrize(
    ("highest", "unit", "expected"),
    [
        (34, "%", 40), (88, "%", 100), (100, "%", 100), (130, "%", 150), (0, "", 1e-9),
        (11, "", 15), (900, "1/s", 1000), (1.2 * 2**30, "B", 1.5 * 2**30),
        (0.0014, "s", 0.002),
    ],
)  # fmt: skip
def test_a_scale_ends_at_a_round_number(highest: float, unit: str, expected: float) -> None:
    assert top(highest, unit) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ceiling", "unit", "expected"),
    [
        (1.5 * 2**30, "B", ["0", "0.75 GiB", "1.5 GiB"]),
        (2 * 2**20, "B/s", ["0", "1 MiB/s", "2 MiB/s"]),
        (0.002, "s", ["0", "1 ms", "2 ms"]),
        (100, "%", ["0", "50 %", "100 %"]),
        (1000, "1/s", ["0", "500/s", "1,000/s"]),
        (15, "", ["0", "7.5", "15"]),
        (20_000, "1/s", ["0", "10,000/s", "20,000/s"]),
        (3e9, "", ["0", "1.5 bn", "3 bn"]),
    ],
)
def test_a_scale_says_all_in_one_unit(ceiling: float, unit: str, expected: list[str]) -> None:
    assert [said for _, said in figures(ceiling, unit)] == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (34.04, "%", "34 %"), (0.4, "%", "0.4 %"), (12, "", "12"), (1.2 * 2**30, "B", "1.2 GiB"),
        (26.7 * 2**20, "B", "26.7 MiB"), (0, "B", "0 B"), (0.00062, "s", "0.62 ms"),
        (1.5, "s", "1.5 s"), (1240.4, "1/s", "1,240/s"), (870 * 1024, "B/s", "870 KiB/s"),
        (7e15, "B", "6,366 TiB"), (-2, "%", "-2 %"), (16.2, "ms", "16.2 ms"),
        (4.5, "ACU", "4.5 ACU"),
    ],
)  # fmt: skip
def test_figures_read_as_people_say_them(value: float, unit: str, expected: str) -> None:
    assert amount(value, unit) == expected


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe/Berlin\x00"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert zone_of(name).key == "UTC"
