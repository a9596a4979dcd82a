"""The words that everything shares, and what people write for them."""

import pytest

from bot.values import Environment, Risk, Status, folded, resembles


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("PROD", Environment.PRODUCTION),
        ("prd", Environment.PRODUCTION),
        (" Live ", Environment.PRODUCTION),
        ("stg", Environment.STAGING),
        ("pre-production", Environment.STAGING),
        ("qa", Environment.TEST),
        ("tst", Environment.TEST),
        ("Dev", Environment.DEVELOPMENT),
        ("proof_of_concept", Environment.POC),
        ("nonprod", None),
        ("", None),
    ],
)
def test_environments_are_known_by_their_usual_names(
    text: str, environment: Environment | None
) -> None:
    assert Environment.parse(text) is environment


@pytest.mark.parametrize(
    "text",
    [
        "Environment ",
        "\u00a0environment",
        "\u3000Environment\u3164",
        "\uff25nvironmen\uff54",
        "env\u200bironment\ufeff",
        "en\u00advironment\ufe0f",
        "\u2800environment\t\n",
    ],
)
def test_what_cannot_be_seen_makes_no_difference(text: str) -> None:
    assert folded(text) == "environment"


def test_letters_that_look_alike_are_not_guessed() -> None:
    assert folded("pr\u043ed") != "prod"
    assert Environment.parse("pr\u043ed") is None


def test_risks_are_ordered_by_harm() -> None:
    assert Risk.highest(Risk.LOW, Risk.HIGH, Risk.MEDIUM) is Risk.HIGH
    assert sorted(Risk, key=lambda risk: risk.rank) == [Risk.LOW, Risk.MEDIUM, Risk.HIGH]


def test_every_status_is_open_or_final_except_the_one_a_person_must_look_at() -> None:
    neither = [status for status in Status if not status.is_open and not status.is_final]

    assert neither == [Status.UNKNOWN]
    assert not [status for status in Status if status.is_open and status.is_final]


@pytest.mark.parametrize(
    ("text", "word", "does"),
    [
        ("pr\u043ed", "prod", True),
        ("PR\u041eD ", "prod", True),
        ("pr\u00f6d", "prod", True),
        ("prod", "pr\u043ed", True),
        ("\u0130nt", "int", True),
        ("prod", "prod", False),
        ("\uff50rod", "prod", False),
        ("prods", "prod", False),
        ("pr0d", "prod", False),
        ("gr\u00fc\u00dfe", "gr\u00f6\u00dfe", False),
        ("\u0442\u0438\u043f", "env", False),
        ("\u5024", "x", False),
        ("", "prod", False),
    ],
    ids=ascii,
)
def test_what_letters_beyond_ascii_alone_keep_apart_resembles(
    text: str, word: str, does: bool
) -> None:
    assert resembles(text, word) is does
