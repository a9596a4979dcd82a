"""``python -m benchmarks.corpus [FILE …]``: what people type, and what they are offered first.

A line of ``tests/corpus/*.jsonl`` is a sentence, where it is typed, what it is about, and what may
be offered first. Nothing runs: the bot's own reading is asked, over a fleet without AWS.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import UsageError
from bot.fleet import names
from bot.operation import Change, Control, Operation
from bot.operations import CATALOGUE
from bot.params import Picker
from bot.values import FORM, Button, Database, Environment, Target
from bot.values import Kind as Sort
from handlers.errors import query_in
from handlers.parser import (
    Command,
    Incomplete,
    Kind,
    Launch,
    SentenceError,
    VerbGroupError,
    is_common,
    parse,
    sentence,
)
from handlers.suggestions import Reply, Seen, View, decided

FOLDER = Path(__file__).parent.parent / "tests" / "corpus"
TARGET = 85  #: percent that are right first, of each file
HERE = "billing-staging"  #: what the thread of a sentence is about
FLEET = {
    "orders-dev": "development", "orders-test": "test", "orders-staging": "staging",
    "orders-prod": "production", "billing-staging": "staging", "billing-prod": "production",
    "ledger-test": "test", "warehouse": "production", "reports": "test",
    "shop-staging": "staging", "shop-staging-1": "staging", "shop-staging-2": "staging",
    "shop-staging-3": "staging", "search-test": "test", "search-test-1": "test",
    "legacy-crm": "development",
}  # fmt: skip
CLUSTERS = ("shop-staging", "search-test")
KINDS = {
    Kind.GREETING: "greet", Kind.THANKS: "greet", Kind.HELP: "help", Kind.CANNOT: "cannot",
    Kind.UNKNOWN: "none", Kind.FORBIDDEN: "look", Kind.LOOK: "look", Kind.CHANGE: "form",
    Kind.DECISION: "status",
}  # fmt: skip


@dataclass(frozen=True)
class First:
    """What is offered first. ``wrong`` says why no such offer may ever be made; empty: it may."""

    kind: str
    verb: str = ""
    databases: frozenset[str] = frozenset()
    wrong: str = ""


@dataclass(frozen=True)
class Result:
    text: str
    expected: dict[str, Any]
    first: First
    is_right: bool
    wrong: str


def results(file: Path) -> list[Result]:
    rows = map(json.loads, file.read_text("utf-8").splitlines())
    return [_result(row) for row in rows]


def _result(row: dict[str, Any]) -> Result:
    here = HERE if row["where"] == "thread" and not row["databases"] else ""
    first = offered(row["text"], here)
    about = set(row["databases"]) | ({here} if here else set())
    strange = first.databases - about if about else frozenset()
    wrong = first.wrong or (f"about {', '.join(sorted(strange))}" if strange else "")
    return Result(row["text"], row["expect"], first, not wrong and _is_right(row, first), wrong)


def _is_right(row: dict[str, Any], first: First) -> bool:
    expected, verbs = row["expect"]["kind"], row["expect"].get("verbs", [])
    if expected in ("look", "form", "status"):
        is_form = first.kind == "form"
        return is_form == (expected == "form") and first.verb.split(" ")[0] in verbs
    return bool(first.kind == expected)


def offered(text: str, here: str = "") -> First:
    """As the bot reads it, from the command on."""
    try:
        parsed = parse(text, CATALOGUE)
    except SentenceError as error:
        return _first(error, here)
    except VerbGroupError as error:
        return First("look", error.operations[0].verb)
    except UsageError as error:
        return offered(error.suggestions[0], here) if error.suggestions else First("told")
    return _taken(parsed, text, here)


def _taken(parsed: Command | Incomplete | Launch, text: str, here: str) -> First:
    """A command, whole or not: what it opens or shows."""
    match parsed:
        case Launch():
            return First("help")
        case Incomplete(operation):
            given = {
                str(parsed.values[name]) for name in _pickers(operation) if name in parsed.values
            }
            return _known(operation, given, text, here)
        case Command(operation):
            given = {
                str(it) for name in _pickers(type(operation)) if (it := getattr(operation, name))
            }
            return _known(type(operation), given, text, here)


def _known(operation: type[Operation], given: set[str], text: str, here: str) -> First:
    unknown = [one for one in given if not names.called(one, DATABASES, frozenset(Sort))]
    if unknown and is_common(unknown[0]):
        return _first(sentence(text), here)
    meant = {near for one in unknown for near in names.near(one, FLEET)[:1]}
    found = frozenset((given - set(unknown)) | meant)
    if issubclass(operation, Change):
        return First("form", operation.verb, found)
    if operation.verb == "help":
        return First("help", "help")
    is_decision = issubclass(operation, Control)
    return First("status" if is_decision else "look", operation.verb, found)


def _pickers(operation: type[Operation]) -> Iterator[str]:
    for name in operation.model_fields:
        if isinstance(operation.parameter(name), Picker):
            yield name


def _first(error: SentenceError, here: str) -> First:
    about = next((one for one in DATABASES if one.name == here), None)
    reply = decided(error, View(SEEN, about, DATABASES[:2]))
    wrong = next(filter(None, map(_fault, reply.pressed)), "")
    kind, verb = KINDS[reply.kind], reply.decides
    databases: frozenset[str] = frozenset()
    if reply.pressed and kind in ("look", "form", "status") and not verb:
        verb, databases = _about(reply)
        is_form = reply.pressed[0].action.startswith(FORM)
        is_change = is_form and issubclass(VERBS[verb], Change)
        kind = "form" if is_change else "look"
    return First(kind, verb, databases, wrong)


def _about(reply: Reply) -> tuple[str, frozenset[str]]:
    """The verb of the first offer, and the databases that anything is offered for."""
    first = reply.pressed[0]
    offers = frozenset(one.database.name for one in reply.offers)
    if first.action.startswith(FORM):
        return CATALOGUE[first.value.split()[0]].verb, offers
    command = query_in(first.value)
    assert command is not None
    return type(command.operation).verb, offers


def _fault(one: Button) -> str:
    """Why a button may never be offered: it changes something, or does not exist."""
    if one.action.startswith(FORM):
        return "" if one.value.split()[0] in CATALOGUE else f"no form {one.value}"
    return "" if query_in(one.value) else f"no query {one.value}"


def _database(name: str) -> Database:
    kind = Sort.CLUSTER if name in CLUSTERS else Sort.INSTANCE
    cluster = next((one for one in CLUSTERS if name.startswith(f"{one}-")), None)
    target = Target(
        account="123456789012", region="us-east-1", kind=kind, identifier=name, resource_id=name
    )
    return Database(
        target=target, account_name="main", arn=f"arn:aws:rds:{name}", status="available",
        engine="postgres", cluster=cluster,
    )  # fmt: skip


DATABASES: Sequence[Database] = tuple(map(_database, FLEET))
SEEN = [Seen(one, Environment(FLEET[one.name])) for one in DATABASES]
VERBS = {operation.verb: operation for operation in CATALOGUE.values()}


def main(files: Sequence[Path], *, tells: bool) -> bool:
    """Whether every file met its target."""
    _say(f"{'corpus':<16}{'sentences':>10}{'wrong':>8}{'right first':>13}{'target':>9}")
    met = True
    for file in files:
        found = results(file)
        wrong = sum(bool(one.wrong) for one in found)
        right = 100 * sum(one.is_right for one in found) / len(found)
        _say(f"{file.stem:<16}{len(found):>10}{wrong:>8}{right:>11.1f} %{f'>= {TARGET} %':>9}")
        met &= not wrong and right >= TARGET
        if tells:
            _tell(found)
    return met


def _tell(found: Sequence[Result]) -> None:
    for one in found:
        if not one.is_right:
            _say(f"  {one.text!r}: {one.first} {one.wrong}; expected {one.expected}")
    _say(f"  {dict(Counter(one.expected['kind'] for one in found if not one.is_right))}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    named = [Path(one) for one in sys.argv[1:] if not one.startswith("-")]
    sys.exit(0 if main(named or sorted(FOLDER.glob("*.jsonl")), tells="-v" in sys.argv) else 1)
