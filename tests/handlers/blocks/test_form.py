"""Modals that are made from an operation's class, and read back."""

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.operation import Change, Operation
from bot.operations import CATALOGUE
from handlers.blocks.error import problem
from handlers.blocks.form import Notice, form, parameters, submitted
from handlers.blocks.modal import notice_form, waiting_form
from handlers.parser import from_form
from tests.handlers.blocks.judging import assert_view, parts, words

HERE = {"channel": "C000000OPS"}
EVERY = pytest.mark.parametrize("operation", CATALOGUE.values(), ids=list(CATALOGUE))


@EVERY
def test_every_operation_has_a_form(
    operation: type[Operation], snapshot: SnapshotAssertion
) -> None:
    made = form(operation, {}, metadata=HERE)

    assert_view(made)
    blocks = {block["block_id"] for block in made["blocks"] if block["type"] == "input"}
    assert {name.partition(".")[0] for name in blocks} == set(parameters(operation))
    assert made == snapshot


@EVERY
def test_every_form_takes_whatever_was_typed_before(operation: type[Operation]) -> None:
    hostile = dict.fromkeys(parameters(operation), "<!channel>\u202e" * 400)

    notice = Notice(problem("<!here>" * 900)["blocks"])
    assert_view(form(operation, hostile, metadata=HERE, notice=notice))


@EVERY
def test_a_change_is_requested_and_all_else_is_done(operation: type[Operation]) -> None:
    made = form(operation, {}, metadata=HERE)

    assert (made["submit"]["text"] == "Request") is issubclass(operation, Change)
    assert made["callback_id"] == "form"


def test_a_form_comes_back_as_the_operation_it_was_made_from() -> None:
    values = {
        "target": "orders-test",
        "failover": True,
        "reason": "new parameter group",
        "dry_run": True,
    }
    view = form(CATALOGUE["reboot_instance"], values, metadata=HERE)
    sent = submitted(_filled(view))
    command = from_form(CATALOGUE[sent.operation], sent.values)

    assert sent.metadata == HERE
    assert command.operation.model_dump() == {"target": "orders-test", "failover": True}
    assert (command.reason, command.dry_run) == ("new parameter group", True)


def test_what_may_be_given_several_times_is_one_a_line() -> None:
    values = {"target": "orders-dev", "tag": ["a=1", "b=2"]}
    view = form(CATALOGUE["create_snapshot"], values, metadata=HERE)
    sent = submitted(_filled(view))

    assert sent.values["tag"] == "a=1\nb=2"
    read = from_form(CATALOGUE[sent.operation], sent.values).operation
    assert read.model_dump()["tag"] == ("a=1", "b=2")


def test_an_empty_form_reads_back_as_nothing_given() -> None:
    sent = submitted(_filled(form(CATALOGUE["list_databases"], {}, metadata={})))

    assert sent.values == {"match": None, "environment": None}


@pytest.mark.parametrize(
    ("typed", "chosen"), [("Staging", "staging"), ("moon", None), (None, None)]
)
def test_a_choice_is_prefilled_only_if_it_is_offered(typed: str | None, chosen: object) -> None:
    view = form(CATALOGUE["list_databases"], {"environment": typed}, metadata={})

    assert submitted(_filled(view)).values["environment"] == chosen


def test_a_person_is_prefilled_from_a_mention() -> None:
    view = form(CATALOGUE["show_audit"], {"user": "<@U00DORA|dora>"}, metadata={})

    assert submitted(_filled(view)).values["user"] == "U00DORA"


def test_too_much_metadata_is_an_error_here_and_not_in_slack() -> None:
    with pytest.raises(ValueError, match="3000 characters"):
        form(CATALOGUE["help"], {}, metadata={"x": "y" * 3000})


def test_a_form_can_wait_and_can_say_something() -> None:
    assert_view(waiting_form(CATALOGUE["modify_backup_window"]))
    assert_view(notice_form("A heading far too long for a modal", "Not <!channel> now"))


