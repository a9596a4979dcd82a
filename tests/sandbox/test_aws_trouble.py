"""Every fault over HTTP: what the caller sees, and what really happened."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aioboto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from bot.sandbox.aws import ANALYTICS, DEMO_FLEET, MAIN, AWSSandbox, HeldClock, Kind, role_arn
from tests.stories.stage import until

SESSION = aioboto3.Session()
ONCE = Config(retries={"total_max_attempts": 1})
IMPATIENT = ONCE.merge(Config(read_timeout=0.2))
SNAPSHOT = {"DBInstanceIdentifier": "orders-dev", "DBSnapshotIdentifier": "before-release"}


@pytest.fixture
def aws() -> Iterator[AWSSandbox]:
    with AWSSandbox(clock=HeldClock(), pace=1) as aws:
        aws.seed(DEMO_FLEET)
        yield aws


@pytest.fixture
async def rds(aws: AWSSandbox) -> AsyncIterator[Any]:
    async with client(aws, "rds") as rds:
        yield rds


def client(aws: AWSSandbox, service: str, config: Config = ONCE) -> Any:
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
    return SESSION.client(
        service, region_name="us-east-1", endpoint_url=aws.url, config=config, **keys
    )


#: Snapshots of the demo's fleet, which are there before anybody asks.
THERE = {name for one in DEMO_FLEET for name in getattr(one, "snapshots", ())}


async def snapshots(rds: Any) -> list[str]:
    """Those that the test itself has taken."""
    found = (await rds.describe_db_snapshots())["DBSnapshots"]
    names = [one["DBSnapshotIdentifier"] for one in found]
    return [one for one in names if one not in THERE]


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttle", "Throttling", 400),
        ("expired", "ExpiredToken", 403),
        ("denied", "AccessDenied", 403),
        ("quota", "SnapshotQuotaExceeded", 400),
        ("500", "InternalFailure", 500),
        ("503", "ServiceUnavailable", 503),
    ],
)
async def test_a_refusal_looks_like_awss_and_nothing_happened(
    aws: AWSSandbox, rds: Any, kind: str, code: str, status: int
) -> None:
    aws.fault("rds:CreateDBSnapshot", kind)

    with pytest.raises(ClientError) as refusal:
        await rds.create_db_snapshot(**SNAPSHOT)

    assert refusal.value.response["Error"]["Code"] == code
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert [call.outcome for call in aws.calls("rds:CreateDBSnapshot")] == [code]
    assert await snapshots(rds) == []


async def test_a_code_of_ones_own_becomes_botocores_exception(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("rds:*", "code", code="StorageQuotaExceeded", message="Too much", status=400)

    with pytest.raises(rds.exceptions.StorageQuotaExceededFault, match="Too much"):
        await rds.create_db_snapshot(**SNAPSHOT)


async def test_a_fault_strikes_as_often_as_was_asked(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("rds:Describe*", "throttle", times=2)

    for _ in range(2):
        with pytest.raises(ClientError):
            await rds.describe_db_instances()

    assert (await rds.describe_db_instances())["DBInstances"]


async def test_a_lasting_fault_goes_on_until_it_is_mended(aws: AWSSandbox, rds: Any) -> None:
    fault = aws.fault("rds:DescribeDBInstances", "503", times=None)
    for _ in range(3):
        with pytest.raises(ClientError):
            await rds.describe_db_instances()

    aws.mend(fault)

    assert (await rds.describe_db_instances())["DBInstances"]


async def test_a_fault_may_strike_only_now_and_then(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("rds:DescribeDBInstances", "throttle", times=None, probability=0.5)

    for _ in range(20):
        try:
            await rds.describe_db_instances()
        except ClientError:
            continue

    outcomes = [call.outcome for call in aws.calls()]
    assert 3 < outcomes.count("Throttling") < 17


async def test_json_services_hear_of_a_fault_in_their_own_language(aws: AWSSandbox) -> None:
    aws.fault("cloudtrail:LookupEvents", "throttle")
    aws.fault("cloudtrail:LookupEvents", "denied")

    codes = []
    async with client(aws, "cloudtrail") as trail:
        for _ in range(2):
            with pytest.raises(ClientError) as refusal:
                await trail.lookup_events()
            codes.append(refusal.value.response["Error"]["Code"])

    assert codes == ["ThrottlingException", "AccessDeniedException"]


async def test_services_are_named_as_in_policies(aws: AWSSandbox) -> None:
    aws.fault("cloudwatch:ListMetrics", "denied")

    async with client(aws, "cloudwatch") as cloudwatch:
        with pytest.raises(ClientError, match="AccessDenied"):
            await cloudwatch.list_metrics()


async def test_a_slow_call_is_carried_out(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("rds:CreateDBSnapshot", "slow", delay=0.2)

    began = time.monotonic()
    await rds.create_db_snapshot(**SNAPSHOT)

    assert time.monotonic() - began >= 0.2
    assert aws.calls("rds:CreateDBSnapshot")[0].outcome == "ok"


async def test_a_call_that_times_out_was_not_carried_out(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("rds:CreateDBSnapshot", "timeout")

    async with client(aws, "rds", IMPATIENT) as impatient:
        with pytest.raises(ReadTimeoutError):
            await impatient.create_db_snapshot(**SNAPSHOT)

    assert aws.calls("rds:CreateDBSnapshot")[0].outcome == "timeout"
    assert await snapshots(rds) == []


async def test_a_reset_lets_go_of_calls_that_hang(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("rds:CreateDBSnapshot", "timeout")
    hanging = asyncio.create_task(rds.create_db_snapshot(**SNAPSHOT))
    await until(lambda: aws.calls("rds:CreateDBSnapshot"))

    aws.reset()

    with pytest.raises(ConnectionClosedError):
        await hanging


async def test_a_broken_connection_leaves_nothing_behind(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("rds:CreateDBSnapshot", "reset")

    with pytest.raises(ConnectionClosedError):
        await rds.create_db_snapshot(**SNAPSHOT)

    (call,) = aws.calls("rds:CreateDBSnapshot")
    assert (call.outcome, call.answer) == ("reset", None)
    assert await snapshots(rds) == []


async def test_a_lost_answer_hides_a_call_that_was_carried_out(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("rds:CreateDBSnapshot", "lost")

    with pytest.raises(ConnectionClosedError):
        await rds.create_db_snapshot(**SNAPSHOT)

    (call,) = aws.calls("rds:CreateDBSnapshot")
    assert (call.outcome, call.answer) == ("lost", "ok")
    assert await snapshots(rds) == ["before-release"]


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [(Kind.LOST, True), (Kind.THROTTLE, True), (Kind.RESET, False), (Kind.EXPIRED, False)],
)
async def test_cloudtrail_hears_only_of_what_reached_aws(
    aws: AWSSandbox, rds: Any, kind: Kind, recorded: bool
) -> None:
    aws.fault("rds:RebootDBInstance", kind)
    with pytest.raises((ClientError, ConnectionClosedError)):
        await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
    aws.advance(300)

    async with client(aws, "cloudtrail") as trail:
        told = [one["EventName"] for one in (await trail.lookup_events())["Events"]]

    assert ("RebootDBInstance" in told) is recorded


async def test_one_account_may_be_cut_off_while_the_others_answer(
    aws: AWSSandbox, rds: Any
) -> None:
    async with client(aws, "sts") as sts:
        said = await sts.assume_role(RoleArn=role_arn(ANALYTICS), RoleSessionName="look")
    fault = aws.cut_off(account=ANALYTICS)
    theirs = SESSION.client(
        "rds",
        region_name="eu-west-1",
        endpoint_url=aws.url,
        config=ONCE,
        aws_access_key_id=said["Credentials"]["AccessKeyId"],
        aws_secret_access_key=said["Credentials"]["SecretAccessKey"],
        aws_session_token=said["Credentials"]["SessionToken"],
    )

    async with theirs as elsewhere:
        with pytest.raises(ConnectionClosedError):
            await elsewhere.describe_db_instances()
        assert (await rds.describe_db_instances())["DBInstances"]
        aws.mend(fault)
        assert len((await elsewhere.describe_db_instances())["DBInstances"]) == 1


async def test_faults_keep_to_their_region(aws: AWSSandbox, rds: Any) -> None:
    aws.fault("*", "503", region="eu-west-1", times=None)
    aws.fault("*", "503", account=ANALYTICS, times=None)

    assert (await rds.describe_db_instances())["DBInstances"]


async def test_an_outsider_is_spared(aws: AWSSandbox) -> None:
    aws.fault("*", "503", times=None)

    assert aws.client("rds", account=MAIN).describe_db_instances()["DBInstances"]


async def test_what_even_moto_lacks_is_an_invalid_action(rds: Any) -> None:
    with pytest.raises(ClientError) as refusal:
        await rds.describe_source_regions()

    assert refusal.value.response["Error"]["Code"] == "InvalidAction"
