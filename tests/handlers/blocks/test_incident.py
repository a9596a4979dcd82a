"""An incident as a message, in each phase, whatever alarms are called."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.values import Environment, Incident, Kind, Moment, Note, Origin, paragraph
from handlers.blocks.incident import incident, incident_note
from tests.handlers.blocks.judging import action_ids, assert_message
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

    assert "form.open.create_snapshot" in action_ids(made)
    assert "form.open.reboot_instance" not in action_ids(made)


def test_whatever_an_alarm_is_called_stays_what_it_is() -> None:
    words = ("title", "alarm", "detail", "place")

    assert_message(incident(an_incident(**dict.fromkeys(words, HOSTILE))))
    note = Note(incident=7, said=paragraph("Again at ", Moment(at=NOW), f": {HOSTILE}"))
    assert_message(incident_note(note))
