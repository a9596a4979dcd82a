"""Which operations somebody means who describes what they want in a few words."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.operation._operation import Operation
from bot.values import folded

#: How much a word counts where it is found, from what names an operation to what mentions it.
VERB, NAME, ASKED, TITLE, SUMMARY, PARAMETER, DETAILS = 100, 80, 60, 40, 30, 20, 10
#: Words that every description has.
SMALL = frozenset({
    "a", "an", "and", "are", "at", "be", "by", "can", "do", "does", "for", "from", "how", "i", "if",
    "in", "is", "it", "its", "me", "my", "of", "on", "one", "or", "that", "the", "their", "them",
    "then", "there", "this", "to", "up", "we", "what", "when", "where", "with", "you", "your",
})  # fmt: skip
ENDINGS = ("ings", "ing", "es", "ed", "s", "e")
STEM = 4  #: letters of which a word has at least as many, if another may begin with it


def search(typed: str, operations: Iterable[type[Operation]]) -> list[type[Operation]]:
    """Those that every word of ``typed`` is about, best first; figures say nothing here."""
    words = [word for word in _words(typed) if not word.isdigit()]
    points = {one: _points(words, one) for one in operations}
    found = [one for one, hits in points.items() if hits and all(hits)]
    return sorted(found, key=lambda one: (-sum(points[one]), one.verb))


def spoken_words(operations: Iterable[type[Operation]]) -> set[str]:
    """All by which they are found: what somebody who found nothing may have meant."""
    return {
        word
        for one in operations
        for text, weight in _texts(one)
        if weight > SUMMARY
        for word in _words(text)
    }


def _points(words: Sequence[str], operation: type[Operation]) -> list[int]:
    """Of each word: by the best place where it stands; 0: nowhere."""
    texts = [(set(_words(text)), weight) for text, weight in _texts(operation)]
    return [
        max((weight for text, weight in texts if _stands(word, text)), default=0) for word in words
    ]


def _texts(operation: type[Operation]) -> Iterator[tuple[str, int]]:
    yield operation.verb, VERB
    yield " ".join((operation.name, *operation.also)), NAME
    yield operation.synonyms, ASKED
    yield f"{operation.topic} {operation.topic.heading}", TITLE
    yield operation.summary(), SUMMARY
    for parameter in map(operation.parameter, operation.model_fields):
        yield " ".join((parameter.label, parameter.hint, *map(_apart, parameter.also))), PARAMETER
    yield operation.details(), DETAILS


def _stands(word: str, text: set[str]) -> bool:
    return word in text or any(_alike(word, one) for one in text)


def _alike(word: str, other: str) -> bool:
    """The other begins with it, but for how they end: ``upgrading``, ``upgrades``."""
    stem, its = _stem(word), _stem(other)
    return stem == its or (len(stem) >= STEM and its.startswith(stem))


def _stem(word: str) -> str:
    ending = next((one for one in ENDINGS if word.endswith(one)), "")
    return word.removesuffix(ending) if len(word) - len(ending) >= STEM - 1 else word


def _apart(name: str) -> str:
    """``DBInstanceClass`` as words, and as it is."""
    return f"{name} {re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name)}"


def _words(text: str) -> list[str]:
    found = re.findall(r"[^\W_]+", folded(text))
    return list(dict.fromkeys(one for one in found if one not in SMALL))
