"""What became of a claim, written down: accepted, refused, lost, given back or ended.

Each of them is one transaction with its audit row and the messages that tell it. Whoever lost the
claim meanwhile changes nothing: what others have concluded holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.errors import AWSNotNowError, AWSRefusedError, ConflictError
from bot.policy import Worse
from bot.requests.notifications import Notifications
from bot.values import (
    Instant,
    Outcome,
    Progress,
    Receipt,
    Refusal,
    Request,
    Stage,
    Status,
    Step,
    micros,
    session_name,
)
from storage.store import Store
from storage.tables.requests import LONGEST_PAUSE
from storage.transaction import Transaction

AGAIN = micros(timedelta(seconds=15))  #: until a check that AWS or Slack did not answer is retried
NOT_SENT = "NotSent"  #: in place of AWS's code where the call never left the bot
#: Without ``fence``: it only ever grows, or whoever had claimed it earlier could write again.
UNCLAIMED = {"claimed_at": None, "lease_owner": None, "lease_until": None}

log = structlog.get_logger()


@dataclass(frozen=True)
class Claim:
    """A request that this process alone may send, until its lease ends."""

    request: Request
    step: Step
    checked: Instant  #: when the check began that lets it be sent
    noted: Instant | None = None  #: when it was noted as sent

    @property
    def fence(self) -> int:
        return self.step.fence


class Outcomes:
    def __init__(
        self,
        store: Store,
        notifications: Notifications,
        clock: Callable[[], int],
        nudge: Callable[[], None],
    ) -> None:
        """``nudge`` is called where something else may have become sendable."""
        self._store = store
        self._notifications = notifications
        self._clock = clock
        self._nudge = nudge

    async def accepted(self, claim: Claim, receipt: Receipt) -> None:
        async with self._store.write() as tx:
            request = await tx.lock_request(claim.request.id)
            step = request.step.model_copy(update={"receipt": receipt, "accepted_at": tx.now})
            await tx.update_step(request.id, step, fence=claim.fence)
            facts = {"aws_request_id": receipt.aws_request_id}
            await tx.audit(request.event("step.accepted", "accepted", facts=facts))
            await tx.post(request.card_message())

    async def not_now(self, claim: Claim, error: AWSNotNowError) -> None:
        """Proof that nothing was done makes it an approved request again.

        Whatever others have concluded meanwhile holds; only who could not tell is told.
        """
        log.info("executor.not_now", request=claim.request.label, code=error.code, why=str(error))
        async with self._store.write() as tx:
            request = await tx.lock_request(claim.request.id)
            if _awaits_answer(request, claim.fence):
                await self._back_with_proof(tx, request, claim, error)
                return
            facts = {"code": error.code}
            await tx.audit(request.event("step.refused", request.status, "bot", facts, str(error)))
        if request.status is Status.UNKNOWN:
            await self.refused(claim, error)

    async def _back_with_proof(
        self, tx: Transaction, request: Request, claim: Claim, error: AWSNotNowError
    ) -> None:
        step = request.step
        times = step.refusal.times + 1 if step.refusal else 1
        refusal = Refusal(at=tx.now, code=error.code, detail=str(error), times=times)
        free = {
            **UNCLAIMED,
            "sent_at": None,
            "refusal": refusal,
            # CloudTrail is asked by it, and has to tell this attempt from the refused one.
            # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
            "session_name": session_name(request.id, step.number, times),
            # What happened since a send that did nothing was somebody else's doing.
            "events": (),
            "progress": Progress(stage=Stage.WAITING, detail=_refusal(error, " for now")),
        }
        await tx.update_step(request.id, step.model_copy(update=free), fence=claim.fence)
        facts = {"code": error.code, "attempt": times, "session": step.session_name}
        event = request.event("step.refused", Status.APPROVED, "bot", facts, str(error))
        # No further off than LONGEST_PAUSE: what is, storage takes for set by a wrong clock.
        not_before = tx.now + min(AGAIN * 2 ** min(times - 1, 10), LONGEST_PAUSE)
        moved = await tx.transition(request, Status.APPROVED, event, not_before=not_before)
        await tx.post(moved.card_message())

    async def refused(self, claim: Claim, error: AWSRefusedError) -> None:
        detail = f"{_refusal(error)} Nothing was done; it can be asked for again."
        await self._ended(claim, Outcome(code=f"refused.{error.code}", detail=detail))

    async def lost(self, claim: Claim, why: str) -> None:
        """No answer: the lease ends now, so that the next tick asks AWS what arrived."""
        async with self._store.write() as tx:
            request = await tx.lock_request(claim.request.id)
            step = request.step.model_copy(update={"lease_until": tx.now})
            await tx.update_step(request.id, step, fence=claim.fence)
            await tx.audit(request.event("step.answer_lost", "ambiguous", text=why))
            await tx.post(request.card_message())

    async def fail_unsent(self, claim: Claim, worse: tuple[Worse, ...]) -> None:
        sentences = " ".join(one.sentence for one in worse)
        detail = f"Not sent, because things changed since it was asked for. {sentences}"
        outcome = Outcome(code=f"changed.{worse[0].code}", detail=detail)
        await self._ended(claim, outcome)

    async def _ended(self, claim: Claim, outcome: Outcome) -> None:
        try:
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
                for message in self._notifications.moved(moved):
                    await tx.post(message)
                tx.after_commit(self._nudge)
        except ConflictError:
            log.info("executor.claim_moved_on", request=claim.request.label)

    async def postpone(self, claim: Claim, why: str) -> None:
        """Neither checked nor sent for now."""
        log.warning("executor.check_postponed", request=claim.request.label, why=why)
        until = self._clock() + AGAIN
        await self.give_back(claim.request, claim.step, "request.check_postponed", until, why)

    async def give_back(
        self, request: Request, step: Step, action: str, not_before: int, why: str = ""
    ) -> None:
        """A claim that sent nothing becomes an approved request again; ``why`` it waits."""
        waits = Progress(stage=Stage.WAITING, detail=why) if why else None
        free = step.model_copy(update={**UNCLAIMED, "progress": waits})
        try:
            async with self._store.write() as tx:
                request = await tx.lock_request(request.id)
                await tx.update_step(request.id, free, fence=step.fence)
                event = request.event(action, Status.APPROVED, text=why)
                moved = await tx.transition(request, Status.APPROVED, event, not_before=not_before)
                await tx.post(moved.card_message())
        except ConflictError:
            log.info("executor.claim_moved_on", request=request.label)


def _awaits_answer(request: Request, fence: int) -> bool:
    """Whether nobody has concluded anything about this attempt yet."""
    step = request.step
    return (request.status, step.fence, step.accepted_at) == (Status.RUNNING, fence, None)


def _refusal(error: AWSRefusedError, when: str = "") -> str:
    """Whose no it is, and the words: ``AWS refused for now (Throttling): Rate exceeded.``"""
    said = str(error).rstrip(".")
    return f"{said}." if error.code == NOT_SENT else f"AWS refused{when} ({error.code}): {said}."
