"""Connections against the limit: words, trend, and advice with the figures that it rests on."""

from typing import Any

import pytest

from bot.fleet.connection_usage import DAY, Usage, advice, keeps_rising, trend
from bot.fleet.limits import Ceiling
from bot.values import Line, Point, Series
from handlers.blocks.text import plain
from tests.samples import NOW, sample_database

LIMIT = Ceiling(500, "set in parameter group tuned", is_exact=True)
HOURS = 7 * 24


def series(*points: Point) -> Series:
    return Series(metric="DatabaseConnections", unit="", points=points)


def until_now(*values: float, step: int = DAY // 24) -> Series:
    first = NOW - (len(values) - 1) * step
    return series(*((first + number * step, value) for number, value in enumerate(values)))


def usage(*week: float, **more: Any) -> Usage:
    """A week of hourly figures, of which the last 24 are the day."""
    facts: dict[str, Any] = {
        "database": sample_database(engine="mysql"),
        "limit": LIMIT,
        "day": until_now(*week[-24:]),
        "peaks": until_now(*week[-24:]),
        "week": until_now(*week),
        "active": series(),
    }
    return Usage(**facts | more)


STEADY = [20.0 + hour % 24 for hour in range(HOURS)]
LEAK = [20.0 + 2 * hour + hour % 24 for hour in range(HOURS)]


def told(lines: tuple[Line, ...]) -> str:
    return " ".join(map(plain, lines))


@pytest.mark.parametrize(
    ("peak", "word"),
    [(240, "plenty of room"), (250, "room left"), (399, "room left"), (400, "tight"),
     (475, "full"), (500, "full")],
)  # fmt: skip
def test_the_share_of_the_limit_has_a_word(peak: float, word: str) -> None:
    assert usage(peak).word == word


def test_without_a_limit_or_without_figures_the_word_says_so() -> None:
    assert usage(5, limit=None).word == "limit unknown"
    assert usage().word == "not measured"
    assert (usage().now, usage().p95, usage().percent) == (None, None, None)


def test_for_95_percent_of_the_day_it_was_at_most() -> None:
    values = until_now(*map(float, range(1, 101)))

    assert usage(day=values).p95 == 95


def test_a_usual_week_needs_nothing() -> None:
    assert advice(usage(*STEADY)) == ()
    assert "as usual" in plain(trend(usage(*STEADY)))


def test_one_point_is_no_trend() -> None:
    assert "Too few figures" in plain(trend(usage(5)))
    assert "Too few figures" in plain(trend(usage()))
    assert advice(usage()) == ()


@pytest.mark.parametrize(
    ("last", "word"), [(60.0, "more than on any"), (2.0, "less than on any"), (31.0, "as usual")]
)
def test_the_last_day_is_held_against_the_days_before(last: float, word: str) -> None:
    assert word in plain(trend(usage(*STEADY[:-24], *[last] * 24)))


def test_a_leak_is_told_with_its_rate_and_its_end() -> None:
    said = told(advice(usage(*LEAK)))

    assert "up about 48 a day" in said
    assert "At this rate the limit is reached around" in said


def test_a_leak_far_from_the_limit_or_without_one_names_no_date() -> None:
    assert "the limit" not in told(advice(usage(*LEAK, limit=None)))
    assert "the limit" not in told(advice(usage(*LEAK, limit=Ceiling(5_000, ""))))


def test_a_low_limit_can_be_raised_where_the_class_takes_more() -> None:
    said = told(advice(usage(*STEADY, peaks=until_now(450.0))))

    assert "was 90 % of 500" in said
    assert "would allow ≈ 682 on this class. Raise max_connections" in said


def test_at_the_limit_of_the_class_a_pool_is_advised() -> None:
    said = told(advice(usage(*STEADY, limit=Ceiling(682, ""), peaks=until_now(600.0))))

    assert "was 88 % of ≈ 682. Share connections in a pool" in said


def test_connections_that_only_wait_are_told() -> None:
    said = told(advice(usage(*[120.0] * HOURS, active=until_now(*[3.0] * 24))))

    assert "of 120 open connections about 3 are active at a time" in said
    assert advice(usage(*[120.0] * HOURS, active=until_now(*[40.0] * 24))) == ()


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ({"ConnectionAttempts": 60 * 1440 * 2.0}, "120 new ones a minute"),
        ({"LoginFailures": 312.0}, "312 logins were refused in the last day"),
        ({"ConnectionAttempts": 1440.0, "LoginFailures": 0.0}, ""),
    ],
)
def test_what_the_engine_counts_is_judged(totals: dict[str, float], said: str) -> None:
    assert said in told(advice(usage(*STEADY, totals=totals)))


@pytest.mark.parametrize(
    ("points", "rises"),
    [(LEAK, True), (STEADY, False), (LEAK[:20], False), (LEAK[:3], False), ([], False)],
    ids=["leak", "week", "hours", "few", "none"],
)
def test_a_leak_rises_even_in_quiet_hours(points: list[float], rises: bool) -> None:
    assert keeps_rising(until_now(*points).points) is rises


def lacking(given: Series, why: str = "CloudWatch erred.") -> Series:
    return given.model_copy(update={"unread": why})


def test_what_could_not_be_read_is_no_reason_to_do_nothing() -> None:
    steady = usage(*STEADY)
    logins = Series(metric="LoginFailures", unit="1/s", unread="The role may not.")

    assert steady.is_calm
    assert not usage(*STEADY, peaks=lacking(until_now(*STEADY[-24:]))).is_calm
    assert not usage(*STEADY, active=lacking(series())).is_calm
    assert not usage(*STEADY, day=series(), peaks=series()).is_calm
    assert usage(*STEADY, counted=(logins,)).unread == {"The role may not.": ("logins refused",)}
    assert not usage(*STEADY, counted=(logins,)).is_calm


def test_peaks_that_could_not_be_read_are_not_unmeasured() -> None:
    unknown = usage(*STEADY, peaks=lacking(series()))

    assert (unknown.word, unknown.percent) == ("not read", None)
    assert unknown.unread == {"CloudWatch erred.": ("their peaks",)}


def test_a_trend_needs_the_whole_week() -> None:
    assert told((trend(usage(*STEADY, week=lacking(until_now(*STEADY)))),)) == (
        "The trend over 7 days is not known: not all of it could be read."
    )
