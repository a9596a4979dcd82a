"""Setting and resetting parameters: what is refused before, what is reached, what undoes it."""

from typing import Any

import pytest

from bot.errors import PreflightError, UsageError
from bot.operation import ParameterChange, Setting
from bot.operation._parameters import FRESH, SETTLED
from bot.operations import CATALOGUE, load
from bot.values import Database, DBParameter, Kind, Plan, Risk, Sent, Stage, Touch
from handlers.parser import Command, parse
from tests.operations.door import cluster, door, order, sent
from tests.samples import NOW, sample_database, sample_target

GROUP = "tuned"
DYNAMIC = DBParameter(name="work_mem", value="4096", source="user", allowed="64-2147483647")
FORMULA = DBParameter(name="max_connections", value="{X/9}", source="system", is_static=True,
                      allowed="6-8388607")  # fmt: skip
LOGGED = DBParameter(name="log_statement", source="engine-default", allowed="none,ddl,mod,all")
PORT = DBParameter(name="port", value="5432", source="system", is_modifiable=False)
KNOWN = (DYNAMIC, FORMULA, LOGGED, PORT)
MEMBER: dict[str, Any] = {"cluster": "shop-staging", "engine": "aurora-postgresql"}


def change(typed: str) -> ParameterChange:
    found = parse(typed, CATALOGUE)
    assert isinstance(found, Command)
    assert isinstance(found.operation, ParameterChange)
    return found.operation


def tuned(**changes: Any) -> Database:
    return sample_database(**{"parameter_group": GROUP, "parameter_status": "in-sync", **changes})


async def planned(typed: str, database: Database | None = None, **aws: Any) -> Plan:
    found = database or tuned()
    aws = {"parameter_groups": {GROUP: KNOWN}, "users": (found,), **aws}
    return await change(typed).plan(door(found, **aws), order(found))


async def was_sent(typed: str) -> Sent:
    return sent(await planned(typed), tuned())


def now(*found: DBParameter, at: int = NOW + FRESH, **status: Any) -> Any:
    """AWS, that shows these in the group and this of the database."""
    shown = {one.name: one for one in (*KNOWN, *found)}
    return door(
        tuned(), parameter_groups={GROUP: tuple(shown.values())}, users=(tuned(**status),), now=at
    )


def given(one: DBParameter, value: str) -> DBParameter:
    return one.model_copy(update={"value": value, "source": "user"})


@pytest.mark.parametrize(
    ("typed", "facts", "why"),
    [
        ("parameter x a=1", {"parameter_group": "default.postgres16"}, "family postgres16"),
        ("parameter x a=1", {"parameter_group": ""}, "no parameter group"),
        ("parameter x a=1", {"status": "deleting"}, "being deleted"),
        ("parameter x a=1", {"cluster": "shop-staging"}, "/rds parameter shop-staging 'a=1'"),
        ("parameter x worc_mem=9", {}, "Did you mean work_mem"),
        ("parameter x port=9", {}, "nobody change port"),
        ("parameter x work_mem=63", {}, "64-2147483647 for work_mem, not \"63\""),
        ("parameter x log_statement=some", {}, "none,ddl,mod,all"),
        ("parameter x work_mem=4096", {}, "work_mem 4096 already: nothing to change"),
        ("parameter-reset x max_connections", {}, "already: nothing to change"),
        ("parameter-reset x worc_mem", {}, "Did you mean work_mem"),
        ("parameter-reset x port", {}, "nobody change port"),
    ],
)  # fmt: skip
async def test_what_aws_would_refuse_is_refused_before(
    typed: str, facts: dict[str, Any], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await planned(typed, tuned(**facts))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("parameter x work_mem", "NAME=VALUE"),
        ("parameter x work_mem=", "NAME=VALUE"),
        ("parameter x =9", "NAME=VALUE"),
        ("parameter x 9a=9", "no name of a parameter"),
        ("parameter x work_mem=1 WORK-MEM=2", "given twice"),
        ("parameter x " + " ".join(f"p{n}=1" for n in range(21)), "21 parameters.* takes 20"),
        ("parameter x work_mem=1 ApplyMethod=immediate", "is not needed"),
        ("parameter-reset x a a", "given twice"),
        ("parameter-reset x a=1", "no name of a parameter"),
    ],
)
def test_what_is_no_such_value_is_told_in_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse(typed, CATALOGUE)


