"""Snapshots: names, tags, and whose snapshot it is that AWS shows."""

import re
from typing import Any

import botocore.session
import pytest

from bot.errors import PreflightError
from bot.operation import REQUEST_TAG
from bot.operations.create_snapshot import SETTLED, CreateSnapshot
from bot.params import SNAPSHOT_ID
from bot.values import Kind, Plan, Receipt, Snapshot, Stage
from tests.operations.door import cluster, door, order, sent
from tests.samples import MINUTE, NOW, sample_database, sample_target

NAMED = CreateSnapshot(target="orders-staging", snapshot="pre-upgrade-1")
UNNAMED = CreateSnapshot(target="orders-staging")


def _snapshot(**changes: Any) -> Snapshot:
    fields: dict[str, Any] = {
        "identifier": "pre-upgrade-1",
        "kind": Kind.INSTANCE,
        "source": "orders-staging",
        "status": "creating",
        "percent": 40,
        "arn": "arn:aws:rds:us-east-1:123456789012:snapshot:pre-upgrade-1",
        "tags": {REQUEST_TAG: "RDS-1042"},
    }
    return Snapshot(**fields | changes)


async def _plan(change: CreateSnapshot = NAMED) -> Plan:
    return await change.plan(door(sample_database()), order())


async def test_an_instance_and_a_cluster_have_their_own_call() -> None:
    of_instance = await _plan()
    of_cluster = await NAMED.plan(door(cluster()), order(cluster()))

    assert of_instance.call.action == "rds:CreateDBSnapshot"
    assert of_instance.call.arguments["DBInstanceIdentifier"] == "orders-staging"
    assert of_cluster.call.action == "rds:CreateDBClusterSnapshot"
    assert of_cluster.call.arguments["DBClusterIdentifier"] == "shop-staging"
    assert of_cluster.call.arguments["DBClusterSnapshotIdentifier"] == "pre-upgrade-1"


async def test_tags_go_along_with_the_requests_own() -> None:
    tagged = CreateSnapshot(target="orders-staging", tag=("a=1", "b=x=y", "c="))

    plan = await tagged.plan(door(sample_database()), order())

    tags = {one["Key"]: one["Value"] for one in plan.call.arguments["Tags"]}
    assert tags == {"a": "1", "b": "x=y", "c": "", REQUEST_TAG: "RDS-1042"}


LONG = [
    "orders-staging", "a" * 63, "x" * 250, "ab-" * 20 + "cd",
    *("o" * n + "-s" * 9 for n in range(22, 46)),
]  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("identifier", LONG)
async def test_a_generated_name_is_legal_and_the_same_each_time(
    identifier: str, kind: Kind
) -> None:
    database = sample_database(target=sample_target(identifier=identifier, kind=kind))

    names = {
        (await UNNAMED.plan(door(database), order(database))).baseline["snapshot"] for _ in range(2)
    }

    [name] = names
    assert len(name) <= SNAPSHOT_ID[kind]
    assert re.fullmatch(r"[a-z](-?[a-z0-9])*", name)
    assert name.endswith("-20261120-rds-1042")


@pytest.mark.parametrize(
    ("database", "why"),
    [
        ({"status": "stopped"}, "is stopped"),
        ({"status": "failed"}, "is failed"),
        ({"cluster": "shop-staging"}, "/rds snapshot shop-staging"),
    ],
)
async def test_a_database_that_cannot_be_snapshotted_is_refused(
    database: dict[str, Any], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await NAMED.plan(door(sample_database(**database)), order())


@pytest.mark.parametrize(
    ("kind", "length", "fits"),
    [
        (Kind.INSTANCE, 255, True),
        (Kind.INSTANCE, 64, True),
        (Kind.CLUSTER, 63, True),
        (Kind.CLUSTER, 64, False),
        (Kind.CLUSTER, 255, False),
    ],
)
async def test_how_long_a_name_may_be_depends_on_what_it_is_of(
    kind: Kind, length: int, fits: bool
) -> None:
    database = sample_database() if kind is Kind.INSTANCE else cluster()
    named = CreateSnapshot(target=database.name, snapshot="s" * length)

    assert (named.objections(database) == {}) is fits
    if fits:
        await named.plan(door(database), order(database))
    else:
        with pytest.raises(PreflightError, match=f"63 characters at most; this one has {length}"):
            await named.plan(door(database), order(database))


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("CreateDBSnapshotMessage", Kind.INSTANCE),
        ("CreateDBClusterSnapshotMessage", Kind.CLUSTER),
    ],
)
def test_the_lengths_are_those_of_awss_model(shape: str, kind: Kind) -> None:
    members = botocore.session.get_session().get_service_model("rds").shape_for(shape).members
    [said] = [one.documentation for name, one in members.items() if "SnapshotIdentifier" in name]

    assert f"from 1 to {SNAPSHOT_ID[kind]} letters" in said


