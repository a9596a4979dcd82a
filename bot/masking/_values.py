"""Where a value ends: quoted in any way and at any depth, a list, or bare."""

import re
from collections.abc import Iterator

from bot.masking._shapes import Span

_LONG = 20_000  #: characters of one value; what is longer is masked as far as that
_WIDE = 2_000  #: characters of a list
#: The end of a line, also as JSON writes it, and as JSON in JSON does.
BREAK = r"(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n)"
BLANK = r"(?:\s|\\{1,4}[nrt](?![A-Za-z]{2}))"
#: Between a keyword and its value: blanks and comments of SQL.
GAP = (
    rf"(?:\s|\\{{1,4}}[nrt](?=[\s'\"\\(\[$]|[A-Z]{{2}})"
    rf"|/\*(?:[^*]|\*(?!/)){{0,100}}+\*/|--[^\n\\]{{0,100}}{BREAK}){{0,40}}+"
)
GAPS = re.compile(GAP)

_QUOTED = re.compile(r"(?:[A-Za-z]|_[a-z0-9]{2,10}|[uU]&)?(?P<slashes>\\{0,16})(?P<mark>[\"'`])")
_ORACLE = re.compile(r"[nN]?[qQ]'(?P<mark>[^\s\w])")
_DOLLAR = re.compile(r"\$\w{0,60}\$")
_ENTITY = re.compile(r"&(?:quot|apos|#3[49]);")
_LINE = r"(?:(?!\\{1,4}[nr])[^\n\"])"
_BLOCK = re.compile(
    rf"[|>][+-]?\d?[ \t]*{BREAK}(?P<lines>(?:[ \t]+{_LINE}{{1,2000}}+(?:{BREAK}|(?=\"|\Z)))+)"
)
_ITEM = re.compile(rf"(?:{BREAK}[ \t]*)?-[ \t]+(?P<item>{_LINE}{{1,2000}}+)")
_OPENING = re.compile(r"[\[(]|[\w.]{1,60}\(\s{0,4}(?=\\{0,16}[\"'])")
# Punctuation ends a bare value only where something else begins behind it: "a;b" is one password.
_ENDS = r"(?:[\s,;&|]|\Z|[\w.$-]{1,40}\s{0,4}[=:])"
_BARE = re.compile(
    r"(?:[^\s,;&\"'`<>)\]}\\]"
    rf"|[,;&](?!{_ENDS})"
    r"|[\"'`)\]}>](?![\s,;:)\]}>\"'`.+\\]|\Z)|<(?![/\w])|\\(?![\"'`nrt])){1,4000}+"
)
_AFTERWARDS = ".,;:!?"


def value(text: str, at: int) -> Span | None:
    """What begins there, its quotes included; None where there is nothing."""
    return quoted(text, at) or _bracketed(text, at) or bare(text, at)


def quoted(text: str, at: int) -> Span | None:
    if found := _ORACLE.match(text, at):
        pairs = {"[": "]", "(": ")", "{": "}", "<": ">"}
        return at, _after(text, pairs.get(found["mark"], found["mark"]) + "'", found.end())
    if found := _DOLLAR.match(text, at):
        return at, _after(text, found[0], found.end())
    if found := _ENTITY.match(text, at):
        return at, _after(text, found[0], found.end())
    if found := _QUOTED.match(text, at):
        return at, closed(text, found.end(), found["slashes"], found["mark"])
    return None


def bare(text: str, at: int) -> Span | None:
    if found := _BARE.match(text, at):
        word = found[0]
        # a full stop behind a word ends the sentence; of "s3cret!" the mark is a part
        kept = len(word.rstrip(_AFTERWARDS[:4])) or len(word)
        return at, at + kept
    return None


def blanks(text: str, at: int) -> int:
    """Where something stands again on the same line."""
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def line(text: str, at: int, closing: str = "") -> Span | None:
    """The rest of the line, or as far as the quote that was opened before."""
    end = min(_found(text, mark, at) for mark in ("\n", "\r", "\\n", "\\r", *closing))
    end = at + len(text[at:end].rstrip())
    return (at, end) if end > at else None


def items(text: str, at: int) -> Iterator[Span]:
    """The values of a YAML list or block that begins at a line's end."""
    if found := _BLOCK.match(text, at):
        start = found.start("lines") + len(found["lines"]) - len(found["lines"].lstrip())
        yield start, at + len(found[0].rstrip())
        return
    while found := _ITEM.match(text, at):
        yield found.span("item")
        at = found.end()


def _bracketed(text: str, at: int) -> Span | None:
    """``[…]``, ``(…)`` and a call whose argument is quoted: quotes in them are looked through.

    None where nothing closes it.
    """
    opened = _OPENING.match(text, at)
    if opened is None:
        return None
    start, at = at, opened.end()
    closing = "]" if text[start] == "[" else ")"
    end = min(len(text), start + _WIDE)
    while at < end:
        if text[at] == closing:
            return start, at + 1
        inner = quoted(text, at)
        at = inner[1] if inner else at + 1
    return None


def closed(text: str, at: int, slashes: str, mark: str) -> int:
    """Behind the quote that closes: it has as many backslashes as the one that opened.

    A doubled quote is a part of the value, and so is an escaped one.
    """
    start = at
    while (at := text.find(mark, at, start + _LONG)) >= 0:
        before = _backslashes(text, start, at)
        at += 1
        if slashes and before == len(slashes):
            return at
        if not slashes and before % 2 == 0:
            # what JSON has escaped once more looks closed: a word does not follow a quotation
            if before and text[at : at + 1].isalnum():
                continue
            if not text.startswith(mark, at):
                return at
            at += 1
    return min(len(text), start + _LONG)


def _backslashes(text: str, start: int, end: int) -> int:
    """How many stand directly before ``end``."""
    at = end
    while at > start and text[at - 1] == "\\":
        at -= 1
    return end - at


def _after(text: str, closing: str, at: int) -> int:
    found = text.find(closing, at, at + _LONG)
    return min(len(text), at + _LONG) if found < 0 else found + len(closing)


def _found(text: str, mark: str, at: int) -> int:
    end = min(len(text), at + _LONG)
    found = text.find(mark, at, end)
    return end if found < 0 else found
