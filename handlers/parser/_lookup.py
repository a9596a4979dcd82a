"""Which operation a verb means, and what was probably meant where none does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from bot.errors import UsageError
from bot.operation import Change, Operation, Query
from handlers.parser import _suggestions
from handlers.parser._suggestions import shortened
from handlers.parser._words import Word, split

LONGEST_SUGGESTION = 300

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
    """What was typed begins several verbs; ``operations`` are theirs."""

    def __init__(self, typed: str, operations: Sequence[type[Operation]]) -> None:
        super().__init__(
            f'"{typed}" takes one more word:',
            suggestions=[one.verb if _is_whole(one) else one.example for one in operations],
        )
        self.operations = tuple(operations)


class SentenceError(UsageError):
    """What was typed cannot be read; ``said`` is all of it, for whoever knows the databases.

    ``change`` is what it asks for by the verb of a change; None where it asks for none.
    """

    def __init__(
        self,
        message: str,
        said: str,
        change: type[Change] | None = None,
        suggestions: Sequence[str] = (),
        parameter: str = "",
    ) -> None:
        super().__init__(message, parameter, suggestions)
        self.said = said
        self.change = change


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
    """The same for people: the command that was meant, else what a sentence can be told."""
    if group := _group(error, verbs, tried):
        return group
    for typed, meant, command in _guesses(error, verbs):
        if _is_forbidden(meant, error.words, verbs):
            break
        if _may_be_offered(command, error.words, tried):
            return slip(f"I don't know {shortened(typed)}.", meant, command)
    return _sentence(error, verbs, tried)


def _may_be_offered(command: str, words: Sequence[Word], tried: Tried) -> bool:
    """It works as it stands, and changes nothing where somebody said not to."""
    operation = tried(command)
    return operation is not None and (
        issubclass(operation, Query) or not _suggestions.is_negated(words)
    )


def _guesses(error: UnknownVerbError, verbs: Verbs) -> Iterator[tuple[str, str, str]]:
    """Which word was perhaps meant to be which, with the command then; the likeliest first."""
    typed, *rest = error.words
    yield from _slips(error.words, error.before, verbs)
    yield from _slips(split(_suggestions.plainer(error.words)), "", verbs)
    if rest and key(rest[0].text) in verbs and not _suggestions.is_own_word(typed.text.casefold()):
        turned = _joined(rest[0].typed, [typed, *rest[1:]])
        yield typed.text, rest[0].typed, error.before + turned


def _slips(words: Sequence[Word], before: str, verbs: Verbs) -> Iterator[tuple[str, str, str]]:
    typed = words[0].text if words else ""
    if key(typed) in verbs or _suggestions.is_own_word(typed.casefold()):
        return
    known = [word for one in verbs.values() for word in (one.verb.partition(" ")[0], one.name)]
    if meant := nearest(typed, known, _suggestions.BEGUN):
        yield typed, meant, before + _joined(meant, words[1:])
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
    return VerbGroupError(_suggestions.unmarked(typed.text.casefold()), [*group.values()])


def _sentence(error: UnknownVerbError, verbs: Verbs, tried: Tried) -> SentenceError:
    words, wish = error.words, _wish(error.words, verbs)
    found = filter(
        None, (_suggestions.plainer(words), _suggestions.help_for(wish), error.before.strip())
    )
    offered = [one for one in found if _may_be_offered(one, words, tried)]
    forbids = any(_is_forbidden(word.text, words, verbs) for word in words)
    change = verbs.get(key(wish[0].text)) if wish and not forbids else None
    asked = change if change and issubclass(change, Change) else None
    return SentenceError(
        _suggestions.answer_to(words, wish, forbids=forbids),
        said=" ".join(word.text for word in words),
        change=asked,
        suggestions=[] if asked else offered,
    )


def _wish(words: Sequence[Word], verbs: Verbs) -> Sequence[Word]:
    """A sentence from what it asks for: to create a snapshot is to ask for a snapshot."""
    asked = _suggestions.wanted(words)
    later = _suggestions.wanted(asked[1:])
    if later and _suggestions.is_making(asked[0]) and _changes(later[0].text, verbs):
        return later
    return asked


def _is_forbidden(verb: str, words: Sequence[Word], verbs: Verbs) -> bool:
    """Whether a sentence says that this shall not be changed."""
    return _suggestions.is_negated(words) and _changes(verb, verbs)


def _changes(verb: str, verbs: Verbs) -> bool:
    found = verbs.get(key(_suggestions.unmarked(verb)))
    return found is not None and not issubclass(found, Query)


def _joined(verb: str, words: Sequence[Word]) -> str:
    return " ".join([verb, *(word.typed for word in words)])


def _is_whole(operation: type[Operation]) -> bool:
    """Whether its verb alone is a command."""
    return not any(field.is_required() for field in operation.model_fields.values())
