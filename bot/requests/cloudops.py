"""A change that the policy denies, handed over to the people who may do it, and their answer."""

from typing import Any, Protocol

from bot.errors import NotAllowedError, UsageError
from bot.policy.approvers import person_or_gone
from bot.policy.authorization import Authorization, answerers, refuse
from bot.policy.eligibility import Directory
from bot.requests.cloudops_rules import card, event, late, moved, refusal, told, unasked
from bot.requests.quotas import Quotas, TooManyError
from bot.settings import Settings
from bot.values import (
    AuditEntry,
    AuditEvent,
    CloudOpsRequest,
    CloudOpsState,
    Person,
    PersonId,
)
from storage.store import Store
from storage.transaction import Transaction


class Members(Protocol):
    async def members(self, channel: str, asked_at: int) -> frozenset[str]:
        """User ids of who is in it, by a read that began at ``asked_at`` or later; nobody where the
        bot cannot see it. Raises DirectoryError where Slack does not say."""


class CloudOps:
    def __init__(
        self, store: Store, directory: Directory, channels: Members, settings: Settings
    ) -> None:
        self._store = store
        self._directory = directory
        self._channels = channels
        self._settings = settings
        self._authorization = Authorization(store, directory)
        self._quotas = Quotas(settings.limits)

    async def denial(self, seq: int, person: PersonId) -> AuditEntry:
        """The denial that a button names. Raises NotAllowedError unless it is that person's own."""
        row = await denied(self._store, seq)
        if row is None or row.event.actor != str(person):
            error = NotAllowedError("Only who was denied can hand that on. Ask for it yourself.")
            await refuse(self._store, _not_sent(person, "not_denied", {"denial": seq}), error)
        return row

    async def ask(self, row: AuditEntry) -> str | None:
        """Post it, unless it was; returns the channel, or None where none is configured.

        Raises NotAllowedError where that person has asked for too much lately.
        """
        channel = self._settings.channels.cloudops
        if channel is None:
            return None
        actor = PersonId.parse(row.event.actor)
        try:
            async with self._store.write() as tx:
                if await self._handed_on(tx, channel, row, actor):
                    # Behind what it counts, as in a filing: of two clicks one may be too much.
                    await self._quotas.check_person(tx, actor, tx.now)
        except TooManyError as refused:
            facts = {"denial": row.seq, **refused.facts}
            await refuse(self._store, _not_sent(actor, refused.code, facts), refused)
        return channel

    async def may_answer(
        self, denial: int, to: CloudOpsState, person: PersonId, asked_at: int
    ) -> CloudOpsRequest:
        """Whether an answer would count, before somebody fills in a form. Raises as one does."""
        row, who, barred = await self._judged(denial, to, person, asked_at)
        request = await self._store.cloudops.get(denial)
        if barred is None and moved(request, to, who.id, asked_at) is None:
            barred = late(request, who.id)
        if barred is not None:
            await refuse(self._store, refusal(row, to, who.id, barred.code), barred)
        return request

    async def answer(
        self, denial: int, to: CloudOpsState, person: PersonId, asked_at: int, reason: str = ""
    ) -> CloudOpsRequest:
        """Take it, or end it: of several at once the first counts.

        Raises NotAllowedError, which is audited, UsageError where there is no such request, and
        DirectoryError where Slack does not say who may.
        """
        # Slack is asked before the transaction: on SQLite nobody else writes while one is open.
        row, who, barred = await self._judged(denial, to, person, asked_at)
        async with self._store.write() as tx:
            before = await tx.lock_cloudops(denial)
            after = None if barred else moved(before, to, who.id, tx.now, reason)
            if after is not None:
                await tx.move_cloudops(before, after, event(after, row, who.id))
                for message in told(after):
                    await tx.post(message)
                return after
            barred = barred or late(before, who.id)
            await tx.audit(refusal(row, to, who.id, barred.code))
        raise barred

    async def _judged(
        self, denial: int, to: CloudOpsState, person: PersonId, asked_at: int
    ) -> tuple[AuditEntry, Person, NotAllowedError | None]:
        """What was denied, who clicked, and why that person may not, by reads since the click."""
        request = await self._store.cloudops.get(denial)
        row = await denied(self._store, denial)
        if row is None:
            raise UsageError("The audit trail no longer holds what was denied. Please ask again.")
        who = await self._directory.person(person, asked_at)
        requester = await person_or_gone(self._directory, request.requester, asked_at)
        barred = unasked(to, who, requester)
        if barred is None and to is not CloudOpsState.WITHDRAWN:
            barred = await self._outsider(request, who, asked_at)
        return row, who, barred

    async def _outsider(
        self, request: CloudOpsRequest, who: Person, asked_at: int
    ) -> NotAllowedError | None:
        people, present = self._settings.access.cloudops, frozenset[str]()
        if people is None:
            present = await self._channels.members(request.channel, asked_at)
        return await self._authorization.refusal(who, answerers(people, present), asked_at)

    async def _handed_on(
        self, tx: Transaction, channel: str, row: AuditEntry, actor: PersonId
    ) -> bool:
        request = CloudOpsRequest(denial=row.seq, requester=actor, channel=channel, asked_at=tx.now)
        if not await tx.hand_on(request):
            return False
        tx.record(
            AuditEvent(
                action="cloudops.asked",
                actor=row.event.actor,
                result="posted",
                request_id=row.event.request_id,
                operation=row.event.operation,
                target=row.event.target,
                facts={"denial": row.seq},
            )
        )
        await tx.post(card(request))
        return True


async def denied(store: Store, seq: int) -> AuditEntry | None:
    """The denial in that row of the trail; None where it holds something else, or no longer is."""
    rows = await store.audit.rows(before_seq=seq + 1, limit=1)
    row = next((one for one in rows if one.seq == seq), None)
    return row if row is not None and row.event.action == "request.denied" else None


def _not_sent(person: PersonId, code: str, facts: dict[str, Any]) -> AuditEvent:
    return AuditEvent(action="cloudops.refused", actor=str(person), result=code, facts=facts)
