"""What stands in the log files of databases: entries as each engine writes them, and which of them
say that something is wrong, counted. Pure: text in, values out.

PostgreSQL with the prefix that RDS sets, MySQL, MariaDB, SQL Server and Oracle:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.html
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import NamedTuple

from bot.values import SECOND

LONGEST = 2_000  #: characters of a line that are looked at


class Gravity(IntEnum):
    """The worst first."""

    FATAL = 0
    ERROR = 1
    WARNING = 2
    CALM = 3


class Entry(NamedTuple):
    """``at`` is None where the log does not say when, or not in which time zone."""

    at: int | None
    gravity: Gravity
    text: str


@dataclass
class Group:
    """What says the same but for numbers: how often, and how it was last said."""

    gravity: Gravity
    text: str
    count: int = 0
    last: int | None = None
    texts: set[str] = field(default_factory=set)  #: two at most

    @property
    def varies(self) -> bool:
        """Its numbers differ from one time to the next."""
        return len(self.texts) > 1

    def add(self, one: Entry) -> None:
        self.count += 1
        if len(self.texts) < 2:
            self.texts.add(one.text)
        if one.at is not None and one.at >= (self.last or 0):
            self.last, self.text = one.at, one.text


def entries(engine: str, name: str, text: str) -> tuple[Entry, ...] | None:
    """Those of one file, as far as ``text`` goes, oldest first; None where its format is unknown.

    What stands before the first entry is the end of one that was cut, and is left out.
    """
    lines = [line[:LONGEST] for line in text.splitlines() if line.strip()]
    found = tuple(_reader(engine, name)(lines))
    return found if found or not lines else None


def is_aside(name: str) -> bool:
    """What is written of every statement, for auditors or for AWS's support: nothing goes wrong
    there."""
    return bool(_ASIDE.search(name))


def groups(found: Iterable[Entry], since: int) -> tuple[Group, ...]:
    """What is wrong from that instant on: the gravest first, then the most frequent.

    What has no instant counts, as it may be of then.
    """
    same: dict[tuple[Gravity, str], Group] = {}
    for one in found:
        if one.gravity is not Gravity.CALM and (one.at is None or one.at >= since):
            key = one.gravity, folded(one.text)
            same.setdefault(key, Group(one.gravity, one.text)).add(one)
    return tuple(sorted(same.values(), key=lambda one: (one.gravity, -one.count, one.text)))


def folded(text: str) -> str:
    """The message without what differs from one time to the next: numbers, ids, addresses."""
    return " ".join(_DIFFERS.sub("…", text).split())


# -- how each engine writes -----------------------------------------------------------------------

_ASIDE = re.compile(
    r"(^|/)(general|audit|sysinfo)/|general\.log|audit|\.(aud|trc|trm|xml|xel)$", re.IGNORECASE
)
#: UUIDs, hexadecimal, then figures, but not those that say which error it is.
_DIFFERS = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b"
    r"|(?<!error )(?<![\w.-])\d[\d.,:/-]*|(?<=[_#])\d+|(?<!\bORA-)(?<!\bTNS-)(?<=-)\d+",
    re.IGNORECASE,
)
_STAMP = r"(?P<at>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,]\d+)?"
_UTC = frozenset({"", "Z", "UTC", "GMT"})

_POSTGRES = re.compile(rf"{_STAMP} (?P<zone>[\w+/-]+?)[:, ](?P<rest>.*)", re.DOTALL)
_POSTGRES_LEVEL = re.compile(
    r"(?:^|:)\s*(DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|STATEMENT|CONTEXT|"
    r"QUERY|LOCATION):\s+(.*)"
)
_POSTGRES_CSV = re.compile(
    r",(DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC),[0-9A-Z]{5},\"((?:[^\"]|\"\")*)"
)
_POSTGRES_GRAVITY = {
    "PANIC": Gravity.FATAL, "FATAL": Gravity.FATAL, "ERROR": Gravity.ERROR,
    "WARNING": Gravity.WARNING,
}  # fmt: skip
#: What PostgreSQL only logs although the server has died or is about to.
_POSTGRES_GRAVE = re.compile(r"was terminated by signal|not properly shut down|out of memory", re.I)
_SAID_MORE = frozenset({"DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION"})

_MYSQL = re.compile(
    rf"(?:{_STAMP}|(?P<old>\d{{6}} [ \d]\d:\d\d:\d\d))\s?(?P<zone>Z|UTC|[+-]\d\d:\d\d)?[\s:]*"
    r"(?:\d+\s+)?\[(?P<level>\w+)\]\s*(?:\[MY-\d+\]\s*)?(?:\[\w+\]\s*)?(?P<text>.*)"
)
_MYSQL_GRAVITY = {"error": Gravity.ERROR, "warning": Gravity.WARNING}
_MYSQL_NOTED = re.compile(r"access denied|aborted connection|too many connections", re.I)
_MYSQL_FATAL = re.compile(r"got signal \d+|assertion failure|aborting\b|corrupt", re.I)
_SLOW = re.compile(r"# Query_time: (?P<seconds>[\d.]+)")
_SLOW_AT = re.compile(rf"(?:# Time: )?{_STAMP}")

_SQLSERVER = re.compile(
    rf"{_STAMP}\s+(?:(?P<agent>- [!?+] \[\d+\])|(?P<source>\S+))\s+(?P<text>.*)"
)
_SQLSERVER_ERROR = re.compile(r"Error: (?P<number>\d+), Severity: (?P<severity>\d+), State: \d+")
_SQLSERVER_SAID = re.compile(
    r"login failed|deadlock|\bfailed\b|i/o requests taking longer|insufficient|unable to", re.I
)
_AGENT = {"!": Gravity.ERROR, "+": Gravity.WARNING, "?": Gravity.CALM}
_SEVERE, _WRONG = 20, 11  #: severities from which on SQL Server ends a connection, or an error is

_ORACLE_AT = re.compile(rf"{_STAMP}\s?(?P<zone>Z|[+-]\d\d:\d\d|UTC)?:?(?P<rest>.*)")
_ORACLE_OLD = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})")
_ORACLE_FATAL = re.compile(r"ORA-0*(?:600|7445|603|4031|1578|27072)\b")
_ORACLE_ERROR = re.compile(r"\bORA-\d{1,5}\b|^Fatal NI connect error|\bTNS-\d{5}\b")
_ORACLE_WARNING = re.compile(r"checkpoint not complete|cannot allocate new log|\bWARNING\b", re.I)

Reader = Callable[[Sequence[str]], Iterator[Entry]]


def _reader(engine: str, name: str) -> Reader:
    if "slowquery" in name:
        return _slow
    known = {
        "postgres": _postgres, "mysql": _mysql, "mariadb": _mysql, "sqlserver": _sqlserver,
        "oracle": _oracle,
    }  # fmt: skip
    return next((reader for word, reader in known.items() if word in engine), _unknown)


def _unknown(_: Sequence[str]) -> Iterator[Entry]:
    yield from ()


def _postgres(lines: Sequence[str]) -> Iterator[Entry]:
    for line in lines:
        head = _POSTGRES.match(line)
        said = head and (_POSTGRES_LEVEL.search(head["rest"]) or _POSTGRES_CSV.search(line))
        if head is None or not said or said[1] in _SAID_MORE:
            continue
        level, text = said[1], said[2].replace('""', '"')
        grave = level == "LOG" and _POSTGRES_GRAVE.search(text)
        gravity = Gravity.FATAL if grave else _POSTGRES_GRAVITY.get(level, Gravity.CALM)
        yield Entry(_instant(head["at"], head["zone"]), gravity, text)


def _mysql(lines: Sequence[str]) -> Iterator[Entry]:
    for line in lines:
        if head := _MYSQL.match(line):
            at = _old(head["old"]) if head["old"] else _instant(head["at"], head["zone"])
            yield Entry(at, _mysql_gravity(head["level"].casefold(), head["text"]), head["text"])


def _mysql_gravity(level: str, text: str) -> Gravity:
    """A refused login is a note to MySQL."""
    if level == "error":
        return Gravity.FATAL if _MYSQL_FATAL.search(text) else Gravity.ERROR
    return Gravity.WARNING if _MYSQL_NOTED.search(text) else _MYSQL_GRAVITY.get(level, Gravity.CALM)


def _slow(lines: Sequence[str]) -> Iterator[Entry]:
    """One for each statement; the statement itself may be long, and is read in the file."""
    at: int | None = None
    for line in lines:
        if stamp := _SLOW_AT.match(line):
            at = _instant(stamp["at"], "UTC")
            yield Entry(at, Gravity.CALM, "")
        if slow := _SLOW.search(line):
            yield Entry(at, Gravity.WARNING, f"slow query, {slow['seconds']} s")


def _sqlserver(lines: Sequence[str]) -> Iterator[Entry]:
    """What an error is stands in the entry behind its number."""
    error: re.Match[str] | None = None
    for line in lines:
        head = _SQLSERVER.match(line)
        if head is None:
            continue
        at, text = _instant(head["at"], ""), head["text"]
        if numbered := _SQLSERVER_ERROR.match(text):
            error = numbered
        elif error:
            grave = int(error["severity"]) >= _SEVERE
            wrong = Gravity.ERROR if int(error["severity"]) >= _WRONG else Gravity.WARNING
            yield Entry(at, Gravity.FATAL if grave else wrong, f"error {error['number']}: {text}")
            error = None
        else:
            yield Entry(at, _sqlserver_gravity(head["agent"], text), text)


def _sqlserver_gravity(agent: str | None, text: str) -> Gravity:
    if agent:
        return _AGENT[agent[2]]
    return Gravity.WARNING if _SQLSERVER_SAID.search(text) else Gravity.CALM


def _oracle(lines: Sequence[str]) -> Iterator[Entry]:
    """An instant stands on a line of its own, above what happened then."""
    at: int | None = None
    for line in lines:
        if old := _ORACLE_OLD.match(line):
            at = _instant_of(old[1], "%b %d %H:%M:%S %Y")
            continue
        rest = line
        if stamp := _ORACLE_AT.match(line):
            at, rest = _instant(stamp["at"], stamp["zone"]), stamp["rest"].strip()
        if at is not None and rest:
            yield Entry(at, _oracle_gravity(rest), rest)


def _oracle_gravity(text: str) -> Gravity:
    if _ORACLE_FATAL.search(text):
        return Gravity.FATAL
    if _ORACLE_ERROR.search(text):
        return Gravity.ERROR
    return Gravity.WARNING if _ORACLE_WARNING.search(text) else Gravity.CALM


def _instant(written: str, zone: str | None) -> int | None:
    """RDS writes in UTC unless somebody has set another zone; which one is known by its offset."""
    if (zone or "") in _UTC:
        return _instant_of(written.replace("T", " "), "%Y-%m-%d %H:%M:%S")
    if zone and zone[0] in "+-" and ":" in zone:
        return _instant_of(f"{written.replace('T', ' ')} {zone}", "%Y-%m-%d %H:%M:%S %z")
    return None


def _old(written: str) -> int | None:
    return _instant_of(written.replace("  ", " 0"), "%y%m%d %H:%M:%S")


def _instant_of(written: str, pattern: str) -> int | None:
    try:
        read = datetime.strptime(written, pattern)  # noqa: DTZ007 - the next line says the zone
    except ValueError:
        return None
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()) * SECOND
