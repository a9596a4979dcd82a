"""What the audit trail says to people."""

from typing import Any

import pytest

from bot.desk import TROUBLE
from bot.operations.audit import RESULTS, _sentence
from bot.policy.eligibility import Bar
from bot.values import SECOND, AuditEntry, AuditEvent, Mention, Span, Status, Strong
from tests.samples import NOW

WORDS = {*Status, "denied", "refused", "sent", "claimed", "posted"}


def test_every_code_is_told_in_words() -> None:
    codes = {*Bar, *TROUBLE, "counted", "accepted", "waits", "rehearsed", "not_denied"}

    assert {code for code in codes if code not in RESULTS} <= WORDS
    assert all("_" not in words for words in RESULTS.values())


ANA, DORA, EMIL = "T0ACME0001:U0ANA00001", "T0ACME0001:U0DORA0001", "T0ACME0001:U0EMIL0001"
FILED = ("request.filed", ANA, "pending", {"approvals": 2}, "")
AT_ONCE = ("request.filed", ANA, "approved", {"approvals": 0}, "")
VOTES: list[Any] = [
    ("vote.approved", DORA, "counted", {}, ""),
    ("vote.approved", EMIL, "approved", {}, ""),
]
SENT: Any = ("step.sent", "bot", "sent", {}, "")
TAKEN: Any = ("step.accepted", "bot", "accepted", {}, "")


def rows(*steps: Any, request: int | None = 7) -> list[AuditEntry]:
    """A row every four seconds, newest first."""
    made = [
        AuditEntry(
            seq=number,
            at=NOW + 4 * number * SECOND,
            hash="",
            event=AuditEvent(
                action=action, actor=actor, result=result, facts=facts, text=text,
                request_id=request, operation="reboot_instance" if request else None,
                target="orders@123456789012/us-east-1" if request else None,
            ),
        )
        for number, (action, actor, result, facts, text) in enumerate(steps, 1)
    ]  # fmt: skip
    return made[::-1]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([FILED], "U0ANA00001 asked for RDS-7, reboot orders → waits for approval"),
        ([FILED, VOTES[0]], "U0DORA0001 approved RDS-7 (1 of 2), reboot orders, for U0ANA00001"
         " → approved, more are wanted"),
        ([FILED, *VOTES, SENT, TAKEN, ("request.succeeded", "bot", "succeeded", {}, "")],
         "U0EMIL0001 approved RDS-7 (2 of 2), reboot orders, for U0ANA00001 → succeeded in 8 s"),
        ([FILED, *VOTES, SENT, ("step.refused", "bot", "failed", {}, "no")],
         "U0EMIL0001 approved RDS-7 (2 of 2), reboot orders, for U0ANA00001 → failed in 4 s"),
        ([FILED, *VOTES, SENT, ("request.unknown", "bot", "unknown", {}, "")],
         "U0EMIL0001 approved RDS-7 (2 of 2), reboot orders, for U0ANA00001 → unknown in 4 s"),
        ([FILED, *VOTES, SENT],
         "U0EMIL0001 approved RDS-7 (2 of 2), reboot orders, for U0ANA00001 → sent to AWS"),
        ([AT_ONCE, SENT, ("request.succeeded", "bot", "succeeded", {}, "")],
         "U0ANA00001 asked for RDS-7, reboot orders → succeeded in 4 s"),
        ([FILED, ("request.rejected", DORA, "rejected", {}, "not\nnow")],
         'U0DORA0001 rejected RDS-7, reboot orders, for U0ANA00001: "not now"'),
        ([FILED, ("request.cancelled", ANA, "cancelled", {}, "")],
         "U0ANA00001 cancelled RDS-7, reboot orders"),
        ([FILED, ("request.expired", "bot", "expired", {}, "")],
         "U0ANA00001 asked for RDS-7, reboot orders → expired"),
        ([("request.denied", ANA, "denied", {}, "")],
         "U0ANA00001 asked for RDS-7, reboot orders → denied"),
        ([FILED, ("vote.refused", ANA, "self", {}, "")],
         "U0ANA00001 asked for RDS-7, reboot orders → waits for approval (1 vote did not count)"),
    ],
)  # fmt: skip
def test_a_request_is_one_sentence(steps: list[Any], said: str) -> None:
    line = _sentence(rows(*steps), {"reboot_instance": "reboot"})

    assert "".join(map(_text, line)) == f"• … {said}"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (("digest.posted", DORA, "posted", {}, ""), "U0DORA0001 posted a digest"),
        (("incident.acknowledged", DORA, "acknowledged", {"incident": 2}, ""),
         "U0DORA0001 acknowledged I-2"),
        (("a_word.of_tomorrow", "bot", "x", {}, ""), "bot a word of tomorrow"),
    ],
)  # fmt: skip
def test_what_is_about_no_request_is_a_sentence_too(step: Any, said: str) -> None:
    assert "".join(map(_text, _sentence(rows(step, request=None), {}))) == f"• … {said}"


def _text(span: Span) -> str:
    match span:
        case str():
            return span
        case Mention():
            return span.person.user
        case Strong():
            return span.text
    return "…"
