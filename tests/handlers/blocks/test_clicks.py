"""What came of a click follows its request, whatever becomes of that."""

import pytest

from bot.values import Click, Line, Request, Status
from handlers.blocks.clicks import came_of
from tests.samples import NOW, sample_decision, sample_of, sample_request, sample_vote

TWO = sample_request(decision=sample_decision(approvals=2), votes=(sample_vote(),))
APPROVED = sample_of(Status.APPROVED)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (TWO, "You approved it; 1 more approval needed."),
        (APPROVED, "You approved it; it runs now."),
        (APPROVED.model_copy(update={"waits_for": 9}), "You approved it; it waits for RDS-9."),
        (
            APPROVED.model_copy(update={"not_before": NOW}),
            "You approved it; it is sent later, as its card says.",
        ),
        (sample_of(Status.RUNNING), "You approved it; it runs now."),
        (sample_of(Status.SUCCEEDED), "You approved it."),
        (sample_of(Status.CANCELLED), "You approved it."),
    ],
)
def test_an_approval_says_what_comes_next(request_: Request, said: str) -> None:
    assert came_of(Click(request=request_.id, verb="approve"), request_) == (said,)


@pytest.mark.parametrize("verb", ["approve", "reject", "cancel"])
def test_a_refused_click_says_why_and_never_that_it_counted(verb: str) -> None:
    why: Line = ("It has expired.",)

    said = came_of(Click(request=1, verb=verb, refused=why), TWO)

    assert said[1:] == why
    assert "You" not in str(said)


@pytest.mark.parametrize(("verb", "said"), [("reject", "rejected"), ("cancel", "cancelled")])
def test_what_closes_a_request_says_that_nothing_is_sent(verb: str, said: str) -> None:
    closed = came_of(Click(request=1, verb=verb), sample_of(Status.CANCELLED))

    assert closed == (f"You {said} it. Nothing is sent to AWS.",)
