"""What the bot tells of itself to whoever runs it: three pages, and CloudWatch."""

import asyncio
import json
import re
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import aiohttp
import pytest

from bot.errors import StorageError
from bot.sandbox.slack import RateLimited
from bot.values import Status
from tests.stories.process import Process, process
from tests.stories.stage import FREE, Stage, until

TELEMETRY = f"{FREE}\ntelemetry: {{namespace: rds-bot}}\n"


@pytest.fixture
def address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


async def get(address: str, page: str) -> tuple[int, str]:
    async with aiohttp.request("GET", f"http://{address}/{page}") as reply:
        return reply.status, await reply.text()


async def readiness(address: str, wanted: int) -> str:
    """What /readyz says once it answers with that status."""
    async with asyncio.timeout(20):
        while True:
            status, said = await get(address, "readyz")
            if status == wanted:
                return said
            await asyncio.sleep(0.02)


def figure(text: str, name: str) -> float | None:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return None if found is None else float(found[1])


async def figures(address: str, name: str, wanted: float) -> str:
    """What /metrics says once that figure is what it should be."""
    async with asyncio.timeout(20):
        while True:
            status, text = await get(address, "metrics")
            assert status == 200
            if figure(text, name) == wanted:
                return text
            await asyncio.sleep(0.02)


def published(stage: Stage) -> list[Mapping[str, Any]]:
    return [call.parameters for call in stage.aws.calls("cloudwatch:PutMetricData")]


def sums(stage: Stage, metric: str) -> float:
    """Of what CloudWatch holds of reboots."""
    where = {"Operation": "reboot_instance", "Environment": "test", "Region": "us-east-1"}
    found = stage.aws.client("cloudwatch").get_metric_statistics(
        Namespace="rds-bot", MetricName=metric, Period=86400, Statistics=["Sum"],
        StartTime=stage.clock() - 43_000, EndTime=stage.clock() + 43_000,
        Dimensions=[{"Name": name, "Value": one} for name, one in where.items()],
    )  # fmt: skip
    return float(sum(point["Sum"] for point in found["Datapoints"]))


async def test_a_bot_in_its_own_process_says_that_it_lives_and_what_it_did(
    stage: Stage, address: str
) -> None:
    config = f"{FREE}\nhealth: {{listen: '{address}'}}\n"
    ana = stage.slack.member("ana")
    async with process(stage.home, config):
        assert await readiness(address, 200) == "ready\n"
        assert await get(address, "healthz") == (200, "alive\n")

        delivery = await ana.types("/rds list", channel="databases")
        assert delivery.acknowledged
        await ana.types("/rds snapshot orders-test before-1", channel="databases")
        created = '{action="CreateDBSnapshot",client="rds",result="ok"}'
        text = await figures(address, f"rds_bot_aws_calls_total{created}", 1)
        await figures(address, "rds_bot_leader", 1)

    assert figure(text, 'rds_bot_requests_open{status="running"}') == 1
    assert figure(text, 'rds_bot_ack_seconds_count{kind="slash_commands"}') == 2
    assert figure(text, "rds_bot_slack_connected") == 1
    assert figure(text, "rds_bot_audit_head_seq") not in (None, 0)
    assert figure(text, "process_resident_memory_bytes") not in (None, 0)
    assert re.findall(r"orders-test|123456789012|RDS-1|U0\w{3,}|xox|xapp", text) == []


async def test_a_bot_without_its_socket_is_alive_but_not_ready(stage: Stage, address: str) -> None:
    async with stage.bot(f"{FREE}\nhealth: {{listen: '{address}'}}\n"):
        await readiness(address, 200)
        stage.slack.dead_urls(also_next=100)
        stage.slack.drop_sockets()

        assert "Slack" in await readiness(address, 503)
        assert (await get(address, "healthz"))[0] == 200


async def test_rate_limits_of_slack_are_counted(stage: Stage, address: str) -> None:
    stage.slack.faults.add("chat.postMessage", RateLimited(1))
    async with stage.bot(f"{FREE}\nhealth: {{listen: '{address}'}}\n") as play:
        await play.types("/rds reboot orders-test")
        text = await figures(address, "rds_bot_slack_429_total", 1)

    assert figure(text, "rds_bot_outbox_depth") != 0


async def test_a_bot_whose_port_is_taken_does_not_start_and_says_why(
    stage: Stage, address: str
) -> None:
    host, port = address.split(":")
    with socket.create_server((host, int(port))):
        bot = Process.begun(stage.home, f"{FREE}\nhealth: {{listen: '{address}'}}\n")
        code, said = await (await bot).ended()

    assert code == 2
    why = json.loads(said.splitlines()[-1])["why"]
    assert re.search(rf"^health\.listen: {address} cannot be opened \(.+\); end .+$", why)
    assert "Traceback" not in said


