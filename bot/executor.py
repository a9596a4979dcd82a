"""The AWS half of a request's life: claim, check again, send once. ``bot.following`` does the rest.

``sent_at`` empty proves that nothing left the bot; from then on nothing is ever sent again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.aws import AWS
from bot.aws.accounts import Accounts
from bot.aws.session import Acting
from bot.electorate import read_electorate
from bot.errors import (
    AWSAmbiguousError,
    AWSRefusedError,
    AWSUnavailableError,
    ConflictError,
    DirectoryError,
    PreflightError,
    UnknownTargetError,
)
from bot.judging import Judge
from bot.operation import Change
from bot.operations import load
from bot.people import Directory
from bot.policy import Now, Worse, Worsening, still_approved
from bot.telling import Telling
from bot.values import (
    Outcome,
    PersonId,
    Plan,
    Receipt,
    Request,
    Step,
    micros,
)
from bot.vocabulary import Status
from storage.database import Database as Store
from storage.errors import LockedError
from storage.transaction import Transaction

LEASE = micros(timedelta(minutes=2))  #: longer than check, call and commit can take together
AGAIN = micros(timedelta(seconds=15))  #: until a check that AWS or Slack did not answer is retried
BUSY = micros(timedelta(seconds=20))  #: until a database that AWS is at work on is asked again
BATCH = 50

log = structlog.get_logger()


@dataclass(frozen=True)
class Claim:
    """A request that this process alone may send, until its lease ends."""

    request: Request
    step: Step

    @property
    def fence(self) -> int:
        return self.step.fence


class Executor:
    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        judge: Judge,
        directory: Directory,
        telling: Telling,
        clock: Callable[[], int],
        owner: str,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._judge = judge
        self._directory = directory
        self._telling = telling
        self._clock = clock
        self._owner = owner
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def nudge(self) -> None:
        """Look for something to send, now; called by whoever made something sendable."""
        self._spawn(self.claim_all())

    async def claim_all(self) -> None:
        """Claim whatever may be sent; each goes its own way, at once."""
        if self._stopping:
            return
        for request_id in await self._store.requests.claimable(self._clock(), BATCH):
            self._spawn(self._carry_out(request_id))

    async def give_back_lost_claims(self) -> None:
        """Whatever another process claimed and never sent may be claimed again."""
        now = self._clock()
        for request in await self._store.requests.unsent():
            if self.is_lost(request.step, now):
                await self._give_back(request, request.step, "request.lease_lost", now)

    def is_lost(self, step: Step, now: int) -> bool:
        """Whether the process that claimed a step is gone: its lease ended, or it cannot live."""
        dead = self._store.is_exclusive and step.lease_owner != self._owner
        return dead or (step.lease_until or 0) <= now

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
            log.error("executor.failed", exc_info=error)

    # -- claim, check, send --------------------------------------------------------------------

    async def _carry_out(self, request_id: int) -> None:
        claim = await self._claim(request_id)
        if claim is None:
            return
        try:
            change = load(claim.step.operation, claim.step.params)
            aws = door(self._accounts, change, claim.request, claim.step)
        except (LookupError, ValueError, UnknownTargetError) as error:
            await self._fail_unsent(claim, (_unusable(error),))
            return
        try:
            plan, worse = await self._check_again(change, aws, claim)
        except (AWSUnavailableError, DirectoryError) as error:
            log.warning("executor.check_postponed", request=claim.request.label, why=str(error))
            await self._give_back(
                claim.request, claim.step, "request.check_postponed", self._clock() + AGAIN
            )
            return
        if worse:
            await self._fail_unsent(claim, worse)
        elif plan.busy:
            log.info("executor.busy", request=claim.request.label, why=plan.busy)
            until = self._clock() + BUSY
            await self._give_back(claim.request, claim.step, "request.busy", until)
        elif _is_too_late(claim.request, self._clock()):
            await self._give_back(claim.request, claim.step, "request.too_late", self._clock())
        elif sent := await self._mark_sent(claim, plan):
            await asyncio.shield(self._send(change, aws, sent))

    async def _claim(self, request_id: int) -> Claim | None:
        """None where it may not be sent now: taken, moved on, or its database is at work."""
        try:
            async with self._store.write() as tx:
                request = await tx.try_lock_request(request_id)
                if self._stopping or request is None or not _is_sendable(request, tx.now):
                    return None
                return await self._claimed(tx, request)
        except LockedError as locked:
            await self._wait_for(request_id, locked.holder)
        except ConflictError:
            log.info("executor.claim_lost", request=request_id)
        return None

    async def _claimed(self, tx: Transaction, request: Request) -> Claim:
        step = request.step.model_copy(
            update={
                "claimed_at": tx.now,
                "lease_owner": self._owner,
                "lease_until": tx.now + LEASE,
                "fence": request.step.fence + 1,
            }
        )
        step = await tx.update_step(request.id, step, fence=request.step.fence)
        event = request.event("step.claimed", "claimed", facts={"fence": step.fence})
        moved = await tx.transition(request, Status.RUNNING, event, waits_for=None)
        await tx.post(self._telling.card(moved))
        return Claim(moved, step)

    async def _wait_for(self, request_id: int, holder: int) -> None:
        async with self._store.write() as tx:
            request = await tx.lock_request(request_id)
            if request.status is not Status.APPROVED or request.waits_for == holder:
                return
            waiting = await tx.set_waits_for(request, holder)
            await tx.audit(request.event("request.waits", "waits", facts={"for": holder}))
            await tx.post(self._telling.card(waiting))

    async def _check_again(
        self, change: Change, aws: AWS, claim: Claim
    ) -> tuple[Plan, tuple[Worse, ...]]:
        """The plan as of now, and what got worse since people agreed; nothing worse means go."""
        request, order = claim.request, claim.request.order(claim.step)
        try:
            looked, plan, standing = await asyncio.gather(
                self._accounts.look(order.target),
                change.plan(aws, order),
                self._standing(request),
            )
        except PreflightError as error:
            return claim.step.plan, (Worse(code=Worsening.PREFLIGHT, sentence=str(error)),)
        except AWSRefusedError as error:
            said = f"AWS says {error.code}: {error}"
            return claim.step.plan, (Worse(code=Worsening.PREFLIGHT, sentence=said),)
        judged = self._judge.judge(change, looked)
        now = Now(
            case=judged.case,
            decision=judged.decision,
            call=plan.call,
            database=looked.database,
            eligible=standing,
        )
        return plan, still_approved(request, claim.step, now)

    async def _standing(self, request: Request) -> frozenset[PersonId]:
        """Those who agreed and still may; nobody is asked for where nobody had to agree."""
        if not request.votes:
            return frozenset()
        electorate = await read_electorate(self._directory, request, (), self._clock())
        return electorate.standing(request, request.decision.approvers)

    async def _mark_sent(self, claim: Claim, plan: Plan) -> Claim | None:
        """Commit that the call leaves now, with the facts right before it, which proof rests on.

        None where the claim was lost meanwhile.
        """
        try:
            async with self._store.write() as tx:
                request = await tx.lock_request(claim.request.id)
                if request.status is not Status.RUNNING:
                    return None
                evidence = {"baseline": plan.baseline}
                sent = {"sent_at": tx.now, "lease_until": tx.now + LEASE, "evidence": evidence}
                step = claim.step.model_copy(update=sent)
                step = await tx.update_step(request.id, step, fence=claim.fence)
                call = step.plan.call.json_value()
                facts = {"call": call, "session": step.session_name}
                await tx.audit(request.event("step.sent", "sent", facts=facts))
                return Claim(request, step)
        except ConflictError:
            log.warning("executor.claim_lost", request=claim.request.label)
            return None

    async def _send(self, change: Change, aws: AWS, claim: Claim) -> None:
        """The one call. Whatever comes of it is written down; nothing is sent a second time."""
        order = claim.request.order(claim.step)
        try:
            receipt = await change.execute(aws, order, claim.step.plan)
        except AWSRefusedError as error:
            said = str(error).rstrip(".")
            detail = (
                f"AWS refused ({error.code}): {said}. Nothing was done; it can be asked for again."
            )
            await self._ended(claim, Outcome(code=f"refused.{error.code}", detail=detail))
        except AWSAmbiguousError as error:
            await self._lost(claim, str(error))
        else:
            await self._accepted(claim, receipt)

    # -- writing down what became of it --------------------------------------------------------

    async def _accepted(self, claim: Claim, receipt: Receipt) -> None:
        async with self._store.write() as tx:
            request = await tx.lock_request(claim.request.id)
            step = request.step.model_copy(update={"receipt": receipt, "accepted_at": tx.now})
            await tx.update_step(request.id, step, fence=claim.fence)
            facts = {"aws_request_id": receipt.aws_request_id}
            await tx.audit(request.event("step.accepted", "accepted", facts=facts))
            await tx.post(self._telling.card(request))

    async def _lost(self, claim: Claim, why: str) -> None:
        """No answer: the lease ends now, so that the next tick asks AWS what arrived."""
        async with self._store.write() as tx:
            request = await tx.lock_request(claim.request.id)
            step = request.step.model_copy(update={"lease_until": tx.now})
            await tx.update_step(request.id, step, fence=claim.fence)
            await tx.audit(request.event("step.answer_lost", "ambiguous", text=why))
            await tx.post(self._telling.card(request))

    async def _fail_unsent(self, claim: Claim, worse: tuple[Worse, ...]) -> None:
        sentences = " ".join(one.sentence for one in worse)
        detail = f"Not sent, because things changed since it was asked for. {sentences}"
        outcome = Outcome(code=f"changed.{worse[0].code}", detail=detail)
        await self._ended(claim, outcome)

    async def _ended(self, claim: Claim, outcome: Outcome) -> None:
        async with self._store.write() as tx:
            request = await tx.lock_request(claim.request.id)
            step = request.step.model_copy(update={"settled_at": tx.now})
            await tx.update_step(request.id, step, fence=claim.fence)
            event = request.event(
                "request.failed", "failed", facts={"code": outcome.code}, text=outcome.detail
            )
            moved = await tx.transition(
                request, Status.FAILED, event, ended_at=tx.now, outcome=outcome
            )
            for message in self._telling.moved(moved):
                await tx.post(message)
            tx.after_commit(self.nudge)

    async def _give_back(self, request: Request, step: Step, action: str, not_before: int) -> None:
        """A claim that sent nothing becomes an approved request again."""
        free = step.model_copy(
            update={"claimed_at": None, "lease_owner": None, "lease_until": None}
        )
        try:
            async with self._store.write() as tx:
                request = await tx.lock_request(request.id)
                await tx.update_step(request.id, free, fence=step.fence)
                event = request.event(action, Status.APPROVED)
                moved = await tx.transition(request, Status.APPROVED, event, not_before=not_before)
                await tx.post(self._telling.card(moved))
        except ConflictError:
            log.info("executor.claim_moved_on", request=request.label)


def door(accounts: Accounts, change: Change, request: Request, step: Step) -> AWS:
    """AWS as this step may use it, under its own session name and its requester's identity."""
    identity = Acting(session_name=step.session_name, source_identity=request.requester.user)
    return accounts.door(step.target, change.permissions, identity)


def _unusable(error: Exception) -> Worse:
    said = f"I no longer know how to do this ({error}). Ask again."
    return Worse(code=Worsening.PREFLIGHT, sentence=said)


def _is_sendable(request: Request, now: int) -> bool:
    return (
        request.status is Status.APPROVED
        and (request.not_before is None or request.not_before <= now)
        and not _is_too_late(request, now)
    )


def _is_too_late(request: Request, now: int) -> bool:
    """It was not sent in time, and expires."""
    return request.send_by is not None and now >= request.send_by
