"""What reminds an approver, and the other small surfaces of threads, mentions and shortcuts."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.operations import CATALOGUE
from bot.values import BUTTON_VALUE
from handlers.blocks.ask import asking
from handlers.blocks.form import Offer
from handlers.blocks.incomplete import unfinished
from handlers.blocks.notices import detailed
from handlers.blocks.reminder import SHOWN, reminding
from handlers.parser import Incomplete
from tests.handlers.blocks import judging
from tests.handlers.blocks.judging import assert_message, assert_view
from tests.samples import sample_plan, sample_request, sample_step

LINK = "https://example.slack.com/archives/C1/p1"
HOSTILE = "<!channel> *bold* \u202e`code` <https://evil|here> " * 50


def words(made: Any) -> str:
    return " ".join(judging.words(made).split())


def unlinked(made: Any) -> Any:
    """The same with its links as mere text; there are none but those that Slack gave."""
    if isinstance(made, list):
        return [unlinked(one) for one in made]
    if not isinstance(made, dict):
        return made
    if made.get("type") == "link":
        assert made.keys() == {"type", "url", "text"}
        assert made["url"] == LINK
        return {"type": "text", "text": made["text"]}
    return {name: unlinked(value) for name, value in made.items()}


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize("count", [1, 2, 14])
def test_a_reminder_says_what_waits_and_where(
    count: int, is_late: bool, snapshot: SnapshotAssertion
) -> None:
    requests = [sample_request(id=1042 + number) for number in range(count)]

    made = reminding(requests, {1042: LINK}, is_late=is_late)

    assert_message(unlinked(made))
    assert made == snapshot


def test_of_many_requests_the_rest_is_counted() -> None:
    made = reminding([sample_request(id=1000 + it) for it in range(99)], {}, is_late=False)

    assert words(made).count("RDS-") == SHOWN
    assert "And 89 more: /rds requests" in words(made)


def test_without_a_card_to_link_to_it_says_what_to_type() -> None:
    made = words(reminding([sample_request()], {}, is_late=False))

    assert "To agree, type /rds approve RDS-1042" in made


def test_what_people_wrote_stays_what_it_is() -> None:
    step = sample_step(plan=sample_plan(effect=HOSTILE))
    request = sample_request(reason=HOSTILE, step=step)

    for made in (
        reminding([request], {}, is_late=False),
        reminding([request] * 20, {request.id: LINK}, is_late=True),
        detailed(request),
    ):
        assert_message(unlinked(made))
        assert "<!channel>" not in made["text"]


def test_the_detail_names_the_call_and_what_the_decision_rests_on() -> None:
    made = detailed(sample_request())

    assert made["text"] == "RDS-1042 in detail: Reboot orders-staging with failover"
    assert "RebootDBInstance" in words(made)


def an_incomplete(name: str) -> Incomplete:
    return Incomplete(CATALOGUE[name], {}, "", False, missing=("target",))


def test_what_is_missing_comes_with_a_button_that_holds_what_was_typed() -> None:
    made = unfinished(an_incomplete("reboot_instance"), "reboot --failover")

    assert_message(made)
    assert "Reboot: I still need the instance." in words(made)
    assert made["blocks"][-1]["elements"][0]["value"] == "reboot --failover"


@pytest.mark.parametrize(
    ("name", "usage"),
    [("show_database", "/rds show ID"), ("reboot_instance", "/rds reboot ID [--failover]")],
)
def test_where_a_button_cannot_hold_it_it_is_only_said(name: str, usage: str) -> None:
    made = unfinished(an_incomplete(name), "x" * (BUTTON_VALUE + 1))

    assert_message(made)
    assert f"It reads: {usage}" in words(made)
    assert len(made["blocks"]) == 1


@pytest.mark.parametrize("guess", [[], [Offer("orders-test@main/us-east-1", "orders-test")]])
def test_the_first_form_of_the_shortcut(guess: list[Offer]) -> None:
    made = asking(CATALOGUE, guess, HOSTILE, "C1")

    assert_view(made)
    assert ("orders-test" in words(made)) is bool(guess)
