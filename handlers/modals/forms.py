"""Forms: opened at once, filled with what is known, and judged as far as that goes without AWS."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.desk import Services
from bot.errors import BotError, DirectoryError, NotAllowedError, UsageError
from bot.operation import Change, Operation
from bot.params import Picker, request_number
from bot.policy.viewers import Sight
from bot.values import Database, PersonId, Strong
from handlers.blocks.error import problem
from handlers.blocks.form import (
    REQUEST,
    VALUE,
    About,
    Notice,
    Offer,
    about_request,
    form,
    parameters,
    submitted,
)
from handlers.blocks.modal import opening_form
from handlers.errors import explained
from handlers.intake.acknowledge import JUDGING, sender
from handlers.modals.choices import offers
from handlers.modals.modals import Modals, Trigger
from handlers.parser import FormError

#: In a form's metadata: it closes when it is sent, as what comes of it shows where it was opened.
QUIET = "quiet"
HOME = "home"  #: the request at which it was opened in somebody's Home
#: Seconds for looking up what was typed, while somebody waits for the form.
LOOKING_UP = 2.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Blank:
    """A form for somebody: ``values`` are as typed, or as they were submitted."""

    operation: type[Operation]
    values: Mapping[str, Any]
    person: PersonId
    metadata: Mapping[str, Any]


class Forms:
    def __init__(self, services: Services, modals: Modals) -> None:
        self._services = services
        self._modals = modals

    async def open(self, trigger: Trigger, blank: Blank) -> bool:
        """False where Slack opens none, or nobody sees it any more."""
        # First, as the trigger lives three seconds and looking names up may take longer.
        view_id = await self._modals.open(trigger, opening_form())
        return view_id is not None and await self.fill(view_id, blank)

    async def fill(
        self,
        view_id: str,
        blank: Blank,
        error: BotError | None = None,
        *,
        only_over: str | None = None,
    ) -> bool:
        """The form in an open modal, with what is wrong above the field that it concerns."""
        (known, wrong), about = await asyncio.gather(self._looked_up(blank), self._about(blank))
        view = form(
            blank.operation,
            {**blank.values, **known},
            metadata=blank.metadata,
            notice=_notice(blank.operation, error or wrong),
            about=about,
        )
        return await self._modals.show(view_id, view, only_over)

    async def check(self, operation: Operation, person: PersonId) -> None:
        """What can be told without AWS, and at once. Raises FormError.

        What cannot be told in time is judged later, like everything else.
        """
        try:
            async with asyncio.timeout(JUDGING):
                await self._check(operation, person)
        except (TimeoutError, DirectoryError) as error:
            log.info("forms.judged_later", why=type(error).__name__)

    async def sight(self, person: PersonId) -> Sight:
        """Of what may be offered; guests and strangers learn nothing. Raises DirectoryError."""
        known = await self._services.directory.known_person(person)
        return await self._services.sights.known(known)

    async def _check(self, operation: Operation, person: PersonId) -> None:
        if not (sight := await self.sight(person)):
            return
        for name, picker in _pickers(type(operation)):
            if (typed := getattr(operation, name)) is None:
                continue
            database = await _found(sight, typed, name, picker)
            if isinstance(operation, Change) and (found := operation.barred(database)):
                raise FormError(found)

    async def _looked_up(self, blank: Blank) -> tuple[dict[str, Any], FormError | None]:
        """What was typed for a picker as the row that it means, or why it means none."""
        pickers = [one for one in _pickers(blank.operation) if blank.values.get(one[0])]
        try:
            async with asyncio.timeout(LOOKING_UP):
                if not pickers or not (sight := await self.sight(blank.person)):
                    return {}, None
                looked = {one[0]: await self._offer(sight, blank, *one) for one in pickers}
                return looked, None
        except FormError as error:
            return {}, error
        except (TimeoutError, DirectoryError) as error:
            log.info("forms.not_looked_up", why=type(error).__name__)
            return {}, None

    async def _about(self, blank: Blank) -> About | None:
        """Which request it is about, in the form's first line; None where that is still asked."""
        number = request_number(str(blank.values.get(REQUEST) or ""))
        if REQUEST not in blank.operation.model_fields or number is None:
            return None
        try:
            async with asyncio.timeout(LOOKING_UP):
                sight = await self.sight(blank.person)
                request = await self._services.store.requests.get(number)
        except (TimeoutError, BotError) as error:
            log.info("forms.not_looked_up", why=type(error).__name__)
            return None
        return about_request(blank.operation, request) if sight.sees(request) else None

    async def _offer(self, sight: Sight, blank: Blank, name: str, picker: Picker) -> Offer:
        typed = str(blank.values[name])
        database = await _found(sight, typed, name, picker)
        [offer] = offers([database], self._services.judge.classify)
        return offer if len(typed) > VALUE else offer._replace(value=typed)


def sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a form that was sent, or redrawn: who, where, and what stands in it."""
    name, values, metadata = submitted(body["view"])
    return {
        "operation": name,
        "values": values,
        "person": str(sender(body)),
        "metadata": metadata,
        "view": body["view"]["id"],
    }


async def _found(sight: Sight, typed: str, name: str, picker: Picker) -> Database:
    try:
        return await sight.find(typed, picker.kinds)
    except (UsageError, NotAllowedError) as error:
        raise FormError({name: str(error)}) from error


def _pickers(operation: type[Operation]) -> Iterator[tuple[str, Picker]]:
    for name in operation.model_fields:
        if isinstance(picker := operation.parameter(name), Picker):
            yield name, picker


def _notice(operation: type[Operation], error: BotError | None) -> Notice | None:
    if error is None:
        return None
    if error.parameter not in (asked := parameters(operation)):
        return Notice(explained(error)["blocks"])
    label = Strong(text=f"{asked[error.parameter].label}:")
    return Notice(problem((label, f" {error}"))["blocks"], error.parameter)
