"""Parameters that wait for a restart: which come alive with it, and that a failover leaves them."""

import pytest

from bot.sandbox.aws import ClusterSpec, InstanceSpec
from tests.conftest import CONFIG
from tests.stories import asking
from tests.stories.asking import flat
from tests.stories.stage import FREE, Play, Stage

STAGING = {"Environment": "staging"}
FLEET = (
    InstanceSpec("tuned", multi_az=True, tags=STAGING, parameters_wait=True,
                 parameters={"shared_buffers": "4096", "max_connections": "700"}),
    InstanceSpec("switched", multi_az=True, tags=STAGING, parameters_wait=True),
    InstanceSpec("busy", tags=STAGING, parameters_wait=True,
                 parameters={f"parameter_{n:02}": str(n) for n in range(30)}),
    InstanceSpec("quiet", multi_az=True, tags=STAGING, parameters={"max_connections": "700"}),
    ClusterSpec("pool", members=("pool-1", "pool-2"), tags=STAGING, waiting=("pool-2",),
                parameters={"rds.logical_replication": "1"}),
)  # fmt: skip
ALIVE = "wait for a restart and take effect with it."
STAYS = "go on waiting: a failover does not apply them, a reboot does."


@pytest.fixture(autouse=True)
def seeded(stage: Stage) -> None:
    stage.aws.seed(FLEET)


async def asked(play: Play, line: str) -> str:
    return flat(await asking.told(play.stage.slack.member("ana"), line)).replace("`", "")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("reboot tuned", (f"Changes in tuned-parameters {ALIVE}",
                          "Set for a restart: max_connections = 700, shared_buffers = 4096.")),
        ("reboot tuned --failover", (f"Changes in tuned-parameters {STAYS}",
                                     "max_connections = 700, shared_buffers = 4096.")),
        ("reboot switched", (ALIVE, "Nothing is set in default.postgres16 that needs a restart")),
        ("reboot pool-2", (f"Changes in pool-parameters {ALIVE}",
                           "Set for a restart: rds.logical_replication = 1.")),
        ("reboot busy", ("Set for a restart: parameter_00 = 0, parameter_01 = 1",
                         "and 24 more.")),
    ],
)  # fmt: skip
async def test_a_plan_says_what_a_restart_brings(
    stage: Stage, line: str, told: tuple[str, ...]
) -> None:
    async with stage.bot(CONFIG) as play:
        said = await asked(play, f"/rds {line} --reason x --dry-run")

    for one in told:
        assert one in said
    assert "…" not in said.partition("Good to know")[2].partition("Undo")[0]


@pytest.mark.parametrize("line", ["reboot quiet", "reboot quiet --failover", "reboot pool-1"])
async def test_where_none_waits_nothing_is_said(stage: Stage, line: str) -> None:
    async with stage.bot(CONFIG) as play:
        said = await asked(play, f"/rds {line} --reason x --dry-run")

    assert "Changes in" not in said


async def test_what_cannot_be_read_is_said_and_stops_nothing(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        stage.aws.fault("rds:DescribeDBParameters", "denied", times=None)
        said = await asked(play, "/rds reboot tuned --reason x --dry-run")

    assert f"Changes in tuned-parameters {ALIVE}" in said
    assert "Which parameters of tuned-parameters wait could not be read: User is not" in said


async def test_digest_and_show_say_it_too(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        digest = await asked(play, "/rds digest preview")
        shown = await asked(play, "/rds show tuned")
        cluster = await asked(play, "/rds show pool")

    for name, group in (("tuned", "tuned-parameters"), ("pool-2", "pool-parameters")):
        wanted = f"{name} (staging) waits for a restart: changes in {group} take effect with it."
        assert wanted in digest.replace("*", "")
    assert "A failover does not apply them." in digest
    assert "pool-1 (staging) waits" not in digest.replace("*", "")
    assert "tuned-parameters, changes wait for a restart" in shown
    assert "pool-parameters, changes wait for a restart of pool-2" in cluster


async def test_after_a_failover_they_still_wait_and_after_a_reboot_no_more(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot tuned --failover --reason x")
        await play.later(600, steps=10)
        moved = await asked(play, "/rds show tuned")
        await play.types("/rds reboot tuned --reason x")
        await play.later(600, steps=10)
        restarted = await asked(play, "/rds show tuned")

    assert "changes wait for a restart" in moved
    assert "changes wait for a restart" not in restarted
