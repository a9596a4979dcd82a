"""Lengths of time in words."""

import pytest

from bot.values import (
    SECOND,
    Usual,
    between,
)

SPANS = [
    pytest.param(1, 9, "less than 10 s", id="brief"),
    pytest.param(48, 91, "50-90 s", id="seconds by tens"),
    pytest.param(3, 52, "10-50 s", id="never none"),
    pytest.param(80, 200, "1-3 min", id="minutes"),
    pytest.param(20, 130, "1-2 min", id="never no minutes"),
    pytest.param(115, 125, "2 min", id="the same"),
    pytest.param(3_000, 10_000, "1-3 h", id="hours"),
]


@pytest.mark.parametrize(("low", "high", "words"), SPANS)
def test_a_span_is_told_in_round_figures(low: int, high: int, words: str) -> None:
    assert between(low * SECOND, high * SECOND).replace("\N{EN DASH}", "-") == words


def test_what_happened_twice_is_no_habit() -> None:
    assert Usual.of((1, 2)) is None


def test_a_habit_is_the_median_and_what_nine_of_ten_stay_within() -> None:
    assert Usual.of((30, 10, 20)) == Usual(median=20, p90=30)
    assert Usual.of(tuple(range(1, 21))) == Usual(median=11, p90=18)
