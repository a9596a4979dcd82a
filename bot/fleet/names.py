"""What people call a database: its name, its address, its ARN, or the host that they connect to."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.errors import UnknownTargetError
from bot.values import DATABASES, Area, Database, Inventory, Kind, Target, Unreachable, folded

_NAME = re.compile(
    r"(?:(instance|cluster|snapshot|cluster-snapshot):)?([^@]+)(?:@([^/]+)(?:/(.+))?)?"
)
_ARN = re.compile(r"arn:aws[a-z0-9-]*:([a-z0-9-]+):([a-z0-9-]*):(\d*):([^:]+):?(.*)")
_KINDS = {"db": Kind.INSTANCE, **{one.value: one for one in Kind if one is not Kind.INSTANCE}}
#: ``orders.c1x2.us-east-1.rds.amazonaws.com:5432``, also behind ``jdbc:postgresql://`` and behind
#: ``postgres://user:password@``. No name of a database has a dot.
_HOST = re.compile(
    r"(?:[a-z0-9+:]+://(?:[^/]*@)?)?((?:[a-z0-9-]+\.)+[a-z0-9-]+)\.?(?::\d+)?(?:[/?].*)?"
)
#: The same in any other text: behind ``Server=tcp:``, before ``,1433``, after a password with a
#: slash. What stands around it is nobody's name.
_HOST_WITHIN = re.compile(r"(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?(?![a-z0-9.-])")
#: A page of the AWS console, as ``…/rds/home?region=us-east-1#database:id=orders;is-cluster=true``.
_PAGE = re.compile(
    r"https?://(?:[a-z0-9-]+\.)*console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/.*"
)
_PAGE_ID = re.compile(r"\bid=([a-z0-9-]+)")
_PAGE_REGION = re.compile(r"\bregion=([a-z0-9-]+)")
_PAGE_KINDS = {"is-cluster=true": Kind.CLUSTER, "is-cluster=false": Kind.INSTANCE}
NEAR = 75  #: percent that two names have in common
LONGEST = 500  #: characters of a word that may name one: no ARN, host or connection string has more
_REGION = re.compile(r"(?:[a-z]{2,}-)+[a-z]+-\d+")


@dataclass(frozen=True)
class TypedName:
    """What was typed, in small letters; None or empty where it does not say.

    ``account`` is an id or what people call it. ``host`` says the database itself.
    """

    identifier: str = ""
    kind: Kind | None = None
    account: str | None = None
    region: str | None = None
    host: str = ""

    @property
    def bare(self) -> str:
        """What most likely is its name."""
        return self.host.partition(".")[0] or self.identifier

    def fits(self, one: Database) -> bool:
        called = self.host in one.endpoints if self.host else one.name.lower() == self.identifier
        return (
            called
            and self.kind in (None, one.target.kind)
            and self.account in (None, one.target.account, one.account_name.lower())
            and self.region in (None, one.target.region)
        )

    def may_mean(self, area: Area) -> bool:
        """Whether it may be there."""
        return self.region in (None, area.region) and self.account in (
            None, area.account, area.name.lower(),
        )  # fmt: skip

    def may_be_in(self, unread: Unreachable, account: str) -> bool:
        """Whether it may be among what could not be listed there; ``account`` is the id."""
        return (
            self.account in (None, account, unread.account.lower())
            and self.region in (None, unread.region)
            and (self.kind is None or self.kind in unread.kinds)
        )

    def outside(self, inventory: Inventory) -> str:
        """Where it is, where that is nowhere that the bot looks; else empty."""
        if self.region is None or not inventory.areas:
            return ""
        where = [one for one in inventory.areas if self.region == one.region]
        if any(self.account in (None, one.account, one.name.lower()) for one in where):
            return ""
        return f"{f'account {self.account}, ' if self.account else ''}{self.region}"


def read(typed: str) -> TypedName | None:
    """None where it names nothing. Raises UnknownTargetError for an ARN or a page of the console
    that is of something else."""
    text = folded(typed)
    if text.startswith("arn:"):
        return _arn(text, typed)
    if is_page(text):
        return _page(text)
    if host := _host(text):
        return TypedName(host=host, region=_region(host))
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    kind, identifier, account, region = found.groups()
    return TypedName(identifier, Kind(kind) if kind else None, account, region)


def called(typed: str, databases: Iterable[Database], kinds: frozenset[Kind]) -> list[Database]:
    name = read(typed)
    return [one for one in databases if name and one.target.kind in kinds and name.fits(one)]


def bare(typed: str) -> str:
    """The identifier in it, also of a database that is gone."""
    try:
        name = read(typed)
    except UnknownTargetError:
        return typed
    return name.bare if name else typed


def is_page(typed: str) -> bool:
    """Whether it is the address of a page of the AWS console."""
    return _PAGE.fullmatch(folded(typed)) is not None


def near(typed: str, names: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The names that somebody who typed it may have meant, the nearest first; a few or none."""
    found = process.extract(typed, sorted(names), scorer=_alike, limit=limit, score_cutoff=NEAR)
    return tuple(one for one, *_ in found)