@pytest.mark.parametrize(
    ("state", "value"),
    [
        ({"type": "plain_text_input", "value": None}, None),
        ({"type": "static_select", "selected_option": None}, None),
        ({"type": "multi_static_select", "selected_options": [{"value": "a"}]}, ["a"]),
        ({"type": "multi_users_select", "selected_users": ["U1"]}, ["U1"]),
        ({"type": "datetimepicker", "selected_date_time": 1_795_183_392}, 1_795_183_392),
        ({"type": "number_input", "value": "3"}, "3"),
    ],
)
def test_every_kind_of_element_is_read_back(state: dict[str, Any], value: object) -> None:
    view = {
        "private_metadata": json.dumps({"operation": "help"}),
        "state": {"values": {"about": {"value": state}}},
    }

    assert submitted(view).values == {"about": value}


def _filled(view: Any) -> dict[str, Any]:
    """What Slack sends when a form is submitted as it was opened."""
    values = {
        block["block_id"]: {block["element"]["action_id"]: _state(block["element"])}
        for block in view["blocks"]
        if block["type"] == "input"
    }
    assert values or not list(parts(view["blocks"]))
    return {**view, "state": {"values": values}}


def _state(element: dict[str, Any]) -> dict[str, Any]:
    match element["type"]:
        case "static_select" | "external_select":
            found: dict[str, Any] = {"selected_option": element.get("initial_option")}
        case "checkboxes":
            found = {"selected_options": element.get("initial_options", [])}
        case "users_select":
            found = {"selected_user": element.get("initial_user")}
        case _:
            found = {"value": element.get("initial_value")}
    return {"type": element["type"], **found}


@pytest.mark.parametrize("typed", ["pre-live", "prod", "Staging", "production"])
def test_a_typed_word_that_is_no_option_comes_back_from_the_form(typed: str) -> None:
    """It may be a team's own; left out, a digest would tell of every environment."""
    view = form(CATALOGUE["schedule_digest"], {"environment": typed}, metadata=HERE)
    [element] = [one["element"] for one in view["blocks"] if one.get("block_id") == "environment"]

    assert_view(view)
    assert element["initial_option"] in element["options"]
    assert element["initial_option"]["value"].casefold() == typed.casefold()


def test_where_nothing_was_typed_no_option_is_chosen() -> None:
    view = form(CATALOGUE["schedule_digest"], {}, metadata=HERE)
    [element] = [one["element"] for one in view["blocks"] if one.get("block_id") == "environment"]

    assert "initial_option" not in element


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("show_metrics", "Show metrics"),
        ("show_top", "Show top load"),
        ("show_events", "Show events"),
        ("show_database", "Show"),
        ("compare_databases", "Compare"),
        ("schedule_digest", "Schedule"),
        ("remove_digest", "Remove"),
        ("post_digest", "Post now"),
        ("approve_request", "Approve"),
        ("reject_request", "Reject"),
        ("reboot_instance", "Request"),
    ],
)
def test_the_button_of_a_form_says_what_it_does(name: str, label: str) -> None:
    assert form(CATALOGUE[name], {}, metadata={})["submit"]["text"] == label


VERBAL = {"Show", "Request", "Approve", "Cancel", "Compare", "List", "Post", "Reject", "Remove",
          "Schedule", "Settle"}  # fmt: skip


@pytest.mark.parametrize("operation", list(CATALOGUE.values()), ids=list(CATALOGUE))
def test_the_button_of_every_form_begins_with_a_verb(operation: type[Operation]) -> None:
    said = form(operation, {}, metadata={})["submit"]["text"]

    assert said.split()[0] in VERBAL


def test_a_flag_in_a_form_is_called_as_its_field_is() -> None:
    said = words(form(CATALOGUE["reboot_instance"], {}, metadata={}))

    assert "--" not in said
    assert 'With "Failover"' in said
