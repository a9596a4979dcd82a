"""AssumeRole, accounts apart, and what CloudTrail tells of them, over HTTP."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import aioboto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from bot.sandbox.aws import (
    ANALYTICS,
    DEMO_FLEET,
    LEGACY,
    MAIN,
    AWSSandbox,
    HeldClock,
    role_arn,
)

SESSION = aioboto3.Session()
ONCE = Config(retries={"total_max_attempts": 1})
Connect = Callable[..., Any]


@pytest.fixture
def aws() -> Iterator[AWSSandbox]:
    with AWSSandbox(clock=HeldClock(), pace=1) as aws:
        aws.seed(DEMO_FLEET)
        yield aws


@pytest.fixture
async def connect(aws: AWSSandbox) -> AsyncIterator[Connect]:
    """`await connect(service)` as the base user; with credentials, as their session."""
    async with AsyncExitStack() as stack:

        async def connected(
            service: str, credentials: dict[str, Any] | None = None, region: str = "us-east-1"
        ) -> Any:
            said = credentials or {"AccessKeyId": "AKIATEST", "SecretAccessKey": "test"}
            client: AbstractAsyncContextManager[Any] = SESSION.client(
                service,
                region_name=region,
                endpoint_url=aws.url,
                config=ONCE,
                aws_access_key_id=said["AccessKeyId"],
                aws_secret_access_key=said["SecretAccessKey"],
                aws_session_token=said.get("SessionToken"),
            )
            return await stack.enter_async_context(client)

        yield connected


async def assume(connect: Connect, account: str, session: str, **more: Any) -> dict[str, Any]:
    sts = await connect("sts")
    reply = await sts.assume_role(RoleArn=role_arn(account), RoleSessionName=session, **more)
    credentials: dict[str, Any] = reply["Credentials"]
    return credentials


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(ClientError) as refusal:
        yield
    assert refusal.value.response["Error"]["Code"] == code


def username(name: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": "Username", "AttributeValue": name}]}


def event_name(name: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}]}


async def test_each_account_and_region_holds_its_own_databases(connect: Connect) -> None:
    seen = {}
    for account, region in ((MAIN, "us-east-1"), (ANALYTICS, "eu-west-1"), (LEGACY, "us-east-1")):
        rds = await connect("rds", await assume(connect, account, "look"), region)
        found = (await rds.describe_db_instances())["DBInstances"]
        seen[account] = [one["DBInstanceIdentifier"] for one in found]

    assert "orders-prod" in seen[MAIN]
    assert (seen[ANALYTICS], seen[LEGACY]) == (["reports"], ["legacy-crm"])
    assert sum(map(len, seen.values())) == 14


async def test_the_caller_is_the_role_under_its_session_name(connect: Connect) -> None:
    sts = await connect("sts", await assume(connect, ANALYTICS, "rds-bot-1042"))

    identity = await sts.get_caller_identity()

    assert identity["Account"] == ANALYTICS
    assert identity["Arn"] == f"arn:aws:sts::{ANALYTICS}:assumed-role/rds-bot/rds-bot-1042"


async def test_without_a_role_the_caller_is_the_user_of_the_main_account(connect: Connect) -> None:
    identity = await (await connect("sts")).get_caller_identity()

    assert identity["Arn"] == f"arn:aws:iam::{MAIN}:user/rds-bot"


async def test_the_journal_names_session_source_identity_and_policy(
    aws: AWSSandbox, connect: Connect
) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    credentials = await assume(connect, MAIN, "rds-bot-1042", SourceIdentity="U0ANN", Policy=policy)
    rds = await connect("rds", credentials)
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")

    (call,) = aws.calls("rds:RebootDBInstance")

    assert (call.session_name, call.source_identity, call.policy) == (
        "rds-bot-1042",
        "U0ANN",
        policy,
    )
    assert (call.account, call.region, call.outcome) == (MAIN, "us-east-1", "ok")
    assert call.parameters == {"DBInstanceIdentifier": "orders-dev"}


@pytest.mark.parametrize("session", ["with space", "a/b", "x" * 65])
async def test_a_session_name_that_aws_would_not_take_is_refused(
    connect: Connect, session: str
) -> None:
    with pytest.raises(ClientError, match="failed to satisfy"):
        await assume(connect, MAIN, session)


async def test_credentials_from_before_a_reset_are_no_longer_valid(
    aws: AWSSandbox, connect: Connect
) -> None:
    rds = await connect("rds", await assume(connect, ANALYTICS, "look"))
    aws.reset()

    with refused("InvalidClientTokenId"):
        await rds.describe_db_instances()


async def test_a_call_is_found_by_its_session_name_five_minutes_later(
    aws: AWSSandbox, connect: Connect
) -> None:
    rds = await connect("rds", await assume(connect, MAIN, "rds-bot-1042", SourceIdentity="U0ANN"))
    trail = await connect("cloudtrail")
    began = aws.clock()
    await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")

    aws.advance(299)
    early = await trail.lookup_events(**username("rds-bot-1042"))
    aws.advance(1)
    (event,) = (await trail.lookup_events(**username("rds-bot-1042")))["Events"]

    assert early["Events"] == []
    assert (event["EventName"], event["Username"]) == ("RebootDBInstance", "rds-bot-1042")
    assert event["EventTime"] == datetime.fromtimestamp(began, UTC)
    assert (event["ReadOnly"], event["EventSource"]) == ("false", "rds.amazonaws.com")


async def test_the_record_tells_who_asked_for_what_under_which_request_id(
    aws: AWSSandbox, connect: Connect
) -> None:
    rds = await connect("rds", await assume(connect, MAIN, "rds-bot-1042", SourceIdentity="U0ANN"))
    reply = await rds.reboot_db_instance(DBInstanceIdentifier="orders-dev")
    aws.advance(300)

    trail = await connect("cloudtrail")
    (event,) = (await trail.lookup_events(**username("rds-bot-1042")))["Events"]
    record = json.loads(event["CloudTrailEvent"])

    assert record["requestParameters"] == {"dBInstanceIdentifier": "orders-dev"}
    assert record["requestID"] == reply["ResponseMetadata"]["RequestId"]
    assert record["userIdentity"]["arn"].endswith("assumed-role/rds-bot/rds-bot-1042")
    assert record["userIdentity"]["sessionContext"]["sourceIdentity"] == "U0ANN"
    assert "errorCode" not in record


async def test_a_refused_call_is_recorded_with_its_error_code(
    aws: AWSSandbox, connect: Connect
) -> None:
    rds = await connect("rds")
    with refused("DBInstanceNotFound"):
        await rds.reboot_db_instance(DBInstanceIdentifier="nobody")
    aws.advance(300)

    trail = await connect("cloudtrail")
    (event,) = (await trail.lookup_events(**event_name("RebootDBInstance")))["Events"]

    assert json.loads(event["CloudTrailEvent"])["errorCode"] == "DBInstanceNotFound"
    assert event["Username"] == "rds-bot"


async def test_reads_are_recorded_too_and_pages_run_newest_first(
    aws: AWSSandbox, connect: Connect
) -> None:
    rds = await connect("rds")
    for _ in range(5):
        await rds.describe_db_instances()
        aws.advance(60)
    aws.advance(300)

    trail = await connect("cloudtrail")
    first = await trail.lookup_events(**event_name("DescribeDBInstances"), MaxResults=3)
    rest = await trail.lookup_events(
        **event_name("DescribeDBInstances"), MaxResults=3, NextToken=first["NextToken"]
    )
    times = [one["EventTime"] for one in [*first["Events"], *rest["Events"]]]

    assert (len(first["Events"]), len(rest["Events"])) == (3, 2)
    assert times == sorted(times, reverse=True)
    assert "NextToken" not in rest


async def test_lookups_are_limited_to_a_span_of_time(aws: AWSSandbox, connect: Connect) -> None:
    rds, trail = await connect("rds"), await connect("cloudtrail")
    for _ in range(3):
        await rds.describe_db_instances()
        aws.advance(100)
    aws.trail.delay = 0
    middle = datetime.fromtimestamp(aws.clock() - 200, UTC)

    found = await trail.lookup_events(
        **event_name("DescribeDBInstances"), StartTime=middle, EndTime=middle
    )

    assert len(found["Events"]) == 1


async def test_lookups_may_be_limited_to_so_many_a_second(
    aws: AWSSandbox, connect: Connect
) -> None:
    trail = await connect("cloudtrail")
    aws.trail.per_second = 2
    await trail.lookup_events()
    await trail.lookup_events()

    with refused("ThrottlingException"):
        await trail.lookup_events()
    aws.advance(1)
    await trail.lookup_events()


async def test_the_trail_of_an_account_is_its_own(aws: AWSSandbox, connect: Connect) -> None:
    here = await connect("rds", await assume(connect, LEGACY, "rds-bot-7"))
    await here.describe_db_instances()
    aws.advance(300)

    elsewhere = await connect("cloudtrail")
    at_home = await connect("cloudtrail", await assume(connect, LEGACY, "look"))

    assert (await elsewhere.lookup_events(**username("rds-bot-7")))["Events"] == []
    assert len((await at_home.lookup_events(**username("rds-bot-7")))["Events"]) == 1


async def test_an_outsider_changes_tags_under_a_name_of_its_own(
    aws: AWSSandbox, connect: Connect
) -> None:
    outsider = aws.client("rds")
    arn = f"arn:aws:rds:us-east-1:{MAIN}:db:orders-dev"
    outsider.add_tags_to_resource(
        ResourceName=arn, Tags=[{"Key": "Environment", "Value": "production"}]
    )

    rds = await connect("rds")
    found = (await rds.describe_db_instances(DBInstanceIdentifier="orders-dev"))["DBInstances"][0]

    assert found["TagList"] == [{"Key": "Environment", "Value": "production"}]
    assert [call.session_name for call in aws.journal] == ["outsider", None]
    assert [call.name for call in aws.calls()] == ["rds:DescribeDBInstances"]


async def test_tags_of_an_unknown_resource_are_refused(connect: Connect) -> None:
    rds = await connect("rds")

    with refused("DBInstanceNotFound"):
        await rds.list_tags_for_resource(ResourceName=f"arn:aws:rds:us-east-1:{MAIN}:db:nobody")
