"""RDS events as incidents: one for each database, until what happens is over."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.aws.region import Region
from bot.incidents._databases import IncidentDatabases, is_gone, is_well, titled
from bot.incidents._lifecycle import goes_on
from bot.incidents._records import Records
from bot.incidents._signs import LOW_STORAGE, Mark, Sign, graver, happening, is_own, sign
from bot.values import Database, Incident, Kind, Origin, RDSEvent, Request, Status, micros
from storage.store import Store
from storage.transaction import Transaction

SOURCES = {"db-instance": Kind.INSTANCE, "db-cluster": Kind.CLUSTER}
#: AWS keeps events for 14 days.
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html
KEPT = micros(timedelta(days=13))
SETTLED = micros(timedelta(minutes=10))  #: available for so long after the last event: it is over
LATELY = micros(timedelta(days=30))  #: that lie between asking for a change and what it does
REQUESTS = 500  #: that are looked through for the one that explains an event
ENDED = (Status.SUCCEEDED, Status.FAILED)
AVAILABLE = "the database is available, and nothing more has happened."
GONE = "the database is no longer among those that I see."


class SeenEvent(NamedTuple):
    """What matters, of which database, and under which key its incident is found."""

    key: str
    name: str
    database: Database | None  #: None of one that nobody has seen there
    sign: Sign

    def titled(self, category: str) -> str:
        return titled(self.database, self.name, happening(category))


class EventWatch:
    def __init__(self, store: Store, places: IncidentDatabases, records: Records) -> None:
        self._store = store
        self._places = places
        self._records = records

    async def look(self, region: Region, now: int) -> None:
        """Raises AWSError where the region does not answer, ConflictError where it was read."""
        cursor = f"incident-events/{region.account.id}/{region.name}"
        before = await self._store.cursors.get(cursor)
        mark = Mark.model_validate_json(before) if before else Mark(at=now)
        fresh, after = mark.read(await region.happened("incidents", max(mark.since, now - KEPT)))
        if before is None:  # what happened before anybody looked is no news
            fresh = ()
        elif not fresh:
            return
        signs = await self._signs(region, fresh, now)
        known = dict(await self._store.incidents.latest({one.key for one in signs}))
        async with self._store.write() as tx:
            # First: where another replica has read on it fails, and nothing below is done.
            await tx.move_cursor(cursor, before, after.model_dump_json())
            for seen in signs:
                known[seen.key] = await self._take_in(tx, region, known.get(seen.key), seen)

    async def settle(self, now: int) -> None:
        """Ends what has no end of its own: its database has been well for a while, or is gone."""
        for one in await self._store.incidents.open():
            why = self._ended_by(one) if one.source is Origin.EVENT else ""
            if why:
                async with self._store.write() as tx:
                    await self._records.end(tx, one.id, now, why)

    async def _signs(
        self, region: Region, events: Sequence[RDSEvent], now: int
    ) -> Sequence[SeenEvent]:
        """What matters of them and is not a request's own doing."""
        read = [(event, one) for event in events if (one := sign(event))]
        if not read:
            return ()
        requests = await self._requests(now)
        placed = [
            self._placed(region, event, one)
            for event, one in read
            if not self._places.is_foreign(region, SOURCES[event.source_kind], event.source)
        ]
        return [it for it in placed if not _is_own(it, requests)]

    def _placed(self, region: Region, event: RDSEvent, one: Sign) -> SeenEvent:
        found = self._places.find(region, SOURCES[event.source_kind], event.source)
        database = found and self._places.whole(found)
        name = database.name if database else event.source
        return SeenEvent(f"event/{region.account.id}/{region.name}/{name}", name, database, one)

    async def _requests(self, now: int) -> Sequence[Request]:
        running = await self._store.requests.running(include_unknown=True)
        ended = await self._store.requests.find(status=ENDED, since=now - LATELY, limit=REQUESTS)
        return (*running, *ended)

    async def _take_in(
        self, tx: Transaction, region: Region, known: Incident | None, seen: SeenEvent
    ) -> Incident:
        """A first event that tells of an end, like a restart that nobody saw begin, is open too.

        ``known`` may have been ended meanwhile.
        """
        one, before = seen.sign, known and await tx.lock_incident(known.id)
        if before is not None and _echoes(one, before):
            return before
        if before is None or not goes_on(before, one.at):
            return await self._records.begin(tx, self._incident(region, seen))
        if before.is_open and one.is_over and before.measures != LOW_STORAGE:
            return await self._records.end(tx, before.id, one.at, one.message)
        worse = graver(one.category, before.measures)
        before = before.model_copy(update={"title": seen.titled(worse), "measures": worse})
        return await self._records.repeat(tx, before, one.at, one.message)

    def _incident(self, region: Region, seen: SeenEvent) -> Incident:
        one = seen.sign
        return Incident(
            key=seen.key,
            source=Origin.EVENT,
            title=seen.titled(one.category),
            measures=one.category,
            detail=one.message,
            started_at=one.at,
            fired_at=one.at,
            **self._places.about(region, seen.database),
        )

    def _ended_by(self, incident: Incident) -> str:
        """As far as the fleet was looked at since; what storage lacks does not come by itself.

        Empty where it goes on, or nobody can say.
        """
        since = incident.fired_at + SETTLED
        if is_gone(self._places.seen, incident, since):
            return GONE
        if incident.measures == LOW_STORAGE:
            return ""
        return AVAILABLE if is_well(self._places.seen, incident, since) else ""


def _echoes(one: Sign, before: Incident) -> bool:
    """RDS tells of one end in several sentences."""
    return (
        one.is_over and before.resolved_at is not None and (one.at <= before.resolved_at + SETTLED)
    )


def _is_own(seen: SeenEvent, requests: Sequence[Request]) -> bool:
    return seen.database is not None and is_own(seen.sign, seen.database.lock, requests)
