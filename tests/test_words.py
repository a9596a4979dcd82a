"""What people read keeps to docs/words.md."""

import pytest

from handlers.blocks.elements import LABEL
from tests import spoken
from tests.spoken import Said


def test_nothing_is_said_that_the_page_would_say_better() -> None:
    assert list(spoken.faults()) == []


def test_the_page_names_what_was_retired() -> None:
    assert len(spoken.retired()) > 20


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('told = "two words"', "two words"),
        ('told = f"{count} words here"', "X words here"),
        ('told = ("one ", Code(text="/rds"), " and two words")', "one X and two words"),
        ('raise UsageError("no such " "thing")', "no such thing"),
    ],
)
def test_what_is_said_is_found_in_code(code: str, text: str) -> None:
    assert [one.text for one in spoken.in_code(code, "here.py")] == [text]


@pytest.mark.parametrize("code", ['"""A docstring of a module."""', 'sql = "SELECT one FROM two"'])
def test_what_nobody_reads_is_not(code: str) -> None:
    assert list(spoken.in_code(code, "here.py")) == []


def test_a_sentence_ends_where_its_point_is() -> None:
    said = Said("here.py:1", "One. Two, e.g. three! Four?\nFive")

    assert list(said.sentences()) == ["One.", "Two, e.g.", "three!", "Four?", "Five"]


def test_the_twenty_first_word_is_one_too_many() -> None:
    assert not spoken.too_long("word " * 20)
    assert spoken.too_long("word " * 21)


def test_a_phone_shows_the_whole_label_of_every_button() -> None:
    found = list(spoken.labels())

    assert len(found) > 50
    assert [one for one in found if len(one.text) > LABEL] == []


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ('looking("Top load", "top orders")', "Top load"),
        ('Menu(label="More", choices=())', "More"),
        ('button(f"Share in {name}", SHARE)', "Share in "),
        ("asking(label, name)", ""),
    ],
)
def test_a_label_is_found_where_it_stands(code: str, label: str) -> None:
    assert [one.text for one in spoken.labels_in(code, "here.py")] == [label]
