"""How many connections instances take: what their parameter groups say, else what is computed."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.aws.accounts import Accounts
from bot.errors import AWSError
from bot.fleet.inventory import Fleet
from bot.fleet.limits import Ceiling, ceiling
from bot.values import Database, Kind, Target, micros, passed

PERMISSIONS = ("rds:DescribeDBClusterParameters", "rds:DescribeDBParameters")
FRESH = micros(timedelta(minutes=1))
AT_ONCE = 8  #: groups: AWS limits how often it is asked of them

Group = tuple[str, str, Kind, str]
Reading = asyncio.Task[str | None]


class Ceilings:
    """Reads a parameter group once a minute for all who have it."""

    def __init__(self, accounts: Accounts, fleet: Fleet, clock: Callable[[], int]) -> None:
        self._accounts = accounts
        self._fleet = fleet
        self._clock = clock
        self._readings: dict[Group, tuple[int, Reading]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def of(self, instances: Collection[Database]) -> Mapping[Target, Ceiling]:
        """Without those of which nobody can know. A group that cannot be read is said in why."""
        inventory = await self._fleet.inventory()
        found = await asyncio.gather(
            *(self._of(one, inventory.cluster_of(one)) for one in instances)
        )
        return {one.target: limit for one, limit in zip(instances, found, strict=True) if limit}

    async def within(self, database: Database) -> Mapping[str, Ceiling]:
        """The same by name, of a cluster's members or of an instance itself."""
        inventory = await self._fleet.inventory()
        found = await self.of(inventory.instances_of(database))
        return {target.identifier: limit for target, limit in found.items()}

    async def _of(self, database: Database, cluster: Database | None) -> Ceiling | None:
        """Its own parameter group goes before that of its cluster."""
        if cluster is not None:
            database = database.model_copy(update={"capacity": cluster.capacity})
        try:
            return await self._configured(database, cluster)
        except AWSError as error:
            found = ceiling(database, None)
            why = f"its parameter group could not be read ({error})"
            return found and replace(found, why=f"{found.why}; {why}")

    async def _configured(self, database: Database, cluster: Database | None) -> Ceiling | None:
        if own := await self._parameter(database):
            return ceiling(database, own)
        if cluster is not None and (shared := await self._parameter(cluster)):
            waits = database.name in cluster.members_wait
            group = {"parameter_group": cluster.parameter_group, "parameters_wait": waits}
            return ceiling(database.model_copy(update=group), shared)
        return ceiling(database, None)

    async def _parameter(self, database: Database) -> str | None:
        target, now = database.target, self._clock()
        group = target.account, target.region, target.kind, database.parameter_group
        read_at, reading = self._readings.get(group, (0, None))
        if reading is None or passed(read_at + FRESH, now, FRESH):
            self._forget(now)
            reading = asyncio.create_task(self._read(database))
            self._readings[group] = now, reading
        try:
            return await asyncio.shield(reading)
        except Exception:
            # A failure is not remembered: whoever asks next has AWS asked again.
            self._readings.pop(group, None)
            raise

    async def _read(self, database: Database) -> str | None:
        async with self._turns:
            door = self._accounts.door(database.target, PERMISSIONS)
            return await door.parameter(database, "max_connections")

    def _forget(self, now: int) -> None:
        self._readings = {
            group: one
            for group, one in self._readings.items()
            if not passed(one[0] + FRESH, now, FRESH)
        }
