"""Backup windows: overlaps over midnight and the week's end, and who set what AWS shows."""

from contextlib import nullcontext
from typing import Any

import pytest
from moto.rds.exceptions import InvalidParameterValue

from bot.errors import PreflightError
from bot.fleet.windows import overlaps
from bot.operation._setting import SETTLED
from bot.operations.modify_backup_window import ModifyBackupWindow
from bot.sandbox.aws.windows import check_windows
from bot.values import Plan, Risk, Stage
from tests.operations.door import cluster, door, order, sent
from tests.samples import NOW, sample_database, sample_target

#: Digits to Python, but not to AWS: 03:00-04:00.
ARABIC = "\u0660\u0663:\u0660\u0660-\u0660\u0664:\u0660\u0660"
CHANGE = ModifyBackupWindow(target="orders-staging", window="07:00-08:00")

OVERLAPS = [
    ("03:00-04:00", "sun:05:00-sun:05:30", False),
    ("04:30-05:00", "sun:05:00-sun:05:30", False),  # one ends where the other begins
    ("05:30-06:00", "sun:05:00-sun:05:30", False),
    ("04:31-05:01", "sun:05:00-sun:05:30", True),
    ("05:29-06:00", "sun:05:00-sun:05:30", True),
    ("05:05-05:35", "sun:05:00-sun:05:30", True),
    ("04:00-06:00", "sun:05:00-sun:05:30", True),  # around it
    ("05:10-05:40", "sun:05:00-sun:06:30", True),  # within it
    ("23:45-00:15", "sun:05:00-sun:05:30", False),
    ("23:45-00:15", "mon:00:00-mon:00:30", True),  # over midnight
    ("23:45-00:15", "sun:23:00-sun:23:45", False),
    ("23:30-00:00", "mon:00:00-mon:00:30", False),
    ("00:00-00:30", "sun:23:45-mon:00:15", True),  # over the week's end
    ("00:15-00:45", "sun:23:45-mon:00:15", False),
    ("23:15-23:45", "sun:23:45-mon:00:15", False),
    ("12:00-12:30", "sat:13:00-mon:11:00", True),  # over days
    ("11:30-12:30", "mon:13:00-tue:11:30", False),
    ("12:00-12:30", "Mon:12:15-Mon:12:45", True),  # however AWS spells it
    ("00:00-23:59", "wed:23:00-wed:23:30", True),
]


@pytest.mark.parametrize(("backup", "maintenance", "met"), OVERLAPS)
def test_windows_that_meet_overlap_and_those_that_touch_do_not(
    backup: str, maintenance: str, met: bool
) -> None:
    assert overlaps(backup, maintenance) is met


@pytest.mark.parametrize(("backup", "maintenance", "met"), OVERLAPS)
def test_aws_thinks_the_same(backup: str, maintenance: str, met: bool) -> None:
    refused = pytest.raises(InvalidParameterValue, match="must not overlap")

    with refused if met else nullcontext():
        check_windows(backup, maintenance)


@pytest.mark.parametrize("unreadable", ["", "none", "xyz:05:00-sun:05:30", "sun:5:00-sun:05:30"])
def test_a_maintenance_window_that_cannot_be_read_is_left_to_aws(unreadable: str) -> None:
    assert overlaps("05:00-06:00", unreadable) is False


@pytest.mark.parametrize(
    "window", ["00:00-00:29", "3:00-4:00", "03:00-24:00", "03:00", "03:00-03:00", ARABIC]
)
def test_what_is_no_window_is_refused(window: str) -> None:
    with pytest.raises(ValueError):
        ModifyBackupWindow(target="orders-staging", window=window)


@pytest.mark.parametrize("window", ["00:00-00:30", "23:45-00:15", "22:00-06:00", "00:00-23:59"])
def test_what_is_a_window_is_taken_as_it_stands(window: str) -> None:
    assert ModifyBackupWindow(target="orders-staging", window=window).window == window


