"""What is worth a word in a digest, and what of it is news."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.aws import cloudwatch, rds
from bot.aws.session import Account
from bot.digests import _metrics as measuring
from bot.digests._concerns import clear, concerns
from bot.digests._facts import DigestFacts, Event, Fires
from bot.digests._news import AGAIN, begins_week, news
from bot.digests._pictures import pictures
from bot.digests._survey import week
from bot.digests._unread import gaps
from bot.fleet.limits import ceiling
from bot.operation import Desk
from bot.operations.digest import PreviewDigest
from bot.settings._thresholds import Thresholds, read
from bot.values import (
    SECOND,
    Alarm,
    AlarmState,
    Classified,
    Concern,
    Database,
    Digest,
    Environment,
    HeatMap,
    Incident,
    Kind,
    Lifecycle,
    Line,
    Maintenance,
    Mention,
    Origin,
    Paragraph,
    Quota,
    RDSEvent,
    Section,
    Series,
    Span,
    Status,
    Tally,
    Trail,
    Week,
    Window,
)
from bot.values._digests import needing
from handlers.blocks.text import plain
from storage.tables.concerns import ToldState
from tests.samples import (
    ANA,
    NOW,
    sample_database,
    sample_person,
    sample_request,
    sample_target,
)

HOUR = 3600 * SECOND
DAY = 24 * HOUR
GIB = 2.0**30
MIDNIGHT = NOW // DAY * DAY


def series(
    metric: str, *values: float, every: int = HOUR, until: int = NOW, unit: str = ""
) -> Series:
    """The last value was measured at ``until``."""
    first = until - (len(values) - 1) * every
    points = tuple((first + number * every, value) for number, value in enumerate(values))
    return Series(metric=metric, unit=unit, points=points)


def facts(*databases: Database, **changes: Any) -> DigestFacts:
    classified = {
        one.target: Classified(environment=Environment.STAGING, rule="tag") for one in databases
    }
    return DigestFacts(now=NOW, databases=databases, **{"classified": classified, **changes})


def of(found: DigestFacts) -> list[tuple[Section, str]]:
    return [(one.section, said(one)) for one in concerns(found)]


def said(concern: Concern) -> str:
    return "".join(map(_text, concern.line))


def _text(span: Span) -> str:
    return span if isinstance(span, str) else getattr(span, "text", "…")


def storage(*gib: float, **changes: Any) -> DigestFacts:
    one = sample_database(**changes)
    free = series("FreeStorageSpace", *(value * GIB for value in gib), unit="B")
    key, lately = (one.target, "FreeStorageSpace"), free.points[-7:]
    return facts(
        one, fortnight={key: free}, lately={key: free.model_copy(update={"points": lately})}
    )


def falling(start: float, a_day: float, days: int = 14) -> list[float]:
    return [start - a_day * hour / 24 for hour in range(days * 24 + 1)]


def test_a_fleet_that_is_well_gives_nothing_to_say() -> None:
    one = sample_database()

    assert concerns(facts(one)) == ()
    assert of(storage(*[100.0] * 300)) == []
    assert of(storage(*falling(90, 0.5))) == []


def test_storage_that_fills_up_is_told_with_its_day() -> None:
    [(section, told)] = of(storage(*falling(100, 5)))

    assert section is Section.ACTION
    assert told == (
        "orders-staging (staging) has 30 GiB of storage free and takes 5 GiB a day: "
        "full in about 6 days (…)."
    )


def test_storage_that_is_full_is_told_whatever_the_days_before_say() -> None:
    one = sample_database(storage_gib=100, storage_limit_gib=400)
    key = one.target, "FreeStorageSpace"
    fallen = series("FreeStorageSpace", *(value * GIB for value in falling(100, 5)), unit="B")
    none_left = series("FreeStorageSpace", 4 * GIB, 0.0, unit="B")

    for fortnight in ({key: fallen}, {}):
        [found] = concerns(facts(one, fortnight=fortnight, lately={key: none_left}))

        assert (found.section, found.state) == (Section.ACTION, "full")
        assert said(found) == "orders-staging (staging) has no storage left."


def test_limits_are_those_of_the_settings_where_they_set_any() -> None:
    one = sample_database()
    lately = {
        (one.target, metric): series(metric, *[value] * 6, unit=cloudwatch.UNITS[metric])
        for metric, value in (
            ("FreeStorageSpace", 15 * GIB), ("FreeableMemory", 0.9 * GIB), ("ReplicaLag", 40.0),
            ("DiskQueueDepth", 30.0), ("CPUCreditBalance", 90.0),
        )
    }  # fmt: skip
    limit = ceiling(one, "1000")
    assert limit
    counted = {(one.target, "DatabaseConnections"): series("DatabaseConnections", 600)}
    found = facts(one, lately=lately, day=counted, limits={one.target: limit})
    given = {"storage": "20 GiB", "memory": "1 GiB", "lag": "30 s", "queue": 20, "credits": 100,
             "connections": 50}  # fmt: skip

    filling = {(one.target, "FreeStorageSpace"): series(
        "FreeStorageSpace", *(value * GIB for value in falling(25, 0.8)), unit="B"
    )}  # fmt: skip
    found = replace(found, fortnight=filling)

    [trend] = concerns(found)
    assert trend.section is Section.TREND
    set_to = read(given)
    assert isinstance(set_to, Thresholds)
    told = [said(one) for one in concerns(replace(found, thresholds=set_to))]
    assert len(told) == len(given)
    assert "orders-staging (staging) has 15 GiB of storage free, below the 20 GiB set." in told


def test_storage_that_fills_up_later_is_a_trend() -> None:
    [(section, told)] = of(storage(*falling(100, 3)))

    assert section is Section.TREND
    assert "full in about 19 days" in told


def test_storage_that_aws_enlarges_by_itself_is_full_so_much_later() -> None:
    assert of(storage(*falling(100, 5), storage_gib=100, storage_limit_gib=400)) == []
    [(_, told)] = of(storage(*falling(100, 5), storage_gib=100, storage_limit_gib=110))
    assert "full in about 8 days, with the 10 GiB more that AWS adds by itself (" in told


def test_what_has_begun_this_morning_is_seen_today() -> None:
    [(_, told)] = of(storage(*[100.0] * 300, *(100 - 8 * hour for hour in range(1, 7))))

    assert "full in less than a day" in told


@pytest.mark.parametrize("values", [(), (50.0,), (1.0, 1.0)])
def test_too_few_figures_say_nothing(values: tuple[float, ...]) -> None:
    assert of(storage(*values)) == []


def test_connections_near_the_limit() -> None:
    one = sample_database()
    counted = {(one.target, "DatabaseConnections"): series("DatabaseConnections", 100, 800, 300)}

    of_class, of_group = ceiling(one, None), ceiling(one, "820")
    assert of_class
    assert of_group

    [found] = concerns(facts(one, day=counted, limits={one.target: of_class}))

    assert found.section is Section.ACTION
    assert "had 800 connections, 89 % of the ≈ 901 that it takes" in said(found)
    [found] = concerns(facts(one, day=counted, limits={one.target: of_group}))
    assert "had 800 connections, 98 % of the 820 that it takes" in said(found)
    assert concerns(facts(one, day=counted)) == ()
    assert (found.metrics, found.state) == ("connections --range 24h", "5")


def test_what_runs_out_inside_a_database() -> None:
    one = sample_database()
    lately = {
        (one.target, "CPUCreditBalance"): series("CPUCreditBalance", 90, 4),
        (one.target, "MaximumUsedTransactionIDs"): series("x", 1.2e9),
        (one.target, "ReplicaLag"): series("ReplicaLag", 900),
    }

    told = " ".join(text for _, text in of(facts(one, lately=lately)))

    assert "has 4 CPU credits left" in told
    assert "transactions that are 1,200 million old" in told
    assert "is 15 minutes behind its primary" in told


@pytest.mark.parametrize(
    ("size", "told"), [("db.t2.small", "slowed down"), ("db.t4g.medium", "AWS charges")]
)
def test_without_credits_only_the_oldest_burstable_class_is_slow(size: str, told: str) -> None:
    one = sample_database(instance_class=size)

    [(_, line)] = of(facts(one, lately={(one.target, "CPUCreditBalance"): series("x", 4)}))

    assert told in line


@pytest.mark.parametrize(
    ("metric", "values", "changes", "told"),
    [
        ("FreeableMemory", [0.2 * GIB] * 6, {}, "no more than 205 MiB of 8 GiB of memory free"),
        ("FreeableMemory", [0.2 * GIB] * 5 + [GIB], {}, None),
        ("FreeableMemory", [0.2 * GIB] * 6, {"engine": "aurora-postgresql"}, None),
        ("SwapUsage", [GIB, 2 * GIB], {}, "keeps 1 GiB of its memory swapped out"),
        ("DiskQueueDepth", [90, 80.0], {}, "kept 80 requests and more waiting for its disk"),
        ("DiskQueueDepth", [90, 3.0], {}, None),
        ("AuroraReplicaLag", [2400.0], {}, "is 2.4 seconds behind its writer"),
    ],
)
def test_what_is_short_for_hours(
    metric: str, values: list[float], changes: dict[str, Any], told: str | None
) -> None:
    one = sample_database(**changes)
    unit = cloudwatch.UNITS[metric]

    found = of(facts(one, lately={(one.target, metric): series(metric, *values, unit=unit)}))

    assert [told in line for _, line in found if told] == ([True] if told else [])
    assert len(found) == bool(told)


def test_a_replica_that_does_not_replicate_is_not_one_without_lag() -> None:
    one = sample_database()
    lag = series("ReplicaLag", 3.0, -1.0, unit="s")

    [(section, told)] = of(facts(one, lately={(one.target, "ReplicaLag"): lag}))

    assert section is Section.ACTION
    assert told.endswith("does not replicate: AWS cannot tell how far it is behind its primary.")


def test_a_replica_in_another_region_is_one_by_its_arn() -> None:
    copied = "arn:aws:rds:eu-west-1:123456789012:db:orders-copy"
    source = sample_database(replicas=("orders-near", copied))
    near, far, other = (
        sample_database(
            target=sample_target(identifier=name, region=region), backup_retention_days=0
        )
        for name, region in (
            ("orders-near", "us-east-1"), ("orders-copy", "eu-west-1"), ("orders-copy", "us-east-1")
        )
    )  # fmt: skip
    found = facts(source, near, far, other)
    asked = measuring.lately(found.databases)

    assert [found.is_replica(one) for one in found.databases] == [False, True, True, False]
    assert [
        any(measure.metric == "ReplicaLag" for measure in asked(one)) for one in found.databases
    ] == [False, True, True, False]


def test_a_member_of_a_cluster_that_the_internet_reaches_is_told() -> None:
    shop = sample_database(target=sample_target(kind=Kind.CLUSTER, identifier="shop"))
    member = sample_database(cluster="shop", public=True, encrypted=False)

    assert of(facts(shop, member)) == [
        (Section.TREND, "orders-staging (staging): can be reached from the internet "
                        "(publicly accessible)."),
    ]  # fmt: skip


def test_what_is_not_measured_is_not_all_clear() -> None:
    silent, loud, stopped = (
        sample_database(target=sample_target(identifier=name, resource_id=name), status=status)
        for name, status in (("a", "available"), ("b", "available"), ("c", "stopped"))
    )
    cpu = "CPUUtilization"
    day = {(silent.target, cpu): series(cpu), (loud.target, cpu): series(cpu, 5.0, unit="%")}

    found = concerns(facts(silent, loud, stopped, day=day))

    assert [said(one) for one in found] == [
        "a (staging): CloudWatch has had no figures of it for a day. What runs short there is not "
        "seen."
    ]
    assert not {"storage", "connections", "memory and disks", "replicas"} & set(clear(found))
    assert "backups" in clear(found)


def test_a_disk_that_has_used_up_its_credits_is_a_trend() -> None:
    one = sample_database()
    left = series("EBSIOBalance%", 90, 4, 60)

    [(section, told)] = of(facts(one, day={(one.target, "EBSIOBalance%"): left}))

    assert section is Section.TREND
    assert "had 4 % of its I/O credits left …" in told


def test_a_restart_and_a_better_hour_for_backups_are_a_click_away() -> None:
    one = sample_database(parameters_wait=True, parameter_group="orders", multi_az=False,
                          backup_window="14:00-14:30")  # fmt: skip
    cpu = series("CPUUtilization", *[20.0] * 23, 70.0, until=MIDNIGHT + 14 * HOUR)

    restart, window = concerns(facts(one, day={(one.target, "CPUUtilization"): cpu}))

    assert "waits for a restart: changes in orders take effect with it" in said(restart)
    assert restart.mend == "reboot_instance"
    assert "is backed up at 14:00-14:30 UTC, its busiest hour (70 % CPU)" in said(window)
    assert window.mend == "modify_backup_window"


@pytest.mark.parametrize(
    ("days", "stays", "section", "told"),
    [
        (20, True, Section.ACTION, "From then on AWS charges extra for extended support; that"),
        (100, False, Section.TREND, "From then on AWS upgrades it to a newer major version"),
        (-5, None, Section.TREND, "Since then AWS charges extra for extended support, or upgrades"),
        (200, True, None, ""),
    ],
)
def test_engines_that_leave_their_support_are_one_line(
    days: int, stays: bool | None, section: Section | None, told: str
) -> None:
    fleet = [
        sample_database(target=sample_target(identifier=name, resource_id=name),
                        engine_version=version, extended_support=stays)
        for name, version in [("a", "16.4"), ("b", "16.8"), ("c", "17.1")]
    ]  # fmt: skip
    life = Lifecycle(engine="postgres", major="16", standard_until=NOW + days * DAY,
                     extended_until=NOW + 1000 * DAY)  # fmt: skip

    found = of(facts(*fleet, lifecycles=(life,)))

    assert [one for one, _ in found] == ([section] if section else [])
    assert all(line.startswith("a (staging) and b (staging): postgres 16 ") for _, line in found)
    assert all(told in line for _, line in found)


@pytest.mark.parametrize(
    ("used", "section"), [(79, None), (85, Section.TREND), (96, Section.ACTION)]
)
def test_snapshots_near_what_aws_allows(used: int, section: Section | None) -> None:
    quota = Quota(account="main", region="us-east-1", used=used, most=100)

    assert [one for one, _ in of(facts(quotas=(quota,)))] == ([section] if section else [])


def test_snapshots_of_clusters_are_counted_apart() -> None:
    of_instances = Quota(account="main", region="us-east-1", used=96, most=100)
    of_clusters = of_instances.model_copy(update={"kind": Kind.CLUSTER})

    found = concerns(facts(quotas=(of_instances, of_clusters)))

    assert {one.key for one in found} == {
        "snapshots:main/us-east-1", "cluster-snapshots:main/us-east-1",
    }  # fmt: skip
    told = " ".join(map(said, found))
    assert "96 of the 100 manual snapshots of clusters that AWS allows" in told


def test_what_is_unclean_is_a_line_each_once_a_week() -> None:
    names = [sample_target(identifier=name, resource_id=name) for name in "abcde"]
    fleet = [
        sample_database(target=one, encrypted=False, public=True, deletion_protection=False,
                        backup_retention_days=1, replicas=("e",))
        for one in names
    ]  # fmt: skip
    production = Classified(environment=Environment.PRODUCTION, rule="tag")

    found = concerns(facts(*fleet, classified=dict.fromkeys(names[:4], production)))

    lines = [said(one) for one in found]
    assert lines[0].startswith("a (production), b (production), c (production) and 2 more: can be")
    assert "not encrypted at rest" in lines[1]
    assert "and d (production): deletion protection is off" not in lines[2]
    assert lines[2].endswith(
        "c (production) and 1 more: deletion protection is off, in production."
    )
    assert lines[3].endswith("and 1 more: backups are kept for less than 7 days.")
    assert all(one.is_weekly for one in found)


def test_what_is_told_weekly_waits_for_the_first_digest_of_a_week() -> None:
    weekly = a_concern("hygiene:public").model_copy(update={"is_weekly": True})

    tuesday = news([weekly], {}, (), NOW, weekly=False)
    assert (tuesday.concerns, tuesday.unchanged, tuesday.told) == ((), 0, {})

    monday = news([weekly], {}, (), NOW)
    assert [one.is_known for one in monday.concerns] == [False]
    assert news([weekly], monday.told, (), NOW + DAY, weekly=False).told == monday.told
    again = news([weekly], monday.told, (), NOW + 3 * DAY)
    assert [one.is_known for one in again.concerns] == [True]


def test_a_week_begins_on_monday_where_the_digest_is_read() -> None:
    sunday = NOW // (7 * DAY) * 7 * DAY + 3 * DAY + 23 * HOUR + HOUR // 2  # 23:30 UTC

    assert begins_week(sunday - DAY, sunday, "Europe/Berlin")
    assert not begins_week(sunday - DAY, sunday, "UTC")
    assert begins_week(None, sunday, "UTC")


def test_an_audit_trail_that_does_not_add_up_comes_first() -> None:
    late = sample_database(latest_restorable_at=NOW - HOUR)

    [first, _] = of(facts(late, trail=Trail(wrong="Audit row 7: body: its hash does not match")))

    assert first[1].startswith("The audit trail does not add up. Audit row 7: body")


def unread(metric: str, *values: float, why: str = "CloudWatch erred.") -> Series:
    return series(metric, *values).model_copy(update={"unread": why})


def test_what_could_not_be_read_is_named_with_why_and_is_not_unmeasured() -> None:
    a, b, c, d = (
        sample_database(target=sample_target(identifier=name, resource_id=name)) for name in "abcd"
    )
    cpu, free = "CPUUtilization", "FreeStorageSpace"
    day = {(one.target, cpu): unread(cpu) for one in (a, b, c, d)}
    lately = {(a.target, free): unread(free, 5.0, why="Only half came.")}

    lines = [said_line(one) for one in gaps((a, b, c, d), (day, lately))]

    assert lines == [
        "CloudWatch did not tell all of main/us-east-1: a, b, c and 1 more could not be read "
        "(CPU). CloudWatch erred.",
        "CloudWatch did not tell all of main/us-east-1: a could be read only in part "
        "(Free storage). Only half came.",
    ]
    assert concerns(facts(a, b, c, d, day=day)) == ()


def said_line(line: Line) -> str:
    return "".join(map(_text, line))


def test_an_alarm_that_fires_needs_somebody_and_clears_nothing() -> None:
    one = sample_database()
    alarm = Alarm(
        name="a-free", state=AlarmState.ALARM, since=NOW - HOUR, metric="FreeStorageSpace",
        comparison="LessThanThreshold", threshold=GIB,
    )  # fmt: skip
    found = facts(one, firing=(Fires(alarm, one),))

    assert of(found) == [
        (Section.ACTION, "orders-staging (staging): alarm a-free fires since …: free storage space "
                         "below 1 GiB."),
    ]  # fmt: skip
    assert "storage" not in clear(concerns(found), found)


@pytest.mark.parametrize("at", [None, NOW])
def test_an_alarm_that_somebody_handles_says_so_and_who(at: int | None) -> None:
    one = sample_database()
    alarm = Alarm(name="a-free", state=AlarmState.ALARM, since=NOW - HOUR, metric="SwapUsage")
    incident = Incident(
        id=7, key="alarm", source=Origin.ALARM, title="swap", alarm="a-free", target=one.target,
        place="main/us-east-1", started_at=NOW - HOUR, fired_at=NOW - HOUR, acknowledged_at=at,
        acknowledged_by=ANA if at else None,
    )  # fmt: skip

    [told] = concerns(facts(one, firing=(Fires(alarm, one),), incidents=(incident,)))

    assert (Mention(person=ANA) in told.line) is bool(at)
    assert plain(told.brief).endswith(", acknowledged") is bool(at)


def test_a_cluster_and_its_member_are_one_that_needs_action() -> None:
    target = sample_target(identifier="shop", resource_id="shop", kind=Kind.CLUSTER)
    cluster = sample_database(target=target)
    member = sample_database(
        target=sample_target(identifier="shop-1", resource_id="shop-1"), cluster="shop"
    )
    alarms = (Alarm(name=f"a-{n}", state=AlarmState.ALARM, since=NOW, metric="SwapUsage")
              for n in (1, 2))  # fmt: skip
    firing = tuple(map(Fires, alarms, (cluster, member)))

    told = concerns(facts(cluster, member, firing=firing))

    assert len({one.family for one in told}) == 1
    assert needing(told) == "1 needs action (2 findings)"


def test_an_alarm_about_several_databases_is_told_of_its_place() -> None:
    alarm = Alarm(name="all-slow", state=AlarmState.ALARM, since=NOW - HOUR, metric="SwapUsage")
    found = facts(sample_database(), firing=(Fires(alarm, None, "main/us-east-1"),))

    [(section, line)] = of(found)
    assert section is Section.ACTION
    assert line.startswith("main/us-east-1: alarm all-slow fires since")


MEASURED = {"storage", "connections", "memory and disks", "replicas"}


@pytest.mark.parametrize(
    ("metric", "areas"),
    [
        ("SwapUsage", {"memory and disks"}),
        ("DiskQueueDepth", {"memory and disks"}),
        ("BurstBalance", {"memory and disks"}),
        ("CPUCreditBalance", {"memory and disks"}),
        ("FreeableMemory", {"memory and disks"}),
        ("ReplicaLag", {"replicas"}),
        ("AuroraReplicaLag", {"replicas"}),
        ("FreeLocalStorage", {"storage"}),
        ("LoginFailures", {"connections"}),
        ("CPUUtilization", set()),
        ("AMetricOfTomorrow", MEASURED),
        ("", MEASURED),  # of an alarm that combines others
    ],
)
def test_what_an_alarm_is_about_is_not_clear(metric: str, areas: set[str]) -> None:
    one = sample_database()
    alarm = Alarm(name="a", state=AlarmState.ALARM, since=NOW - HOUR, metric=metric)
    found = facts(one, firing=(Fires(alarm, one),))

    assert MEASURED - set(clear(concerns(found), found)) == areas


def test_an_area_is_not_clear_of_which_there_are_no_figures() -> None:
    one = sample_database()
    found = facts(one, lately={(one.target, "FreeStorageSpace"): series("FreeStorageSpace")})

    assert "storage" not in clear((), found)
    assert "connections" in clear((), found)


def test_the_map_says_whose_cpu_it_lacks() -> None:
    a, b, c = (
        sample_database(target=sample_target(identifier=name, resource_id=name)) for name in "abc"
    )
    cpu = "CPUUtilization"
    day = {
        (a.target, cpu): unread(cpu),
        (b.target, cpu): series(cpu, 50.0, 60.0, 70.0),
        (c.target, cpu): unread(cpu, 10.0, 20.0, 30.0),
    }

    [made] = pictures(facts(a, b, c, day=day), (), "UTC")

    heat = made.chart
    assert isinstance(heat, HeatMap)
    assert heat.title == "CPU by database and hour"
    assert made.title.startswith("CPU by hour: b was the busiest that could be read, at ")
    assert heat.unread == "CPU of a, c could not be read, or only in part"
    assert [row.label for row in heat.rows] == ["b", "c"]
    assert pictures(facts(a, day={(a.target, cpu): unread(cpu)}), (), "UTC") == ()


def test_the_map_shows_the_busiest_twelve_hour_by_hour_with_their_gaps() -> None:
    fleet = [
        sample_database(target=sample_target(identifier=f"db-{n}", resource_id=f"db-{n}"))
        for n in range(50)
    ]
    this_hour = NOW // HOUR * HOUR
    day = {
        (one.target, "CPUUtilization"): Series(metric="CPUUtilization", unit="%", points=(
            (this_hour - 3 * HOUR, n / 2), (this_hour - HOUR, n), (this_hour, 99.0)))
        for n, one in enumerate(fleet)
    }  # fmt: skip

    [made] = pictures(facts(*fleet, day=day), (), "Europe/Berlin")

    heat = made.chart
    assert isinstance(heat, HeatMap)
    assert made.title == "CPU by hour: db-49 was the busiest, at 49 %"
    assert heat.about == "50 databases, last 24 hours"
    assert [row.label for row in heat.rows][::11] == ["db-49", "db-38"]
    assert heat.others == 38
    assert heat.rows[0].values == (*[None] * 21, 24.5, None, 49.0)
    assert pictures(facts(*fleet), (), "UTC") == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ["Nothing needs action"]),
        ({"notes": (("I could not look into main/us-east-1.",),)},
         ["As far as I could look, nothing needs action",
          "I could not look into main/us-east-1."]),
        ({"snoozed": 2}, ["Nothing else needs action", "2 snoozed in this channel."]),
        ({"snoozed": 2, "notes": (("CloudWatch did not tell all.",),)},
         ["As far as I could look, nothing else needs action",
          "CloudWatch did not tell all.", "2 snoozed in this channel."]),
        ({"databases": 0}, ["There is no database of all to look at"]),
    ],
)  # fmt: skip
async def test_a_preview_calls_nothing_well_that_it_has_not_seen(
    changes: dict[str, Any], told: list[str]
) -> None:
    class Looking:
        async def digest(self, _: object) -> Digest:
            about = {"title": "Digest", "at": NOW, "scope": "all", "databases": 3}
            return Digest(**{**about, **changes})

        async def may_use(self, *_: object) -> bool:
            return True

    given = await PreviewDigest().answer(cast(Desk, Looking()), sample_person())

    lines = ["".join(map(str, one.line)) for one in given.parts if isinstance(one, Paragraph)]
    assert [given.title, *lines[1:]] == told


def test_areas_without_a_concern_are_clear() -> None:
    late = facts(sample_database(latest_restorable_at=NOW - HOUR))

    assert "backups" not in clear(concerns(late))
    assert "storage" in clear(concerns(late))


def test_backups_that_are_behind_can_be_mended() -> None:
    late = sample_database(latest_restorable_at=NOW - HOUR)

    [found] = concerns(facts(late))

    assert "can be restored only as it was …: its backups are behind" in said(found)
    assert (found.mend, found.database) == ("create_snapshot", "orders-staging@main/us-east-1")
    assert concerns(facts(sample_database(latest_restorable_at=NOW - HOUR, cluster="shop"))) == ()
    stopped = sample_database(latest_restorable_at=NOW - HOUR, status="stopped")
    assert concerns(facts(stopped)) == ()


@pytest.mark.parametrize("status", ["failed", "storage-full", "incompatible-network"])
def test_a_database_that_nobody_can_use_comes_first(status: str) -> None:
    broken = sample_database(status=status, latest_restorable_at=NOW - HOUR)

    [found] = concerns(facts(broken))

    assert f"is {status}. Nobody can use it" in said(found)


def test_maintenance_certificates_and_restarts_are_told_when_they_are_near() -> None:
    one = sample_database(certificate_until=NOW + 20 * DAY, status="stopped", restarts_at=NOW + DAY)
    pending = Maintenance(arn=one.arn, action="system-update", due_at=NOW + 3 * DAY)
    later = pending.model_copy(update={"action": "db-upgrade", "due_at": NOW + 30 * DAY})
    never = pending.model_copy(update={"action": "hardware", "due_at": None})

    told = [text for _, text in of(facts(one, maintenance=(pending, later, never)))]

    assert told == [
        "orders-staging (staging) has a certificate until …. Clients that check it are refused "
        "from then on.",
        "orders-staging (staging) is stopped, and AWS starts it …: it keeps none stopped for "
        "more than seven days.",
        "orders-staging (staging): system-update. AWS applies it by itself, from … on.",
    ]


def test_what_fails_by_itself_comes_before_what_aws_plans_and_production_first() -> None:
    """An update of tomorrow harms nobody; storage that is full in twelve days does."""
    shop, copy = (
        sample_database(target=sample_target(identifier=name)) for name in ("shop", "copy")
    )
    free = {
        (one.target, "FreeStorageSpace"): series(
            "FreeStorageSpace", *(value * GIB for value in falling(200, 10)), unit="B"
        )
        for one in (shop, copy)
    }
    update = Maintenance(arn=copy.arn, action="system-update", due_at=NOW + DAY)
    classified = {
        shop.target: Classified(environment=Environment.PRODUCTION, rule="tag"),
        copy.target: Classified(environment=Environment.STAGING, rule="tag"),
    }

    found = concerns(
        facts(shop, copy, classified=classified, maintenance=(update,), fortnight=free, lately=free)
    )

    assert [(one.name, one.key.partition(":")[0]) for one in found] == [
        ("shop", "storage"), ("copy", "storage"), ("copy", "maintenance-system-update")
    ]  # fmt: skip
    assert said(found[0].model_copy(update={"line": found[0].headline})) == (
        "shop full in about 6 days: 60 GiB left"
    )


def test_a_stopped_cluster_is_about_to_start_with_its_members() -> None:
    raw = {
        "DBClusterIdentifier": "shop", "DbClusterResourceId": "cluster-SHOP", "Status": "stopped",
        "AutomaticRestartTime": datetime.fromtimestamp((NOW + DAY) / SECOND, UTC),
        "BackupRetentionPeriod": 7,
    }  # fmt: skip
    shop = rds.cluster(raw, Account(id="1", name="main", regions=()), "us-east-1", NOW)
    member = sample_database(status="stopped", restarts_at=NOW + DAY, cluster="shop")

    [(_, told)] = of(facts(shop, member))

    assert told.startswith("shop (staging) is stopped, and AWS starts it …")


def test_what_happened_is_one_line_a_database() -> None:
    one = sample_database()
    events = tuple(
        Event(
            RDSEvent(at=NOW - number * HOUR, source_kind="db-instance", source=one.name,
                     message=message, categories=(category,)),
            one,
        )
        for number, (message, category) in enumerate(
            [("Failover completed.", "failover"), ("Failover started", "failover"),
             ("Backing up DB instance", "backup")]
        )
    )  # fmt: skip

    assert of(facts(one, events=events)) == [
        (Section.CHANGED,
         "orders-staging (staging): Failover completed and 1 more, the last …."),
    ]  # fmt: skip


def test_a_request_of_which_nobody_knows_how_it_ended() -> None:
    [(section, told)] = of(facts(unknown=(sample_request(status=Status.UNKNOWN),)))

    assert section is Section.ACTION
    assert told.startswith("RDS-1042 ended unknown: Reboot orders-staging with failover.")


def test_yesterday_is_held_against_such_days_of_the_weeks_before() -> None:
    one = sample_database()

    def cpu(*values: float) -> DigestFacts:
        days = series("CPUUtilization", *values, every=DAY, until=MIDNIGHT - DAY, unit="%")
        return facts(one, weeks={(one.target, "CPUUtilization"): days})

    usual = [20.0, 21, 19, 22, 20, 5, 6] * 4
    assert of(cpu(*usual, 20)) == []
    [(section, told)] = of(cpu(*usual, 70))
    assert section is Section.TREND
    assert "had 70 % CPU on average yesterday, more than the 20 % of such a day" in told
    assert of(cpu(70)) == []


def test_the_gravest_comes_first_and_keys_tell_all_apart() -> None:
    first, second = (
        sample_database(target=sample_target(identifier=name, resource_id=f"db-{name}"),
                        latest_restorable_at=NOW - HOUR, status=status)
        for name, status in (("aaa", "available"), ("zzz", "failed"))
    )  # fmt: skip

    found = concerns(facts(first, second))

    assert [said(one).split()[0] for one in found] == ["zzz", "aaa"]
    assert len({one.key for one in found}) == 2


def test_a_cluster_is_named_so_that_it_can_be_typed() -> None:
    cluster = sample_database(
        target=sample_target(kind=Kind.CLUSTER), latest_restorable_at=NOW - HOUR
    )

    [found] = concerns(facts(cluster))

    assert found.database == "cluster:orders-staging@main/us-east-1"


def a_concern(key: str = "storage:a", state: str = "14") -> Concern:
    return Concern(key=key, section=Section.ACTION, line=("x",), state=state)


def test_what_is_unchanged_is_news_again_after_a_week() -> None:
    told = {"storage:a": ToldState("14", NOW)}

    soon = news([a_concern()], told, (), NOW + DAY)
    assert (soon.concerns, soon.unchanged, soon.told) == ((), 1, told)

    again = news([a_concern()], told, (), NOW + AGAIN)
    assert [one.is_known for one in again.concerns] == [True]
    assert again.told == {"storage:a": ToldState("14", NOW + AGAIN)}


def test_what_got_worse_is_news_at_once() -> None:
    found = news([a_concern(state="7")], {"storage:a": ToldState("14", NOW)}, (), NOW + DAY)

    assert [one.is_known for one in found.concerns] == [False]
    assert found.told == {"storage:a": ToldState("7", NOW + DAY)}


def test_what_was_mended_is_forgotten_and_news_when_it_comes_back() -> None:
    gone = news([], {"storage:a": ToldState("14", NOW)}, (), NOW + DAY)
    assert gone.told == {}

    back = news([a_concern()], gone.told, (), NOW + 2 * DAY)
    assert len(back.concerns) == 1


def test_what_is_snoozed_is_left_out_and_news_afterwards() -> None:
    asleep = news([a_concern()], {"storage:a": ToldState("14", NOW)}, {"storage:a"}, NOW + DAY)

    assert (asleep.concerns, asleep.unchanged, asleep.snoozed, asleep.told) == ((), 0, 1, {})


@pytest.mark.parametrize("size", ["db.t4g.medium", "db.m6g.large"])
def test_a_thousand_databases_cost_few_calls(size: str) -> None:
    """Within CloudWatch's limits of queries and points."""
    fleet = [
        sample_database(target=sample_target(resource_id=f"db-{number}"), instance_class=size)
        for number in range(1000)
    ]
    asked = (
        (measuring.storage, measuring.FORTNIGHT, measuring.THREE_HOURS),
        (measuring.daily, measuring.DAY, measuring.HOUR),
        (measuring.lately(fleet), measuring.LATELY, measuring.HOUR),
        (measuring.weekly, measuring.WEEKS, measuring.DAY),
    )

    calls = [
        batch
        for measures, length, period in asked
        for batch in cloudwatch.batches(
            [one for database in fleet for one in measures(database)],
            Window.ending(NOW, length, period),
        )
    ]

    assert len(calls) <= 25


def test_the_week_counts_what_was_asked_and_how_it_ended() -> None:
    counted = (
        ("reboot_instance", Status.SUCCEEDED, 1100), ("reboot_instance", Status.FAILED, 1),
        ("create_snapshot", Status.SUCCEEDED, 20), ("create_snapshot", Status.PENDING, 3),
    )  # fmt: skip
    quiet = Tally(since=0, until=NOW, requests=(), denied=0, waits=(), incidents=(), most=1000)
    busy = quiet.model_copy(
        update={"requests": counted, "denied": 2, "waits": (HOUR, 2 * HOUR, 3 * HOUR)}
    )

    assert week(busy) == Week(
        requests=1124, executed=1121, succeeded=1120, denied=2, approved_after=2 * HOUR
    )
    assert week(quiet) == Week()
