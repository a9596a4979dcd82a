"""``python -m benchmarks [NAME …]``"""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from benchmarks import (
    acknowledging,
    approving,
    auditing,
    digesting,
    drawing,
    following,
    telling,
    transactions,
)
from benchmarks.figures import Figure, heading, line

SUITES: Mapping[str, Callable[[], Awaitable[Sequence[Figure]]]] = {
    "acknowledging": acknowledging.measure,
    "approving": approving.measure,
    "transactions": transactions.measure,
    "following": following.measure,
    "auditing": auditing.measure,
    "telling": telling.measure,
    "digesting": digesting.measure,
    "drawing": drawing.measure,
}


async def main(names: Sequence[str]) -> bool:
    """Whether every figure that has a target met it."""
    _say(heading())
    begun, met = time.monotonic(), True
    for name in names or SUITES:
        for figure in await SUITES[name]():
            met &= figure.is_met
            _say(line(figure))
    _say(f"{time.monotonic() - begun:.0f} s; {'every target met' if met else 'TARGETS MISSED'}")
    return met


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    errors = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=errors)
    sys.exit(0 if asyncio.run(main(sys.argv[1:])) else 1)
