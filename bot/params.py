"""Parameter types that operations share. Parser, form, help and validation all read them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator
from pydantic.fields import FieldInfo
from pytimeparse2 import parse as parse_duration
from rapidfuzz import process

from bot.fleet.windows import daily, weekly
from bot.values import DATABASES, SNAPSHOTS, Environment, Kind, folded, written


@dataclass(frozen=True)
class Parameter:
    """How a parameter reads to a person. ``usage`` stands for its value in the usage line.

    ``also`` are names by which it may be typed as well: those of AWS's API above all, in any case,
    with or without hyphens and underscores.
    """

    label: str
    usage: str
    hint: str = ""
    also: tuple[str, ...] = field(default=(), kw_only=True)

    def typed(self, value: Any) -> Iterator[str]:
        """How its value is typed, each of several by itself, before it is quoted."""
        yield from map(written, value if isinstance(value, tuple) else (value,))


@dataclass(frozen=True)
class Picker(Parameter):
    """A database, chosen by name from the fleet."""

    kinds: frozenset[Kind] = DATABASES


@dataclass(frozen=True)
class Switch(Parameter):
    """On or off: a flag without a value, a checkbox in a form."""


@dataclass(frozen=True)
class Several(Parameter):
    """A flag that may be given more than once."""


@dataclass(frozen=True)
class Signed(Several):
    """What is added to a list and taken away from it: ``+postgresql -upgrade``."""


@dataclass(frozen=True)
class Pairs(Several):
    """Tags, each as KEY=VALUE."""


@dataclass(frozen=True)
class Someone(Parameter):
    """A person, mentioned."""

    def typed(self, value: Any) -> Iterator[str]:
        yield f"<@{value}>"


@dataclass(frozen=True)
class Choice(Parameter):
    """``is_open``: other words are taken too, as a team's own for an environment."""

    options: tuple[str, ...] = ()
    is_open: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Offered(Parameter):
    """One of what AWS offers the database that was chosen; other words can be typed too."""


@dataclass(frozen=True)
class Phrase(Parameter):
    """Several words that need no quotes: all that stand behind the verb, up to a flag."""


@dataclass(frozen=True)
class Timetable(Phrase):
    """Days of the week and a time, as people say them or as a cron expression.

    A form asks for the time and the days apart, and for an expression instead of both.
    """


INSTANCE_NAMES = ("DBInstanceIdentifier", "instance", "instance_id", "database", "identifier")
CLUSTER_NAMES = ("DBClusterIdentifier", "cluster", "cluster_id")

Instance = Annotated[
    str,
    Picker(
        "Instance", "ID", "A database instance.", frozenset({Kind.INSTANCE}), also=INSTANCE_NAMES
    ),
]
Cluster = Annotated[
    str, Picker("Cluster", "ID", "A cluster.", frozenset({Kind.CLUSTER}), also=CLUSTER_NAMES)
]
Target = Annotated[
    str,
    Picker("Database", "ID", "An instance or a cluster.", also=(*INSTANCE_NAMES, *CLUSTER_NAMES)),
]

Flag = bool

_STATES = {
    **dict.fromkeys(("on", "true", "yes", "1", "enable", "enabled"), "on"),
    **dict.fromkeys(("off", "false", "no", "0", "disable", "disabled"), "off"),
}


def _on_off(value: Any) -> Any:
    return _STATES.get(str(value).strip().casefold(), value)


#: What is on or off at AWS; ``DeletionProtection=true`` is understood as well.
OnOff = Annotated[Literal["on", "off"], BeforeValidator(_on_off)]

#: Characters of a snapshot's name, by what it is taken of.
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBClusterSnapshot.html
SNAPSHOT_ID = {Kind.INSTANCE: 255, Kind.CLUSTER: 63}
_SNAPSHOT_ID = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*", re.ASCII)


def _snapshot_id(text: str) -> str:
    """As far as it can be told without knowing of what it is taken."""
    if len(text) > max(SNAPSHOT_ID.values()) or not _SNAPSHOT_ID.fullmatch(text):
        raise ValueError(
            "a snapshot id is 1 to 255 letters, digits and single hyphens. It begins with a "
            "letter and does not end with a hyphen"
        )
    return text.lower()


