"""Whatever people write, nothing of it mentions, links or formats in any message."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.operations import CATALOGUE
from bot.values import (
    Answer,
    Assessment,
    AuditEntry,
    Classified,
    CloudOpsRequest,
    CloudOpsState,
    Code,
    Environment,
    Facts,
    Outcome,
    Request,
    Risk,
    Status,
    Strong,
    Table,
    paragraph,
)
from handlers.blocks.answers import answer
from handlers.blocks.card import Standing, card, plain_card
from handlers.blocks.cloudops import (
    cloudops_card,
    cloudops_details,
    cloudops_request,
    cloudops_step,
    decline_form,
)
from handlers.blocks.denied import denied
from handlers.blocks.dry_run import rehearsal
from handlers.blocks.error import Suggestion, problem
from handlers.blocks.form import Notice, form
from handlers.blocks.notices import ending
from tests.handlers.blocks.judging import assert_message, assert_view
from tests.samples import ANA, DORA, sample_audit_row, sample_of, sample_plan

FRAGMENTS = [
    "<!channel>", "<!here|x>", "<@U00DORA>", "<#C000000OPS>", "<!subteam^S1>", "<https://x|y>",
    "<!date^1^{time}|x>", "https://x.example", "`", "```", "*", "_", "~", ":tada:", "&lt;", "&",
    ">", "\n", "\u2028", "\u202e", "\u200b", "\u2066", "\x00", "\ufeff", " ", "a", "é",
]  # fmt: skip
written = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=20), max_size=40).map("".join)
EXAMPLES = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@EXAMPLES
@given(status=st.sampled_from(Status), text=written, other=written)
def test_cards_and_what_goes_with_them(status: Status, text: str, other: str) -> None:
    request = _request(status, text, other)

    assert_message(card(request, Standing(who=(text, Strong(text=other)))))
    assert_message(plain_card(request))
    assert_message(rehearsal(request, who=(text,), obstacle=other))
    if not status.is_open:
        assert_message(ending(request))


@EXAMPLES
@given(text=written, other=written)
def test_answers_and_replies(text: str, other: str) -> None:
    line = (text, Strong(text=other), Code(text=text))
    facts = {"environment": text, "classified_by": other, "command": text, "rule": other}
    row = sample_audit_row(facts=facts, text=other, operation=text)
    parts = (
        paragraph(*line),
        Facts(pairs=((text, line), (other, (other,)))),
        Table(columns=(text, other), rows=((line, (other,)), ((), (text,)))),
    )

    assert_message(answer(Answer(title=text, parts=parts, hint=(other,))))
    assert_message(problem(text, [Suggestion(other, text, runs=True)], other))
    assert_message(denied(text, 1, Classified(environment=Environment.POC, rule=other)))
    _assert_cloudops(row, other)


@EXAMPLES
@given(operation=st.sampled_from(sorted(CATALOGUE)), text=written, notice=written)
def test_forms(operation: str, text: str, notice: str) -> None:
    values: dict[str, Any] = dict.fromkeys(CATALOGUE[operation].model_fields, text)

    said = Notice(problem(notice)["blocks"], "reason")
    assert_view(form(CATALOGUE[operation], {**values, "reason": text}, metadata={}, notice=said))


def _request(status: Status, text: str, other: str) -> Request:
    plan = sample_plan(effect=text, warnings=(text, other), checks=(other,), undo=text)
    step = sample_of(status).step.model_copy(update={"plan": plan})
    return sample_of(
        status,
        step=step,
        reason=text,
        command=f"/rds {other}",
        assessment=Assessment(risk=Risk.LOW, reasons=(other,)),
        classified=Classified(environment=Environment.TEST, rule=text),
        outcome=Outcome(code="x", detail=other),
        facts={"status": text, "pending": {other: text}, "replicas": [text], "engine": other},
    )


def _assert_cloudops(row: AuditEntry, reason: str) -> None:
    request = CloudOpsRequest(
        denial=row.seq,
        state=CloudOpsState.DECLINED,
        requester=ANA,
        channel="C0CLOUDOPS",
        asked_at=row.at,
        ended_by=DORA,
        ended_at=row.at,
        reason=reason,
    )
    assert_message(cloudops_request(row))
    assert_message(cloudops_card(row, request, None))
    assert_message(cloudops_details(row))
    assert_message(cloudops_step(row, request, request.state, ""))
    assert_view(decline_form(row, "C0CLOUDOPS"))
