"""What bends a database's metrics from some minute on."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from bot.sandbox.aws.chance import Floats, Minutes

#: Makes of the minutes since it began (0 and more) and the usual figures those that are measured.
Bend = Callable[[Floats, Floats], Floats]


class Strain(NamedTuple):
    """``since`` is a minute since 1970, UTC."""

    database: str
    metric: str
    since: int
    bend: Bend


def strained(strains: Iterable[Strain], metric: str, minutes: Minutes, figures: Floats) -> Floats:
    for one in strains:
        if one.metric == metric:
            passed = (minutes - one.since).astype(np.float64)
            bent = one.bend(np.maximum(passed, 0), figures)
            figures = np.where(passed >= 0, bent, figures)
    return figures
