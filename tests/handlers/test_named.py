"""Which databases a sentence names."""

import pytest

from benchmarks.corpus import SEEN
from handlers.suggestions import named_in


def named(said: str) -> set[str]:
    return {one.name for one in named_in(said, SEEN).databases}


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("how is orders-prod?", {"orders-prod"}),
        ("Orders_Prod!", {"orders-prod"}),
        ("orders prod is slow", {"orders-prod"}),
        ("ordersprod", {"orders-prod"}),
        ("the prod orders database", {"orders-prod"}),
        ("orders in production", {"orders-prod"}),
        ("orders-dev, orders-test and shop-staging",
         {"orders-dev", "orders-test", "shop-staging"}),
        ("orders-dev/orders-test", {"orders-dev", "orders-test"}),
        ("orders-dev@main/us-east-1", {"orders-dev"}),
        ("*orders-dev*", {"orders-dev"}),
        ("'orders-dev'", {"orders-dev"}),
        ("orders-testを再起動", {"orders-test"}),
        ("shop-staging-2", {"shop-staging-2"}),
        ("ledger is down", {"ledger-test"}),
        ("billing in staging", {"billing-staging"}),
        ("nothing here", set()),
        ("prod", set()),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(said: str, names: set[str]) -> None:
    assert named(said) == names


@pytest.mark.parametrize(
    ("said", "unknown", "nearest"),
    [
        ("cpu on wharehouse", "wharehouse", {"warehouse"}),
        ("ordrs-test", "ordrs-test", {"orders-test"}),
        ("ordres prod", "ordres prod", {"orders-prod"}),
        ("orders", "orders", {"orders-dev", "orders-test", "orders-staging", "orders-prod"}),
        ("restart payments-api", "payments-api", set()),
    ],
)
def test_what_only_comes_near_is_told_apart(said: str, unknown: str, nearest: set[str]) -> None:
    found = named_in(said, SEEN)

    assert found.databases == ()
    assert found.unknown == unknown
    assert {one.name for one in found.nearest} == nearest


@pytest.mark.parametrize("said", ["shop-staging-4", "shop-staging-22"])
def test_a_figure_is_never_a_slip_of_the_fingers(said: str) -> None:
    assert named_in(said, SEEN).databases == ()
    assert named_in(said, SEEN).unknown == said


@pytest.mark.parametrize("said", ["don't touch orders-dev", "orders-dev, isn't it slow?"])
def test_the_rest_keeps_its_words_and_marks(said: str) -> None:
    assert "n't" in named_in(said, SEEN).rest


def test_an_endless_text_is_read_in_no_time() -> None:
    assert named_in("orders " * 3000, SEEN).databases == ()
