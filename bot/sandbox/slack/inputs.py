"""What a person's typing and picking becomes in `state.values` and in an action."""

from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import Any

from bot.sandbox.slack.controls import KEYS, Control, inputs
from bot.sandbox.slack.errors import ImpossibleError
from bot.sandbox.slack.workspace import Workspace

State = Mapping[str, Any]

#: What is not entered as text.
SHAPES: Mapping[str, type | UnionType] = {
    "rich_text_input": dict,
    "file_input": str | dict,
    "number_input": str | int | float,
    "datetimepicker": str | int | float,
}
MANY = frozenset(it for it in KEYS if it.startswith("multi_")) | {"checkboxes", "file_input"}


def initial(control: Control) -> State:
    key, initial_key = KEYS[control.kind]
    empty: Any = [] if control.kind in MANY else None
    return {"type": control.kind, key: control.element.get(initial_key, empty)}


def entered(control: Control, value: Any, workspace: Workspace, offered: Sequence[State]) -> State:
    """`value` as a person would say it: text, an option's value or label, a name, or a list.

    `offered` are the options of an external select. Raises ImpossibleError for what is not there.
    """
    key, _ = KEYS[control.kind]
    pick = _picker(control, workspace, offered)
    if value in (None, ""):
        return {"type": control.kind, key: [] if control.kind in MANY else None}
    picked = [pick(it) for it in value] if control.kind in MANY else pick(value)
    return {"type": control.kind, key: picked}


def demand_shape(control: Control, value: Any) -> None:
    """Raises ImpossibleError where nobody could enter such a thing there."""
    listed, shape = isinstance(value, list | tuple), SHAPES.get(control.kind, str)
    fits = all(isinstance(it, shape) for it in (value if listed else [value]))
    if value is not None and not (fits and listed == (control.kind in MANY)):
        raise ImpossibleError(f"{control.label} cannot hold {value!r}.")


def value_of(state: State) -> Any:
    return state[KEYS[str(state["type"])][0]]


def state_values(
    blocks: Sequence[Mapping[str, Any]], typed: Mapping[tuple[str, str], State]
) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {}
    for control in inputs(blocks):
        here = typed.get((control.block_id, control.action_id)) or initial(control)
        values.setdefault(control.block_id, {})[control.action_id] = dict(here)
    return values


def complaint(control: Control, state: State) -> str | None:
    """What Slack's own client says under a field before it sends anything."""
    value = value_of(state)
    if value in (None, "", []):
        optional = control.block.get("optional", False) or control.block["type"] != "input"
        return None if optional else "Please complete this required field."
    match control.kind:
        case "plain_text_input":
            return _length(control.element, str(value))
        case "number_input":
            return _range(control.element, str(value))
        case "email_text_input" if "@" not in str(value):
            return "Please enter a valid email address."
        case "url_text_input" if "://" not in str(value):
            return "Please enter a valid URL."
    most = control.element.get("max_selected_items")
    return f"Select at most {most}." if most and len(value) > most else None


def options(element: Mapping[str, Any]) -> list[State]:
    grouped = [it for group in element.get("option_groups") or () for it in group["options"]]
    return [*(element.get("options") or ()), *grouped]


def _picker(
    control: Control, workspace: Workspace, offered: Sequence[State]
) -> Callable[[Any], Any]:
    kind = control.kind.removeprefix("multi_")
    if kind in ("static_select", "radio_buttons", "checkboxes", "overflow"):
        return lambda it: _option(control, it, options(control.element))
    if kind == "external_select":
        return lambda it: _option(control, it, offered)
    if kind == "users_select":
        return lambda it: workspace.person(it).id
    if kind in ("conversations_select", "channels_select"):
        return lambda it: workspace.channel(it).id
    if kind in ("datetimepicker", "rich_text_input", "file_input"):
        return lambda it: it
    return str


def _option(control: Control, wanted: str, offered: Sequence[State]) -> State:
    for option in offered:
        if wanted in (option.get("value"), option["text"]["text"]):
            return option
    there = ", ".join(str(it.get("value")) for it in offered) or "nothing"
    raise ImpossibleError(f"{control.label} does not offer {wanted!r}. It offers: {there}.")


def _length(element: Mapping[str, Any], value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Must be at least {least} characters."
    return f"Must be at most {most} characters." if len(value) > most else None


def _range(element: Mapping[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Please enter a whole number."
    low, high = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
    return None if low <= number <= high else f"Must be between {low:g} and {high:g}."
