"""Tables for tests that cost seconds each: what the quick run takes of them, and the deep ones."""

from collections.abc import Collection
from itertools import product
from typing import Any

import pytest


def sampled(cases: Collection[Any], quick: int) -> list[Any]:
    """The first ``quick`` take every way there is; the rest is more of the same, for the deep runs.

    A case that is a tuple is the values of several arguments.
    """
    rest = [it if isinstance(it, tuple) else (it,) for it in [*cases][quick:]]
    return [*[*cases][:quick], *(pytest.param(*it, marks=pytest.mark.deep) for it in rest)]


def crossed(first: Collection[Any], second: Collection[Any]) -> list[Any]:
    """Every pair; all but those in which each value comes once or more are for the deep runs."""
    ways = max(1, min(len(first), len(second)))
    return [
        pytest.param(one, other, marks=() if n % ways == m % ways else pytest.mark.deep)
        for (n, one), (m, other) in product(enumerate(first), enumerate(second))
    ]
