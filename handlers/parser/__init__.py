"""What people type or fill in, as operations: ``/rds …`` to a command, a form to a command.

Everything is read over the catalogue; no operation is known here by name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.errors import UsageError
from bot.operation import Change, Operation, Query, search
from bot.params import Parameter, Picker, Prose, Several, Switch
from bot.values import Kind as Kinds
from bot.values import quoted
from handlers.parser._arguments import parameters, read
from handlers.parser._errors import FormError, complaint, form_error
from handlers.parser._lookup import (
    SentenceError,
    Tried,
    UnknownVerbError,
    VerbGroupError,
    WordyError,
    key,
    operation_of,
    unknown_verb,
    verbs_of,
)
from handlers.parser._sentences import DOING, Kind, Wish, requests_in, wish_of
from handlers.parser._suggestions import is_sentence, plainer, shortened
from handlers.parser._vocabulary import ALIASES, FILLERS, FLEETWIDE, SENTENCE, is_common, plainly
from handlers.parser._words import Word, plain, prose, split

__all__ = [
    "DOING",
    "FLEETWIDE",
    "Command",
    "FormError",
    "Incomplete",
    "Kind",
    "Launch",
    "Parsed",
    "SentenceError",
    "VerbGroupError",
    "Wish",
    "from_form",
    "is_common",
    "parse",
    "plain",
    "plainly",
    "prose",
    "quoted",
    "requests_in",
    "sentence",
    "whole_text",
    "wish_of",
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
    at: str = ""  #: when it starts, as typed; empty: as soon as it may


@dataclass(frozen=True)
class Incomplete:
    """A command without all that it needs: ask with a form, prefilled with ``values`` as typed."""

    operation: type[Operation]
    values: Mapping[str, Any]
    reason: str
    dry_run: bool
    missing: tuple[str, ...]
    at: str = ""

    @property
    def given(self) -> Mapping[str, Any]:
        """All that was typed, for the form."""
        common = {"reason": self.reason, "dry_run": self.dry_run, "at": self.at}
        return {**self.values, **common}


@dataclass(frozen=True)
class Launch:
    """Nothing was typed: show what can be done from here."""


Parsed = Command | Incomplete | Launch


def parse(text: str, catalogue: Mapping[str, type[Operation]]) -> Parsed:
    """What ``text`` after ``/rds`` means.

    A sentence that is a query but for what is polite in it is that query; a change is only what is
    typed as one. Raises UsageError with a sentence for whoever typed it; its ``suggestions`` are
    whole commands, each of which reads as it stands.
    """
    try:
        parsed = _parsed(text, catalogue)
    except UsageError as error:
        if (query := _query_in(text, catalogue)) is not None:
            return query
        raise _explained(error, text, catalogue) from error
    if not _is_spoken(parsed, catalogue):
        return parsed
    if (query := _query_in(text, catalogue)) is not None:
        return query
    raise sentence(text)


def sentence(text: str) -> SentenceError:
    """For what reads as a command and is none: ``show me``, ``metrics please``."""
    return SentenceError("I read commands. /rds help shows what I can do.", plain(text))


def _explained(
    error: UsageError, text: str, catalogue: Mapping[str, type[Operation]]
) -> UsageError:
    match error:
        case UnknownVerbError():
            return unknown_verb(error, verbs_of(catalogue), _trier(catalogue))
        case VerbGroupError():
            return error
        case WordyError():
            hint = error.hint or str(error)
            return SentenceError(hint, plain(text), told=bool(error.hint), reason=error.reason)
    error.suggestions = tuple(filter(_trier(catalogue), error.suggestions))
    if error.suggestions or len(text) > LONGEST_TEXT:
        return error
    operation, rest = operation_of(_typed(text), verbs_of(catalogue))
    if is_sentence(rest):
        return sentence(text)
    told = SentenceError(str(error), plain(text), error.parameter, told=True)
    return told if issubclass(operation, Query) else error


def _query_in(text: str, catalogue: Mapping[str, type[Operation]]) -> Command | None:
    """``show orders`` in ``please show me the orders``, ``info orders`` and ``orders show``."""
    words = _typed(text) if len(text) <= LONGEST_TEXT else []
    for plain_words in (words, split(plainer(words))):
        for command in _readings(plain_words, verbs_of(catalogue)):
            try:
                parsed = _parsed(command, catalogue)
            except UsageError:
                continue
            is_query = isinstance(parsed, Command) and isinstance(parsed.operation, Query)
            if isinstance(parsed, Command) and is_query and not _is_spoken(parsed, catalogue):
                return parsed
    return None


def _readings(words: Sequence[Word], verbs: Mapping[str, type[Operation]]) -> Iterator[str]:
    typed = [word.typed for word in words]
    if not words:
        return
    yield " ".join(typed)
    if alias := ALIASES.get(words[0].text.casefold()):
        yield " ".join([alias, *typed[1:]])
    if len(words) == 2 and _takes_database(verbs.get(key(words[1].text))):
        yield " ".join(reversed(typed))


def _takes_database(operation: type[Operation] | None) -> bool:
    names = operation.positionals() if operation else ()
    return operation is not None and any(
        isinstance(operation.parameter(name), Picker) for name in names
    )


def _is_spoken(parsed: Parsed, catalogue: Mapping[str, type[Operation]]) -> bool:
    """Whether words of sentences, or other verbs, stand in a list: ``list requests``.

    Of what stands for one database the fleet says whether it is one.
    """
    if not isinstance(parsed, Command) or not isinstance(parsed.operation, Query):
        return False
    operation = parsed.operation
    listed = [
        getattr(operation, name)
        for name in operation.positionals()
        if isinstance(operation.parameter(name), Several)
    ]
    verbs = {one.verb for one in catalogue.values() if one is not type(operation)}
    spoken = (SENTENCE | verbs) - set(Kinds)
    return any(plainly(str(word)) in spoken for words in listed for word in words)


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
        rest = _words(_about(rest, verbs))
    return _command(operation, read(operation, rest))


def _about(asked: Sequence[Word], verbs: Mapping[str, type[Operation]]) -> str:
    """A command by whatever people call it, or words that some commands are about."""
    try:
        return operation_of(asked, verbs, before="help ")[0].verb
    except UnknownVerbError:
        is_spoken = any(plainly(word.text) in SENTENCE - FILLERS for word in asked)
        said = " ".join(word.text for word in asked)
        begins_several = any(verb.startswith(f"{key(said)} ") for verb in verbs)
        if is_spoken or begins_several or not search(said, verbs.values()):
            raise
        return said


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
        common = _common(operation, given)
        return Command(operation.model_validate(given), *common)
    except ValidationError as error:
        raise form_error(operation, error) from error
    except UsageError as error:
        raise FormError({error.parameter: str(error)}) from error


def whole_text(command: Command) -> str:
    """The command as it can be typed, with what it shares with every change."""
    words = [command.operation.as_typed()]
    words += ["--dry-run"] * command.dry_run
    words += [f"--at {quoted(command.at)}"] * bool(command.at)
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
    common = _common(operation, given)
    try:
        made = operation.model_validate(given)
        missing = () if given.keys() & {*operation.one_of} else operation.one_of
    except ValidationError as error:
        details = error.errors()
        missing = tuple(str(one["loc"][0]) for one in details if one["type"] == "missing")
        if len(missing) < len(details):
            raise complaint(operation, error) from error
    if not missing:
        return Command(made, *common)
    reason, dry_run, at = common
    return Incomplete(operation, given, reason, dry_run, missing, at)


def _common(operation: type[Operation], given: dict[str, Any]) -> tuple[str, bool, str]:
    """Takes reason, dry run and start out of what is given to a change; tidies prose on the way."""
    for name, parameter in parameters(operation).items():
        if isinstance(parameter, Prose) and isinstance(given.get(name), str):
            given[name] = prose(given[name])
        _check_length(name, parameter, given.get(name))
    if not issubclass(operation, Change):
        return "", False, ""
    switched = _switched(given.pop("dry_run", False))
    return given.pop("reason", ""), switched, str(given.pop("at", ""))


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
            f"--dry-run {shortened(str(value))} isn't valid: say true or false.", "dry_run"
        ) from None


def _filled(value: Any, parameter: Parameter | None) -> Any:
    if isinstance(value, str):
        lines = [line for line in map(plain, value.splitlines()) if line]
        return lines if isinstance(parameter, Several) else " ".join(lines)
    return bool(value) if isinstance(parameter, Switch) else value


def _words(*texts: str) -> list[Word]:
    return [Word(text, text) for text in texts]
