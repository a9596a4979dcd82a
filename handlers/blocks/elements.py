"""Blocks and elements within Slack's limits: https://docs.slack.dev/reference/block-kit"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal

from bot.values import BUTTON_VALUE, Button, Line, Menu, Strong
from handlers.blocks.rich import Block, Leaf, leaves, rich_text
from handlers.blocks.text import cut, is_calm, mrkdwn, plain, visible, visible_lines

Payload = dict[str, Any]  #: a message's text and blocks, or a view
Element = dict[str, Any]
Text = dict[str, Any]
Style = Literal["primary", "danger"]

PAIRS = 10  #: fields of one section
FIELD = 2000
SECTION = 3000
HEADER = 150
BUTTON = 75
LABEL = 26  #: characters of a button; a phone cuts what is longer, wherever that may be
ACTION = 255
OPTION, OPTIONS = 75, 100
OPTION_VALUE = 150
DOTS = 5  #: choices behind three dots
MENU = "menu."  #: actions of what unfolds into the button that was chosen
FORM_LABEL = 2000
PLACEHOLDER = 150
ROWS, COLUMNS = 100, 20
CELL = 300  #: ours: a table holds 10,000 characters together
NOTICE = 3000  #: of the text that notifications show; chat.update refuses 4,000


def plain_text(text: str, limit: int) -> Text:
    """Slack refuses empty text, so nothing visible becomes a dash."""
    # Without emoji, as a name between two colons is no picture.
    return {"type": "plain_text", "text": cut(text, limit) or "-", "emoji": False}


def line_text(line: Line, limit: int) -> Text:
    """mrkdwn where nothing in the line would format by itself, else plain text."""
    if is_calm(line) and (written := mrkdwn(line, limit)).strip():
        # Else Slack makes a link of whatever looks like an address or a channel.
        # https://docs.slack.dev/reference/block-kit/composition-objects/text-object
        return {"type": "mrkdwn", "text": written, "verbatim": True}
    return plain_text(plain(line), limit)


def notification(line: Line) -> str:
    """The top-level text of a message, which notifications show; never a person's own words."""
    return mrkdwn(line, NOTICE) or "-"


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(visible(text), HEADER)}


def section(line: Line, limit: int = SECTION) -> Block:
    return {"type": "section", "text": line_text(line, limit)}


def plain_section(text: str, limit: int = SECTION) -> Block:
    return {"type": "section", "text": plain_text(visible_lines(text), limit)}


def fields(pairs: Iterable[tuple[str, Line]], limit: int = FIELD) -> list[Block]:
    """Labels above their values, in as many sections as they need; what would format by itself, as
    a window like ``:00-02:`` does in mrkdwn, in lines between them."""
    blocks: list[Block] = []
    for calm, group in groupby(pairs, lambda pair: is_calm((Strong(text=pair[0]), *pair[1]))):
        some = list(group)
        blocks += _sections(some, limit) if calm else facts(some, limit)
    return blocks


def facts(pairs: Iterable[tuple[str, Line]], limit: int = FIELD) -> list[Block]:
    """Each label before its value, a line each, in rich_text: any value stays what it is beside a
    bold label. None without any."""
    found = [leaf for label, value in pairs for leaf in _fact(label, value, limit)]
    if not found:
        return []
    found[0]["text"] = found[0]["text"].lstrip()
    return [rich_text({"type": "rich_text_section", "elements": found})]


def context(*lines: Line, limit: int = 1000) -> Block:
    return {"type": "context", "elements": [line_text(line, limit) for line in lines[:10]]}


def button(
    label: str, action: str, value: str, style: Style | None = None, *, spoken: str = "",
    confirm: Element | None = None,
) -> Element:  # fmt: skip
    """``spoken`` is what a screen reader says instead of the label, and begins with its words."""
    optional = {
        "style": style,
        "accessibility_label": cut(visible(spoken), BUTTON),
        "confirm": confirm,
    }
    return {
        "type": "button",
        "text": plain_text(visible(label), LABEL),
        "action_id": action,
        "value": cut(value, BUTTON_VALUE),
        **{name: given for name, given in optional.items() if given},
    }


def linking(label: str, action: str, url: str) -> Element:
    """A button that opens an address. Slack tells of the click all the same."""
    return {
        "type": "button",
        "text": plain_text(visible(label), LABEL),
        "action_id": action,
        "url": url,
    }


