"""One new file is one new operation, everywhere, with nothing else touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

HALT = '''
import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from bot.aws import AWS
from bot.operation import Change
from bot.params import Choice, Instance, Parameter
from bot.values import Call, Order, Plan, Progress, Sent, Stage
from bot.values import Risk


def _ticket(text: str) -> str:
    if not re.fullmatch(r"OPS-[0-9]+", text):
        raise ValueError("a ticket reads OPS-7")
    return text


class HaltInstance(Change):
    """Halt an instance for up to seven days.

    It starts again by itself.
    """

    verb, name = "halt", "halt_instance"
    risk = Risk.MEDIUM
    permissions = ("rds:DescribeDBInstances", "rds:StopDBInstance")
    example = "halt orders-dev OPS-7"

    target: Instance
    ticket: Annotated[str, AfterValidator(_ticket), Parameter("Ticket", "TICKET", "Like OPS-7.")]
    keep: Annotated[
        Literal["nothing", "copy"], Choice("Keep", "nothing|copy", options=("nothing", "copy"))
    ] = "nothing"

    async def plan(self, aws: AWS, order: Order) -> Plan:
        database = await aws.database(order.target)
        call = Call(
            action="rds:StopDBInstance", arguments={"DBInstanceIdentifier": database.name}
        )
        return Plan(effect=f"Halt {database.name} for {self.ticket}", call=call)

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        status = (await aws.database(sent.order.target)).status
        stage = Stage.SUCCEEDED if status == "stopped" else Stage.WAITING
        return Progress(stage=stage, detail=f"it is {status}")

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        return await self.poll(aws, sent)
'''


TWINS = '''
from typing import Annotated

from bot.aws import AWS
from bot.operation import Change
from bot.params import Instance, Parameter
from bot.values import (
    Assessment, Call, Order, Plan, Progress, Risk, Role, Sent, Stage, Touch
)


class RestartTwins(Change):
    """Restart an instance, which takes its twin along."""

    verb, name = "twins", "restart_twins"
    risk = Risk.LOW
    permissions = ("rds:DescribeDBInstances", "rds:RebootDBInstance")
    example = "twins orders-dev orders-test"

    target: Instance
    twin: Annotated[str, Parameter("Twin", "TWIN", "The other one.")]

    async def plan(self, aws: AWS, order: Order) -> Plan:
        other = order.target.model_copy(update={"identifier": self.twin})
        twin = (await aws.database(other)).target
        name = order.target.identifier
        return Plan(
            effect=f"Restart {name}",
            call=Call(action="rds:RebootDBInstance", arguments={"DBInstanceIdentifier": name}),
            touches=(Touch(target=twin, role=Role.RESTARTS),),
            assessment=Assessment(risk=Risk.MEDIUM, reasons=("two databases restart at once",)),
        )

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        status = (await aws.database(sent.order.target)).status
        stage = Stage.SUCCEEDED if status == "available" and sent.events else Stage.WAITING
        return Progress(stage=stage, detail=f"it is {status}")

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        return await self.poll(aws, sent)
'''


@pytest.fixture
def bot_with(tmp_path: Path) -> Path:
    """A folder with a ``bot`` that is this one, but whose operations are its own folder."""
    _linked(ROOT / "bot", tmp_path / "bot", but="operations")
    _linked(ROOT / "bot" / "operations", tmp_path / "bot" / "operations")
    return tmp_path


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("source", "file"),
    [
        pytest.param(HALT, "dropped_in.py", id="everywhere"),
        pytest.param(TWINS, "stories/dropped_in.py", id="with all that it touches"),
    ],
)
def test_a_new_file_is_found(bot_with: Path, source: str, file: str) -> None:
    (bot_with / "bot" / "operations" / "halt_instance.py").write_text(source, "utf-8")

    claims = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "-q",
              "-o", f"pythonpath={bot_with} {ROOT}", "--rootdir", str(ROOT), "-c",
              str(ROOT / "pyproject.toml"), str(ROOT / "tests" / file)]  # fmt: skip
    found = subprocess.run(
        claims, cwd=ROOT, env=_first(bot_with), capture_output=True, text=True, check=False
    )

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("claim", ['"halt", "halt_instance"', '"pause", "reboot"'])
def test_two_operations_cannot_claim_one_word(bot_with: Path, claim: str) -> None:
    """Once by verb against an API name's file, once by name against a verb."""
    operations = bot_with / "bot" / "operations"
    (operations / "halt_instance.py").write_text(HALT, "utf-8")
    (operations / "zz_other.py").write_text(HALT.replace('"halt", "halt_instance"', claim), "utf-8")

    found = subprocess.run(
        [sys.executable, "-c", "import bot.operations"],
        cwd=bot_with, env=_first(bot_with), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert found.returncode != 0
    assert "both claim" in found.stderr


def _linked(source: Path, folder: Path, but: str = "") -> None:
    folder.mkdir()
    for entry in source.iterdir():
        if entry.name not in (but, "__pycache__"):
            (folder / entry.name).symlink_to(entry)


def _first(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
