"""What the audit trail says to people."""

import re
from typing import Any

import pytest

from bot.desk import TROUBLE
from bot.operations.audit import RESULTS, ShowAudit, _sentence
from bot.policy.eligibility import Bar
from bot.values import (
    SECOND,
    AuditEntry,
    AuditEvent,
    Mention,
    Paragraph,
    Request,
    Span,
    Status,
    Strong,
)
from handlers.blocks.phrases import headline
from handlers.blocks.text import plain
from storage.errors import UnknownRequestError
from tests.samples import NOW, sample_of, sample_person, sample_sent_step

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
         "U0EMIL0001 approved RDS-7 (2 of 2), reboot orders, for U0ANA00001 → succeeded in 5 s"),
        ([FILED, *VOTES, SENT, ("step.refused", "bot", "failed", {}, "no")],
         "U0EMIL0001 approved RDS-7 (2 of 2), reboot orders, for U0ANA00001 → failed in 5 s"),
        ([FILED, *VOTES, SENT, ("request.unknown", "bot", "unknown", {}, "")],
         "U0EMIL0001 approved RDS-7 (2 of 2), reboot orders, for U0ANA00001 → unknown in 5 s"),
        ([FILED, *VOTES, SENT],
         "U0EMIL0001 approved RDS-7 (2 of 2), reboot orders, for U0ANA00001 → sent to AWS"),
        ([AT_ONCE, SENT, ("request.succeeded", "bot", "succeeded", {}, "")],
         "U0ANA00001 asked for RDS-7, reboot orders → succeeded in 5 s"),
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
    line = _sentence(rows(*steps), {"reboot_instance": "reboot"}, "5 s" if SENT in steps else "")

    assert "".join(map(_text, line)) == f"• … {said}"


class Kept:
    """A desk whose trail was written moments after what it tells of."""

    def __init__(self, request: Request | None) -> None:
        self._request = request

    def catalogue(self) -> dict[str, Any]:
        return {}

    async def audit(self, **wanted: Any) -> tuple[AuditEntry, ...]:
        return tuple(rows(AT_ONCE, SENT, ("request.succeeded", "bot", "succeeded", {}, "")))

    async def request(self, number: int) -> Request:
        if self._request is None:
            raise UnknownRequestError(number)
        return self._request


@pytest.mark.parametrize("length", [400_000, 5_900_000, 72_900_000])
async def test_it_says_the_length_that_the_card_says(length: int) -> None:
    step = sample_sent_step(sent_at=NOW, settled_at=NOW + length)
    request = sample_of(Status.SUCCEEDED, id=7, step=step)
    desk: Any = Kept(request)

    [said] = (await ShowAudit().answer(desk, sample_person())).parts

    on_card = re.search("succeeded in [^·(]+", plain(headline(request)))
    assert on_card
    assert isinstance(said, Paragraph)
    assert plain(said.line).endswith(f"→ {on_card[0].strip()}")


async def test_of_a_request_that_is_gone_it_invents_no_length() -> None:
    desk: Any = Kept(None)

    [said] = (await ShowAudit().answer(desk, sample_person())).parts

    assert isinstance(said, Paragraph)
    assert plain(said.line).endswith("→ succeeded")


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
