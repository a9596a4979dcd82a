"""An incident as a message, in each phase, whatever alarms are called."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.values import (
    Alarm,
    AlarmState,
    Environment,
    Incident,
    Kind,
    Moment,
    Note,
    Origin,
    Paragraph,
    Siblings,
    paragraph,
)
from handlers.blocks.incident import incident, incident_note
from tests.handlers.blocks.judging import assert_message, parts, words
from tests.handlers.blocks.test_digest import HOSTILE
from tests.samples import ANA, DORA, HOUR, MINUTE, NOW, sample_target


def an_incident(**changes: Any) -> Incident:
    fields: dict[str, Any] = {
        "id": 7,
        "key": "alarm/123456789012/us-east-1/orders-cpu",
        "source": Origin.ALARM,
        "title": "CPU utilization above 80 %",
        "alarm": "orders-cpu",
        "target": sample_target(),
        "place": "main/us-east-1",
        "environment": Environment.STAGING,
        "measures": "CPUUtilization",
        "shows": "cpu",
        "detail": "Threshold Crossed: 3 datapoints were greater than the threshold (80.0).",
        "started_at": NOW,
        "fired_at": NOW,
    }
    return Incident(**fields | changes)


ACKNOWLEDGED = {"acknowledged_at": NOW + MINUTE, "acknowledged_by": ANA}
FAILOVER = {
    "source": Origin.EVENT, "alarm": "", "measures": "failover", "shows": "", "title": "failover",
    "detail": "Multi-AZ instance failover started",
}  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(an_incident(), id="firing"),
        pytest.param(an_incident(**ACKNOWLEDGED, repeats=2, fired_at=NOW + 5 * MINUTE), id="seen"),
        pytest.param(
            an_incident(**ACKNOWLEDGED, snoozed_until=NOW + HOUR, snoozed_by=DORA), id="snoozed"
        ),
        pytest.param(an_incident(resolved_at=NOW + 12 * MINUTE), id="ended"),
        pytest.param(
            an_incident(**ACKNOWLEDGED, resolved_at=NOW + HOUR, resolved_by=DORA), id="resolved"
        ),
        pytest.param(an_incident(**FAILOVER), id="event"),
        pytest.param(an_incident(target=None, environment=None), id="of no database"),
    ],
)
def test_it_says_how_it_stands(given: Incident, snapshot: SnapshotAssertion) -> None:
    made = incident(given)

    assert_message(made)
    assert made["blocks"][0]["type"] == "rich_text"
    assert made == snapshot


def test_a_cluster_is_not_restarted_from_here() -> None:
    made = incident(an_incident(target=sample_target(kind=Kind.CLUSTER)))

    assert "form.open.create_snapshot" in str(made)
    assert "form.open.reboot_instance" not in str(made)


def test_whatever_an_alarm_is_called_stays_what_it_is() -> None:
    words = ("title", "alarm", "detail", "place")

    assert_message(incident(an_incident(**dict.fromkeys(words, HOSTILE))))
    note = Note(incident=7, said=paragraph("Again at ", Moment(at=NOW), f": {HOSTILE}"))
    assert_message(incident_note(note))


LONG = "orders-" + "x" * 56
FULL = Alarm(
    name="warehouse-storage", state=AlarmState.ALARM, since=NOW, metric="FreeStorageSpace",
    comparison="LessThanThreshold", threshold=200 * 2**30, lately=(183 * 2**30, 179 * 2**30),
)  # fmt: skip


def test_its_head_and_its_notification_say_how_bad_it_is_against_its_line() -> None:
    made = incident(an_incident(title="free storage space below 200 GiB", watched=FULL))

    said = "orders-staging (staging): free storage space below 200 GiB · firing at 179 GiB"
    assert said in words(made)
    assert made["text"] == f"{said} · I-7"


@pytest.mark.parametrize("repeats", [1, 2, 100, 12_345])
def test_however_often_it_comes_back_that_is_one_line(repeats: int) -> None:
    once = incident(an_incident(repeats=1, fired_at=NOW + MINUTE))
    made = incident(an_incident(repeats=repeats, fired_at=NOW + MINUTE))

    assert len(str(made)) - len(str(once)) < 20
    assert ("once more," if repeats == 1 else f", {repeats} more,") in words(made)


@pytest.mark.parametrize(
    ("before", "says"),
    [
        (None, "Before it: being looked up."),
        (
            paragraph("no change by this bot within 6 h, no RDS event"),
            "Before it: no change by this bot within 6 h",
        ),
        (
            paragraph("RDS events not known, no change by this bot within 6 h"),
            "Before it: RDS events not known",
        ),
    ],
)
def test_what_came_before_it_is_never_nothing(before: Paragraph | None, says: str) -> None:
    assert says in " ".join(words(incident(an_incident(before=before))).split())


@pytest.mark.parametrize("identifier", ["orders-staging", LONG])
@pytest.mark.parametrize("denied", [frozenset[str](), frozenset({"reboot_instance"})])
def test_what_is_denied_is_offered_as_a_request_to_cloudops_and_forms_carry_the_reason(
    identifier: str, denied: frozenset[str]
) -> None:
    target = sample_target(identifier=identifier)
    made = incident(an_incident(target=target, title="free storage space below 200 GiB"), denied)

    [more] = [one for one in parts(made) if one.get("action_id") == "menu.More"]
    labels = [one["text"]["text"] for one in more["options"]]
    assert labels[:3] == ["Connections", "Logs", "Events"]
    assert ("CloudOps request: reboot…" in labels) is bool(denied)
    assert ("Reboot…" in labels) is not bool(denied)
    forms = [one["value"] for one in more["options"] if one["value"].startswith("form.open")]
    assert all("\nI-7" in one and len(one) <= 150 for one in forms)
    if identifier != LONG:
        assert all(one.endswith("I-7: free storage space below 200 GiB") for one in forms)


def test_snooze_offers_a_length_and_its_end() -> None:
    made = incident(an_incident(**ACKNOWLEDGED, snoozed_until=NOW + HOUR, snoozed_by=DORA))

    [menu] = [one for one in parts(made) if one.get("action_id") == "menu.Snooze"]
    shown = {one["text"]["text"]: one["value"] for one in menu["options"]}
    assert shown == {
        "1 h": "incident.snooze 7 1h",
        "4 h": "incident.snooze 7 4h",
        "Until 9:00": "incident.snooze 7 9:00",
        "End snooze": "incident.unsnooze 7",
    }
    assert menu["placeholder"]["text"] == "Snooze"


def test_an_alarm_that_has_not_ended_is_spoken_of_where_a_person_resolved_it() -> None:
    resolved = {**ACKNOWLEDGED, "resolved_at": NOW + HOUR, "resolved_by": DORA}

    assert "alarm had not ended then" in words(incident(an_incident(**resolved)))
    assert "alarm had not ended" not in words(incident(an_incident(**resolved, **FAILOVER)))
    assert "alarm had not ended" not in words(incident(an_incident(resolved_at=NOW)))


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ([an_incident(id=8)], "Also firing on this cluster: I-8."),
        ([an_incident(id=8), an_incident(id=9, **FAILOVER)],
         "Also open on this cluster: I-8, I-9."),
        ([an_incident(id=n) for n in range(8, 20)],
         "Also firing on this cluster: I-8, I-9, I-10, I-11 and 8 more."),
    ],
)  # fmt: skip
def test_others_of_its_cluster_are_named_in_one_line_while_it_is_open(
    others: list[Incident], says: str
) -> None:
    siblings = Siblings(incidents=tuple(others), place="on this cluster", unread=("Not read.",))

    assert f"{says}   Not read." in words(incident(an_incident(), siblings=siblings))
    ended = words(incident(an_incident(resolved_at=NOW + HOUR), siblings=siblings))
    assert not any(said in ended for said in ("Also", "Not read"))
    unread = Siblings(unread=("Not read.",))
    assert "Not read." in words(incident(an_incident(), siblings=unread))
