"""What the bot counts of itself, what CloudWatch gets of it, and the alarms on that."""

from datetime import timedelta

import pytest

from bot.health.cloudwatch import figures_of
from bot.health.metrics import Pulse, Ticks
from bot.setup import alarms
from bot.values import Environment, Status
from storage.tables.figures import Ending

MINUTE = timedelta(minutes=1)


class Held:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def ending(status: Status = Status.SUCCEEDED, seconds: float | None = 30.0) -> Ending:
    return Ending(7, 1_000_000, "reboot_instance", Environment.TEST, "us-east-1", status, seconds)


def test_a_tick_that_goes_on_ending_is_never_late() -> None:
    clock = Held()
    ticks = Ticks(clock)
    ticks.begun("claim", 2)

    for _ in range(10):
        clock.now += 300
        ticks.ended("claim")

    assert ticks.late == ()


def test_a_tick_that_has_not_ended_for_long_is_late_and_hides_no_other() -> None:
    clock = Held()
    ticks = Ticks(clock)
    ticks.begun("claim", 2)
    ticks.begun("verify", 600)

    clock.now += Ticks.GRACE + 4.1

    assert ticks.late == ("claim",)


def test_a_loop_in_time_does_not_lag() -> None:
    clock = Held()
    pulse = Pulse(clock)

    clock.now += Pulse.EVERY
    pulse.beat()

    assert (pulse.lag, pulse.worst) == (0.0, 0.0)


def test_a_loop_that_is_stuck_lags_before_anybody_could_look_again() -> None:
    clock = Held()
    pulse = Pulse(clock)

    clock.now += Pulse.EVERY + 6

    assert pulse.lag == 6.0


def test_the_worst_lag_is_remembered_for_a_minute_and_then_forgotten() -> None:
    clock = Held()
    pulse = Pulse(clock)
    clock.now += Pulse.EVERY + 2
    pulse.beat()

    remembered = pulse.worst
    clock.now -= 2
    for _ in range(Pulse.REMEMBERED):
        pulse.beat()

    assert (remembered, pulse.worst) == (2.0, 0.0)


@pytest.mark.parametrize(
    ("status", "seconds", "rate", "errors", "timeouts"),
    [
        pytest.param(Status.SUCCEEDED, 30.0, 100, 0, 0, id="in time"),
        pytest.param(Status.SUCCEEDED, 61.0, 100, 0, 1, id="late"),
        pytest.param(Status.FAILED, 30.0, 0, 1, 0, id="failed"),
        pytest.param(Status.FAILED, None, 0, 1, 0, id="failed before the send"),
        pytest.param(Status.UNKNOWN, 600.0, 0, 1, 1, id="unknown"),
    ],
)
def test_an_ending_is_told_once_with_dimensions_and_once_in_all(
    status: Status, seconds: float | None, rate: int, errors: int, timeouts: int
) -> None:
    data = list(figures_of(ending(status, seconds), MINUTE))

    by_name = {one.metric: one.value for one in data if not one.dimensions}
    assert by_name == {one.metric: one.value for one in data if one.dimensions}
    assert by_name.pop("OperationDuration", None) == (None if status is Status.UNKNOWN else seconds)
    assert by_name == {
        "OperationsExecuted": 1,
        "OperationSuccessRate": rate,
        "OperationErrors": errors,
        "OperationTimeouts": timeouts,
    }


def test_the_dimensions_say_what_where_and_nothing_of_whom() -> None:
    [where] = {tuple(one.dimensions.items()) for one in figures_of(ending(), MINUTE)} - {()}

    assert dict(where) == {
        "Operation": "reboot_instance",
        "Environment": "test",
        "Region": "us-east-1",
    }


def test_four_alarms_are_recommended_and_name_what_to_look_at() -> None:
    found = alarms.recommended("rds-bot", "arn:aws:sns:us-east-1:123456789012:ops")

    assert [(one["AlarmName"], one["Threshold"]) for one in found] == [
        ("rds-bot-no-heartbeat", 1.0),
        ("rds-bot-failure-rate", 10.0),
        ("rds-bot-timeout-rate", 5.0),
        ("rds-bot-audit-write-failures", 0.0),
    ]
    assert all("Look: " in one["AlarmDescription"] for one in found)
    assert all(one["AlarmActions"] == one["OKActions"] != [] for one in found)


def test_without_a_topic_an_alarm_tells_nobody() -> None:
    assert {tuple(one["AlarmActions"]) for one in alarms.recommended("rds-bot", None)} == {()}
