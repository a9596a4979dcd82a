"""The human half of a request's life: asked for, agreed to or refused, taken back, expired."""

from collections.abc import Callable
from typing import Any, NoReturn

import structlog

from bot.errors import BotError, DirectoryError, NotAllowedError, StorageError
from bot.policy import altered, enough
from bot.policy.approvers import Electorate, known_electorate, person_or_gone, read_electorate
from bot.policy.authorization import Authorization, refuse, settlers
from bot.policy.eligibility import Directory, sealed
from bot.policy.judge import Judge
from bot.requests.drafts import Ask, Drafts
from bot.requests.notifications import Notifications
from bot.requests.quotas import Quotas, TooManyError
from bot.requests.refusals import (
    closed,
    code,
    ineligible,
    is_overdue,
    not_cancellable,
    not_settleable,
)
from bot.settings import OBSERVES, Settings
from bot.values import (
    AuditEvent,
    Effect,
    Outcome,
    Person,
    PersonId,
    Request,
    Status,
    Value,
    Verdict,
    Vote,
)
from storage.errors import DuplicateRequestError
from storage.store import Store
from storage.transaction import Transaction

#: What can still be agreed to, or is agreed to and may not have been sent.
UNSENT = (Status.PENDING, Status.APPROVED, Status.RUNNING)
MOST = 1000  #: open requests that are compared with new settings
POLICY = "request.policy_changed"

log = structlog.get_logger()


class Rehearsal(Value):
    """What a dry run shows: the request as it would be filed, and what stands in its way."""

    request: Request
    obstacle: str = ""


