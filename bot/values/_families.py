"""Who belongs together: a cluster and its members, a replica and its source, however far."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.values._base import Value
from bot.values._changes import Plan, Touch
from bot.values._databases import Database, Inventory, Target
from bot.values._vocabulary import Kind, Role

CLUSTER = "cluster"
UNSEEN = "it is not among the databases I see: see accounts in rds-bot.yml and rds-bot check"
_KINDS = {"db": Kind.INSTANCE, "cluster": Kind.CLUSTER}


class Relative(NamedTuple):
    """A database that AWS names beside another, and where it is.

    ``how`` it belongs: cluster, member, source or replica. Of several ``kinds`` AWS does not say
    which; the first that is found is meant. ``origin``: of a snapshot, what it was taken of, which
    may have another name by now, or be gone.
    """

    how: str
    account: str
    region: str
    name: str
    kinds: tuple[Kind, ...]
    origin: Target | None = None

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
    is_gone: bool = False  #: AWS answers that there is no such database


class Looked(Value):
    """A database as AWS shows it, with its whole family, as far as that could be read."""

    database: Database
    kin: tuple[Kin, ...] = ()
    unread: tuple[Unread, ...] = ()
    #: What a change of it reaches beside it and is there already, each with a family of its own.
    touched: tuple["Touched", ...] = ()

    @property
    def all_unread(self) -> tuple[Unread, ...]:
        """Of its own family and of all that is touched."""
        found = [*self.unread]
        for one in self.touched:
            found += one.looked.unread if isinstance(one.looked, Looked) else [one.looked]
        return tuple(found)

    @property
    def whole(self) -> tuple[Kin, ...]:
        """What it is a part of: the cluster of an instance, what a snapshot was taken of."""
        if origin := self.database.taken_of:
            return tuple(one for one in self.kin if _is_origin(one.database.target, origin))
        return tuple(one for one in self.kin if one.database == self.cluster)

    @property
    def cluster(self) -> Database | None:
        """The cluster that it belongs to; None where to none, or where that could not be read."""
        if self.database.cluster is None:
            return None
        own = (one.database for one in self.kin if one.database.name == self.database.cluster)
        return next((one for one in own if one.target.kind is Kind.CLUSTER), None)


def _is_origin(one: Target, origin: Target) -> bool:
    """By AWS's id, where it gives one."""
    if origin.resource_id:
        return one.kind is origin.kind and one.resource_id == origin.resource_id
    return one.place == origin.place


class Touched(Value):
    """One that a change touches beside its target, as AWS shows it."""

    touch: Touch
    looked: Looked | Unread

    @property
    def lock(self) -> str:
        seen = self.looked
        return seen.database.lock if isinstance(seen, Looked) else self.touch.target.lock


def locks(looked: Looked, plan: Plan) -> tuple[str, ...]:
    """What has to be held while it is carried out: of all that is not only read, sorted."""
    target = looked.database.target
    beside = plan.beside(target)
    held = {one.lock for one in looked.touched if one.touch.role is not Role.READS}
    held |= {one.target.lock for one in beside if one.role is Role.MAKES}
    if plan.role(target) is not Role.READS:
        held.add(looked.database.lock)
    return tuple(sorted(held))


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
                case Unread(is_gone=True) if remains := _remains(relative, database):
                    found[remains.target.typed] = Kin(how=relative.how, database=remains)
                case Unread() as nothing:
                    unread[relative] = nothing
                case one if one.target != database.target and one.target.typed not in found:
                    found[one.target.typed] = Kin(how=relative.how, database=one)
                    ahead.append(one)
    looked = Looked(database=database, kin=tuple(found.values()), unread=tuple(unread.values()))
    return looked, frozenset(missing)


def family_last_seen(
    database: Database, inventory: Inventory, touches: Iterable[Touch] = ()
) -> Looked:
    """The family as the inventory has it; whom that does not have is unread.

    ``touches``: what is touched beside it, which is looked up in the same way.
    """
    touched = touched_last_seen(touches, inventory)
    return _family_last_seen(database, inventory).model_copy(update={"touched": touched})


def touched_last_seen(touches: Iterable[Touch], inventory: Inventory) -> tuple[Touched, ...]:
    """Each with its family as the inventory has it, but for what is not there yet."""
    there = (one for one in touches if one.role is not Role.MAKES)
    return tuple(Touched(touch=one, looked=_last_seen(one, inventory)) for one in there)


def _last_seen(touch: Touch, inventory: Inventory) -> Looked | Unread:
    found = inventory.database(touch.target)
    if found is None:
        return Unread(what=touch.unread, why=UNSEEN)
    return _family_last_seen(found, inventory)


def _family_last_seen(database: Database, inventory: Inventory) -> Looked:
    known: dict[Relative, Database | Unread] = {}
    looked, missing = family(database, known)
    while missing:
        known |= {one: _seen(one, inventory) for one in missing}
        looked, missing = family(database, known)
    return looked


def _remains(relative: Relative, snapshot: Database) -> Database | None:
    """What is still known of what a snapshot was taken of and is proven to be gone: its name.

    None where that is not proven: without a resource id it may have another name, and of a copy
    nobody knows whether it is a copy of a copy, from a third place.
    """
    origin, own = relative.origin, snapshot.target
    if origin is None or not origin.resource_id:
        return None
    if (origin.account, origin.region) != (own.account, own.region):
        return None
    return Database(target=origin, account_name="", arn="", status="gone", engine="")


def relatives(database: Database) -> Iterator[Relative]:
    """Those that AWS names beside it."""
    if origin := database.taken_of:
        place = (origin.account, origin.region, origin.identifier.lower())
        yield Relative("source", *place, (origin.kind,), origin)
        return
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
    if (origin := relative.origin) and origin.resource_id:
        is_gone = inventory.lists(origin)
        nobody = Unread(what=str(relative), why=UNSEEN, is_gone=is_gone)
        return inventory.of_resource(origin) or nobody
    place = (relative.account, relative.region, relative.name)
    found = (inventory.named(*place, kind) for kind in relative.kinds)
    nobody = Unread(what=str(relative), why=UNSEEN)
    return next(filter(None, found), nobody)
