"""Values that are secret because of the name beside them: settings, JSON, XML, headers, flags, SQL.

Names are looked for in the text in small letters, as that lets the search skip most of it.
"""

import re
import string
from collections.abc import Iterator
from typing import NamedTuple

from bot.masking._shapes import Span, is_by_chance
from bot.masking._values import BLANK, GAPS, blanks, closed, items, line, quoted, value

_CORE = re.compile(
    r"p(?:ass(?:w(?:or)?d|phrase|code|wort)?|wd|swd?|w)"
    r"|(?:access|api|encryption|private|secret|signing) key"
    r"|secret|token|cred(?:ential)?|jwt|key|auth(?:orization)?|(?:set-)?cookie2?|sig(?:nature)?"
    r"|requirepass|masterauth|response_url|trigger_id|private-mac"
    r"|[?&;#](?:auth|hmac|key|otp|sid|session(?:_?id)?|ticket|p|code)="
)
_SUFFIX = re.compile(
    r"(?:(?:s|hash|confirm(?:ation)?|string|text|value)?(?![a-z])|(?=[A-Z]))(?P<suffix>[\w.-]{0,40}+)"
)
_PASSWORDS = frozenset("password passwd passphrase passcode passwort pass pwd psw pswd pw".split())
_SHORT = frozenset("pass psw pswd pw cred jwt auth sig signature key".split())
_HEADERS = frozenset(("authorization", "cookie", "cookie2", "set-cookie", "set-cookie2"))
#: Keys that are secrets. There are also primary keys, and those of dictionaries.
_KEYS = tuple(
    "api access account admin app application auth consumer crypto cryption customer deploy dd "
    "encrypt encryption function functions hmac host ingest integration license licence master "
    "private project routing rsa secret service session shared sharedaccess sign signing ssh "
    "storage subscription write".split()
)
#: Words of names that only speak of secrets: of their rules, their place, their number.
_ABOUT = frozenset(
    "algorithm allowed arn arns attempt attempts auth authentication bucket cache change changed "
    "check checks class column columns command commands complexity count counts created days "
    "digest dir directory disabled duration enabled encryption endpoint endpoints error errors "
    "exists expiration expire expired expires expiry extension failed failures field fields file "
    "files format grace hint history id ids interval kind last length level lifetime limit limits "
    "manager max message metadata method min mode name names number path paths period plugin "
    "policies policy prompt provider ref reference remaining required requirements reset reuse "
    "rotated rotation rounds rule rules schema scope size source state status store strength "
    "supported time timeout timestamp ttl type types until updated uri usage used valid validation "
    "version versions window words".split()
)
_COUNTS = frozenset("caching max min native num number sha2 total validate".split())
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_BEFORE = 60  #: characters before a word that may matter
_IN_NAMES = f"{string.ascii_letters}{string.digits}_.-"

_CLOSE = re.compile(r"(?:\\{0,16}(?:[\"'`]|&quot;)|\*{1,2})?[)\]]?")
#: Also as addresses, JSON and HTML write what has a meaning in them.
_OPERATOR = re.compile(r"=>|:=|[=!]=|<>|[=:~]|%3[AaDd]|\\{1,4}u003[AaDd]|&#(?:58|61|x3[AaDd]);")
_SIBLING = re.compile(
    r"\\{0,16}[\"']?(?:</?[\w:]{1,40}>)?(?:\s[\w-]{1,20}=[\"'][^\"'<>]{0,40}[\"']){0,3}"
    rf"{BLANK}{{0,40}}[,;/>]?{BLANK}{{0,40}}-?\s{{0,4}}<?\\{{0,16}}[\"']?"
    r"(?i:value|string_?value|plaintext|content|default|string)\\{0,16}[\"']?"
    r"(?:\s{0,4}[=:]|(?P<tag>>))|\\{0,16}[\"']?(?P<open>>)"
)
_LISTED = re.compile(r"\\{0,16}[\"'`]\s{0,4},\s{0,4}")
_ELEMENT = re.compile(r"(?:\s[^<>]{0,200})?>|(?:\s[^&<>]{0,200})?&gt;")
_CONTENT = re.compile(
    r"\s{0,200}(?P<content><!\[CDATA\[[\s\S]{0,4000}?\]\]>|[^<]{1,4000}?)\s{0,200}(?:<|&lt;/|\Z)"
)
# SQL: PASSWORD FOR someone = 'x', PASSWORD TO 'x', PASSWORD('x').
_CALLED = re.compile(
    r"(?i)(?:FOR\s{1,4}\S{1,80}\s{0,8}(?:TO\b|=)?\s{0,8}|(?:TO|AS)\s{1,8})?(?:PASSWORD\s{0,4})?\(?\s{0,8}"
)
_SAID = re.compile(r"(?i)[\"'`]?[ ]{1,2}(?:is|was|to|are|be)[ ]?:?[ ]{1,2}(?:now[ ])?")
_QUERIED = re.compile(r"[^\s&#?;\"'<>]{8,400}+")
_SIGNED = re.compile(r"[^\s;\"'<>]{16,400}+")

