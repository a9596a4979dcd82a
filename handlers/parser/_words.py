"""From what Slack sends to plain words: quotes, dashes, escapes, invisible characters."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.values import MENTION

QUOTES = "\"'`"

_ASCII_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\uff07", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"')
)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_FANCY_DASH = re.compile(f"[{_DASHES}]")
_LEADING_DASHES = re.compile(rf"(?<!\S)[-{_DASHES}]+(?=[A-Za-z])")
#: Letters and a mark to Unicode, so their category gives none of them away.
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u3164\uffa0")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("&(?:lt|gt|amp);")
# https://docs.slack.dev/messaging/formatting-message-text: what Slack puts in angle brackets
_ESCAPED = re.compile(
    r"&(?:lt|gt|amp);"
    r"|<(?P<sign>[@#])(?P<id>[A-Z0-9]{2,})(?:\|(?P<label>[^<>|]*))?>"
    r"|<!(?P<special>[^<>|\s]+)(?:\|(?P<fallback>[^<>|]*))?>"
    r"|<(?P<url>(?:https?|mailto|tel):[^<>|\s]+)(?:\|(?P<text>[^<>|]*))?>"
)


@dataclass(frozen=True)
class Word:
    """One word, as meant and as typed.

    ``quoted_from`` is the index in ``text`` where its first quoted part begins, None without.
    """

    text: str
    typed: str
    quoted_from: int | None = None

    @property
    def is_flag(self) -> bool:
        return not self.is_literal and re.match("--?[A-Za-z]", self.text) is not None

    @property
    def is_literal(self) -> bool:
        """Quoted from its beginning, so never a flag or ``key=value``."""
        return self.quoted_from == 0

    @property
    def is_quoted(self) -> bool:
        return self.quoted_from is not None


def plain(text: str) -> str:
    """``text`` in ASCII punctuation on one line, Slack's escapes decoded.

    A mention stays ``<@U012ABCDEF|dora>``, so that a parameter can read the id from it.
    """
    decoded = _ESCAPED.sub(_decoded, _visible(text)).translate(_ASCII_QUOTES)
    dashed = _LEADING_DASHES.sub(lambda run: "-" if run[0] == "-" else "--", decoded)
    return _FANCY_DASH.sub("-", dashed).strip()


def split(text: str) -> list[Word]:
    """The words of ``text``. Never fails: a quote that nothing closes is an ordinary character.

    A quote opens only where a word or a value begins and closes only where one ends, so the
    apostrophe of ``it's`` needs no care.
    """
    return list(_words(text))


def prose(text: str) -> str:
    """``text`` for people to read: mentions by name where Slack gave one, single spaces."""
    named = MENTION.sub(lambda found: f"{found[1]}{found[3] or found[2]}", text)
    return " ".join(named.split())


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", "".join(map(_seen, text)))


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs") or character in _INVISIBLE_LETTERS:
        return ""
    return character


def _decoded(found: re.Match[str]) -> str:
    """Slack escapes also what stands inside angle brackets: an address with ``&amp;`` in it."""
    if found["id"]:
        label = "".join(_unescaped(found["label"]).split())
        return f"<{found['sign']}{found['id']}{'|' + label if label else ''}>"
    if found["special"]:
        return _unescaped(found["fallback"]) or "@" + found["special"]
    if found["url"]:
        return _link(_unescaped(found["url"]), _unescaped(found["text"]))
    return _ENTITIES[found[0]]


def _unescaped(text: str | None) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text or "")


def _link(url: str, label: str) -> str:
    """What was typed: Slack turns ``orders.example.com`` into a link that is labelled so."""
    address = url.partition(":")[2].lstrip("/")
    return label if label and address.rstrip("/") == label.rstrip("/") else url


def _words(text: str) -> Iterator[Word]:
    closings = {quote: _closings(text, quote) for quote in QUOTES}
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word, at = _word(text, at, closings)
        yield word


def _closings(text: str, quote: str) -> list[int]:
    """Where ``quote`` may close: before a space, the end or a new quote."""
    return [found.start() for found in re.finditer(rf"{quote}(?=[\s{QUOTES}]|$)", text)]


def _word(text: str, at: int, closings: Mapping[str, Sequence[int]]) -> tuple[Word, int]:
    begin, taken = at, ""
    quoted_from: int | None = None
    closed = False
    while at < len(text) and not text[at].isspace():
        opens = text[at] in QUOTES and (not taken or taken[-1] == "=" or closed)
        end = _next(closings[text[at]], at) if opens else None
        if end is None:
            taken, at, closed = taken + text[at], at + 1, False
            continue
        quoted_from = len(taken) if quoted_from is None else quoted_from
        taken, at, closed = taken + text[at + 1 : end], end + 1, True
    return Word(taken, text[begin:at], quoted_from), at


def _next(places: Sequence[int], after: int) -> int | None:
    index = bisect_right(places, after)
    return places[index] if index < len(places) else None
