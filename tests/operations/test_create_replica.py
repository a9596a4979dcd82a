"""Read replicas: whose, how many, and when one counts as done."""

from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operation import REQUEST_TAG
from bot.operations.create_replica import CreateReplica
from bot.values import Database, Stage
from tests.operations.door import door, order, sent
from tests.samples import sample_database, sample_target

REPLICA = CreateReplica(target="orders-staging", new="orders-read")


def names(count: int) -> tuple[str, ...]:
    return tuple(f"r{number}" for number in range(count))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"backup_retention_days": 0}, "/rds retention orders-staging 7"),
        ({"cluster": "shop"}, "/rds reader shop orders-read"),
        ({"replicas": names(15)}, "15 replicas already"),
        ({"engine": "oracle-se2", "replicas": names(5)}, "5 replicas already"),
        ({"engine": "db2-se", "replicas": names(3)}, "3 replicas already"),
    ],
)
async def test_what_can_have_no_replica_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(PreflightError, match=why):
        await REPLICA.plan(door(sample_database(**changes)), order())


async def test_what_aws_takes_from_the_source_by_itself_is_not_said() -> None:
    source = sample_database(multi_az=False, parameter_group="orders", option_group="audit")

    plan = await REPLICA.plan(door(source), order())

    assert not plan.call.arguments.keys() & {"MultiAZ", "DBParameterGroupName", "OptionGroupName"}
    assert "I/O may pause" in plan.downtime


@pytest.mark.parametrize(
    ("replication", "stage"),
    [
        ("", Stage.WAITING),
        ("connecting", Stage.WAITING),
        ("replicating", Stage.SUCCEEDED),
        ("error", Stage.FAILED),
        ("terminated", Stage.FAILED),
    ],
)
async def test_it_is_done_when_it_replicates(replication: str, stage: Stage) -> None:
    plan = await REPLICA.plan(door(sample_database()), order())
    there: Database = sample_database(
        target=sample_target(identifier="orders-read", resource_id="db-READ"),
        tags={REQUEST_TAG: "RDS-1042"},
        replication=replication,
    )

    assert (await REPLICA.poll(door(made=there), sent(plan))).stage is stage
