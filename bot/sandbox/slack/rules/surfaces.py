"""Rules about a whole message, modal or Home tab."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.sandbox.slack.rules.blocks import BLOCKS
from bot.sandbox.slack.rules.schema import (
    Check,
    anything,
    boolean,
    choice,
    listed,
    one_of_types,
    problem,
    shape,
    string,
    text,
)

MARKDOWN_CHARACTERS = 12_000
AT_MOST = {"table": 1, "data_visualization": 2}
EVERYWHERE = ("actions", "card", "context", "divider", "header", "image", "input")
ANYWHERE = (*EVERYWHERE, "rich_text", "section", "video")
LARGE = ("carousel", "container", "data_table", "data_visualization", "table")
MESSAGE = (*ANYWHERE, *LARGE, "context_actions", "file", "markdown", "plan", "task_card")
MODAL = (*ANYWHERE, "alert")
HOME = (*ANYWHERE, *LARGE)
UNKNOWN_TO_SDK = frozenset({"data_table", "data_visualization"})
MODAL_INPUTS = frozenset({"file_input"})

_COMMON: Mapping[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_VIEWS: Mapping[str, Check] = {
    "modal": shape(
        {
            **_COMMON,
            "title!": text(24, plain=True),
            "submit": text(24, plain=True),
            "close": text(24, plain=True),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
            "blocks!": listed(one_of_types(BLOCKS, MODAL), 100),
        }
    ),
    "home": shape(
        {
            **_COMMON,
            # Slack takes these on a Home tab and ignores them
            "clear_on_close": anything,
            "notify_on_close": anything,
            "blocks!": listed(one_of_types(BLOCKS, HOME), 100),
        }
    ),
}
_MESSAGE = listed(one_of_types(BLOCKS, MESSAGE), 50, least=0)
_VIEW_TYPE = choice(*_VIEWS)


def message_problems(blocks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What Slack would refuse; empty when the message may be posted."""
    found = (*_MESSAGE(list(blocks), "/blocks"), *_together(blocks, "/blocks"))
    found = (*found, *_modal_only(blocks))
    return found or tuple(_sdk_blocks(blocks))


def view_problems(view: Mapping[str, Any]) -> tuple[str, ...]:
    """What Slack would refuse; empty when the view may be opened or published."""
    if wrong := tuple(_VIEW_TYPE(view.get("type"), "/view/type")):
        return wrong
    found = tuple(_VIEWS[view["type"]](view, "/view"))
    if found:
        return found
    blocks = view["blocks"]
    found = (*_together(blocks, "/view/blocks"), *_submit(view), *_focus(blocks))
    if view["type"] == "home":
        found = (*found, *_modal_only(blocks))
    return found or tuple(_sdk_view(view))


def _together(blocks: Sequence[Mapping[str, Any]], at: str) -> Iterator[str]:
    ids = Counter(it.get("block_id") for it in blocks if it.get("block_id"))
    yield from (problem(f"block_id {it} already exists", at) for it, n in ids.items() if n > 1)
    kinds = Counter(it.get("type") for it in _with_children(blocks))
    for kind, most in AT_MOST.items():
        if kinds[kind] > most:
            yield problem(f"only {most} {kind} block allowed", at)
    markdown = sum(len(str(it.get("text"))) for it in blocks if it.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        yield problem(f"markdown blocks hold {MARKDOWN_CHARACTERS} characters together", at)
    pending = [it for it in blocks if it.get("type") == "task_card"]
    if any(it.get("status") == "pending" for it in pending):
        yield problem("only the tasks of a plan can be pending", at)


def _with_children(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for block in blocks:
        yield block
        children = block.get("child_blocks")
        yield from children if isinstance(children, list) else ()


def _modal_only(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for index, block in enumerate(blocks):
        element = block.get("element")
        if isinstance(element, dict) and element.get("type") in MODAL_INPUTS:
            yield problem(f"unsupported type: {element['type']}", f"/blocks/{index}/element")


def _submit(view: Mapping[str, Any]) -> Iterator[str]:
    has_input = any(it["type"] == "input" for it in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        yield problem("submit is required when a modal has input blocks", "/view")


def _focus(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    elements = [it.get("element") or it.get("accessory") or {} for it in blocks]
    if sum(bool(it.get("focus_on_load")) for it in elements) > 1:
        yield problem("only one element may have focus_on_load", "/view")


def _sdk_blocks(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """slack_sdk's opinion of all blocks but the newest, which it does not know."""
    for index, block in enumerate(blocks):
        if block["type"] in UNKNOWN_TO_SDK:
            continue
        parsed = Block.parse(deepcopy(dict(block)))
        try:
            if parsed is not None:
                parsed.to_dict()
        except SlackObjectFormationError as error:
            yield problem(str(error), f"/blocks/{index}")


def _sdk_view(view: Mapping[str, Any]) -> Iterator[str]:
    known = [it for it in view["blocks"] if it["type"] not in UNKNOWN_TO_SDK]
    if not known:
        return
    try:
        View(**deepcopy({**view, "blocks": known})).to_dict()
    except SlackObjectFormationError as error:
        yield problem(str(error), "/view")
