"""Which operation a verb means, and what was probably meant where none does."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from bot.errors import UsageError
from bot.operation import Operation, Query
from handlers.parser import _suggestions
from handlers.parser._suggestions import shortened
from handlers.parser._words import Word, split

LONGEST_SUGGESTION = 300

_HELP = "/rds help shows what I can do."
_UNKNOWN = f"That is no command. {_HELP}"
#: It may hold a password, so it is not said again.
_ADDRESS = re.compile(r"[:@]")

Verbs = Mapping[str, type[Operation]]


class Tried(Protocol):
    def __call__(self, command: str) -> type[Operation] | None:
        """The operation of a command that can be carried out as it stands; None of any other."""


class UnknownVerbError(UsageError):
    """``words`` begin with no verb, ``before`` stands before them; not yet for people."""

    def __init__(self, words: Sequence[Word], before: str) -> None:
        super().__init__(f"I don't know {shortened(words[0].text)}.")
        self.words = tuple(words)
        self.before = before


class VerbGroupError(UsageError):
    """What was typed begins several verbs; ``operations`` are theirs, a suggestion each."""

    def __init__(self, message: str, meant: Mapping[str, type[Operation]]) -> None:
        super().__init__(message, suggestions=list(meant))
        self.operations = tuple(meant.values())


class SentenceError(UsageError):
    """What was typed is no command; ``said`` is all of it, for whoever knows the databases.

    ``told``: the message says already what is wrong with it. ``reason`` is what it gives as one.
    """

    def __init__(
        self, message: str, said: str, parameter: str = "", *, told: bool = False, reason: str = ""
    ) -> None:
        super().__init__(message, parameter)
        self.said = said
        self.told = told
        self.reason = reason


class WordyError(UsageError):
    """A command was understood, and has words left over.

    ``hint`` says what to do with them, ``reason`` is the reason that they seem to give; both are
    empty where they only make a sentence of it.
    """

    def __init__(self, message: str, hint: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.reason = reason


def verbs_of(catalogue: Mapping[str, type[Operation]]) -> Verbs:
    """Verbs and API names, as ``key`` writes them."""
    return {
        key(word): operation
        for name, operation in catalogue.items()
        for word in (name, operation.verb, operation.name, *operation.also)
    }


def key(word: str) -> str:
    return word.casefold().replace("-", "_")


def bare(name: str) -> str:
    """How the name of a parameter is compared: ``snapshot_id`` is ``--snapshot-id``, and
    ``DBSnapshotIdentifier`` is ``db_snapshot_identifier``."""
    return name.casefold().replace("-", "").replace("_", "")


def operation_of(
    words: Sequence[Word], verbs: Verbs, before: str = ""
) -> tuple[type[Operation], list[Word]]:
    """The operation that ``words`` begin with, and the words after its verb of one or two words.

    Raises UnknownVerbError, with what was typed ``before``.
    """
    for length in (2, 1):
        typed = " ".join(word.text for word in words[:length])
        found = verbs.get(key(typed))
        has_more = bool(words[length:] or before)
        if found and not (has_more and _begins_others(typed, found, verbs)):
            return found, list(words[length:])
    raise UnknownVerbError(words, before)


def _begins_others(typed: str, found: type[Operation], verbs: Verbs) -> bool:
    """``digest`` takes no word itself, so what follows it was to be ``schedule`` or the like; help
    about it is about all of them."""
    others = any(verb.startswith(f"{key(typed)} ") for verb in verbs)
    return others and not found.model_fields


def nearest(word: str, choices: Iterable[str], begun: int = 2) -> str | None:
    """The choice that ``word`` was probably meant to be; None where none comes near."""
    by_key = {key(choice): choice for choice in choices}
    return by_key.get(_suggestions.near(key(word), by_key, begun) or "")


def slip(sentence: str, meant: str, command: str) -> UsageError:
    """An error that says which word was meant, with the whole command unless that is endless."""
    suggestions = [command] if len(command) <= LONGEST_SUGGESTION else []
    return UsageError(f'{sentence} Did you mean "{meant}"?', suggestions=suggestions)


def unknown_verb(error: UnknownVerbError, verbs: Verbs, tried: Tried) -> UsageError:
    """The same for people: the command that was meant, or that it is a sentence."""
    if group := _group(error, verbs, tried):
        return group
    for typed, meant, command in _slips(error.words, error.before, verbs):
        if _may_be_offered(command, error.words, tried):
            return slip(f"I don't know {shortened(typed)}.", meant, command)
    for typed, meant, command in _slips(split(_suggestions.plainer(error.words)), "", verbs):
        if (operation := tried(command)) and issubclass(operation, Query):
            return slip(f"I don't know {shortened(typed)}.", meant, command)
    said = error.before + " ".join(word.text for word in error.words)
    return SentenceError(_UNKNOWN if _ADDRESS.search(said) else f"{error} {_HELP}", said)


def _may_be_offered(command: str, words: Sequence[Word], tried: Tried) -> bool:
    """It works as it stands, and changes nothing where somebody said not to."""
    operation = tried(command)
    return operation is not None and (
        issubclass(operation, Query) or not _suggestions.is_negated(words)
    )


def _slips(words: Sequence[Word], before: str, verbs: Verbs) -> Iterator[tuple[str, str, str]]:
    """Which word was perhaps meant to be which, with the command then; the likeliest first."""
    typed = words[0].text if words else ""
    if key(typed) in verbs or _suggestions.is_own_word(typed.casefold()):
        return
    if any(_suggestions.is_spoken(word) for word in words[1:]):
        return
    known = [word for one in verbs.values() for word in (one.verb.partition(" ")[0], one.name)]
    if meant := nearest(typed, known, _suggestions.BEGUN):
        yield typed, meant, before + _joined(meant, words[1:])
        if len(words) == 1:
            yield typed, meant, f"help {meant}"


def _group(error: UnknownVerbError, verbs: Verbs, tried: Tried) -> UsageError | None:
    """Where the first of two words is right: the slip in the second, or all that it may be."""
    typed, *rest = error.words
    operations = {one.verb: one for one in verbs.values() if " " in one.verb}
    group = {verb.partition(" ")[2]: one for verb, one in operations.items()
             if key(verb.partition(" ")[0]) == key(_suggestions.unmarked(typed.text))}  # fmt: skip
    if not group:
        return None
    second = rest[0].text if rest else ""
    own = _suggestions.is_own_word(second.casefold())
    if meant := None if own else nearest(second, group, _suggestions.BEGUN):
        verb = group[meant].verb
        command = error.before + _joined(verb, rest[1:])
        if _may_be_offered(command, error.words, tried):
            return slip(f"I don't know {shortened(f'{typed.text} {second}')}.", verb, command)
    said = " ".join(word.typed for word in rest)
    if fitting := _fitting(error, group.values(), tried):
        needs = f'"{typed.text}" needs a word before {shortened(said)}. Did you mean:'
        return VerbGroupError(needs, fitting)
    begun = _suggestions.unmarked(typed.text.casefold())
    alone = verbs.get(key(begun))
    all_of_them = [*((alone,) if alone else ()), *group.values()]
    listed = {one.verb if _is_whole(one) else one.example: one for one in all_of_them}
    unknown = f"I don't know {shortened(f'{typed.text} {said}')}. There are:"
    return VerbGroupError(unknown if said else f'"{begun}" takes one more word:', listed)


def _fitting(
    error: UnknownVerbError, group: Iterable[type[Operation]], tried: Tried
) -> Mapping[str, type[Operation]]:
    """The commands that it would be with the second word of each, where those work as they stand:
    ``digest schedule weekdays 8:30`` for ``digest weekdays 8:30``."""
    rest = error.words[1:]
    commands = {error.before + _joined(one.verb, rest): one for one in group} if rest else {}
    return {
        command: one
        for command, one in commands.items()
        if len(command) <= LONGEST_SUGGESTION and _may_be_offered(command, error.words, tried)
    }


def _joined(verb: str, words: Sequence[Word]) -> str:
    return " ".join([verb, *(word.typed for word in words)])


def _is_whole(operation: type[Operation]) -> bool:
    """Whether its verb alone is a command."""
    return not any(field.is_required() for field in operation.model_fields.values())