async def test_each_is_called_as_aws_takes_it_and_repeats_itself() -> None:
    typed = "parameter x work-mem=8192 max_connections={DBInstanceClassMemory/12582880}"

    plan = await planned(typed)

    assert plan == await planned(typed)
    assert plan.call.arguments == {
        "DBParameterGroupName": GROUP,
        "Parameters": [
            {"ParameterName": "work_mem", "ParameterValue": "8192", "ApplyMethod": "immediate"},
            {"ParameterName": "max_connections", "ApplyMethod": "pending-reboot",
             "ParameterValue": "{DBInstanceClassMemory/12582880}"},
        ],
    }  # fmt: skip
    assert [one.wanted for one in plan.differences] == [
        "8192, at once", "{DBInstanceClassMemory/12582880}, with a restart",
    ]  # fmt: skip
    assert [one.current for one in plan.differences] == ["4096", "{X/9}"]


async def test_every_database_that_uses_the_group_is_changed_too() -> None:
    other = tuned(target=sample_target(identifier="other", resource_id="db-OTHER"))

    plan = await planned("parameter x work_mem=8192", users=(other, tuned()))

    assert plan.touches == (Touch(target=tuned().target), Touch(target=other.target))
    assert "also for other" in " ".join(plan.warnings)


async def test_a_parameter_of_the_cluster_is_asked_for_there_and_the_other_way_round() -> None:
    groups = {GROUP: (DYNAMIC,), "shared": (LOGGED,)}
    member = tuned(**MEMBER)
    family = cluster(parameter_group="shared", writer="orders-staging")

    with pytest.raises(PreflightError, match="Ask for: /rds parameter shop-staging"):
        await planned(
            "parameter x log_statement=all", member, parameter_groups=groups, cluster=family
        )
    with pytest.raises(PreflightError, match="Ask for: /rds parameter orders-staging"):
        await planned(
            "parameter x work_mem=99",
            family,
            parameter_groups=groups,
            users=(member,),
        )


@pytest.mark.parametrize(
    ("typed", "risk"),
    [
        ("parameter x log_statement=all", Risk.MEDIUM),
        ("parameter x shared-buffers=9", Risk.HIGH),
        ("parameter-reset x log_statement", Risk.HIGH),
    ],
)
def test_what_can_keep_a_database_from_starting_is_of_high_risk(typed: str, risk: Risk) -> None:
    assessment = change(typed).risk_for(tuned())

    assert assessment.risk is risk
    assert assessment.reasons


@pytest.mark.parametrize(
    ("typed", "reached"),
    [
        ("parameter x work_mem=8192", given(DYNAMIC, "8192")),
        ("parameter-reset x work_mem", DYNAMIC.model_copy(update={"source": "engine-default"})),
    ],
)
async def test_it_is_done_when_the_group_has_it_and_all_have_applied_it(
    typed: str, reached: DBParameter
) -> None:
    asked, call = change(typed), await was_sent(typed)

    async def stage(aws: Any) -> Stage:
        return (await asked.poll(aws, call)).stage

    assert await stage(now()) is Stage.WAITING
    assert await stage(now(reached, at=NOW + 1)) is Stage.WAITING, "the status is of before"
    assert await stage(now(reached, parameter_status="applying")) is Stage.WAITING
    assert await stage(now(reached)) is Stage.SUCCEEDED
    assert await stage(now(reached, parameter_status="pending-reboot")) is Stage.SUCCEEDED
    assert await stage(now(reached, parameter_status="failed-to-apply")) is Stage.FAILED
    assert await stage(now(given(DYNAMIC, "1"))) is Stage.FAILED, "somebody else set it"


async def test_a_lost_answer_is_found_out_by_looking() -> None:
    asked = change("parameter x work_mem=8192")
    call = await was_sent("parameter x work_mem=8192")

    assert (await asked.reconcile(now(at=NOW + 1), call)).stage is Stage.WAITING
    assert (await asked.reconcile(now(at=NOW + SETTLED + 1), call)).stage is Stage.NOT_SENT
    arrived = await asked.reconcile(now(given(DYNAMIC, "8192")), call)
    assert arrived.stage is Stage.ARRIVED


