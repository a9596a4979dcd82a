"""The tick that serves scheduled digests: each due time once, whoever ticks and however often."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

import structlog

from bot.cron import Due, due
from bot.digests._schedules import KIND
from bot.digests._service import Digests, told_in
from bot.errors import ConflictError, UsageError
from bot.policy.admins import Admins, not_posted, told
from bot.values import (
    Appointment,
    AuditEvent,
    Digest,
    Line,
    Message,
    Moment,
    Place,
    micros,
)
from storage.store import Store

ON_TIME = micros(timedelta(minutes=5))
TOO_LATE = micros(timedelta(hours=4))  #: yesterday's digest is of no use to anybody
PAST = micros(timedelta(days=8))  #: what was missed longer ago is not even counted
DAY = micros(timedelta(days=1))
NO_ROOM = "I am not in it any more, it is archived, or another organization reads it too."
POSTED, SKIPPED = "posted", "skipped"

log = structlog.get_logger()


class Run(NamedTuple):
    """A due time that is this process's to serve, for now."""

    due: Due
    attempt: int


class DigestTick:
    def __init__(
        self, store: Store, digests: Digests, clock: Callable[[], int], admins: Admins
    ) -> None:
        self._admins = admins
        self._store = store
        self._digests = digests
        self._clock = clock

    async def tick(self) -> None:
        """What cannot be served now is tried again with a later tick; it stops no other."""
        for one in await self._digests.standing():
            if one.trouble:
                log.warning("digests.unreadable", schedule=one.id, why=one.trouble)
                continue
            try:
                await self._serve_or_tell(one)
            except ConflictError as error:
                log.info("digests.served_elsewhere", schedule=one.id, why=str(error))
            except Exception:
                log.exception("digests.failed", schedule=one.id)

    async def _serve_or_tell(self, about: Appointment) -> None:
        try:
            await self._serve(about)
        except UsageError as error:
            log.warning("digests.no_room", schedule=about.id, why=str(error))
            await self._tell_no_room(about)

    async def _tell_no_room(self, about: Appointment) -> None:
        """Once a day, to who has scheduled it, or to the admins where the settings say so."""
        cursor, today = f"digest.no_room:{about.id}", str(self._clock() // DAY)
        before = await self._store.cursors.get(cursor)
        if before == today:
            return
        people = (about.created_by,) if about.created_by else await self._admins()
        message = Message(place=Place.CHANNEL, address=about.channel, kind=KIND)
        async with self._store.write() as tx:
            await tx.move_cursor(cursor, before, today)
            for one in told(people, not_posted(message, NO_ROOM), cursor):
                await tx.post(one)

    async def _serve(self, about: Appointment) -> None:
        """The last time that fell due; those before it, and one long ago, are skipped.

        All of it is one transaction: whoever loses a run to another replica has done nothing.
        """
        now, cursor = self._clock(), f"digest:{about.id}"
        since = max(await self._since(about, cursor, now), now - PAST)
        times = due(about.cron, about.timezone, since, now)
        # By the wall clock's reading: an hour that comes twice in autumn is one run.
        claimed = [run for one in times if (run := await self._claim(about, one))]
        if not claimed:
            return
        serves = claimed[-1].due == times[-1] and times[-1].at > now - TOO_LATE
        last, skipped = (claimed[-1], claimed[:-1]) if serves else (None, claimed)
        await self._end(about, last, skipped, await self._heard(about, since, now))
        await self._store.cursors.set(cursor, str(claimed[-1].due.at))

    async def _since(self, about: Appointment, cursor: str, now: int) -> int:
        """Up to where it was served; a schedule that was never seen begins now."""
        known = await self._store.cursors.get(cursor)
        if known is not None:
            return int(known)
        since = now if about.since is None else about.since
        await self._store.cursors.set(cursor, str(since))
        return since

    async def _heard(self, about: Appointment, since: int, now: int) -> int:
        """Up to when people have heard of what happens: a digest that was skipped told nothing."""
        posted = await self._store.schedules.served(about.id, POSTED)
        return since if posted is None else max(posted, now - PAST)

    async def _claim(self, about: Appointment, one: Due) -> Run | None:
        """None where it was served, or another replica is at it."""
        attempt = await self._store.schedules.claim_run(about.id, one.wall_clock)
        return None if attempt is None else Run(one, attempt)

    async def _end(
        self, about: Appointment, last: Run | None, skipped: Sequence[Run], since: int
    ) -> None:
        """``since``: what happened before was told. Raises UsageError where it has no room."""
        if last:
            # Before figures are paid for: CloudWatch charges for each metric that is asked for.
            await self._digests.require_room(about.channel)
        heard = await self._store.concerns.told(about.id) if last else {}
        made = await self._digests.composed(about, heard, since) if last else None
        async with self._store.write() as tx:
            for run in skipped:
                await tx.end_run(about.id, run.due.wall_clock, run.attempt, SKIPPED)
                await tx.audit(_event(about, run.due, SKIPPED))
            if last and made:
                digest, remembered = made
                digest = _excused(digest, last.due, skipped)
                key = f"digest:{about.id}:{last.due.wall_clock}"
                await tx.end_run(about.id, last.due.wall_clock, last.attempt, POSTED)
                await tx.remember_told(about.id, remembered)
                await tx.post(told_in(about.channel, digest, key, about.created_by))
                await tx.audit(_event(about, last.due, POSTED))


def _excused(digest: Digest, last: Due, skipped: Sequence[Run]) -> Digest:
    """With what is said of a digest that is late, or that stands for several."""
    excuses: list[Line] = []
    if digest.at - last.at > ON_TIME:
        excuses.append(("This digest is late: it was due ", Moment(at=last.at), "."))
    if skipped:
        times = "once" if len(skipped) == 1 else f"{len(skipped)} times"
        latest = Moment(at=skipped[-1].due.at)
        missed = f"No digest could be posted {times} in the days before, last at "
        excuses.append((missed, latest, "."))
    return digest.model_copy(update={"excuses": tuple(excuses)})


def _event(about: Appointment, one: Due, result: str) -> AuditEvent:
    facts = {"id": about.id, "channel": about.channel, "due": one.wall_clock}
    return AuditEvent(action=f"digest.{result}", actor="bot", result=result, facts=facts)
