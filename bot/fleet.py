"""The inventory over accounts and regions, and finding a target in it by name."""

import asyncio
import re
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from rapidfuzz import process

from bot.aws.accounts import Accounts
from bot.aws.region import Region
from bot.errors import AmbiguousTargetError, AWSError, UnknownTargetError
from bot.values import Database, Inventory, Unreachable, micros
from bot.vocabulary import Kind

FRESH = micros(timedelta(minutes=1))
PATIENCE = 0.7  #: seconds that somebody who types waits for a newer inventory

log = structlog.get_logger()


class Fleet:
    """Answers from memory; what is older than a minute is read again in the background."""

    def __init__(self, accounts: Accounts, clock: Callable[[], int]) -> None:
        self._accounts = accounts
        self._clock = clock
        self._seen: dict[tuple[str, str], tuple[Database, ...]] = {}
        self._inventory = Inventory()
        self._refreshing: asyncio.Task[None] | None = None

    @property
    def last_seen(self) -> Inventory:
        return self._inventory

    async def inventory(self) -> Inventory:
        """As last seen; waits only where nothing was seen yet."""
        if self._clock() - self._inventory.seen_at > FRESH:
            refreshing = self._refresh()
            if not self._inventory.seen_at:
                await asyncio.shield(refreshing)
        return self._inventory

    async def refresh(self) -> Inventory:
        """Read everything anew; those who ask at once share one reading."""
        await asyncio.shield(self._refresh())
        return self._inventory

    async def find(self, name: str, kinds: frozenset[Kind] = frozenset(Kind)) -> Database:
        """``orders``, ``orders@main`` or ``orders@main/us-east-1``; ``cluster:`` may precede it.

        Raises UnknownTargetError with the nearest names, AmbiguousTargetError with all choices.
        """
        inventory = await self.inventory()
        if not _named(name, inventory.databases, frozenset(Kind)):
            await asyncio.wait({self._refresh()}, timeout=PATIENCE)
        return choose(name, self._inventory, kinds)

    def _refresh(self) -> asyncio.Task[None]:
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._read_all())
        return self._refreshing

    async def _read_all(self) -> None:
        unreachable = await asyncio.gather(*map(self._read, self._accounts))
        databases = (database for seen in self._seen.values() for database in seen)
        self._inventory = Inventory(
            databases=tuple(sorted(databases, key=lambda one: (one.name, str(one.target)))),
            unreachable=tuple(one for one in unreachable if one is not None),
            seen_at=self._clock(),
        )

    async def _read(self, region: Region) -> Unreachable | None:
        try:
            self._seen[region.account.id, region.name] = await region.databases()
        except AWSError as error:
            log.warning(
                "fleet.unreachable", account=region.account.id, region=region.name, why=str(error)
            )
            return Unreachable(account=region.account.name, region=region.name, why=str(error))
        return None


def choose(name: str, inventory: Inventory, kinds: frozenset[Kind]) -> Database:
    """The one database of that name among what was seen; nothing is guessed."""
    found = _named(name, inventory.databases, kinds)
    if len(found) == 1:
        return found[0]
    if found:
        choices = tuple(_choice(database, found) for database in found)
        raise AmbiguousTargetError(
            f'"{name}" could be {_listed(choices, "or")}. Say which one.', choices=choices
        )
    raise _unknown(name, inventory, kinds)


def _named(
    name: str, databases: Iterable[Database], kinds: frozenset[Kind]
) -> tuple[Database, ...]:
    match = re.fullmatch(r"(?:(instance|cluster):)?([^@]+)(?:@([^/]+)(?:/(.+))?)?", name.lower())
    if match is None:
        return ()
    kind, identifier, account, region = match.groups()
    return tuple(
        one
        for one in databases
        if one.name.lower() == identifier
        and one.target.kind in kinds
        and (kind is None or one.target.kind == kind)
        and (account is None or account in (one.target.account, one.account_name.lower()))
        and (region is None or region == one.target.region)
    )


def _choice(database: Database, among: tuple[Database, ...]) -> str:
    twins = [one for one in among if one.address == database.address]
    return f"{database.target.kind}:{database.address}" if len(twins) > 1 else database.address


def _unknown(name: str, inventory: Inventory, kinds: frozenset[Kind]) -> UnknownTargetError:
    if others := _named(name, inventory.databases, frozenset(Kind)):
        return _of_another_kind(others[0], kinds)
    names = {one.name for one in inventory.databases if one.target.kind in kinds}
    near = tuple(found for found, *_ in process.extract(name, names, limit=3, score_cutoff=60))
    hint = f" Did you mean {_listed(near, 'or')}?" if near else " See /rds list for all I can see."
    missing = "".join(
        f" I could not look into {one.account}/{one.region}: {one.why}"
        for one in inventory.unreachable
    )
    return UnknownTargetError(f'I know no database "{name}".{hint}{missing}', choices=near)


def _of_another_kind(database: Database, kinds: frozenset[Kind]) -> UnknownTargetError:
    wanted = " or ".join(f"{_ARTICLE[kind]} {kind}" for kind in sorted(kinds))
    found = f"{database.name} is {_ARTICLE[database.target.kind]} {database.target.kind}"
    own = database.members if Kind.INSTANCE in kinds else filter(None, (database.cluster,))
    choices = tuple(own)
    hint = f": {_listed(choices, 'or')}" if choices else ""
    return UnknownTargetError(f"{found}; this needs {wanted}{hint}.", choices=choices)


_ARTICLE = {Kind.INSTANCE: "an", Kind.CLUSTER: "a"}


def _listed(words: tuple[str, ...], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
