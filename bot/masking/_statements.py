"""Secrets that are known by their place in a statement of SQL or in a command's line."""

import re
from collections.abc import Iterator, Mapping

from bot.masking._names import is_secret_name
from bot.masking._shapes import Span
from bot.masking._values import GAP, GAPS, bare, quoted, value

_LONG = 20_000  #: characters of a row
_IDENTIFIED = re.compile(
    rf"(?is)\bIDENTIFIED{GAP}(?:(?:WITH|VIA){GAP}\S{{1,60}}{GAP})?(?:BY|AS|USING)\b{GAP}"
    rf"(?:PASSWORD\b{GAP}|VALUES\b{GAP})?(?:\(?{GAP})?(?P<random>RANDOM\b)?"
)
_USER = re.compile(r"(?i)\b(?:user|role|grant|link|connect|identified)\b")
_REPLACED = re.compile(rf"(?is){GAP}REPLACE{GAP}")
_INSERT = re.compile(
    rf"(?is)\b(?:INSERT|REPLACE)\b[^(;]{{1,300}}?\((?P<columns>[^()]{{1,4000}})\)"
    rf"(?:{GAP}OVERRIDING\s+\w+\s+VALUE)?{GAP}VALUES?\b{GAP}"
)
#: Calls with a secret in one of their arguments: which, counted from 0.
_ARGUMENTS: Mapping[str, tuple[int, ...]] = {
    "mysql.rds_set_external_master": (3,),
    "mysql.rds_set_external_source": (3,),
    "mysql.rds_set_external_master_with_auto_position": (3,),
    "mysql.rds_set_external_source_with_auto_position": (3,),
    "mysql.rds_set_external_master_with_delay": (3,),
    "mysql.rds_set_external_source_with_delay": (3,),
    "aws_commons.create_aws_credentials": (1, 2),
    "aes_encrypt": (1,),
    "aes_decrypt": (1,),
    "pgp_sym_encrypt": (1,),
    "pgp_sym_decrypt": (1,),
    "crypt": (0,),
    "old_password": (0,),
}
_ANY_CALL = "|".join(map(re.escape, sorted(_ARGUMENTS, reverse=True)))
_CALL = re.compile(rf"(?i)\b(?P<name>{_ANY_CALL})\s{{0,4}}\(")
#: The same of SQL Server, whose calls have no parentheses.
_PROCEDURES: Mapping[str, tuple[int, ...]] = {
    "sp_addapprole": (1,),
    "sp_addlinkedsrvlogin": (4,),
    "sp_addlogin": (1,),
    "sp_password": (0, 1),
    "sp_setapprole": (1,),
}
_EXECUTED = re.compile(
    rf"(?i)\b(?P<name>{'|'.join(_PROCEDURES)})\b[\s(]{{1,8}}(?P<line>[^\n;]{{1,400}})"
)
_ROW = re.compile(r"(?i)Failing row contains \(")
_PARAMETERS = re.compile(r"(?i)\bparameters: (?=\$\d+ = )")
_PARAMETER = re.compile(r"\$\d+ = (?P<value>)")

#: What of a command's line is a secret: a tool, and the flag before it.
_MARK = r"[^\s\"']"
_TOOLS = re.compile(
    r"(?i)(?<![\w./-])(?:[\w./-]{0,80}/)?(?:"
    r"(?P<glued>mysql\w{0,12}|mariadb[\w-]{0,12}|mycli|7z|pt-[\w-]{1,30}|xtrabackup|mydumper)"
    r"|(?P<user>curl|wget|https?|xh|httpie)"
    r"|(?P<p>sshpass|docker|podman|helm|mongo\w{0,10}|oc|az|cf|nerdctl|skopeo|crane|unzip|zip|sqlcmd"
    r"|bcp|ipmitool)"
    r"|(?P<a>redis-cli|valkey-cli|keydb-cli)|(?P<w>ldap\w{3,8})"
    r"|(?P<slash>sqlplus|expdp|impdp|sqlldr|rman|exp|imp)"
    r"|(?P<last>rabbitmqctl (?:add_user|change_password)|vault login|htpasswd -\w*b\w*|net user)"
    r")(?=\s)(?P<line>[^\n|;]{1,400})"
)
_FLAGS: Mapping[str, re.Pattern[str]] = {
    "glued": re.compile(r"\s-p(?=[^\s])()"),
    "user": re.compile(r"\s(?:-[a-zA-Z]{0,6}[uU]|--(?:proxy-)?user|-a|--auth)[\s=]{0,4}()"),
    "p": re.compile(r"\s(?:-[pP]|--password-stdin=)[\s=]{0,4}()(?!\d{1,5}:)"),
    "a": re.compile(r"\s(?:-a|--pass)[\s=]{1,4}()"),
    "w": re.compile(r"\s-w\s{0,4}()"),
    "slash": re.compile(r"\s[\w$\"]{1,40}/()(?=[^\s/@])"),
    "last": re.compile(r"()"),
}


