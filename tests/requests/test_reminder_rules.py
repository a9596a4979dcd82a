"""Who is reminded when: half of the time, three quarters, and never at night."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.requests.reminder_rules import MOST, Waiting, due_at, is_night, is_urgent, reminders
from bot.values import SECOND, Occasion, Person, PersonId, Reminder, Request, micros
from tests.samples import sample_person, sample_request

HOUR = micros(timedelta(hours=1))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


ASKED = at("2026-07-01T09:00")


def a_request(number: int = 1042, hours: float = 10, asked_at: int = ASKED) -> Request:
    return sample_request(id=number, asked_at=asked_at, expires_at=asked_at + int(hours * HOUR))


def somebody(name: str = "DORA", timezone: str = "UTC") -> Person:
    return sample_person(PersonId(team="T1", user=f"U0{name}"), timezone=timezone)


DORA, EMIL = somebody("DORA"), somebody("EMIL")


def told(person: Person, *occasions: Occasion, number: int = 1042) -> frozenset[Reminder]:
    return frozenset(
        Reminder(request_id=number, person=person.id, occasion=one) for one in occasions
    )


def due(waiting: Waiting, now: int, before: frozenset[Reminder] = frozenset()) -> list[Any]:
    """Name and occasion of every reminder."""
    found = reminders([waiting], before, now)
    return [(person.name, one.occasion) for person, given in found.items() for one in given]


@pytest.mark.parametrize(
    ("occasion", "hours"), [(Occasion.ASKED, 1 / 60), (Occasion.HALF, 5), (Occasion.LATE, 7.5)]
)
def test_each_occasion_has_its_time(occasion: Occasion, hours: float) -> None:
    assert due_at(a_request(), occasion) == ASKED + round(hours * HOUR)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0.01, []),
        (0.1, [("emil", Occasion.ASKED)]),
        (4.99, [("emil", Occasion.ASKED)]),
        (5, [("emil", Occasion.ASKED), ("emil", Occasion.HALF), ("dora", Occasion.HALF)]),
        (10, []),
    ],
)
def test_who_does_not_see_the_card_is_told_and_all_are_reminded_at_half(
    hours: float, expected: list[Any]
) -> None:
    waiting = Waiting(request=a_request(), unaware=(EMIL,), approvers=(DORA, EMIL))

    assert sorted(due(waiting, ASKED + round(hours * HOUR))) == sorted(expected)


def test_nobody_is_told_twice_on_one_occasion() -> None:
    waiting = Waiting(request=a_request(), approvers=(DORA, EMIL))

    found = due(waiting, ASKED + 6 * HOUR, told(DORA, Occasion.HALF))

    assert found == [("emil", Occasion.HALF)]


def test_the_wider_group_hears_at_three_quarters() -> None:
    waiting = Waiting(request=a_request(), wider=(EMIL,))

    assert due(waiting, ASKED + 7 * HOUR) == []
    assert due(waiting, ASKED + 8 * HOUR) == [("emil", Occasion.LATE)]


@pytest.mark.parametrize(
    ("timezone", "when", "night"),
    [
        ("UTC", "2026-07-01T07:59", True),
        ("UTC", "2026-07-01T08:00", False),
        ("UTC", "2026-07-01T19:59", False),
        ("UTC", "2026-07-01T20:00", True),
        ("Asia/Tokyo", "2026-07-01T10:59", False),
        ("Asia/Tokyo", "2026-07-01T11:00", True),
        ("America/Los_Angeles", "2026-07-01T14:59", True),
        ("America/Los_Angeles", "2026-07-01T15:00", False),
        ("Asia/Kolkata", "2026-07-01T02:29", True),
        ("Asia/Kolkata", "2026-07-01T02:30", False),
        # the clocks of Berlin go back on 2026-10-25 at 03:00
        ("Europe/Berlin", "2026-10-24T06:00", False),
        ("Europe/Berlin", "2026-10-26T06:30", True),
        ("Europe/Berlin", "2026-10-26T07:00", False),
        # unknown here, empty, or no name of a zone at all: by UTC
        ("Mars/Olympus", "2026-07-01T12:00", False),
        ("Mars/Olympus", "2026-07-01T21:00", True),
        ("", "2026-07-01T12:00", False),
        ("../etc/passwd", "2026-07-01T21:00", True),
    ],
)
def test_the_night_is_that_of_the_person(timezone: str, when: str, night: bool) -> None:
    assert is_night(somebody(timezone=timezone), at(when)) is night


def test_what_falls_into_the_night_waits_for_the_morning() -> None:
    # half of the time is over at 21:00 in Berlin
    request = a_request(hours=20)
    waiting = Waiting(request=request, approvers=(somebody(timezone="Europe/Berlin"),))

    assert due(waiting, at("2026-07-01T19:00")) == []
    assert due(waiting, at("2026-07-02T05:59")) == []


def test_in_the_morning_it_is_told_where_it_is_still_open() -> None:
    waiting = Waiting(request=a_request(hours=40), approvers=(somebody(timezone="Asia/Tokyo"),))

    assert due(waiting, at("2026-07-02T22:59")) == []
    assert due(waiting, at("2026-07-02T23:00")) == [("dora", Occasion.HALF)]


def test_a_night_longer_than_the_request_leaves_it_out() -> None:
    request = a_request(hours=8, asked_at=at("2026-07-01T16:00"))
    waiting = Waiting(request=request, approvers=(DORA,))
    hours = range(16, 24)

    assert [due(waiting, at(f"2026-07-01T{hour}:00")) for hour in hours] == [[]] * len(hours)
    assert due(waiting, at("2026-07-02T08:00")) == []


@pytest.mark.parametrize(("hours", "urgent"), [(1, True), (4, True), (4.5, False), (72, False)])
def test_urgent_is_what_could_expire_in_a_night(hours: float, urgent: bool) -> None:
    request = a_request(hours=hours, asked_at=at("2026-07-01T22:00"))
    waiting = Waiting(request=request, approvers=(DORA,))

    assert is_urgent(request) is urgent
    wakes = due(waiting, due_at(request, Occasion.HALF))
    assert bool(wakes) is (urgent or hours == 72)


def several(count: int, minutes_apart: int) -> list[Waiting]:
    return [
        Waiting(
            request=a_request(1000 + number, asked_at=ASKED + number * minutes_apart * 60 * SECOND),
            approvers=(DORA,),
        )
        for number in range(count)
    ]


def numbers(waiting: list[Waiting], now: int) -> list[int]:
    found = reminders(waiting, frozenset(), now)
    return [one.request_id for given in found.values() for one in given]


def test_three_or_more_at_about_the_same_time_are_told_of_together() -> None:
    assert numbers(several(4, 5), ASKED + 5 * HOUR) == [1000, 1001, 1002, 1003]


def test_two_are_told_of_each_in_its_time() -> None:
    assert numbers(several(2, 5), ASKED + 5 * HOUR) == [1000]


def test_what_is_due_much_later_is_not_told_early() -> None:
    assert numbers(several(4, 20), ASKED + 5 * HOUR) == [1000]


def test_nothing_is_told_before_something_is_due() -> None:
    assert numbers(several(4, 5), ASKED + 5 * HOUR - 1) == []


def test_no_more_people_hear_of_it_than_anybody_could_want() -> None:
    people = tuple(somebody(f"P{number:03}") for number in range(100))
    waiting = Waiting(request=a_request(), approvers=people)

    assert len(due(waiting, ASKED + 5 * HOUR)) == MOST
