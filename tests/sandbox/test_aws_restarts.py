"""A restart shows in a database's metrics: nobody is connected, then everything is cold."""

from dataclasses import replace

import numpy as np
import pytest

from bot.sandbox.aws.chance import Floats
from bot.sandbox.aws.machine import Machine
from bot.sandbox.aws.metrics import measured

NOON = 29_714_820  #: a minute
BEFORE, DOWN, AFTER = slice(0, 30), slice(30, 31), slice(45, 90)
MACHINE = Machine("orders-test", "123456789012", "postgres", "db.m6g.large", 100, NOON - 30)


def figures(metric: str, name: str, *, restarted: bool) -> Floats:
    """An hour and a half, minute by minute; the restart, where there is one, after half an hour."""
    since = 60.0 * (NOON + 30)
    outages = ((since + 6, since + 46),) if restarted else ()
    found = measured(
        replace(MACHINE, name=name, outages=outages), metric, np.arange(NOON, NOON + 90)
    )
    assert found is not None
    return found


def test_nobody_is_connected_while_it_is_down_and_they_come_back() -> None:
    found = figures("DatabaseConnections", "orders-test", restarted=True)

    assert found[DOWN].tolist() == [0.0]
    assert found[31] < found[29]
    assert found[AFTER].min() > 5


def test_cpu_dips_and_reading_is_slow_until_memory_is_warm() -> None:
    cpu = figures("CPUUtilization", "orders-test", restarted=True)
    latency = figures("ReadLatency", "orders-test", restarted=True)
    usual = figures("ReadLatency", "orders-test", restarted=False)

    assert cpu[DOWN].max() < 0.5 * cpu[BEFORE].min()
    assert latency[31] > 4 * usual[31]
    assert latency[AFTER].tolist() == usual[AFTER].tolist()
    assert latency[BEFORE].tolist() == usual[BEFORE].tolist()


@pytest.mark.parametrize(("name", "times"), [("orders-staging", 4.0), ("orders-test", 1.0)])
def test_one_database_stays_slow_after_a_restart(name: str, times: float) -> None:
    usual = figures("ReadLatency", name, restarted=False)
    found = figures("ReadLatency", name, restarted=True)

    assert found[AFTER] == pytest.approx(times * usual[AFTER])
