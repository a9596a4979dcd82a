"""The tick that reminds: reads what waits and who is meant, and writes each reminder once."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from bot.errors import DirectoryError
from bot.policy.approvers import Electorate, Ruling, known_electorate, known_people
from bot.policy.eligibility import Directory, access_of, belongs, human, members_of
from bot.requests.notifications import reminder
from bot.requests.reminder_rules import MOST, Waiting, due_at, reminders
from bot.settings import People
from bot.values import Access, Occasion, Person, Reminder, Request, Status
from storage.store import Store

PENDING = 500  #: requests that are looked at in one tick

log = structlog.get_logger()


class Audience(Directory, Protocol):
    """Also knows who sees a channel."""

    async def is_member(self, channel: str, user: str) -> bool: ...


class ReminderTick:
    def __init__(
        self,
        store: Store,
        directory: Audience,
        ruling: Ruling,
        escalation: People | None,
        clock: Callable[[], int],
        *,
        observes: bool = False,
    ) -> None:
        """With ``observes`` nobody is reminded: nothing that they could agree to would be sent."""
        self._observes = observes
        self._store = store
        self._directory = directory
        self._ruling = ruling
        self._escalation = access_of(escalation)
        self._clock = clock

    async def tick(self) -> None:
        """Whoever is to be reminded by now is; nobody twice, whoever ticks and however often."""
        if self._observes:
            return
        now = self._clock()
        pending = await self._store.requests.find(status=(Status.PENDING,), limit=PENDING)
        told = await self._store.reminders.told([request.id for request in pending])
        waiting = [one for request in pending if (one := await self._waiting(request, now))]
        for person, due in reminders(waiting, told, now).items():
            await self._remind(person, due)

    async def _remind(self, person: Person, due: Sequence[Reminder]) -> None:
        async with self._store.write() as tx:
            # Replicas may tick at one moment: only what this transaction noted first is told.
            new = await tx.remind(due)
            if new:
                await tx.post(reminder(person.id, new))

    async def _waiting(self, request: Request, now: int) -> Waiting | None:
        """None where Slack does not say who is meant; the next tick asks again."""
        try:
            now_ruled = self._ruling(request)
            electorate = await known_electorate(self._directory, request, now_ruled)
            approvers = electorate.open_to(request)
            return Waiting(
                request=request,
                unaware=await self._unaware(request, approvers),
                approvers=_sorted(approvers),
                wider=await self._wider(request, electorate, now),
            )
        except DirectoryError as error:
            log.warning("reminders.put_off", request=request.label, why=str(error))
            return None

    async def _unaware(self, request: Request, people: Sequence[Person]) -> tuple[Person, ...]:
        if request.card is None:
            return _sorted(people)
        channel = request.card.channel
        sees = await asyncio.gather(
            *(self._directory.is_member(channel, person.id.user) for person in people)
        )
        return _sorted(one for one, here in zip(people, sees, strict=True) if not here)

    async def _wider(
        self, request: Request, electorate: Electorate, now: int
    ) -> tuple[Person, ...]:
        if not self._escalation or now < due_at(request, Occasion.LATE):
            return ()
        ids = (request.requester, *(vote.person for vote in request.votes))
        concerned = {human(it) for one in ids if (it := electorate.people.get(one))}
        people = await self._people(self._escalation)
        return tuple(
            person for person in people if person.id not in ids and human(person) not in concerned
        )

    async def _people(self, access: Access) -> tuple[Person, ...]:
        """Full members whom ``access`` names, as last refreshed."""
        directory, team = self._directory, self._directory.own_team
        groups = await directory.known_groups(frozenset(access.groups))
        # Each may cost a users.info, and a group may be the whole company; some do not belong.
        users = sorted(members_of(access, groups))[: 2 * MOST]
        people, _ = await known_people(directory, users)
        return tuple(person for person in people if belongs(person, access, groups, team))


def _sorted(people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(sorted(people, key=lambda person: str(person.id)))
