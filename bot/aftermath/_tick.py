"""The tick that looks back at changes: each once after so many minutes, whoever ticks."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

import structlog

from bot.aftermath._shifts import Shift, Stretch, against_week_before, overall, shifts
from bot.aftermath._words import (
    brief,
    chart,
    gravest_first,
    picture_title,
    plain_verdict,
    told,
    unanswered,
)
from bot.errors import AWSError, AWSRefusedError, BotError, UnknownTargetError
from bot.fleet.inventory import Fleet
from bot.monitoring import Monitoring, preset, with_lines
from bot.monitoring._markers import Markers
from bot.operations import is_quiet
from bot.policy.team_zone import Zone
from bot.values import (
    Answer,
    Chart,
    Database,
    Look,
    Message,
    Place,
    Request,
    Target,
    Turn,
    Window,
    micros,
)
from storage.store import Store
from storage.tables.aftermaths import Ended

MINUTE = micros(timedelta(minutes=1))
ON_TIME = micros(timedelta(minutes=5))
TOO_LATE = micros(timedelta(hours=6))  #: by then somebody has seen for themselves
PAST = micros(timedelta(days=7))  #: what ended before is not even recorded
PATIENCE = micros(timedelta(minutes=30))  #: for figures that cannot be read
AT_ONCE = 4  #: changes that are looked back at together
WANTED = ("cpu", "connections", "commit", "latency", "lag")  #: the panels, where it has them
TOLD, QUIET, SKIPPED, UNANSWERED = "told", "quiet", "skipped", "unanswered"

log = structlog.get_logger()


class DueLook(NamedTuple):
    """A change that is to be looked back at now, so many minutes after its end."""

    request: Request
    ended_at: int
    minutes: int

    @property
    def at(self) -> int:
        return self.ended_at + self.minutes * MINUTE

    def late(self, now: int) -> int | None:
        """When it was due, where that is worth a word."""
        return self.at if now - self.at > ON_TIME else None


class Seen(NamedTuple):
    database: Database
    shifts: tuple[Shift, ...]
    chart: Chart | None
    others: tuple[str, ...]  #: changes of the bot's that came after this one


class AftermathTick:
    def __init__(
        self,
        store: Store,
        fleet: Fleet,
        monitoring: Monitoring,
        markers: Markers,
        zone: Zone,
        after: Sequence[timedelta],
        clock: Callable[[], int],
    ) -> None:
        """``after``: how long after its end a change is looked back at, in whole minutes."""
        self._store = store
        self._fleet = fleet
        self._monitoring = monitoring
        self._markers = markers
        self._zone = zone
        self._minutes = sorted({micros(one) // MINUTE for one in after})
        self._clock = clock
        self._failing: dict[tuple[int, int], int] = {}

    async def tick(self) -> None:
        """What cannot be looked at now is tried again with a later tick; it stops no other."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def serve(ended: Ended, minutes: int) -> None:
            async with turns:
                await self._serve(ended, minutes)

        async with asyncio.TaskGroup() as looks:
            for minutes in self._minutes:
                for ended in await self._awaited(minutes):
                    looks.create_task(serve(ended, minutes))

    async def _awaited(self, minutes: int) -> tuple[Ended, ...]:
        until = self._clock() - minutes * MINUTE
        return await self._store.aftermaths.awaited(minutes, until - PAST, until)

    async def _serve(self, ended: Ended, minutes: int) -> None:
        try:
            if self._clock() - ended.at - minutes * MINUTE > TOO_LATE:
                await self._record(ended.request_id, minutes, SKIPPED)
            else:
                request = await self._store.requests.get(ended.request_id)
                await self._look(DueLook(request, ended.at, minutes))
        except Exception:
            log.exception("aftermath.failed", request=ended.request_id, minutes=minutes)

    async def _look(self, due: DueLook) -> None:
        """Of what disturbs nobody by its nature only the last look counts, and only a bad one.

        A snapshot each night is told of by its card; two more messages each night would be noise.
        """
        if due.request.step.target.kind.is_snapshot:  # nothing of it is measured
            await self._record(due.request.id, due.minutes, QUIET)
            return
        quiet = is_quiet(due.request.operation)
        if quiet and due.minutes != self._minutes[-1]:
            await self._record(due.request.id, due.minutes, QUIET)
            return
        try:
            seen = await self._see(due)
        except (AWSError, UnknownTargetError) as error:
            await self._unseen(due, _why(error), quiet=quiet)
            return
        turn = overall(seen.shifts)
        if turn is Turn.UNREAD and self._waits(due, "not all figures could be read"):
            return
        look = Look(
            minutes=due.minutes,
            turn=turn,
            said=plain_verdict(seen.shifts),
            brief=brief(seen.shifts),
        )
        if quiet and turn is not Turn.WORSE:
            await self._record(due.request.id, due.minutes, QUIET, look)
            return
        late = due.late(self._clock())
        said = told(
            due.request, seen.database, seen.shifts, seen.chart, due.minutes, late, seen.others
        )
        await self._record(due.request.id, due.minutes, TOLD, look, said)

    async def _see(self, due: DueLook) -> Seen:
        """Raises AWSError, UnknownTargetError."""
        request, sent_at = due.request, due.request.step.sent_at or due.ended_at
        database = await self._database(request.step.target)
        stretch = Stretch.around(sent_at, due.ended_at, due.at)
        since = Window(since=sent_at, until=due.at)
        (found, panels), (alarms, _), markers, others, zone = await asyncio.gather(
            self._monitoring.panels(database, _words(database), stretch.window),
            self._monitoring.alarms(database),
            self._markers.of(database, stretch.window),
            self._markers.changes(database, since),
            self._zone(),
        )
        judged = shifts(database.name, found, stretch)
        if overall(judged) is Turn.WORSE:
            # Only here, as it asks for all of it once more, and CloudWatch charges by the metric.
            judged = against_week_before(judged, await self._earlier(database, stretch.week_before))
        title = picture_title(request, database.name)
        drawn = chart(title, stretch, gravest_first(panels, judged), markers, zone)
        return Seen(database, judged, drawn and with_lines(drawn, alarms), others)

    async def _earlier(self, database: Database, stretch: Stretch) -> tuple[Shift, ...]:
        """What cannot be read excuses nothing."""
        try:
            found, _ = await self._monitoring.panels(database, _words(database), stretch.window)
        except AWSError as error:
            log.warning("aftermath.week_before_unread", database=database.name, why=str(error))
            return ()
        return shifts(database.name, found, stretch)

    def _waits(self, due: DueLook, why: str) -> bool:
        """Whether it is asked for again with a later tick; after a while it is given up."""
        now, key = self._clock(), (due.request.id, due.minutes)
        waits = now - self._failing.setdefault(key, now) < PATIENCE
        if waits:
            log.warning("aftermath.put_off", request=due.request.label, why=why)
        return waits

    async def _unseen(self, due: DueLook, why: str, *, quiet: bool) -> None:
        if self._waits(due, why):
            return
        late = due.late(self._clock())
        said = None if quiet else unanswered(due.request, due.minutes, why, late)
        look = Look(minutes=due.minutes, turn=Turn.UNREAD, said=why)
        await self._record(due.request.id, due.minutes, UNANSWERED, look, said)

    async def _record(
        self,
        request_id: int,
        minutes: int,
        outcome: str,
        look: Look | None = None,
        said: Answer | None = None,
    ) -> None:
        """The word, what is said and what the card then shows, in one transaction: whoever loses
        the race says nothing."""
        async with self._store.write() as tx:
            request = await tx.lock_request(request_id)
            if await tx.look_back(request_id, minutes, outcome, look):
                if said is not None:
                    is_news = look is not None and look.turn is Turn.WORSE and not request.was_worse
                    await tx.post(_message(request, minutes, said, broadcast=is_news))
                if look is not None and request.seen(look).remarkable != request.remarkable:
                    await tx.post(request.card_message())
        self._failing.pop((request_id, minutes), None)

    async def _database(self, target: Target) -> Database:
        inventory = await self._fleet.inventory()
        for one in inventory.databases:
            if one.target == target:
                return one
        if unread := inventory.unread(target):
            raise UnknownTargetError(unread.sentence)
        raise UnknownTargetError(f"{target.identifier} is no longer among the databases I see.")


def _message(request: Request, minutes: int, said: Answer, *, broadcast: bool) -> Message:
    """In the thread of the card, or, where that never stood, to who asked.

    ``broadcast``: the channel is told too: once for each change, that it first did worse.
    """
    place, address = Place.PERSON, request.requester.user
    if request.card is not None:
        place, address = Place.THREAD, request.card_channel or address
    key = f"aftermath:{request.id}:{minutes}"
    return Message.pictured(
        place, address, said, key=key, request_id=request.id, broadcast=broadcast
    )


def _why(error: BotError) -> str:
    return f"AWS says {error.code}: {error}" if isinstance(error, AWSRefusedError) else str(error)


def _words(database: Database) -> list[str]:
    """Aurora commits to a volume of its own: latency is that of a commit there."""
    has = {plot.word for plot in preset(database)}
    left_out = "latency" if "commit" in has else ""
    return [word for word in WANTED if word in has and word != left_out]