SnapshotId = Annotated[
    str,
    AfterValidator(_snapshot_id),
    Parameter(
        "Snapshot id",
        "SNAPSHOT",
        "Letters, digits, hyphens; of a cluster 63 at most. Left out: one is made.",
        also=("DBSnapshotIdentifier", "DBClusterSnapshotIdentifier", "snapshot_id"),
    ),
]

SnapshotRef = Annotated[
    str,
    Picker(
        "Snapshot",
        "SNAPSHOT",
        "A snapshot of an instance or a cluster.",
        frozenset(SNAPSHOTS),
        also=("DBSnapshotIdentifier", "DBClusterSnapshotIdentifier", "snapshot_id", "snapshot"),
    ),
]

SHORTEST = 30  #: minutes of a window


def _backup_window(text: str) -> str:
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
    found = daily(text)
    if found is None:
        raise ValueError("a window reads HH:MM-HH:MM in UTC, like 03:00-04:00")
    if found[1] < SHORTEST:
        raise ValueError("a backup window is at least 30 minutes long")
    return text


def _maintenance_window(text: str) -> str:
    """In small letters, as AWS shows it."""
    found = weekly(text)
    if found is None:
        raise ValueError(
            "a maintenance window reads ddd:HH:MM-ddd:HH:MM in UTC, like sun:05:00-sun:05:30"
        )
    if found[1] < SHORTEST:
        raise ValueError("a maintenance window is at least 30 minutes long")
    return text.lower()


BackupWindow = Annotated[
    str,
    AfterValidator(_backup_window),
    Parameter(
        "Backup window",
        "HH:MM-HH:MM",
        "UTC, at least 30 minutes; may cross midnight.",
        also=("PreferredBackupWindow", "backup_window"),
    ),
]
MaintenanceWindow = Annotated[
    str,
    AfterValidator(_maintenance_window),
    Parameter(
        "Maintenance window",
        "ddd:HH:MM-ddd:HH:MM",
        "UTC, at least 30 minutes, like sun:05:00-sun:05:30.",
        also=("PreferredMaintenanceWindow", "maintenance_window"),
    ),
]