async def _plan() -> Plan:
    return await CHANGE.plan(door(sample_database()), order())


async def test_the_call_sets_the_window_and_nothing_else() -> None:
    of_instance = (await _plan()).call
    of_cluster = (await CHANGE.plan(door(cluster()), order(cluster()))).call

    assert of_instance.action == "rds:ModifyDBInstance"
    assert of_instance.arguments == {
        "DBInstanceIdentifier": "orders-staging",
        "PreferredBackupWindow": "07:00-08:00",
        "ApplyImmediately": False,
    }
    assert of_cluster.action == "rds:ModifyDBCluster"
    assert of_cluster.arguments["DBClusterIdentifier"] == "shop-staging"


async def test_the_plan_shows_before_after_and_the_way_back() -> None:
    plan = await _plan()

    [difference] = plan.differences
    assert (difference.current, difference.wanted) == ("04:00-04:30 UTC", "07:00-08:00 UTC")
    assert "04:00-04:30" in plan.undo


@pytest.mark.parametrize(
    ("database", "why"),
    [
        ({"status": "stopped"}, "is stopped"),
        ({"backup_window": "07:00-08:00"}, "already"),
        ({"maintenance_window": "sun:07:30-sun:08:30"}, "overlaps the maintenance window"),
        ({"cluster": "shop-staging"}, "/rds backup-window shop-staging 07:00-08:00"),
    ],
)
async def test_what_aws_would_refuse_is_refused_before(database: dict[str, Any], why: str) -> None:
    with pytest.raises(PreflightError, match=why):
        await CHANGE.plan(door(sample_database(**database)), order())


async def test_it_warns_where_there_are_no_backups_or_something_is_pending() -> None:
    database = sample_database(backup_retention_days=0, pending={"MultiAZ": "true"})

    warnings = " ".join((await CHANGE.plan(door(database), order())).warnings)

    assert "Automated backups are off" in warnings
    assert "MultiAZ" in warnings
    assert CHANGE.risk_for(database).risk is Risk.HIGH
    assert CHANGE.risk_for(sample_database()).risk is Risk.MEDIUM


ANOTHER = sample_target(resource_id="db-ANOTHER")


@pytest.mark.parametrize(
    ("database", "stage"),
    [
        pytest.param({}, Stage.WAITING, id="as before"),
        pytest.param({"status": "modifying"}, Stage.WAITING, id="at it"),
        pytest.param({"backup_window": "07:00-08:00"}, Stage.SUCCEEDED, id="as wanted"),
        pytest.param(
            {"backup_window": "07:00-08:00", "status": "backing-up"}, Stage.SUCCEEDED, id="and busy"
        ),
        pytest.param({"backup_window": "01:00-01:30"}, Stage.FAILED, id="somebody else's"),
        pytest.param({"status": "failed"}, Stage.FAILED, id="ended badly"),
        pytest.param(
            {"backup_window": "07:00-08:00", "target": ANOTHER}, Stage.FAILED, id="replaced"
        ),
    ],
)
async def test_it_is_done_when_aws_shows_the_window(database: dict[str, Any], stage: Stage) -> None:
    aws = door(sample_database(**database))

    assert (await CHANGE.poll(aws, sent(await _plan()))).stage is stage


async def test_a_database_that_is_gone_has_failed() -> None:
    assert (await CHANGE.poll(door(None), sent(await _plan()))).stage is Stage.FAILED


@pytest.mark.parametrize(
    ("database", "after", "stage"),
    [
        ({"backup_window": "07:00-08:00"}, 1, Stage.SUCCEEDED),
        ({}, SETTLED, Stage.WAITING),
        ({}, SETTLED + 1, Stage.NOT_SENT),
    ],
)
async def test_a_lost_answer_is_found_out_by_looking(
    database: dict[str, Any], after: int, stage: Stage
) -> None:
    aws = door(sample_database(**database), now=NOW + after)

    assert (await CHANGE.reconcile(aws, sent(await _plan()))).stage is stage
