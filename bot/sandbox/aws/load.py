"""The load that drives all of a database's metrics: days, weeks, jobs, and times unmeasured."""

import numpy as np
import numpy.typing as npt

from bot.sandbox.aws.chance import Floats, Minutes, tail, uniform, wander, within
from bot.sandbox.aws.machine import Machine

DAY = 1440

RUSHES = {"ledger-test": 4}
"""Who is as busy as it can be in so many minutes from the start on."""


def load_of(machine: Machine, minutes: Minutes) -> Floats:
    """About 0.05 in quiet nights, 0.5 in a usual afternoon, above 0.8 when something is on."""
    hour = (minutes % DAY) / 60
    peak = 12 + 4 * machine.luck("peak")
    daily = np.exp(1.7 * (np.cos((hour - peak) * np.pi / 12) - 1))
    weekend = (minutes // DAY + 3) % 7 >= 5
    busy = (0.34 + 0.3 * machine.luck("busy")) * np.where(weekend, 0.45, 1.0)
    mood = 0.75 + 0.5 * wander(machine.key("slow"), minutes, 45)
    jitter = 0.88 + 0.24 * wander(machine.key("fast"), minutes, 4)
    level = (0.1 + busy * daily) * mood * jitter * tail(machine.key("load"), minutes, 0.035)
    level += _bursts(machine, minutes) + _rush(machine, minutes)
    return within(level, 0.01, 0.98)


def _bursts(machine: Machine, minutes: Minutes) -> Floats:
    """Now and then a job runs for most of half an hour."""
    block, inside = np.divmod(minutes, 30)
    chance = uniform(machine.key("burst"), block)
    shape = within(np.minimum(inside - 3, 27 - inside) / 3, 0, 1)
    return np.where(chance < 0.02, 0.12 + 14 * (0.02 - chance), 0.0) * shape


def _rush(machine: Machine, minutes: Minutes) -> Floats:
    since = minutes - machine.started
    return np.where((since >= 0) & (since < RUSHES.get(machine.name, 0)), 1.0, 0.0)


def is_gap(machine: Machine, minutes: Minutes) -> npt.NDArray[np.bool_]:
    """Once in some days nothing is measured for the better part of an hour."""
    block, inside = np.divmod(minutes, 360)
    missing = uniform(machine.key("gap"), block) < 0.04
    return missing & (inside >= 200) & (inside < 200 + 20 + 30 * machine.luck("gap length"))
