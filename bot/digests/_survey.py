"""Gathering what a digest rests on: whole fleets in few calls, none for a single database."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from statistics import median

from bot.aws.accounts import Accounts
from bot.aws.region import Region
from bot.ceilings import Ceilings
from bot.digests._facts import Event, Facts
from bot.errors import AWSError
from bot.fleet import Fleet
from bot.judging import Judge
from bot.monitoring import Monitoring
from bot.values import (
    SECOND,
    Database,
    Line,
    Maintenance,
    Measure,
    RDSEvent,
    Request,
    Series,
    Target,
    Week,
    Window,
    micros,
)
from bot.vocabulary import Environment, Kind, Status
from storage.database import Database as Store

HOUR, THREE_HOURS, DAY = 3_600, 10_800, 86_400
MINUTE = 60 * SECOND
FORTNIGHT, WEEKS = 14 * DAY, 29 * DAY
LATELY = micros(timedelta(days=1))
WEEK = micros(timedelta(days=7))
REQUESTS = 1_000  #: that are counted
IDLE = frozenset({"creating", "deleting", "failed", "stopped"})  #: nothing is measured of those
EXECUTED = frozenset({Status.SUCCEEDED, Status.FAILED, Status.UNKNOWN})
SOURCES = {"db-instance": Kind.INSTANCE, "db-cluster": Kind.CLUSTER}

Found = Mapping[tuple[Target, str], Series]
Asked = Callable[[Database], Iterator[Measure]]


class Survey:
    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        fleet: Fleet,
        monitoring: Monitoring,
        ceilings: Ceilings,
        judge: Judge,
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._fleet = fleet
        self._monitoring = monitoring
        self._ceilings = ceilings
        self._judge = judge
        self._clock = clock

    async def facts(self, environments: Collection[Environment], since: int | None = None) -> Facts:
        """Of the databases in these environments, of all without any; events of a day at least.

        What cannot be looked at is named in the facts and hides nothing else.
        """
        now = self._clock()
        lately = min(now - LATELY, now if since is None else since)
        inventory = await self._fleet.inventory()
        classified = {one.target: self._judge.classify(one) for one in inventory.databases}
        wanted = tuple(
            one
            for one in inventory.databases
            if not environments or classified[one.target].environment in environments
        )
        unseen: list[Line] = [
            (f"I could not look into {one.account}/{one.region}: {one.why}",)
            for one in inventory.unreachable
        ]
        there = _regions(wanted)
        regions = [one for one in self._accounts if (one.account.id, one.name) in there]
        fortnight, day, weeks, limits, maintenance, events = await asyncio.gather(
            self._figures(wanted, _storage, Window.ending(now, FORTNIGHT, THREE_HOURS), unseen),
            self._figures(wanted, _daily(wanted), Window.ending(now, DAY, HOUR), unseen),
            self._figures(wanted, _weekly, Window.ending(now, WEEKS, DAY), unseen),
            self._ceilings.of(tuple(filter(_is_measured, wanted))),
            asyncio.gather(*(self._maintenance(one, unseen) for one in regions)),
            asyncio.gather(*(self._events(one, wanted, lately, unseen) for one in regions)),
        )
        return Facts(
            now=now,
            databases=wanted,
            classified=classified,
            fortnight=fortnight,
            day=day,
            weeks=weeks,
            limits=limits,
            maintenance=tuple(one for some in maintenance for one in some),
            events=tuple(one for some in events for one in some),
            unknown=await self._unknown(environments),
            unseen=tuple(dict.fromkeys(unseen)),
            week=await self._week(now),
        )

    async def _figures(
        self, databases: Iterable[Database], asked: Asked, window: Window, unseen: list[Line]
    ) -> Found:
        """Region by region; figures that are not there are left out."""
        by_place: dict[tuple[str, str], list[Measure]] = {}
        for one in databases:
            if one.status not in IDLE:
                by_place.setdefault(_place(one), []).extend(asked(one))
        found: dict[tuple[Target, str], Series] = {}

        async def read(measures: list[Measure]) -> None:
            try:
                series = await self._monitoring.read_once(tuple(measures), window)
            except AWSError as error:
                unseen.append((f"CloudWatch did not tell all: {error}",))
                return
            for measure, one in zip(measures, series, strict=True):
                if one.points:
                    found[measure.target, measure.metric] = one

        await asyncio.gather(*map(read, by_place.values()))
        return found

    async def _maintenance(self, region: Region, unseen: list[Line]) -> Sequence[Maintenance]:
        try:
            return await region.maintenance()
        except AWSError as error:
            unseen.append((f"I could not see the pending maintenance in {region.name}: {error}",))
            return ()

    async def _events(
        self, region: Region, databases: Iterable[Database], since: int, unseen: list[Line]
    ) -> Sequence[Event]:
        try:
            said = await region.events(since)
        except AWSError as error:
            unseen.append((f"I could not read the events in {region.name}: {error}",))
            return ()
        here = {
            (one.target.kind, one.name): one
            for one in databases
            if _place(one) == (region.account.id, region.name)
        }
        return tuple(_placed(said, here))

    async def _unknown(self, environments: Collection[Environment]) -> tuple[Request, ...]:
        found = await self._store.requests.find(status=(Status.UNKNOWN,))
        return tuple(
            one for one in found if not environments or one.classified.environment in environments
        )

    async def _week(self, now: int) -> Week:
        since = now - WEEK
        recent = await self._store.requests.find(since=since, limit=REQUESTS)
        denials = await self._store.audit.rows(action="request.denied", since=since, limit=REQUESTS)
        return week(recent, len(denials))


def week(asked: Sequence[Request], denied: int) -> Week:
    ended = [one for one in asked if one.status in EXECUTED]
    waits = [
        one.approved_at - one.asked_at
        for one in asked
        if one.approved_at is not None and one.decision.approvals
    ]
    return Week(
        requests=len(asked),
        executed=len(ended),
        succeeded=sum(one.status is Status.SUCCEEDED for one in ended),
        denied=denied,
        approved_after=int(median(waits)) if waits else None,
    )


def _is_measured(database: Database) -> bool:
    return database.target.kind is Kind.INSTANCE and database.status not in IDLE


def _storage(database: Database) -> Iterator[Measure]:
    """Aurora's storage grows by itself."""
    if database.target.kind is Kind.INSTANCE and not database.engine.startswith("aurora"):
        yield Measure(target=database.target, metric="FreeStorageSpace")