class Approvals:
    """Every method may be called twice: the second call finds the request moved on and says so."""

    def __init__(
        self,
        store: Store,
        drafts: Drafts,
        directory: Directory,
        notifications: Notifications,
        settings: Settings,
        judge: Judge,
        nudge: Callable[[], None],
    ) -> None:
        self._store = store
        self._drafts = drafts
        self._directory = directory
        self._authorization = Authorization(store, directory)
        self._notifications = notifications
        self._settings = settings
        self._judge = judge
        self._nudge = nudge
        self._quotas = Quotas(settings.limits)

    async def submit(self, ask: Ask) -> Request:
        """File what was asked for. An open request for the same, of the same person, comes back.

        Raises what ``Drafts.draft`` raises, and NotAllowedError where nobody could approve it,
        too much was filed lately, or the bot only observes.
        """
        if self._settings.observe:
            raise NotAllowedError(OBSERVES)
        draft = await self._drafts.draft(ask)
        if obstacle := await self._obstacle(draft):
            event = draft.event("request.refused", "no_approvers", draft.requester)
            await refuse(self._store, event, NotAllowedError(obstacle))
        try:
            async with self._store.write() as tx:
                request = await self._file(tx, draft, ask.key)
                # Behind the filing, as it locks the end of the audit chain, for which all who file
                # wait: two commands at once cannot both pass, and what is too much is rolled back.
                await self._quotas.check(tx, draft, tx.now)
                return request
        except DuplicateRequestError as duplicate:
            return duplicate.existing
        except TooManyError as refusal:
            event = draft.event("request.refused", refusal.code, draft.requester, refusal.facts)
            await refuse(self._store, event, refusal)

    async def rehearse(self, ask: Ask) -> Rehearsal:
        """What ``submit`` would file; leaves nothing but an audit row."""
        draft = await self._drafts.draft(ask)
        result = "observed" if self._settings.observe else "rehearsed"
        facts = {**_judged(draft), "effect": draft.decision.effect}
        event = draft.event("request.rehearsed", result, draft.requester, facts, draft.reason)
        await self._audit(event)
        return Rehearsal(
            request=draft, obstacle=await self._obstacle(draft) or await self._full(draft)
        )

    async def approve(self, request_id: int, voter: PersonId, received_at: int) -> Request:
        """Count an approval; the request comes back with the votes that count by now.

        Raises NotAllowedError, ClosedError or DirectoryError.
        """
        return await self._vote(request_id, voter, Verdict.APPROVE, received_at, "")

    async def reject(
        self, request_id: int, voter: PersonId, received_at: int, reason: str
    ) -> Request:
        """One no ends it. Raises NotAllowedError, ClosedError or DirectoryError."""
        return await self._vote(request_id, voter, Verdict.REJECT, received_at, reason)

    async def may_vote(
        self, request_id: int, voter: PersonId, verdict: Verdict, received_at: int
    ) -> Request:
        """Whether a vote would count, before somebody fills in a form. Raises as a vote does."""
        request, electorate, person = await self._read(request_id, voter, received_at)
        refusal = closed(request) or self._ineligible(request, electorate, person, verdict)
        if refusal is not None:
            event = request.event("vote.refused", code(refusal), person.id)
            await refuse(self._store, event, refusal)
        return request

    async def cancel(self, request_id: int, person: PersonId) -> Request:
        """Take a request back; only the requester may, and only before anything was sent."""
        async with self._store.write() as tx:
            request = await tx.lock_request(request_id)
            refusal = not_cancellable(request, person)
            if refusal is None:
                await _release(tx, request)
                outcome = Outcome(code="cancelled", detail="Cancelled by the requester.")
                return await self._end(tx, request, Status.CANCELLED, person, outcome)
            await tx.audit(request.event("cancel.refused", code(refusal), person))
        raise refusal

    async def settle(
        self, request_id: int, person: Person, received_at: int, status: Status, reason: str
    ) -> Request:
        """A person who looked at AWS says how an unknown request ended."""
        # Slack is asked before the transaction: on SQLite nobody else writes while one is open.
        may = await self._authorization.refusal(person, settlers(self._settings), received_at)
        asked = await self._store.requests.get(request_id)
        requester = await person_or_gone(self._directory, asked.requester, received_at)
        async with self._store.write() as tx:
            request = await tx.lock_request(request_id)
            refusal = not_settleable(request, person, requester) or may
            if refusal is None:
                await _release(tx, request)
                outcome = Outcome(code="settled", detail=f"Settled by a person: {reason}")
                return await self._end(tx, request, status, person.id, outcome, reason)
            await tx.audit(request.event("settle.refused", code(refusal), person.id))
        raise refusal

    async def compare_settings(self) -> None:
        """At the start: what the settings have changed about who decides on what is open.

        It is audited once for each change, and shown on the card.
        """
        found = await self._store.requests.find(status=UNSENT, limit=MOST)
        for request in found:
            if request.step.sent_at is None and await self._untold(request) is not None:
                await self._compare(request.id)

    async def expire(self, now: int) -> int:
        """Expire what was not decided or not sent in time; returns how many."""
        overdue = await self._store.requests.overdue(now)
        for request_id in overdue:
            try:
                await self._expire(request_id, now)
            except StorageError as error:  # one that cannot be read keeps no other
                log.error("approvals.not_expired", request=request_id, why=str(error))
        return len(overdue)

    async def _expire(self, request_id: int, now: int) -> None:
        async with self._store.write() as tx:
            request = await tx.lock_request(request_id)
            if is_overdue(request, now):
                await self._expired(tx, request)

    # -- votes ---------------------------------------------------------------------------------

    async def _vote(
        self, request_id: int, voter: PersonId, verdict: Verdict, received_at: int, reason: str
    ) -> Request:
        if verdict is Verdict.APPROVE and self._settings.observe:
            await self._refuse_observed(request_id, voter)
        voted = None
        # People are read without a lock, so somebody of whom nothing was read may vote meanwhile.
        while voted is None:
            request, electorate, person = await self._read(request_id, voter, received_at)
            vote = Vote(
                person=person.id,
                verdict=verdict,
                at=received_at,
                plan_hash=request.plan_hash,
                reason=reason,
                mailbox=sealed(request.id, person),
            )
            voted = await self._voted(request_id, vote, electorate, person)
        return voted

    async def _refuse_observed(self, request_id: int, voter: PersonId) -> NoReturn:
        request = await self._store.requests.get(request_id)
        event = request.event("vote.refused", "observed", voter)
        error = NotAllowedError(f"{OBSERVES} {request.label} would not be sent.")
        await refuse(self._store, event, error)

    async def _voted(
        self, request_id: int, vote: Vote, electorate: Electorate, person: Person
    ) -> Request | None:
        """None where somebody voted whom the electorate does not know: it must be read again."""
        async with self._store.write() as tx:
            request = await tx.lock_request(request_id)
            if not electorate.knows(request):
                return None
            # By when the click came: the tick that expires, and this commit, may both be late.
            if request.status is Status.PENDING and vote.at >= request.expires_at:
                request = await self._expired(tx, request)
            refusal = closed(request) or self._ineligible(request, electorate, person, vote.verdict)
            if refusal is None:
                return await self._counted(tx, request, vote, electorate)
            await tx.audit(request.event("vote.refused", code(refusal), person.id))
        raise refusal

    async def _read(
        self, request_id: int, voter: PersonId, received_at: int
    ) -> tuple[Request, Electorate, Person]:
        """The person and everybody who matters, by reads that began after the click."""
        request = await self._store.requests.get(request_id)
        person = await self._directory.person(voter, received_at)
        now = self._judge.now(request)
        electorate = await read_electorate(self._directory, request, now, {person.id}, received_at)
        return request, electorate, person

    def _ineligible(
        self, request: Request, electorate: Electorate, person: Person, verdict: Verdict
    ) -> BotError | None:
        return ineligible(request, electorate, person, verdict, self._judge.now(request))

    async def _counted(
        self, tx: Transaction, request: Request, vote: Vote, electorate: Electorate
    ) -> Request:
        await tx.vote(request.id, vote)
        request = request.model_copy(update={"votes": (*request.votes, vote)})
        if vote.verdict is Verdict.REJECT:
            outcome = Outcome(code="rejected", detail=f"Rejected: {vote.reason}")
            return await self._end(tx, request, Status.REJECTED, vote.person, outcome, vote.reason)
        counted = len(electorate.agreed(request))
        facts = {"plan_hash": vote.plan_hash, "counted": counted}
        if counted >= request.decision.approvals:
            moved = await self._approved(tx, request, vote, facts)
            return electorate.counting(moved)
        await tx.audit(request.event("vote.approved", "counted", vote.person, facts))
        await tx.post(request.card_message())
        return electorate.counting(request)

    async def _approved(
        self, tx: Transaction, request: Request, vote: Vote, facts: dict[str, Any]
    ) -> Request:
        moved = await tx.transition(
            request,
            Status.APPROVED,
            request.event("vote.approved", Status.APPROVED, vote.person, facts),
            before=vote.at,
            approved_at=tx.now,
            send_by=request.send_until(tx.now),
        )
        await tx.post(moved.card_message())
        tx.after_commit(self._nudge)
        return moved

    # -- endings -------------------------------------------------------------------------------

    async def _end(
        self,
        tx: Transaction,
        request: Request,
        to: Status,
        actor: PersonId | str,
        outcome: Outcome,
        text: str = "",
    ) -> Request:
        event = request.event(f"request.{to}", to, actor, {"code": outcome.code}, text)
        moved = await tx.transition(request, to, event, ended_at=tx.now, outcome=outcome)
        for message in self._notifications.moved(moved):
            await tx.post(message)
        tx.after_commit(self._nudge)
        return moved

    async def _expired(self, tx: Transaction, request: Request) -> Request:
        unsent = "It was approved, but I only observed. Nothing was sent to AWS."
        unsent = unsent if self._settings.observe else _unsent(request)
        pending = request.status is Status.PENDING
        detail = "Nobody decided in time." if pending else unsent
        outcome = Outcome(code="expired", detail=detail)
        return await self._end(tx, request, Status.EXPIRED, "bot", outcome)

    async def _compare(self, request_id: int) -> None:
        async with self._store.write() as tx:
            request = await tx.lock_request(request_id)
            changes = await self._untold(request)
            if changes is None:  # another replica was there first
                return
            facts = {"changes": changes, "policy_hash": self._judge.policy_hash}
            result = "changed" if changes else "as_before"
            await tx.audit(request.event(POLICY, result, facts=facts))
            await tx.post(request.card_message())

    async def _untold(self, request: Request) -> list[str] | None:
        """What has changed by now; None where just that was audited last, or nothing ever was."""
        changes = list(altered(request, self._judge.now(request)))
        rows = await self._store.audit.rows(request_id=request.id, action=POLICY, limit=1)
        told = rows[0].event.facts["changes"] if rows else []
        return None if changes == told else changes

    # -- filing --------------------------------------------------------------------------------

    async def _file(self, tx: Transaction, draft: Request, key: str) -> Request:
        event = draft.event(
            "request.filed", draft.status, draft.requester, _judged(draft), draft.reason
        )
        request = await tx.file(draft, event)
        # In this commit: a crash between two would have the inbox file the command once more.
        await tx.inbox_done(key)
        for message in self._notifications.filed(request):
            await tx.post(message)
        if request.status is Status.APPROVED:
            tx.after_commit(self._nudge)
        return request

    async def _full(self, draft: Request) -> str:
        """Why it could not be filed now; empty where it could."""
        try:
            await self._quotas.check(self._store.requests, draft, draft.asked_at)
        except TooManyError as refusal:
            return str(refusal)
        return ""

    async def _obstacle(self, draft: Request) -> str:
        """Why nobody could ever agree to it, from what is known now; empty where they could.

        Raises DirectoryError where they may, and Slack does not tell now.
        """
        if draft.decision.effect is not Effect.APPROVE:
            return ""
        if draft.card_channel is None and self._settings.channels.approvals is not None:
            return (
                "This needs approval, and I cannot ask in the approvals channel. Invite me to that "
                "channel (channels.approvals); it must not be archived or shared outside."
            )
        if draft.card_channel is None:
            return (
                "This needs approval, and there is no channel to ask in. Ask in a channel that I "
                "am a member of and that is not shared outside, or set channels.approvals."
            )
        electorate = await known_electorate(self._directory, draft, draft.decision)
        obstacle = enough(draft.decision, electorate.standing(draft)) or ""
        if obstacle and electorate.silence:
            raise DirectoryError(electorate.silence)
        return obstacle

    async def _audit(self, event: AuditEvent) -> None:
        async with self._store.write() as tx:
            await tx.audit(event)


def _unsent(request: Request) -> str:
    """Why what people agreed to was not done, as far as it was said last."""
    refusal, waits = request.step.refusal, request.step.progress
    said = ["It was approved, but could not be sent in time."]
    if refusal is None:
        said.append("Nothing was sent to AWS.")
    else:
        tries = "once" if refusal.times == 1 else f"{refusal.times} times"
        said.append(f"Nothing was done: tried {tries}, and the last answer was: {refusal}")
    if waits is not None and not (refusal and refusal.detail in waits.detail):
        said.append(f"Last it waited, because {waits.detail.rstrip('.')}.")
    return " ".join(said)


async def _release(tx: Transaction, request: Request) -> None:
    """Nothing holds the database's lock any more."""
    for step in request.steps:
        if step.claimed_at is not None and step.settled_at is None:
            await tx.update_step(request.id, step.model_copy(update={"settled_at": tx.now}))


def _judged(request: Request) -> dict[str, Any]:
    return {
        "risk": request.assessment.risk,
        "environment": request.classified.environment,
        "rule": request.decision.rule,
        "approvals": request.decision.approvals,
        "plan_hash": request.plan_hash,
        "policy_hash": request.policy_hash,
    }
