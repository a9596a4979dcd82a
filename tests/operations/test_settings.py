"""What holds for every setting there is, and for each that will be added: one table of bad input.

An operation that sets values stands in no list here. ``BEFORE`` says what a database shows before
its example, where an ordinary one would have nothing to change.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operation import Setting
from bot.operation._setting import BACK
from bot.operations import CATALOGUE, load
from bot.values import Database, Kind, Plan, Risk, Sent, Stage
from handlers.parser import Command, parse
from tests.operations.door import cluster, door, event, order, sent
from tests.samples import MINUTE, NOW, sample_database

SETTINGS = tuple(
    one for one in CATALOGUE.values() if isinstance(one, type) and issubclass(one, Setting)
)
each = pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.verb)
#: Of operations whose example is what an ordinary database has already, or cannot take.
BEFORE: Mapping[str, Mapping[str, Any]] = {
    "modify_auto_upgrade": {"auto_upgrade": True},
    "modify_capacity": {"capacity": (0.5, 8.0)},
    "modify_deletion_protection": {"deletion_protection": False},
    "modify_certificate": {"certificate": "rds-ca-rsa2048-g1"},
    "modify_data_api": {"data_api": False},
    "modify_iam_auth": {"iam_auth": False},
    "modify_insights": {"insights_mode": "standard", "insights_days": 7},
    "modify_monitoring": {"monitoring_seconds": 0},
    "modify_multi_az": {"multi_az": False},
    "modify_security_groups": {"security_groups": ("sg-0a1b2c3d4e5f60718",)},
    "modify_parameter_group": {"parameter_group": "tuned"},
    "modify_storage": {"storage_type": "gp3"},
    "modify_tier": {"cluster": "shop-staging", "engine": "aurora-postgresql", "tier": 1},
}


def example(setting: type[Setting]) -> Setting:
    found = parse(setting.example, CATALOGUE)
    assert isinstance(found, Command)
    assert isinstance(found.operation, setting)
    return found.operation


def before(setting: type[Setting], **changes: Any) -> Database:
    """A database that its example would change."""
    sample = sample_database if Kind.INSTANCE in setting.kinds() else cluster
    return sample(**{**BEFORE.get(setting.name, {}), **changes})


def after(setting: type[Setting], **changes: Any) -> Database:
    """The same once AWS shows all that was wanted."""
    change, database = example(setting), before(setting)
    reached = {one.shown: one.value for one in change.wanted(database)}
    return before(setting, **{**reached, **changes})


async def planned(setting: type[Setting], **changes: Any) -> Plan:
    database = before(setting, **changes)
    return await example(setting).plan(door(database), order(database))


async def was_sent(setting: type[Setting], **changes: Any) -> Sent:
    return sent(await planned(setting), before(setting), **changes)


@each
async def test_its_plan_shows_what_changes_and_repeats_itself(setting: type[Setting]) -> None:
    plan = await planned(setting)

    assert plan.differences
    assert all(one.current != one.wanted for one in plan.differences)
    assert plan.downtime
    assert plan == await planned(setting)
    assert plan.call.action in setting.permissions


@each
async def test_what_it_sets_is_on_the_card_and_in_the_call(setting: type[Setting]) -> None:
    plan, change = await planned(setting), example(setting)

    said = [one.wanted for one in plan.differences]
    assert [one.spoken(one.value) for one in change.wanted(before(setting))] == said
    immediate = plan.call.arguments.get("ApplyImmediately", False)
    assert immediate is change.is_immediate(before(setting))


@each
async def test_where_nothing_is_to_change_it_says_so(setting: type[Setting]) -> None:
    with pytest.raises(PreflightError, match="already") as refused:
        await example(setting).plan(door(after(setting)), order(after(setting)))

    assert refused.value.parameter in setting.model_fields


@each
async def test_a_state_that_does_not_pass_is_refused_and_one_that_does_is_waited_for(
    setting: type[Setting],
) -> None:
    for status in {"deleting", "stopped", "incompatible-network"} - setting.begins_in:
        with pytest.raises(PreflightError, match=status):
            await planned(setting, status=status)

    assert "modifying" in (await planned(setting, status="modifying")).busy


@each
async def test_what_else_is_pending_comes_along_only_where_it_is_said(
    setting: type[Setting],
) -> None:
    others = {"ProcessorFeatures": "coreCount 4"}
    plan = await planned(setting, pending=others)

    said = " ".join(plan.warnings)
    comes_along = (
        plan.call.arguments.get("ApplyImmediately", False)
        and plan.call.action == "rds:ModifyDBInstance"
    )
    assert "ProcessorFeatures" in said
    assert ("AWS applies with it" in said) is comes_along
    risk = example(setting).risk_for(before(setting, pending=others)).risk
    assert not comes_along or risk is Risk.HIGH


@each
async def test_it_is_done_when_aws_shows_it_and_not_before(setting: type[Setting]) -> None:
    change, call = example(setting), await was_sent(setting)

    assert (await change.poll(door(before(setting)), call)).stage is Stage.WAITING
    assert (await change.poll(door(after(setting)), call)).stage is Stage.SUCCEEDED


@each
async def test_a_database_that_is_gone_or_another_has_failed(setting: type[Setting]) -> None:
    change, call = example(setting), await was_sent(setting)
    target = before(setting).target.model_copy(update={"resource_id": "db-ANOTHER"})

    assert (await change.poll(door(None), call)).stage is Stage.FAILED
    assert (await change.poll(door(after(setting, target=target)), call)).stage is Stage.FAILED


@each
async def test_an_ending_that_is_bad_is_told_unless_it_began_there(setting: type[Setting]) -> None:
    change, call = example(setting), await was_sent(setting)

    found = await change.poll(door(before(setting, status="incompatible-network")), call)

    assert found.stage is Stage.FAILED
    assert "incompatible-network" in found.detail


@each
async def test_an_event_that_says_no_ends_it(setting: type[Setting]) -> None:
    change, call = example(setting), await was_sent(setting)
    target = before(setting).target

    for number, sentence in (*setting.declined, *setting.rolled_back):
        no = event(sentence, NOW + MINUTE, number)
        no = no.model_copy(update={"source": target.identifier, "source_kind": f"db-{target.kind}"})
        told = call.model_copy(update={"events": (no,)})
        earlier = call.model_copy(update={"events": (no.model_copy(update={"at": NOW - MINUTE}),)})
        put_back = (number, sentence) in setting.rolled_back
        ended = Stage.ROLLED_BACK if put_back else Stage.FAILED
        assert (await change.poll(door(before(setting)), told)).stage is ended
        assert (await change.poll(door(before(setting)), earlier)).stage is Stage.WAITING


@each
async def test_a_lost_answer_is_found_out_by_looking(setting: type[Setting]) -> None:
    change, call = example(setting), await was_sent(setting)

    soon = door(before(setting), now=NOW + 1)
    late = door(before(setting), now=NOW + setting.settled + 1)
    late_and_busy = door(before(setting, status="modifying"), now=NOW + setting.settled + 1)
    assert (await change.reconcile(soon, call)).stage is Stage.WAITING
    assert (await change.reconcile(late, call)).stage is Stage.NOT_SENT
    assert (await change.reconcile(late_and_busy, call)).stage is Stage.WAITING
    assert (await change.reconcile(door(after(setting)), call)).stage is Stage.SUCCEEDED


@each
async def test_what_undoes_it_sets_what_was_there_before(setting: type[Setting]) -> None:
    plan = await planned(setting)
    back = example(setting).back(plan)

    assert (back is None) is (plan.undo.startswith("Nothing undoes"))
    if back is None or back.operation:
        return
    assert back.values == plan.baseline[BACK]
    assert not any(" " in one for one in back.values.values())  # a button holds it
    given = {**example(setting).model_dump(mode="json"), **back.values}
    undone = load(setting.name, given)
    assert isinstance(undone, Setting)
    was = before(setting)
    assert all(undone.is_reached(one, one.of(was)) for one in undone.wanted(was))


@each
def test_a_member_is_sent_to_its_cluster_for_what_the_cluster_has(setting: type[Setting]) -> None:
    if not setting.of_cluster:
        return
    said = example(setting).objections(sample_database(cluster="shop-staging"))

    assert "shop-staging" in said["target"]
    assert f"/rds {setting.verb} shop-staging" in said["target"]
