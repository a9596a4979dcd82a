"""The things in a message or view that a person can press, pick or fill in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# the key of the value in Slack's state, and the key of the element's initial value
KEYS: Mapping[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
PRESSED = frozenset({"button", "icon_button", "workflow_button"})
STATELESS = PRESSED | {"overflow", "feedback_buttons"}
INTERACTIVE = STATELESS | set(KEYS)


@dataclass(frozen=True, slots=True)
class Control:
    """`dispatches`: using it sends `block_actions`; an ordinary input only fills its form."""

    block_id: str
    action_id: str
    kind: str
    label: str
    element: Mapping[str, Any]
    block: Mapping[str, Any]
    dispatches: bool

    @property
    def value(self) -> str | None:
        return self.element.get("value")

    @property
    def is_button(self) -> bool:
        return self.kind in PRESSED

    def __str__(self) -> str:
        value = f" value={self.value!r}" if self.value is not None else ""
        return f"[{self.label}] {self.kind} {self.action_id}{value}"


def controls(blocks: Sequence[Mapping[str, Any]]) -> tuple[Control, ...]:
    return tuple(control for block in blocks for control in _of_block(block))


def inputs(blocks: Sequence[Mapping[str, Any]]) -> tuple[Control, ...]:
    """Those that carry a value in `state.values`: all but buttons and overflow menus."""
    return tuple(it for it in controls(blocks) if it.kind not in STATELESS)


def walk(part: Any) -> Iterator[dict[str, Any]]:
    """Every object inside blocks, the blocks included."""
    if isinstance(part, list | tuple):
        for it in part:
            yield from walk(it)
    elif isinstance(part, dict):
        yield part
        for it in part.values():
            yield from walk(it)


def _of_block(block: Mapping[str, Any]) -> Iterator[Control]:
    match block["type"]:
        case "actions" | "context_actions":
            yield from (_control(block, it) for it in block["elements"])
        case "section" if "action_id" in block.get("accessory", {}):
            yield _control(block, block["accessory"])
        case "input":
            yield _control(block, block["element"], block.get("dispatch_action", False))
        case "card":
            yield from (_control(block, it) for it in block.get("actions", ()))
        case "carousel":
            yield from (it for card in block["elements"] for it in _of_block(card))
        case "container":
            yield from (it for child in block["child_blocks"] for it in _of_block(child))


def _control(
    block: Mapping[str, Any], element: Mapping[str, Any], dispatches: bool = True
) -> Control:
    label = element.get("text") or block.get("label") or element.get("placeholder") or {}
    return Control(
        block_id=block.get("block_id", ""),
        action_id=element.get("action_id", ""),
        kind=element["type"],
        label=str(label.get("text", element["type"])),
        element=element,
        block=block,
        dispatches=dispatches,
    )
