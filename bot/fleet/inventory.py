"""The inventory over accounts and regions, and finding a target in it by name."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog

from bot.aws.accounts import Accounts
from bot.aws.region import Region
from bot.errors import AmbiguousTargetError, AWSError, UnknownTargetError
from bot.fleet.names import bare, called, is_page, near, read
from bot.fleet.snapshots import Snapshots, area
from bot.values import (
    DATABASES,
    SNAPSHOTS,
    Database,
    Inventory,
    Kind,
    Unreachable,
    micros,
    passed,
)

FRESH = micros(timedelta(minutes=1))
SHOWN = 6  #: places that an error names
PATIENCE = 0.7  #: seconds that somebody who types waits for a newer inventory

log = structlog.get_logger()


class Fleet:
    """Answers from memory; what is older than a minute is read again in the background."""

    def __init__(self, accounts: Accounts, clock: Callable[[], int]) -> None:
        self._accounts = accounts
        self._clock = clock
        self._seen: dict[tuple[str, str, Kind], tuple[Database, ...]] = {}
        self._inventory = Inventory()
        self.snapshots = Snapshots(accounts, clock)
        self._refreshing: asyncio.Task[None] | None = None

    @property
    def last_seen(self) -> Inventory:
        return self._inventory

    async def inventory(self) -> Inventory:
        """As last seen; waits only where nothing was seen yet."""
        if passed(self._inventory.seen_at + FRESH, self._clock(), FRESH):
            refreshing = self._refresh()
            if not self._inventory.seen_at:
                # Others wait for the same reading: one who gives up ends it for nobody.
                await asyncio.shield(refreshing)
        return self._inventory

    async def refresh(self) -> Inventory:
        """Read everything anew; those who ask at once share one reading."""
        await asyncio.shield(self._refresh())
        return self._inventory

    async def find(
        self,
        name: str,
        kinds: frozenset[Kind] = DATABASES,
        among: Callable[[Inventory], Inventory] = lambda whole: whole,
    ) -> Database:
        """``orders``, ``orders@main`` or ``orders@main/us-east-1``; ``cluster:`` may precede it.

        An ARN and the name of an endpoint are as good. A snapshot is asked for at AWS. Raises
        UnknownTargetError with the nearest names, AmbiguousTargetError with all choices, both of
        those ``among`` which it is looked for.
        """
        inventory = await self.inventory()
        if kinds <= SNAPSHOTS.keys():
            return choose(name, among(await self.snapshots.named(name)), kinds)
        if not called(name, inventory.databases, DATABASES):
            # Not wait_for, which would cancel the reading when its time is over.
            await asyncio.wait({self._refresh()}, timeout=PATIENCE)
        return choose(name, among(self._inventory), kinds)

    def _refresh(self) -> asyncio.Task[None]:
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._read_all())
        return self._refreshing

    async def _read_all(self) -> None:
        unread = await asyncio.gather(*map(self._read, self._accounts))
        found = [database for seen in self._seen.values() for database in seen]
        found.sort(key=lambda one: (one.name, str(one.target)))
        # DescribeDBInstances and -Clusters list Neptune's and DocumentDB's beside RDS's own.
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html
        self._tell_of_foreign(found)
        self._inventory = Inventory(
            databases=tuple(one for one in found if one.is_rds),
            foreign=tuple(one for one in found if not one.is_rds),
            unreachable=tuple(one for some in unread for one in some),
            areas=tuple(map(area, self._accounts)),
            seen_at=self._clock(),
        )

    async def _read(self, region: Region) -> tuple[Unreachable, ...]:
        """What could not be listed: one line where that is everything there."""
        whys = await asyncio.gather(*(self._list(region, kind) for kind in DATABASES))
        refused = {kind: why for kind, why in zip(DATABASES, whys, strict=True) if why is not None}
        if len(refused) == len(DATABASES):
            why = " ".join(dict.fromkeys(refused.values()))
            return (_unreachable(region, why, DATABASES),)
        return tuple(_unreachable(region, why, frozenset({kind})) for kind, why in refused.items())

    async def _list(self, region: Region, kind: Kind) -> str | None:
        """Why they could not be listed; None where they were."""
        try:
            # Assigned when the whole list is there: where AWS does not answer, what was seen before
            # stays, as not listed is not gone.
            self._seen[region.account.id, region.name, kind] = await region.databases(kind)
        except Exception as error:
            if not isinstance(error, AWSError):
                log.exception("fleet.failed", account=region.account.id, region=region.name)
                return "something went wrong inside me; my log says what."
            log.warning(
                "fleet.unreachable", account=region.account.id, region=region.name,
                kind=kind.value, why=str(error),
            )  # fmt: skip
            return str(error)
        return None

    def _tell_of_foreign(self, found: list[Database]) -> None:
        """Once of each, for whoever wonders where they are."""
        known = {one.target for one in self._inventory.foreign}
        for one in found:
            if not one.is_rds and one.target not in known:
                log.info("fleet.left_out", database=str(one.target), engine=one.engine)


def _unreachable(region: Region, why: str, kinds: frozenset[Kind]) -> Unreachable:
    return Unreachable(account=region.account.name, region=region.name, why=why, kinds=kinds)


def choose(name: str, inventory: Inventory, kinds: frozenset[Kind]) -> Database:
    """The one database of that name among what was seen; nothing is guessed."""
    found = called(name, inventory.databases, kinds)
    if len(found) == 1:
        return found[0]
    if found:
        choices = tuple(_choice(database, found) for database in found)
        raise AmbiguousTargetError(
            f'"{name}" could be {_listed(choices, "or")}. Say which one.',
            choices=choices,
            word=name,
        )
    raise _unknown(name, inventory, kinds)


def _choice(database: Database, among: list[Database]) -> str:
    twins = [one for one in among if one.address == database.address]
    return f"{database.target.kind}:{database.address}" if len(twins) > 1 else database.address


def _unknown(name: str, inventory: Inventory, kinds: frozenset[Kind]) -> UnknownTargetError:
    if others := called(name, inventory.databases, DATABASES):
        return _of_another_kind(name, others[0], kinds)
    if foreign := called(name, inventory.foreign, DATABASES):
        return _of_another_service(foreign[0])
    alike, shown = _near(name, inventory, kinds), _shown(name)
    if (typed := read(name)) and typed.kind and typed.kind.is_snapshot and typed.kind not in kinds:
        return _no_database(shown, kinds)
    noun, see = "database", " See /rds list for all I can see."
    if kinds <= SNAPSHOTS.keys():
        noun, see = "snapshot", " See /rds snapshots for those of a database."
    hint = f" Did you mean {_listed(alike, 'or')}?" if alike else ""
    if unread := list(_unread(name, inventory, kinds)):
        why = " ".join(one.sentence for one in unread)
        said = f'I cannot say whether there is a {noun} "{shown}", because {why}{hint}'
        return UnknownTargetError(said, choices=alike, word=name)
    told = f"{_where(name, inventory)}{hint or see}"
    return UnknownTargetError(f'I know no {noun} "{shown}".{told}', choices=alike, word=name)


def _no_database(shown: str, kinds: frozenset[Kind]) -> UnknownTargetError:
    wanted = " or ".join(f"{_ARTICLE[kind]} {kind.spoken}" for kind in sorted(kinds))
    return UnknownTargetError(f'"{shown}" is a snapshot; this needs {wanted}.', word=shown)


def _shown(name: str) -> str:
    """As typed; of a connection string the host alone, for what stands before it is a secret. Of a
    page of the console the name in it."""
    typed = read(name)
    return typed.bare if is_page(name) and typed else typed.host if typed and typed.host else name


def _near(name: str, inventory: Inventory, kinds: frozenset[Kind]) -> tuple[str, ...]:
    return near(bare(name), {one.name for one in inventory.databases if one.target.kind in kinds})


def _unread(name: str, inventory: Inventory, kinds: frozenset[Kind]) -> Iterator[Unreachable]:
    """Where it may be all the same."""
    typed, ids = read(name), {one.name: one.account for one in inventory.areas}
    for one in inventory.unreachable:
        if typed and typed.may_be_in(one, ids.get(one.account, "")) and one.kinds & kinds:
            yield one


def _where(name: str, inventory: Inventory) -> str:
    typed = read(name)
    if typed is None or not (outside := typed.outside(inventory)):
        return ""
    into = [f"{one.name}/{one.region}" for one in inventory.areas]
    shown = into if len(into) <= SHOWN else [*into[:SHOWN], f"{len(into) - SHOWN} more"]
    return f" It would be in {outside}, and I look only into {_listed(tuple(shown), 'and')}."


def _of_another_service(database: Database) -> UnknownTargetError:
    whose = f"{database.name} is {_ARTICLE[database.target.kind]} {database.target.kind} of"
    return UnknownTargetError(
        f"{whose} {database.service}. I look after Amazon RDS and Aurora only, so I leave it alone."
    )


def _of_another_kind(name: str, database: Database, kinds: frozenset[Kind]) -> UnknownTargetError:
    wanted = " or ".join(f"{_ARTICLE[kind]} {kind.spoken}" for kind in sorted(kinds))
    found = f"{database.name} is {_ARTICLE[database.target.kind]} {database.target.kind.spoken}"
    own = database.members if Kind.INSTANCE in kinds else filter(None, (database.cluster,))
    choices = tuple(own)
    hint = f": {_listed(choices, 'or')}" if choices else ""
    said = f"{found}; this needs {wanted}{hint}."
    return UnknownTargetError(said, choices=choices, word=name)


_ARTICLE = {kind: "an" if kind is Kind.INSTANCE else "a" for kind in Kind}


def _listed(words: tuple[str, ...], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
