"""What the sandbox's databases would have measured: the same seed always tells the same weeks.

Every figure is computed when somebody asks, from the database's name, the metric and the minute.
One load drives CPU, connections, latency and I/O, so that they rise and fall together.
"""

from collections.abc import Callable, Mapping

import numpy as np

from bot.sandbox.aws.chance import Floats, Minutes, tail, uniform, wander, within
from bot.sandbox.aws.load import DAY, is_gap, load_of
from bot.sandbox.aws.machine import Machine
from bot.sandbox.aws.restarts import shaken
from bot.sandbox.aws.strains import strained

GIB = 2.0**30
MIB = 2.0**20

FILLS_IN_DAYS = {"warehouse": 12.0}
"""Whose storage will be full that many days after the sandbox was started."""

LEAKS_A_DAY = {"billing-staging": 62.0}
"""Who keeps that many connections more each day, since six days before the start."""
LEAKING_DAYS = 6


def measured(machine: Machine, metric: str, minutes: Minutes) -> Floats | None:
    """One figure a minute, NaN where none was taken; None where it has no such metric."""
    law = _laws(machine).get(metric)
    if law is None:
        return None
    shown = minutes + machine.drift
    figures = shaken(machine, metric, minutes, law(machine, shown, load_of(machine, shown)))
    figures = strained(machine.strains, metric, minutes, figures)
    return np.where(is_gap(machine, shown), np.nan, figures)


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


def _cpu(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    noise = 1.2 * (uniform(machine.key("cpu"), minutes) - 0.5)
    return within(3.5 + 92 * load + noise + 0.02 * _leaked(machine, minutes), 0.4, 100)


def _connections(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    most = 12.0 + 9 * machine.memory_gib**0.8
    noise = 3 * (uniform(machine.key("connections"), minutes) - 0.5)
    figures: Floats = np.round(np.maximum(4 + most * load + noise + _leaked(machine, minutes), 0))
    return figures


def _attempts(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    """A minute; who leaks connections opens few."""
    figures: Floats = np.round(2 + 70 * load * tail(machine.key("attempts"), minutes, 0.1))
    return figures


def active_sessions(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    """At work at a time: as many as there are processors when it is busy."""
    return machine.processors * 1.3 * load**1.2 * tail(machine.key("sessions"), minutes, 0.08)


def _leaked(machine: Machine, minutes: Minutes) -> Floats:
    days = (minutes - machine.started) / DAY + LEAKING_DAYS
    return np.maximum(days, 0) * LEAKS_A_DAY.get(machine.name, 0.0)


def _freeable(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    memory = machine.memory_gib * GIB
    share = 0.34 - 0.14 * _smooth(machine, minutes) - 0.05 * load
    return np.maximum(memory * share - 2 * MIB * _leaked(machine, minutes), 60 * MIB)


def _swap(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    return MIB * (4 + 20 * machine.luck("swap") + 6 * wander(machine.key("swap"), minutes, 600))


def _smooth(machine: Machine, minutes: Minutes) -> Floats:
    """The load without what is hasty: caches do not give memory back within minutes."""
    return wander(machine.key("memory"), minutes, 240)


def _free_storage(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    size, days = machine.storage_gib * GIB, (minutes - machine.started) / DAY
    files = 0.004 * size * wander(machine.key("files"), minutes, 90)
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
        figures: Floats = most * load**1.2 * tail(machine.key(f"iops{share}"), minutes, 0.07) + 3
        return figures

    return law


def _latency(base: float) -> Law:
    """Seconds; it climbs when little of the machine is left."""

    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        queueing = 1 + 1.6 * load**3 / (1.05 - load)
        return base * queueing * tail(machine.key(f"latency{base}"), minutes, 0.08)

    return law


def _queue(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    reads = _iops(0.7)(machine, minutes, load) * _latency(0.0006)(machine, minutes, load)
    return reads + _iops(0.4)(machine, minutes, load) * _latency(0.0011)(machine, minutes, load)


def _network(base: float) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        most = base * MIB * machine.processors
        return most * load * tail(machine.key(f"network{base}"), minutes, 0.06) + 2000

    return law


def _credits(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    return 576 - 260 * wander(machine.key("credits"), minutes, 700)


def _capacity(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    least, most = machine.capacity or (0.5, 1.0)
    return np.round(2 * within(least + (most - least) * 1.1 * load, least, most)) / 2


def _utilization(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    return 100 * _capacity(machine, minutes, load) / (machine.capacity or (0.5, 1.0))[1]


def _steady(value: float, swing: float, what: str) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        return value + swing * (wander(machine.key(what), minutes, 30) - 0.5)

    return law


def _lag(base: float) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        return base * (0.6 + 2 * load**2) * tail(machine.key("lag"), minutes, 0.15)

    return law


def _transactions(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
    """Vacuum brings it down every two weeks."""
    since = (minutes + int(DAY * 14 * machine.luck("vacuum"))) % (14 * DAY)
    return 4e7 + 1.1e4 * since.astype(np.float64)


def _rarely(chance: float, what: str) -> Law:
    def law(machine: Machine, minutes: Minutes, load: Floats) -> Floats:
        happened = uniform(machine.key(what), minutes) < chance * (0.3 + load)
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
