"""A digest as a message: within Slack's limits, and right whatever a database is called."""

import csv
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.values import (
    Concern,
    Digest,
    Line,
    Moment,
    PersonId,
    Section,
    Snoozed,
    Strong,
    Trail,
    Week,
)
from bot.values._digests import DETAILED, LISTED
from handlers.blocks.digest import digest, digest_csv, digest_details
from tests.handlers.blocks import judging
from tests.handlers.blocks.judging import action_ids, assert_message
from tests.samples import HOUR, MINUTE, NOW

HOSTILE = "<!channel> *bold* \u202e`code` <https://evil|here> " * 30


def a_concern(number: int = 0, **changes: Any) -> Concern:
    fields: dict[str, Any] = {
        "key": f"storage:123456789012/us-east-1/db-{number}",
        "section": Section.ACTION,
        "line": (
            Strong(text=f"db-{number} (staging)"),
            " is full in 6 days (",
            Moment(at=NOW),
            ").",
        ),
        "database": f"db-{number}@main/us-east-1",
        "brief": ("full in 6 days: 1 GiB left",),
        "metrics": "storage --range 7d",
    }
    return Concern(**fields | changes)


def a_digest(**changes: Any) -> Digest:
    fields: dict[str, Any] = {
        "title": "Database digest", "at": NOW, "scope": "all environments", "databases": 15,
    }  # fmt: skip
    return Digest(**fields | changes)


def words(made: Any) -> str:
    return " ".join(judging.words(made).split())


def labels(menu: Any) -> list[str]:
    return [one["text"]["text"] for one in menu["options"]]


SECTIONS = (
    a_concern(),
    a_concern(1, mend="create_snapshot", metrics="", is_known=True),
    a_concern(2, section=Section.CHANGED, metrics=""),
    a_concern(3, section=Section.TREND),
    Concern(key="request:1042", section=Section.ACTION, line=("RDS-1042 ended unknown.",)),
)
MILD = a_concern(9, rank=40.0)
WEEK = Week(requests=12, executed=10, succeeded=9, denied=2, approved_after=3 * MINUTE)
LATE: Line = ("This digest is late: it was due at ", Moment(at=NOW - HOUR), ".")
DARK: Line = ("I could not look into main/us-east-1.",)


def test_what_is_clear_stands_below_and_what_is_the_operators_in_the_thread() -> None:
    given = a_digest(clear=("backups", "replicas"), trail=Trail(rows=1234, at=NOW), week=WEEK)
    given = given.model_copy(update={"concerns": SECTIONS})
    card, thread = words(digest(given)), words(digest_details(given))

    assert "All clear: backups, replicas." in card
    for operators in ("The bot's week: 12 requests", "verified through row 1,234, as it stood "):
        assert operators in thread
        assert operators not in card


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        ({"concerns": SECTIONS}, "3 need action: db-0 full in 6 days: 1 GiB left"),
        ({"concerns": SECTIONS[:1]}, "1 needs action: db-0 full in 6 days: 1 GiB left"),
        ({"concerns": SECTIONS[2:4]}, "Nothing needs action"),
        ({"concerns": SECTIONS[2:4], "excuses": (LATE,)}, "Nothing needs action"),
        ({"concerns": SECTIONS[2:4], "notes": (DARK,)},
         "As far as I could look, nothing needs action"),
        ({"unchanged": 3, "concerns": SECTIONS[3:4]}, "Nothing new needs action"),
        ({"snoozed": 3, "concerns": SECTIONS[3:4]}, "Nothing else needs action"),
        ({"still": SECTIONS[:1], "unchanged": 1},
         "1 needs action: db-0 full in 6 days: 1 GiB left"),
        ({"concerns": (MILD,), "still": SECTIONS[:1]},
         "2 need action: db-0 full in 6 days: 1 GiB left"),
        ({"concerns": (SECTIONS[0], SECTIONS[0].model_copy(update={"key": "backup", "rank": 9.0}))},
         "1 needs action (2 findings): db-0 full in 6 days: 1 GiB left"),
        ({"concerns": tuple(one.model_copy(update={"family": "cluster:shop"})
                            for one in SECTIONS[:2])},
         "1 needs action (2 findings): db-0 full in 6 days: 1 GiB left"),
        ({"notes": (DARK,)}, "As far as I could look, nothing needs action"),
        ({"databases": 0}, "There is no database of all environments to look at"),
    ],
)  # fmt: skip
def test_the_head_and_the_notification_carry_the_worst(changes: dict[str, Any], head: str) -> None:
    made = digest(a_digest(**changes))

    assert made["text"] == head
    assert made["blocks"][0]["text"]["text"] == head
    assert made["blocks"][0]["type"] == "header"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "All clear: 15 databases of all environments. Database digest, "),
        ({"unchanged": 3}, "Nothing new: 15 databases of all environments."),
        ({"unchanged": 3, "snoozed": 1}, "Left out: 3 known and unchanged, 1 snoozed."),
        ({"quiet_days": 5}, "A quiet week: nothing needed action in the last 5 digests."),
    ],
)
def test_a_quiet_day_is_one_line(changes: dict[str, Any], line: str) -> None:
    made = digest(a_digest(**changes))

    assert_message(made)
    assert len(made["blocks"]) == 1
    assert "\n" not in made["blocks"][0]["text"]["text"]
    assert line in words(made).replace("*", "")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(a_digest(), id="all clear"),
        pytest.param(a_digest(unchanged=3, snoozed=1), id="nothing new"),
        pytest.param(
            a_digest(concerns=SECTIONS, week=WEEK, notes=(DARK,), excuses=(LATE,)), id="full"
        ),
    ],
)
def test_it_reads_from_what_needs_action_down(given: Digest, snapshot: SnapshotAssertion) -> None:
    for made in (digest(given), digest_details(given)):
        assert_message(made)
        assert made == snapshot


