"""Tagging a database: what is refused before, what is reached, what undoes it."""

from typing import Any

import pytest

from bot.errors import PreflightError, UsageError
from bot.operation import TagChange
from bot.operation._tags import SETTLED
from bot.operations import CATALOGUE, load
from bot.values import Database, Plan, Sent, Stage
from handlers.parser import Command, parse
from tests.operations.door import door, order, sent
from tests.samples import NOW, sample_database

HAS = {"Environment": "staging", "Team": "orders", "Empty": ""}


def change(typed: str) -> TagChange:
    found = parse(typed, CATALOGUE)
    assert isinstance(found, Command)
    assert isinstance(found.operation, TagChange)
    return found.operation


def tagged(**tags: str) -> Database:
    return sample_database(tags={**HAS, **tags})


async def planned(typed: str, **facts: Any) -> Plan:
    found = sample_database(**{"tags": HAS, **facts})
    return await change(typed).plan(door(found), order(found))


async def was_sent(typed: str) -> Sent:
    return sent(await planned(typed), tagged())


@pytest.mark.parametrize(
    ("typed", "facts", "why"),
    [
        ("tag x Team=orders", {}, "has these tags already"),
        ("untag x Team Owner", {}, "has no tag Owner. Its tags: Empty, Environment, Team"),
        ("tag x Owner=ana", {"tags": {f"k{n}": "" for n in range(50)}}, "50 tags"),
        ("tag x Owner=ana", {"status": "deleting"}, "being deleted"),
    ],
)
async def test_what_would_change_nothing_or_too_much_is_refused(
    typed: str, facts: dict[str, Any], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await planned(typed, **facts)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("tag x cost-center", "KEY=VALUE"),
        ("tag x aws:Team=1", "reserved"),
        ("untag x rds-bot:request-id", "reserved"),
        ("untag x cost-center cost-center", "given twice"),
        ("untag x 'a?'", "AWS takes letters"),
    ],
)
def test_what_is_no_tag_is_told_in_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse(typed, CATALOGUE)


async def test_only_what_changes_is_in_the_call() -> None:
    plan = await planned("tag x Team=orders Owner=ana Empty=no")
    taken = await planned("untag x Team")

    assert plan.call.arguments["Tags"] == [
        {"Key": "Owner", "Value": "ana"}, {"Key": "Empty", "Value": "no"},
    ]  # fmt: skip
    assert [(one.current, one.wanted) for one in plan.differences] == [
        ("none", "ana"),
        ('""', "no"),
    ]
    assert taken.call.arguments["TagKeys"] == ["Team"]


@pytest.mark.parametrize(
    ("typed", "then"),
    [("tag x Team=shop", {**HAS, "Team": "shop"}), ("untag x Team", {"Environment": "staging"})],
)
async def test_it_is_done_when_aws_shows_it_and_a_lost_answer_is_found_by_looking(
    typed: str, then: dict[str, str]
) -> None:
    asked, call = change(typed), await was_sent(typed)

    async def stage(tags: dict[str, str], after: int = 1) -> Stage:
        looked = door(sample_database(tags=tags), now=NOW + after)
        return (await asked.reconcile(looked, call)).stage

    assert await stage(then) is Stage.SUCCEEDED
    assert await stage(HAS) is Stage.WAITING
    assert await stage(HAS, SETTLED + 1) is Stage.NOT_SENT
    assert await stage({"Team": "another"}) is Stage.FAILED
    assert (await asked.poll(door(None), call)).stage is Stage.FAILED
    other = tagged().target.model_copy(update={"resource_id": "db-ANOTHER"})
    replaced = door(sample_database(target=other, tags=then))
    assert (await asked.poll(replaced, call)).stage is Stage.FAILED


@pytest.mark.parametrize(
    ("typed", "operation", "values"),
    [
        ("tag x Team=shop", "add_tags", {"tags": ["Team=orders"]}),
        ("tag x Owner=ana", "remove_tags", {"keys": ["Owner"]}),
        ("tag x Team=shop Owner=ana", "add_tags", {"tags": ["Team=orders"]}),
        ("untag x Team Empty", "add_tags", {"tags": ["Team=orders", "Empty="]}),
    ],
)
async def test_what_undoes_it_is_what_was_there(
    typed: str, operation: str, values: dict[str, list[str]]
) -> None:
    plan = await planned(typed)
    back = change(typed).back(plan)

    assert back is not None
    given = {name: one.split("\n") for name, one in back.values.items()}
    assert (back.operation or "add_tags", given) == (operation, values)
    assert load(operation, {"target": "x", **given})
    assert ("/rds untag" in plan.undo) is ("Owner" in typed)