_TRUTHS = frozenset(
    "true false on off yes no none null nil undefined unset empty enabled disabled required "
    "optional expired invalid missing default changed ok 0 1 redacted masked n/a nan not str "
    "string text varchar varchar2 nvarchar char bytes bytea int integer bigint bool boolean object "
    "secretstr array any unknown wrong".split()
)
_PLACEHOLDER = re.compile(
    r"(?i)\$\d{1,3}|\?|%s|%\(\w{1,40}\)s|:[a-z_]{1,40}|\$(?-i:[A-Z][A-Z0-9_]{0,60})"
    r"|\$?\{{1,2}[^{}\s]{0,60}\}{0,2}|\$\([\w ./-]{0,60}\)?|<[a-z _.-]{1,40}>?|\.{3}|…|\*{1,60}"
    r"|x{3,60}|(?:n?var)?char2?\(\d+\)?|arn:aws[\w:/.*-]{0,200}|[^\s=:]{0,40}(?:\*{3}|\[masked\]?)"
)
_SMALL = frozenset("to is or and for option flag argument in with on from of the must can".split())
_SCHEME = re.compile(r"(?i)(?:Basic|Bearer|Token|ApiKey|Key|Bot|Splunk|GenieKey|SSWS)[ \t]{1,4}")
_CREDENTIALS = re.compile(r"(?!\w+=)[\w.~+/:-]{2,4000}+=*")
_PAIR = re.compile(r"(?:[\w!#$%&*+.^|~-]{1,80}[ \t]{1,4})?[\w!#$%&*+.^|~-]{1,80}=")
_ALONE = re.compile(
    r"(?i)\b(?:Bearer|Basic)\s{1,4}(?P<token>(?=[\w.~+/-]{20}|[^\s\d]{0,19}\d)[\w.~+/-]{6,4000}+=*)"
)


class SecretName(NamedTuple):
    """A word that tells, and what its name goes on with on either side."""

    core: str  #: in small letters
    start: int
    end: int  #: of the whole name
    stem: str
    suffix: str
    before: str  #: what stands before the name, as far as it matters

    @property
    def is_password(self) -> bool:
        return self.core in _PASSWORDS

    @property
    def is_query(self) -> bool:
        return self.core.endswith("=")


def names(text: str) -> Iterator[Span]:
    small, at = _small(text), 0
    while found := _CORE.search(small, at):
        at = found.end()
        if name := _name(text, found[0], *found.span()):
            for span in _of(text, name):
                yield span
                at = max(at, span[1])
    if "earer" in small or "asic" in small:
        for found in _ALONE.finditer(text):
            yield found.span("token")


def is_secret_name(name: str) -> bool:
    """Whether what stands under that name, alone, is a secret."""
    cores = _CORE.finditer(_small(name))
    found = (_name(name, one[0], *one.span()) for one in cores)
    return any(one and not one.is_query and not one.core.startswith("sig") for one in found)


def _small(text: str) -> str:
    """In small letters and as long as before."""
    small = text.lower()
    return small if len(small) == len(text) else text.translate(_SMALLER)


