"""Chance that is always the same: figures by key and minute, computed when somebody asks."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Minutes = npt.NDArray[np.int64]
"""Minutes since 1970, UTC."""


def uniform(key: int, numbers: Minutes) -> Floats:
    """Between 0 and 1: SplitMix64 of each number."""
    mixed: Any = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    share: Floats = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return share


def tail(key: int, minutes: Minutes, width: float) -> Floats:
    """Around 1, and sometimes far above it."""
    chance = uniform(key, minutes)
    logistic = np.log((chance + 1e-6) / (1 - chance + 1e-6))
    return np.exp(width * within(logistic, -6, 9))


def wander(key: int, minutes: Minutes, step: int) -> Floats:
    """Between 0 and 1, another value each ``step`` minutes and a smooth way there."""
    block, inside = np.divmod(minutes, step)
    way = inside / step
    way = way * way * (3 - 2 * way)
    return uniform(key, block) * (1 - way) + uniform(key, block + 1) * way


def within(figures: Floats, low: float, high: float) -> Floats:
    return np.minimum(np.maximum(figures, low), high)
