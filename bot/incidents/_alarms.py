"""Alarms as incidents: one for each firing, from its start until AWS says that it is over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from bot.aws.region import Region
from bot.incidents._databases import IncidentDatabases, charted, titled
from bot.incidents._lifecycle import goes_on
from bot.incidents._records import Records
from bot.incidents._signs import measured, rule
from bot.values import Alarm, AlarmState, Firing, Incident, Origin, micros
from storage.store import Store
from storage.transaction import Transaction

AWAY = micros(timedelta(minutes=3))  #: after so long without a look, history tells what was missed
KEPT = micros(timedelta(days=3))  #: what was missed longer ago is no news

OVER = "the alarm is OK again."
GONE = "the alarm is no longer there."


class AlarmWatch:
    def __init__(self, store: Store, places: IncidentDatabases, records: Records) -> None:
        self._store = store
        self._places = places
        self._book = records

    async def look(self, region: Region, now: int) -> None:
        """Raises AWSError where the region does not answer."""
        cursor = f"alarms/{region.account.id}/{region.name}"
        looked = await self._store.cursors.get(cursor)
        firing = self._ours(region, await region.alarms_firing())
        open_ = {one.alarm: one for one in await self._open(region)}
        others = await self._others(region, open_.keys() - {one.name for one in firing})
        missed = await self._missed(region, int(looked or now), now)
        await self._begin(region, firing, missed)
        await self._end(open_, firing, others, now)
        # Last: where something breaks before, the next look goes back as far once more.
        await self._store.cursors.set(cursor, str(now))

    async def _open(self, region: Region) -> Iterator[Incident]:
        start = _key(region, "")
        return (one for one in await self._store.incidents.open() if one.key.startswith(start))

    async def _others(self, region: Region, names: Iterable[str]) -> Sequence[Alarm]:
        wanted = sorted(names)
        return self._ours(region, await region.alarms_named(wanted)) if wanted else ()

    def _ours(self, region: Region, alarms: Sequence[Alarm]) -> Sequence[Alarm]:
        is_foreign = self._places.is_foreign
        return [one for one in alarms if not is_foreign(region, one.kind, one.identifier)]

    async def _missed(
        self, region: Region, looked: int, now: int
    ) -> Sequence[tuple[Alarm, Firing]]:
        """What fired and was over while nobody looked."""
        if now - looked < AWAY:
            return ()
        past = [one for one in await region.firings(max(looked, now - KEPT)) if one.until]
        alarms = {one.name: one for one in await self._others(region, {one.alarm for one in past})}
        return [(alarms[one.alarm], one) for one in past if one.alarm in alarms]

    async def _begin(
        self, region: Region, firing: Sequence[Alarm], missed: Sequence[tuple[Alarm, Firing]]
    ) -> None:
        keys = {_key(region, one.name) for one in (*firing, *(alarm for alarm, _ in missed))}
        known = dict(await self._store.incidents.latest(keys)) if keys else {}
        for alarm, past in missed:
            await self._took_place(region, alarm, past, known)
        for alarm in firing:
            await self._fires(region, alarm, known)

    async def _took_place(
        self, region: Region, alarm: Alarm, past: Firing, known: dict[str, Incident]
    ) -> None:
        # The history has the firing's own time; reason and figures are those of a later state.
        at = alarm.model_copy(update={"since": past.at, "reason": "", "lately": ()})
        incident = await self._fires(region, at, known)
        is_this = incident.id and incident.is_open and incident.fired_at == past.at
        if is_this and past.until is not None:
            async with self._store.write() as tx:
                known[incident.key] = await self._book.end(tx, incident.id, past.until, OVER)

    async def _fires(self, region: Region, alarm: Alarm, known: dict[str, Incident]) -> Incident:
        """How the incident then stands; the same firing is taken in once."""
        key = _key(region, alarm.name)
        before = known.get(key)
        if before is not None and alarm.since <= before.fired_at:
            return before
        async with self._store.write() as tx:
            if before is not None and goes_on(before, alarm.since):
                after = await self._fires_again(tx, before.id, alarm)
            else:
                after = await self._book.begin(tx, self._incident(region, alarm))
        known[key] = after
        return after

    async def _fires_again(self, tx: Transaction, number: int, alarm: Alarm) -> Incident:
        before = await tx.lock_incident(number)
        # Asked again under the lock: another replica may have taken this firing in meanwhile.
        if alarm.since <= before.fired_at:
            return before
        before = before.model_copy(update={"watched": alarm})
        return await self._book.repeat(tx, before, alarm.since, _said(alarm))

    async def _end(
        self,
        open_: Mapping[str, Incident],
        firing: Sequence[Alarm],
        others: Sequence[Alarm],
        now: int,
    ) -> None:
        """No data is no end: whoever measures may be what is broken."""
        seen = {one.name: one for one in (*others, *firing)}
        for name, incident in open_.items():
            alarm = seen.get(name)
            if alarm is not None and alarm.state is not AlarmState.OK:
                continue
            at, why = (alarm.since, OVER) if alarm else (now, GONE)
            async with self._store.write() as tx:
                await self._book.end(tx, incident.id, at, why)

    def _incident(self, region: Region, alarm: Alarm) -> Incident:
        database = self._places.find(region, alarm.kind, alarm.identifier)
        return Incident(
            key=_key(region, alarm.name),
            source=Origin.ALARM,
            title=titled(database, alarm.identifier, rule(alarm)),
            alarm=alarm.name,
            measures=alarm.metric,
            level=alarm.threshold,
            watched=alarm,
            shows=charted(database, alarm.metric) if database and alarm.metric else "",
            detail=_said(alarm),
            started_at=alarm.since,
            fired_at=alarm.since,
            **self._places.about(region, database),
        )


def _said(alarm: Alarm) -> str:
    return measured(alarm) or alarm.reason or rule(alarm)


def _key(region: Region, name: str) -> str:
    return f"alarm/{region.account.id}/{region.name}/{name}"
