"""What the sandbox's databases show of their insides: parameters, log files, load."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aioboto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from bot.sandbox.aws import AWSSandbox

NAME = {"DBInstanceIdentifier": "orders-test"}


@pytest.fixture
async def insights(aws: AWSSandbox) -> AsyncIterator[Any]:
    once = Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
    async with aioboto3.Session().client(
        "pi", region_name="us-east-1", endpoint_url=aws.url, config=once, **keys
    ) as client:
        yield client


async def asked(rds: Any, aws: AWSSandbox, name: str = "orders-test") -> dict[str, Any]:
    """The last hour of an instance, as Performance Insights is asked for it."""
    found = await rds.describe_db_instances(DBInstanceIdentifier=name)
    now = datetime.fromtimestamp(aws.clock(), UTC)
    return {
        "ServiceType": "RDS",
        "Identifier": found["DBInstances"][0]["DbiResourceId"],
        "StartTime": now - timedelta(hours=1),
        "EndTime": now,
    }


async def test_what_was_set_stands_in_the_parameter_group(rds: Any) -> None:
    found = await rds.describe_db_instances(DBInstanceIdentifier="billing-staging")
    [group] = found["DBInstances"][0]["DBParameterGroups"]

    listed = await rds.describe_db_parameters(
        DBParameterGroupName=group["DBParameterGroupName"], Source="user"
    )

    values = {one["ParameterName"]: one["ParameterValue"] for one in listed["Parameters"]}
    assert values == {"max_connections": "450"}


async def test_log_files_grow_and_are_read_from_either_end(rds: Any, aws: AWSSandbox) -> None:
    before = (await rds.describe_db_log_files(**NAME, FilenameContains="error"))[
        "DescribeDBLogFiles"
    ][-1]
    aws.advance(120)
    after = (await rds.describe_db_log_files(**NAME))["DescribeDBLogFiles"][-1]

    file = {**NAME, "LogFileName": after["LogFileName"], "NumberOfLines": 2}
    last = await rds.download_db_log_file_portion(**file)
    first = await rds.download_db_log_file_portion(**file, Marker="0")

    assert after["Size"] > before["Size"]
    assert after["LastWritten"] - before["LastWritten"] == 120_000
    assert last["LogFileData"].count("\n") == first["LogFileData"].count("\n") == 2
    assert first["LogFileData"] < last["LogFileData"]


async def test_a_log_file_that_is_not_there_is_refused(rds: Any) -> None:
    with pytest.raises(ClientError, match="DBLogFileNotFoundFault"):
        await rds.download_db_log_file_portion(**NAME, LogFileName="error/nothing")


async def test_waits_and_statements_add_up_to_the_load(
    insights: Any, rds: Any, aws: AWSSandbox
) -> None:
    about = await asked(rds, aws)

    metrics = await insights.get_resource_metrics(
        MetricQueries=[{"Metric": "db.load.avg"}], PeriodInSeconds=60, **about
    )
    points = [one["Value"] for one in metrics["MetricList"][0]["DataPoints"]]
    for group in ("db.wait_event", "db.sql_tokenized"):
        keys = await insights.describe_dimension_keys(
            Metric="db.load.avg", GroupBy={"Group": group, "Limit": 10}, **about
        )
        total = sum(one["Total"] for one in keys["Keys"])
        assert total == pytest.approx(sum(points) / len(points))


@pytest.mark.parametrize("name", ["orders-dev", "nobody"])
async def test_without_performance_insights_there_is_no_load(
    insights: Any, rds: Any, aws: AWSSandbox, name: str
) -> None:
    about = await asked(rds, aws, "orders-dev")
    identifier = about["Identifier"] if name == "orders-dev" else "db-NOBODY"

    with pytest.raises(ClientError, match="NotAuthorizedException"):
        await insights.get_resource_metrics(
            **{**about, "Identifier": identifier, "MetricQueries": [{"Metric": "db.load.avg"}]}
        )
