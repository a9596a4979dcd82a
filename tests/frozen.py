"""What is stored, watched or pressed by its name: no name of these may change on the way.

``python -m tests.frozen`` writes ``frozen.json`` anew; whoever does so says that a migration, or
the people who watch, follow.
"""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from bot.operations import CATALOGUE
from bot.settings import Settings
from storage.tables.models import metadata

ROOT = Path(__file__).parents[1]
VERSIONS = ROOT / "storage/migrations/versions"
KEPT = Path(__file__).with_name("frozen.json")
ROOMS = ("bot", "handlers", "storage", "charts")
#: Played, not watched.
OUTSIDE = ROOT / "bot/sandbox"
#: ``step.sent``, ``card:{}``, ``alarms/{}/{}``, ``own-figures``, ``rds_bot_ack_seconds``.
NAME = re.compile(r"[a-z]\w*(?:[.:/-](?:[a-z]\w*|\{\}))+|rds_bot_\w+")
#: Arguments that are names although they are plain words.
NAMED = {"action", "key", "kind", "result", "cursor", "name"}


def frozen() -> dict[str, list[str]]:
    return {
        "names": sorted(_names()),
        "values": sorted(_values()),
        "operations": sorted(CATALOGUE),
        "columns": sorted(_columns()),
        "settings": sorted(_settings(Settings, "")),
        "revisions": sorted(file.stem for file in VERSIONS.glob("r*.py")),
    }


def _names() -> set[str]:
    return {name for tree in _trees() for name in _said(tree)}


@cache
def _trees() -> tuple[ast.AST, ...]:
    files = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))
    ours = (file for file in files if not file.is_relative_to(OUTSIDE))
    return tuple(ast.parse(file.read_text("utf-8")) for file in ours)


def _said(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        text = _skeleton(node)
        if text and NAME.fullmatch(text):
            yield text
        if isinstance(node, ast.keyword) and node.arg in NAMED:
            word = _skeleton(node.value)
            if word.strip("{}").isidentifier():
                yield f"{node.arg}={word}"


def _skeleton(node: ast.AST) -> str:
    """The text of a string, with a hole for each value that is filled in; empty for others."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_skeleton(part) or "{}" for part in node.values)
    return ""


def _values() -> set[str]:
    """The words of each enumeration, whatever it is called."""
    return {words for tree in _trees() for node in ast.walk(tree) if (words := _words(node))}


def _words(node: ast.AST) -> str:
    if not isinstance(node, ast.ClassDef) or [*map(ast.unparse, node.bases)] != ["StrEnum"]:
        return ""
    given = (line.value for line in node.body if isinstance(line, ast.Assign))
    return " | ".join(sorted(filter(None, map(_skeleton, given))))


def _columns() -> Iterator[str]:
    for table in metadata.tables.values():
        yield from (f"{table.name}.{column.name}" for column in table.columns)


def _settings(section: type[BaseModel], place: str) -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield f"{place}{name}"
        for inner in _models(field.annotation):
            yield from _settings(inner, f"{place}{name}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


if __name__ == "__main__":
    KEPT.write_text(json.dumps(frozen(), indent=1) + "\n", "utf-8")
