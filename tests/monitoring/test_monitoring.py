"""What metrics mean in words, and which of them a database has."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest

from bot.aws.accounts import Accounts
from bot.aws.session import Account
from bot.errors import UnknownWordError, UsageError
from bot.fleet.connection_limits import Ceilings
from bot.fleet.connection_usage import keeps_rising
from bot.fleet.inventory import Fleet
from bot.fleet.limits import ceiling
from bot.monitoring import WORDS, Monitoring, chosen, preset
from bot.monitoring._alarms import headed
from bot.monitoring._chart import chart, panel, spoken
from bot.monitoring._findings import Finding, findings, measured
from bot.monitoring._reader import _findings, _judged
from bot.monitoring._trends import DAY, days_left
from bot.monitoring._week_before import against
from bot.sandbox.aws import (
    DEMO_FLEET,
    MAIN,
    AlarmSpec,
    AWSSandbox,
    HeldClock,
    InstanceSpec,
    role_arn,
)
from bot.settings._thresholds import Thresholds
from bot.values import (
    SECOND,
    Alarm,
    AlarmState,
    Database,
    Kind,
    Limit,
    Line,
    Measure,
    Moment,
    Point,
    Range,
    Series,
    Target,
    Window,
)

GIB = 2.0**30
NOON = 1_782_907_200 * SECOND
WINDOW = Window.ending(NOON, 24 * 3_600, 300)


def database(engine: str = "postgres", size: str = "db.m6g.large", **more: Any) -> Database:
    kind = more.pop("kind", Kind.INSTANCE)
    target = Target(account=MAIN, region="us-east-1", kind=kind, identifier="orders",
                    resource_id="db-1")  # fmt: skip
    facts = {"account_name": "main", "arn": "", "status": "available", **more}
    return Database(target=target, engine=engine, instance_class=size, **facts)


def over_the_day(*values: float | None) -> tuple[Point, ...]:
    """Evenly spread until noon; None: not measured."""
    step = 24 * 3_600 * SECOND // len(values)
    ends = (NOON - (len(values) - number - 1) * step for number in range(len(values)))
    return tuple((at, value) for at, value in zip(ends, values, strict=True) if value is not None)


def line(first: float, last: float, count: int = 96) -> tuple[Point, ...]:
    return over_the_day(*(first + (last - first) * n / (count - 1) for n in range(count)))


def said(points: Mapping[str, tuple[Point, ...]], of: Database | None = None) -> list[str]:
    series = {
        metric: Series(metric=metric, unit="%" if "CPU" in metric or "ACU" in metric else "",
                       points=found) for metric, found in points.items()
    }  # fmt: skip
    one = of or database()
    return [
        spoken(found.said, "UTC") for found in findings(one, series, WINDOW, ceiling(one, None))
    ]


QUIET = over_the_day(*[20.0] * 96)


def test_a_quiet_day_has_no_finding() -> None:
    assert said({"CPUUtilization": QUIET, "DatabaseConnections": QUIET}) == []


def test_calm_is_said_with_figures() -> None:
    cpu = Series(metric="CPUUtilization", unit="%", points=over_the_day(30.0, 40.0, 21.0))

    assert list(measured({"CPUUtilization": cpu}, calm=True)) == [("CPU 21 % (at most 40 %).",)]
    assert list(measured({})) == []


def unread(metric: str, *values: float, why: str = "CloudWatch erred.") -> Series:
    points = over_the_day(*values) if values else ()
    return Series(metric=metric, unit="%", points=points, unread=why)


def found(*given: Series) -> dict[Measure, Series]:
    return {Measure(target=database().target, metric=one.metric): one for one in given}


def sentences(*given: Series) -> list[str]:
    one = database()
    worth = _findings(one, found(*given), WINDOW, {}, Thresholds())
    return judged(_judged(one, Range.DAY, preset(one), found(*given), worth))


def judged(told: tuple[str, tuple[Line, ...]]) -> list[str]:
    """The heading, and the sentences."""
    head, said = told
    return [head.removeprefix("orders: "), *(spoken(line, "UTC") for line in said)]


CALM_CPU = Series(metric="CPUUtilization", unit="%", points=QUIET)
CONNECTIONS = Series(metric="DatabaseConnections", unit="", points=QUIET)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([CALM_CPU, CONNECTIONS],
         ["nothing unusual in the last 24 hours",
          "CPU 20 % (at most 20 %), 20 connections (at most 20)"]),
        ([CONNECTIONS, unread("CPUUtilization")],
         ["not everything could be read", "CPU could not be read. CloudWatch erred",
          "Measured: 20 connections (at most 20)"]),
        ([CALM_CPU, unread("ReadLatency"), unread("WriteLatency"), unread("SwapUsage")],
         ["not everything could be read",
          "Memory (swap), Latency could not be read. CloudWatch erred",
          "Measured: CPU 20 % (at most 20 %)"]),
        ([unread("CPUUtilization", *[20.0] * 96)],
         ["not everything could be read", "CPU could be read only in part. CloudWatch erred",
          "Measured: CPU 20 % (at most 20 %)"]),
        ([unread("CPUUtilization", *[20.0] * 95, 99.0)],
         ["CPU reached 99 %",
          "CPU reached 99 % (Wed 01 Jul 12:00) and was at 80 % or more for 5 min",
          "CPU could be read only in part. CloudWatch erred"]),
        ([unread("CPUUtilization"), unread("DatabaseConnections", why="The role may not.")],
         ["not everything could be read", "CPU could not be read. CloudWatch erred",
          "Connections could not be read. The role may not"]),
        ([CONNECTIONS, Series(metric="CPUUtilization", unit="%")],
         ["CloudWatch has no figures of CPU",
          "CloudWatch has no figures of CPU for this time",
          "Measured: 20 connections (at most 20)"]),
        ([CALM_CPU, Series(metric="ReplicaLag", unit="s")],
         ["nothing unusual in the last 24 hours", "CPU 20 % (at most 20 %)"]),
        ([Series(metric="CPUUtilization", unit="%")],
         ["CloudWatch has no figures for this time",
          "CloudWatch has no figures of orders for this time"]),
    ],
)  # fmt: skip
def test_calm_is_only_what_was_read(given: list[Series], says: list[str]) -> None:
    assert sentences(*given) == says


def test_what_is_known_to_be_wrong_comes_first_and_nothing_is_calm() -> None:
    fires = Finding("an alarm fires", ("An alarm fires.",))

    told = judged(_judged(database(), Range.DAY, preset(database()), found(CALM_CPU), (), (fires,)))

    assert told == ["an alarm fires", "An alarm fires", "Measured: CPU 20 % (at most 20 %)"]


def test_the_week_before_is_compared_as_far_as_both_were_read() -> None:
    plots = preset(database())
    now = {"CPUUtilization": CALM_CPU, "DatabaseConnections": CONNECTIONS}
    half = {"CPUUtilization": CALM_CPU, "DatabaseConnections": unread("DatabaseConnections")}
    none = {metric: unread(metric) for metric in now}

    assert [one.said for one in against(plots, now, half)] == [(
        "In what could be read much as last week. CPU: 20 %, last week 20 %. "
        "The rest could not be read.",
    )]  # fmt: skip
    assert [one.said for one in against(plots, now, none)] == [
        ("It cannot be compared with last week. CloudWatch erred.",)
    ]


def test_a_panel_that_could_not_be_read_keeps_its_place_in_the_picture() -> None:
    one, lacks = database(), found(CALM_CPU, unread("DatabaseConnections"))
    plots = [plot for plot in preset(one) if plot.word in ("cpu", "connections", "queue")]

    drawn = chart(one, plots, lacks, WINDOW, Range.DAY, "UTC", None)

    assert drawn is not None
    assert [panel.title for panel in drawn.panels] == ["CPU", "Connections"]
    assert drawn.unread == "Connections could not be read"


def test_a_busy_processor_is_named_with_its_hour_and_for_how_long() -> None:
    busy = over_the_day(*[20.0] * 90, 81.0, 92.5, 85.0, 20.0, 20.0, 20.0)

    [told] = said({"CPUUtilization": busy})

    assert told == "CPU reached 92.5 % (Wed 01 Jul 11:00) and was at 80 % or more for 15 min"


def test_storage_that_fills_says_when_and_comes_first() -> None:
    fills = line(195 * GIB, 180 * GIB)
    busy = over_the_day(*[20.0] * 95, 90.0)

    found = said({"FreeStorageSpace": fills, "CPUUtilization": busy})

    assert found[0] == (
        "Storage is full in about 12 days at this rate (Mon 13 Jul): 180 GiB are free"
    )


def test_connections_that_nobody_closes_are_a_finding() -> None:
    [told] = said({"DatabaseConnections": line(200, 396)})

    assert told.startswith("Likely connection leak: connections keep rising, from 200 to 396")


def test_connections_near_what_the_class_takes_are_a_finding() -> None:
    [told] = said({"DatabaseConnections": over_the_day(*[600.0] * 96)}, database("mysql"))

    assert told == "Connections reached 600, 88 % of the ≈ 682 that it takes"


@pytest.mark.parametrize(
    ("metric", "value", "told"),
    [
        ("FreeableMemory", 100 * 2.0**20, "Only 100 MiB of memory were free"),
        ("SwapUsage", 2 * GIB, "It swaps: 2 GiB"),
        ("ACUUtilization", 97.0, "Capacity was used to 97 %"),
    ],
)
def test_what_runs_short_is_a_finding(metric: str, value: float, told: str) -> None:
    assert said({metric: over_the_day(*[value] * 96)})[0].startswith(told)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_single_point_and_one_below_nothing_are_no_finding(value: float) -> None:
    points = ((NOON, value),)
    assert said({"CPUUtilization": points, "ReadLatency": points, "SwapUsage": points}) == []


def test_a_threshold_that_is_set_is_said_and_drawn() -> None:
    latency = Series(metric="ReadLatency", unit="s", points=over_the_day(0.002, 0.04, 0.003))
    busy = Series(metric="CPUUtilization", unit="%", points=over_the_day(20.0, 65.0, 20.0))
    set_to = Thresholds({"ReadLatency": 0.02, "CPUUtilization": 60.0})

    told = findings(
        database(), {"ReadLatency": latency, "CPUUtilization": busy}, WINDOW, None, set_to
    )
    found = {Measure(target=database().target, metric="ReadLatency"): latency}
    [plot] = chosen(database(), ("latency",))
    drawn = panel(plot, database(), found, None, set_to)

    assert [spoken(one.said, "UTC") for one in told[:2]] == [
        "CPU reached 65 % (Wed 01 Jul 04:00) and was at 60 % or more for 5 min",
        "Read latency reached 40 ms (Wed 01 Jul 04:00), above the 20 ms that are set",
    ]
    assert drawn.limit == Limit(value=0.02, label="20 ms")


@pytest.mark.parametrize(
    ("now", "then", "told"),
    [
        (34.0, 12.0, "CPU: 34 %, last week 12 % (2.8 times as much)"),
        (34.0, 33.0, "Much as last week. CPU: 34 %, last week 33 %"),
        (0.0, 5.0, "CPU: 0 %, last week 5 %"),
        (34.0, None, "CloudWatch has no figures of last week to compare with"),
    ],
)
def test_the_week_before_is_said(now: float, then: float | None, told: str) -> None:
    [plot] = chosen(database(), ("cpu",))
    by_metric = [
        {"CPUUtilization": Series(metric="CPUUtilization", unit="%", points=over_the_day(one))}
        for one in (now, then)
    ]

    [found] = against([plot], *by_metric)

    assert spoken(found.said, "UTC") == told


def test_time_without_figures_is_said() -> None:
    gap = over_the_day(*[20.0] * 40, *[None] * 16, *[20.0] * 40)
    over = over_the_day(*[20.0] * 40, *[None] * 56)

    assert said({"CPUUtilization": gap}) == [
        "CloudWatch has no figures for 255 minutes after Tue 30 Jun 22:00"
    ]
    assert said({"CPUUtilization": over}) == ["The last figures are from Tue 30 Jun 22:00"]


def test_no_figures_at_all_are_explained_by_its_state() -> None:
    [told] = said({"CPUUtilization": ()}, database(status="stopped"))

    assert told == "CloudWatch has no figures of orders for this time. It is stopped"


# -- trends ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "days"),
    [
        (line(120, 100), 5),
        (line(100, 120), None),
        (line(100, 100), None),
        (line(100, 50, count=10), None),
        ((), None),
        (over_the_day(*(100 + 30 * (-1) ** n for n in range(96))), None),
    ],
    ids=["falls", "grows", "steady", "too few", "none", "noise"],
)
def test_days_left(points: tuple[Point, ...], days: float | None) -> None:
    assert days_left(points) == (None if days is None else pytest.approx(days, rel=0.05))


def test_one_jump_does_not_bend_the_trend() -> None:
    falling = list(line(120, 100))
    grown = [(at, value + (40 if number > 10 else 0)) for number, (at, value) in enumerate(falling)]

    left = days_left(grown)

    assert left is not None
    assert left == pytest.approx(grown[-1][1] / 20, rel=0.1)


@pytest.mark.parametrize(
    ("points", "rises"),
    [
        (line(100, 300), True),
        (line(100, 110), False),
        (over_the_day(*(100 + 90 * (n > 70) for n in range(96))), False),
        (over_the_day(10, 20, 30), False),
    ],
    ids=["leak", "level", "busy evening", "too few"],
)
def test_a_leak_rises_even_in_quiet_hours(points: tuple[Point, ...], rises: bool) -> None:
    assert keeps_rising(points) is rises


def test_a_day_has_its_microseconds() -> None:
    assert DAY == 86_400 * SECOND


# -- presets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "has", "lacks"),
    [
        (database(), {"storage", "latency", "queue"}, {"commit", "capacity"}),
        (database("aurora-postgresql", "db.r6g.large"), {"commit", "buffers"}, {"storage"}),
        (database("aurora-postgresql", "db.serverless"), {"capacity", "commit"}, {"storage"}),
        (database("aurora-postgresql", "", kind=Kind.CLUSTER), {"volume"}, {"storage", "queue"}),
    ],
    ids=["rds", "aurora", "serverless", "cluster"],
)
def test_each_engine_has_a_set_of_its_own(given: Database, has: set[str], lacks: set[str]) -> None:
    words = {plot.word for plot in preset(given)}

    assert has <= words
    assert not lacks & words
    assert words <= set(WORDS)


def test_metrics_are_chosen_by_word_or_by_awss_name_once() -> None:
    plots = chosen(database(), ("cpu", "CPUUtilization", "writelatency"))

    assert [plot.word for plot in plots] == ["cpu", "latency"]


def test_an_unknown_metric_says_what_there_is_and_what_is_near() -> None:
    with pytest.raises(UnknownWordError, match="cpu, credits") as caught:
        chosen(database(), ("latncy",))

    assert "latency" in caught.value.choices
    assert caught.value.word == "latncy"
    assert caught.value.suggestions == ()


def test_a_metric_of_another_engine_is_unknown_too() -> None:
    with pytest.raises(UsageError, match=r"no metric \"volume\" of orders \(postgres instance\)"):
        chosen(database(), ("volume",))


# -- reading ---------------------------------------------------------------------------------------


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AWSSandbox]:
    with AWSSandbox(clock=HeldClock(), pace=1) as aws:
        aws.seed(DEMO_FLEET)
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        yield aws


class Watch:
    def __init__(self, aws: AWSSandbox, accounts: Accounts) -> None:
        self.aws = aws
        self.clock = lambda: int(aws.clock() * SECOND)
        self.fleet = Fleet(accounts, self.clock)
        ceilings = Ceilings(accounts, self.fleet, self.clock)
        self.monitoring = Monitoring(accounts, ceilings, self.clock)

    async def observe(self, name: str, *words: str, span: Range = Range.DAY, **more: Any) -> Any:
        found = await self.fleet.find(name)
        return await self.monitoring.observe(found, span, words, "Europe/Berlin", **more)


@pytest.fixture
async def watch(aws: AWSSandbox) -> AsyncIterator[Watch]:
    main = Account(id=MAIN, name="main", regions=("us-east-1",), role_arn=role_arn(MAIN))
    async with Accounts((main,), lambda: int(aws.clock() * SECOND)) as accounts:
        yield Watch(aws, accounts)


async def test_the_storage_that_fills_is_the_title(watch: Watch) -> None:
    seen = await watch.observe("warehouse", span=Range.THREE_DAYS)

    assert seen.headline.startswith("warehouse: storage full in about 12 days")
    assert seen.chart.title == "warehouse, last 3 days", "a name: the finding stands above it"
    assert any(isinstance(span, Moment) for span in seen.findings[0])


async def test_the_leak_is_found(watch: Watch) -> None:
    seen = await watch.observe("billing-staging", span=Range.WEEK)

    assert "likely connection leak" in seen.headline


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("orders-test", {"CPU", "Memory", "Free storage", "Latency", "Disk queue depth"}),
        ("shop-staging-2", {"CPU", "Commit latency", "Replica lag", "Buffer cache hits"}),
        ("search-test-1", {"Capacity units", "Share of capacity", "Commit latency"}),
        ("shop-staging", {"CPU", "Connections", "Volume used", "Replica lag"}),
    ],
)
async def test_the_picture_has_what_matters_for_the_engine(
    watch: Watch, name: str, titles: set[str]
) -> None:
    seen = await watch.observe(name)

    drawn = (*seen.chart.panels, *seen.chart.rest)
    assert titles <= {panel.title for panel in drawn}
    assert len(seen.chart.panels) == 4


async def test_everything_is_drawn_on_demand(watch: Watch) -> None:
    seen = await watch.observe("orders-test", everything=True)

    assert len(seen.chart.panels) == 8


async def test_what_was_asked_for_is_drawn_as_it_was_asked_for(watch: Watch) -> None:
    seen = await watch.observe("orders-test", "latency", "queue", "memory", "iops", "cpu")

    assert [one.title for one in seen.chart.panels] == [
        "Latency", "Disk queue depth", "Memory", "I/O per second", "CPU",
    ]  # fmt: skip
    assert seen.chart.rest == ()


@pytest.mark.parametrize(
    ("name", "first"),
    [("warehouse", "Free storage"), ("billing-staging", "Connections")],
)
async def test_what_is_worth_a_word_is_the_first_panel(watch: Watch, name: str, first: str) -> None:
    seen = await watch.observe(name, span=Range.WEEK)

    assert seen.chart.panels[0].title == first


async def test_of_a_cluster_each_member_is_a_curve(watch: Watch) -> None:
    seen = await watch.observe("shop-staging", "cpu")

    assert [curve.label for curve in seen.chart.panels[0].curves] == ["1 writer", "2", "3"]


async def test_lag_is_that_of_its_replicas_too(watch: Watch) -> None:
    watch.aws.seed([InstanceSpec("orders"), InstanceSpec("orders-copy", replica_of="orders")])

    seen = await watch.observe("orders", "lag")

    drawn = [curve.label for curve in seen.chart.panels[0].curves if curve.series.points]
    assert drawn == ["copy"]


async def test_twenty_who_ask_within_a_minute_share_one_reading(watch: Watch) -> None:
    await watch.fleet.refresh()
    await asyncio.gather(*(watch.observe("orders-test", "cpu") for _ in range(20)))
    watch.aws.advance(10)
    await watch.observe("orders-test", "cpu")

    assert len(watch.aws.calls("cloudwatch:GetMetricData")) == 1

    watch.aws.advance(60)
    await watch.observe("orders-test", "cpu")
    assert watch.monitoring.spent == "2, about $0.00"


async def test_the_week_before_lies_over_the_same_hours_and_is_read_once(watch: Watch) -> None:
    for _ in range(2):
        seen = await watch.observe("orders-test", "cpu", week_before=True)

    [panel] = seen.chart.panels
    now, earlier = panel.curves
    assert [one.is_earlier for one in panel.curves] == [False, True]
    assert earlier.series.points[0][0] >= seen.chart.window.since
    assert earlier.series.points[-1][0] <= seen.chart.window.until
    assert earlier.series.points != now.series.points
    assert watch.monitoring.requested == 2


async def test_a_reading_that_failed_is_not_remembered(watch: Watch) -> None:
    await watch.fleet.refresh()
    fault = watch.aws.fault("cloudwatch:*", "code", status=400, times=None)
    with pytest.raises(Exception, match="made to fail"):
        await watch.observe("orders-test", "cpu")
    watch.aws.mend(fault)

    assert (await watch.observe("orders-test", "cpu")).chart is not None


async def test_what_is_compared_has_one_scale_and_the_busiest_first(watch: Watch) -> None:
    databases = [await watch.fleet.find(name) for name in ("orders-test", "orders-prod")]

    seen = await watch.monitoring.compare(databases, Range.DAY, "connections", "UTC")

    assert seen.chart is not None
    assert [one.title for one in seen.chart.panels] == ["orders-prod", "orders-test"]
    assert len({one.reach for one in seen.chart.panels}) == 1
    assert spoken(seen.findings[0], "UTC").startswith("orders-prod: Connections ")


@pytest.mark.parametrize("span", list(Range))
def test_a_range_has_a_few_hundred_points(span: Range) -> None:
    assert 60 <= span.seconds / span.period <= 360
    assert span.period % 60 == 0


FULL_SOON = [200.0 - number for number in range(96)]


@pytest.mark.parametrize(
    ("metric", "week", "head"),
    [
        ("FreeStorageSpace", FULL_SOON, "storage full in about 1 day"),
        ("DatabaseConnections", FULL_SOON[::-1], "likely connection leak, from 105 to 200"),
        ("FreeStorageSpace", [105.0] * 96, "nothing unusual in the last hour"),
        ("DatabaseConnections", [105.0] * 96, "nothing unusual in the last hour"),
    ],
)
def test_what_fills_up_is_told_whatever_stretch_of_time_is_drawn(
    metric: str, week: list[float], head: str
) -> None:
    one = database()
    measure = Measure(target=one.target, metric=metric)
    hour = {measure: Series(metric=metric, unit="", points=over_the_day(*week)[-2:])}
    trend = {measure: Series(metric=metric, unit="", points=over_the_day(*week))}
    worth = _findings(one, hour, WINDOW, {}, Thresholds(), trend)

    told, *_ = judged(_judged(one, Range.HOUR, preset(one), hour, worth, (), trend))

    assert told == head


def test_a_trend_that_could_not_be_read_is_said_and_nothing_is_calm() -> None:
    one = database()
    [(measure, series)] = found(CONNECTIONS).items()
    trend = {measure: unread("DatabaseConnections")}

    head, *said = judged(_judged(one, Range.HOUR, preset(one), {measure: series}, (), (), trend))

    assert head == "not everything could be read"
    assert said[0] == "The trend of the last 7 days could not be read. CloudWatch erred"


@pytest.mark.parametrize(
    ("now", "then", "head"),
    [
        (99e6, 202e6, "Oldest transaction age: 99 M ids, last week 202 M (down 51 %)"),
        (202e6, 99e6, "Oldest transaction age: 202 M ids, last week 99 M (2 times as much)"),
        (99e6, 110e6, "nothing unusual in the last 24 hours"),
    ],
)
def test_nothing_is_calm_beside_what_is_double_or_half(now: float, then: float, head: str) -> None:
    one = database()
    metric = "MaximumUsedTransactionIDs"
    measure = Measure(target=one.target, metric=metric)
    today, before = (
        {measure: Series(metric=metric, unit="", points=over_the_day(value))}
        for value in (now, then)
    )

    told = _judged(
        one, Range.DAY, preset(one), today, (),
        earlier=before,
    )  # fmt: skip

    assert judged(told)[0] == head


@pytest.mark.parametrize(
    ("lately", "head"),
    [
        ((183 * 2**30, 179 * 2**30), "free storage space 179 GiB, below 200 GiB"),
        ((), "alarm, free storage space below 200 GiB"),
    ],
)
def test_an_alarm_is_the_heading_with_its_value_and_its_line(
    lately: tuple[float, ...], head: str
) -> None:
    alarm = Alarm(
        name="low", state=AlarmState.ALARM, metric="FreeStorageSpace", threshold=200 * 2**30,
        comparison="LessThanThreshold", lately=lately, since=NOON,
    )  # fmt: skip

    assert headed(alarm) == head


@pytest.fixture
def alarmed(aws: AWSSandbox) -> AWSSandbox:
    aws.seed_alarms([AlarmSpec("orders-cpu", "orders-test", "CPUUtilization", 95.0)])
    aws.client("cloudwatch").set_alarm_state(
        AlarmName="orders-cpu", StateValue="ALARM", StateReason="Threshold Crossed"
    )
    return aws


async def test_what_is_compared_shows_the_lines_of_its_alarms_on_the_one_scale(
    alarmed: AWSSandbox, watch: Watch
) -> None:
    databases = [await watch.fleet.find(name) for name in ("orders-test", "orders-prod")]

    seen = await watch.monitoring.compare(databases, Range.DAY, "cpu", "UTC")

    assert seen.chart is not None
    lines = {one.title: [line.label for line in one.alarms] for one in seen.chart.panels}
    assert lines == {"orders-test": ["alarm 95 %"], "orders-prod": []}
    assert {one.reach for one in seen.chart.panels} == {95.0}
    assert len(alarmed.calls("cloudwatch:DescribeAlarms")) == 1


async def test_an_alarm_on_another_metric_has_no_line_there(
    alarmed: AWSSandbox, watch: Watch
) -> None:
    databases = [await watch.fleet.find(name) for name in ("orders-test", "orders-prod")]

    seen = await watch.monitoring.compare(databases, Range.DAY, "connections", "UTC")

    assert seen.chart is not None
    assert [one.alarms for one in seen.chart.panels] == [(), ()]


async def test_alarms_that_cannot_be_read_are_said_beside_what_is_compared(watch: Watch) -> None:
    watch.aws.fault("cloudwatch:DescribeAlarms", "denied",
                    times=None)  # fmt: skip
    databases = [await watch.fleet.find(name) for name in ("orders-test", "orders-prod")]

    seen = await watch.monitoring.compare(databases, Range.DAY, "cpu", "UTC")

    assert seen.chart is not None
    assert "Whether alarms fire in us-east-1 could not be read." in spoken(seen.findings[-1], "UTC")
