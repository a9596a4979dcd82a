"""What is told of a request outside its card."""

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.values import Outcome, Status
from handlers.blocks.notices import asked_text, ending, ending_text
from tests.handlers.blocks.judging import assert_message, words
from tests.samples import sample_of, sample_request

ENDED = [status for status in Status if not status.is_open]


@pytest.mark.parametrize("status", ENDED)
def test_an_ending_is_told_in_a_line_or_two(status: Status, snapshot: SnapshotAssertion) -> None:
    made = ending(sample_of(status))

    assert_message(made)
    assert (made, ending_text(sample_of(status), {"U000ANA": "ana"})) == snapshot


def test_an_ending_names_awss_own_status_and_how_long_it_took() -> None:
    assert ending(sample_of(Status.SUCCEEDED))["text"] == (
        "RDS-1042, Reboot orders-staging with failover: succeeded in 1 min 12 s. orders-staging "
        "is available; AWS reports: Multi-AZ instance failover completed."
    )


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SUCCEEDED])
def test_a_persons_own_words_are_in_the_message_but_not_in_its_notification(
    status: Status,
) -> None:
    outcome = Outcome(code="settled", detail="Settled by a person: restarted by its log")
    made = ending(sample_of(status, outcome=outcome))

    assert "its log" in words(made)
    assert "its log" not in made["text"]


def test_a_request_that_waits_is_announced_in_plain_text() -> None:
    assert asked_text(sample_request(), {"U000ANA": "ana"}) == (
        "RDS-1042 needs 2 approvals: Reboot orders-staging with failover (staging, high risk). "
        "Asked by @ana; until 2026-11-23 14:03 UTC. To agree, in Slack: /rds approve RDS-1042"
    )
