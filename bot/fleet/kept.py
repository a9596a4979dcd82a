"""Which tags say that a snapshot stays."""

from collections.abc import Iterable, Mapping

from bot.values import Environment, resembles

#: Of a tag that is called so, the values that let go of it; whatever else it says, it stays.
LETS_GO = frozenset({"false", "no", "off", "0"})


def kept_by(tags: Mapping[str, str], words: Iterable[str]) -> str:
    """The tag that keeps it, as ``keep=yes``; empty where none does.

    One of ``words`` is its key or its value, however that is written: ``legal-hold``,
    ``Legal Hold``, ``LegalHold``. What only looks like one of them keeps as well.
    """
    known = tuple(words)
    for key, value in sorted(tags.items()):
        if (_is_one(key, known) and _plain(value) not in LETS_GO) or _is_one(value, known):
            return f"{key}={value}" if value else key
    return ""


def _is_one(text: str, words: tuple[str, ...]) -> bool:
    return any(_plain(text) == _plain(one) or resembles(text, one) for one in words)


def _plain(text: str) -> str:
    return Environment.word(text).replace(" ", "")
