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
    Incident,
    Line,
    Menu,
    Origin,
    Paragraph,
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
    operations, approvals, answered, ended = given.chart.scales
    assert [one.label for one in operations.intervals] == [
        "Operations that succeeded", "create snapshot", "reboot instance",
    ], "of the others there are too few cases for a figure"  # fmt: skip
    assert [operations.unit, approvals.unit, answered.unit, ended.unit] == ["%", *["min"] * 3]
    [wait] = approvals.intervals
    assert (wait.value, wait.low, wait.high, wait.before) == (13, 8, 18, 33)
    assert (answered.title, ended.title) == ("Acknowledged incidents", "Ended incidents")
    [mtta], [mttr] = answered.intervals, ended.intervals
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

    assert "15 incidents: 13 acknowledged by somebody, 1 recovered before that" in said
    assert "1 not acknowledged so far" in said
    assert "Still open: 2, the oldest since" in said
    assert "2 pending" in said
    assert "Pending requests aren't in the time to approve" in said
    assert "Open incidents aren't counted, so the real averages are higher." in said
    assert "Too few cases to estimate: modify backup window (1)." in said
    assert "Wilson" not in said
    assert "Wilson" in words(await told(BUSY, BEFORE, methods=True))


async def test_means_of_different_incidents_say_of_which_they_are() -> None:
    late = tuple(an_incident(n, 120, 180) for n in range(1, 11))
    brief = tuple(an_incident(n, None, 5) for n in range(11, 101))

    given = await told(a_tally(incidents=(*late, *brief)), BEFORE)

    [table] = [part for part in given.parts if isinstance(part, Table)]
    mtta, mttr = ("".join(map(str, row[1])) for row in table.rows)
    assert mtta.startswith("2 h"), "longer than until they ended"
    assert mtta.endswith("of 10 acknowledged")
    assert mttr.startswith("22 min")
    assert mttr.endswith("of 100 ended")
    assert "100 incidents: 10 acknowledged by somebody, 90 recovered before that" in words(given)
    assert "What recovered before that counts in MTTR, and not in MTTA." in words(given)
    assert isinstance(given.chart, Report)
    assert all(len(scale.intervals) == 1 for scale in given.chart.scales)


@pytest.mark.parametrize(
    ("now", "title", "lines"),
    [
        (a_tally(requests=(("reboot_instance", Status.SUCCEEDED, 2),),
                 waits=(4 * SECOND, 10 * SECOND), incidents=(an_incident(1, None, None),)),
         "2 operations, both succeeded",
         ["Median time to approve 7 s.", "1 incident still open (since …)."]),
        (a_tally(requests=(("reboot_instance", Status.SUCCEEDED, 9),), waits=(90 * SECOND,),
                 incidents=(an_incident(1, 3, 9),)),
         "9 operations, all succeeded",
         ["Time to approve 1 min 30 s.", "1 incident, over by now."]),
        (a_tally(requests=(("reboot_instance", Status.FAILED, 1),
                           ("reboot_instance", Status.SUCCEEDED, 3),
                           ("create_snapshot", Status.UNKNOWN, 1)), denied=2),
         "5 operations: 3 succeeded, 1 failed, 1 unknown", ["Besides: 2 denied."]),
        (a_tally(requests=(("reboot_instance", Status.PENDING, 2),)),
         "no operation was executed", ["Besides: 2 pending."]),
        (a_tally(requests=(("reboot_instance", Status.SUCCEEDED, 1),),
                 incidents=(an_incident(1, None, None), an_incident(2, 1, None),
                            an_incident(3, 1, 5))),
         "1 operation, which succeeded", ["3 incidents, 2 still open (the oldest since …)."]),
    ],
)  # fmt: skip
async def test_a_small_sample_is_counted_in_a_few_lines(
    now: Tally, title: str, lines: list[str]
) -> None:
    given = await told(now, a_tally())

    assert given.title == f"The last 30 days: {title}"
    assert [plain(part.line) for part in given.parts if isinstance(part, Paragraph)] == lines
    assert not [part for part in given.parts if isinstance(part, Table)]
    assert given.chart is None, "no picture with nothing in it"


async def test_of_few_cases_beside_many_both_are_said() -> None:
    few = a_tally(requests=(("reboot_instance", Status.SUCCEEDED, 2),))

    assert "In the 30 days before: 50 operations, all succeeded; 4 incidents." in words(
        await told(few, BEFORE)
    )


async def test_what_has_too_few_cases_has_no_axes_in_the_picture() -> None:
    waits = tuple(minutes * MINUTE for minutes in range(1, 21))

    given = await told(a_tally(waits=waits, incidents=(an_incident(1, 3, 9),)), BEFORE)

    assert isinstance(given.chart, Report)
    assert [one.title for one in given.chart.scales] == ["Approvals"]
    assert any(isinstance(one, Menu) for one in given.buttons)


def plain(line: Line) -> str:
    return "".join(one if isinstance(one, str) else "…" for one in line)


async def test_of_scattered_cases_the_mean_is_told_and_no_interval() -> None:
    scattered = a_tally(incidents=tuple(an_incident(n, 1, 1) for n in range(1, 11)))
    last = an_incident(11, 2000, 2000)

    given = await told(
        scattered.model_copy(update={"incidents": (*scattered.incidents, last)}), BEFORE
    )

    [table] = [part for part in given.parts if isinstance(part, Table)]
    assert table.rows[-1][1] == ("3 h (too scattered) of 11 ended",)


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
