"""The state of a request in the words of its card, and no minute said twice."""

from typing import Any

import pytest

from bot.operations.list_requests import _row
from bot.operations.show_status import _facts
from bot.values import SECOND, Moment, Status
from handlers.blocks.phrases import state
from handlers.blocks.text import plain
from tests.samples import EVE, NOW, sample_of, sample_sent_step, sample_vote


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"votes": ()}, "needs 2 approvals"),
        ({"votes": (sample_vote(EVE),)}, "needs 1 more approval"),
    ],
)
def test_what_waits_says_what_it_needs_in_lists_and_on_its_card(
    changes: dict[str, Any], said: str
) -> None:
    request = sample_of(Status.PENDING, **changes)

    assert request.stands == state(request) == said
    assert (said,) in _row(request)


@pytest.mark.parametrize("status", list(Status))
def test_no_state_is_a_word_of_the_machine(status: Status) -> None:
    assert sample_of(status).stands not in ("pending", "unknown")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0 s later"), (12, "12 s later"), (59, "59 s later"), (60, None)]
)
def test_within_a_minute_the_minute_is_not_said_again(seconds: int, shown: str | None) -> None:
    asked, sent, ended = NOW, NOW + seconds * SECOND, NOW + 2 * seconds * SECOND
    step = sample_sent_step(sent_at=sent)
    request = sample_of(Status.SUCCEEDED, asked_at=asked, ended_at=ended, steps=(step,))

    facts = dict(_facts(request, ()))

    if shown is None:
        assert facts["Sent to AWS"] == (Moment(at=sent),)
        assert facts["Ended"] == (Moment(at=ended),)
    else:
        assert plain(facts["Sent to AWS"]) == plain(facts["Ended"]) == shown
