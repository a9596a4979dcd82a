"""Following what was sent, to its proven end: poll, reconcile, and tell the truth about it.

All polls of a region run together, so that their reads share calls; RDS events are read once for
all of them, and for the incidents.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog

from bot.aws.accounts import Accounts
from bot.errors import AWSError, BotError, ConflictError, UnknownTargetError
from bot.operation import Change, Operation
from bot.operations import CATALOGUE, load
from bot.requests.executor import Executor, door
from bot.requests.notifications import Notifications
from bot.settings import PollingSettings
from bot.values import (
    SECOND,
    AuditEvent,
    Outcome,
    Progress,
    RDSEvent,
    Request,
    Sent,
    Stage,
    Status,
    Step,
    Touch,
    micros,
    passed,
)
from storage.store import Store

SLOWER = 4  #: after ``polling.timeout``, ask this many times less often
LATE = micros(timedelta(minutes=15))  #: AWS may deliver an event so much later
CHUNK = 25  #: requests a transaction: whoever acknowledges a click must not wait long
#: AWS keeps events for 14 days.
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html
KEPT = micros(timedelta(days=13))

Where = tuple[str, str]  #: an account and a region

log = structlog.get_logger()


class Follower:
    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        executor: Executor,
        notifications: Notifications,
        polling: PollingSettings,
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._executor = executor
        self._notifications = notifications
        self._polling = polling
        self._clock = clock
        self._next: dict[int, int] = {}
        self._failing: set[str] = set()

    async def tick(self) -> int:
        """Look once at whatever is due; returns how many requests were looked at."""
        now = self._clock()
        # Unknown ones too: they lock their database, and CloudTrail may still tell how they ended.
        # Its records come after five minutes on average, and AWS promises no time.
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
        running = await self._store.requests.running(include_unknown=True)
        sent = [request for request in running if request.step.sent_at is not None]
        self._next = {one.id: self._next.get(one.id, 0) for one in sent}
        if not any(self._is_due(request, now) for request in sent):
            return 0
        known = await self._with_events(sent)
        due = [request for request in known if self._is_due(request, now)]
        await asyncio.gather(*map(self._look, due))
        return len(due)

    def _is_due(self, request: Request, now: int) -> bool:
        """Not while the call is on its way: whoever sent it writes down what came of it."""
        step = request.step
        in_flight = step.accepted_at is None and not self._executor.is_lost(request, now)
        longest = micros(self._polling.interval) * SLOWER
        return passed(self._next[request.id], now, longest) and not in_flight

    # -- events --------------------------------------------------------------------------------

    async def _with_events(self, requests: Iterable[Request]) -> tuple[Request, ...]:
        """All that was sent, due or not, with what the event logs say: the cursor passes once.

        A change may touch databases of several regions: each region gives what happened there.
        """
        sent = {request.id: request for request in requests}
        places: dict[Where, list[Request]] = defaultdict(list)
        for request in sent.values():
            for area in dict.fromkeys(_area(one) for one in request.step.touches):
                places[area].append(request)
        found = await asyncio.gather(
            *(self._region_events(area, together) for area, together in places.items())
        )
        for enriched in (one for together in found for one in together):
            sent[enriched.id] = _with(sent[enriched.id], enriched.step.events)
        return tuple(sent.values())

    async def _region_events(self, area: Where, requests: list[Request]) -> tuple[Request, ...]:
        account, region = area
        name = f"rds-events/{account}/{region}"
        try:
            since = await self._since(name, requests)
            events = await self._accounts.region(account, region).happened("requests", since)
        except BotError as error:
            self._failed(name, error)
            return tuple(requests)
        self._failing.discard(name)
        enriched = tuple(_enriched(request, area, events) for request in requests)
        await self._keep_events(requests, enriched)
        await self._pass(name, events)
        return enriched

    async def _pass(self, name: str, events: tuple[RDSEvent, ...]) -> None:
        newest = str(events[-1].at) if events else ""
        if newest and newest != await self._store.cursors.get(name):
            await self._store.cursors.set(name, newest)

    async def _since(self, name: str, requests: list[Request]) -> int:
        """A little before the stored cursor, for events that AWS delivered late."""
        oldest = min(request.step.sent_at or 0 for request in requests)
        cursor = int(await self._store.cursors.get(name) or oldest)
        since = max(oldest, cursor - LATE, self._clock() - KEPT)
        return since - since % SECOND

    async def _keep_events(self, before: Iterable[Request], after: Iterable[Request]) -> None:
        """Events are evidence: they are stored before the cursor passes them."""
        pairs = zip(before, after, strict=True)
        changed = [new for old, new in pairs if new.step.events != old.step.events]
        for start in range(0, len(changed), CHUNK):
            async with self._store.write() as tx:
                for request in changed[start : start + CHUNK]:
                    current = await tx.lock_request(request.id)
                    if current.step.sent_at != request.step.sent_at:
                        continue  # of another attempt
                    events = _together(current.step.events, request.step.events)
                    step = current.step.model_copy(update={"events": events})
                    await tx.update_step(request.id, step)

    # -- one request ---------------------------------------------------------------------------

    async def _look(self, request: Request) -> None:
        try:
            await self._look_at_aws(request)
        except ConflictError:
            log.info("following.moved_on", request=request.label)
        except Exception as error:
            # They are looked at together: one that breaks must not leave the others unlooked at.
            log.exception("following.failed", request=request.label)
            await self._past_horizon(request, f"it could not be looked at ({error})")
        self._next[request.id] = self._clock() + self._pause(request)

    async def _look_at_aws(self, request: Request) -> None:
        change = load(request.step.operation, request.step.params)
        try:
            progress = await self._ask(change, request)
        except (AWSError, UnknownTargetError) as error:
            self._failed(request.label, error)
            await self._past_horizon(request, "AWS did not answer")
        else:
            self._failing.discard(request.label)
            await self._write_down(request, progress)

    async def _ask(self, change: Change, request: Request) -> Progress:
        aws = door(self._accounts, change, request, request.step)
        sent = sent_of(request)
        if request.step.accepted_at is None:
            return await change.reconcile(aws, sent)
        return await change.poll(aws, sent)

    def _pause(self, request: Request) -> int:
        interval = micros(self._polling.interval)
        late = self._clock() - (request.step.sent_at or 0) > micros(self._polling.timeout)
        # a little early, so that a tick that comes a moment too soon is not left out
        return int(interval * (SLOWER if late else 1) * 0.9)

    async def _write_down(self, request: Request, progress: Progress) -> None:
        match progress.stage:
            case Stage.WAITING | Stage.ARRIVED:
                await self._still_running(request, progress)
            case Stage.SUCCEEDED:
                await self._end(request, progress, Status.SUCCEEDED, "succeeded")
            case Stage.SCHEDULED:
                await self._end(request, progress, Status.SUCCEEDED, "scheduled")
            case Stage.FAILED:
                await self._end(request, progress, Status.FAILED, "ended_badly")
            case Stage.ROLLED_BACK:
                await self._end(request, progress, Status.FAILED, "rolled_back")
            case Stage.NOT_SENT:
                await self._end(request, progress, Status.FAILED, "not_sent")
            case Stage.UNKNOWN:
                await self._become_unknown(request, progress.detail)

    async def _still_running(self, request: Request, progress: Progress) -> None:
        step = request.step
        now = self._clock()
        waited = now - (step.sent_at or 0)
        late = {"late": True} if waited > micros(self._polling.timeout) else {}
        evidence = {**step.evidence, **progress.evidence, **late}
        arrived = progress.stage is Stage.ARRIVED
        changed = step.model_copy(
            update={
                "evidence": evidence,
                "progress": progress,
                "accepted_at": now if arrived else step.accepted_at,
            }
        )
        # Each write is a chat.update, of which Slack takes some fifty a minute from the whole app.
        # https://docs.slack.dev/apis/web-api/rate-limits
        if _news(step, changed):
            await self._noted(request, changed, arrived=arrived)
        horizon = _horizon(request)
        if waited > micros(horizon):
            await self._become_unknown(
                request, f"AWS has not settled it in {horizon}: {progress.detail}"
            )

    async def _noted(self, request: Request, step: Step, *, arrived: bool) -> None:
        async with self._store.write() as tx:
            current = await tx.lock_request(request.id)
            if current.step.sent_at != request.step.sent_at:
                raise ConflictError(f"{request.label} was given back.")
            found = step.model_dump(include={"evidence"})
            # The answer may have come while we looked: then the sender's word stands.
            accepted_at = current.step.accepted_at or step.accepted_at
            found |= {"progress": step.progress, "accepted_at": accepted_at}
            noted = current.step.model_copy(update=found)
            await tx.update_step(request.id, noted, fence=request.step.fence)
            if arrived:
                await tx.audit(_event(current, "step.found", "accepted", step.progress))
            await tx.post(current.card_message())

    async def _end(self, request: Request, progress: Progress, status: Status, code: str) -> None:
        outcome = Outcome(code=code, detail=_sentence(progress.detail))
        async with self._store.write() as tx:
            current = await tx.lock_request(request.id)
            settled = _settled(current.step, progress, tx.now)
            await tx.update_step(request.id, settled, fence=request.step.fence)
            event = _event(current, f"request.{status}", status, progress)
            moved = await tx.transition(current, status, event, ended_at=tx.now, outcome=outcome)
            for message in self._notifications.moved(moved):
                await tx.post(message)
            # The lock is free: what waited for this database need not wait for a tick as well.
            tx.after_commit(self._executor.nudge)

    async def _become_unknown(self, request: Request, why: str) -> None:
        """Keeps the lock: until it is settled, nothing else may change that database."""
        if request.status is Status.UNKNOWN:
            return
        outcome = Outcome(code="unknown", detail=_sentence(why))
        async with self._store.write() as tx:
            current = await tx.lock_request(request.id)
            # While AWS was asked, a proven refusal may have given it back and a new send begun.
            if current.step.fence != request.step.fence:
                raise ConflictError(f"{request.label} is being sent anew.")
            event = current.event("request.unknown", Status.UNKNOWN, text=why)
            moved = await tx.transition(current, Status.UNKNOWN, event, outcome=outcome)
            for message in self._notifications.moved(moved):
                await tx.post(message)

    async def _past_horizon(self, request: Request, why: str) -> None:
        """Where nothing can be found out at all, there is an end to waiting too."""
        horizon = _horizon(request)
        if self._clock() - (request.step.sent_at or 0) <= micros(horizon):
            return
        try:
            await self._become_unknown(request, f"For {horizon} {why}")
        except BotError as error:
            self._failed(f"{request.label} unknown", error)

    def _failed(self, what: str, error: Exception) -> None:
        if what not in self._failing:
            log.warning("following.unanswered", what=what, why=str(error))
        self._failing.add(what)


def _area(touch: Touch) -> Where:
    return touch.target.account, touch.target.region


def _enriched(request: Request, area: Where, events: tuple[RDSEvent, ...]) -> Request:
    """With what happened there since the send to anything that it touches."""
    there = [one.target for one in request.step.touches if _area(one) == area]
    since = request.step.sent_at or 0
    ours = (one for one in events if one.at >= since and any(map(one.concerns, there)))
    return _with(request, tuple(ours))


def _with(request: Request, events: tuple[RDSEvent, ...]) -> Request:
    step = request.step
    enriched = step.model_copy(update={"events": _together(step.events, events)})
    return request.model_copy(update={"steps": (enriched, *request.steps[1:])})


def _horizon(request: Request) -> timedelta:
    """Of its plan, else of its operation; an hour for one that is no longer in the catalogue."""
    if request.step.plan.horizon is not None:
        return request.step.plan.horizon
    operation = CATALOGUE.get(request.step.operation, Operation)
    return operation.horizon if issubclass(operation, Change) else timedelta(hours=1)


def _settled(step: Step, progress: Progress, now: int) -> Step:
    """From here on it is looked at again only where its change says so."""
    return step.model_copy(
        update={
            "settled_at": now,
            "evidence": {**step.evidence, **progress.evidence},
            "progress": progress,
            "next_poll_at": load(step.operation, step.params).recheck_at(progress),
        }
    )


def _together(known: tuple[RDSEvent, ...], new: tuple[RDSEvent, ...]) -> tuple[RDSEvent, ...]:
    """Each once, oldest first."""
    return tuple(sorted(dict.fromkeys((*known, *new)), key=lambda event: event.at))


def sent_of(request: Request) -> Sent:
    step = request.step
    baseline = step.evidence.get("baseline", step.plan.baseline)
    return Sent(
        order=request.order(step),
        plan=step.plan.model_copy(update={"baseline": baseline}),
        session_name=step.session_name,
        sent_at=step.sent_at or 0,
        receipt=step.receipt,
        evidence=step.evidence,
        events=step.events,
    )


def _news(before: Step, after: Step) -> bool:
    """Whether there is something to write and to show."""
    told = before.progress and (before.progress.detail, before.progress.percent)
    tells = after.progress and (after.progress.detail, after.progress.percent)
    return (told, before.evidence, before.accepted_at) != (
        tells,
        after.evidence,
        after.accepted_at,
    )


def _sentence(text: str) -> str:
    return text + ("" if text.endswith((".", "!", "?")) else ".")


def _event(request: Request, action: str, result: str, progress: Progress | None) -> AuditEvent:
    if progress is None:
        return request.event(action, result)
    return request.event(
        action, result, facts={"evidence": progress.evidence}, text=progress.detail
    )
