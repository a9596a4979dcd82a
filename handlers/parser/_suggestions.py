"""What may be meant by words that begin with no verb: a slip of the fingers, or a command with
words around it that only make it polite.

A verb is meant by a real slip alone. Another word of English that happens to be near, and what
others can do to a database, mean themselves.
"""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from rapidfuzz.distance import OSA

from handlers.parser._vocabulary import (
    FILLERS,
    GREETINGS,
    NEIGHBOURS,
    POLITE,
    SENTENCE,
    is_common,
    is_negation,
)
from handlers.parser._words import Word

LONG = 12  #: letters from which two may be wrong instead of one
BEGUN = 4  #: letters of a verb that say which one it is
SHORT = 4  #: letters of the shortest word that is taken for a slip: of fewer, every other is a word


def near(typed: str, choices: Iterable[str], begun: int = 2) -> str | None:
    """The one of ``choices`` that was begun with so many letters, or is a slip away."""
    listed = sorted(set(choices))
    starts = [one for one in listed if len(typed) >= begun and one.startswith(typed)]
    found = starts if len(starts) == 1 else [one for one in listed if is_slip(typed, one)]
    return min(found, key=lambda one: OSA.distance(typed, one)) if found else None


def is_slip(typed: str, meant: str) -> bool:
    """A letter is wrong, missing, doubled or swapped with the next; of a long word, two.

    The first letter is right, or swapped with the next.
    """
    if len(typed) < SHORT:
        return False
    if sorted(typed) == sorted(meant):
        return OSA.distance(typed, meant) == 1
    if len(meant) < SHORT or typed[0] != meant[0]:
        return False
    return 0 < OSA.distance(typed, meant) <= (2 if len(meant) >= LONG else 1)


def is_own_word(word: str) -> bool:
    """Whether it means itself, whatever it resembles."""
    return word in NEIGHBOURS or is_common(word)


def is_spoken(word: Word) -> bool:
    """Whether it is a word of sentences; of a command only what is quoted may be one.

    A single letter is as well a name.
    """
    return not word.is_quoted and len(_bare(word)) > 1 and _bare(word) in SENTENCE


def is_sentence(words: Sequence[Word]) -> bool:
    """Whether any of the words behind a verb, before the first flag, is one of sentences."""
    return any(map(is_spoken, takewhile(lambda word: not word.is_flag, words)))


def is_negated(words: Sequence[Word]) -> bool:
    """Whether a sentence says that something shall not be; a reason may say so of anything."""
    return any(map(is_negation, _spoken(words)))


def plainer(words: Sequence[Word]) -> str:
    """The command that a sentence would be without what only makes it one; empty for none.

    What still has words of a sentence in it is none.
    """
    asked = _wanted(words)
    end = len(_spoken(asked))
    kept = [word for word in asked[:end] if word.is_quoted or _bare(word) not in FILLERS]
    if any(map(is_spoken, kept)):
        return ""
    plain = [word.typed if word.is_quoted else unmarked(word.typed) for word in kept]
    return " ".join([*plain, *(word.typed for word in asked[end:])])


def shortened(text: str) -> str:
    """``text`` in quotes, cut where it would fill the screen."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:59]}…"'


def unmarked(text: str) -> str:
    """Without the marks that end a part of a sentence."""
    return text.rstrip("?!.,;:")


def _wanted(words: Sequence[Word]) -> tuple[Word, ...]:
    """A sentence from its first word on that is more than polite."""
    before = POLITE | GREETINGS | FILLERS
    asked = [number for number, word in enumerate(words) if _bare(word) not in before]
    return tuple(words[asked[0] :]) if asked else ()


def _spoken(words: Sequence[Word]) -> list[str]:
    """Up to the first flag: what stands behind it is somebody's reason."""
    flags = [number for number, word in enumerate(words) if word.is_flag]
    return [_bare(word) for word in words[: flags[0] if flags else len(words)]]


def _bare(word: Word) -> str:
    return unmarked(word.text.casefold())
