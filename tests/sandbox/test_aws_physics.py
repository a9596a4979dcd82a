"""The parts that need no server: clocks, timelines, windows, pages, the wire."""

import io

import pytest
from moto.rds.exceptions import RDSClientError

from bot.sandbox.aws import AWSSandbox, ClockMovesItselfError, HeldClock
from bot.sandbox.aws.paging import page
from bot.sandbox.aws.timeline import Timeline, paced
from bot.sandbox.aws.windows import check_windows
from bot.sandbox.aws.wire import Protocol, error, nested, read
from bot.sandbox.aws.world import World

REBOOT = Timeline(100.0, (("available", 10.0), ("rebooting", 40.0)))


def test_a_held_clock_moves_only_when_told() -> None:
    clock = HeldClock(1_000.0)

    clock.advance(2.5)

    assert clock() == 1_002.5


def test_a_clock_that_moves_by_itself_cannot_be_advanced() -> None:
    with pytest.raises(ClockMovesItselfError, match="HeldClock"):
        AWSSandbox().advance(1)


@pytest.mark.parametrize(
    ("now", "status"),
    [(100, "available"), (109.9, "available"), (110, "rebooting"), (149.9, "rebooting")],
)
def test_a_timeline_goes_through_its_statuses(now: float, status: str) -> None:
    assert REBOOT.status_at(now) == status


def test_a_timeline_that_is_over_has_no_status_of_its_own() -> None:
    assert REBOOT.status_at(150) is None
    assert REBOOT.ends_at == 150


def test_a_timeline_knows_when_a_status_begins_and_ends() -> None:
    assert (REBOOT.begins("rebooting"), REBOOT.ends("available")) == (110, 110)
    assert (REBOOT.begins("absent"), REBOOT.ends("absent")) == (100, 150)


@pytest.mark.parametrize(("now", "percent"), [(100, 0), (120, 25), (149, 97), (150, 100)])
def test_progress_is_the_share_of_the_time_that_has_passed(now: float, percent: int) -> None:
    assert REBOOT.progress_at(now, "rebooting") == percent


def test_the_pace_shortens_every_phase() -> None:
    assert paced([("creating", 300), ("backing-up", 60)], 0, pace=20).ends_at == 18


def test_effects_happen_in_their_order_when_somebody_looks() -> None:
    clock, seen = HeldClock(0), list[str]()
    world = World(clock, pace=1)
    world.later(20, lambda: seen.append("second"))
    world.later(10, lambda: seen.append("first"))

    clock.advance(20)
    assert seen == []
    world.settle()

    assert seen == ["first", "second"]


def test_an_injected_ending_is_used_as_often_as_was_asked() -> None:
    world = World(HeldClock(), pace=1)
    world.will_end("create_db_snapshot", "failed", "nightly-*", times=1)

    endings = [
        world.ending("create_db_snapshot", name) for name in ("other", "nightly-1", "nightly-2")
    ]

    assert endings == [None, "failed", None]


def test_a_name_taken_again_gets_another_resource_id() -> None:
    world = World(HeldClock(), pace=1)

    first, second = world.resource_id("db", "arn:x"), world.resource_id("db", "arn:x")

    assert first != second
    assert first.startswith("db-")


@pytest.mark.parametrize(
    ("backup", "maintenance"),
    [
        ("03:00-03:30", "sun:05:00-sun:05:30"),
        ("23:45-00:15", "mon:00:15-mon:00:45"),
        ("01:00-01:30", "sun:23:45-mon:00:15"),
        ("00:00-23:00", "sun:23:00-mon:00:00"),
    ],
)
def test_windows_that_aws_accepts(backup: str, maintenance: str) -> None:
    check_windows(backup, maintenance)


@pytest.mark.parametrize(
    ("backup", "maintenance", "says"),
    [
        ("3:00-03:30", "sun:05:00-sun:05:30", "Invalid backup window format"),
        ("24:00-24:30", "sun:05:00-sun:05:30", "Invalid backup window format"),
        ("03:00-03:29", "sun:05:00-sun:05:30", "backup window must be at least 30"),
        ("03:00-03:30", "sun:05:00-sun:05:29", "maintenance window must be at least 30"),
        ("03:00-03:30", "never", "Invalid maintenance window format"),
        ("03:00-03:30", "wed:03:29-wed:04:00", "must not overlap"),
        ("23:45-00:15", "mon:00:10-mon:00:45", "must not overlap"),
        ("00:00-00:30", "sun:23:45-mon:00:15", "must not overlap"),
    ],
)
def test_windows_that_aws_refuses(backup: str, maintenance: str, says: str) -> None:
    with pytest.raises(RDSClientError) as refusal:
        check_windows(backup, maintenance)

    assert refusal.value.code == "InvalidParameterValue"
    assert says in refusal.value.message


def test_pages_follow_each_other_although_records_appear_in_between() -> None:
    records = [f"db-{number:02}" for number in range(0, 60, 2)]

    first, marker = page(records, str, 20, None)
    second, end = page([*records, "db-01", "db-59"], str, 20, marker)

    assert (first[-1], second[0], second[-1], end) == ("db-38", "db-40", "db-59", None)


@pytest.mark.parametrize("size", [0, 19, 101])
def test_a_page_has_between_20_and_100_records(size: int) -> None:
    with pytest.raises(RDSClientError, match="MaxRecords"):
        page(["a"], str, size, None)


def test_a_marker_that_aws_did_not_give_is_refused() -> None:
    with pytest.raises(RDSClientError, match="marker"):
        page(["a"], str, 20, "nonsense")


def test_query_parameters_become_lists_and_booleans() -> None:
    said = nested(
        [
            ("DBInstanceIdentifier", "orders-dev"),
            ("ForceFailover", "true"),
            ("Filters.Filter.1.Name", "db-instance-id"),
            ("Filters.Filter.1.Values.Value.2", "b"),
            ("Filters.Filter.1.Values.Value.1", "a"),
        ]
    )

    assert said == {
        "DBInstanceIdentifier": "orders-dev",
        "ForceFailover": True,
        "Filters": [{"Name": "db-instance-id", "Values": ["a", "b"]}],
    }


def test_a_request_in_cbor_is_named_by_its_path() -> None:
    request = read(
        {
            "HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 "
            "Credential=AKIATEST/20260701/us-east-1/monitoring/aws4_request, SignedHeaders=host",
            "HTTP_SMITHY_PROTOCOL": "rpc-v2-cbor",
            "PATH_INFO": "/service/GraniteServiceVersion20100801/operation/GetMetricData",
            "wsgi.input": io.BytesIO(b""),
        }
    )

    assert (request.name, request.region) == ("cloudwatch:GetMetricData", "us-east-1")
    assert request.protocol is Protocol.CBOR


def test_an_error_in_cbor_is_a_map_of_two_texts() -> None:
    answer = error(Protocol.CBOR, 400, "Throttling", "Rate exceeded")

    assert answer.body == (
        b"\xa2\x79\x00\x06__type\x79\x00\x0aThrottling\x79\x00\x07message\x79\x00\x0dRate exceeded"
    )
    assert ("smithy-protocol", "rpc-v2-cbor") in answer.headers
