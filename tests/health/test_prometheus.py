"""The text of /metrics: every name, label, help, type and bound on it is watched by somebody."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.health import prometheus
from bot.health.metrics import Pulse, Telemetry
from storage.store import Store

AT_ZERO = """\
# HELP rds_bot_slack_connected 1 while the socket to Slack stands.
# TYPE rds_bot_slack_connected gauge
rds_bot_slack_connected 0.0
# HELP rds_bot_loop_lag_seconds Worst delay of the loop in a minute.
# TYPE rds_bot_loop_lag_seconds gauge
rds_bot_loop_lag_seconds 0.0
# HELP rds_bot_ack_seconds From Slack's envelope to its acknowledgement.
# TYPE rds_bot_ack_seconds histogram
# HELP rds_bot_slack_calls_total Answers of Slack's Web API.
# TYPE rds_bot_slack_calls_total counter
rds_bot_slack_calls_total 0.0
# HELP rds_bot_slack_429_total Of these, rate limits.
# TYPE rds_bot_slack_429_total counter
rds_bot_slack_429_total 0.0
# HELP rds_bot_aws_calls_total Calls to AWS.
# TYPE rds_bot_aws_calls_total counter
# HELP rds_bot_scheduler_missed_total Ticks left out, as the last still ran.
# TYPE rds_bot_scheduler_missed_total counter
# HELP rds_bot_audit_write_failures_total Writes that failed.
# TYPE rds_bot_audit_write_failures_total counter
rds_bot_audit_write_failures_total 0.0
# HELP rds_bot_leader 1 where this replica ticks.
# TYPE rds_bot_leader gauge
rds_bot_leader 0.0
"""

COUNTED = """\
# HELP rds_bot_slack_connected 1 while the socket to Slack stands.
# TYPE rds_bot_slack_connected gauge
rds_bot_slack_connected 1.0
# HELP rds_bot_loop_lag_seconds Worst delay of the loop in a minute.
# TYPE rds_bot_loop_lag_seconds gauge
rds_bot_loop_lag_seconds 0.0
# HELP rds_bot_ack_seconds From Slack's envelope to its acknowledgement.
# TYPE rds_bot_ack_seconds histogram
rds_bot_ack_seconds_bucket{kind="slash_commands",le="0.025"} 2.0
rds_bot_ack_seconds_bucket{kind="slash_commands",le="0.05"} 2.0
rds_bot_ack_seconds_bucket{kind="slash_commands",le="0.1"} 2.0
rds_bot_ack_seconds_bucket{kind="slash_commands",le="0.25"} 3.0
rds_bot_ack_seconds_bucket{kind="slash_commands",le="0.5"} 3.0
rds_bot_ack_seconds_bucket{kind="slash_commands",le="1.0"} 3.0
rds_bot_ack_seconds_bucket{kind="slash_commands",le="2.0"} 3.0
rds_bot_ack_seconds_bucket{kind="slash_commands",le="3.0"} 3.0
rds_bot_ack_seconds_bucket{kind="slash_commands",le="+Inf"} 4.0
rds_bot_ack_seconds_count{kind="slash_commands"} 4.0
rds_bot_ack_seconds_sum{kind="slash_commands"} 9.275
rds_bot_ack_seconds_bucket{kind="events_api",le="0.025"} 0.0
rds_bot_ack_seconds_bucket{kind="events_api",le="0.05"} 0.0
rds_bot_ack_seconds_bucket{kind="events_api",le="0.1"} 0.0
rds_bot_ack_seconds_bucket{kind="events_api",le="0.25"} 0.0
rds_bot_ack_seconds_bucket{kind="events_api",le="0.5"} 0.0
rds_bot_ack_seconds_bucket{kind="events_api",le="1.0"} 0.0
rds_bot_ack_seconds_bucket{kind="events_api",le="2.0"} 0.0
rds_bot_ack_seconds_bucket{kind="events_api",le="3.0"} 1.0
rds_bot_ack_seconds_bucket{kind="events_api",le="+Inf"} 1.0
rds_bot_ack_seconds_count{kind="events_api"} 1.0
rds_bot_ack_seconds_sum{kind="events_api"} 2.5
# HELP rds_bot_slack_calls_total Answers of Slack's Web API.
# TYPE rds_bot_slack_calls_total counter
rds_bot_slack_calls_total 3.0
# HELP rds_bot_slack_429_total Of these, rate limits.
# TYPE rds_bot_slack_429_total counter
rds_bot_slack_429_total 1.0
# HELP rds_bot_aws_calls_total Calls to AWS.
# TYPE rds_bot_aws_calls_total counter
rds_bot_aws_calls_total{action="DescribeDBInstances",client="rds",result="ok"} 2.0
rds_bot_aws_calls_total{action="AssumeRole",client="sts",result="refused"} 1.0
# HELP rds_bot_scheduler_missed_total Ticks left out, as the last still ran.
# TYPE rds_bot_scheduler_missed_total counter
rds_bot_scheduler_missed_total{job="follow"} 1.0
# HELP rds_bot_audit_write_failures_total Writes that failed.
# TYPE rds_bot_audit_write_failures_total counter
rds_bot_audit_write_failures_total 2.0
# HELP rds_bot_leader 1 where this replica ticks.
# TYPE rds_bot_leader gauge
rds_bot_leader 1.0
# HELP rds_bot_audit_verify_ok 1 where the audit trail adds up.
# TYPE rds_bot_audit_verify_ok gauge
rds_bot_audit_verify_ok 0.0
"""

EMPTY_TABLES = """\
# HELP rds_bot_requests_total Requests that ended.
# TYPE rds_bot_requests_total counter
# HELP rds_bot_executions_unknown Requests for a person to look at.
# TYPE rds_bot_executions_unknown gauge
rds_bot_executions_unknown 0.0
# HELP rds_bot_requests_open Requests under way.
# TYPE rds_bot_requests_open gauge
rds_bot_requests_open{status="pending"} 0.0
rds_bot_requests_open{status="approved"} 0.0
rds_bot_requests_open{status="running"} 0.0
# HELP rds_bot_approval_seconds From asking to the last approval, of what people approved.
# TYPE rds_bot_approval_seconds histogram
# HELP rds_bot_execution_seconds From send to proof, of what succeeded.
# TYPE rds_bot_execution_seconds histogram
# HELP rds_bot_reconcile_seconds From a send whose answer was lost to finding out what became of it.
# TYPE rds_bot_reconcile_seconds histogram
# HELP rds_bot_outbox_depth Messages that wait.
# TYPE rds_bot_outbox_depth gauge
rds_bot_outbox_depth 0.0
# HELP rds_bot_audit_head_seq Newest audit row.
# TYPE rds_bot_audit_head_seq gauge
rds_bot_audit_head_seq 0.0
"""


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    database = await Store.open(database_url, lambda: 1)
    yield database
    await database.close()


def page(telemetry: Telemetry, unwritten: int = 0, *, connected: bool = False) -> str:
    """What it says of this process, without the collector of the library's own."""
    pulse = Pulse(lambda: 100.0)
    text = prometheus.text(
        prometheus.of_process(telemetry, pulse, unwritten, connected=connected)
    ).decode()
    return re.sub(r"^(# (HELP|TYPE) )?process_.*\n", "", text, flags=re.MULTILINE)


