"""The tick that looks again at changes that ended and go on by themselves.

What AWS does in its maintenance window is told once the window is over, and that AWS starts a
stopped database again, a day before. When is kept with the step, so a restart loses nothing; that
it was told is one transaction with what is told, so nothing is told twice.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog

from bot.aws.accounts import Accounts
from bot.errors import AWSError, UnknownTargetError
from bot.operation import Change
from bot.operations import load
from bot.policy.eligibility import Directory
from bot.requests.executor import door
from bot.requests.follower import sent_of
from bot.requests.reminder_rules import is_night
from bot.values import Answer, Message, Place, Recheck, Request, micros, paragraph
from storage.store import Store

BATCH = 50
PATIENCE = micros(timedelta(days=1))  #: after which it is said that AWS did not answer

log = structlog.get_logger()


class RecheckTick:
    def __init__(
        self, store: Store, accounts: Accounts, directory: Directory, clock: Callable[[], int]
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._directory = directory
        self._clock = clock

    async def tick(self) -> None:
        """What cannot be looked at now is tried again with a later tick; it stops no other."""
        for request in await self._store.requests.to_recheck(self._clock(), BATCH):
            try:
                await self._serve(request)
            except Exception:
                log.exception("recheck.failed", request=request.label)

    async def _serve(self, request: Request) -> None:
        try:
            change = load(request.step.operation, request.step.params)
        except (LookupError, ValueError):  # of a version that knew it
            await self._record(request, Recheck(result="moot"))
            return
        if change.rechecked_by_day and await self._is_night(request):
            return
        try:
            found = await self._ask(change, request)
        except (AWSError, UnknownTargetError) as error:
            log.warning("recheck.put_off", request=request.label, why=str(error))
            if self._clock() - (request.step.next_poll_at or 0) > PATIENCE:
                await self._record(request, _unanswered(request, str(error)))
        else:
            await self._record(request, found)

    async def _ask(self, change: Change, request: Request) -> Recheck:
        aws = door(self._accounts, change, request, request.step)
        return await change.recheck(aws, sent_of(request))

    async def _is_night(self, request: Request) -> bool:
        person = await self._directory.known_person(request.requester)
        return is_night(person, self._clock())

    async def _record(self, request: Request, found: Recheck) -> None:
        """The word, when to look again and what is told, in one transaction: whoever loses the
        race says nothing."""
        async with self._store.write() as tx:
            current = await tx.lock_request(request.id)
            if current.step.next_poll_at != request.step.next_poll_at:
                return
            evidence = {**current.step.evidence, "recheck": found.result}
            looked = {"next_poll_at": found.again_at, "evidence": evidence}
            await tx.update_step(request.id, current.step.model_copy(update=looked))
            for message in _messages(current, found.said):
                await tx.post(message)
            await tx.post(current.card_message())
            said = found.said.title if found.said else ""
            await tx.audit(current.event("request.rechecked", found.result, text=said))


def _messages(request: Request, said: Answer | None) -> Iterator[Message]:
    """In the thread of the card, and to who asked, unless that is one place."""
    if said is None:
        return
    key, requester = f"recheck:{request.id}:{request.step.next_poll_at}", request.requester.user
    if request.card is not None:
        address = request.card_channel or requester
        yield Message.pictured(Place.THREAD, address, said, key=key, request_id=request.id)
    if request.card is None or request.card_channel is not None:
        yield Message.pictured(
            Place.PERSON, requester, said, key=f"{key}:person", request_id=request.id
        )


def _unanswered(request: Request, why: str) -> Recheck:
    said = Answer(
        title=f"{request.step.target.identifier}: unknown what became of {request.label} since",
        parts=(paragraph(f"AWS did not answer for a day: {why}"),),
    )
    return Recheck(result="unanswered", said=said)
