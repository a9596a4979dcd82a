"""What burns at a database, in a line of the card and in full under Details."""

from typing import Any

import pytest

from bot.values import Look, Request, Status, Trouble, Turn
from handlers.blocks.card import Standing, card
from handlers.blocks.details import details
from tests.handlers.blocks.judging import assert_message, words
from tests.handlers.blocks.test_incident import an_incident
from tests.samples import sample_of, sample_plan, sample_request, sample_step, sample_target

WORSE = sample_of(Status.SUCCEEDED, id=1040).seen(
    Look(minutes=15, turn=Turn.WORSE, said="read latency rose from 0.6 ms to 2.8 ms")
)
UNREAD = "Not read lately: the alarms in main/us-east-1."
OF_KIN = an_incident(id=9, target=sample_target(identifier="orders-copy"))


def said(drawn: Any) -> str:
    return " ".join(words(drawn).split())


@pytest.mark.parametrize(
    ("trouble", "line"),
    [
        (Trouble(incidents=(an_incident(),)), "🚨 CPU utilization above 80 % since"),
        (Trouble(incidents=(an_incident(), OF_KIN), worse=(WORSE,)), "(I-7) +2 more"),
        (Trouble(incidents=(OF_KIN,)), "🚨 orders-copy: CPU"),
        (Trouble(worse=(WORSE,)), "⚠️ RDS-1040 on it was worse 15 min later"),
        (Trouble(unread=(UNREAD,)), "⚠️ Whether an alarm is on there is not known"),
    ],
)
@pytest.mark.parametrize("request_", [sample_request(), sample_of(Status.APPROVED)])
def test_a_card_says_the_gravest_in_one_line(
    request_: Request, trouble: Trouble, line: str
) -> None:
    drawn = card(request_, Standing(trouble=trouble))

    assert line in said(drawn)
    assert line not in said(card(request_))
    assert_message(drawn)


def test_what_makes_room_is_the_way_back_and_never_what_drops() -> None:
    shown = said(card(sample_request(), Standing(trouble=Trouble(incidents=(an_incident(),)))))

    assert "42 connections drop" in shown
    assert "Undo" not in shown


def test_what_else_speaks_against_it_is_still_there_or_counted() -> None:
    plan = sample_plan(warnings=("No backup is taken before it.", "It has been slow. " * 6))
    request = sample_request(step=sample_step(plan=plan))

    shown = said(card(request, Standing(trouble=Trouble(worse=(WORSE,), unread=(UNREAD,)))))

    assert "It has been slow" in shown
    assert "more under Details" in shown


def test_details_say_all_of_it_with_what_nobody_knows() -> None:
    trouble = Trouble(incidents=(an_incident(), OF_KIN), worse=(WORSE,), unread=(UNREAD,))
    blocks = list(details(sample_request(), Standing(trouble=trouble)))

    shown = said({"text": "x", "blocks": blocks})

    for one in ("(I-7)", "orders-copy: CPU utilization above 80 %", "(I-9)", UNREAD,
                "was worse 15 min later: read latency rose from 0.6 ms to 2.8 ms"):  # fmt: skip
        assert one in shown, one
    assert_message({"text": "x", "blocks": blocks})
