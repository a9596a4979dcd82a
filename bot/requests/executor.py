"""The AWS half of a request's life: claim, check again, send once.

``bot.requests.follower`` does the rest.

``sent_at`` empty proves that nothing left the bot. From then on nothing is sent again without proof
that the call did nothing: AWS's own refusal, or that it never left.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.aws import AWS
from bot.aws.accounts import Accounts
from bot.aws.session import Acting
from bot.errors import (
    AWSAmbiguousError,
    AWSNotNowError,
    AWSRefusedError,
    AWSUnavailableError,
    ConflictError,
    DirectoryError,
    PreflightError,
    UnknownTargetError,
)
from bot.operation import Change
from bot.operations import load
from bot.policy import Now, Worse, Worsening, still_approved
from bot.policy.approvers import read_electorate
from bot.policy.eligibility import Directory
from bot.policy.judge import Judge
from bot.requests.notifications import Notifications
from bot.requests.outcomes import NOT_SENT, Claim, Outcomes
from bot.values import (
    SECOND,
    Decision,
    Instant,
    PersonId,
    Plan,
    Request,
    Status,
    Step,
    locks,
    micros,
    passed,
)
from storage.errors import LockedError
from storage.store import Store
from storage.tables.requests import LONGEST_PAUSE
from storage.transaction import Transaction

LEASE = micros(timedelta(minutes=2))  #: longer than check, call and commit can take together
#: A call that leaves later than this after it was noted as sent might come when others already
#: look for what became of it, or have found that it never arrived.
PROMPT = micros(timedelta(seconds=5))
#: What was checked longer ago than this is checked again.
CHECKED = micros(timedelta(seconds=20))
BUSY = micros(timedelta(seconds=20))  #: until a database that AWS is at work on is asked again
BATCH = 50

log = structlog.get_logger()


class Executor:
    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        judge: Judge,
        directory: Directory,
        notifications: Notifications,
        clock: Callable[[], int],
        owner: str,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """``steady`` gives seconds that no step of the wall clock ``clock`` moves."""
        self._store = store
        self._accounts = accounts
        self._judge = judge
        self._directory = directory
        self._outcomes = Outcomes(store, notifications, clock, self.nudge)
        self._clock = clock
        self._steady = steady
        self._owner = owner
        self._tasks: set[asyncio.Task[None]] = set()
        # Beside the lease, which is measured by a clock that somebody may set meanwhile.
        self._sending: set[int] = set()
        self._stopping = False

    def nudge(self) -> None:
        """Look for something to send, now; called by whoever made something sendable."""
        self._spawn(self.claim_all())

    async def tick(self) -> None:
        await self.give_back_lost_claims()
        await self.claim_all()

    async def claim_all(self) -> None:
        """Claim whatever may be sent; each goes its own way, at once.

        Nothing may where the bot only observes: what was approved before waits, and expires.
        """
        if self._stopping or self._accounts.observes:
            return
        for request_id in await self._store.requests.claimable(self._clock(), BATCH):
            self._spawn(self._carry_out(request_id))

    async def give_back_lost_claims(self) -> None:
        """Whatever another process claimed and never sent may be claimed again."""
        now = self._clock()
        for request in await self._store.requests.unsent():
            if self.is_lost(request, now):
                await self._outcomes.give_back(request, request.step, "request.lease_lost", now)

    def is_lost(self, request: Request, now: int) -> bool:
        """Whether the process that claimed it is gone: its lease ended, or it cannot live.

        Never while this very process waits for AWS's answer, however its clock is set meanwhile.
        """
        if request.id in self._sending:
            return False
        step = request.step
        # One process at a time has a SQLite file (storage/lockfile.py): another owner has ended.
        dead = self._store.is_exclusive and step.lease_owner != self._owner
        return dead or passed(step.lease_until or 0, now, LEASE)

    async def stop(self, within: float) -> None:
        """No new claims; a call in flight ends or is left as sent."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    async def idle(self) -> None:
        """Returns when nothing is being claimed, checked or sent."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _spawn(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Nobody awaits these tasks, and asyncio tells of an error only when one is collected.
            log.error("executor.failed", exc_info=error)

    # -- claim, check, send --------------------------------------------------------------------

    async def _carry_out(self, request_id: int) -> None:
        claim = await self._claim(request_id)
        if claim is None:
            return
        try:
            # A later version may know no such operation, and new settings no such account.
            change = load(claim.step.operation, claim.step.params)
            aws = door(self._accounts, change, claim.request, claim.step)
        except (LookupError, ValueError, UnknownTargetError) as error:
            await self._outcomes.fail_unsent(claim, (_unusable(error),))
            return
        try:
            plan, worse = await self._check_again(change, aws, claim)
        except (AWSUnavailableError, DirectoryError) as error:
            await self._outcomes.postpone(claim, str(error))
            return
        if worse:
            await self._outcomes.fail_unsent(claim, worse)
        elif plan.busy:
            log.info("executor.busy", request=claim.request.label, why=plan.busy)
            until = self._clock() + BUSY
            await self._outcomes.give_back(
                claim.request, claim.step, "request.busy", until, plan.busy
            )
        else:
            # Who cancels this task must not cut the call off: nobody would know if AWS has it.
            # https://docs.python.org/3/library/asyncio-task.html#shielding-from-cancellation
            await asyncio.shield(self._send_fresh(change, aws, claim, plan))

    async def _send_fresh(self, change: Change, aws: AWS, claim: Claim, plan: Plan) -> None:
        """Credentials first: once it is noted as sent, nothing but the call itself is left."""
        try:
            async with aws.prepared(claim.step.plan.call) as ready:
                if sent := await self._mark_sent(claim, plan):
                    with self._awaiting(sent):
                        await self._send(change, ready, sent)
        except (AWSNotNowError, AWSAmbiguousError) as error:
            await self._outcomes.postpone(claim, str(error))
        except AWSRefusedError as error:
            await self._outcomes.refused(claim, error)

    async def _claim(self, request_id: int) -> Claim | None:
        """None where it may not be sent now: taken, moved on, or its database is at work."""
        try:
            async with self._store.write() as tx:
                # Whoever has it locked decides about it right now; the next tick comes back to it.
                request = await tx.try_lock_request(request_id)
                if self._stopping or request is None or not _is_sendable(request, tx.now):
                    return None
                return await self._claimed(tx, request, self._instant())
        # Said by the index step_locks_held: it holds between replicas, as no lock in memory does.
        except LockedError as locked:
            await self._wait_for(request_id, locked.holder)
        except ConflictError:
            log.info("executor.claim_lost", request=request_id)
        return None

    async def _claimed(self, tx: Transaction, request: Request, at: Instant) -> Claim:
        step = request.step.model_copy(
            update={
                "claimed_at": tx.now,
                "progress": None,
                "lease_owner": self._owner,
                "lease_until": tx.now + LEASE,
                # A process that slept past its lease has an older one: what it writes is refused.
                "fence": request.step.fence + 1,
            }
        )
        step = await tx.update_step(request.id, step, fence=request.step.fence)
        event = request.event("step.claimed", "claimed", facts={"fence": step.fence})
        moved = await tx.transition(request, Status.RUNNING, event, waits_for=None)
        await tx.post(moved.card_message())
        return Claim(moved, step, checked=at)

    async def _wait_for(self, request_id: int, holder: int) -> None:
        async with self._store.write() as tx:
            request = await tx.lock_request(request_id)
            # Every tick comes by here, and the card and the trail need to be told once.
            if request.status is not Status.APPROVED or request.waits_for == holder:
                return
            waiting = await tx.set_waits_for(request, holder)
            await tx.audit(request.event("request.waits", "waits", facts={"for": holder}))
            await tx.post(waiting.card_message())

    async def _check_again(
        self, change: Change, aws: AWS, claim: Claim
    ) -> tuple[Plan, tuple[Worse, ...]]:
        """The plan as of now, and what got worse since people agreed; nothing worse means go."""
        request, order = claim.request, claim.request.order(claim.step)
        try:
            looked, plan = await asyncio.gather(
                self._accounts.look(order.target), change.plan(aws, order)
            )
        except PreflightError as error:
            return claim.step.plan, (Worse(code=Worsening.PREFLIGHT, sentence=str(error)),)
        except AWSRefusedError as error:
            said = f"AWS says {error.code}: {error}"
            return claim.step.plan, (Worse(code=Worsening.PREFLIGHT, sentence=said),)
        # What is unread counts as the strictest environment, which would end here, for a read that
        # may pass a minute later, what people have agreed to. So it waits.
        looked = await self._accounts.reach(looked, plan)
        if passing := next((one for one in looked.all_unread if one.is_passing), None):
            raise AWSUnavailableError(f"Its {passing.what} cannot be read: {passing.why}")
        judged = self._judge.judge(change, looked, plan)
        now = Now(
            case=judged.case,
            decision=judged.decision,
            call=plan.call,
            database=looked.database,
            eligible=await self._agreed(request, judged.decision),
            touches=plan.beside(order.target),
            touched=looked.touched,
            locks=locks(looked, plan),
        )
        return plan, still_approved(request, claim.step, now)

    async def _agreed(self, request: Request, now: Decision) -> frozenset[PersonId]:
        """Those who agreed and still may; nobody is asked for where nobody had to agree."""
        if not request.votes:
            return frozenset()
        electorate = await read_electorate(self._directory, request, now, (), self._clock())
        return electorate.agreed(request)

    async def _mark_sent(self, claim: Claim, plan: Plan) -> Claim | None:
        """Commit that the call leaves now, with the facts right before it, which proof rests on.

        None where it must not: the claim was lost meanwhile, or too much time has passed.
        """
        if why := self._is_stale(claim):
            await self._outcomes.postpone(claim, why)
            return None
        # Given back, not ended: requests expire in one place, Approvals.expire.
        if _is_too_late(claim.request, self._clock()):
            await self._outcomes.give_back(
                claim.request, claim.step, "request.too_late", self._clock()
            )
            return None
        try:
            async with self._store.write() as tx:
                # By both clocks: a suspended machine stops one, who sets the time moves the other.
                noted = Instant(tx.now, self._steady())
                request = await tx.lock_request(claim.request.id)
                # Whoever asked may have taken it back while it was checked, which is open to them
                # until now.
                if request.status is not Status.RUNNING:
                    return None
                # As of now: what others did since people agreed is no proof of our call.
                evidence = {"baseline": plan.baseline}
                sent = {"sent_at": tx.now, "lease_until": tx.now + LEASE, "evidence": evidence}
                step = claim.step.model_copy(update=sent)
                step = await tx.update_step(request.id, step, fence=claim.fence)
                call = step.plan.call.json_value()
                facts = {"call": call, "session": step.session_name}
                await tx.audit(request.event("step.sent", "sent", facts=facts))
                return replace(claim, request=request, step=step, noted=noted)
        except ConflictError:
            log.warning("executor.claim_lost", request=claim.request.label)
            return None

    @contextmanager
    def _awaiting(self, claim: Claim) -> Iterator[None]:
        self._sending.add(claim.request.id)
        try:
            yield
        finally:
            self._sending.discard(claim.request.id)

    async def _send(self, change: Change, ready: AWS, claim: Claim) -> None:
        """The one call. Whatever comes of it is written down; nothing is sent a second time
        without proof that the first did nothing."""
        order = claim.request.order(claim.step)
        asking = ready.asking(lambda: self._still(claim))
        try:
            receipt = await change.execute(asking, order, claim.step.plan)
        except AWSNotNowError as error:
            await self._outcomes.not_now(claim, error)
        except AWSRefusedError as error:
            await self._outcomes.refused(claim, error)
        except AWSAmbiguousError as error:
            await self._outcomes.lost(claim, str(error))
        else:
            await self._outcomes.accepted(claim, receipt)

    def _still(self, claim: Claim) -> None:
        """Asked with the call signed and about to leave."""
        if why := self._is_stale(claim):
            raise AWSNotNowError(NOT_SENT, why)

    def _is_stale(self, claim: Claim) -> str:
        """Why it must not leave any more; empty where everything happened just now.

        Asleep, stopped or suspended, or with its clock set, a process cannot know what others have
        concluded meanwhile; and what it checked may no longer be so.
        """
        now = self._instant()
        if claim.noted is not None and claim.noted.apart(now) > PROMPT:
            held = _seconds(claim.noted.apart(now))
            return f"I was held up for {held} right before the call, so I did not make it"
        if claim.checked.apart(now) > CHECKED:
            held = _seconds(claim.checked.apart(now))
            return f"{held} had passed since I began to check it, so it is checked again"
        return ""

    def _instant(self) -> Instant:
        return Instant(self._clock(), self._steady())


def door(accounts: Accounts, change: Change, request: Request, step: Step) -> AWS:
    """AWS as this step may use it, under its own session name and its requester's identity."""
    # The source identity cannot be changed within the session, and CloudTrail shows it.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    identity = Acting(session_name=step.session_name, source_identity=request.requester.user)
    return accounts.door(step.target, change.permissions, identity)


def _seconds(micros: int) -> str:
    return f"{micros // SECOND} s"


def _unusable(error: Exception) -> Worse:
    said = f"I no longer know how to do this ({error}). Ask again."
    return Worse(code=Worsening.PREFLIGHT, sentence=said)


def _is_sendable(request: Request, now: int) -> bool:
    return (
        request.status is Status.APPROVED
        and (request.not_before is None or passed(request.not_before, now, LONGEST_PAUSE))
        and now >= (request.starts_at or 0)
        and not _is_too_late(request, now)
    )


def _is_too_late(request: Request, now: int) -> bool:
    """It was not sent in time, and expires."""
    return request.send_by is not None and now >= request.send_by
