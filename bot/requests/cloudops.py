"""A change that the policy denies, handed over to the people who may do it."""

from collections.abc import Mapping
from typing import Any

from bot.errors import NotAllowedError
from bot.policy.authorization import refuse
from bot.requests.quotas import Quotas, TooManyError
from bot.settings import LimitSettings
from bot.values import AuditEntry, AuditEvent, Message, PersonId, Place
from storage.store import Store
from storage.transaction import Transaction


class CloudOps:
    def __init__(self, store: Store, channel: str | None, limits: LimitSettings) -> None:
        self._store = store
        self._channel = channel
        self._quotas = Quotas(limits)

    async def denial(self, seq: int, person: PersonId) -> AuditEntry:
        """The denial that a button names. Raises NotAllowedError unless it is that person's own."""
        rows = await self._store.audit.rows(before_seq=seq + 1, limit=1)
        row = next((one for one in rows if one.seq == seq), None)
        if row is None or row.event.action != "request.denied" or row.event.actor != str(person):
            error = NotAllowedError("Only who was denied can hand that on. Ask for it yourself.")
            await refuse(self._store, _refused(person, "not_denied", {"denial": seq}), error)
        return row

    async def post(self, row: AuditEntry, drawn: Mapping[str, Any]) -> str | None:
        """Post it, unless it was; returns the channel, or None where none is configured.

        While it waits in the outbox its key keeps it single, afterwards the audit trail does.
        Raises NotAllowedError where that person has asked for too much lately.
        """
        if self._channel is None or await self._was_posted(row):
            return self._channel
        actor = PersonId.parse(row.event.actor)
        try:
            async with self._store.write() as tx:
                await self._posted(tx, self._channel, row, drawn)
                # Behind what it counts, as in a filing: of two clicks at once one may be too much.
                await self._quotas.check_person(tx, actor, tx.now)
        except TooManyError as refusal:
            facts = {"denial": row.seq, **refusal.facts}
            await refuse(self._store, _refused(actor, refusal.code, facts), refusal)
        return self._channel

    async def _posted(
        self, tx: Transaction, channel: str, row: AuditEntry, drawn: Mapping[str, Any]
    ) -> None:
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
        await tx.post(
            Message(
                place=Place.CHANNEL,
                address=channel,
                kind="cloudops",
                body=dict(drawn),
                key=f"cloudops:{row.seq}",
                instead=PersonId.parse(row.event.actor).user,
            )
        )

    async def _was_posted(self, row: AuditEntry) -> bool:
        asked = await self._store.audit.rows(
            request_id=row.event.request_id, action="cloudops.asked"
        )
        return any(one.event.facts.get("denial") == row.seq for one in asked)


def _refused(person: PersonId, code: str, facts: dict[str, Any]) -> AuditEvent:
    return AuditEvent(action="cloudops.refused", actor=str(person), result=code, facts=facts)
