"""``/rds`` alone: what this person can do, has asked for, and is waited for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.desk import ServiceDesk, Services
from bot.errors import BotError
from bot.operation import Change, Operation
from bot.operations import CATALOGUE
from bot.operations.list_requests import OPEN
from bot.settings import OBSERVES
from bot.values import Person, PersonId, Strong
from handlers.blocks.elements import Payload, section
from handlers.blocks.launcher import Desktop, asks_nothing, changes_of, closed_launcher, launcher
from handlers.blocks.modal import modal, opening_form, result_form
from handlers.blocks.rich import Block
from handlers.delivery.invocation import Invocation
from handlers.errors import explained
from handlers.modals.forms import Blank, Forms
from handlers.modals.modals import Modals, Trigger
from handlers.parser import Command
from handlers.runner import Runner

Telling = Callable[[Invocation], Awaitable[dict[str, object]]]

MOST = 100  #: of somebody's open requests that are counted


@dataclass(frozen=True)
class Visit:
    """Who looks, where they are, and since when; ``view`` is the launcher they have open."""

    person: PersonId
    channel: str | None
    received_at: int
    view: str | None = None


class Launcher:
    def __init__(self, services: Services, runner: Runner, forms: Forms, modals: Modals) -> None:
        self._services = services
        self._runner = runner
        self._forms = forms
        self._modals = modals

    async def launch(
        self, operation: type[Operation], trigger: Trigger, visit: Visit, key: str
    ) -> bool:
        """An answer or a form, on top; False where Slack opens none."""
        if not asks_nothing(operation):
            metadata = {"channel": visit.channel, "launcher": visit.view}
            blank = Blank(operation, {}, visit.person, metadata)
            return await self._forms.open(trigger, blank)
        return await self.show(Command(operation()), trigger, visit, key)

    async def show(self, command: Command, trigger: Trigger, visit: Visit, key: str) -> bool:
        """What a query answers, on top; False where Slack opens none."""
        run = partial(self._runner.run, command)
        return await self._on_top(type(command.operation), run, trigger, visit, key)

    async def changes(self, database: str, trigger: Trigger, visit: Visit) -> bool:
        """What fits that database, on top; False where Slack opens none."""
        view_id = await self._modals.open(trigger, opening_form())
        if view_id is None:
            return False
        try:
            view = await self._changes(database, visit)
        except BotError as error:
            view = modal("Changes", explained(error)["blocks"])
        await self._modals.show(view_id, view)
        return True

    async def _changes(self, typed: str, visit: Visit) -> Payload:
        person = await self._services.directory.person(visit.person, visit.received_at)
        sight = await self._services.sights.of(person, visit.received_at)
        desk = ServiceDesk(self._services, visit.received_at, sight, visit.channel or "")
        database = await desk.find(typed)
        fitting = [
            one
            for one in desk.catalogue().values()
            if issubclass(one, Change) and await desk.offers(one, database, person)
        ]
        said = f" is {database.status}, {desk.classify(database).environment}"
        head = (Strong(text=database.name), said)
        return changes_of(database.target.typed, head, fitting, visit.channel)

    async def details(self, number: int, trigger: Trigger, visit: Visit, key: str) -> bool:
        """All about a request, on top; False where Slack opens none."""
        tell = partial(self._runner.details, number)
        return await self._on_top(CATALOGUE["show_status"], tell, trigger, visit, key)

    async def _on_top(
        self, operation: type[Operation], tell: Telling, trigger: Trigger, visit: Visit, key: str
    ) -> bool:
        view_id = await self._modals.open(trigger, opening_form())
        if view_id is None:
            return False
        invocation = Invocation(visit.person, visit.channel or "", visit.received_at, key)
        try:
            drawn = await tell(invocation)
        except BotError as error:
            drawn = explained(error)
        await self._modals.show(view_id, result_form(operation, drawn, visit.channel))
        return True

    async def open(self, trigger: Trigger, visit: Visit) -> bool:
        """False where Slack opens none, or nobody sees it any more."""
        view_id = await self._modals.open(trigger, opening_form())
        return view_id is not None and await self.fill(view_id, visit)

    async def fill(self, view_id: str, visit: Visit, notice: Sequence[Block] = ()) -> bool:
        """As things stand now."""
        try:
            view = await self._drawn(visit, notice)
        except BotError as error:
            view = modal("RDS Ops Bot", explained(error)["blocks"])
        return await self._modals.show(view_id, view)

    async def _drawn(self, visit: Visit, notice: Sequence[Block]) -> Payload:
        directory, sights = self._services.directory, self._services.sights
        person = await directory.person(visit.person, visit.received_at)
        sight = await sights.of(person, visit.received_at)
        desktop = await self._desktop(
            ServiceDesk(self._services, visit.received_at, sight), person, visit
        )
        if not sight:
            return closed_launcher(desktop)
        mode = [section((Strong(text=OBSERVES),))] * self._services.settings.observe
        return launcher(desktop, [*mode, *notice])

    async def _desktop(self, desk: ServiceDesk, person: Person, visit: Visit) -> Desktop:
        operations, mine, waiting = await asyncio.gather(
            _usable(desk, person),
            desk.requests(status=OPEN, requester=person.id, limit=MOST),
            desk.waiting_for(person),
        )
        return Desktop(operations, mine, waiting, visit.channel)


async def _usable(desk: ServiceDesk, person: Person) -> list[type[Operation]]:
    return [one for one in desk.catalogue().values() if await desk.may_use(one, person)]
