"""An AWS on this machine: moto's server over HTTP, made to take time and to fail.

with AWSSandbox(clock=HeldClock(), pace=1) as aws:
    aws.seed(DEMO_FLEET)
    aws.fault("rds:CreateDBSnapshot", "lost")
    ...                       # point a client at aws.url
    aws.advance(240)
    assert len(aws.calls("rds:CreateDBSnapshot")) == 1
"""

from bot.sandbox.aws.alarms import DEMO_ALARMS, AlarmSpec
from bot.sandbox.aws.clock import ClockMovesItselfError, HeldClock
from bot.sandbox.aws.faults import Fault, Kind
from bot.sandbox.aws.fleet import (
    ANALYTICS,
    DEMO_FLEET,
    LEGACY,
    MAIN,
    ClusterSpec,
    Fleet,
    InstanceSpec,
    role_arn,
)
from bot.sandbox.aws.journal import Call
from bot.sandbox.aws.lapses import Lapse
from bot.sandbox.aws.sandbox import AWSSandbox
from bot.sandbox.aws.scenarios import SCENARIOS, Scenario

__all__ = [
    "ANALYTICS",
    "DEMO_ALARMS",
    "DEMO_FLEET",
    "LEGACY",
    "MAIN",
    "SCENARIOS",
    "AWSSandbox",
    "AlarmSpec",
    "Call",
    "ClockMovesItselfError",
    "ClusterSpec",
    "Fault",
    "Fleet",
    "HeldClock",
    "InstanceSpec",
    "Kind",
    "Lapse",
    "Scenario",
    "role_arn",
]
