"""What a report says: pure, from two tallies to the words that people read."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.operations.report import ShowReport
from bot.reports import findings
from bot.values import (
    SECOND,
    Answer,
    Button,
    Incident,
    Origin,
    Person,
    PersonId,
    Report,
    Status,
    Table,
    Tally,
)
from handlers.blocks.answers import answer

NOW = 1_800_000_000 * SECOND
MINUTE, DAY = 60 * SECOND, 86_400 * SECOND
ANA = PersonId(team="T1", user="UANA")
READER = Person(id=ANA, name="ana", timezone="Europe/Berlin")


def a_tally(**changes: Any) -> Tally:
    fields: dict[str, Any] = {
        "since": NOW - 30 * DAY,
        "until": NOW,
        "requests": (),
        "denied": 0,
        "waits": (),
        "incidents": (),
        "most": 1000,
    }
    return Tally(**fields | changes)


def an_incident(number: int, acknowledged: int | None, resolved: int | None) -> Incident:
    """``acknowledged`` and ``resolved``: after how many minutes."""
    started = NOW - DAY + number * MINUTE
    return Incident(
        id=number, key=f"alarm-{number}", source=Origin.ALARM, title="CPU above 90 %",
        place="main us-east-1", started_at=started, fired_at=started,
        acknowledged_at=None if acknowledged is None else started + acknowledged * MINUTE,
        acknowledged_by=None if acknowledged is None else ANA,
        resolved_at=None if resolved is None else started + resolved * MINUTE,
    )  # fmt: skip


BUSY = a_tally(
    requests=(
        ("create_snapshot", Status.SUCCEEDED, 30),
        ("reboot_instance", Status.FAILED, 9),
        ("reboot_instance", Status.PENDING, 2),
        ("reboot_instance", Status.SUCCEEDED, 14),
        ("modify_backup_window", Status.UNKNOWN, 1),
    ),
    denied=3,
    waits=tuple(minutes * MINUTE for minutes in range(1, 26)),
    incidents=(
        *(an_incident(number, number, 30 + 2 * number) for number in range(1, 13)),
        an_incident(13, None, 5),
        an_incident(14, 4, None),
        an_incident(15, None, None),
    ),
)
BEFORE = a_tally(
    requests=(
        ("create_snapshot", Status.SUCCEEDED, 28),
        ("reboot_instance", Status.SUCCEEDED, 22),
    ),
    denied=1,
    waits=tuple(minutes * MINUTE for minutes in range(21, 46)),
    incidents=tuple(an_incident(number, 5, 40) for number in range(1, 5)),
)


@dataclass(frozen=True)
class Tallied:
    """A desk that has been asked already."""

    now: Tally
    before: Tally

    async def tallies(self, span: timedelta) -> tuple[Tally, Tally]:
        return self.now, self.before


async def told(now: Tally, before: Tally, **parameters: Any) -> Answer:
    desk: Any = Tallied(now, before)
    return await ShowReport(**parameters).answer(desk, READER)


def words(given: Answer) -> str:
    return " ".join("".join(map(str, part.line)) for part in given.parts if hasattr(part, "line"))


async def test_a_busy_month_in_blocks(snapshot: SnapshotAssertion) -> None:
    assert answer(await told(BUSY, BEFORE)) == snapshot


async def test_the_picture_has_the_figures_of_the_table_in_units_that_read_well() -> None:
    given = await told(BUSY, BEFORE)

    assert isinstance(given.chart, Report)
    assert given.chart.zone == "Europe/Berlin"
    operations, approvals, incidents = given.chart.scales
    assert [one.label for one in operations.intervals] == [
        "Operations that succeeded", "create snapshot", "reboot instance",
    ], "of the others there are too few cases for a figure"  # fmt: skip
    assert (operations.unit, approvals.unit, incidents.unit) == ("%", "min", "min")
    [wait] = approvals.intervals
    assert (wait.value, wait.low, wait.high, wait.before) == (13, 8, 18, 33)
    mtta, mttr = incidents.intervals
    assert (mtta.count, mttr.count) == (13, 13)
    assert mtta.before is None, "four cases are too few for a figure"


def test_a_clear_change_is_told_from_chance() -> None:
    found = findings(BUSY, BEFORE)

    assert found.successes.change == "clearly fewer"
    assert found.approval.change == "clearly shorter"
    assert found.acknowledgement.change == "too few to compare"
    assert findings(BUSY, BUSY).successes.change == "no clear change"
    assert findings(BUSY, BUSY).approval.change == "no clear change"


def test_one_very_long_wait_is_no_clear_change() -> None:
    calm = a_tally(waits=tuple(minutes * MINUTE for minutes in range(1, 21)))
    once = a_tally(waits=(*calm.waits[:-1], 3000 * MINUTE))

    assert findings(once, calm).approval.change == "no clear change"


def test_what_is_still_open_may_be_the_longest_of_all() -> None:
    slow = a_tally(incidents=tuple(an_incident(n, 300 + n, 600 + n) for n in range(20)))
    quick = tuple(an_incident(n, 20 + n, 40 + n) for n in range(20))
    stuck = tuple(an_incident(n, None, None) for n in range(20, 40))

    for still, change in (((), "clearly shorter"), (stuck, "no clear change")):
        found = findings(a_tally(incidents=(*quick, *still)), slow)

        assert [one.change for one in (found.acknowledgement, found.resolution)] == [change] * 2


def test_a_clock_that_is_behind_that_of_aws_makes_no_negative_lengths() -> None:
    odd = tuple(
        an_incident(n, 1, 2).model_copy(update={"started_at": NOW - DAY + (n + 3) * MINUTE})
        for n in range(10)
    )
    found = findings(a_tally(incidents=(*odd, an_incident(11, 1, 1))), BEFORE)

    assert found.acknowledgement.now
    assert found.acknowledgement.now.value == 60 / 11


async def test_what_has_not_ended_is_counted_and_said() -> None:
    said = words(await told(BUSY, BEFORE))

    assert "15 incidents: 13 answered by somebody, 1 over by themselves before" in said
    assert "1 unanswered so far" in said
    assert "Still open: 2, the oldest since" in said
    assert "2 pending" in said
    assert "still pending is not in the time to approve" in said


async def test_a_small_sample_says_that_it_is_one() -> None:
    few = a_tally(
        requests=(("reboot_instance", Status.SUCCEEDED, 9),),
        waits=(MINUTE,) * 9,
        incidents=(an_incident(1, 3, 9),),
    )

    given = await told(few, BEFORE)

    [table] = [part for part in given.parts if isinstance(part, Table)]
    assert {row[2] for row in table.rows} == {("too few to say",)}
    assert {row[5] for row in table.rows} == {("too few to compare",)}
    assert "9 operations, too few to say" in given.title
    assert "Fewer than 10 cases" in words(given)
    assert given.chart is None, "there would be nothing on its axes"
    assert all(one.action.startswith("query.run") for one in buttons(given))


async def test_what_has_too_few_cases_has_no_axes_in_the_picture() -> None:
    waits = tuple(minutes * MINUTE for minutes in range(1, 21))

    given = await told(a_tally(waits=waits, incidents=(an_incident(1, 3, 9),)), BEFORE)

    assert isinstance(given.chart, Report)
    assert [one.title for one in given.chart.scales] == ["Approvals"]
    assert all(one.action.startswith("picture.") for one in buttons(given))


def buttons(given: Answer) -> list[Button]:
    found = [one for one in given.buttons if isinstance(one, Button)]
    assert found
    return found


async def test_of_scattered_cases_the_mean_is_told_and_no_interval() -> None:
    scattered = a_tally(incidents=tuple(an_incident(n, 1, 1) for n in range(1, 11)))
    last = an_incident(11, 2000, 2000)

    given = await told(
        scattered.model_copy(update={"incidents": (*scattered.incidents, last)}), BEFORE
    )

    [table] = [part for part in given.parts if isinstance(part, Table)]
    assert table.rows[-1][1:3] == (("3 h",), ("too scattered to say",))


async def test_rows_that_were_not_read_are_said() -> None:
    given = await told(BUSY.model_copy(update={"most": 25}), BEFORE)

    assert "the newest 25 were read" in words(given)


@pytest.mark.parametrize(
    ("since", "span"),
    [
        (timedelta(hours=1), "hour"),
        (timedelta(days=1), "day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(days=90), "90 days"),
    ],
)
async def test_nothing_at_all_is_said_in_a_sentence(since: timedelta, span: str) -> None:
    given = await told(a_tally(), a_tally(), since=since)

    assert given.title == "Nothing to report"
    assert f"In the last {span} nothing" in words(given)
    assert given.chart is None
    assert given.buttons == ()