async def test_a_name_that_is_taken_is_refused_with_whose_it_is() -> None:
    taken = {"pre-upgrade-1": _snapshot(source="billing", status="available")}

    with pytest.raises(PreflightError, match="pre-upgrade-1 of billing exists already"):
        await NAMED.plan(door(sample_database(), snapshots=taken), order())


@pytest.mark.parametrize(
    ("database", "downtime"),
    [
        pytest.param({}, "none", id="a standby is read instead"),
        pytest.param({"multi_az": False}, "I/O may pause", id="single-az"),
        pytest.param({"engine": "sqlserver-se"}, "I/O may pause", id="sql server"),
    ],
)
async def test_it_says_where_i_o_may_pause(database: dict[str, Any], downtime: str) -> None:
    plan = await NAMED.plan(door(sample_database(**database)), order())

    assert plan.downtime.startswith("none")
    assert downtime in plan.downtime
    assert ("pause" in plan.downtime) is ("pause" in downtime)


SHOWN = [
    pytest.param(None, Stage.WAITING, None, id="not listed yet"),
    pytest.param({}, Stage.WAITING, 40, id="creating"),
    pytest.param({"status": "unknown"}, Stage.WAITING, 40, id="no status yet"),
    pytest.param({"status": "available", "percent": 100}, Stage.SUCCEEDED, 100, id="available"),
    pytest.param({"status": "failed"}, Stage.FAILED, None, id="failed"),
    pytest.param({"status": "incompatible-restore"}, Stage.FAILED, None, id="another end"),
    pytest.param({"status": "available", "tags": {}}, Stage.FAILED, None, id="not ours"),
]


@pytest.mark.parametrize(("shown", "stage", "percent"), SHOWN)
async def test_it_is_done_when_our_snapshot_is_available(
    shown: dict[str, Any] | None, stage: Stage, percent: int | None
) -> None:
    snapshots = {} if shown is None else {"pre-upgrade-1": _snapshot(**shown)}

    progress = await NAMED.poll(door(snapshots=snapshots), sent(await _plan()))

    assert (progress.stage, progress.percent) == (stage, percent)


RECEIPT = Receipt(at=NOW, aws_request_id="r-1")


@pytest.mark.parametrize("tags", [{}, {REQUEST_TAG: "RDS-7"}, {"team": "orders"}])
@pytest.mark.parametrize(
    "known", [{"receipt": RECEIPT}, {"evidence": {"found": True}}], ids=["receipt", "found"]
)
async def test_an_accepted_snapshot_is_ours_whatever_became_of_its_tags(
    known: dict[str, Any], tags: dict[str, str]
) -> None:
    shown = {"pre-upgrade-1": _snapshot(status="available", tags=tags)}

    progress = await NAMED.poll(door(snapshots=shown), sent(await _plan(), **known))

    assert progress.stage is Stage.SUCCEEDED


async def test_what_was_found_by_its_tag_is_known_from_then_on() -> None:
    shown = {"pre-upgrade-1": _snapshot()}
    arrived = await NAMED.reconcile(door(snapshots=shown), sent(await _plan()))
    untagged = {"pre-upgrade-1": _snapshot(tags={})}

    later = await NAMED.poll(
        door(snapshots=untagged), sent(await _plan(), evidence=arrived.evidence)
    )

    assert (arrived.stage, later.stage) == (Stage.ARRIVED, Stage.WAITING)


@pytest.mark.parametrize(
    ("shown", "after", "stage"),
    [
        pytest.param({}, MINUTE, Stage.ARRIVED, id="creating, so it arrived"),
        pytest.param({"status": "available"}, MINUTE, Stage.SUCCEEDED, id="done already"),
        pytest.param({"tags": {}}, MINUTE, Stage.FAILED, id="somebody else's"),
        pytest.param(None, SETTLED - 1, Stage.WAITING, id="not yet to be seen"),
        pytest.param(None, SETTLED, Stage.NOT_SENT, id="would be seen by now"),
    ],
)
async def test_a_lost_answer_is_found_out_by_name_and_tag(
    shown: dict[str, Any] | None, after: int, stage: Stage
) -> None:
    snapshots = {} if shown is None else {"pre-upgrade-1": _snapshot(**shown)}
    aws = door(snapshots=snapshots, now=NOW + after)

    assert (await NAMED.reconcile(aws, sent(await _plan()))).stage is stage
