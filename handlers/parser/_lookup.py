"""Which operation a verb means, and what was probably meant where none does."""

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from bot.errors import UsageError
from bot.operation import Operation
from handlers.parser._words import Word

LONGEST_SUGGESTION = 300

Verbs = Mapping[str, type[Operation]]


def verbs_of(catalogue: Mapping[str, type[Operation]]) -> Verbs:
    """Verbs and API names, as ``key`` writes them."""
    return {
        key(word): operation
        for name, operation in catalogue.items()
        for word in (name, operation.verb, operation.name)
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

    Raises UsageError with the nearest command, put together with what was typed ``before``.
    """
    for length in (2, 1):
        typed = " ".join(word.text for word in words[:length])
        if found := verbs.get(key(typed)):
            return found, list(words[length:])
    raise _unknown_verb(words, verbs, before)


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that ``word`` was probably meant to be; None where none comes near."""
    listed = sorted(set(choices))
    begun = [choice for choice in listed if key(choice).startswith(key(word))]
    if len(begun) == 1 and len(word) > 1:
        return begun[0]
    found = process.extractOne(word, listed, scorer=fuzz.ratio, processor=key, score_cutoff=60)
    return found[0] if found else None


def shortened(text: str) -> str:
    """``text`` in quotes, cut where it would fill the screen."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:59]}…"'


def slip(sentence: str, meant: str, command: str) -> UsageError:
    """An error that says which word was meant, with the whole command unless that is endless."""
    suggestions = [command] if len(command) <= LONGEST_SUGGESTION else []
    return UsageError(f'{sentence} Did you mean "{meant}"?', suggestions=suggestions)


def _unknown_verb(words: Sequence[Word], verbs: Verbs, before: str) -> UsageError:
    typed, *rest = words
    known = [word for one in verbs.values() for word in (one.verb, one.name)]
    sentence = f"I don't know {shortened(typed.text)}."
    if meant := nearest(typed.text, known):
        told = [meant, *(word.typed for word in rest)]
    elif rest and key(rest[0].text) in verbs:
        told = [rest[0].typed, typed.typed, *(word.typed for word in rest[1:])]
    else:
        return UsageError(f"{sentence} /rds help shows what I can do.")
    return slip(sentence, told[0], before + " ".join(told))
