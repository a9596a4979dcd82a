"""Tables of pairs for tests that cost seconds each."""

from collections.abc import Collection
from itertools import product
from typing import Any

import pytest


def crossed(first: Collection[Any], second: Collection[Any]) -> list[Any]:
    """Every pair; all but those in which each value comes once or more are for the deep runs."""
    ways = max(1, min(len(first), len(second)))
    return [
        pytest.param(one, other, marks=() if n % ways == m % ways else pytest.mark.deep)
        for (n, one), (m, other) in product(enumerate(first), enumerate(second))
    ]
