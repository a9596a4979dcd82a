"""Figures that others have worked out by hand, in books and by other programs."""

import random

import pytest

from bot.reports._statistics import (
    Estimate,
    chance_of_lengths,
    chance_of_shares,
    mean,
    middle,
    share,
)


@pytest.mark.parametrize(
    ("successes", "cases", "low", "high"),
    [
        pytest.param(8, 10, 0.4902, 0.9433, id="8 of 10"),
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe 1998, 81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="Newcombe 1998, 15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="Newcombe 1998, none of 20"),
        pytest.param(29, 29, 0.8830, 1.0, id="all"),
    ],
)
def test_a_share_lies_in_wilsons_interval(
    successes: int, cases: int, low: float, high: float
) -> None:
    assert share(successes, cases) == pytest.approx((successes / cases, low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("cases", "low", "high"),
    [(6, 1, 6), (10, 2, 9), (25, 8, 18), (100, 40, 61), (10_000, 4902, 5099)],
)
def test_a_median_lies_between_two_of_the_cases(cases: int, low: int, high: int) -> None:
    assert middle(range(1, cases + 1)) == ((cases + 1) / 2, low, high)


def test_a_mean_lies_in_an_interval_that_leans_to_the_long_side() -> None:
    waits = [3.0, 4.0, 4.0, 5.0, 6.0, 7.0, 9.0, 12.0, 20.0, 45.0]

    found = mean(waits)

    assert found == mean(waits)
    assert found.value == pytest.approx(11.5)
    assert found.low is not None
    assert found.high is not None
    assert 4 < found.low < 7
    assert 20 < found.high < 80


def test_a_mean_of_many_lies_where_the_central_limit_has_it() -> None:
    chance = random.Random(1)
    values = [chance.expovariate(1) for _ in range(1000)]

    found = mean(values)

    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / found.value == pytest.approx(2 * 1.96 / 1000**0.5, rel=0.12)


def test_a_mean_covers_the_truth_about_as_often_as_it_says() -> None:
    chance = random.Random(4)
    samples = [[chance.lognormvariate(0, 1) for _ in range(15)] for _ in range(60)]

    covered = [one.low <= 1.6487 <= one.high for one in map(mean, samples) if one.low and one.high]

    assert len(covered) > 50
    assert 0.88 <= sum(covered) / len(covered) <= 1


def test_of_what_hangs_on_a_single_case_there_is_no_telling() -> None:
    assert mean([60.0] * 9 + [36_000.0]) == (3654.0, None, None)


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_cases_that_are_all_the_same_leave_no_doubt(value: float) -> None:
    assert mean([value] * 10) == Estimate(value, value, value)


@pytest.mark.parametrize(
    ("successes", "cases", "others", "of", "chance"),
    [
        pytest.param(3, 4, 1, 4, 0.4857, id="Fisher's lady and her tea"),
        pytest.param(8, 10, 1, 6, 0.0350, id="8 of 10 and 1 of 6"),
        pytest.param(2, 12, 10, 16, 0.0235, id="2 of 12 and 10 of 16"),
        pytest.param(5, 5, 7, 7, 1.0, id="all and all"),
    ],
)
def test_two_shares_differ_by_chance_as_often_as_fisher_says(
    successes: int, cases: int, others: int, of: int, chance: float
) -> None:
    assert chance_of_shares(successes, cases, others, of) == pytest.approx(chance, abs=5e-5)
    assert chance_of_shares(others, of, successes, cases) == pytest.approx(chance, abs=5e-5)


def test_two_samples_differ_by_chance_as_often_as_their_ranks_say() -> None:
    men, women = (19, 22, 16, 29, 24), (20, 11, 17, 12)

    assert chance_of_lengths(men, women) == pytest.approx(0.1113, abs=5e-5)
    assert chance_of_lengths(women, men) == pytest.approx(0.1113, abs=5e-5)
    assert chance_of_lengths((2, 2, 2), (2, 2, 2)) == 1.0
