"""The digest of each weekday's morning."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.cron import due
from bot.digests._schedules import row_of
from bot.sandbox.past.pen import CHANNEL, Moment, Pen
from bot.sandbox.past.plan import WEEKS
from bot.values import SECOND, Appointment, AuditEvent

MORNINGS = Appointment(
    id="D-30f8a2", channel=CHANNEL, cron="30 8 * * mon-fri", timezone="Europe/Berlin",
    title="Database digest",
)  # fmt: skip


class Mornings:
    """The digest of each weekday; Dora scheduled it."""

    def __init__(self, pen: Pen, now: datetime) -> None:
        self._pen, self._now = pen, now
        began = int((now - timedelta(weeks=WEEKS)).timestamp()) * SECOND
        self._about = MORNINGS.model_copy(update={"created_by": pen.people["dora"], "since": began})

    def moments(self) -> Iterator[Moment]:
        until = int(self._now.timestamp()) * SECOND
        since = self._about.since or 0
        yield datetime.fromtimestamp(since / SECOND, UTC), self._scheduled
        for one in due(self._about.cron, self._about.timezone, since, until):
            yield (
                datetime.fromtimestamp(one.at / SECOND, UTC),
                partial(self._posted, one.wall_clock),
            )

    async def _scheduled(self) -> None:
        about, dora = self._about, self._pen.people["dora"]
        facts = about.model_dump(
            mode="json", include={"id", "channel", "cron", "timezone", "environments"}
        )
        event = AuditEvent(
            action="digest.scheduled", actor=str(dora), result="scheduled", facts=facts
        )
        async with self._pen.store.write() as tx:
            await tx.add_schedule(row_of(about, dora), event)

    async def _posted(self, wall_clock: str) -> None:
        about, store = self._about, self._pen.store
        attempt = await store.schedules.claim_run(about.id, wall_clock)
        assert attempt is not None
        facts = {"id": about.id, "channel": about.channel, "due": wall_clock}
        posted = AuditEvent(action="digest.posted", actor="bot", result="posted", facts=facts)
        async with store.write() as tx:
            await tx.end_run(about.id, wall_clock, attempt, "posted")
            await tx.audit(posted)
        await store.cursors.set(f"digest:{about.id}", str(self._pen.clock.now))