async def test_what_needs_a_restart_says_of_whom_and_offers_it() -> None:
    asked = change("parameter x max_connections=500")
    plan = await planned("parameter x max_connections=500")

    ended = await asked.poll(now(given(FORMULA, "500")), sent(plan, tuned()))

    assert ended.detail.endswith("waits for a restart of orders-staging")
    step = asked.next_step(plan)
    assert step is not None
    assert (step.operation, step.target) == ("reboot_instance", "orders-staging")
    assert asked.next_step(await planned("parameter x work_mem=99")) is None


@pytest.mark.parametrize(
    ("typed", "operation", "values"),
    [
        ("parameter x work_mem=99", "modify_parameters", {"parameters": ["work_mem=4096"]}),
        ("parameter-reset x work_mem", "modify_parameters", {"parameters": ["work_mem=4096"]}),
        ("parameter x log_statement=all", "reset_parameters", {"names": ["log_statement"]}),
        ("parameter x work_mem=99 log_statement=all", "modify_parameters",
         {"parameters": ["work_mem=4096"]}),
    ],
)  # fmt: skip
async def test_what_undoes_it_is_what_was_stored(
    typed: str, operation: str, values: dict[str, list[str]]
) -> None:
    plan = await planned(typed)
    back = change(typed).back(plan)

    assert back is not None
    given_back = {name: one.split("\n") for name, one in back.values.items()}
    assert (back.operation, given_back) == (operation, values)
    assert load(operation, {"target": "x", **given_back})
    if "log_statement" in typed:
        assert "/rds parameter-reset orders-staging log_statement" in plan.undo


async def test_of_a_cluster_its_members_are_what_restarts() -> None:
    shown = cluster(parameter_group=GROUP, members=("a", "b"), writer="b",
                    members_status={"a": "pending-reboot", "b": "pending-reboot"})  # fmt: skip
    typed = "parameter shop-staging max_connections=500"
    plan = await planned(typed, shown)

    assert plan.call.action == "rds:ModifyDBClusterParameterGroup"
    assert plan.call.arguments["DBClusterParameterGroupName"] == GROUP
    groups = {GROUP: (given(FORMULA, "500"),)}
    aws = door(shown, parameter_groups=groups, users=(shown,), now=NOW + FRESH)
    ended = await change(typed).poll(aws, sent(plan, shown))
    assert ended.detail.endswith("waits for a restart of a, b")
    step = change(typed).next_step(plan)
    assert step is not None
    assert step.target == "b"
    assert shown.target.kind is Kind.CLUSTER


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("parameter-group x tunned", "has no parameter group tunned in .* Did you mean tuned"),
        ("parameter-group x pg", "pg is for postgres16, and orders-staging needs one for mysql8.0"),
        ("parameter-group x default.mysql8.0", "already: nothing to change"),
    ],
)
async def test_a_group_of_another_engine_is_not_attached(typed: str, why: str) -> None:
    found = parse(typed, CATALOGUE)
    assert isinstance(found, Command)
    assert isinstance(found.operation, Setting)
    shown = sample_database(parameter_group="default.mysql8.0")

    with pytest.raises(PreflightError, match=why):
        await found.operation.plan(door(shown), order(shown))


async def test_an_attached_group_waits_for_a_restart_and_may_fail() -> None:
    found = parse("parameter-group x tuned", CATALOGUE)
    assert isinstance(found, Command)
    assert isinstance(found.operation, Setting)
    asked, before = found.operation, sample_database(parameter_group="default.mysql8.0")
    call = sent(await asked.plan(door(before), order(before)), before)

    async def ended(**facts: Any) -> tuple[Stage, str]:
        progress = await asked.poll(door(tuned(**facts)), call)
        return progress.stage, progress.detail

    waits = await ended(parameter_status="pending-reboot", parameters_wait=True)
    assert waits[0] is Stage.SUCCEEDED
    assert waits[1].endswith("a restart of orders-staging without failover applies it")
    assert (await ended(parameter_status="applying"))[0] is Stage.WAITING
    assert (await ended(parameter_status="failed-to-apply"))[0] is Stage.FAILED
    step = asked.next_step(call.plan)
    assert step is not None
    assert step.target == "orders-staging"
    assert [one.value for one in await asked.options("group", door(before), before)] == ["tuned"]