def test_what_does_not_fit_is_counted() -> None:
    given = a_digest(concerns=tuple(
        a_concern(number, section=kind) for kind in Section for number in range(500)
    ))  # fmt: skip
    made, details = digest(given), digest_details(given)

    for one in (made, details):
        assert_message(one)
    assert words(made).startswith("500 need action: db-0 full in 6 days")
    assert len(made["blocks"]) == 2 + LISTED + 3, "head, context, the worst, the rest, two folded"
    assert f"And {500 - LISTED} more, less urgent" in words(made)
    assert "*db-9 (staging)*" in words(made)
    assert "*db-10 (staging)*" not in words(made)
    assert "500 trends:" in words(made)
    assert "; 498 more" in words(made)
    assert f"And {1000 - DETAILED} more" in words(details)


@pytest.mark.parametrize("size", [1, 500])
def test_whatever_a_database_is_called_stays_what_it_is(size: int) -> None:
    concern = a_concern(line=(Strong(text=HOSTILE), HOSTILE), brief=(HOSTILE,), key=HOSTILE)
    full = [concern.model_copy(update={"section": section}) for section in Section] * size
    notes: tuple[Line, ...] = ((HOSTILE,),) * 9
    given = a_digest(concerns=tuple(full), notes=notes, title=HOSTILE, scope=HOSTILE)
    put_off = {concern.handle: Snoozed(handle=concern.handle, until=NOW)}

    for off in ({}, put_off):
        assert_message(digest(given, off))
        assert_message(digest_details(given, off))


def test_each_line_has_one_menu_beside_it() -> None:
    given = a_digest(concerns=SECTIONS)
    beside = [it["accessory"] for it in digest(given)["blocks"] if "accessory" in it]
    below = [it["accessory"] for it in digest_details(given)["blocks"] if "accessory" in it]

    assert [labels(one) for one in beside] == [
        ["Chart", "Snooze 7 days"],
        ["Snapshot…", "Snooze 7 days"],
        ["Snooze 7 days"],
    ], "what needs action may do harm within a month"
    assert labels(below[1]) == ["Chart", "Snooze 7 days", "Snooze 30 days"]
    assert {one["type"] for one in (*beside, *below)} == {"overflow"}
    assert len(below) == 2
    assert beside[1]["options"][0]["value"] == (
        "form.open.create_snapshot create_snapshot db-1@main/us-east-1"
    )


def test_a_line_whose_menu_cannot_hold_its_choices_has_buttons_below() -> None:
    made = digest(a_digest(concerns=(a_concern(database=f"db@{'a' * 140}/us-east-1"),)))

    assert_message(made)
    assert {"query.run.chart", "digest.snooze"} <= set(action_ids(made))


@pytest.mark.parametrize("by", [PersonId(team="T0ACME0001", user="U0DORA0001"), None])
def test_what_is_put_off_is_struck_out_with_by_whom_and_until_when(by: PersonId | None) -> None:
    first = SECTIONS[0]
    off = {first.handle: Snoozed(handle=first.handle, until=NOW, by=by)}
    made = digest(a_digest(concerns=SECTIONS), off)
    row = made["blocks"][2]

    assert row["text"]["text"].startswith("~*db-0 (staging)* full in 6 days: 1 GiB left~\nSnoozed")
    assert (" by <@U0DORA0001>" in row["text"]["text"]) is (by is not None)
    assert " until <!date^" in row["text"]["text"]
    assert labels(row["accessory"]) == ["Undo the snooze"]
    assert made["text"].startswith("2 need action: db-1")


def test_what_would_format_cannot_be_struck_out_and_is_said_to_be_put_off() -> None:
    one = a_concern(brief=("says *bold*",))
    by = PersonId(team="T0ACME0001", user="U0DORA0001")
    off = {one.handle: Snoozed(handle=one.handle, until=NOW, by=by)}
    made = digest(a_digest(concerns=(one,)), off)

    assert_message(made)
    row, below = made["blocks"][2:4]
    assert row["text"]["type"] == "plain_text"
    assert row["text"]["text"] == "db-0 (staging) says *bold*"
    assert below["elements"][0]["text"].startswith("Snoozed by <@U0DORA0001> until ")


@pytest.mark.parametrize(("notes", "far"), [((), "E"), ((DARK,), "As far as I could look, e")])
def test_where_all_that_needs_action_is_put_off_the_head_says_so(
    notes: tuple[Line, ...], far: str
) -> None:
    one = SECTIONS[0]
    off = {one.handle: Snoozed(handle=one.handle, until=NOW)}
    made = digest(a_digest(concerns=(one,), notes=notes), off)

    assert_message(made)
    assert made["text"] == f"{far}verything that needs action is snoozed"


@pytest.mark.parametrize("formula", ["=1+1", "\uff1d1+1", " =1+1", "\u200b=1+1", "\xa0\uff0d1"])
def test_the_file_holds_every_line_and_no_formula(formula: str) -> None:
    concerns = (
        *(a_concern(number) for number in range(40)),
        a_concern(line=(formula, Moment(at=NOW))),
    )

    rows = list(csv.reader(digest_csv(a_digest(concerns=concerns)).splitlines()))

    assert len(rows) == 42
    assert rows[1] == [
        "Needs action",
        "db-0@main/us-east-1",
        "db-0 (staging) is full in 6 days (2026-11-20 14:03 UTC).",
        "no",
    ]
    assert rows[-1][2].startswith("'")