_SMALLER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _name(text: str, core: str, start: int, end: int) -> SecretName | None:
    """None where the word is only a part of another, or its name speaks of secrets and is none."""
    if core.endswith("="):
        return SecretName(core, start, end - 1, "", "", "")
    go_on = _SUFFIX.match(text, end)
    before = text[max(0, start - _BEFORE) : start]
    stem = before[len(before.rstrip(_IN_NAMES)) :]
    if go_on is None or not _is_whole(core, stem, text[start]):
        return None
    suffix = go_on["suffix"]
    if (suffix and _has(suffix, _ABOUT)) or (stem and _has(stem[-40:], _COUNTS)):
        return None
    return SecretName(core, start, go_on.end(), stem, suffix, before[: len(before) - len(stem)])


def _has(part: str, words: frozenset[str]) -> bool:
    return any(word.lower() in words for word in _WORDS.findall(part))


def _is_whole(core: str, stem: str, first: str) -> bool:
    """``pass`` in ``bypass`` is no word of its own, nor ``key`` in ``primary_key`` a secret."""
    last = stem[-1:]
    if core == "key":
        return stem.rstrip("_.-").lower().endswith(_KEYS)
    if core == "auth":
        return last == "_" and not stem[:-1].isalnum()
    if core in _SHORT or core in _HEADERS:
        return not last.isalpha() or (last.islower() and first.isupper())
    return True


def _of(text: str, name: SecretName) -> Iterator[Span]:
    if name.core in _HEADERS:
        yield from _header(text, name)
    elif name.before.endswith(("<", "&lt;")) or (
        name.before[-1:] == ":" and "<" in name.before[-40:]
    ):
        if link := _ELEMENT.match(text, name.end):
            yield from _content(text, link.end())
    else:
        yield from _linked(text, name)


def _linked(text: str, name: SecretName) -> Iterator[Span]:
    close = _CLOSE.match(text, name.end)
    gap = GAPS.match(text, close.end() if close else name.end)
    at = gap.end() if gap else name.end
    if operator := _OPERATOR.match(text, at):
        yield from _assigned(text, name, _unstressed(text, name, operator.end()))
    elif link := _SIBLING.match(text, name.end):
        inside = link["tag"] or link["open"]
        yield from _content(text, link.end()) if inside else _assigned(text, name, link.end())
    elif (span := _beside(text, name, at)) and _counts(text[slice(*span)], name):
        yield span


def _unstressed(text: str, name: SecretName, at: int) -> int:
    """Behind what ends the stress on a name, as in ``*Password:* x``."""
    while name.before.endswith("*") and text.startswith("*", at):
        at += 1
    return at


def _assigned(text: str, name: SecretName, at: int) -> Iterator[Span]:
    word = name.before.rpartition(" ")[2]
    if "arn:aws" in word or name.before.endswith("://"):
        return  # a part of an ARN is called secret, and a user of an address token
    start = blanks(text, at)
    if text[start : start + 1] in ("\r", "\n", "\\", "|", ">") and (
        many := tuple(items(text, start))
    ):
        yield from many
    elif (span := _valued(text, name, at, start)) and _counts(text[slice(*span)], name):
        yield from filter(None, [_worded(text, name, span, at)])


def _valued(text: str, name: SecretName, at: int, start: int) -> Span | None:
    if name.is_query or name.core.startswith("sig") or name.suffix.lower().endswith("signature"):
        found = (_QUERIED if name.is_query else _SIGNED).match(text, start)
        return found.span() if found else None
    gap = GAPS.match(text, at)
    return quoted(text, gap.end() if gap else at) or value(text, start)


def _worded(text: str, name: SecretName, span: Span, at: int) -> Span | None:
    """What stands bare behind a colon: of a line's key, or of a stressed one, the whole line, in a
    sentence one word."""
    start, end = span
    if text[start] in "\"'`\\[($&" or text[at - 1] not in ":*" or start == at:
        return span
    if name.is_password and _is_key_of_line(text, name):
        whole = line(text, start)
        return (start, max(whole[1], end)) if whole else span
    goes_on = text[end : end + 1] == " " and text[end + 1 : end + 2].isalpha()
    return None if goes_on and not name.is_password and text[start:end].isalpha() else span


def _is_key_of_line(text: str, name: SecretName) -> bool:
    if name.before.endswith("*"):
        return True
    before = name.before.rstrip("\"' \t-")
    return before.endswith(("\n", "\\n")) or (not before and name.start < _BEFORE)


