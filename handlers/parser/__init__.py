"""What people type or fill in, as operations: ``/rds …`` to a command, a form to a command.

Everything is read over the catalogue; no operation is known here by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.errors import UsageError
from bot.operation import Change, Operation, Query
from bot.params import Parameter, Prose, Several, Switch
from bot.values import quoted
from handlers.parser._arguments import parameters, read
from handlers.parser._errors import FormError, complaint, form_error
from handlers.parser._lookup import (
    SentenceError,
    Tried,
    UnknownVerbError,
    VerbGroupError,
    operation_of,
    unknown_verb,
    verbs_of,
)
from handlers.parser._suggestions import plainer, shortened
from handlers.parser._words import Word, plain, prose, split

__all__ = [
    "Command",
    "FormError",
    "Incomplete",
    "Launch",
    "Parsed",
    "SentenceError",
    "VerbGroupError",
    "from_form",
    "parse",
    "plain",
    "prose",
    "quoted",
    "simpler",
    "whole_text",
]

#: Slack documents no limit for a command's text; its composer stops near this.
LONGEST_TEXT = 12_000
LONGEST_PROSE = 10_000
LONGEST_VALUE = 1_000

#: What people put before a command, where the bot is spoken to already.
OWN_NAMES = frozenset({"/rds", "rds", "rds-bot", "@rds-bot", "/rds-bot"})

_SWITCH = TypeAdapter(bool)


@dataclass(frozen=True)
class Command:
    """An operation that can be asked for."""

    operation: Operation
    reason: str = ""
    dry_run: bool = False


@dataclass(frozen=True)
class Incomplete:
    """A command without all that it needs: ask with a form, prefilled with ``values`` as typed."""

    operation: type[Operation]
    values: Mapping[str, Any]
    reason: str
    dry_run: bool
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Launch:
    """Nothing was typed: show what can be done from here."""


Parsed = Command | Incomplete | Launch


def parse(text: str, catalogue: Mapping[str, type[Operation]]) -> Parsed:
    """What ``text`` after ``/rds`` means.

    Raises UsageError with a sentence for whoever typed it; its ``suggestions`` are whole commands,
    each of which reads as it stands.
    """
    try:
        return _parsed(text, catalogue)
    except UnknownVerbError as error:
        raise unknown_verb(error, verbs_of(catalogue), _trier(catalogue)) from None
    except UsageError as error:
        suggested = error.suggestions or [simpler(text[:LONGEST_TEXT])]
        error.suggestions = tuple(filter(_trier(catalogue), suggested))
        if error.suggestions or not _looks(text, catalogue):
            raise
        raise SentenceError(str(error), plain(text), parameter=error.parameter) from error


def simpler(text: str) -> str:
    """``show orders`` for ``please show me the orders``; it may be a command or none."""
    return plainer(_typed(text))


def _looks(text: str, catalogue: Mapping[str, type[Operation]]) -> bool:
    """Whether it begins with a verb that only looks."""
    try:
        operation, _ = operation_of(_typed(text[:LONGEST_TEXT]), verbs_of(catalogue))
    except UnknownVerbError:
        return False
    return issubclass(operation, Query)


def _parsed(text: str, catalogue: Mapping[str, type[Operation]]) -> Parsed:
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"That is {len(text):,} characters long, and I read up to {LONGEST_TEXT:,}. "
            "Please shorten it."
        )
    words = _typed(text)
    if not words:
        return Launch()
    verbs = verbs_of(catalogue)
    operation, rest = operation_of(words, verbs)
    if "help" in verbs and operation is verbs["help"] and rest:
        rest = _words(operation_of(rest, verbs, before="help ")[0].verb)
    return _command(operation, read(operation, rest))


def _trier(catalogue: Mapping[str, type[Operation]]) -> Tried:
    """Whether a command works as it stands: it is whole, or a form asks for the rest of it."""

    def tried(command: str) -> type[Operation] | None:
        try:
            parsed = _parsed(command, catalogue)
        except UsageError:
            return None
        match parsed:
            case Command():
                return type(parsed.operation)
            case Incomplete() if not issubclass(parsed.operation, Query):
                return parsed.operation
        return None

    return tried


def from_form(operation: type[Operation], values: Mapping[str, Any]) -> Command:
    """The command that a submitted form means; an empty field counts as left out.

    Checked options come as a bool or a list, lists also as text with one item a line. Raises
    FormError with a sentence for each field that is wrong.
    """
    known = parameters(operation)
    filled = {name: _filled(value, known.get(name)) for name, value in values.items()}
    given = {name: value for name, value in filled.items() if value not in (None, "", [], ())}
    try:
        reason, dry_run = _common(operation, given)
        return Command(operation.model_validate(given), reason, dry_run)
    except ValidationError as error:
        raise form_error(operation, error) from error
    except UsageError as error:
        raise FormError({error.parameter: str(error)}) from error


def whole_text(command: Command) -> str:
    """The command as it can be typed, with what it shares with every change."""
    words = [command.operation.as_typed()]
    words += ["--dry-run"] * command.dry_run
    words += [f"--reason {quoted(command.reason)}"] * bool(command.reason)
    return " ".join(words)


def _typed(text: str) -> list[Word]:
    """The words of ``text``, every way to ask for help turned into ``help``."""
    words = split(plain(text))
    while words and words[0].text.casefold() in OWN_NAMES:
        words = words[1:]
    if words and words[0].text.casefold() in ("?", "-h", "--help"):
        return _words("help") + words[1:]
    if any(word.is_flag and word.text.casefold() == "--help" for word in words):
        return _words("help", words[0].text)
    return words


def _command(operation: type[Operation], given: dict[str, Any]) -> Command | Incomplete:
    reason, dry_run = _common(operation, given)
    try:
        return Command(operation.model_validate(given), reason, dry_run)
    except ValidationError as error:
        details = error.errors()
        missing = tuple(str(one["loc"][0]) for one in details if one["type"] == "missing")
        if len(missing) < len(details):
            raise complaint(operation, error) from error
        return Incomplete(operation, given, reason, dry_run, missing)


def _common(operation: type[Operation], given: dict[str, Any]) -> tuple[str, bool]:
    """Takes reason and dry run out of what is given to a change; tidies prose on the way."""
    for name, parameter in parameters(operation).items():
        if isinstance(parameter, Prose) and isinstance(given.get(name), str):
            given[name] = prose(given[name])
        _check_length(name, parameter, given.get(name))
    if not issubclass(operation, Change):
        return "", False
    return given.pop("reason", ""), _switched(given.pop("dry_run", False))


def _check_length(name: str, parameter: Parameter, value: object) -> None:
    longest = max(map(len, value if isinstance(value, list) else [str(value)]), default=0)
    most = LONGEST_PROSE if isinstance(parameter, Prose) else LONGEST_VALUE
    if longest > most:
        raise UsageError(
            f"{parameter.label} is {longest:,} characters long, and {most:,} are the most "
            "I keep. Please shorten it.",
            name,
        )


def _switched(value: object) -> bool:
    try:
        return _SWITCH.validate_python(value)
    except ValidationError:
        raise UsageError(
            f"--dry-run {shortened(str(value))} will not do: say true or false.", "dry_run"
        ) from None


def _filled(value: Any, parameter: Parameter | None) -> Any:
    if isinstance(value, str):
        lines = [line for line in map(plain, value.splitlines()) if line]
        return lines if isinstance(parameter, Several) else " ".join(lines)
    return bool(value) if isinstance(parameter, Switch) else value


def _words(*texts: str) -> list[Word]:
    return [Word(text, text) for text in texts]
