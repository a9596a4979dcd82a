"""What AWS lists beside RDS is left alone; RDS Custom and Multi-AZ clusters are what they are."""

import asyncio

import pytest
import yaml

from bot.sandbox.aws import ClusterSpec, InstanceSpec
from bot.values import Kind
from handlers.blocks.form import PICK
from tests.conftest import CONFIG
from tests.crossed import crossed
from tests.stories.asking import configured, flat, told
from tests.stories.stage import FREE, Play, Stage

DEV = {"Environment": "dev"}
OTHERS = (
    ClusterSpec("graph", members=("graph-1",), engine="neptune", tags=DEV),
    ClusterSpec("papers", members=("papers-1",), engine="docdb", tags=DEV),
)
CUSTOM = (
    InstanceSpec("erp-dev", engine="custom-oracle-ee", tags=DEV, multi_az=True),
    InstanceSpec("crm-dev", engine="custom-sqlserver-se", tags=DEV),
)
THREE = ClusterSpec(
    "pay-dev", members=("pay-dev-1", "pay-dev-2", "pay-dev-3"), engine="postgres", tags=DEV
)
NAMES = {"graph": "Amazon Neptune", "graph-1": "Amazon Neptune",
         "papers": "Amazon DocumentDB", "papers-1": "Amazon DocumentDB"}  # fmt: skip


@pytest.fixture(autouse=True)
def seeded(stage: Stage) -> None:
    stage.aws.seed((*OTHERS, *CUSTOM, THREE))


async def asked(play: Play, line: str) -> str:
    return flat(await told(play.stage.slack.member("ana"), line))


async def test_databases_of_other_services_are_left_out_and_that_is_said(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        listed = await asked(play, "/rds list")
        digest = await asked(play, "/rds digest preview")

    assert "21 databases" in listed
    left_out = "Left out, because they are not Amazon RDS: graph (neptune), graph-1 (neptune), "
    assert f"{left_out}papers (docdb), papers-1 (docdb)." in listed
    assert "graph" not in digest
    assert "papers" not in digest
    assert "21 databases" in digest


LINES = [
    "show {}", "metrics {}", "events {}", "top {}", "reboot {} --reason x", "snapshot {}",
    "backup-window {} 09:00-10:00", "show arn:aws:rds:us-east-1:123456789012:{kind}:{}",
]  # fmt: skip


@pytest.mark.parametrize(("name", "line"), crossed(NAMES, LINES))
async def test_nothing_is_done_with_them(stage: Stage, name: str, line: str) -> None:
    kind = "db" if name.endswith("-1") else "cluster"
    async with stage.bot(FREE) as play:
        said = await asked(play, f"/rds {line.format(name, kind=kind)}")

    article = "an instance" if kind == "db" else "a cluster"
    assert f"{name} is {article} of {NAMES[name]}. I look after Amazon RDS and Aurora only" in said
    assert not [call for call in stage.aws.calls("rds:*") if not call.reads]


async def test_no_menu_offers_them(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        ana = stage.slack.member("ana")
        await play.types("/rds snapshot")
        form = await ana.sees_modal("Snapshot")
        assert await ana.searches(form, PICK, "graph") == ()
        assert await ana.searches(form, PICK, "papers") == ()


async def test_their_events_and_alarms_are_nobodys_incident(stage: Stage) -> None:
    channels = "{approvals: C0DATABASE, cloudops: C0CLOUDOPS, incidents: C0INCIDENT}"
    async with stage.bot(configured(channels=yaml.safe_load(channels))) as play:
        await play.bot.jobs.run("watch")
        rds = stage.aws.client("rds")
        for name in ("graph-1", "orders-dev"):
            await asyncio.to_thread(rds.reboot_db_instance, DBInstanceIdentifier=name)
        stage.clock.advance(200)
        await play.bot.jobs.run("watch")
        incidents = await play.bot.services.store.incidents.since(0)

    assert [one.target and one.target.identifier for one in incidents] == ["orders-dev"]


@pytest.mark.parametrize("name", ["erp-dev", "crm-dev"])
async def test_rds_custom_is_shown_and_takes_what_aws_lets_it_take(stage: Stage, name: str) -> None:
    async with stage.bot(FREE) as play:
        shown = await asked(play, f"/rds show {name}")
        reboot = await asked(play, f"/rds reboot {name} --reason x")
        logs = await asked(play, f"/rds logs {name}")
        top = await asked(play, f"/rds top {name}")
        assert [call.name for call in stage.aws.calls("rds:*") if not call.reads] == []
        await play.types(f"/rds snapshot {name}")
        await play.later(600, steps=20)
        await play.types(f"/rds backup-window {name} 09:00-10:00")
        sent = [call.name for call in stage.aws.calls("rds:*") if not call.reads]

    assert "instance of RDS Custom" in shown
    assert f"{name} runs on RDS Custom" in reboot
    assert 'AWS does not take "reboot"' in reboot
    assert "Its log files are on its own machine" in logs
    assert "RDS Custom, which has no Database Insights" in top
    assert sent == ["rds:CreateDBSnapshot", "rds:ModifyDBInstance"]


async def test_a_form_says_that_rds_custom_takes_no_reboot(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        ana = stage.slack.member("ana")
        await play.types("/rds reboot")
        form = await ana.sees_modal("Reboot")
        answer = await ana.submits(form, {"target": "erp-dev@main/us-east-1", "reason": "x"})

    assert "runs on RDS Custom" in str(answer)


async def test_a_multi_az_cluster_has_the_metrics_of_its_members_disks(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        shown = await asked(play, "/rds show pay-dev")
        aurora_only = await asked(play, "/rds metrics pay-dev commit")
        await asked(play, "/rds metrics pay-dev")
        found = await play.bot.services.fleet.find("pay-dev")
        measured = {
            (query["MetricStat"]["Metric"]["MetricName"],
             query["MetricStat"]["Metric"]["Dimensions"][0]["Name"])
            for call in stage.aws.calls("cloudwatch:GetMetricData")
            for query in call.parameters["MetricDataQueries"]
        }  # fmt: skip

    assert found.target.kind is Kind.CLUSTER
    assert "Multi-AZ DB cluster, not Aurora" in shown
    assert "It has: connections, cpu, iops, lag, latency, memory, queue, storage" in aurora_only
    assert ("FreeStorageSpace", "DBInstanceIdentifier") in measured
    assert ("ReplicaLag", "DBInstanceIdentifier") in measured
    assert not {"VolumeBytesUsed", "CommitLatency", "AuroraReplicaLag"} & {m for m, _ in measured}
    assert {dimension for _, dimension in measured} == {"DBInstanceIdentifier"}


async def test_connections_of_a_multi_az_cluster_are_those_of_its_members(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds backup-window pay-dev 09:00-10:00 --reason x")
        facts = (await play.request()).facts

    assert facts["connections"] is not None
    assert facts["connections"] > 0