def _tags(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


#: AWS's rules: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Tag.html
TAGS, TAG_KEY, TAG_VALUE = 50, 128, 256
OWN_TAGS = 1  #: that the bot puts on what it makes
_TAG_MARKS = frozenset("_.:/=+-@")
_RESERVED = ("aws:", "rds:")
_OWN = ("rds-bot:",)


def _tag(pairs: tuple[str, ...]) -> tuple[str, ...]:
    keys = [_tag_key(pair) for pair in pairs]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise ValueError(f"the tag {twice} is given twice; give each key once")
    if len(keys) > TAGS - OWN_TAGS:
        most = TAGS - OWN_TAGS
        raise ValueError(
            f"these are {len(keys)} tags; AWS keeps {TAGS}, of which {OWN_TAGS} is mine, so give "
            f"{most} at most"
        )
    return pairs


def _tag_key(pair: str) -> str:
    """The key of a tag that AWS takes. Raises ValueError."""
    key, equals, value = pair.partition("=")
    if not key.strip() or not equals:
        raise ValueError(f'a tag reads KEY=VALUE, not "{pair}"')
    _tag_text("key", key, TAG_KEY, (*_RESERVED, *_OWN))
    _tag_text(f"value of {key}", value, TAG_VALUE, _RESERVED)
    return key


def _keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Keys of tags that may be taken away. Raises ValueError."""
    for key in keys:
        if not key.strip():
            raise ValueError("a tag's key is not blank")
        _tag_text("key", key, TAG_KEY, (*_RESERVED, *_OWN))
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise ValueError(f"the tag {twice} is given twice; give each key once")
    return keys


def _tag_text(what: str, text: str, most: int, reserved: tuple[str, ...]) -> None:
    if len(text) > most:
        raise ValueError(f"the tag {what} has {len(text)} characters, and AWS takes {most}")
    if found := next((one for one in reserved if folded(text).startswith(one)), None):
        raise ValueError(f"the tag {what} begins with {found}, which is reserved")
    if wrong := "".join(dict.fromkeys(one for one in text if not _may_be_tagged(one))):
        raise ValueError(
            f"the tag {what} holds {wrong}, and AWS takes letters, digits, blanks and "
            f"{' '.join('_.:/=+-@')}"
        )


def _may_be_tagged(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNZ" or character in _TAG_MARKS


#: Each KEY=VALUE, and keys alone.
TagPairs = Annotated[tuple[str, ...], BeforeValidator(_tags), AfterValidator(_tag)]
TagKeys = Annotated[tuple[str, ...], BeforeValidator(_tags), AfterValidator(_keys)]
Tags = Annotated[
    TagPairs,
    Pairs("Tags", "KEY=VALUE", "May be given more than once.", also=("Tags",)),
]


def request_number(text: str) -> int | None:
    """Of ``RDS-1042``, in whatever letters, or ``1042``; None: it is no request's id."""
    match = re.fullmatch(r"(?i)(?:rds-)?(\d{1,12})", text)
    return int(match[1]) if match else None


def _request_id(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if (number := request_number(value)) is None:
        raise ValueError("a request is RDS- and its number; /rds requests lists them")
    return number


RequestId = Annotated[
    int, BeforeValidator(_request_id), Parameter("Request", "RDS-…", "RDS- and its number.")
]


@dataclass(frozen=True)
class Prose(Parameter):
    """Free text of several words; a form gives it several lines."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("say why; it is kept with the request")
    return text.strip()


Reason = Annotated[
    str, AfterValidator(_not_blank), Prose("Reason", "TEXT", "Why; it is kept and others read it.")
]


def environment_word(value: Any) -> Any:
    """As everywhere: prod is production. What a team's own word means only the settings know."""
    return str(Environment.parse(value) or value) if isinstance(value, str) else value


EnvironmentWord = Annotated[
    str,
    BeforeValidator(environment_word),
    Choice(
        "Environment",
        "ENVIRONMENT",
        "Only its databases; left out: all.",
        options=tuple(Environment),
    ),
]

LONGEST = timedelta(days=3650)  #: more would leave the calendar when it is counted back from now


def _duration(value: Any) -> Any:
    if isinstance(value, str):
        seconds = parse_duration(value)
        if seconds is None or not re.search(r"[a-z]", value, re.IGNORECASE) or seconds <= 0:
            raise ValueError("a duration reads 90m, 24h or 7d")
        if seconds > LONGEST.total_seconds():
            raise ValueError(f"a duration is at most {LONGEST.days} days")
        return timedelta(seconds=float(seconds))
    return value


Duration = Annotated[
    timedelta, BeforeValidator(_duration), Parameter("Since", "7d", "For example 90m, 24h, 7d.")
]


def zone_of(name: object) -> str | None:
    """The IANA name of a time zone, as its database spells it; None for anything that is none.

    For what comes from outside: a Slack profile may name a zone that this machine does not know.
    """
    if not isinstance(name, str):
        return None
    found = _zones().get(name.strip().casefold())
    return found if found and is_zone(found) else None


@cache
def _zones() -> Mapping[str, str]:
    """By their names without case."""
    return {one.casefold(): one for one in available_timezones()}


def is_zone(name: str) -> bool:
    """Whether this machine can read that time zone, spelled as it is."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def zone(name: str) -> str:
    """The IANA name of a time zone, as its database spells it. Raises ValueError."""
    if found := zone_of(name):
        return found
    among = _zones().values() if len(name) > 3 else ()  # in a few letters everything is near
    near = process.extractOne(name, list(among), score_cutoff=75)
    meant = f'; did you mean "{near[0]}"?' if near else ""
    raise ValueError(f'"{name}" is no time zone, as "Europe/Berlin" is one{meant}')


_MENTION = re.compile(r"<?@?([UW][A-Z0-9]{2,})(?:\|[^>]*)?>?")


def _person(value: str) -> str:
    match = _MENTION.fullmatch(value)
    if match is None:
        raise ValueError("mention a person, like @dora")
    return match[1]


PersonRef = Annotated[str, AfterValidator(_person), Someone("Person", "@person")]


def parameter_of(field: FieldInfo) -> Parameter | None:
    """What a field's annotations say of it, optional or not; None where they say nothing.

    Where a type of several operations is annotated once more, that holds.
    """
    inner = [
        note for arg in get_args(field.annotation) for note in getattr(arg, "__metadata__", ())
    ]
    notes = (*inner, *field.metadata)
    return next((note for note in reversed(notes) if isinstance(note, Parameter)), None)