def confirm(title: str, text: str, yes: str, no: str) -> Element:
    return {
        "title": plain_text(visible(title), 100),
        "text": plain_text(visible(text), 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }


def actions(buttons: Sequence[Element]) -> list[Block]:
    """Action ids differ within a block, so a repeated one goes into the next."""
    rows: list[list[Element]] = []
    for one in buttons:
        row = next((row for row in rows if _has_room(row, one)), None)
        if row is None:
            rows.append(row := [])
        row.append(one)
    return [{"type": "actions", "elements": row} for row in rows]


def buttons(given: Iterable[Button | Menu]) -> list[Block]:
    return actions([element for one in given for element in controls(one)])


def controls(given: Button | Menu) -> list[Element]:
    """A button or a menu as Slack has it; what a menu cannot hold becomes buttons."""
    if isinstance(given, Button):
        return [button(given.label, given.action, given.value, given.style)]
    choices = given.choices[:OPTIONS]
    if any(len(_unfolds(one)) > OPTION_VALUE for one in choices):
        return [element for one in given.choices for element in controls(one)]
    return [_menu(given, choices)] if choices else []


def beside(text: Text, menu: Menu, *between: Block) -> list[Block]:
    """A line with a menu beside it; what a menu cannot hold stands below, after ``between``."""
    found = controls(menu)
    if len(found) == 1:
        return [{"type": "section", "text": text, "accessory": found[0]}, *between]
    return [{"type": "section", "text": text}, *between, *actions(found)]


def _menu(given: Menu, choices: Sequence[Button]) -> Element:
    """https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element"""
    options = [option(one.label, _unfolds(one)) for one in choices]
    chosen = next((one for one in options if one["text"]["text"] == given.chosen), None)
    action = {"action_id": f"{MENU}{given.label}"[:ACTION]}
    if not (given.chosen or given.named) and len(options) <= DOTS:
        return {"type": "overflow", **action, "options": options}
    stands = {"initial_option": chosen} if chosen else {}
    return {"type": "static_select", **action, **placeholder(given.label), "options": options,
            **stands}  # fmt: skip


def _unfolds(one: Button) -> str:
    """What a choice holds: the button that it stands for. Actions hold no blank."""
    return f"{one.action} {one.value}"


def table(columns: Sequence[str], rows: Sequence[Sequence[Line]]) -> Block:
    """At most 99 rows; each cell is cut, together they must stay within Slack's 10,000."""
    head = [_cell((name,)) for name in columns]
    return {"type": "table", "rows": [head, *([_cell(line) for line in row] for row in rows)]}


def input_block(
    name: str,
    label: str,
    element: Element,
    *,
    hint: str = "",
    optional: bool = False,
    tells: bool = False,
) -> Block:
    """``name`` is the block id, by which the submitted value is found again. ``tells``: a choice is
    told at once, and not only when the form is sent."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label, FORM_LABEL),
        "element": element,
        "optional": optional,
        **({"hint": plain_text(hint, FORM_LABEL)} if hint else {}),
        **({"dispatch_action": True} if tells else {}),
    }


def option(label: str, value: str) -> Element:
    return {"text": plain_text(visible(label), OPTION), "value": value}


def placeholder(text: str) -> Mapping[str, Text]:
    return {"placeholder": plain_text(text, PLACEHOLDER)} if text else {}


def _fact(label: str, value: Line, limit: int) -> list[Leaf]:
    title = f"\n{visible(label) or '-'}: "
    bold = {"type": "text", "text": title, "style": {"bold": True}}
    return [bold, *(leaves(value, limit - len(title)) or leaves(("-",)))]


def _sections(pairs: Sequence[tuple[str, Line]], limit: int) -> list[Block]:
    texts = [_field(label, value, limit) for label, value in pairs]
    return [
        {"type": "section", "fields": texts[start : start + PAIRS]}
        for start in range(0, len(texts), PAIRS)
    ]


def _field(label: str, value: Line, limit: int) -> Text:
    """Of what is calm."""
    head = mrkdwn((Strong(text=label),), limit)
    written = mrkdwn(value, limit - len(head) - 1) or "-"
    return {"type": "mrkdwn", "text": f"{head}\n{written}", "verbatim": True}


def _has_room(row: Sequence[Element], one: Element) -> bool:
    return len(row) < 25 and all(other["action_id"] != one["action_id"] for other in row)


def _cell(line: Line) -> Element:
    if all(isinstance(span, str) for span in line):
        return {"type": "raw_text", "text": cut(plain(line), CELL) or "-"}
    return rich_text(
        {"type": "rich_text_section", "elements": leaves(line, CELL) or leaves(("-",))}
    )
