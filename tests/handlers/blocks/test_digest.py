"""A digest as a message: within Slack's limits, and right whatever a database is called."""

import csv
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.values import Concern, Digest, Line, Moment, Section, Strong, Trail, Week
from bot.values._digests import LISTED
from handlers.blocks.digest import digest, digest_csv
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


SECTIONS = (
    a_concern(),
    a_concern(1, mend="create_snapshot", metrics="", is_known=True),
    a_concern(2, section=Section.CHANGED, metrics=""),
    a_concern(3, section=Section.TREND),
    Concern(key="request:1042", section=Section.ACTION, line=("RDS-1042 ended unknown.",)),
)
WEEK = Week(requests=12, executed=10, succeeded=9, denied=2, approved_after=3 * MINUTE)
LATE: Line = ("This digest is late: it was due at ", Moment(at=NOW - HOUR), ".")


def test_what_is_clear_and_how_far_the_trail_is_verified_stand_below() -> None:
    given = a_digest(clear=("backups", "replicas"), trail=Trail(rows=1234, at=NOW))
    made = words(digest(given.model_copy(update={"concerns": SECTIONS})))

    assert "All clear: backups, replicas." in made
    assert "Its audit trail is verified through row 1,234, as it stood " in made


@pytest.mark.parametrize(
    ("changes", "calm"),
    [
        ({}, "All clear."),
        ({"notes": (LATE,)}, "As far as I could look, nothing needs anybody."),
        ({"unchanged": 3}, "Nothing new."),
        ({"unchanged": 3, "notes": (LATE,)}, "As far as I could look, nothing is new."),
    ],
)
def test_nothing_is_calm_that_could_not_be_looked_at(changes: dict[str, Any], calm: str) -> None:
    assert calm in words(digest(a_digest(**changes)))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(a_digest(), id="all clear"),
        pytest.param(a_digest(unchanged=3, snoozed=1), id="nothing new"),
        pytest.param(a_digest(concerns=SECTIONS, week=WEEK, notes=(LATE,)), id="full"),
    ],
)
def test_it_reads_from_what_needs_action_down(given: Digest, snapshot: SnapshotAssertion) -> None:
    made = digest(given)

    assert_message(made)
    assert made == snapshot


def test_a_green_day_is_one_line() -> None:
    assert "All clear." in words(digest(a_digest()))
    assert "As far as I could look" in words(digest(a_digest(notes=(LATE,))))


def test_what_does_not_fit_is_counted() -> None:
    made = digest(a_digest(concerns=tuple(a_concern(number) for number in range(500))))

    assert_message(made)
    assert f"And {500 - LISTED} more" in words(made)
    assert "db-15 (staging)" in words(made)
    assert "db-16 (staging)" not in words(made)


@pytest.mark.parametrize("size", [1, 500])
def test_whatever_a_database_is_called_stays_what_it_is(size: int) -> None:
    concern = a_concern(line=(Strong(text=HOSTILE), HOSTILE))
    full = [concern.model_copy(update={"section": section}) for section in Section] * size
    notes: tuple[Line, ...] = ((HOSTILE,),) * 9

    assert_message(
        digest(a_digest(concerns=tuple(full), notes=notes, title=HOSTILE, scope=HOSTILE))
    )


def test_each_line_has_its_buttons() -> None:
    made = digest(a_digest(concerns=SECTIONS))

    assert action_ids(made).count("digest.snooze") == len(SECTIONS)
    assert action_ids(made).count("query.run.digest") == 2
    [mend] = [it for it in judging.parts(made["blocks"]) if it.get("action_id") == "form.open"]
    assert mend["value"] == "create_snapshot db-1@main/us-east-1"


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
