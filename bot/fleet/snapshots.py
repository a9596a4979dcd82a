"""Snapshots by name: looked for where they are asked for, as an account may have ten thousands."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

import structlog

from bot.aws.accounts import Accounts
from bot.aws.region import Region
from bot.errors import AWSError, AWSNotFoundError
from bot.fleet.names import read
from bot.values import SNAPSHOTS, Area, Database, Inventory, Kind, Unreachable, micros, passed

FRESH = micros(timedelta(minutes=1))
Reading = Callable[[Region, Kind], Awaitable[tuple[Database, ...]]]

log = structlog.get_logger()


class Snapshots:
    """An ``Inventory`` of them is like that of databases: what did not answer is said in it."""

    def __init__(self, accounts: Accounts, clock: Callable[[], int]) -> None:
        self._accounts = accounts
        self._clock = clock
        self._manual = Inventory()

    async def manual(self) -> Inventory:
        """Those that somebody took or copied, a minute old at most: AWS takes a hundred of them in
        a region unless it is asked for more."""
        if passed(self._manual.seen_at + FRESH, self._clock(), FRESH):
            self._manual = await self._look_into(self._accounts, Region.manual_snapshots)
        return self._manual

    async def named(self, name: str) -> Inventory:
        """Those of that name, as AWS shows them now; where none is, those that may be meant.

        Raises UnknownTargetError for an ARN of something else.
        """
        typed = read(name)
        if typed is None or typed.host:
            return await self.manual()

        async def of_that_name(region: Region, kind: Kind) -> tuple[Database, ...]:
            try:
                return (await region.database(kind, typed.identifier),)
            except AWSNotFoundError:
                return ()

        where = [one for one in self._accounts if typed.may_mean(area(one))]
        found = await self._look_into(where, of_that_name)
        if found.databases or found.unreachable:
            return found
        return await self.manual()

    async def _look_into(self, regions: Iterable[Region], reading: Reading) -> Inventory:
        where = [(region, kind) for region in regions for kind in SNAPSHOTS]
        read = await asyncio.gather(*(_attempted(reading, *one) for one in where))
        return Inventory(
            databases=tuple(one for some in read if isinstance(some, tuple) for one in some),
            unreachable=tuple(one for one in read if isinstance(one, Unreachable)),
            areas=tuple(map(area, self._accounts)),
            seen_at=self._clock(),
        )


async def _attempted(
    reading: Reading, region: Region, kind: Kind
) -> tuple[Database, ...] | Unreachable:
    try:
        return await reading(region, kind)
    except AWSError as error:
        log.warning("fleet.unreachable", account=region.account.id, region=region.name,
                    kind=kind.value, why=str(error))  # fmt: skip
        named, kinds = region.account.name, frozenset({kind})
        return Unreachable(account=named, region=region.name, why=str(error), kinds=kinds)


def area(region: Region) -> Area:
    return Area(region.account.id, region.account.name, region.name)
