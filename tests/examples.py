"""The fleet in which the example of an operation is true, where it is not the demo's."""

from collections.abc import Mapping
from dataclasses import replace

from bot.operation import Operation
from bot.sandbox.aws import DEMO_FLEET, AWSSandbox, ClusterSpec, InstanceSpec
from bot.sandbox.aws.fleet import Fleet


def _stopped(name: str) -> Fleet:
    """The demo's, but that one is stopped."""
    return tuple(
        replace(one, status="stopped")
        if isinstance(one, InstanceSpec) and one.identifier == name
        else one
        for one in DEMO_FLEET
    )


FLEETS: Mapping[str, Fleet] = {
    "start_database": _stopped("orders-test"),
    "reboot_cluster": (
        ClusterSpec(
            "ledger-staging",
            members=("ledger-staging-1", "ledger-staging-2", "ledger-staging-3"),
            engine="mysql",
            tags={"Environment": "staging"},
        ),
    ),
}


def make_true(aws: AWSSandbox, operation: type[Operation]) -> None:
    """Before a bot looks at it: its example can be asked for then."""
    if operation.name in FLEETS:
        aws.reset()
        aws.seed(FLEETS[operation.name])