def _alike(typed: str, name: str, **_: object) -> float:
    """In percent: as a whole, with its parts in any order, or to what it begins or ends with."""
    one, other = typed.casefold().replace("-", " "), name.casefold().replace("-", " ")
    whole = max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))
    if len(one) < 4:
        return whole
    parts = other.split()
    runs = [" ".join(parts[:end]) for end in range(1, len(parts))]
    runs += [" ".join(parts[start:]) for start in range(1, len(parts))]
    return max((whole, *(0.99 * fuzz.ratio(one, run) for run in runs)))


def mentioned(text: str, databases: Iterable[Database]) -> Database | None:
    """The one that an ARN or an endpoint in ``text`` names first; names alone do not count."""
    among = tuple(databases)
    for word in re.split(r"[\s<>|\"'`,;()]+", text):
        if len(word) > LONGEST or not re.search("[.:]", word):
            continue
        try:
            found = called(word.strip(".:"), among, DATABASES)
        except UnknownTargetError:
            continue
        if len(found) == 1:
            return found[0]
    return None


def named(text: str, databases: Iterable[Database]) -> tuple[Database, ...]:
    """All that a sentence names in any way, in its order; of a name that several have, each."""
    among = tuple(databases)
    found: dict[Target, Database] = {}
    for word in re.split(r"[\s<>|\"'`,()]+", text):
        with suppress(UnknownTargetError):
            one = word.strip(".:;!?") if len(word) <= LONGEST else ""
            found |= {it.target: it for it in called(one, among, DATABASES)}
    return tuple(found.values())


def spoken(one: Database, databases: Iterable[Database]) -> str:
    """How it is typed: by its name alone where no other has it."""
    twins = [other for other in databases if other.name.lower() == one.name.lower()]
    if len(twins) == 1:
        return one.name
    same = [other for other in twins if other.address == one.address]
    return f"{one.target.kind}:{one.address}" if len(same) > 1 else one.address


def _page(text: str) -> TypedName:
    if (found := _PAGE_ID.search(text)) is None:
        raise UnknownTargetError(
            "That page of the AWS console is not the one of a database. Open the database there "
            "and copy that address, or type its name."
        )
    region = _PAGE_REGION.search(text)
    kind = next((kind for word, kind in _PAGE_KINDS.items() if word in text), None)
    return TypedName(found[1], kind, region=region[1] if region else None)


def _arn(text: str, typed: str) -> TypedName:
    found = _ARN.fullmatch(text)
    if found is None or found[1] != "rds" or found[4] not in _KINDS or not found[5]:
        raise UnknownTargetError(
            f'"{typed}" is not the ARN of a database or a snapshot. That of an instance reads '
            "arn:aws:rds:REGION:ACCOUNT:db:NAME, that of a cluster …:cluster:NAME."
        )
    return TypedName(found[5], _KINDS[found[4]], found[3], found[2])


def _host(text: str) -> str:
    """The one host that is named; empty where none is, or several are."""
    if whole := _HOST.fullmatch(text):
        return whole[1]
    within = set(_HOST_WITHIN.findall(text))
    return within.pop() if len(within) == 1 else ""


def _region(host: str) -> str | None:
    """The part of an endpoint that says it; in China it comes behind ``rds``."""
    return next((part for part in host.split(".")[1:] if _REGION.fullmatch(part)), None)
