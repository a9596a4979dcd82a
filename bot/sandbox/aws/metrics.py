"""What the sandbox's databases would have measured: the same seed always tells the same weeks.

Every figure is computed when somebody asks, from the database's name, the metric and the minute.
One load drives CPU, connections, latency and I/O, so that they rise and fall together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Minutes = npt.NDArray[np.int64]
"""Minutes since 1970, UTC."""

SEED = 7
DAY = 1440
GIB = 2.0**30
MIB = 2.0**20

SIZES = {
    "db.m5.large": (2, 8),
    "db.m6g.large": (2, 8),
    "db.r6g.2xlarge": (8, 64),
    "db.r6g.large": (2, 16),
    "db.t4g.medium": (2, 4),
}
"""Processors and GiB of memory; what is not here counts as two and eight."""

FILLS_IN_DAYS = {"warehouse": 12.0}
"""Whose storage will be full that many days after the sandbox was started."""

LEAKS_A_DAY = {"billing-staging": 62.0}
"""Who keeps that many connections more each day, since six days before the start."""
LEAKING_DAYS = 6


@dataclass(frozen=True)
class Machine:
    """A database as its metrics depend on it. ``started`` is the sandbox's first minute."""

    name: str
    account: str
    engine: str
    instance_class: str
    storage_gib: int
    started: int
    capacity: tuple[float, float] | None = None  #: a serverless one's, in capacity units
    reads: bool = False  #: whether it is a replica or a reader
    insights: bool = False  #: whether Performance Insights is on

    @property
    def is_aurora(self) -> bool:
        return self.engine.startswith("aurora")

    @property
    def processors(self) -> int:
        return SIZES.get(self.instance_class, (2, 8))[0]

    @property
    def memory_gib(self) -> float:
        if self.capacity:
            return 2 * self.capacity[1]
        return SIZES.get(self.instance_class, (2, 8))[1]

    def luck(self, what: str) -> float:
        """Between 0 and 1, and always the same for this database."""
        return float(_uniform(self.key(what), np.zeros(1, np.int64))[0])

    def key(self, what: str) -> int:
        said = f"{SEED}/{self.account}/{self.name}/{what}".encode()
        return int.from_bytes(sha256(said).digest()[:8], "big")


def measured(machine: Machine, metric: str, minutes: Minutes) -> Floats | None:
    """One figure a minute, NaN where none was taken; None where it has no such metric."""
    law = _laws(machine).get(metric)
    if law is None:
        return None
    figures = law(machine, minutes, _load(machine, minutes))
    return np.where(_is_gap(machine, minutes), np.nan, figures)


def metrics_of(machine: Machine) -> frozenset[str]:
    return frozenset(_laws(machine))


Law = Callable[[Machine, Minutes, Floats], Floats]


def _laws(machine: Machine) -> Mapping[str, Law]:
    found = dict(_EVERYBODY)
    if machine.is_aurora:
        found |= _AURORA
    else:
        found |= _RDS
    if machine.capacity:
        found |= _SERVERLESS
    if machine.instance_class.startswith("db.t"):
        found |= _BURSTABLE
    if machine.reads:
        found |= _AURORA_READER if machine.is_aurora else _REPLICA
    found |= _OF_ENGINE.get(machine.engine, {})
    if machine.insights:
        found |= _INSIGHTS
    return found


