"""GetMetricData as series: batches, pages, gaps, and what is no number."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bot.aws.accounts import Accounts
from bot.aws.cloudwatch import POINTS, batches, read
from bot.aws.session import Account
from bot.errors import AWSRefusedError, AWSUnavailableError
from bot.sandbox.aws import DEMO_FLEET, MAIN, AWSSandbox, HeldClock, role_arn
from bot.values import SECOND, Kind, Measure, Reading, Series, Target, Window

HOUR = 3_600
NOON = 1_782_907_200 * SECOND


def target(name: str = "orders-test", kind: Kind = Kind.INSTANCE) -> Target:
    return Target(account=MAIN, region="us-east-1", kind=kind, identifier=name, resource_id="db-1")


def measure(metric: str = "CPUUtilization", **of: Any) -> Measure:
    return Measure(target=target(**of), metric=metric)


class Pages:
    """A client that answers in the pages it was given, and keeps what it was asked."""

    def __init__(self, *pages: list[dict[str, Any]] | dict[str, Any] | Exception) -> None:
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
            if isinstance(page, Exception):
                raise page
            yield page if isinstance(page, dict) else {"MetricDataResults": page}


def result(
    number: int, *points: tuple[int, float], status: str | None = "Complete", **more: Any
) -> dict[str, Any]:
    """Points by minutes after noon."""
    at = [datetime.fromtimestamp(NOON / SECOND + minute * 60, UTC) for minute, _ in points]
    told = {"Id": f"q{number}", "Timestamps": at, "Values": [value for _, value in points]}
    return {**told, **({"StatusCode": status} if status else {}), **more}


def message(code: str, value: str) -> dict[str, Any]:
    return {"Messages": [{"Code": code, "Value": value}]}


async def test_points_of_one_metric_come_together_from_all_pages() -> None:
    client = Pages([result(0, (0, 1.0)), result(1, (0, 5.0))], [result(0, (2, 3.0))])

    cpu, memory = await read(
        client, [measure(), measure("FreeableMemory")], Window.ending(NOON, HOUR, 60)
    )

    assert cpu.points == ((NOON, 1.0), (NOON + 120 * SECOND, 3.0))
    assert (memory.metric, memory.unit, memory.points) == ("FreeableMemory", "B", ((NOON, 5.0),))


async def reads(
    *pages: list[dict[str, Any]] | dict[str, Any] | Exception, metric: str = "CPUUtilization"
) -> Series:
    """One metric in an hour from noon on."""
    window = Window.ending(NOON + HOUR * SECOND, HOUR, 60)
    (series,) = await read(Pages(*pages), [measure(metric)], window)
    return series


GOOD = (0, 21.0), (1, 22.0)
THROTTLED = ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"},
                         "ResponseMetadata": {"HTTPStatusCode": 400}}, "GetMetricData")  # fmt: skip


@pytest.mark.parametrize(
    ("pages", "reading", "why"),
    [
        ([[result(0, *GOOD)]], Reading.WHOLE, ""),
        ([[result(0)]], Reading.EMPTY, ""),
        ([[result(0, status="InternalError")]], Reading.UNREAD, "an error of its own"),
        ([[result(0, *GOOD, status="InternalError")]], Reading.PARTLY, "an error of its own"),
        ([[result(0, status="Forbidden")]], Reading.UNREAD, "cloudwatch:GetMetricData"),
        ([[result(0, *GOOD, status="Forbidden")]], Reading.PARTLY, "Forbidden"),
        ([[result(0, status="PartialData")]], Reading.UNREAD, "only a part"),
        ([[result(0, *GOOD, status="PartialData")]], Reading.PARTLY, "only a part"),
        ([[result(0, *GOOD, status=None)]], Reading.PARTLY, "which I do not know"),
        ([[result(0, status="Sideways")]], Reading.UNREAD, "answered Sideways"),
        ([[]], Reading.UNREAD, "did not answer for it"),
        ([[result(7, *GOOD)]], Reading.UNREAD, "did not answer for it"),
        # what a next token goes on with is made good by what follows
        ([[result(0, GOOD[0], status="PartialData")], [result(0, GOOD[1])]], Reading.WHOLE, ""),
        ([[result(0, status="InternalError")], [result(0, *GOOD)]], Reading.WHOLE, ""),
        ([[result(0, *GOOD)], [result(0, status="PartialData")]], Reading.PARTLY, "only a part"),
        ([[result(0, status="Forbidden")], [result(0, *GOOD)]], Reading.PARTLY, "Forbidden"),
        ([[result(0, GOOD[0], status="PartialData")], THROTTLED], Reading.PARTLY, "Rate exceeded"),
        ([[result(1, *GOOD)], THROTTLED], Reading.UNREAD, "Rate exceeded"),
        # messages, about one metric and about the whole call
        ([[result(0, *GOOD, **message("Cut", "Too many points"))]], Reading.PARTLY, "Cut: Too man"),
        ([[result(0, **message("Cut", "Too many points"))]], Reading.UNREAD, "Too many points."),
        ([[result(0, Messages=[{}])]], Reading.UNREAD, "CloudWatch says something that I cannot"),
        (
            [{"MetricDataResults": [result(0)], **message("MaxMetricsExceeded", "Not all.")}],
            Reading.UNREAD,
            "CloudWatch says MaxMetricsExceeded: Not all.",
        ),
        (
            [{"MetricDataResults": [], **message("MaxMetricsExceeded", "Not all.")}],
            Reading.UNREAD,
            "Not all.",
        ),
        ([{}], Reading.UNREAD, "did not answer for it"),
        # values that no metric has
        ([[result(0, (0, math.nan))]], Reading.UNREAD, "cannot be, like nan"),
        ([[result(0, (0, math.inf), GOOD[1])]], Reading.PARTLY, "cannot be, like inf"),
        ([[result(0, (0, -1.0), GOOD[1])]], Reading.PARTLY, "cannot be, like -1"),
        ([[result(0, (0, 4000.0), GOOD[1])]], Reading.PARTLY, "cannot be, like 4000"),
        ([[result(0, GOOD[0], (600, 22.0))]], Reading.PARTLY, "of another time"),
        ([[result(0, *GOOD, Values=[21.0])]], Reading.PARTLY, "without their times"),
        ([[result(0, GOOD[0], (0, 90.0))]], Reading.PARTLY, "two values for one instant"),
        ([[result(0, *GOOD)], [result(0, GOOD[1])]], Reading.WHOLE, ""),
    ],
)
async def test_a_series_says_what_of_it_could_not_be_read(
    pages: list[Any], reading: Reading, why: str
) -> None:
    series = await reads(*pages)

    assert series.reading is reading
    assert why in series.unread
    assert bool(why) is bool(series.unread)


@pytest.mark.parametrize(
    ("metric", "value", "reading"),
    [
        ("ReplicaLag", -1.0, Reading.WHOLE),  # nothing is replicated
        ("ReplicaLag", -2.0, Reading.UNREAD),
        ("DatabaseConnections", -1.0, Reading.UNREAD),
        ("FreeableMemory", 2.0**64 - 1, Reading.UNREAD),  # it counted below nothing
        ("FreeStorageSpace", 2.0**46, Reading.WHOLE),
        ("ACUUtilization", 200.0, Reading.WHOLE),  # its capacity was lowered
        ("CPUUtilization", 100.4, Reading.WHOLE),
        ("DatabaseConnections", 1e300, Reading.UNREAD),
    ],
)
async def test_a_value_is_kept_where_the_metric_can_have_it(
    metric: str, value: float, reading: Reading
) -> None:
    assert (await reads([result(0, (0, value))], metric=metric)).reading is reading


async def test_points_are_in_order_and_one_an_instant_whatever_was_told() -> None:
    series = await reads([result(0, (3, 3.0), (1, 1.0), (2, 2.0), (1, 1.0))])

    assert [value for _, value in series.points] == [1.0, 2.0, 3.0]
    assert series.reading is Reading.WHOLE


async def test_a_metric_nobody_knows_is_an_empty_series() -> None:
    series = await reads([result(0)], metric="Nonsense")

    assert (series.points, series.unit, series.latest) == ((), "", None)


async def test_where_no_page_came_it_is_an_error() -> None:
    with pytest.raises(AWSUnavailableError, match="Rate exceeded"):
        await reads(THROTTLED)


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
