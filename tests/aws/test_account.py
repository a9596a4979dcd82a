"""What AWS says of an account and of engines, and answers too large to be read in passing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiobotocore.parsers import AioQueryParser
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import ResponseParserError

from bot.aws.accounts import Accounts
from bot.aws.parse import LARGE, QueryParser, instant
from bot.aws.session import Account
from bot.sandbox.aws import MAIN, AWSSandbox, role_arn
from bot.values import DATABASES, SECOND, Kind


@pytest.fixture
async def accounts(aws: AWSSandbox) -> AsyncIterator[Accounts]:
    main = Account(id=MAIN, name="main", regions=("us-east-1",), role_arn=role_arn(MAIN))
    async with Accounts((main,), lambda: int(aws.clock() * SECOND)) as accounts:
        yield accounts


async def test_manual_snapshots_are_counted_against_what_aws_allows(
    aws: AWSSandbox, accounts: Accounts
) -> None:
    region = next(iter(accounts))
    before = {one.kind: one for one in await region.snapshot_quotas()}
    rds = aws.client("rds", account=region.account.id, region=region.name)
    rds.create_db_snapshot(DBInstanceIdentifier="orders-dev", DBSnapshotIdentifier="one-more")
    for cluster in ("search-test", "shop-staging"):
        rds.create_db_cluster_snapshot(
            DBClusterIdentifier=cluster, DBClusterSnapshotIdentifier=f"{cluster}-more"
        )

    after = {one.kind: one for one in await region.snapshot_quotas()}

    more = {Kind.INSTANCE: 1, Kind.CLUSTER: 2}
    assert {kind: after[kind].used - before[kind].used for kind in DATABASES} == more
    assert all(after[kind].most == before[kind].most > 0 for kind in DATABASES)


async def test_databases_are_counted_and_a_name_that_is_taken_is_known(
    accounts: Accounts,
) -> None:
    region = next(iter(accounts))

    counted = {one.kind: one for one in await region.database_quotas()}

    assert all(0 < counted[kind].used < counted[kind].most for kind in DATABASES)
    assert await region.bears("ORDERS-dev") is Kind.INSTANCE
    assert await region.bears("shop-staging") is Kind.CLUSTER
    assert await region.bears("nobody") is None


async def test_engines_have_lifecycles(accounts: Accounts) -> None:
    region = next(iter(accounts))

    [eight, newer] = [one for one in await region.lifecycles("mysql") if one.major != "5.7"]

    assert eight.standard_until == int(instant("2026-07-31T23:59:00Z").timestamp() * 1_000_000)
    assert eight.extended_until
    assert eight.covers("8.0.40")
    assert not eight.covers("8.4.1")
    assert newer.major == "8.4"
    assert await region.lifecycles("oracle-se2") == ()


def an_answer(count: int) -> dict[str, Any]:
    points = "<member>2026-07-01T09:00:00Z</member>" * count
    values = "<member>1.5</member>" * count
    body = (
        "<GetMetricDataResponse><GetMetricDataResult><MetricDataResults><member><Id>q0</Id>"
        f"<Timestamps>{points}</Timestamps><Values>{values}</Values></member></MetricDataResults>"
        "</GetMetricDataResult></GetMetricDataResponse>"
    )
    return {"status_code": 200, "headers": {}, "body": body.encode()}


async def test_a_large_answer_is_read_as_botocore_reads_it() -> None:
    model = ServiceModel(Loader().load_service_model("cloudwatch", "service-2"))
    shape = model.operation_model("GetMetricData").output_shape
    given = an_answer(3000)
    assert len(given["body"]) > LARGE

    assert await QueryParser().parse(given, shape) == await AioQueryParser().parse(given, shape)
    with pytest.raises(ResponseParserError, match="cannot be read"):
        await QueryParser().parse({**given, "body": given["body"][:-5]}, shape)