def statements(text: str) -> Iterator[Span]:
    yield from _identified(text)
    yield from _inserted(text)
    yield from _called(text)
    yield from _executed(text)
    yield from _logged(text)
    yield from _typed(text)


def _identified(text: str) -> Iterator[Span]:
    for found in _IDENTIFIED.finditer(text):
        if found["random"]:
            continue
        span = quoted(text, found.end())
        if span is None and _USER.search(text, max(0, found.start() - 120), found.start()):
            span = bare(text, found.end())
        if span:
            yield span
            if again := _REPLACED.match(text, span[1]):
                yield from filter(None, [value(text, again.end())])


def _inserted(text: str) -> Iterator[Span]:
    at = 0
    while found := _INSERT.search(text, at):
        columns = [name.strip(' \t\r\n"`[]') for name in found["columns"].split(",")]
        secret = [number for number, name in enumerate(columns) if is_secret_name(name)]
        at = found.end()
        while text.startswith("(", at):
            inside, at = _arguments(text, at + 1)
            yield from (inside[number] for number in secret if number < len(inside))
            at = _gap(text, at)
            at = _gap(text, at + 1) if text.startswith(",", at) else at
        at = max(at, found.end())


def _called(text: str) -> Iterator[Span]:
    at = 0
    while found := _CALL.search(text, at):
        inside, at = _arguments(text, found.end())
        wanted = _ARGUMENTS[found["name"].lower()]
        for number in wanted:
            if number < len(inside) and text[slice(*inside[number])].strip("'\""):
                yield inside[number]


def _executed(text: str) -> Iterator[Span]:
    for found in _EXECUTED.finditer(text):
        inside, _ = _arguments(found["line"], 0)
        at = found.start("line")
        for number in _PROCEDURES[found["name"].lower()]:
            if number < len(inside) and found["line"][slice(*inside[number])].strip("'"):
                yield at + inside[number][0], at + inside[number][1]


def _arguments(text: str, at: int) -> tuple[list[Span], int]:
    """What stands between commas, and where the text goes on behind the parenthesis."""
    inside: list[Span] = []
    start, depth = at, 0
    while at < len(text) and at - start < 20_000:
        mark = text[at]
        if depth == 0 and mark in ",)":
            inside.append(_trimmed(text, start, at))
            start = at + 1
            if mark == ")":
                return inside, at + 1
        depth += (mark == "(") - (mark == ")")
        span = quoted(text, at) if mark in "\"'`$\\" else None
        at = span[1] if span else at + 1
    return [*inside, _trimmed(text, start, at)], at


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _logged(text: str) -> Iterator[Span]:
    """What PostgreSQL logs of rows and parameters, whatever they hold."""
    at = 0
    while found := _ROW.search(text, at):
        end = min(_next(text, mark, found.end()) for mark in ("\n", "\\n"))
        closed = text.rfind(")", found.end(), end)
        yield found.end(), closed if closed > 0 else end
        at = end
    at = 0
    while found := _PARAMETERS.search(text, at):
        at = found.end()
        while one := _PARAMETER.match(text, at):
            span = quoted(text, one.end()) or bare(text, one.end())
            if span is None:
                break
            if not text[slice(*span)].strip("'").isdigit() and text[slice(*span)] != "NULL":
                yield span
            at = span[1] + (2 if text.startswith(", ", span[1]) else 0)


def _typed(text: str) -> Iterator[Span]:
    for found in _TOOLS.finditer(text):
        kind = next(name for name in _FLAGS if found[name])
        if kind == "last":
            yield from _last_word(text, found)
            continue
        for flag in _FLAGS[kind].finditer(found[0], found.start("line") - found.start()):
            span = value(text, found.start() + flag.end())
            if span and (given := _given(kind, text, span)):
                yield given


def _given(kind: str, text: str, span: Span) -> Span | None:
    """Of ``user:password`` the password alone."""
    word = text[slice(*span)]
    if kind == "slash":
        return span[0], span[0] + len(word.split("@")[0])
    if kind != "user":
        return None if word.startswith("-") else span
    user, colon, secret = word.partition(":")
    if not colon or not secret.strip("'\"") or "//" in word[:12]:
        return None
    closing = word[0] if word[0] in "'\"" else ""
    end = span[1] - len(closing) if closing and word.endswith(closing) else span[1]
    return span[0] + len(user) + 1, end


def _last_word(text: str, found: re.Match[str]) -> Iterator[Span]:
    words = found["line"].split()
    if words and (len(words) > 1 or found["last"].lower() == "vault login"):
        end = found.start("line") + len(found["line"].rstrip())
        yield end - len(words[-1]), end


def _next(text: str, mark: str, at: int) -> int:
    end = min(len(text), at + _LONG)
    found = text.find(mark, at, end)
    return end if found < 0 else found


def _gap(text: str, at: int) -> int:
    found = GAPS.match(text, at)
    return found.end() if found else at
