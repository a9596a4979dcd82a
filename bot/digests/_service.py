"""What people may do with digests: look at one, post it, schedule it, put a concern off."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from secrets import token_hex
from typing import Protocol

from bot.cron import next_due
from bot.digests._concerns import clear, concerns
from bot.digests._facts import DigestFacts
from bot.digests._news import begins_week, news
from bot.digests._pictures import pictures
from bot.digests._schedules import KIND, added, configured, is_same, row_of
from bot.digests._survey import Survey
from bot.errors import UsageError
from bot.policy.authorization import Authorization, editors
from bot.policy.eligibility import Directory
from bot.settings import Settings
from bot.values import (
    Appointment,
    AuditEvent,
    Concern,
    Digest,
    Line,
    Message,
    Person,
    PersonId,
    Place,
    Posted,
    Snoozed,
    micros,
)
from storage.store import Store
from storage.tables.concerns import ToldState

FILE, DETAILS, REDRAWN = "digest_file", "digest_details", "digest_redrawn"
WEEK = micros(timedelta(days=7, hours=1))
LONGEST = timedelta(days=30)  #: that a concern is put off
MOST = 50  #: schedules: each costs metrics
MOST_SNOOZES = 1_000  #: that are looked through for who did


class Directories(Directory, Protocol):
    """Also knows where the bot may post."""

    async def may_post(self, channel: str) -> bool: ...


class Digests:
    def __init__(
        self,
        store: Store,
        survey: Survey,
        directory: Directories,
        settings: Settings,
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._survey = survey
        self._directory = directory
        self._authorization = Authorization(store, directory)
        self._settings = settings
        self._clock = clock

    async def preview(self, about: Appointment) -> Digest:
        """Everything there is to tell in that channel now, whatever was told before."""
        digest, _ = await self.composed(about, {})
        return digest

    async def composed(
        self, about: Appointment, told: Mapping[str, ToldState], since: int | None = None
    ) -> tuple[Digest, Mapping[str, ToldState]]:
        """The digest for whoever has heard what was ``told``, and what they have heard then.

        ``since``: when they last heard of what happens; None: a day ago.
        """
        facts = await self._survey.facts(about.environments, since)
        snoozed = await self._store.concerns.snoozed(about.channel)
        weekly = begins_week(since, facts.now, about.timezone)
        listed = await thought_through(facts)
        found = news(listed, told, snoozed, facts.now, weekly=weekly)
        digest = Digest(
            title=about.title,
            at=facts.now,
            scope=about.scope,
            databases=len(facts.databases),
            concerns=found.concerns,
            unchanged=found.unchanged,
            still=found.still,
            snoozed=found.snoozed,
            notes=facts.unseen,
            week=facts.week,
            clear=() if facts.unseen else clear(listed, facts),
            trail=facts.trail,
            pictures=await asyncio.to_thread(pictures, facts, found.concerns, about.timezone),
        )
        if weekly and since is not None and digest.needs_nothing:
            quiet = await self._quiet(about, facts.now)
            digest = digest.model_copy(update={"quiet_days": quiet})
        return digest, found.told

    async def _quiet(self, about: Appointment, now: int) -> int:
        """How many digests of a week had nothing that needs action; 0 unless all of several."""
        keys = f"{KIND}:{about.id}:"
        posted = await self._store.outbox.told(KIND, keys, now - WEEK)
        told = [Digest.model_validate(one.body) for one in posted]
        is_quiet = len(told) > 1 and all(one.needs_nothing for one in told)
        return len(told) if is_quiet else 0

    async def post(self, about: Appointment, person: Person, asked_at: int, key: str) -> Digest:
        """Post it now. ``key`` is the inbox row that asks for it: no crash posts it twice."""
        await self._require(person, asked_at, "post a digest for everybody in a channel")
        await self.require_room(about.channel)
        digest = await self.preview(about)
        async with self._store.write() as tx:
            await tx.audit(_event("digest.posted", person.id, about))
            await tx.post(told_in(about.channel, digest, f"digest:{key}", person.id))
            await tx.inbox_done(key)
        return digest

    async def schedule(self, about: Appointment, person: Person, asked_at: int) -> Appointment:
        await self._require(person, asked_at, "schedule digests")
        await self.require_room(about.channel)
        standing = await self.standing()
        if twin := next((one for one in standing if is_same(one, about)), None):
            raise UsageError(f"That digest is scheduled already: {twin.id}.")
        if len(standing) >= MOST:
            raise UsageError(f"There are {MOST} schedules already. Remove one first.")
        kept = about.model_copy(
            update={"id": f"D-{token_hex(3)}", "created_by": person.id, "since": self._clock()}
        )
        async with self._store.write() as tx:
            await tx.add_schedule(
                row_of(kept, person.id), _event("digest.scheduled", person.id, kept)
            )
        return self._dated(kept)

    async def remove(self, schedule_id: str, person: Person, asked_at: int) -> Appointment:
        await self._require(person, asked_at, "remove digests")
        standing = await self.standing()
        found = next((one for one in standing if one.id.casefold() == schedule_id.casefold()), None)
        if found is None:
            known = ", ".join(one.id for one in standing) or "none"
            raise UsageError(f'There is no schedule "{schedule_id}". There are: {known}.')
        if found.created_by is None:
            raise UsageError(
                f"{found.id} stands in {self._settings.file}, under digests: remove it there."
            )
        async with self._store.write() as tx:
            await tx.remove_schedule(found.id, _event("digest.removed", person.id, found))
        return found

    async def snooze(
        self, handle: str, at: Posted, person: Person, asked_at: int, length: timedelta
    ) -> tuple[int, Line]:
        """Until when the concern is left out in that channel, and what it says; its digest, which
        stands ``at``, shows that to everybody. A length of none takes it back."""
        await self._require(person, asked_at, "put off what digests tell")
        until = self._clock() + micros(length)
        event = AuditEvent(
            action="digest.snoozed",
            actor=str(person.id),
            result="snoozed",
            facts={"concern": handle, "channel": at.channel},
        )
        if not length:
            event = event.model_copy(update={"action": "digest.woken", "result": "woken"})
        async with self._store.write() as tx:
            await tx.snooze(at.channel, handle, until, event)
            await tx.post(redrawn(at))
        return until, await self._said(handle, at)

    async def _said(self, handle: str, at: Posted) -> Line:
        """What it says in the digest that stands there; empty where that is forgotten."""
        message = await self._store.outbox.standing(KIND, at)
        about = Digest.model_validate(message.body) if message else None
        found = (one.short for one in (about.concerns if about else ()) if one.handle == handle)
        return next(found, ())

    async def standing(self) -> tuple[Appointment, ...]:
        """Those of the settings, then the others, oldest first."""
        rows = await self._store.schedules.list()
        fixed = map(configured, self._settings.digests)
        return (*fixed, *(added(row) for row in rows if row.kind == KIND))

    async def appointments(self) -> tuple[Appointment, ...]:
        """The same, each with its next time."""
        return tuple(map(self._dated, await self.standing()))

    def _dated(self, one: Appointment) -> Appointment:
        if one.trouble:
            return one
        at = next_due(one.cron, one.timezone, self._clock()).at
        return one.model_copy(update={"next_at": at})

    async def _require(self, person: Person, asked_at: int, what: str) -> None:
        """Raises NotAllowedError for who is neither approver nor admin, or may not look at any
        database; that is audited."""
        refused = AuditEvent(action="digest.refused", actor=str(person.id),
                             result="not_approver", text=what)  # fmt: skip
        await self._authorization.require(person, editors(self._settings, what), asked_at, refused)

    async def require_room(self, channel: str) -> None:
        """Raises UsageError where a digest may not stand, or no longer."""
        if not await self._directory.may_post(channel):
            raise UsageError(
                "I post digests only in channels of this workspace that I am a member of. Type "
                "/invite @rds-bot there, then ask again."
            )


async def thought_through(facts: DigestFacts) -> tuple[Concern, ...]:
    """The concerns; whoever else waits for the event loop does not wait for them."""
    return await asyncio.to_thread(concerns, facts)


def told_in(channel: str, digest: Digest, key: str, instead: PersonId | None = None) -> Message:
    """``instead`` hears of it where the channel does not take it; None: the admins."""
    return Message(
        place=Place.CHANNEL,
        address=channel,
        kind=KIND,
        body=digest.json_value(),
        key=key,
        instead=instead and instead.user,
    )


def redrawn(at: Posted) -> Message:
    """The digest that stands there and its details, as they are when it is delivered."""
    key = f"{_key(at)}:redrawn"
    body = {"ts": at.ts}
    return Message(place=Place.CHANNEL, address=at.channel, kind=REDRAWN, body=body, key=key)


async def put_off(store: Store, channel: str, now: int) -> Mapping[str, Snoozed]:
    """What a channel has put off, by handle; who did stands in the audit trail."""
    untils = await store.concerns.snoozed(channel)
    since = now - micros(LONGEST)
    rows = await store.audit.rows(action="digest.snoozed", since=since, limit=MOST_SNOOZES)
    by = {one.event.facts.get("concern"): one.event.actor for one in reversed(rows)
          if one.event.facts.get("channel") == channel}  # fmt: skip
    return {
        handle: Snoozed(
            handle=handle, until=until, by=PersonId.parse(by[handle]) if handle in by else None
        )
        for handle, until in untils.items()
    }


def details_key(posted: Posted) -> str:
    return f"{_key(posted)}:details"


def _key(posted: Posted) -> str:
    return f"digest:{posted.channel}:{posted.ts}"


def below(digest: Digest, posted: Posted) -> Iterator[Message]:
    """What belongs into the thread of a digest that stands there: all that not everybody has to
    read, what had no room, and pictures.

    The same for the same message, so that it is told once however often this is asked.
    """
    key = _key(posted)
    whole = digest.model_copy(update={"pictures": ()}).json_value()
    yield Message(
        place=Place.CHANNEL, address=posted.channel, kind=DETAILS, key=details_key(posted),
        body={"digest": whole, "thread": posted.ts},
    )  # fmt: skip
    if digest.unlisted:
        yield Message(
            place=Place.CHANNEL, address=posted.channel, kind=FILE, key=f"{key}:file",
            body={"digest": whole, "thread": posted.ts},
        )  # fmt: skip
    for number, answer in enumerate(digest.pictures):
        yield Message.pictured(
            Place.CHANNEL, posted.channel, answer, key=f"{key}:{number}", thread=posted.ts
        )


def _event(action: str, person: PersonId, about: Appointment) -> AuditEvent:
    facts = about.model_dump(
        mode="json", include={"id", "channel", "cron", "timezone", "environments"}
    )
    return AuditEvent(
        action=action, actor=str(person), result=action.partition(".")[2], facts=facts
    )
