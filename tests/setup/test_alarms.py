"""`rds-bot alarms` as it is run, and the permission to publish what the alarms watch."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.operations import CATALOGUE
from bot.sandbox.aws import AWSSandbox
from bot.settings import Settings, TelemetrySettings
from bot.setup import iam
from tests import commands
from tests.commands import Ran

NAMESPACE = "telemetry: {namespace: rds-bot}"
TOPIC = "arn:aws:sns:us-east-1:123456789012:ops"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "rds-bot.yml"


def rds_bot(config: Path, *words: str) -> Ran:
    environment = {**os.environ, "RDS_BOT_CONFIG": str(config)}
    return commands.rds_bot(*words, folder=ROOT, environment=environment)


def test_alarms_are_printed_as_put_metric_alarm_takes_them(config: Path) -> None:
    config.write_text(NAMESPACE, "utf-8")

    done = rds_bot(config, "alarms", "--topic", TOPIC)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["AlarmActions"] for one in found] == [[TOPIC]] * 4


def test_a_bot_of_which_nothing_is_heard_rings(config: Path) -> None:
    config.write_text(NAMESPACE, "utf-8")

    found = json.loads(rds_bot(config, "alarms", "--topic", TOPIC).stdout)

    [silence] = [one for one in found if one.get("MetricName") == "Heartbeat"]
    assert silence["TreatMissingData"] == "breaching"
    assert silence["Period"] * silence["DatapointsToAlarm"] == 300  # of a beat each minute
    assert (silence["ComparisonOperator"], silence["Threshold"]) == ("LessThanThreshold", 1)
    assert silence["AlarmActions"] == [TOPIC]
    assert {one["TreatMissingData"] for one in found if one is not silence} == {"notBreaching"}


def test_without_a_namespace_there_is_nothing_to_watch(config: Path) -> None:
    config.write_text("", "utf-8")

    done = rds_bot(config, "alarms")

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{config}: telemetry.namespace: not set" in done.stderr


def test_alarms_are_made_with_the_topic_of_the_settings(config: Path, aws: AWSSandbox) -> None:
    config.write_text(f"{NAMESPACE}\nnotifications: {{sns_topic_arn: '{TOPIC}'}}", "utf-8")

    done = rds_bot(config, "alarms", "--create")

    assert done.stdout.splitlines() == [
        "Made rds-bot-no-heartbeat",
        "Made rds-bot-failure-rate",
        "Made rds-bot-timeout-rate",
        "Made rds-bot-audit-write-failures",
    ], done.stderr
    made: list[dict[str, Any]] = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    ours = [one for one in made if one["AlarmName"].startswith("rds-bot-")]
    assert sorted(one["Threshold"] for one in ours) == [0, 1, 5, 10]
    assert {tuple(one["AlarmActions"]) for one in ours} == {(TOPIC,)}


def test_figures_may_be_published_where_they_are_and_only_into_their_namespace() -> None:
    without = iam.role_policy(CATALOGUE.values(), Settings())["Statement"]
    settings = Settings(telemetry=TelemetrySettings(namespace="rds-bot"))

    [more] = [
        one
        for one in iam.role_policy(CATALOGUE.values(), settings)["Statement"]
        if one not in without
    ]

    assert more["Action"] == ["cloudwatch:PutMetricData"]
    assert more["Condition"] == {"StringEquals": {"cloudwatch:namespace": "rds-bot"}}


def test_a_topic_of_another_partition_is_refused(config: Path) -> None:
    config.write_text(NAMESPACE, "utf-8")

    done = rds_bot(config, "alarms", "--topic", "arn:aws-cn:sns:cn-north-1:123456789012:rds")

    assert (done.returncode, done.stdout) == (2, "")
    assert "--topic: arn:aws-cn:sns" in done.stderr


def test_a_bot_that_observes_makes_no_alarm(config: Path, aws: AWSSandbox) -> None:
    config.write_text(f"{NAMESPACE}\nobserve: true", "utf-8")

    done = rds_bot(config, "alarms", "--create")

    assert done.returncode == 2
    assert "I only observe" in done.stderr
    assert aws.calls("cloudwatch:PutMetricAlarm") == []
