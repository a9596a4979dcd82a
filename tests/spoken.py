"""What the bot says to people, as far as it stands in the code, and in docs that people read.

A constant, an f-string or a line of several words counts as said; a docstring does where it is the
help text of an operation. What AWS or SQL reads is not said to anybody.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.operations import CATALOGUE

ROOT = Path(__file__).parent.parent
CODE = ("bot", "handlers", "charts")
#: The demo's stage speaks as Slack and AWS do; the rest is lists of words.
NOT_SAID = {"sandbox", "_names.py", "_suggestions.py", "_vocabulary.py"}
PAGE = ROOT / "docs" / "words.md"
MOST = 20  #: words of a sentence
FOR_MACHINES = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP) |\(\?|\\b|<svg|^%"
)
#: What makes a button or a menu; its label comes first, or by name.
LABELLED = {"Button", "Menu", "asking", "button", "linking", "looking"}
END = re.compile(r"(?<=[.!?])\s+|\n+")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK, CODE_SPAN = re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), re.compile(r"`[^`]*`")
ITEM = re.compile(r"\n *(?:[-*]|\d+\.) |\n\|[^\n]*")
WORD = re.compile(r"[^\W\d_][\w'-]*")


class Said(NamedTuple):
    place: str  #: ``bot/errors.py:12``
    text: str

    def sentences(self) -> Iterator[str]:
        yield from filter(None, map(str.strip, END.split(self.text)))


class Retired(NamedTuple):
    words: re.Pattern[str]
    instead: str


def said() -> Iterator[Said]:
    """In the order of files and lines."""
    for room in CODE:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not set(path.parts) & NOT_SAID:
                yield from in_code(path.read_text("utf-8"), str(path.relative_to(ROOT)))


def labels() -> Iterator[Said]:
    """Of buttons and menus, as far as they stand in the code: names that come in between left
    out."""
    for room in CODE:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not set(path.parts) & NOT_SAID:
                yield from labels_in(path.read_text("utf-8"), str(path.relative_to(ROOT)))


def labels_in(code: str, place: str) -> Iterator[Said]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in LABELLED:
            given = [one.value for one in node.keywords if one.arg == "label"] or node.args[:1]
            for one in given:
                parts = one.values if isinstance(one, ast.JoinedStr) else [one]
                text = "".join(str(it.value) for it in parts if isinstance(it, ast.Constant))
                yield Said(f"{place}:{node.lineno}", text)


def retired() -> list[Retired]:
    """The table of docs/words.md: what is not said any more, and what is said instead."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [Retired(re.compile(rf"\b{old}\b", re.IGNORECASE), new) for old, new in rows[2:]]


def too_long(sentence: str) -> bool:
    return len(WORD.findall(sentence)) > MOST


def helped() -> Iterator[Said]:
    """The help texts of the operations."""
    for operation in CATALOGUE.values():
        yield Said(operation.name, inspect.cleandoc(operation.__doc__ or ""))


def written() -> Iterator[Said]:
    """The prose of the README and the docs: no code, no tables, no pictures."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        if path != PAGE:
            yield from _paragraphs(path)


def _paragraphs(path: Path) -> Iterator[Said]:
    text = FENCED.sub(lambda found: "\n" * found[0].count("\n"), path.read_text("utf-8"))
    number = 1
    for paragraph in re.split(r"(?<=\n)\n", text):
        if not paragraph.lstrip("\n").startswith(("    ", "|", "#", "<")):
            for item in ITEM.split(CODE_SPAN.sub("X", LINK.sub(r"\1", paragraph))):
                yield Said(f"{path.relative_to(ROOT)}:{number}", " ".join(item.split()))
        number += paragraph.count("\n") + 1


def in_code(code: str, name: str) -> Iterator[Said]:
    tree = ast.parse(code)
    silent = set(_silent(tree))
    for node in ast.walk(tree):
        if id(node) in silent or (text := _text(node)) is None:
            continue
        if " " in text.strip() and not FOR_MACHINES.search(text):
            yield Said(f"{name}:{node.lineno}", text)  # type: ignore[attr-defined]


def _silent(tree: ast.AST) -> Iterator[int]:
    """What is part of something longer, a docstring that is no help text, and lists of words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and "synonyms" in map(ast.unparse, node.targets):
            yield id(node.value)
        if _text(node) is not None:
            yield from (id(part) for part in ast.walk(node) if part is not node)
        elif isinstance(node, ast.Expr):
            yield id(node.value)


def _text(node: ast.AST) -> str | None:
    """X stands for what is known only when it is said."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "X" for part in parts)
        case ast.Tuple(elts=parts) if _is_line(parts):
            return "".join(_text(part) or "X" for part in parts)
    return None


def _is_line(parts: list[ast.expr]) -> bool:
    """Words with a mention, a moment, a command among them."""
    spans = [one for one in parts if isinstance(one, ast.Call)]
    words = [one for one in parts if " " in (_text(one) or "")]
    return bool(spans and words)


def faults() -> Iterator[str]:
    """Where, what is wrong, and the sentence."""
    old = retired()
    for one in (*said(), *helped(), *written()):
        for sentence in filter(too_long, one.sentences()):
            yield f"{one.place}: more than {MOST} words: {sentence}"
        for words in old:
            if found := words.words.search(one.text):
                yield f"{one.place}: not {found[0]!r} but {words.instead}: {one.text}"


if __name__ == "__main__":
    found = list(faults())
    sys.stdout.write("\n".join(found) or "Nothing to say better.")
    sys.exit(bool(found))
