"""The disk of the bot's database is full: who looks is answered, who wants a change is told why."""

from datetime import UTC, datetime

import pytest

from bot.values import Status
from tests.conftest import CONFIG
from tests.storage.full import fill, make_room
from tests.stories.stage import FREE, Play, Stage
from tests.stories.test_faults_aws import COMMANDS, REBOOT

FULL = "the disk of my database is full"


async def fails(play: Play) -> int:
    return play.bot.services.store.unwritten


@pytest.mark.parametrize(
    ("command", "sees"),
    [
        ("list", "orders-test"),
        ("show orders-test", "postgres"),
        ("events orders-test", "RDS reported no events"),
        ("requests --all", "RDS-1001"),
        ("status RDS-1001", "RDS-1001"),
        ("help", "/rds"),
        ("whoami", "ana"),
        ("shwo orders-test", "show"),
    ],
)
async def test_what_only_looks_is_answered_from_a_full_disk(
    stage: Stage, command: str, sees: str
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test", who="ben")
        await play.told()
        await fill(play.bot.services.store)

        await play.types(f"/rds {command}")

        await stage.slack.member("ana").sees(lambda it: it.ephemeral and sees in it.words)


@pytest.mark.parametrize(
    "command",
    [*(line.removeprefix("/rds ") for line in COMMANDS.values()), "approve RDS-1001",
     "cancel RDS-1001", "reboot orders-dev --dry-run"],
)  # fmt: skip
async def test_a_change_is_not_done_on_a_full_disk_and_says_why(stage: Stage, command: str) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test", who="ben")
        await play.told()
        await fill(play.bot.services.store)
        before = await fails(play)

        await play.types(f"/rds {command}", who="dora")

        await stage.slack.member("dora").sees(lambda it: it.ephemeral and FULL in it.words)
        assert await fails(play) > before
        assert (await play.request()).status is Status.PENDING
    assert not stage.aws.calls(REBOOT)


async def test_a_click_on_a_full_disk_does_not_count_and_says_why(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        dora = stage.slack.member("dora")
        asked = await dora.sees(lambda it: it.actions)
        await play.told()
        await fill(play.bot.services.store)

        await play.clicks("dora", asked, "request.approve")

        await dora.sees(lambda it: it.ephemeral and FULL in it.words)
        await make_room(play.bot.services.store)
        await play.clicks("dora", asked, "request.approve")
        assert (await play.request()).step.sent_at is not None


async def test_failed_writes_ring_the_alarm(stage: Stage) -> None:
    namespace = "RDSOpsBot"
    config = f"{FREE}telemetry: {{namespace: {namespace}}}\n"
    async with stage.bot(config) as play:
        await fill(play.bot.services.store)
        await play.types("/rds reboot orders-test")

        await play.bot.jobs.run("publish")

    cloudwatch = stage.aws.client("cloudwatch")
    metrics = cloudwatch.list_metrics(Namespace=namespace, MetricName="AuditWriteFailures")
    assert metrics["Metrics"]
    figures = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName="AuditWriteFailures",
        StartTime=datetime.fromtimestamp(stage.clock() - 3600, UTC),
        EndTime=datetime.fromtimestamp(stage.clock() + 3600, UTC),
        Period=7200,
        Statistics=["Sum"],
    )
    assert sum(it["Sum"] for it in figures["Datapoints"]) >= 1
    assert not stage.aws.calls(REBOOT)