def _daily(databases: Iterable[Database]) -> Asked:
    replicas = {(*_place(one), name) for one in databases for name in one.replicas}

    def asked(database: Database) -> Iterator[Measure]:
        if database.target.kind is not Kind.INSTANCE:
            return
        target = database.target
        yield from _storage(database)
        yield Measure(target=target, metric="DatabaseConnections", stat="Maximum")
        if "postgres" in database.engine:
            yield Measure(target=target, metric="MaximumUsedTransactionIDs", stat="Maximum")
        if database.instance_class.startswith("db.t"):
            yield Measure(target=target, metric="CPUCreditBalance", stat="Minimum")
        if (*_place(database), database.name) in replicas:
            yield Measure(target=target, metric="ReplicaLag", stat="Maximum")

    return asked


def _weekly(database: Database) -> Iterator[Measure]:
    if database.target.kind is Kind.INSTANCE:
        yield Measure(target=database.target, metric="CPUUtilization")
        yield Measure(target=database.target, metric="DatabaseConnections")


def _placed(said: Iterable[RDSEvent], here: Mapping[tuple[Kind, str], Database]) -> Iterator[Event]:
    for one in said:
        kind = SOURCES.get(one.source_kind)
        if kind and (database := here.get((kind, one.source))):
            yield Event(one, database)


def _regions(databases: Iterable[Database]) -> frozenset[tuple[str, str]]:
    return frozenset(map(_place, databases))


def _place(database: Database) -> tuple[str, str]:
    return database.target.account, database.target.region
