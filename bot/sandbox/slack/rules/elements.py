"""Block elements and composition objects, with the limits of docs.slack.dev/reference/block-kit."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack.rules.schema import (
    Check,
    anything,
    at_least_one,
    boolean,
    choice,
    exactly_one,
    in_order,
    listed,
    number,
    one_of_types,
    problem,
    shape,
    string,
    text,
)

ID = string(255)
URL = string(3000)
STYLE = choice("primary", "danger")
DATE = string(10, pattern=r"\d{4}-\d\d-\d\d")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
PLACEHOLDER = text(150, plain=True)
CONFIRM = shape(
    {
        "title!": text(100, plain=True),
        "text!": text(300),
        "confirm!": text(30, plain=True),
        "deny!": text(30, plain=True),
        "style": STYLE,
    }
)
SLACK_FILE = shape(
    {"id": string(255, pattern=r"F[A-Z0-9]{8,}"), "url": URL}, exactly_one("id", "url")
)
DISPATCH = shape({"trigger_actions_on": listed(anything, 2)})


def option(*, plain: bool, url: bool = False) -> Check:
    fields = {
        "text!": text(75, plain=plain),
        "value": string(150),
        "description": text(75, plain=plain),
    }
    return shape({**fields, "url": URL} if url else {**fields, "value!": string(150)})


OPTION = option(plain=True)
RICH_OPTION = option(plain=False)
GROUP = shape({"label!": text(75, plain=True), "options!": listed(OPTION, 100)})


def _initial_is_offered(value: Any, at: str) -> Iterator[str]:
    grouped = [it for group in value.get("option_groups") or () for it in group.get("options", ())]
    offered = [it.get("value") for it in (value.get("options") or grouped) if isinstance(it, dict)]
    chosen = [value["initial_option"]] if value.get("initial_option") else []
    for it in (*chosen, *(value.get("initial_options") or ())):
        if not isinstance(it, dict) or it.get("value") not in offered:
            yield problem("the initial option is not one of the options", at)


def _element(fields: Mapping[str, Check], *rules: Check) -> Check:
    return shape({"action_id": ID, **fields}, *rules)


def _field(fields: Mapping[str, Check], *rules: Check) -> Check:
    common = {"placeholder": PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": boolean}
    return _element({**common, **fields}, *rules)


def _typed(fields: Mapping[str, Check], *rules: Check) -> Check:
    """Fields that are typed into have a placeholder, no confirmation."""
    return _element(
        {
            "placeholder": PLACEHOLDER,
            "focus_on_load": boolean,
            "dispatch_action_config": DISPATCH,
            **fields,
        },
        *rules,
    )


def _menus(kind: str, own: Mapping[str, Check]) -> dict[str, Check]:
    """A select of one, and its sibling of many."""
    many = {name.replace("initial_option", "initial_options"): it for name, it in own.items()}
    more = {"max_selected_items": number(1, 10_000)}
    static = (exactly_one("options", "option_groups"), _initial_is_offered)
    rules: tuple[Check, ...] = static if kind == "static_select" else ()
    return {
        kind: _field(own, *rules),
        f"multi_{kind}": _field({**many, **more}, *rules),
    }


STATIC: Mapping[str, Check] = {
    "options": listed(OPTION, 100),
    "option_groups": listed(GROUP, 100),
    "initial_option": anything,
}
CONVERSATIONS: Mapping[str, Check] = {
    "initial_conversation": string(255),
    "initial_conversations": anything,
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": anything,
}
CHANNELS: Mapping[str, Check] = {
    "initial_channel": string(255),
    "initial_channels": anything,
    "response_url_enabled": boolean,
}
SELECTS: Mapping[str, Check] = {
    **_menus("static_select", STATIC),
    **_menus(
        "external_select", {"min_query_length": number(0, 10_000), "initial_option": anything}
    ),
    **_menus("users_select", {"initial_user": string(255), "initial_users": anything}),
    **_menus("conversations_select", CONVERSATIONS),
    **_menus("channels_select", CHANNELS),
}
ONE_SELECT = tuple(it for it in SELECTS if not it.startswith("multi_"))

_FEEDBACK = shape(
    {
        "text!": text(75, plain=True),
        "value!": string(2000),
        "accessibility_label": string(75),
    }
)
BUTTONS: Mapping[str, Check] = {
    "button": _element(
        {
            "text!": text(75, plain=True),
            "value": string(2000),
            "url": URL,
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        }
    ),
    "workflow_button": _element(
        {"text!": text(75, plain=True), "workflow!": anything, "style": STYLE}
    ),
    "icon_button": _element(
        {
            "icon!": string(255),
            "text!": text(75, plain=True),
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": listed(string(255), 10),
        }
    ),
    "feedback_buttons": _element({"positive_button!": _FEEDBACK, "negative_button!": _FEEDBACK}),
}
PICKERS: Mapping[str, Check] = {
    "checkboxes": _field(
        {"options!": listed(RICH_OPTION, 10), "initial_options": anything}, _initial_is_offered
    ),
    "radio_buttons": _field(
        {"options!": listed(RICH_OPTION, 10), "initial_option": anything}, _initial_is_offered
    ),
    "datepicker": _field({"initial_date": DATE}),
    "timepicker": _field({"initial_time": TIME, "timezone": string(255)}),
    "datetimepicker": _field({"initial_date_time": number(10**9, 10**10)}),
}
TYPED: Mapping[str, Check] = {
    "plain_text_input": _typed(
        {
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
        in_order("min_length", "max_length"),
    ),
    "number_input": _typed(
        {
            "is_decimal_allowed!": boolean,
            "initial_value": string(255),
            "min_value": string(255),
            "max_value": string(255),
        },
        in_order("min_value", "max_value"),
    ),
    "email_text_input": _typed({"initial_value": string(255)}),
    "url_text_input": _typed({"initial_value": string(3000)}),
    "rich_text_input": _typed({"initial_value": anything}),
    "file_input": _element({"filetypes": listed(string(50), 100), "max_files": number(1, 10)}),
}
IMAGE = shape(
    {"alt_text!": string(2000), "image_url": URL, "slack_file": SLACK_FILE},
    exactly_one("image_url", "slack_file"),
)
OVERFLOW = _element(
    {"options!": listed(option(plain=True, url=True), 5), "confirm": CONFIRM},
    at_least_one("options"),
)
TABLE: Mapping[str, Check] = {
    **SELECTS,
    **BUTTONS,
    **PICKERS,
    **TYPED,
    "image": IMAGE,
    "overflow": OVERFLOW,
}

IN_INPUT = one_of_types({**SELECTS, **PICKERS, **TYPED})
IN_ACTIONS = one_of_types(TABLE, ("button", "workflow_button", "overflow", *ONE_SELECT, *PICKERS))
IN_SECTION = one_of_types(
    TABLE, ("button", "workflow_button", "overflow", "image", *SELECTS, *PICKERS)
)
IN_CONTEXT_ACTIONS = one_of_types(TABLE, ("feedback_buttons", "icon_button"))
BUTTON = BUTTONS["button"]
