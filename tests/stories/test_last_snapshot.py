"""The last snapshot is that of this very database: not of one that had its name before."""

import asyncio
from typing import Any

import pytest

from tests.conftest import CONFIG
from tests.stories.asking import flat, told
from tests.stories.stage import Play, Stage

ASK = "/rds backup-window {} 09:00-10:00 --reason x"


async def outside(stage: Stage, call: str, **arguments: Any) -> None:
    await asyncio.to_thread(getattr(stage.aws.client("rds"), call), **arguments)
    stage.clock.advance(3_600)


async def made_again(stage: Stage) -> None:
    await outside(
        stage, "create_db_snapshot", DBInstanceIdentifier="orders-dev", DBSnapshotIdentifier="old-1"
    )
    await outside(
        stage, "delete_db_instance", DBInstanceIdentifier="orders-dev", SkipFinalSnapshot=True
    )
    await outside(
        stage, "create_db_instance", DBInstanceIdentifier="orders-dev", Engine="postgres",
        DBInstanceClass="db.t4g.medium", AllocatedStorage=20, MasterUsername="dba",
        MasterUserPassword="not-a-secret", Tags=[{"Key": "Environment", "Value": "staging"}],
        BackupRetentionPeriod=0,
    )  # fmt: skip


async def asked(play: Play, line: str) -> str:
    return flat(await told(play.stage.slack.member("ana"), line))


async def test_a_database_that_was_made_again_does_not_inherit_it(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await made_again(stage)  # the fleet still knows the one before
        shown = await asked(play, "/rds show orders-dev")
        await play.types(ASK.format("orders-dev"))
        facts = (await play.request()).facts

    assert "Last snapshot: rds:orders-dev-" in shown  # which was taken when it was made again
    assert facts["last_snapshot"]["name"].startswith("rds:orders-dev-")
    assert "old-1" not in shown


@pytest.mark.parametrize(
    ("name", "asked_for"), [("shop-staging", "shop-staging"), ("shop-staging-2", "shop-staging")]
)
async def test_that_of_a_cluster_is_shown_with_its_members(
    stage: Stage, name: str, asked_for: str
) -> None:
    async with stage.bot(CONFIG) as play:
        await outside(
            stage, "create_db_cluster_snapshot", DBClusterIdentifier=asked_for,
            DBClusterSnapshotIdentifier="before-all",
        )  # fmt: skip
        shown = await asked(play, f"/rds show {name}")
        await play.types("/rds reboot shop-staging-2 --reason x")
        facts = (await play.request()).facts

    assert "Last snapshot: before-all" in shown
    assert facts["last_snapshot"]["name"] == "before-all"


async def test_what_is_pending_is_shown_and_what_cannot_be_read_is_named(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        shown = await asked(play, "/rds show orders-staging")
        for call in ("rds:DescribeDBSnapshots", "rds:DescribePendingMaintenanceActions"):
            stage.aws.fault(call, "denied", times=None)
        denied = await asked(play, "/rds show orders-staging")

    assert "Pending maintenance: New Operating System update is available. AWS applies" in shown
    assert "Last snapshot: could not be read: User is not authorized" in denied
    assert "Pending maintenance: could not be read: User is not authorized" in denied
    assert "Multi-AZ" in denied


async def test_seven_days_of_load_are_not_refused(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        said = await asked(play, "/rds top orders-test --range 7d")

    assert "orders-test: fewer than 1 session active" in said
    assert "Database Insights is in Standard mode: it keeps seven days." in said
