"""GetMetricData as series: batches, pages, gaps, and what is no number."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.aws.accounts import Accounts
from bot.aws.cloudwatch import POINTS, batches, read
from bot.aws.session import Account
from bot.errors import AWSRefusedError, AWSUnavailableError
from bot.sandbox.aws import DEMO_FLEET, MAIN, AWSSandbox, HeldClock, role_arn
from bot.values import SECOND, Measure, Target, Window
from bot.vocabulary import Kind

HOUR = 3_600
NOON = 1_782_907_200 * SECOND


def target(name: str = "orders-test", kind: Kind = Kind.INSTANCE) -> Target:
    return Target(account=MAIN, region="us-east-1", kind=kind, identifier=name, resource_id="db-1")


def measure(metric: str = "CPUUtilization", **of: Any) -> Measure:
    return Measure(target=target(**of), metric=metric)


class Pages:
    """A client that answers in the pages it was given, and keeps what it was asked."""

    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        self.pages = pages
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, name: str) -> "Pages":
        assert name == "get_metric_data"
        return self

    def paginate(self, **asked: Any) -> "Pages":
        self.asked.append(asked)
        return self

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        for page in self.pages:
            yield {"MetricDataResults": page}


def result(number: int, *points: tuple[int, float]) -> dict[str, Any]:
    at = [datetime.fromtimestamp(NOON / SECOND + minute * 60, UTC) for minute, _ in points]
    return {"Id": f"q{number}", "Timestamps": at, "Values": [value for _, value in points]}


async def test_points_of_one_metric_come_together_from_all_pages() -> None:
    client = Pages([result(0, (0, 1.0)), result(1, (0, 5.0))], [result(0, (2, 3.0))])

    cpu, memory = await read(
        client, [measure(), measure("FreeableMemory")], Window.ending(NOON, HOUR, 60)
    )

    assert cpu.points == ((NOON, 1.0), (NOON + 120 * SECOND, 3.0))
    assert (memory.metric, memory.unit, memory.points) == ("FreeableMemory", "B", ((NOON, 5.0),))


async def test_what_is_no_number_is_left_out() -> None:
    client = Pages([result(0, (0, float("nan")), (1, float("inf")), (2, -1.0))])

    (cpu,) = await read(client, [measure()], Window.ending(NOON, HOUR, 60))

    assert cpu.points == ((NOON + 120 * SECOND, -1.0),)


async def test_a_metric_without_an_answer_is_an_empty_series() -> None:
    (series,) = await read(Pages([]), [measure("Nonsense")], Window.ending(NOON, HOUR, 60))

    assert (series.points, series.unit, series.latest) == ((), "", None)


async def test_more_than_500_metrics_take_several_calls() -> None:
    client = Pages([])

    await read(client, [measure()] * 1_001, Window.ending(NOON, HOUR, 60))

    assert [len(asked["MetricDataQueries"]) for asked in client.asked] == [500, 500, 1]


def test_a_batch_never_asks_for_more_points_than_an_answer_holds() -> None:
    week = Window.ending(NOON, 7 * 24 * HOUR, 60)

    sizes = [len(one) for one in batches([measure()] * 100, week)]

    assert sum(sizes) == 100
    assert max(sizes) * (week.seconds // week.period) <= POINTS


def test_a_window_begins_where_a_period_does() -> None:
    window = Window.ending(NOON + 130 * SECOND, HOUR, 300)

    assert window.since % (300 * SECOND) == 0
    assert window.until == NOON + 130 * SECOND
    assert HOUR <= window.seconds < HOUR + 300


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AWSSandbox]:
    with AWSSandbox(clock=HeldClock(), pace=1) as aws:
        aws.seed(DEMO_FLEET)
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        yield aws


@pytest.fixture
async def accounts(aws: AWSSandbox) -> AsyncIterator[Accounts]:
    main = Account(id=MAIN, name="main", regions=("us-east-1",), role_arn=role_arn(MAIN))
    async with Accounts((main,), lambda: int(aws.clock() * SECOND)) as accounts:
        yield accounts


METRICS = ("cloudwatch:GetMetricData",)


async def test_connections_of_many_are_counted_in_one_call(
    aws: AWSSandbox, accounts: Accounts
) -> None:
    names = [(name, Kind.INSTANCE) for name in ("orders-test", "orders-dev", "orders-prod")]
    doors = [accounts.door(target(*one), METRICS) for one in names]

    counted = await asyncio.gather(
        *(door.connections(target(*one)) for door, one in zip(doors, names, strict=True))
    )

    assert all(count is not None and count > 0 for count in counted)
    assert len(aws.calls("cloudwatch:GetMetricData")) == 1


async def test_connections_of_a_cluster_are_those_of_its_members(accounts: Accounts) -> None:
    cluster = target("shop-staging", Kind.CLUSTER)
    members = [target(f"shop-staging-{number}") for number in (1, 2, 3)]
    door = accounts.door(cluster, METRICS)

    counted = [await door.connections(one) for one in (cluster, *members)]

    assert counted[0] == sum(one or 0 for one in counted[1:])


async def test_nobody_counts_the_connections_of_what_is_not_there(accounts: Accounts) -> None:
    found = target("nowhere")

    assert await accounts.door(found, METRICS).connections(found) is None


async def test_connections_are_unknown_while_cloudwatch_is_down(
    aws: AWSSandbox, accounts: Accounts
) -> None:
    aws.fault("cloudwatch:*", "reset", times=None)
    door = accounts.door(target(), METRICS)

    assert await door.connections(target()) is None
    with pytest.raises(AWSUnavailableError):
        await door.metrics([measure()], Window.ending(int(aws.clock() * SECOND), HOUR, 60))


async def test_a_refused_reading_is_an_error_of_ours(aws: AWSSandbox, accounts: Accounts) -> None:
    aws.fault("cloudwatch:*", "code", code="AccessDenied", status=403)
    door = accounts.door(target(), METRICS)

    with pytest.raises(AWSRefusedError):
        await door.metrics([measure()], Window.ending(int(aws.clock() * SECOND), HOUR, 60))


async def test_metrics_have_to_be_declared(accounts: Accounts) -> None:
    door = accounts.door(target(), ())

    with pytest.raises(PermissionError):
        await door.connections(target())
