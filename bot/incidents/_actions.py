"""What people do about an incident: acknowledge it, put it off, resolve it."""

from collections.abc import Callable
from datetime import timedelta

from bot.incidents._lifecycle import acknowledged, already, resolved, snoozed
from bot.incidents._notifications import card, event
from bot.policy.authorization import Authorization, members
from bot.policy.eligibility import Directory
from bot.values import AuditEvent, Incident, Line, Person, PersonId, micros
from storage.store import Store

SNOOZE = micros(timedelta(hours=1))
MEMBERS = members(
    "Only full members of this workspace can take care of incidents. Ask one of them."
)

Change = Callable[[Incident, PersonId, int], Incident | None]


class IncidentActions:
    """Any full member may, as they were read since ``asked_at``. Each verb returns what the person
    is told; nothing where the card says it. Raises NotAllowedError, or UsageError where there is no
    such incident."""

    def __init__(self, store: Store, directory: Directory, channel: str | None) -> None:
        self._store = store
        self._authorization = Authorization(store, directory)
        self._channel = channel or ""

    async def acknowledge(self, number: int, person: Person, asked_at: int) -> Line:
        return await self._change(number, person, asked_at, "acknowledged", acknowledged)

    async def snooze(self, number: int, person: Person, asked_at: int) -> Line:
        return await self._change(number, person, asked_at, "snoozed", _put_off)

    async def resolve(self, number: int, person: Person, asked_at: int) -> Line:
        return await self._change(number, person, asked_at, "resolved", resolved)

    async def _change(
        self, number: int, person: Person, asked_at: int, verb: str, change: Change
    ) -> Line:
        refused = _refused(number, person)
        await self._authorization.require(person, MEMBERS, asked_at, refused)
        async with self._store.write() as tx:
            before = await tx.lock_incident(number)
            after = change(before, person.id, tx.now)
            if after is None:
                return already(before)
            await tx.save_incident(after)
            await tx.post(card(after, self._channel))
            await tx.audit(event(after, verb, person.id))
        return ()


def _put_off(incident: Incident, person: PersonId, now: int) -> Incident | None:
    return snoozed(incident, person, now, now + SNOOZE)


def _refused(number: int, person: Person) -> AuditEvent:
    facts = {"incident": number}
    return AuditEvent(
        action="incident.refused", actor=str(person.id), result="refused", facts=facts
    )
