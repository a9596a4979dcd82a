"""The state machines with many more and longer examples."""

from pathlib import Path

import pytest

from bot.sandbox.aws import AWSSandbox
from tests.machines.test_approvals_machine import ApprovalsMachine
from tests.machines.test_executor_machine import ExecutorMachine
from tests.machines.troupe import LONG, played

pytestmark = [pytest.mark.deep, pytest.mark.timeout(1800)]


def test_the_executor_machine(found_aws: AWSSandbox, tmp_path: Path) -> None:
    played(lambda: ExecutorMachine(found_aws, tmp_path), LONG)


def test_the_approvals_machine(found_aws: AWSSandbox, tmp_path: Path) -> None:
    played(lambda: ApprovalsMachine(found_aws, tmp_path), LONG)
