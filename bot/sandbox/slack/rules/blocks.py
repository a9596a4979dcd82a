"""Blocks, with the limits of docs.slack.dev/reference/block-kit/blocks."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack.rules.elements import (
    BUTTON,
    ID,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    SLACK_FILE,
    URL,
)
from bot.sandbox.slack.rules.rich import CELL, COLUMNS, RICH_TEXT
from bot.sandbox.slack.rules.schema import (
    Check,
    anything,
    at_least_one,
    boolean,
    choice,
    exactly_one,
    listed,
    number,
    one_of_types,
    problem,
    shape,
    string,
    text,
    unique,
)

TABLE_CHARACTERS = 10_000


def _block(fields: Mapping[str, Check], *rules: Check) -> Check:
    return shape({"block_id": ID, **fields}, *rules)


def _not_too_much(value: Any, at: str) -> Iterator[str]:
    rows = value.get("rows")
    cells = [cell for row in rows for cell in row] if isinstance(rows, list) else []
    if sum(len(str(it.get("text", ""))) for it in cells) > TABLE_CHARACTERS:
        yield problem(f"a table holds at most {TABLE_CHARACTERS} characters", at)


def _not_both(first: str, second: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if value.get(first) and value.get(second):
            yield problem(f"{first} and {second} exclude each other", at)

    return check


_POINT = shape({"label!": string(20), "value!": number(-1e300, 1e300)})
_SERIES = shape({"name!": string(20), "data!": listed(_POINT, 20)})
_AXES = shape({"categories!": listed(string(20), 20), "x_label": string(50), "y_label": string(50)})
_PLOT = shape({"series!": listed(_SERIES, 12), "axis_config!": _AXES})
_CHART = one_of_types(
    {
        "line": _PLOT,
        "area": _PLOT,
        "bar": _PLOT,
        "pie": shape(
            {"segments!": listed(shape({"label!": string(20), "value!": number(0, 1e300)}), 12)}
        ),
    }
)
_TASK: Mapping[str, Check] = {
    "task_id!": ID,
    "title!": string(3000),
    "status": choice("pending", "in_progress", "complete", "error"),
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": anything,
}
CARD = _block(
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "slack_icon": anything,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": listed(BUTTON, 3),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)
SIMPLE: Mapping[str, Check] = {
    "divider": _block({}),
    "header": _block({"text!": text(150, plain=True), "level": number(1, 4)}),
    "markdown": _block({"text!": string(12_000)}),
    "rich_text": RICH_TEXT,
    "card": CARD,
    "section": _block(
        {
            "text": text(3000),
            "fields": listed(text(2000), 10),
            "accessory": IN_SECTION,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "actions": _block({"elements!": listed(IN_ACTIONS, 25)}, unique("action_id", "elements")),
    "context": _block(
        {
            "elements!": listed(
                one_of_types({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}), 10
            )
        }
    ),
    "context_actions": _block(
        {"elements!": listed(IN_CONTEXT_ACTIONS, 5)}, unique("action_id", "elements")
    ),
    "image": _block(
        {
            "alt_text!": string(2000),
            "image_url": URL,
            "slack_file": SLACK_FILE,
            "title": text(2000, plain=True),
        },
        exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {
            "label!": text(2000, plain=True),
            "element!": IN_INPUT,
            "hint": text(2000, plain=True),
            "optional": boolean,
            "dispatch_action": boolean,
        }
    ),
    "alert": _block(
        {"text!": text(200), "level": choice("default", "info", "warning", "error", "success")}
    ),
    "file": _block({"external_id!": ID, "source!": choice("remote")}),
    "video": _block(
        {
            "alt_text!": string(2000),
            "title!": text(200, plain=True),
            "video_url!": URL,
            "thumbnail_url!": URL,
            "title_url": string(2000),
            "author_name": string(50),
            "provider_name": string(50),
            "provider_icon_url": string(2000),
            "description": text(200, plain=True),
        }
    ),
    "table": _block(
        {"rows!": listed(listed(CELL, 20), 100), "column_settings": COLUMNS}, _not_too_much
    ),
    "data_table": _block(
        {
            "rows!": listed(listed(CELL, 20), 201, least=2),
            "caption": string(2000),
            "page_size": number(1, 100),
            "row_header_column_index": number(0, 19),
        }
    ),
    "data_visualization": _block({"title!": string(50), "chart!": _CHART}),
    "task_card": _block(_TASK),
    "plan": _block({"title!": string(3000), "tasks": listed(shape(_TASK), 50)}),
    "carousel": _block({"elements!": listed(one_of_types({"card": CARD}), 10)}),
}
BLOCKS: Mapping[str, Check] = {
    **SIMPLE,
    "container": _block(
        {
            "title": text(150, plain=True),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "child_blocks!": listed(one_of_types(SIMPLE), 10),
            "width": choice("narrow", "standard", "wide", "full"),
            "icon": IMAGE,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        at_least_one("title", "rich_text_title"),
        _not_both("is_collapsible", "has_header_divider"),
    ),
}
