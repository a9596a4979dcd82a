"""``python -m benchmarks.architecture [FOLDER]``: how the code of a checkout is laid out, counted.

Nothing is imported from the folder, so that any revision can be counted by the script of another.
"""

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

ROOTS = ("bot", "handlers", "storage", "charts")
#: Played by others: a Slack and an AWS on this machine, and steps of the past.
APART = ("bot/sandbox/", "storage/migrations/versions/")


@dataclass(frozen=True)
class Module:
    """One file; ``name`` is dotted, ``room`` is the folder or the module right below its root."""

    name: str
    text: str

    @property
    def room(self) -> str:
        return ".".join(self.name.split(".")[:2])

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (one.name for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (f"{node.module}.{one.name}" for one in node.names)

    @property
    def classes(self) -> Iterator[str]:
        return (one.name for one in self.tree.body if isinstance(one, ast.ClassDef))

    @property
    def lengths(self) -> Iterator[int]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1


def modules(folder: Path) -> tuple[Module, ...]:
    files = sorted(file for root in ROOTS for file in (folder / root).rglob("*.py"))
    named = ((file, file.relative_to(folder).as_posix()) for file in files)
    return tuple(
        Module(
            path.removesuffix(".py").removesuffix("/__init__").replace("/", "."), file.read_text()
        )
        for file, path in named
        if not path.startswith(APART)
    )


def arrows(found: Iterable[Module]) -> frozenset[tuple[str, str]]:
    """Who imports whom, room by room."""
    known = {one.name for one in found}
    pairs = (
        (one.room, ".".join(_module(name, known).split(".")[:2]))
        for one in found
        for name in one.imports
        if name.split(".")[0] in ROOTS
    )
    return frozenset((one, other) for one, other in pairs if one != other)


def _module(name: str, known: set[str]) -> str:
    """The module that an imported name is, or is in."""
    return name if name in known else name.rpartition(".")[0]


def cycles(pairs: Iterable[tuple[str, str]]) -> int:
    """How many rooms can reach themselves."""
    below: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        below[one].add(other)

    def reaches(start: str) -> bool:
        seen: set[str] = set()
        todo = list(below[start])
        while todo:
            if (room := todo.pop()) not in seen:
                seen.add(room)
                todo += below.get(room, ())
        return start in seen

    return sum(map(reaches, list(below)))


def doubled(found: Iterable[Module]) -> list[str]:
    """Names of classes that stand in two modules."""
    names = sorted(name for one in found for name in one.classes if not name.startswith("_"))
    return sorted({one for one, other in pairwise(names) if one == other})


def contracts(folder: Path) -> tuple[int, int]:
    """Lines that the import contracts take, and names in their layers."""
    text = (folder / "pyproject.toml").read_text()
    lines = text.partition("[tool.importlinter]")[2].strip().count("\n") + 1
    told = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    layers = [layer for contract in told for layer in contract.get("layers", ())]
    return lines, sum(layer.count("|") + layer.count(":") + 1 for layer in layers)


def spread(lengths: Iterable[int]) -> str:
    ordered = sorted(lengths)
    return f"{median(ordered):.0f} / {quantiles(ordered, n=10)[-1]:.0f} / {ordered[-1]}"


def figures(folder: Path) -> Mapping[str, object]:
    found = modules(folder)
    product = [one for one in found if one.name not in ROOTS]
    pairs = arrows(product)
    lines, names = contracts(folder)
    by_root = {
        root: len({one.room for one in product if one.name.startswith(f"{root}.")})
        for root in ROOTS
    }
    twice = doubled(product)
    return {
        "entries at the top": ", ".join(f"{root} {count}" for root, count in by_root.items()),
        "rooms (folders)": len({one.room for one in product if one.name.count(".") > 1}),
        "arrows between rooms": len(pairs),
        "rooms in a circle": cycles(pairs),
        "contracts: lines, names": f"{lines}, {names}",
        "lines of a function: median / p90 / max": spread(
            n for one in product for n in one.lengths
        ),
        "lines of a file: median / p90 / max": spread(one.text.count("\n") for one in product),
        "modules in -ing": sum(one.name.endswith("ing") for one in product),
        "class names with two meanings": f"{len(twice)} ({', '.join(twice)})",
    }


if __name__ == "__main__":
    told = figures(Path(sys.argv[1] if sys.argv[1:] else "."))
    for what, figure in told.items():
        sys.stdout.write(f"{what:42} {figure}\n")