def test_of_what_never_happened_the_page_says_what_it_always_said() -> None:
    assert page(Telemetry()) == AT_ZERO


def test_of_what_happened_the_page_says_what_it_always_said() -> None:
    telemetry = Telemetry()

    for seconds in (0.0, 0.025, 0.25, 9.0):
        telemetry.acknowledged("slash_commands", seconds)
    telemetry.acknowledged("events_api", 2.5)
    for status in (200, 429, 500):
        telemetry.slack_answered(status)
    telemetry.aws_answered("rds", "DescribeDBInstances", "ok")
    telemetry.aws_answered("sts", "AssumeRole", "refused")
    telemetry.aws_answered("rds", "DescribeDBInstances", "ok")
    telemetry.tick_missed("follow")
    telemetry.leads(True)
    telemetry.audit_verified(True)
    telemetry.audit_verified(False)

    assert page(telemetry, unwritten=2, connected=True) == COUNTED


def test_two_bots_in_one_process_count_apart() -> None:
    one, other = Telemetry(), Telemetry()

    one.slack_answered(200)

    assert page(other) == AT_ZERO


async def test_of_empty_tables_the_page_says_what_it_always_said(store: Store) -> None:
    assert prometheus.text(await prometheus.of_tables(store)).decode() == EMPTY_TABLES
