"""What people type: nothing wrong is ever offered, and mostly the right thing first."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.corpus import FOLDER, TARGET, First, offered, results

FILES = sorted(FOLDER.glob("*.jsonl"))


def test_there_are_three_hundred_sentences() -> None:
    assert {file.stem: len(results(file)) for file in FILES} == {"foreign": 150, "own": 150}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_wrong_is_offered_and_mostly_the_right_thing_first(file: Path) -> None:
    found = results(file)

    assert [(one.text, one.wrong) for one in found if one.wrong] == []
    right = 100 * sum(one.is_right for one in found) / len(found)
    missed = [(one.text, one.first, one.expected) for one in found if not one.is_right]
    assert right >= TARGET, missed
    assert Counter(one.is_right for one in found)[True] >= len(found) * TARGET / 100


@pytest.mark.parametrize(
    ("text", "here", "first"),
    [
        ("is it slow?", "billing-staging", First("look", "top", frozenset({"billing-staging"}))),
        ("reboot it", "billing-staging", First("form", "reboot", frozenset({"billing-staging"}))),
        ("please delete orders", "", First("cannot")),
        ("brb", "billing-staging", First("none")),
    ],
)
def test_what_the_thread_is_about_is_meant(text: str, here: str, first: First) -> None:
    assert offered(text, here) == first
