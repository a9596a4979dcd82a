"""What the audit trail says to people."""

from bot.desk import TROUBLE
from bot.operations.audit import RESULTS
from bot.policy.eligibility import Bar
from bot.values import Status

WORDS = {*Status, "denied", "refused", "sent", "claimed", "posted"}


def test_every_code_is_told_in_words() -> None:
    codes = {*Bar, *TROUBLE, "counted", "accepted", "waits", "rehearsed", "not_denied"}

    assert {code for code in codes if code not in RESULTS} <= WORDS
    assert all("_" not in words for words in RESULTS.values())