def _counts(word: str, name: SecretName) -> bool:
    """Whether a value is one, and not a placeholder, a number of things or a truth."""
    inner = word.strip("\\\"'`[]();,")
    if not inner or inner.casefold() in _TRUTHS or word[0] == "{":
        return False
    if _PLACEHOLDER.fullmatch(word.strip("\\\"'`;,")):
        return False
    if name.is_query or name.core.startswith("sig"):
        return is_by_chance(inner)
    if name.core in ("pass", "pwd"):
        return not (word.isdigit() and len(word) < 5) and not word.startswith("/")
    return name.is_password or not (len(word) <= 6 and word.isdigit())


def _beside(text: str, name: SecretName, at: int) -> Span | None:
    """Without an operator between them: SQL, flags of commands, sentences, pairs."""
    if (
        name.is_password
        and (link := _CALLED.match(text, at))
        and (span := quoted(text, link.end()))
    ):
        return span
    if text[name.end : name.end + 1] in (" ", "\t"):
        return _flagged(text, name) or _said(text, name.end)
    if link := _LISTED.match(text, name.end):
        # ("password", "x"), but not the heading of a table: "user","password","mail"
        is_pair = name.before.rstrip("\"'`\\").endswith(("(", "["))
        return quoted(text, link.end()) if is_pair else None
    return None


def _flagged(text: str, name: SecretName) -> Span | None:
    """``--password x``, and what else takes the next word for a value."""
    words = name.before.rsplit(None, 2)[-2:]
    is_flag = name.stem.startswith("-") and name.before[-1:] in ("", *" \t\n\"'[(,")
    is_set = words[-1:] in (["set"], ["setx"], ["setenv"]) or words[:1] in (["set"], ["login"])
    if not (is_flag or is_set or name.core in ("requirepass", "masterauth")):
        return None
    span = value(text, blanks(text, name.end))
    if span is None or text[span[0]] in "-|&>" or text[slice(*span)].lower() in _SMALL:
        return None
    return span


def _said(text: str, at: int) -> Span | None:
    """``The password is Tr0ub4dor&3``: what is no word."""
    link = _SAID.match(text, at)
    span = value(text, link.end()) if link else None
    if span is None:
        return None
    word = text[slice(*span)]
    mixed = any(map(str.isdigit, word)) and any(map(str.isalpha, word)) and len(word) > 5
    return span if mixed or (word[0] in "\"'`" and len(word) > 4) else None


def _content(text: str, at: int) -> Iterator[Span]:
    found = _CONTENT.match(text, at)
    if found and not _PLACEHOLDER.fullmatch(found["content"]):
        yield found.span("content")


def _header(text: str, name: SecretName) -> Iterator[Span]:
    """The credentials behind a known scheme; else all that the header holds."""
    close = _CLOSE.match(text, name.end)
    at = blanks(text, close.end() if close else name.end)
    operator = None if name.suffix else _OPERATOR.match(text, at)
    if operator is None:
        return
    at = blanks(text, operator.end())
    if text.startswith("[", at):
        yield from filter(None, [value(text, at)])
        return
    opened = quoted(text, at) if text[at : at + 1] in ("'", '"', "\\") else None
    while opened and text[at : at + 1] in ("'", '"', "\\"):
        at += 1
    if (scheme := _SCHEME.match(text, at)) and (held := _CREDENTIALS.match(text, scheme.end())):
        if held[0].lower() not in _TRUTHS:
            yield held.span()
    elif _PAIR.match(text, at) or is_by_chance(text[at : at + 40].split(" ")[0]):
        yield from filter(None, [_rest(text, at, opened, name.before)])


def _rest(text: str, at: int, opened: Span | None, before: str) -> Span | None:
    """As far as the quote that was opened before the value or before the name, else the line."""
    rest = (at, opened[1]) if opened else line(text, at)
    mark = before[-1:] if before.endswith(("'", '"', "`")) else ""
    if rest is None or not (opened or mark):
        return rest
    if not opened:
        slashes = before[len(before[:-1].rstrip("\\")) : -1]
        rest = at, min(rest[1], closed(text, at, slashes, mark))
    return at, at + len(text[slice(*rest)].rstrip("\\\"'`"))
