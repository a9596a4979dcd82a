"""Carrying out a parsed command for somebody, and saying in reply what came of it."""

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import replace
from enum import Enum
from typing import TypeVar

from bot.desk import OPEN_TO_ALL, ServiceDesk, Services
from bot.errors import (
    AmbiguousTargetError,
    BotError,
    DirectoryError,
    NotAllowedError,
    UnknownTargetError,
    UnknownWordError,
    UsageError,
)
from bot.fleet.inventory import choose
from bot.operation import Change, Control, Operation, Query
from bot.operations.show_status import ShowStatus
from bot.policy import altered
from bot.policy.approvers import who_may_approve
from bot.policy.authorization import Authorization, refuse, viewers
from bot.policy.viewers import NOT_VIEWER, Sight
from bot.requests.drafts import Ask
from bot.requests.neighbours import earlier
from bot.values import (
    DATABASES,
    Answer,
    AuditEvent,
    Line,
    Person,
    Request,
    Status,
    label,
)
from handlers.blocks.answers import answer
from handlers.blocks.details import NO_TROUBLE, Standing
from handlers.blocks.dry_run import rehearsal
from handlers.blocks.error import Suggestion
from handlers.blocks.notices import detailed
from handlers.blocks.phrases import is_unsent
from handlers.blocks.receipt import filed
from handlers.delivery.charts import ChartAnswers
from handlers.delivery.invocation import Invocation
from handlers.delivery.links import Links
from handlers.errors import explained, offer
from handlers.parser import Command, Incomplete, is_common, sentence, whole_text
from handlers.suggestions import missing_from, reply_to, with_thread

#: Seconds for finding out who may agree; the request is filed by then, whoever they are.
NAMING = 1.0


Found = TypeVar("Found")


