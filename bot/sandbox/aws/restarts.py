"""What a restart leaves in a database's metrics: nobody is connected, then everything is cold."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from bot.sandbox.aws.chance import Floats, Minutes, within
from bot.sandbox.aws.machine import Machine

WARMS_UP = 6
"""How many times as long as it was down until clients are back and memory holds what is read."""

STAYS_COLD = frozenset({"orders-staging"})
"""Whose plans change with a restart for the worse: it reads far more from then on."""

DOWN: Mapping[str, float] = {
    "CPUUtilization": 0.15,
    "DatabaseConnections": 0.0,
    "ConnectionAttempts": 0.0,
    "DBLoad": 0.0,
    "NetworkReceiveThroughput": 0.02,
    "NetworkTransmitThroughput": 0.02,
    "ReadIOPS": 0.1,
    "WriteIOPS": 0.1,
}
"""What is left of a figure while nobody is served."""

COLD: Mapping[str, float] = {"ReadLatency": 7.0, "CommitLatency": 3.0, "ReadIOPS": 2.0}
"""How many times as much it is when everything has to be read again."""

WORSE: Mapping[str, float] = {"ReadLatency": 4.0, "ReadIOPS": 1.8, "DBLoad": 2.2}
MORE_CPU = 28.0


def shaken(machine: Machine, metric: str, minutes: Minutes, figures: Floats) -> Floats:
    """The figures as they would be without restarts, and what those make of them."""
    for since, until in machine.outages:
        first, last = int(since // 60), int(until // 60)
        down, after = (minutes >= first) & (minutes <= last), minutes - last
        warm = max(1.0, WARMS_UP * (until - since) / 60)
        coldness = np.where(after > 0, within(1 - (after - 1) / warm, 0, 1), 0.0)
        figures = figures * (1 + coldness * (COLD.get(metric, 1.0) - 1))
        if metric == "DatabaseConnections":
            figures = np.round(figures * (1 - coldness * 0.6))
        if machine.name in STAYS_COLD:
            figures = _worse(metric, after > 0, figures)
        figures = np.where(down, figures * DOWN.get(metric, 1.0), figures)
    return figures


def _worse(metric: str, later: npt.NDArray[np.bool_], figures: Floats) -> Floats:
    if metric == "CPUUtilization":
        return np.where(later, np.minimum(figures + MORE_CPU, 100), figures)
    return np.where(later, figures * WORSE.get(metric, 1.0), figures)
