"""A snapshot goes for good, so whatever somebody may still need stays."""

from typing import Any

import pytest

from bot.errors import PreflightError
from bot.fleet.kept import kept_by
from bot.operations.create_snapshot import CreateSnapshot
from bot.operations.delete_snapshot import SETTLED, DeleteSnapshot
from bot.values import Export, Kind, Order, Plan, Role, Snapshot, Stage, Target
from tests.operations.door import door, order, sent
from tests.samples import HOUR, MINUTE, NOW, sample_database, sample_target

DAY = 24 * HOUR
PLACE = "us-east-1:123456789012"
DELETE = DeleteSnapshot(target="before")
LIVE = sample_database(latest_restorable_at=NOW - 5 * MINUTE)


def snapshot(name: str = "before", age: int = 30, **changes: Any) -> Snapshot:
    fields: dict[str, Any] = {
        "identifier": name, "kind": Kind.INSTANCE, "source": "orders-staging", "type": "manual",
        "status": "available", "percent": 100, "arn": f"arn:aws:rds:{PLACE}:snapshot:{name}",
        "resource_id": "db-ORDERSSTAGING", "created_at": NOW - age * DAY, "engine": "postgres",
    }  # fmt: skip
    return Snapshot(**fields | changes)


def target(one: Snapshot | None = None) -> Target:
    made = (one or snapshot()).created_at
    return sample_target(kind=Kind.SNAPSHOT, identifier="before", resource_id=str(made))


def ordered() -> Order:
    return order().model_copy(update={"target": target()})


async def planned(*others: Snapshot, own: Snapshot | None = None, **aws: Any) -> Plan:
    there = {one.identifier: one for one in (own or snapshot(), *others)}
    return await DELETE.plan(door(**{"database": LIVE, "snapshots": there, **aws}), ordered())


async def test_it_deletes_that_one_and_only_reads_its_database() -> None:
    plan = await planned()

    assert plan.call.action == "rds:DeleteDBSnapshot"
    assert plan.call.arguments == {"DBSnapshotIdentifier": "before"}
    assert plan.effect == "Delete snapshot before of orders-staging"
    assert [(one.target.identifier, one.role) for one in plan.touches] == [
        ("before", Role.CHANGES), ("orders-staging", Role.READS),
    ]  # fmt: skip
    assert plan.undo == "Nothing undoes it."


NEWEST: dict[str, Any] = {"database": sample_database(latest_restorable_at=None)}
STAYS: dict[str, tuple[dict[str, Any], str]] = {
    "automated": ({"own": snapshot(type="automated")}, "AWS made it and deletes it by itself"),
    "aws backup": ({"own": snapshot(type="awsbackup")}, "AWS Backup made it"),
    "an unknown kind": ({"own": snapshot(type="")}, "no manual snapshot"),
    "creating": ({"own": snapshot(status="creating")}, "before is creating"),
    "kept": ({"own": snapshot(tags={"Keep": "yes"})}, "is tagged Keep=yes"),
    "shared": ({"sharers": ("210987654321",)}, "shared with 210987654321"),
    "public": ({"sharers": ("all",)}, "shared with all"),
    "exported": (
        {"exported": (Export(identifier="e-1", source_arn="", status="IN_PROGRESS"),)},
        "being exported (e-1)",
    ),
    "the newest of a live one": (NEWEST, "the newest to restore orders-staging from"),
    "the last of one that is gone": ({"gone": True}, "orders-staging, which is gone"),
    "without an id of its database": ({"own": snapshot(resource_id="")}, "does not say which"),
    "a copy from elsewhere": (
        {"own": snapshot(copied_from="arn:aws:rds:eu-west-1:123456789012:snapshot:x")},
        "the last snapshot of orders-staging here. It is a copy from 123456789012/eu-west-1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STAYS)
async def test_what_somebody_may_still_need_stays(case: str) -> None:
    aws, sentence = STAYS[case]

    with pytest.raises(PreflightError) as caught:
        await planned(**aws)

    assert sentence in str(caught.value)


async def test_one_that_is_being_copied_stays() -> None:
    with pytest.raises(PreflightError, match="before-eu is being copied, perhaps from before"):
        await planned(snapshot("before-eu", 0, status="copying"))


@pytest.mark.parametrize(
    ("others", "aws"),
    [
        ([snapshot("later", 2)], NEWEST),
        ([snapshot("rds:orders-1", 1, type="automated")], NEWEST),
        ([snapshot("earlier", 60)], {"gone": True}),
        ([], {"exported": (Export(identifier="e-1", source_arn="", status="COMPLETE"),)}),
        ([], {"own": snapshot(status="failed"), **NEWEST}),
    ],
)
async def test_one_of_several_goes(others: list[Snapshot], aws: dict[str, Any]) -> None:
    assert (await planned(*others, **aws)).call.action == "rds:DeleteDBSnapshot"


async def test_what_is_not_ready_restores_nothing() -> None:
    with pytest.raises(PreflightError, match="newest to restore"):
        await planned(snapshot("later", 0, status="creating", created_at=None), **NEWEST)


async def test_of_a_database_that_is_gone_only_the_snapshot_is_touched() -> None:
    plan = await planned(snapshot("earlier", 60), gone=True)

    assert [one.target.identifier for one in plan.touches] == ["before"]


async def test_it_is_done_when_aws_knows_it_no_more_or_knows_another_by_its_name() -> None:
    plan = await planned()
    still = door(snapshots={"before": snapshot(status="deleting")})
    anew = door(snapshots={"before": snapshot(age=0)})
    it = sent(plan).model_copy(update={"order": ordered()})

    stages = [(await DELETE.poll(aws, it)).stage for aws in (still, door(), anew)]

    assert stages == [Stage.WAITING, Stage.SUCCEEDED, Stage.SUCCEEDED]


async def test_after_a_lost_answer_it_is_looked_for_and_never_deleted_again() -> None:
    plan = await planned()
    it = sent(plan).model_copy(update={"order": ordered()})
    there = {"before": snapshot()}

    soon = await DELETE.reconcile(door(snapshots=there, now=NOW + SETTLED), it)
    late = await DELETE.reconcile(door(snapshots=there, now=NOW + SETTLED + 1), it)

    assert soon.stage is Stage.WAITING
    assert late.stage is Stage.NOT_SENT
    assert (await DELETE.reconcile(door(), it)).stage is Stage.SUCCEEDED


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ({}, ""),
        ({"keep": ""}, "keep"),
        ({"Legal Hold": "case 7"}, "Legal Hold=case 7"),
        ({"LegalHold": "on"}, "LegalHold=on"),
        ({"policy": "retain"}, "policy=retain"),
        ({"k\u0435ep": "yes"}, "k\u0435ep=yes"),  # a Cyrillic e
        ({"keep": "no"}, ""),
        ({"keep": "until 2027"}, "keep=until 2027"),
        ({"keeper": "dora"}, ""),
    ],
)
def test_a_tag_keeps_unless_it_says_that_it_does_not(tags: dict[str, str], kept: str) -> None:
    assert kept_by(tags, ("keep", "retain", "legal-hold")) == kept


@pytest.mark.parametrize(("days", "offered"), [(7, True), (0, False)])
async def test_a_snapshot_leads_back_to_its_deletion_where_that_may_be(
    days: int, offered: bool
) -> None:
    taking = CreateSnapshot(target="orders-staging", snapshot="before")
    plan = await taking.plan(door(sample_database(backup_retention_days=days)), order())

    back = taking.back(plan)

    assert bool(back) is offered
    if back:
        assert back.operation == "delete_snapshot"
        assert back.target == "snapshot:before@123456789012/us-east-1"