class Runner:
    def __init__(self, services: Services, charts: ChartAnswers, links: Links) -> None:
        self._services = services
        self._charts = charts
        self._links = links
        self._authorization = Authorization(services.store, services.directory)

    async def run(self, command: Command, invocation: Invocation) -> dict[str, object]:
        """The reply; what people should know of an error is a reply too.

        Empty where a message that is posted says it all.
        """
        try:
            return await self.carry_out(command, invocation)
        except UnknownTargetError as error:
            # "metrics cpu": what stands where a database does is what is asked for
            if error.word and is_common(error.word):
                typed = whole_text(command).removeprefix("/rds ")
                return await self.misread(sentence(typed), invocation)
            return self.explained(command, error)
        except BotError as error:
            return self.explained(command, error)

    def explained(self, command: Command, error: BotError) -> dict[str, object]:
        """What came of a command that did not go through."""
        if isinstance(error, UnknownWordError):
            return explained(error, self._meant(command, error))
        return explained(error)

    async def misread(self, error: BotError, invocation: Invocation) -> dict[str, object]:
        """The reply to what cannot be read as a command."""
        if not isinstance(error, UsageError):
            return explained(error)
        try:
            person = await self._services.directory.person(invocation.asker, invocation.received_at)
            desk = await self._desk(person, invocation)
            drawn = await reply_to(error, desk, person, invocation.thread)
            return await self._links.put_into(drawn, invocation.asker)
        except DirectoryError:
            return explained(error)

    async def completed(
        self, incomplete: Incomplete, invocation: Invocation
    ) -> Command | Incomplete | dict[str, object]:
        """The same with what the thread is about, a menu of what is likely, or the same: a form
        asks for the rest. Raises BotError."""
        person = await self._services.directory.person(invocation.asker, invocation.received_at)
        desk = await self._desk(person, invocation)
        found = await with_thread(incomplete, desk, invocation.thread)
        if not found.missing and issubclass(found.operation, Query):
            return Command(found.operation.model_validate(dict(found.values)))
        return await missing_from(found, desk, person) or found

    async def carry_out(self, command: Command, invocation: Invocation) -> dict[str, object]:
        """The reply, with a link to each request that it names. Raises BotError."""
        drawn = await self._carried_out(command, invocation)
        return await self._links.put_into(drawn, invocation.asker) if drawn else drawn

    async def _carried_out(self, command: Command, invocation: Invocation) -> dict[str, object]:
        operation = command.operation
        match operation:
            case Change():
                return await self._ask(command, operation, invocation)
            case Query():
                return await self._answered(operation, invocation)
            case Control():
                person = await self._services.directory.person(
                    invocation.asker, invocation.received_at
                )
                acting = operation.act(await self._desk(person, invocation), person)
                return answer(await self._audited(operation, person, acting))
        raise TypeError(f"{operation.name} is neither a query, a control nor a change")

    async def look(self, query: Query, invocation: Invocation, zone: str | None = None) -> Answer:
        """What a query finds, before anybody draws it. Raises BotError.

        ``zone``: of those who read it, where that is not just whoever asks.
        """
        found, _ = await self._looked(query, invocation, zone)
        return found

    async def _looked(
        self, query: Query, invocation: Invocation, zone: str | None = None
    ) -> tuple[Answer, Sight]:
        person, sight = await self.member(query, invocation)
        if invocation.surface == "open" and not invocation.is_direct:
            zone = await self._services.zone()
        reader = person.model_copy(update={"timezone": zone}) if zone else person
        answering = query.answer(self._seated(sight, invocation), reader)
        return await self._audited(query, person, answering), sight

    async def details(self, number: int, invocation: Invocation) -> dict[str, object]:
        """All that a request was judged by, and how it stands, for whom may look at its database.

        Raises BotError.
        """
        query = ShowStatus(subject=label(number))
        person, sight = await self.member(query, invocation)
        desk = self._seated(sight, invocation)
        request = await self._audited(query, person, desk.request(number))
        now = self._services.judge.now(request)
        changes = altered(request, now) if is_unsent(request) else ()
        also = await earlier(self._services.store, request)
        trouble = await self._services.trouble(request) if is_unsent(request) else NO_TROUBLE
        trouble = sight.of_trouble(trouble)
        standing = Standing(
            who=await self._of_whom(request), changes=changes, trouble=trouble, also=also
        )
        drawn = detailed(request, standing, alone=True)
        return await self._links.put_into(drawn, invocation.asker)

    async def _audited(
        self, operation: Operation, person: Person, answering: Awaitable[Found]
    ) -> Found:
        """The answer; who may not look at what it is about stands in the trail."""
        try:
            return await answering
        except NotAllowedError as error:
            if error.code == NOT_VIEWER:
                await refuse(self._services.store, _refused(operation, person, NOT_VIEWER), error)
            raise

    async def _desk(self, person: Person, invocation: Invocation) -> ServiceDesk:
        sight = await self._services.sights.of(person, invocation.received_at)
        return self._seated(sight, invocation)

    def _seated(self, sight: Sight, invocation: Invocation) -> ServiceDesk:
        return ServiceDesk(
            self._services, invocation.received_at, sight, invocation.channel, invocation.key
        )

    async def _answered(self, query: Query, invocation: Invocation) -> dict[str, object]:
        """What is said privately: the words, and where a picture is; nothing where a message that
        is posted says it all.

        What not everybody may look at is never answered in the open.
        """
        found, sight = await self._looked(query, invocation)
        if found.chart is None:
            return answer(found)
        is_whole = sight.is_whole and self._services.settings.access.viewers is None
        return await self._charts.say(found, invocation, may_stand_open=is_whole)

    def _meant(self, command: Command, error: UnknownWordError) -> list[Suggestion]:
        """The same command with each word that may have been meant."""
        corrected = (
            (choice, corrected_by(command.operation, error, choice)) for choice in error.choices
        )
        return [
            offer(whole_text(replace(command, operation=one)), self._about(error, choice))
            for choice, one in corrected
            if one is not None
        ]

    def _about(self, error: UnknownWordError, name: str) -> str:
        """``test, postgres 16.8`` of a database; several may share a name that is offered."""
        if not isinstance(error, UnknownTargetError | AmbiguousTargetError):
            return ""
        try:
            database = choose(name, self._services.fleet.last_seen, DATABASES)
        except AmbiguousTargetError:
            return "more than one"
        except UsageError:  # a snapshot is none of the databases
            return ""
        environment = self._services.judge.classify(database).environment
        return f"{environment}, {database.engine} {database.engine_version}".rstrip()

    async def _ask(
        self, command: Command, change: Change, invocation: Invocation
    ) -> dict[str, object]:
        ask = Ask(
            change=change,
            asker=invocation.asker,
            channel=invocation.channel,
            reason=command.reason,
            at=command.at,
            received_at=invocation.received_at,
            key=invocation.key,
        )
        observes = self._services.settings.observe
        if command.dry_run or observes:
            shown = await self._services.approvals.rehearse(ask)
            wanted = shown.request.decision.approvals
            who = await self._who(shown.request) if wanted else ()
            return rehearsal(shown.request, who=who, obstacle=shown.obstacle, observes=observes)
        request = await self._services.approvals.submit(ask)
        before = request.asked_at != invocation.received_at
        who = await self._of_whom(request)
        also = await earlier(self._services.store, request)
        age = invocation.received_at - request.asked_at if before else None
        return filed(request, invocation.channel, who, age=age, also=also)

    async def member(
        self, operation: Operation | type[Operation], invocation: Invocation
    ) -> tuple[Person, Sight]:
        """Whoever asks, as they are now, and what they may look at.

        Guests and strangers see nothing of the fleet, nor does whom ``access.viewers`` leaves out;
        that is audited. Raises NotAllowedError.
        """
        directory, at = self._services.directory, invocation.received_at
        person = await directory.person(invocation.asker, at)
        if operation.name not in OPEN_TO_ALL:
            event = _refused(operation, person, "refused")
            looks = viewers(self._services.settings)
            await self._authorization.require(person, looks, at, event)
        return person, await self._services.sights.of(person, at)

    async def _who(self, request: Request) -> Line:
        now = self._services.judge.now(request)
        return await who_may_approve(self._services.directory, request, now)

    async def _of_whom(self, request: Request) -> Line:
        if request.status is not Status.PENDING:
            return ()
        try:
            async with asyncio.timeout(NAMING):
                return await self._who(request)
        except (DirectoryError, TimeoutError):
            return ()


def _refused(operation: Operation | type[Operation], person: Person, code: str) -> AuditEvent:
    return AuditEvent(
        action="query.refused", actor=str(person.id), result=code, operation=operation.name
    )


def corrected_by(operation: Operation, error: UnknownWordError, choice: str) -> Operation | None:
    """The same with ``choice`` where the unknown word stands; None where it stands nowhere.

    What is looked up under one name may have been typed for another: of two databases to compare
    either may be unknown.
    """
    fields = type(operation).model_fields
    for name in sorted(fields, key=lambda one: one != error.parameter):
        value = getattr(operation, name)
        corrected = _corrected(value, error.word, choice)
        if corrected != value:
            return operation.model_copy(update={name: corrected})
    return None


def _corrected(value: object, word: str, choice: str) -> object:
    """``cpu,conn`` is several words as well."""
    if isinstance(value, tuple):
        return tuple(choice if one == word else one for one in value)
    if not isinstance(value, str) or not word or isinstance(value, Enum):
        return value
    if value == word:
        return choice
    return "".join(choice if one == word else one for one in re.split(r"([,\s]+)", value))
