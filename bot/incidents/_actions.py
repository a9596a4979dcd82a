"""What people do about an incident: acknowledge it, put it off, resolve it."""

from collections.abc import Callable
from datetime import timedelta

from bot.errors import NotAllowedError
from bot.incidents._lifecycle import acknowledged, already, resolved, snoozed
from bot.incidents._notifications import card, event
from bot.policy.eligibility import Directory, may_look
from bot.values import AuditEvent, Incident, Line, Person, micros
from storage.store import Store

SNOOZE = micros(timedelta(hours=1))

Change = Callable[[Incident, int], Incident | None]


class Care:
    """Any full member may. Each verb returns what the person is told; nothing where the card says
    it. Raises NotAllowedError, or UsageError where there is no such incident."""

    def __init__(self, store: Store, directory: Directory, channel: str | None) -> None:
        self._store = store
        self._directory = directory
        self._channel = channel or ""

    async def acknowledge(self, number: int, person: Person) -> Line:
        return await self._change(
            number, person, "acknowledged", lambda it, now: acknowledged(it, person.id, now)
        )

    async def snooze(self, number: int, person: Person) -> Line:
        return await self._change(
            number, person, "snoozed", lambda it, now: snoozed(it, person.id, now, now + SNOOZE)
        )

    async def resolve(self, number: int, person: Person) -> Line:
        return await self._change(
            number, person, "resolved", lambda it, now: resolved(it, person.id, now)
        )

    async def _change(self, number: int, person: Person, verb: str, change: Change) -> Line:
        await self._allow(number, person)
        async with self._store.write() as tx:
            before = await tx.lock_incident(number)
            after = change(before, tx.now)
            if after is None:
                return already(before)
            await tx.save_incident(after)
            await tx.post(card(after, self._channel))
            await tx.audit(event(after, verb, person.id))
        return ()

    async def _allow(self, number: int, person: Person) -> None:
        allowed = may_look(person, self._directory.own_team)
        if allowed:
            return
        async with self._store.write() as tx:
            await tx.audit(
                AuditEvent(
                    action="incident.refused",
                    actor=str(person.id),
                    result=allowed.bar or "refused",
                    facts={"incident": number},
                )
            )
        raise NotAllowedError(
            "Only full members of this workspace can take care of incidents. Ask one of them."
        )
