"""What AWS offers the database of a form, as the rows of a picker."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.desk import Services
from bot.errors import AWSError, NotAllowedError, UsageError
from bot.operation import Change, Option
from bot.operations import CATALOGUE
from bot.params import Offered, Picker
from bot.policy.viewers import Sight
from bot.values import Database, folded
from handlers.blocks.form import VALUE, Offer, metadata_of

#: Seconds: how long an answer is kept, and what stands before Slack gives up, which waits three.
KEPT, WITHIN = 60.0, 1.8
#: Why nothing is offered, above what can be typed.
NO_DATABASE = "Choose the database first, or type it here"
NOT_YET = "AWS has not answered yet. Type it, or open this again"
NOT_SAID = "AWS does not say what it offers. Type it here"
NOTHING = "AWS offers nothing else here"

log = structlog.get_logger()
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Asked:
    """A menu of a form: of which parameter, and the database that the form holds, as typed."""

    change: type[Change]
    parameter: str
    database: str
    picker: Picker


@dataclass(frozen=True)
class Rows:
    """``heading``: why there are no more; empty where these are all."""

    rows: Sequence[Offer]
    heading: str = ""


class Offers:
    """AWS's answers, kept for a minute by database; those who wait for one share it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._asked: dict[Key, tuple[float, asyncio.Task[Sequence[Option]]]] = {}

    async def rows(self, asked: Asked, typed: str, sight: Sight) -> Rows:
        """What was typed is always among them. Raises DirectoryError."""
        found, heading = await self._found(asked, sight)
        return Rows(_matching(found, typed), heading)

    async def warm(self, asked: Asked, sight: Sight) -> None:
        """Asks AWS before somebody opens the menu."""
        await self._found(asked, sight)

    async def _found(self, asked: Asked, sight: Sight) -> tuple[Sequence[Option], str]:
        try:
            database = await sight.find(asked.database, asked.picker.kinds)
        except (UsageError, NotAllowedError):
            return (), NO_DATABASE
        try:
            # What AWS is asked goes on: the next time its answer is there.
            answer = asyncio.shield(self._asking(asked, database))
            found = await asyncio.wait_for(answer, WITHIN)
        except TimeoutError:
            return (), NOT_YET
        except AWSError as error:
            log.info("offers.not_said", why=str(error))
            return (), NOT_SAID
        return found, "" if found else NOTHING

    def _asking(self, asked: Asked, database: Database) -> asyncio.Task[Sequence[Option]]:
        now = asyncio.get_running_loop().time()
        self._asked = {key: it for key, it in self._asked.items() if it[0] > now}
        key = (asked.change.name, asked.parameter, database.target.resource_id)
        if key in self._asked and not _failed(self._asked[key][1]):
            return self._asked[key][1]
        aws = self._services.accounts.door(database.target, asked.change.permissions)
        task = asyncio.ensure_future(asked.change.options(asked.parameter, aws, database))
        task.add_done_callback(_failed)  # else asyncio says that nobody looked
        self._asked[key] = (now + KEPT, task)
        return task


def asked_in(view: Mapping[str, Any], block: str) -> Asked | None:
    """None: no menu of what AWS offers.

    The database is the one that the view was drawn with: what somebody has chosen since is not
    among what Slack sends with a search (https://github.com/slackapi/bolt-js/issues/660), so
    choosing it redraws the view.
    """
    change = CATALOGUE.get(metadata_of(view).get("operation", ""))
    if change is None or not issubclass(change, Change) or block not in change.model_fields:
        return None
    picker = change.parameter("target")
    if not isinstance(change.parameter(block), Offered) or not isinstance(picker, Picker):
        return None
    return Asked(change, block, _drawn(view, "target"), picker)


def menus(change: type[Change]) -> list[str]:
    """The parameters that have one."""
    return [one for one in change.model_fields if isinstance(change.parameter(one), Offered)]


def _drawn(view: Mapping[str, Any], name: str) -> str:
    found = [one for one in view.get("blocks", ()) if one.get("block_id") == name]
    element = found[0].get("element") or {} if found else {}
    return str((element.get("initial_option") or {}).get("value") or "")


def _matching(found: Sequence[Option], typed: str) -> list[Offer]:
    wanted = typed.strip()
    words = folded(wanted).split()
    rows = [
        Offer(one.value, one.label, one.note)
        for one in found
        if all(word in folded(f"{one.value} {one.label} {one.note}") for word in words)
    ]
    is_new = wanted and len(wanted) <= VALUE and all(one.value != wanted for one in rows)
    return [*rows, Offer(wanted, f"Use {wanted}", "as typed")] if is_new else rows


def _failed(task: asyncio.Task[Sequence[Option]]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