def _load(machine: Machine, minutes: Minutes) -> Floats:
    """About 0.05 in quiet nights, 0.5 in a usual afternoon, above 0.8 when something is on."""
    hour = (minutes % DAY) / 60
    peak = 12 + 4 * machine.luck("peak")
    daily = np.exp(1.7 * (np.cos((hour - peak) * np.pi / 12) - 1))
    weekend = (minutes // DAY + 3) % 7 >= 5
    busy = (0.34 + 0.3 * machine.luck("busy")) * np.where(weekend, 0.45, 1.0)
    wander = 0.75 + 0.5 * _wander(machine, "slow", minutes, 45)
    jitter = 0.88 + 0.24 * _wander(machine, "fast", minutes, 4)
    level = (0.1 + busy * daily) * wander * jitter * _tail(machine, "load", minutes, 0.035)
    return _within(level + _bursts(machine, minutes), 0.01, 0.98)


def _bursts(machine: Machine, minutes: Minutes) -> Floats:
    """Now and then a job runs for most of half an hour."""
    block, within = np.divmod(minutes, 30)
    chance = _uniform(machine.key("burst"), block)
    shape = _within(np.minimum(within - 3, 27 - within) / 3, 0, 1)
    return np.where(chance < 0.02, 0.12 + 14 * (0.02 - chance), 0.0) * shape


def _is_gap(machine: Machine, minutes: Minutes) -> npt.NDArray[np.bool_]:
    """Once in some days nothing is measured for the better part of an hour."""
    block, within = np.divmod(minutes, 360)
    missing = _uniform(machine.key("gap"), block) < 0.04
    return missing & (within >= 200) & (within < 200 + 20 + 30 * machine.luck("gap length"))


def _cpu(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    noise = 1.2 * (_uniform(machine.key("cpu"), minutes) - 0.5)
    return _within(3.5 + 92 * load + noise + 0.02 * _leaked(machine, minutes), 0.4, 100)


def _connections(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    most = 12.0 + 9 * machine.memory_gib**0.8
    noise = 3 * (_uniform(machine.key("connections"), minutes) - 0.5)
    figures: Floats = np.round(np.maximum(4 + most * load + noise + _leaked(machine, minutes), 0))
    return figures


def _attempts(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    """A minute; who leaks connections opens few."""
    figures: Floats = np.round(2 + 70 * load * _tail(machine, "attempts", minutes, 0.1))
    return figures


def active_sessions(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    """At work at a time: as many as there are processors when it is busy."""
    return machine.processors * 1.3 * load**1.2 * _tail(machine, "sessions", minutes, 0.08)


def _leaked(machine: Machine, minutes: Minutes) -> Floats:
    days = (minutes - machine.started) / DAY + LEAKING_DAYS
    return np.maximum(days, 0) * LEAKS_A_DAY.get(machine.name, 0.0)


def _freeable(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    memory = machine.memory_gib * GIB
    share = 0.34 - 0.14 * _smooth(machine, minutes) - 0.05 * load
    return np.maximum(memory * share - 2 * MIB * _leaked(machine, minutes), 60 * MIB)


def _swap(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    return MIB * (4 + 20 * machine.luck("swap") + 6 * _wander(machine, "swap", minutes, 600))


def _smooth(machine: Machine, minutes: Minutes) -> Floats:
    """The load without what is hasty: caches do not give memory back within minutes."""
    return _wander(machine, "memory", minutes, 240)


def _free_storage(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    size, days = machine.storage_gib * GIB, (minutes - machine.started) / DAY
    files = 0.004 * size * _wander(machine, "files", minutes, 90)
    if (left := FILLS_IN_DAYS.get(machine.name)) is not None:
        rate = 0.45 * size / left
        return np.maximum(rate * (left - days) - files, 0)
    share = 0.35 + 0.35 * machine.luck("storage")
    return size * (share - 0.0006 * days) - files


def _volume(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    days = (minutes - machine.started) / DAY
    return GIB * (60 + 300 * machine.luck("volume")) * (1 + 0.0015 * days)


def _iops(share: float) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        most = 900 * machine.processors**0.7 * share
        figures: Floats = most * load**1.2 * _tail(machine, f"iops{share}", minutes, 0.07) + 3
        return figures

    return law


def _latency(base: float) -> Law:
    """Seconds; it climbs when little of the machine is left."""

    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        queueing = 1 + 1.6 * load**3 / (1.05 - load)
        return base * queueing * _tail(machine, f"latency{base}", minutes, 0.08)

    return law


def _queue(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    reads = _iops(0.7)(machine, minutes, load) * _latency(0.0006)(machine, minutes, load)
    return reads + _iops(0.4)(machine, minutes, load) * _latency(0.0011)(machine, minutes, load)


def _network(base: float) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        most = base * MIB * machine.processors
        return most * load * _tail(machine, f"network{base}", minutes, 0.06) + 2000

    return law


def _credits(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    return 576 - 260 * _wander(machine, "credits", minutes, 700)


def _capacity(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    least, most = machine.capacity or (0.5, 1.0)
    return np.round(2 * _within(least + (most - least) * 1.1 * load, least, most)) / 2


def _utilization(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    return 100 * _capacity(machine, minutes, load) / (machine.capacity or (0.5, 1.0))[1]


def _steady(value: float, swing: float, what: str) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        return value + swing * (_wander(machine, what, minutes, 30) - 0.5)

    return law


def _lag(base: float) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        return base * (0.6 + 2 * load**2) * _tail(machine, "lag", minutes, 0.15)

    return law


def _transactions(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    """Vacuum brings it down every two weeks."""
    since = (minutes + int(DAY * 14 * machine.luck("vacuum"))) % (14 * DAY)
    return 4e7 + 1.1e4 * since.astype(np.float64)


def _rarely(chance: float, what: str) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        happened = _uniform(machine.key(what), minutes) < chance * (0.3 + load)
        return np.where(happened, 1 / 60, 0.0)

    return law


_EVERYBODY: Mapping[str, Law] = {
    "CPUUtilization": _cpu,
    "DatabaseConnections": _connections,
    "FreeableMemory": _freeable,
    "SwapUsage": _swap,
    "ReadIOPS": _iops(0.7),
    "WriteIOPS": _iops(0.4),
    "ReadLatency": _latency(0.0006),
    "WriteLatency": _latency(0.0011),
    "DiskQueueDepth": _queue,
    "NetworkReceiveThroughput": _network(0.8),
    "NetworkTransmitThroughput": _network(2.1),
}
_RDS: Mapping[str, Law] = {"FreeStorageSpace": _free_storage}
_AURORA: Mapping[str, Law] = {
    "BufferCacheHitRatio": _steady(99.5, 0.8, "buffers"),
    "CommitLatency": lambda *given: 1000 * _latency(0.0031)(*given),
    "Deadlocks": _rarely(0.002, "deadlocks"),
    "FreeLocalStorage": _steady(21 * GIB, 3 * GIB, "local"),
    "VolumeBytesUsed": _volume,
}
_SERVERLESS: Mapping[str, Law] = {
    "ServerlessDatabaseCapacity": _capacity,
    "ACUUtilization": _utilization,
}
_BURSTABLE: Mapping[str, Law] = {"CPUCreditBalance": _credits}
_AURORA_READER: Mapping[str, Law] = {"AuroraReplicaLag": _lag(16.0)}
_REPLICA: Mapping[str, Law] = {"ReplicaLag": _lag(0.8)}
_POSTGRES: Mapping[str, Law] = {"MaximumUsedTransactionIDs": _transactions}
_OF_ENGINE: Mapping[str, Mapping[str, Law]] = {
    "postgres": _POSTGRES,
    "aurora-postgresql": _POSTGRES,
    "mysql": {"ConnectionAttempts": _attempts},
    "aurora-mysql": {
        "AbortedClients": _rarely(6.0, "aborted"),
        "LoginFailures": _rarely(0.5, "failures"),
    },
}
_INSIGHTS: Mapping[str, Law] = {"DBLoad": active_sessions}


def _tail(machine: Machine, what: str, minutes: Minutes, width: float) -> Floats:
    """Around 1, and sometimes far above it."""
    chance = _uniform(machine.key(what), minutes)
    logistic = np.log((chance + 1e-6) / (1 - chance + 1e-6))
    return np.exp(width * _within(logistic, -6, 9))


def _wander(machine: Machine, what: str, minutes: Minutes, step: int) -> Floats:
    """Between 0 and 1, another value each ``step`` minutes and a smooth way there."""
    block, within = np.divmod(minutes, step)
    key, way = machine.key(what), within / step
    way = way * way * (3 - 2 * way)
    return _uniform(key, block) * (1 - way) + _uniform(key, block + 1) * way


def _within(figures: Floats, low: float, high: float) -> Floats:
    return np.minimum(np.maximum(figures, low), high)


def _uniform(key: int, numbers: Minutes) -> Floats:
    """Between 0 and 1: SplitMix64 of each number."""
    mixed: Any = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    share: Floats = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return share
