"""What holds for every operation there is, and for each that will be added."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from bot.operation import Change, Control, Operation, Query
from bot.operations import CATALOGUE, load
from bot.params import Picker, Switch
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.rules import view_problems
from bot.settings import load as settings_of
from bot.setup import iam
from bot.values import written
from handlers.blocks.form import form, submitted
from handlers.parser import Command, from_form, parse
from tests.conftest import StartBot
from tests.examples import make_true
from tests.stories.asking import configured

DOCS = Path(__file__).parent.parent / "docs" / "operations.md"
OPERATIONS = tuple(CATALOGUE.values())
CHANGES = tuple(one for one in OPERATIONS if issubclass(one, Change))
FREELY = {"rules": [{"approvals": {"low": 0, "medium": 0, "high": 0}}]}
#: What the bot reads for itself, whoever acts.
OWN_READS = {*iam.READS, "sts:AssumeRole", "sts:GetCallerIdentity"}

each = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.verb)
each_change = pytest.mark.parametrize("operation", CHANGES, ids=lambda one: one.verb)


def example(operation: type[Operation]) -> Command:
    found = parse(operation.example, CATALOGUE)
    assert isinstance(found, Command)
    return found


@each
def test_it_is_exactly_one_of_query_control_and_change(operation: type[Operation]) -> None:
    kinds = [kind for kind in (Query, Control, Change) if issubclass(operation, kind)]

    assert len(kinds) == 1
    assert CATALOGUE[operation.name] is operation


@each
def test_its_docstring_is_a_help_text(operation: type[Operation]) -> None:
    summary, details = operation.summary(), operation.details()

    assert summary[:1].isupper()
    assert summary.endswith(".")
    assert len(summary) <= 100
    assert details == "" or details.endswith(".")


@each
def test_its_example_parses_to_it(operation: type[Operation]) -> None:
    assert type(example(operation).operation) is operation


@each
def test_its_verb_and_its_name_both_work(operation: type[Operation]) -> None:
    rest = operation.example.removeprefix(operation.verb)

    by_verb = parse(f"{operation.verb} {rest}", CATALOGUE)
    by_name = parse(f"{operation.name} {rest}", CATALOGUE)

    assert by_verb == by_name


@each
def test_its_command_is_read_back_as_itself(operation: type[Operation]) -> None:
    given = example(operation).operation

    command = given.as_typed()

    again = parse(command.removeprefix("/rds "), CATALOGUE)
    assert isinstance(again, Command)
    assert again.operation == given


@each
def test_its_form_passes_slacks_rules_and_is_read_back_as_itself(
    operation: type[Operation],
) -> None:
    given = example(operation).operation
    values = _as_typed(given)

    view = form(operation, values, metadata={"channel": "C0DATABASE"})

    assert view_problems(view) == ()
    assert view_problems(form(operation, {}, metadata={})) == ()
    sent = submitted({**view, "state": {"values": _filled_in(view)}})
    assert sent.operation == operation.name
    assert from_form(operation, sent.values).operation == given


@each
def test_every_parameter_says_what_it_is(operation: type[Operation]) -> None:
    for name in operation.model_fields:
        parameter = operation.parameter(name)
        assert parameter.label[:1].isupper()
        assert parameter.usage or isinstance(parameter, Switch)
        assert parameter.usage in operation.usage()
        explained = parameter.hint or parameter.usage  # as the help says it
        assert explained.casefold() != parameter.label.casefold()


@each
def test_the_docs_mention_it(operation: type[Operation]) -> None:
    row = next(
        line
        for line in DOCS.read_text("utf-8").splitlines()
        if line.startswith(f"| `/rds {operation.verb}") and operation.summary() in line
    )

    assert all(f"`{permission}`" in row for permission in operation.permissions)


@each
def test_its_permissions_are_actions_that_aws_knows(operation: type[Operation]) -> None:
    session = botocore.session.get_session()

    for permission in operation.permissions:
        service, _, action = permission.partition(":")
        assert action in session.get_service_model(service).operation_names
    assert len(set(operation.permissions)) == len(operation.permissions)


@each
def test_the_iam_policy_allows_what_it_declares(operation: type[Operation]) -> None:
    policy = iam.role_policy(OPERATIONS, settings_of({}))
    allowed = {
        action
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }

    assert set(operation.permissions) <= allowed


@each
def test_only_a_change_may_change_anything_at_aws(operation: type[Operation]) -> None:
    reading = ("Describe", "Download", "Get")
    reads = [one for one in operation.permissions if one.partition(":")[2].startswith(reading)]

    assert issubclass(operation, Change) or list(operation.permissions) == reads


@each_change
def test_a_change_picks_its_target_and_is_rebuilt_from_its_row(operation: type[Change]) -> None:
    given = example(operation).operation

    assert isinstance(operation.parameter("target"), Picker)
    assert operation.kinds()
    assert load(operation.name, given.model_dump(mode="json")) == given


@each_change
async def test_a_change_makes_no_call_that_it_does_not_declare(
    operation: type[Change], start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    make_true(aws, operation)
    for timeline in aws.plan.values():
        timeline[:] = [(status, min(seconds, 6.0)) for status, seconds in timeline]
    async with start_bot(configured(policy=FREELY)):
        ana = slack.member("ana")
        await ana.types(f"/rds {operation.example}", channel="databases")
        await ana.sees(lambda it: it.thread_ts and "succeeded" in it.text, within=20)

    made = {call.name for call in aws.calls()}
    changing = {call.name for call in aws.calls("rds:*") if not call.reads}
    assert made - OWN_READS <= set(operation.permissions)
    assert len(changing) == 1


def test_what_is_no_change_is_not_rebuilt() -> None:
    with pytest.raises(KeyError):
        load("list_databases", {})
    with pytest.raises(KeyError):
        load("stop_the_world", {})


def _as_typed(given: Operation) -> dict[str, Any]:
    """An operation's parameters as text, as they would be prefilled."""
    values = given.model_dump(mode="json")
    shown = {name: list(it) if isinstance(it, tuple | list) else it for name, it in values.items()}
    since = written(getattr(given, "since", None))
    typed = {"since": since, "request": f"RDS-{values.get('request')}"}
    return {name: typed.get(name, it) if it is not None else None for name, it in shown.items()}


def _filled_in(view: Mapping[str, Any]) -> dict[str, Any]:
    """Slack's state of a form that is sent as it was opened."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    return {it["block_id"]: {it["element"]["action_id"]: _state(it["element"])} for it in inputs}


def _state(element: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        "initial_value": "value",
        "initial_option": "selected_option",
        "initial_options": "selected_options",
        "initial_user": "selected_user",
        "initial_time": "selected_time",
    }
    found = {state: element[name] for name, state in kept.items() if name in element}
    return {"type": element["type"], **found}