async def test_without_settings_nothing_is_published(stage: Stage) -> None:
    async with stage.bot() as play:
        await play.bot.jobs.run("publish")

    assert published(stage) == []


def beats(stage: Stage) -> float:
    """What CloudWatch holds of them."""
    found = stage.aws.client("cloudwatch").get_metric_statistics(
        Namespace="rds-bot", MetricName="Heartbeat", Period=86400, Statistics=["Sum"],
        StartTime=stage.clock() - 43_000, EndTime=stage.clock() + 43_000,
    )  # fmt: skip
    return float(sum(point["Sum"] for point in found["Datapoints"]))


async def test_a_bot_that_works_beats_once_a_minute(any_stage: Stage) -> None:
    async with any_stage.bot(TELEMETRY) as play:
        for _ in range(3):
            any_stage.clock.advance(60)
            await play.bot.jobs.run("publish")

    assert beats(any_stage) == 3


async def test_a_bot_without_its_socket_does_not_beat(stage: Stage) -> None:
    async with stage.bot(TELEMETRY) as play:
        stage.slack.dead_urls(also_next=100)
        stage.slack.drop_sockets()
        await until(lambda: not play.bot.socket.is_connected)

        await play.bot.jobs.run("publish")

    assert beats(stage) == 0


def execute(stage: Stage, sql: str) -> None:
    """It waits for whoever writes: in a thread, as that may be the bot of this very loop."""
    with closing(sqlite3.connect(stage.home.folder / "bot.db")) as stored:
        stored.execute(sql)


async def test_a_bot_that_cannot_write_to_its_database_does_not_beat(stage: Stage) -> None:
    async with stage.bot(TELEMETRY) as play:
        # where the beat is noted; a database that another holds would be waited for, three times
        await asyncio.to_thread(execute, stage, "ALTER TABLE cursors RENAME TO gone")
        with pytest.raises(StorageError):
            await play.bot.jobs.run("publish")
        assert beats(stage) == 0
        await asyncio.to_thread(execute, stage, "ALTER TABLE gone RENAME TO cursors")

        await play.bot.jobs.run("publish")

    assert beats(stage) == 1


async def test_a_beat_that_cloudwatch_does_not_take_stops_nothing(stage: Stage) -> None:
    stage.aws.fault("cloudwatch:PutMetricData", "denied", times=None)
    async with stage.bot(TELEMETRY) as play:
        await play.bot.jobs.run("publish")
        await play.types("/rds reboot orders-test")
        assert len(stage.aws.calls("rds:RebootDBInstance")) == 1


async def test_endings_reach_cloudwatch_once_each(stage: Stage) -> None:
    async with stage.bot(TELEMETRY) as play:
        await play.bot.jobs.run("publish")
        await play.types("/rds reboot orders-test")
        await play.later(120, steps=6)
        assert (await play.request()).status is Status.SUCCEEDED

        await play.bot.jobs.run("publish")
        await play.bot.jobs.run("publish")

    assert sums(stage, "OperationsExecuted") == 1
    assert sums(stage, "OperationErrors") == 0
    assert sums(stage, "OperationDuration") > 0


async def test_what_cloudwatch_does_not_take_it_gets_later_also_from_the_next_process(
    stage: Stage,
) -> None:
    async with stage.bot(TELEMETRY) as play:
        await play.bot.jobs.run("publish")
        stage.aws.fault("cloudwatch:PutMetricData", "denied", times=None)
        await play.types("/rds reboot orders-test")
        await play.later(120, steps=6)
        await play.bot.jobs.run("publish")
        assert (await play.request()).status is Status.SUCCEEDED
        assert sums(stage, "OperationsExecuted") == 0

    stage.aws.mend_all()
    async with stage.bot(TELEMETRY) as play:
        await play.bot.jobs.run("publish")

    assert sums(stage, "OperationsExecuted") == 1


async def test_a_failure_that_was_never_sent_counts_as_an_error_without_a_duration(
    stage: Stage,
) -> None:
    async with stage.bot(TELEMETRY) as play:
        await play.bot.jobs.run("publish")
        stage.aws.fault("rds:RebootDBInstance", "denied")
        await play.types("/rds reboot orders-test")
        assert (await play.request()).status is Status.FAILED
        await play.bot.jobs.run("publish")

    assert sums(stage, "OperationErrors") == 1
