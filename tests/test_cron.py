"""When a cron expression falls due, through every clock change."""

import re
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cron import checked, days_and_time, due, next_due, schedule, spoken
from bot.values import SECOND

BERLIN = "Europe/Berlin"
DAY = 86_400 * SECOND


PIECES = ["mon", "to", "8:30", "9am", "daily", "-", ",", "half", "past"]


def at(reading: str, zone: str = BERLIN) -> int:
    """An instant by the wall clock there."""
    return int(datetime.fromisoformat(reading).replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND


def readings(expression: str, start: str, end: str, zone: str = BERLIN) -> list[str]:
    found = due(checked(expression), zone, at(start, zone), at(end, zone))
    return [one.wall_clock for one in found]


@pytest.mark.parametrize(
    ("weekday", "days"),
    [
        ("0", ["2026-07-05"]),
        ("7", ["2026-07-05"]),
        ("1", ["2026-07-06"]),
        ("mon", ["2026-07-06"]),
        ("1-5", ["2026-07-06", "2026-07-07", "2026-07-08", "2026-07-09", "2026-07-10"]),
        ("MON-FRI", ["2026-07-06", "2026-07-07", "2026-07-08", "2026-07-09", "2026-07-10"]),
        ("5-7", ["2026-07-05", "2026-07-10", "2026-07-11"]),
        ("fri-mon", ["2026-07-05", "2026-07-06", "2026-07-10", "2026-07-11"]),
        ("0,3", ["2026-07-05", "2026-07-08"]),
        ("*/3", ["2026-07-05", "2026-07-08", "2026-07-11"]),
        ("1-5/2", ["2026-07-06", "2026-07-08", "2026-07-10"]),
        ("mon/2", ["2026-07-06", "2026-07-08", "2026-07-10"]),
        ("mon/6", ["2026-07-06"]),
        ("7/2", ["2026-07-05"]),
        ("sat-sun", ["2026-07-05", "2026-07-11"]),
        ("sat-tue/2", ["2026-07-06", "2026-07-11"]),
    ],
)
def test_weekdays_are_counted_as_crontab_does(weekday: str, days: list[str]) -> None:
    """2026-07-05 is a Sunday."""
    found = readings(f"30 8 * * {weekday}", "2026-07-05T00:00", "2026-07-11T23:59")

    assert found == [f"{day}T08:30" for day in days]


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("daily", "it has 1 fields and needs five"),
        ("* * * * *", "comes more often than every 15 minutes"),
        ("*/10 8 * * *", "comes more often than every 15 minutes"),
        ("0,50 * * * *", "comes more often than every 15 minutes"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 apr,jun *", "never comes"),
        ("0 8 1 * mon", "Cron runs on either of them"),
        ("0 8 * * 8", '"8" is no day of the week'),
        ("0 8 * * munday", '"munday" is no day of the week'),
        ("0 8 last * *", '"last" is no day of the month'),
        ("0 8 L * *", '"l" is no day of the month'),
        ("0 8 * * 5#2", '"5#2" is no day of the week'),
        ("61 8 * * *", '"61" is no minute'),
        ("0 22-2 * * *", '"22-2" is no hour'),
        ("0 8 * mon *", '"mon" is no month'),
        ("0,15-60 8 * * *", '"15-60" is no minute'),
        ("*/90 * * * *", "a step of 90 goes nowhere"),
        ("0 50/24 * * *", '"50/24" is no hour'),
        ("0 8 1 jan/20 *", "a step of 20 goes nowhere"),
        ("0 8 * * */0", "a step of 0 goes nowhere"),
        ("0 8 * * mon; rm -rf /", "needs five"),
    ],
)
def test_what_makes_no_sense_is_refused(expression: str, told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("*", r"\*")):
        checked(expression)


