"""Who belongs together: a cluster and its members, a replica and its source, however far."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.values._base import Value
from bot.values._databases import Database, Inventory
from bot.values._vocabulary import Kind

CLUSTER = "cluster"
_KINDS = {"db": Kind.INSTANCE, "cluster": Kind.CLUSTER}


class Relative(NamedTuple):
    """A database that AWS names beside another, and where it is.

    ``how`` it belongs: cluster, member, source or replica. Of several ``kinds`` AWS does not say
    which; the first that is found is meant.
    """

    how: str
    account: str
    region: str
    name: str
    kinds: tuple[Kind, ...]

    def __str__(self) -> str:
        return f"{self.how} {self.name} in {self.account}/{self.region}"


class Kin(Value):
    """One that belongs to the family of another, as AWS shows it; ``how`` it was reached."""

    how: str
    database: Database


class Unread(Value):
    """One that belongs to the family, and of which nothing is known; ``why`` is a clause."""

    what: str
    why: str
    is_passing: bool = False  #: it may well be read in a minute


class Looked(Value):
    """A database as AWS shows it, with its whole family, as far as that could be read."""

    database: Database
    kin: tuple[Kin, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def cluster(self) -> Database | None:
        """The cluster that it belongs to; None where to none, or where that could not be read."""
        if self.database.cluster is None:
            return None
        own = (one.database for one in self.kin if one.database.name == self.database.cluster)
        return next((one for one in own if one.target.kind is Kind.CLUSTER), None)


Known = Mapping[Relative, Database | Unread]


def family(database: Database, known: Known) -> tuple[Looked, frozenset[Relative]]:
    """The family as far as it is ``known``, and those of it that have to be read as well."""
    found: dict[str, Kin] = {}
    unread: dict[Relative, Unread] = {}
    missing: set[Relative] = set()
    ahead = [database]
    while ahead:
        for relative in relatives(ahead.pop()):
            match known.get(relative):
                case None:
                    missing.add(relative)
                case Unread() as nothing:
                    unread[relative] = nothing
                case one if one.target != database.target and one.target.typed not in found:
                    found[one.target.typed] = Kin(how=relative.how, database=one)
                    ahead.append(one)
    looked = Looked(database=database, kin=tuple(found.values()), unread=tuple(unread.values()))
    return looked, frozenset(missing)


def family_last_seen(database: Database, inventory: Inventory) -> Looked:
    """The family as the inventory has it; whom that does not have is unread."""
    known: dict[Relative, Database | Unread] = {}
    looked, missing = family(database, known)
    while missing:
        known |= {one: _seen(one, inventory) for one in missing}
        looked, missing = family(database, known)
    return looked


def relatives(database: Database) -> Iterator[Relative]:
    """Those that AWS names beside it."""
    if database.cluster:
        yield _relative("cluster", database.cluster, database, (Kind.CLUSTER,))
    for name in database.members:
        yield _relative("member", name, database, (Kind.INSTANCE,))
    own = database.target.kind
    other = Kind.CLUSTER if own is Kind.INSTANCE else Kind.INSTANCE
    if database.source:
        yield _relative("source", database.source, database, (own,))
    for name in database.replicas:
        yield _relative("replica", name, database, (own, other))


def _relative(how: str, named: str, beside: Database, kinds: Sequence[Kind]) -> Relative:
    """By its name, by ``cluster:name``, or by its ARN, which says where it is."""
    target = beside.target
    match named.split(":"):
        case ["arn", _, "rds", region, account, ("db" | "cluster") as kind, name]:
            return Relative(how, account, region, name.lower(), (_KINDS[kind],))
        case ["cluster", name]:
            place = (target.account, target.region)
            return Relative(how, *place, name.lower(), (Kind.CLUSTER,))
    return Relative(how, target.account, target.region, named.lower(), tuple(kinds))


def _seen(relative: Relative, inventory: Inventory) -> Database | Unread:
    place = (relative.account, relative.region, relative.name)
    found = (inventory.named(*place, kind) for kind in relative.kinds)
    nobody = Unread(
        what=str(relative),
        why="it is not among the databases I see: see accounts in rds-bot.yml and rds-bot check",
    )
    return next(filter(None, found), nobody)
