"""Gathering what a digest rests on: whole fleets in few calls, none for a single database."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from statistics import median
from typing import TypeVar

from bot.aws.accounts import Accounts
from bot.aws.region import Region
from bot.digests import _metrics as measuring
from bot.digests._facts import DigestFacts, Event, Fires
from bot.digests._lifecycles import Lifecycles
from bot.digests._metrics import DAY, FORTNIGHT, HOUR, LATELY, THREE_HOURS, WEEKS
from bot.digests._unread import gaps
from bot.errors import AWSError
from bot.fleet.connection_limits import Ceilings
from bot.fleet.inventory import Fleet
from bot.monitoring import Monitoring
from bot.policy.judge import Judge
from bot.settings._thresholds import AS_USUAL, Thresholds
from bot.values import (
    Alarm,
    Database,
    Environment,
    Inventory,
    Kind,
    Line,
    Maintenance,
    Quota,
    RDSEvent,
    Request,
    Status,
    Tally,
    Trail,
    Week,
    Window,
    micros,
)
from storage.store import Store

YESTERDAY = micros(timedelta(days=1))
WEEK = micros(timedelta(days=7))
REQUESTS = 1_000  #: of which nobody knows how they ended, that are read
EXECUTED = frozenset({Status.SUCCEEDED, Status.FAILED, Status.UNKNOWN})
SOURCES = {"db-instance": Kind.INSTANCE, "db-cluster": Kind.CLUSTER}

T = TypeVar("T")


class Survey:
    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        fleet: Fleet,
        monitoring: Monitoring,
        ceilings: Ceilings,
        judge: Judge,
        checked: Callable[[], Awaitable[Trail]],
        clock: Callable[[], int],
        thresholds: Thresholds = AS_USUAL,
    ) -> None:
        """``checked`` says how the audit trail stands, in a moment, however long it is."""
        self._lifecycles = Lifecycles(clock)
        self._store = store
        self._accounts = accounts
        self._fleet = fleet
        self._monitoring = monitoring
        self._ceilings = ceilings
        self._judge = judge
        self._checked = checked
        self._clock = clock
        self._thresholds = thresholds

    async def facts(
        self, environments: Collection[Environment], since: int | None = None
    ) -> DigestFacts:
        """Of the databases in these environments, of all without any; events of a day at least.

        What cannot be looked at is named in the facts and hides nothing else.
        """
        now = self._clock()
        yesterday = min(now - YESTERDAY, now if since is None else since)
        inventory = await self._fleet.inventory()
        classified = {one.target: self._judge.classify(one) for one in inventory.databases}
        wanted = tuple(
            one
            for one in inventory.databases
            if not environments or classified[one.target].environment in environments
        )
        unseen: list[Line] = [(one.sentence,) for one in inventory.unreachable]
        there = _regions(wanted)
        regions = [one for one in self._accounts if (one.account.id, one.name) in there]
        figures, limits, looked, happened, lifecycles, trail = await asyncio.gather(
            self._figures(inventory, wanted, now),
            self._ceilings.of(tuple(filter(_is_measured, wanted))),
            asyncio.gather(*(_looked_into(one, unseen) for one in regions)),
            asyncio.gather(*(_happened(one, wanted, yesterday, unseen) for one in regions)),
            self._lifecycles.of(regions, {one.engine for one in wanted}, unseen),
            self._checked(),
        )
        fortnight, day, hours, weeks = figures
        unseen += gaps(wanted, figures)
        return DigestFacts(
            now=now,
            databases=wanted,
            classified=classified,
            fortnight=fortnight,
            day=day,
            lately=hours,
            weeks=weeks,
            limits=limits,
            maintenance=tuple(one for some, _ in looked for one in some),
            quotas=tuple(one for _, some in looked for one in some),
            lifecycles=lifecycles,
            events=tuple(one for some, _ in happened for one in some),
            firing=tuple(one for _, some in happened for one in some),
            incidents=await self._store.incidents.open(),
            trail=trail,
            unknown=await self._unknown(environments),
            unseen=tuple(dict.fromkeys(unseen)),
            week=await self._week(now),
            thresholds=self._thresholds,
        )

    async def _figures(
        self, inventory: Inventory, wanted: Sequence[Database], now: int
    ) -> tuple[measuring.Found, measuring.Found, measuring.Found, measuring.Found]:
        """Of a fortnight, of a day, of the last hours, and of the weeks before."""
        read = partial(measuring.read, self._monitoring, wanted)
        return await asyncio.gather(
            read(measuring.storage, Window.ending(now, FORTNIGHT, THREE_HOURS)),
            read(measuring.daily, Window.ending(now, DAY, HOUR)),
            read(measuring.lately(inventory.databases), Window.ending(now, LATELY, HOUR)),
            read(measuring.weekly, Window.ending(now, WEEKS, DAY)),
        )

    async def _unknown(self, environments: Collection[Environment]) -> tuple[Request, ...]:
        found = await self._store.requests.find(status=(Status.UNKNOWN,), limit=REQUESTS)
        return tuple(
            one for one in found if not environments or one.classified.environment in environments
        )

    async def _week(self, now: int) -> Week:
        return week(await self._store.figures.tally(now - WEEK, now))


async def _looked_into(
    region: Region, unseen: list[Line]
) -> tuple[Sequence[Maintenance], Sequence[Quota]]:
    where = f"in {region.account.name}/{region.name}"
    maintenance = _or(region.maintenance(), (), f"see the pending maintenance {where}", unseen)
    quotas = _or(region.snapshot_quotas(), (), f"count the snapshots {where}", unseen)
    return await asyncio.gather(maintenance, quotas)


async def _events(
    region: Region, databases: Iterable[Database], since: int, unseen: list[Line]
) -> Sequence[Event]:
    where = f"{region.account.name}/{region.name}"
    said = await _or(region.events(since), (), f"read the events in {where}", unseen)
    here = {
        (one.target.kind, one.name): one
        for one in databases
        if _place(one) == (region.account.id, region.name)
    }
    return tuple(_placed(said, here))


async def _happened(
    region: Region, databases: Sequence[Database], since: int, unseen: list[Line]
) -> tuple[Sequence[Event], Sequence[Fires]]:
    return await asyncio.gather(
        _events(region, databases, since, unseen), _firing(region, databases, unseen)
    )


async def _firing(
    region: Region, databases: Iterable[Database], unseen: list[Line]
) -> Sequence[Fires]:
    where = f"{region.account.name}/{region.name}"
    alarms = await _or(region.alarms_firing(), (), f"see which alarms fire in {where}", unseen)
    here = {
        (one.target.kind, one.name.lower()): one
        for one in databases
        if _place(one) == (region.account.id, region.name)
    }
    fires = (_fires(one, here, where) for one in alarms)
    return [one for one in fires if one]


def _fires(alarm: Alarm, here: Mapping[tuple[Kind, str], Database], where: str) -> Fires | None:
    """None where it is about a database that is not wanted."""
    if alarm.kind is None:
        return Fires(alarm, None, where)
    database = here.get((alarm.kind, alarm.identifier.lower()))
    return Fires(alarm, database) if database else None


async def _or(answer: Awaitable[T], nothing: T, what: str, unseen: list[Line]) -> T:
    """Where AWS does not answer, nothing, and a line that says so."""
    try:
        return await answer
    except AWSError as error:
        unseen.append((f"I could not {what}: {error}",))
        return nothing


def week(tally: Tally) -> Week:
    counted = Counter[Status]()
    for _, status, count in tally.requests:
        counted[status] += count
    return Week(
        requests=counted.total(),
        executed=sum(counted[one] for one in EXECUTED),
        succeeded=counted[Status.SUCCEEDED],
        denied=tally.denied,
        approved_after=int(median(tally.waits)) if tally.waits else None,
    )


def _is_measured(database: Database) -> bool:
    return database.target.kind is Kind.INSTANCE and database.status not in measuring.IDLE


def _placed(said: Iterable[RDSEvent], here: Mapping[tuple[Kind, str], Database]) -> Iterator[Event]:
    for one in said:
        kind = SOURCES.get(one.source_kind)
        if kind and (database := here.get((kind, one.source))):
            yield Event(one, database)


def _regions(databases: Iterable[Database]) -> frozenset[tuple[str, str]]:
    return frozenset(map(_place, databases))


def _place(database: Database) -> tuple[str, str]:
    return database.target.account, database.target.region