@pytest.mark.parametrize(
    ("month", "months"),
    [
        ("jan/3", ["01", "04", "07", "10"]),
        ("JAN-jul/3", ["01", "04", "07"]),
        ("nov-12", ["11", "12"]),
        ("2-apr,12", ["02", "03", "04", "12"]),
    ],
)
def test_a_month_by_name_is_as_good_as_one_by_number(month: str, months: list[str]) -> None:
    found = readings(f"0 8 1 {month} *", "2026-01-01T00:00", "2026-12-31T00:00")

    assert [one[5:7] for one in found] == months


def test_a_day_that_is_years_away_comes() -> None:
    """29 February 2032 is the next that is a Sunday."""
    [one] = readings("0 8 29 2 */7", "2024-01-01T00:00", "2033-01-01T00:00")

    assert one == "2032-02-29T08:00"


def test_an_expression_is_kept_in_one_form() -> None:
    assert checked("  30  8 * * MON-fri ") == "30 8 * * mon-fri"
    assert checked("*/15 * * * *") == "*/15 * * * *"
    assert checked("0 0 29 2 *") == "0 0 29 2 *"


def test_a_night_with_two_such_times_has_one() -> None:
    """On 25 October the clock shows 02:30 twice."""
    [one] = due("30 2 * * *", BERLIN, at("2026-10-24T12:00"), at("2026-10-25T12:00"))

    assert one.wall_clock == "2026-10-25T02:30"
    assert datetime.fromtimestamp(one.at / SECOND, ZoneInfo("UTC")).hour == 0


def test_a_night_without_such_a_time_has_one_too() -> None:
    """On 29 March the clock goes from 02:00 to 03:00."""
    [one] = due("30 2 * * *", BERLIN, at("2026-03-28T12:00"), at("2026-03-29T12:00"))

    assert one.wall_clock == "2026-03-29T02:30"
    assert one.at == at("2026-03-29T03:30")


def test_the_hour_of_the_day_stays_through_the_year() -> None:
    hours = {
        datetime.fromtimestamp(one.at / SECOND, ZoneInfo(BERLIN)).hour
        for one in due("30 8 * * *", BERLIN, at("2026-01-01T00:00"), at("2027-01-01T00:00"))
    }

    assert hours == {8}


def test_the_next_time_is_after_now() -> None:
    assert next_due("30 8 * * mon", BERLIN, at("2026-07-06T08:30")).wall_clock == "2026-07-13T08:30"
    assert next_due("0 0 29 2 *", "UTC", at("2096-03-01T00:00")).wall_clock == "2104-02-29T00:00"


@settings(max_examples=40, deadline=None)
@given(
    cut=st.lists(st.integers(0, 3 * 24 * 60), max_size=6),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "UTC"]),
    start=st.sampled_from(["2026-03-28T00:00", "2026-10-24T00:00", "2026-04-04T00:00"]),
    expression=st.sampled_from(["30 2 * * *", "*/15 * * * *", "0 */3 * * *"]),
)
def test_however_time_is_cut_each_reading_is_due_once(
    cut: list[int], zone: str, start: str, expression: str
) -> None:
    begin = at(start, zone)
    edges = [begin, *sorted(begin + one * 60 * SECOND for one in cut), begin + 3 * DAY]

    pieces = [
        one for after, until in pairwise(edges) for one in due(expression, zone, after, until)
    ]

    assert pieces == list(due(expression, zone, begin, begin + 3 * DAY))
    assert len({one.wall_clock for one in pieces}) == len(pieces)


