"""Every call to AWS is counted once, by service, action and how it ended."""

from contextlib import suppress

import pytest

from bot.aws.accounts import Accounts
from bot.aws.errors import result
from bot.aws.session import Account
from bot.errors import AWSError
from bot.health.metrics import Telemetry
from bot.sandbox.aws import AWSSandbox, role_arn
from bot.values import SECOND, Kind

MAIN = "123456789012"


async def counted(aws: AWSSandbox) -> dict[str, float]:
    """How looking at a database that is there ended, by word."""
    account = Account(id=MAIN, name="main", regions=("us-east-1",), role_arn=role_arn(MAIN))
    telemetry = Telemetry()
    clock = lambda: int(aws.clock() * SECOND)  # noqa: E731
    async with Accounts((account,), clock, answered=telemetry.aws_answered) as accounts:
        with suppress(AWSError):
            await accounts.region(MAIN, "us-east-1").database(Kind.INSTANCE, "orders-test")
    assert _results(telemetry, "sts", "AssumeRole") == {"ok": 1}
    return _results(telemetry, "rds", "DescribeDBInstances")


def _results(telemetry: Telemetry, client: str, action: str) -> dict[str, float]:
    asked = {"client": client, "action": action}
    return {
        sample.labels["result"]: sample.value
        for metric in telemetry.counts.collect()
        for sample in metric.samples
        if asked.items() <= sample.labels.items()
    }


async def test_what_aws_answers_is_ok(aws: AWSSandbox) -> None:
    assert await counted(aws) == {"ok": 1}


async def test_what_aws_denies_is_refused(aws: AWSSandbox) -> None:
    aws.fault("rds:DescribeDBInstances", "denied", times=None)

    assert await counted(aws) == {"refused": 1}


async def test_what_never_answers_is_unanswered(aws: AWSSandbox) -> None:
    aws.fault("rds:DescribeDBInstances", "reset", times=None)

    assert await counted(aws) == {"unanswered": 1}


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        pytest.param(400, "Throttling", "throttled", id="throttled"),
        pytest.param(404, "DBInstanceNotFound", "refused", id="refused"),
        pytest.param(503, "ServiceUnavailable", "broken", id="broken"),
    ],
)
def test_an_error_counts_by_who_is_to_blame(status: int, code: str, word: str) -> None:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    assert result(answer) == word
