"""What became of each alarm."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from bot.incidents._lifecycle import acknowledged, ended, resolved
from bot.incidents._notifications import event as about_incident
from bot.sandbox.past.pen import Moment, Pen
from bot.sandbox.past.plan import Dated, Trouble
from bot.values import Alarm, AlarmState, Incident, Origin, PersonId


class Incidence:
    """What became of one alarm."""

    def __init__(self, pen: Pen, dated: Dated) -> None:
        assert isinstance(dated.what, Trouble)
        self._pen, self._trouble, self._at = pen, dated.what, dated.at
        self._number = 0

    def moments(self) -> Iterator[Moment]:
        yield self._at, self._begun
        if self._trouble.seen:
            name, minutes = self._trouble.seen
            yield self._at + timedelta(minutes=minutes), partial(self._seen, name)
        yield self._at + timedelta(minutes=self._trouble.over), self._over

    async def _begun(self) -> None:
        trouble, known, now = (
            self._trouble,
            self._pen.known(self._trouble.database),
            self._pen.clock.now,
        )
        alarm = Alarm(
            name=trouble.alarm, state=AlarmState.ALARM, since=now, metric=trouble.metric,
            kind=known.target.kind, identifier=trouble.database,
            comparison="GreaterThanThreshold", threshold=trouble.threshold, statistic="Average",
            period=60, beyond=3, of=3,
        )  # fmt: skip
        incident = Incident(
            key=f"alarm/{known.spec.account}/{known.spec.region}/{trouble.alarm}",
            source=Origin.ALARM, title=trouble.title, alarm=trouble.alarm, target=known.target,
            place=known.place, environment=known.classified.environment, measures=trouble.metric,
            level=trouble.threshold, watched=alarm, shows=trouble.shows,
            detail=f"3 values in 3 min, the last {trouble.peak}", started_at=now, fired_at=now,
        )  # fmt: skip
        async with self._pen.store.write() as tx:
            opened = await tx.open_incident(incident)
            assert opened is not None
            self._number = opened.id
            tx.record(about_incident(opened, "started"))

    async def _seen(self, name: str) -> None:
        person = self._pen.people[name]
        await self._moved("acknowledged", lambda it, now: acknowledged(it, person, now), person)

    async def _over(self) -> None:
        if not self._trouble.resolved_by:
            await self._moved("ended", ended)
            return
        person = self._pen.people[self._trouble.resolved_by]
        await self._moved("resolved", lambda it, now: resolved(it, person, now), person)

    async def _moved(
        self,
        verb: str,
        change: Callable[[Incident, int], Incident | None],
        person: PersonId | None = None,
    ) -> None:
        async with self._pen.store.write() as tx:
            after = change(await tx.lock_incident(self._number), tx.now)
            assert after is not None
            await tx.save_incident(after)
            tx.record(about_incident(after, verb, person))