@pytest.mark.parametrize(
    ("said", "expression", "words"),
    [
        ("weekdays 8:30", "30 8 * * mon-fri", "weekdays at 08:30"),
        ("Weekdays at 8.30", "30 8 * * mon-fri", "weekdays at 08:30"),
        ("daily 9am", "0 9 * * *", "every day at 09:00"),
        ("every day at noon", "0 12 * * *", "every day at 12:00"),
        ("every morning", "30 8 * * *", "every day at 08:30"),
        ("monday morning", "30 8 * * mon", "Mondays at 08:30"),
        ("mondays at 7", "0 7 * * mon", "Mondays at 07:00"),
        ("mon,wed,fri 18:00", "0 18 * * mon,wed,fri", "Mondays, Wednesdays and Fridays at 18:00"),
        ("mon wed and fri at 6pm", "0 18 * * mon,wed,fri",
         "Mondays, Wednesdays and Fridays at 18:00"),
        ("monday to friday at 9 am", "0 9 * * mon-fri", "weekdays at 09:00"),
        ("Mon\u2013Fri 08:30", "30 8 * * mon-fri", "weekdays at 08:30"),
        ("mon,tue,wed,thu,fri 08:30", "30 8 * * mon-fri", "weekdays at 08:30"),
        ("mon,tue,wed,thu,fri,sat,sun 08:30", "30 8 * * *", "every day at 08:30"),
        ("every weekday at half past eight", "30 8 * * mon-fri", "weekdays at 08:30"),
        ("tuesdays at quarter to nine", "45 8 * * tue", "Tuesdays at 08:45"),
        ("weekends 10:00", "0 10 * * sat,sun", "weekends at 10:00"),
        ("weekdays 12am", "0 0 * * mon-fri", "weekdays at 00:00"),
        ("weekdays 12pm", "0 12 * * mon-fri", "weekdays at 12:00"),
        ("weekdays 8:30 and 17:30", "30 8,17 * * mon-fri", "weekdays at 08:30 and 17:30"),
        ("30 8 * * mon-fri", "30 8 * * mon-fri", "weekdays at 08:30"),
        ("0 9 1 * *", "0 9 1 * *", "0 9 1 * *"),
        ("*/30 8 * * *", "*/30 8 * * *", "*/30 8 * * *"),
        ("0 8 1 1-6 mon", None, None),
    ],
)  # fmt: skip
def test_a_schedule_is_said_as_people_say_it(
    said: str, expression: str | None, words: str | None
) -> None:
    if expression is None or words is None:
        with pytest.raises(ValueError, match="Cron runs on either"):
            schedule(said)
        return
    assert schedule(said) == expression
    assert spoken(expression) == words
    assert schedule(words) == expression


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("daily", 'at what time does "daily" mean?'),
        ("weekdays", "at what time"),
        ("9am", "Say daily 9am, or weekdays 9am"),
        ("8:30", "on which days"),
        ("8:30 and 17:00 on weekdays", "names several times"),
        ("every hour", '"hour" is no day and no time'),
        ("every 2nd monday 9:00", '"2nd" is no day'),
        ("weekdays except friday 8:30", '"except" is no day'),
        ("weekdays 25:00", '"25:00" is no day and no time'),
        ("weekdays 13pm", '"13pm" is no day and no time'),
        ("weekdays 8:30 Europe/Berlin", "is no day and no time"),
        ("someday 8:30", '"someday" is no day'),
        ("0 8 * *", "has 4 fields and needs five"),
        ("5 4", "has 2 fields and needs five"),
        ("* * * * *", "more often"),
    ],
)
def test_what_is_not_clear_is_asked(said: str, asks: str) -> None:
    with pytest.raises(ValueError, match=re.escape(asks)):
        schedule(said)


@given(st.text() | st.lists(st.sampled_from(PIECES)).map(
    " ".join))  # fmt: skip
def test_every_text_is_a_schedule_or_a_question(said: str) -> None:
    with suppress(ValueError):
        assert checked(schedule(said))


def test_a_form_shows_the_days_and_the_time_of_what_two_fields_can_say() -> None:
    assert days_and_time("30 8 * * mon-fri") == (("mon", "tue", "wed", "thu", "fri"), "08:30")
    assert days_and_time("0 0 * * fri-mon") == (("mon", "fri", "sat", "sun"), "00:00")
    for other in ("30 8,9 * * *", "*/30 8 * * *", "0 9 1 * *"):
        assert days_and_time(other) is None
