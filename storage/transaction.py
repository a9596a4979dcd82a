"""The verbs that change what is stored.

Rows are locked in one order: request, step, incident or CloudOps request, end of the audit chain,
and what stirs the Homes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConflictError
from bot.values import (
    AuditEvent,
    Click,
    CloudOpsRequest,
    Incident,
    LiveChart,
    Look,
    Message,
    Outcome,
    PersonId,
    Place,
    Posted,
    Reminder,
    Request,
    Status,
    Step,
    Vote,
)
from storage.errors import DuplicateRequestError, UnknownRequestError
from storage.tables import (
    aftermaths,
    audit,
    cloudops,
    concerns,
    homes,
    inbox,
    incidents,
    leases,
    live_charts,
    models,
    outbox,
    reminders,
    request_changes,
    schedules,
    steps,
)
from storage.tables.chain import AuditKey
from storage.tables.concerns import ToldState
from storage.tables.request_changes import ALLOWED
from storage.tables.requests import filed_by, filed_on, load_one, open_like
from storage.tables.schedules import Schedule

_request = models.requests.c


class Changes(TypedDict, total=False):
    """What a transition may change besides the status."""

    approved_at: int | None
    not_before: int | None
    send_by: int | None
    ended_at: int | None
    outcome: Outcome | None
    waits_for: int | None
    expires_at: int


class Transaction:
    """Whatever is done with one is committed together, or not at all; ``now`` is its instant.

    Made by ``Store.write`` and good only inside its ``async with``.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        now: int,
        key: AuditKey | None,
        posted: Callable[[], None],
    ) -> None:
        self.now = now
        self._posted = posted
        self.callbacks: list[Callable[[], None]] = []
        self._connection = connection
        self._key = key
        self._events: list[AuditEvent] = []
        self._held: set[int] = set()
        self._stirs_homes = False

    async def lock_request(self, request_id: int) -> Request:
        """The request as it stands, and nobody else changes it until commit.

        Raises UnknownRequestError where there is none.
        """
        await self._hold(request_id)
        return await load_one(self._connection, request_id)

    async def try_lock_request(self, request_id: int) -> Request | None:
        """The same without waiting: None while somebody else has it locked."""
        row = select(_request.id).where(_request.id == request_id)
        # SQLite has no such clause and SQLAlchemy leaves it out there: BEGIN IMMEDIATE locks all.
        found = await self._connection.execute(row.with_for_update(skip_locked=True))
        if found.scalar() is None:
            return None
        self._held.add(request_id)
        return await load_one(self._connection, request_id)

    async def filed_by(self, requester: PersonId, since: int, most: int) -> tuple[int, ...]:
        """When their newest requests after ``since`` were filed, newest first.

        Without what this transaction files; and nobody else files until commit. Best done last.
        """
        await audit.hold(self._connection)
        return await filed_by(self._connection, requester, since, most)

    async def filed_on(self, lock: str, since: int, most: int) -> tuple[int, ...]:
        """The same of what shares that lock: a database, or a cluster with its members."""
        await audit.hold(self._connection)
        return await filed_on(self._connection, lock, since, most)

    async def file(self, request: Request, event: AuditEvent) -> Request:
        """Stores a new request, pending or approved, and returns it with its secrets masked.

        Raises DuplicateRequestError where the same person's same request is still open.
        """
        if request.status not in (Status.PENDING, Status.APPROVED):
            raise ConflictError(f"A new request cannot be {request.status}.")
        await self._refuse_duplicate(request)
        # The check misses what another transaction files at this moment; the index does not.
        if not await request_changes.add(self._connection, request):
            await self._refuse_duplicate(request)
            raise ConflictError("The same request just ended; ask again.")
        self._held.add(request.id)
        self._events.append(event)
        return await load_one(self._connection, request.id)

    async def vote(self, request_id: int, vote: Vote) -> None:
        """Raises ConflictError for a second vote, one's own request, or one that is too late."""
        await self._hold(request_id)
        await request_changes.add_vote(self._connection, request_id, vote)

    async def transition(
        self,
        request: Request,
        to: Status,
        event: AuditEvent,
        *,
        before: int | None = None,
        **changes: Unpack[Changes],
    ) -> Request:
        """The only way a status changes. Returns the request as it then is.

        ``before`` is when the click was received: the request must expire later than that. Raises
        ConflictError where ``ALLOWED`` has no such way, the row is no longer what ``request`` says,
        or a way back is asked for although something was sent.
        """
        if to not in ALLOWED[request.status]:
            raise ConflictError(f"{request.label} is {request.status}; it cannot become {to}.")
        moved = request.model_copy(update={**changes, "status": to, "version": request.version + 1})
        await self._hold(request.id)
        await request_changes.move(self._connection, request, moved, before)
        self._events.append(event)
        return moved

    async def set_waits_for(self, request: Request, other: int | None) -> Request:
        """Notes which request holds the lock that this one needs; None: it waits no longer."""
        await self._hold(request.id)
        same = [_request.status == request.status]
        await request_changes.replace(self._connection, request, same, waits_for=other)
        return request.model_copy(update={"waits_for": other, "version": request.version + 1})

    async def set_card(self, request_id: int, posted: Posted) -> None:
        """Notes where the request's card stands. It is no new version of the request."""
        await self._hold(request_id)
        await request_changes.set_card(self._connection, request_id, posted)

    async def update_step(self, request_id: int, step: Step, *, fence: int | None = None) -> Step:
        """Writes everything about a step that changes while it is carried out.

        Claimed, it holds all its locks; settled, or free again, none. Raises LockedError where
        another request holds one of them, and then it has taken none of them; ConflictError
        where ``fence`` is no longer the stored one, or ``sent_at`` would be set on a request that
        is not running, or altered once set. It is taken back only together with a new ``refusal``,
        while the request runs and nothing of it was accepted.
        """
        await self._hold(request_id)
        await steps.write(self._connection, request_id, step, fence)
        return step

    async def audit(self, event: AuditEvent) -> int:
        """Appends to the chain and returns the row's number.

        Best done last: from here to the commit nobody else can append.
        """
        self._events.append(event)
        return await self._append()

    def record(self, event: AuditEvent) -> None:
        """Audited at the end, when this transaction locks nothing else any more."""
        self._events.append(event)

    async def post(
        self, message: Message, *, not_before: int | None = None, revision: int | None = None
    ) -> None:
        """Has something told after the commit, instead of what still waits under the same key.

        With ``revision`` only instead of that one: a newer message stays.
        """
        await outbox.post(self._connection, message, self.now, not_before, revision)
        self.after_commit(self._posted)
        if message.place is Place.CARD:
            self.stir_homes()

    async def post_once(self, message: Message) -> None:
        """The same, but where a message with its key was posted not long ago, it stays at that."""
        if await outbox.post_once(self._connection, message, self.now):
            self.after_commit(self._posted)

    def stir_homes(self) -> None:
        """Has the Homes drawn anew in which this shows; a few seconds' changes go together."""
        self._stirs_homes = True

    async def note_click(self, person: PersonId, click: Click) -> None:
        """What came of it is said in their Home until they open it anew."""
        await homes.note_click(self._connection, person, click)

    async def remind(self, given: Sequence[Reminder]) -> tuple[Reminder, ...]:
        """Notes that people are told of what waits; returns those reminders that are new."""
        return await reminders.add(self._connection, given, self.now)

    async def inbox_done(self, key: str) -> None:
        """What an inbox row asked for is done by this very transaction; no crash can repeat it."""
        await inbox.finish(self._connection, key, self.now)

    async def add_schedule(self, schedule: Schedule, event: AuditEvent) -> None:
        await schedules.add(self._connection, schedule)
        self._events.append(event)

    async def remove_schedule(self, schedule_id: str, event: AuditEvent) -> bool:
        """False, and no event, where there is no such schedule in force."""
        removed = await schedules.remove(self._connection, schedule_id, self.now)
        if removed:
            self._events.append(event)
        return removed

    async def end_run(self, schedule_id: str, wall_clock: str, attempt: int, outcome: str) -> None:
        """A scheduled run is served with this very transaction, or skipped: ``outcome`` says it.

        Raises ConflictError where another attempt has taken it over, or it has ended.
        """
        if not await schedules.end_run(
            self._connection, schedule_id, wall_clock, attempt, outcome, self.now
        ):
            raise ConflictError(f"The run of {schedule_id} at {wall_clock} is in other hands now.")

    async def remember_told(self, schedule_id: str, told: Mapping[str, ToldState]) -> None:
        """What the schedule's digests have told of by now, instead of what they had before."""
        await concerns.remember(self._connection, schedule_id, told)

    async def snooze(self, channel: str, key: str, until: int, event: AuditEvent) -> None:
        """Digests in that channel leave the concern out until then."""
        await concerns.snooze(self._connection, channel, key, until)
        self._events.append(event)

    async def open_incident(self, incident: Incident) -> Incident | None:
        """With its number; None where one of its key is open."""
        self.stir_homes()
        return await incidents.add(self._connection, incident)

    async def lock_incident(self, incident_id: int) -> Incident:
        """As it stands, and nobody else changes it until commit. Raises UsageError without one."""
        return await incidents.load_one(self._connection, incident_id, lock=True)

    async def save_incident(self, incident: Incident) -> None:
        """What became of one that is locked."""
        self.stir_homes()
        await incidents.save(self._connection, incident)

    async def hand_on(self, request: CloudOpsRequest) -> bool:
        """Keeps a CloudOps request; False where its denial was handed on before."""
        return await cloudops.add(self._connection, request)

    async def lock_cloudops(self, denial: int) -> CloudOpsRequest:
        """As it stands, and nobody else changes it until commit. Raises UsageError without one."""
        return await cloudops.load_one(self._connection, denial, lock=True)

    async def move_cloudops(
        self, before: CloudOpsRequest, after: CloudOpsRequest, event: AuditEvent
    ) -> None:
        """The only way its state changes. Raises ConflictError where it is no longer ``before``."""
        if not await cloudops.move(self._connection, before, after):
            raise ConflictError("This CloudOps request has moved on meanwhile; look at it again.")
        self._events.append(event)

    async def set_cloudops_card(self, denial: int, posted: Posted) -> None:
        await cloudops.set_card(self._connection, denial, posted)

    async def move_cursor(self, name: str, before: str | None, after: str) -> None:
        """What was read up to there counts with this very transaction.

        Raises ConflictError where somebody else has read on from ``before``.
        """
        if not await leases.move(self._connection, name, before, after):
            raise ConflictError(f"{name} was read by somebody else.")

    async def look_back(
        self, request_id: int, minutes: int, outcome: str, look: Look | None = None
    ) -> bool:
        """Notes that a change was looked back at after so many minutes; False where it was.

        ``look``: what was seen, which its request has from then on.
        """
        return await aftermaths.add(self._connection, request_id, minutes, outcome, self.now, look)

    async def lock_live_charts(self) -> tuple[LiveChart, ...]:
        """Those that are kept fresh now, and nobody else begins another until commit."""
        return await live_charts.load_alive(self._connection, self.now, lock=True)

    async def keep_fresh(self, chart: LiveChart, event: AuditEvent) -> None:
        """It is renewed from when its message is posted until its end."""
        await live_charts.add(self._connection, chart)
        self._events.append(event)

    async def stop_chart(self, chart_id: str, event: AuditEvent) -> bool:
        """It ends now; False, and no event, where it has ended."""
        stopped = await live_charts.shorten(self._connection, chart_id, self.now)
        if stopped:
            self._events.append(event)
        return stopped

    async def end_chart(self, chart_id: str) -> bool:
        """Its message says the last; False where it did before."""
        return await live_charts.end(self._connection, chart_id)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Called once all this is durable; not called where it is rolled back."""
        self.callbacks.append(callback)

    async def seal(self) -> None:
        """Writes what was put off until now: the chain's head is locked last and briefly."""
        if self._events:
            await self._append()
        if self._stirs_homes:
            await homes.stir(self._connection, self.now)

    async def _append(self) -> int:
        events, self._events = self._events, []
        return await audit.append(self._connection, self.now, events, self._key)

    async def _refuse_duplicate(self, request: Request) -> None:
        existing = await open_like(self._connection, request.same_ask)
        if existing is not None:
            raise DuplicateRequestError(existing)

    async def _hold(self, request_id: int) -> None:
        """Locks the row on PostgreSQL; on SQLite whoever writes has locked everything."""
        if request_id in self._held:
            return
        row = select(_request.id).where(_request.id == request_id).with_for_update()
        if (await self._connection.execute(row)).scalar() is None:
            raise UnknownRequestError(request_id)
        self._held.add(request_id)
