"""What the README and the pages beside it promise and point to is there."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/setup.md",
         "docs/operating.md", "docs/operations.md")  # fmt: skip
README = (ROOT / "README.md").read_text("utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows under a heading, cell by cell, without the table's own head."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def links(text: str) -> list[str]:
    """Where it points to inside this repository."""
    found = re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", text)
    return [one for one in map("".join, found) if not re.match(r"[a-z]+:", one)]


def found_in(file: Path) -> list[str]:
    found = ast.walk(ast.parse(file.read_text("utf-8")))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [it.name for it in found if isinstance(it, functions) and it.name.startswith("test_")]


PROMISES = table("What it will never do")


def test_there_are_promises() -> None:
    assert len(PROMISES) >= 8
    assert all(len(row) == 2 for row in PROMISES)


@pytest.mark.parametrize(("promise", "held_by"), PROMISES)
def test_a_promise_is_attacked_by_tests_that_are_there(promise: str, held_by: str) -> None:
    files = links(held_by)

    assert files, f"nothing attacks: {promise}"
    for file in files:
        assert file.startswith("tests/")
        assert found_in(ROOT / file), f"{file} holds no test"


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_points_to_is_there(page: str) -> None:
    for link in links((ROOT / page).read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-")
                              for one in headings}, link  # fmt: skip


def test_paths_that_the_guide_for_contributors_names_are_there() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:bot|handlers|storage|tests|docs)/[\w/.]*)`", guide)

    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_licence_is_the_same_wherever_it_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    licence = (ROOT / "LICENSE").read_text("utf-8")
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")

    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert licence.split()[:4] == ["Apache", "License", "Version", "2.0,"]
    assert len(licence.split()) == 1581
    assert 'org.opencontainers.image.licenses="Apache-2.0"' in dockerfile
    [copied] = [line for line in dockerfile.splitlines() if "pyproject.toml" in line]
    assert " LICENSE " in copied, "a build without it fails"
    assert "!LICENSE" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
