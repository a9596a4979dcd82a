"""Carrying out a parsed command for somebody, and saying in reply what came of it."""

from dataclasses import dataclass

from bot.desk import OPEN_TO_ALL, Desk, Services
from bot.drafting import Ask
from bot.errors import BotError, NotAllowedError
from bot.operation import Change, Control, Operation, Query
from bot.people import Groups, may_request
from bot.values import AuditEvent, Person, PersonId
from handlers.blocks.answers import answer
from handlers.blocks.filed import filed
from handlers.blocks.rehearsal import rehearsal
from handlers.errors import explained
from handlers.parser import Command, command_text


@dataclass(frozen=True)
class Errand:
    """Who wants something, where, and when the wish was received."""

    asker: PersonId
    channel: str
    received_at: int
    key: str


class Errands:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self, command: Command, errand: Errand) -> dict[str, object]:
        """The reply; what people should know of an error is a reply too."""
        try:
            return await self._run(command, errand)
        except BotError as error:
            return explained(error)

    async def _run(self, command: Command, errand: Errand) -> dict[str, object]:
        desk = Desk(self._services, errand.received_at)
        operation = command.operation
        match operation:
            case Change():
                return await self._ask(command, operation, errand, desk)
            case Query():
                person = await self._member(operation, errand)
                return answer(await operation.answer(desk, person))
            case Control():
                person = await self._services.directory.person(errand.asker, errand.received_at)
                return answer(await operation.act(desk, person))
        raise TypeError(f"{operation.name} is neither a query, a control nor a change")

    async def _ask(
        self, command: Command, change: Change, errand: Errand, desk: Desk
    ) -> dict[str, object]:
        ask = Ask(
            change=change,
            asker=errand.asker,
            channel=errand.channel,
            reason=command.reason,
            received_at=errand.received_at,
            key=errand.key,
            command=command_text,
        )
        if command.dry_run:
            shown = await self._services.approvals.rehearse(ask)
            wanted = shown.request.decision.approvals
            who = await desk.who_may_approve(shown.request) if wanted else ()
            return rehearsal(shown.request, who=who, obstacle=shown.obstacle)
        return filed(await self._services.approvals.submit(ask), errand.channel)

    async def _member(self, operation: Operation, errand: Errand) -> Person:
        """Whoever asks; guests and strangers see nothing of the fleet."""
        directory = self._services.directory
        person = await directory.known_person(errand.asker)
        allowed = may_request(person, None, Groups(members={}), directory.own_team)
        if allowed or operation.name in OPEN_TO_ALL:
            return person
        async with self._services.store.write() as tx:
            await tx.audit(
                AuditEvent(
                    action="query.refused",
                    actor=str(person.id),
                    result=allowed.bar or "refused",
                    operation=operation.name,
                )
            )
        raise NotAllowedError("Only full members of this workspace can look at its databases.")
