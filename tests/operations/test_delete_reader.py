"""Removing a reader: never the writer, and the last one only with its loss on the card."""

from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operations import load
from bot.operations.create_reader import CreateReader
from bot.operations.delete_reader import SETTLED, DeleteReader
from bot.values import Database, Kind, Plan, Risk, Stage
from tests.operations.door import cluster, door, order, sent
from tests.samples import NOW, sample_database, sample_target

REMOVE = DeleteReader(target="shop-staging-2")


def reader(**changes: Any) -> Database:
    target = sample_target(identifier="shop-staging-2", resource_id="db-READER")
    fields: dict[str, Any] = {"engine": "aurora-postgresql", "cluster": "shop-staging"}
    return sample_database(**{"target": target, **fields, **changes})


def shop(*members: str, **changes: Any) -> Database:
    return cluster(**{"writer": "shop-staging-1", "members": members, **changes})


WHOLE = shop("shop-staging-1", "shop-staging-2", "shop-staging-3")


async def planned(database: Database | None = None, whole: Database = WHOLE) -> Plan:
    found = database or reader()
    return await REMOVE.plan(door(found, cluster=whole), order(found))


async def test_a_reader_is_removed_without_a_snapshot_and_can_be_added_again() -> None:
    plan = await planned()
    back = REMOVE.back(plan)

    assert plan.call.arguments == {
        "DBInstanceIdentifier": "shop-staging-2",
        "SkipFinalSnapshot": True,
    }
    assert plan.assessment is None
    assert (back.target, back.kind) == ("shop-staging", Kind.CLUSTER)
    again = load(back.operation, {"target": back.target, **back.values})
    assert isinstance(again, CreateReader)
    assert (again.new, again.instance_class) == ("shop-staging-2", "db.m6g.large")


async def test_the_last_reader_is_of_high_risk_and_says_what_is_lost() -> None:
    plan = await planned(whole=shop("shop-staging-1", "shop-staging-2"))

    assert plan.assessment is not None
    assert plan.assessment.risk is Risk.HIGH
    assert "nothing takes over" in plan.warnings[0]


@pytest.mark.parametrize(
    ("database", "whole", "why"),
    [
        ({}, {"writer": "shop-staging-2"}, "Fail over first"),
        ({}, {"writer": ""}, "does not say which instance"),
        ({"cluster": None}, {}, "belongs to no cluster"),
        ({"engine": "postgres"}, {}, "AWS keeps by itself"),
        ({"status": "deleting"}, {}, "is deleting"),
        ({}, {"status": "stopped"}, "is stopped"),
    ],
)
async def test_what_is_no_reader_stays(
    database: dict[str, Any], whole: dict[str, Any], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await planned(reader(**database), shop("shop-staging-1", "shop-staging-2", **whole))


ANOTHER = sample_target(identifier="shop-staging-2", resource_id="db-ANOTHER")


@pytest.mark.parametrize(
    ("there", "after", "polled", "reconciled"),
    [
        (None, 1, Stage.SUCCEEDED, Stage.SUCCEEDED),
        ({"target": ANOTHER}, 1, Stage.SUCCEEDED, Stage.SUCCEEDED),
        ({"status": "deleting"}, 1, Stage.WAITING, Stage.ARRIVED),
        ({}, SETTLED - 1, Stage.WAITING, Stage.WAITING),
        ({}, SETTLED, Stage.WAITING, Stage.NOT_SENT),
    ],
)
async def test_it_is_done_when_that_very_instance_is_gone(
    there: dict[str, Any] | None, after: int, polled: Stage, reconciled: Stage
) -> None:
    call = sent(await planned(), reader())
    aws = door(None if there is None else reader(**there), now=NOW + after)

    assert (await REMOVE.poll(aws, call)).stage is polled
    assert (await REMOVE.reconcile(aws, call)).stage is reconciled
