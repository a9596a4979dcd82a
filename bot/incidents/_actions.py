"""What people do about an incident: acknowledge it, put it off, resolve it."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UsageError
from bot.incidents._lifecycle import acknowledged, already, resolved, snoozed, unsnoozed
from bot.incidents._notifications import card, event
from bot.policy.authorization import Authorization, members
from bot.policy.eligibility import Directory
from bot.values import SECOND, AuditEvent, Incident, Line, Person, PersonId, micros
from storage.store import Store

#: How long, by the word of the choice; until the morning it depends on who asks.
SPANS = {"1h": timedelta(hours=1), "4h": timedelta(hours=4)}
MORNING = "9:00"
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

    async def snooze(self, number: int, person: Person, asked_at: int, word: str = "") -> Line:
        """``word``: of ``SPANS``, or ``MORNING``; cards of older versions have none: an hour."""

        def put_off(incident: Incident, who: PersonId, now: int) -> Incident | None:
            return snoozed(incident, who, now, _until(word or "1h", now, person.timezone))

        return await self._change(number, person, asked_at, "snoozed", put_off)

    async def unsnooze(self, number: int, person: Person, asked_at: int) -> Line:
        def wake(incident: Incident, _: PersonId, __: int) -> Incident | None:
            return unsnoozed(incident)

        return await self._change(number, person, asked_at, "unsnoozed", wake)

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
                is_awake = verb == "unsnoozed" and before.is_open
                return (f"{before.label} is not snoozed.",) if is_awake else already(before)
            await tx.save_incident(after)
            await tx.post(card(after, self._channel))
            await tx.audit(event(after, verb, person.id))
        return ()


def _until(word: str, now: int, timezone: str) -> int:
    """Raises UsageError for a word of another version."""
    if word in SPANS:
        return now + micros(SPANS[word])
    if word != MORNING:
        raise UsageError(f'Nothing is snoozed for "{word}". Take a time from the menu.')
    zone = ZoneInfo(timezone)
    here = datetime.fromtimestamp(now / SECOND, zone)
    morning = datetime.combine(here.date(), time(9), zone)
    if morning <= here:
        morning = datetime.combine(here.date() + timedelta(days=1), time(9), zone)
    return int(morning.astimezone(UTC).timestamp()) * SECOND


def _refused(number: int, person: Person) -> AuditEvent:
    facts = {"incident": number}
    return AuditEvent(
        action="incident.refused", actor=str(person.id), result="refused", facts=facts
    )
