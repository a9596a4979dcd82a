"""Lists that are changed by what is added and what is taken away: ``+postgresql -upgrade``."""

import re
from collections.abc import Iterable
from typing import Any

_SIGNED = re.compile(r"[+-]\w[\w.-]*", re.ASCII)


def signed(value: Any) -> Any:
    """Each word with its sign, in small letters. Raises ValueError for one that has none."""
    if not isinstance(value, str | list | tuple):
        return value
    text = value if isinstance(value, str) else " ".join(map(str, value))
    words = [word.lower() for word in re.split(r"[,\s]+", text.strip())]
    for word in words:
        if not _SIGNED.fullmatch(word):
            raise ValueError(f'begin each with + to add it or - to take it away, not "{word}"')
    names = [word[1:] for word in words]
    if twice := next((one for one in names if names.count(one) > 1), None):
        raise ValueError(f"{twice} is given twice; give it once")
    return tuple(words)


def added(signs: Iterable[str]) -> frozenset[str]:
    return frozenset(one[1:] for one in signs if one[0] == "+")


def taken(signs: Iterable[str]) -> frozenset[str]:
    return frozenset(one[1:] for one in signs if one[0] == "-")


def changed(now: Iterable[str], signs: tuple[str, ...]) -> tuple[str, ...]:
    """What is listed then, sorted as AWS's lists are kept."""
    return tuple(sorted((frozenset(now) | added(signs)) - taken(signs)))


def signs_back(now: Iterable[str], then: Iterable[str]) -> str:
    """What is typed to get from ``then`` back to ``now``; a button holds no blank."""
    before, after = set(now), set(then)
    plus = [f"+{one}" for one in sorted(before - after)]
    return ",".join([*plus, *(f"-{one}" for one in sorted(after - before))])
