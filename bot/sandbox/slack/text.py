"""Block Kit as lines of text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.columns import columns, table, width, wrap
from bot.sandbox.slack.mrkdwn import Eyes, decoded, emoji, read
from bot.sandbox.slack.rich import cell, rich_text

Block = Mapping[str, Any]
UNWRAPPED = 100_000
GLYPHS: Mapping[str, str] = {
    "pending": "○",
    "in_progress": "◐",
    "complete": "●",
    "error": "✗",
    "default": "•",
    "info": "\u2139",
    "warning": "⚠",
    "success": "✔",
}
FIELDS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
SPARKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Page:
    """Who reads, how wide the page is, and what stands under the inputs of a form."""

    eyes: Eyes
    width: int = UNWRAPPED
    errors: Mapping[str, str] = field(default_factory=dict)

    def text(self, given: Mapping[str, Any] | None) -> str:
        """A text object, as it reads."""
        if not given:
            return ""
        if given["type"] == "mrkdwn":
            return read(str(given["text"]), self.eyes)
        return emoji(decoded(str(given["text"])))

    def wrapped(self, text: str, indent: str = "") -> list[str]:
        fits = self.width == UNWRAPPED
        lines = text.split("\n") if fits else wrap(text, self.width - width(indent))
        return [indent + line for line in lines]


def render(blocks: Sequence[Block], page: Page) -> list[str]:
    return [line for block in blocks for line in _render(block, page)]


def plain(blocks: Sequence[Block], text: str, page: Page) -> str:
    """All words in reading order, unwrapped; `text` where there are no blocks."""
    return "\n".join(render(blocks, page)) if blocks else read(text, page.eyes)


def _render(block: Block, page: Page) -> Iterator[str]:
    yield from RENDERERS[block["type"]](block, page)


def _section(block: Block, page: Page) -> Iterator[str]:
    if block.get("text"):
        yield from page.wrapped(page.text(block["text"]))
    yield from _fields([page.text(it) for it in block.get("fields", ())], page)
    if block.get("accessory"):
        yield f"  {_element(block['accessory'], page)}"


def _fields(cells: Sequence[str], page: Page) -> list[str]:
    if page.width == UNWRAPPED:
        return list(cells)
    return columns(cells, page.width)


def _actions(block: Block, page: Page) -> Iterator[str]:
    yield from page.wrapped("  ".join(_element(it, page) for it in block["elements"]))


def _context(block: Block, page: Page) -> Iterator[str]:
    shown = [
        _element(it, page) if it["type"] == "image" else page.text(it) for it in block["elements"]
    ]
    yield from page.wrapped("  ".join(shown))


def _input(block: Block, page: Page) -> Iterator[str]:
    optional = " (optional)" if block.get("optional") else ""
    yield from page.wrapped(page.text(block["label"]) + optional)
    yield from page.wrapped(_element(block["element"], page), "  ")
    if error := page.errors.get(block["block_id"]):
        yield from page.wrapped(f"✗ {emoji(error)}", "  ")
    if block.get("hint"):
        yield from page.wrapped(page.text(block["hint"]), "  ")


def _image(block: Block, page: Page) -> Iterator[str]:
    title = f"{page.text(block['title'])}: " if block.get("title") else ""
    yield from page.wrapped(f"🖼  {title}{block['alt_text']}")


def _table(block: Block, page: Page) -> Iterator[str]:
    rows = [[cell(it, page.eyes) for it in row] for row in block["rows"]]
    settings = [it or {} for it in block.get("column_settings") or ()]
    if block.get("caption"):
        yield str(block["caption"])
    yield from table(rows, [str(it.get("align", "left")) for it in settings], page.width)


def _chart(block: Block, page: Page) -> Iterator[str]:
    chart = block["chart"]
    yield f"📈 {block['title']}"
    for part in chart.get("segments", ()):
        yield f"  {part['label']}: {part['value']:g}"
    for series in chart.get("series", ()):
        values = [float(it["value"]) for it in series["data"]]
        yield f"  {series['name']}: {_spark(values)} (last {values[-1]:g})"


def _task(block: Block, page: Page) -> Iterator[str]:
    yield from page.wrapped(f"{GLYPHS[block.get('status', 'pending')]} {block['title']}")
    for name in ("details", "output"):
        if block.get(name):
            yield from page.wrapped("\n".join(rich_text(block[name], page.eyes)), "  ")


def _plan(block: Block, page: Page) -> Iterator[str]:
    yield from page.wrapped(str(block["title"]))
    for task in block.get("tasks", ()):
        yield from _task(task, page)


def _card(block: Block, page: Page) -> Iterator[str]:
    for name in ("title", "subtitle", "body", "subtext"):
        if block.get(name):
            yield from page.wrapped(page.text(block[name]))
    if block.get("actions"):
        yield "  ".join(_element(it, page) for it in block["actions"])


def _carousel(block: Block, page: Page) -> Iterator[str]:
    for it in block["elements"]:
        yield from _card(it, page)


def _container(block: Block, page: Page) -> Iterator[str]:
    if block.get("rich_text_title"):
        yield from rich_text(block["rich_text_title"], page.eyes)
    else:
        yield from page.wrapped(page.text(block["title"]))
    yield from page.wrapped(page.text(block["subtitle"])) if block.get("subtitle") else ()
    for child in block["child_blocks"]:
        yield from _render(child, page)


def _alert(block: Block, page: Page) -> Iterator[str]:
    glyph = GLYPHS[block.get("level", "default")]
    yield from page.wrapped(f"{glyph} {page.text(block['text'])}")


def _rich_text(block: Block, page: Page) -> Iterator[str]:
    for line in rich_text(block, page.eyes):
        yield from page.wrapped(line)


def _markdown(block: Block, page: Page) -> Iterator[str]:
    yield from page.wrapped(emoji(str(block["text"]).replace("**", "")))


def _divider(block: Block, page: Page) -> Iterator[str]:
    yield "─" * (page.width if page.width != UNWRAPPED else 3)


def _header(block: Block, page: Page) -> Iterator[str]:
    yield from page.wrapped(page.text(block["text"]))


def _named(block: Block, page: Page) -> Iterator[str]:
    yield f"[{block['type']} {block.get('external_id') or page.text(block.get('title'))}]"


def _element(element: Block, page: Page) -> str:
    kind = str(element["type"])
    if kind == "image":
        return f"🖼  {element['alt_text']}"
    if kind == "feedback_buttons":
        both = (element["positive_button"], element["negative_button"])
        return " ".join(f"[{page.text(it['text'])}]" for it in both)
    if kind == "overflow":
        return "[⋯ " + " · ".join(page.text(it["text"]) for it in element["options"]) + "]"
    if kind in ("checkboxes", "radio_buttons"):
        return _boxes(element, page)
    if "text" in element:
        return f"[{page.text(element['text'])}]"
    if kind in FIELDS:
        return f"[ {element.get('initial_value') or page.text(element.get('placeholder'))} ]"
    return f"[{_chosen(element, page)} ▾]"


def _boxes(element: Block, page: Page) -> str:
    chosen = [*element.get("initial_options", ()), element.get("initial_option")]
    ticked = {it["value"] for it in chosen if it}
    marks = "☑☐" if element["type"] == "checkboxes" else "◉○"
    shown = [
        f"{marks[it['value'] not in ticked]} {page.text(it['text'])}" for it in element["options"]
    ]
    return "  ".join(shown)


def _chosen(element: Block, page: Page) -> str:
    for name, value in element.items():
        if name.startswith("initial_") and value:
            many = value if isinstance(value, list) else [value]
            return ", ".join(_label(it, page) for it in many)
    return page.text(element.get("placeholder")) or str(element["type"])


def _label(value: Any, page: Page) -> str:
    if isinstance(value, dict) and "text" in value:
        return page.text(value["text"])
    named = str(value)
    return page.eyes.user(named) if named in page.eyes.workspace.people else named


def _spark(values: Sequence[float]) -> str:
    low, span = min(values), (max(values) - min(values)) or 1.0
    return "".join(SPARKS[round((it - low) / span * (len(SPARKS) - 1))] for it in values)


RENDERERS: Mapping[str, Callable[[Block, Page], Iterator[str]]] = {
    "actions": _actions,
    "alert": _alert,
    "card": _card,
    "carousel": _carousel,
    "container": _container,
    "context": _context,
    "context_actions": _actions,
    "data_table": _table,
    "data_visualization": _chart,
    "divider": _divider,
    "file": _named,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "plan": _plan,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
    "task_card": _task,
    "video": _named,
}
