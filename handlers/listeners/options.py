"""What a searched select menu offers, and what choosing in one changes in its form."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.desk import Services
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.params import Picker
from bot.values import SNAPSHOTS, Database, Inventory, PersonId
from handlers.blocks.elements import OPTION, OPTIONS, Element, plain_text
from handlers.blocks.form import PICK, Offer, metadata_of, picked
from handlers.intake.acknowledge import sender, take
from handlers.intake.inbox import Intake
from handlers.modals.choices import offers, ranked
from handlers.modals.forms import Blank, Forms, sent
from handlers.modals.offered import Asked, Offers, asked_in, menus
from storage.tables.inbox import Incoming

#: Seconds; Slack waits three.
WITHIN = 2.0
#: What stands where nothing is found and not all could be read; choosing it says why.
NOT_LISTED, UNKNOWN = "Not among those that I could read", "?"
NOT_CHOSEN = "Nothing to choose from: type it"
KIND = "pick"
#: How many of somebody's last requests are looked at for what to offer first.
RECENT = 20

log = structlog.get_logger()


class Options:
    def __init__(self, services: Services, forms: Forms) -> None:
        self._services = services
        self._forms = forms
        self._offers = Offers(services)

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)

        @app.action(PICK)
        async def picked_one(ack: AsyncAck, body: dict[str, Any]) -> None:
            key = f"pick:{body['view']['id']}:{body['actions'][0]['action_ts']}"
            payload = {**sent(body), "hash": body["view"].get("hash")}
            await take(intake, ack, KIND, key, payload, looks=True)

        @app.options(PICK)
        async def searched(ack: AsyncAck, body: dict[str, Any]) -> None:
            try:
                async with asyncio.timeout(WITHIN):
                    found = await self._offered(body)
            # Without an answer the menu shows an error; in an empty one people type on.
            except Exception:
                log.exception("options.failed")
                found = {"options": []}
            await ack(**found)

    async def process(self, incoming: Incoming) -> None:
        """The form anew, for the database that was chosen; what is filled in stays."""
        body = incoming.payload
        operation, person = CATALOGUE[body["operation"]], PersonId.parse(body["person"])
        blank = Blank(operation, body["values"], person, body["metadata"])
        # Whoever sends it at once already sees what comes of that.
        await self._forms.fill(body["view"], blank, only_over=body["hash"])
        database, picker = body["values"].get("target"), operation.parameter("target")
        if database and issubclass(operation, Change) and isinstance(picker, Picker):
            sight = await self._forms.sight(person)
            for name in menus(operation):
                await self._offers.warm(Asked(operation, name, database, picker), sight)

    async def failed(self, incoming: Incoming, reference: str) -> None:
        """The form stays as it was, and what its menus offer can be typed."""
        log.warning("options.not_redrawn", reference=reference)

    async def _offered(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Guests and strangers see nothing of the fleet, here either."""
        person = sender(body)
        if asked := asked_in(body.get("view") or {}, body.get("block_id", "")):
            return await self._of_aws(asked, body.get("value") or "", person)
        picker = _picker(body)
        if picker is None or not (sight := await self._forms.sight(person)):
            return {"options": []}
        typed = body.get("value") or ""
        inventory = await self._inventory(picker)
        found = await self._ranked(typed, person, picker, sight.of(inventory))
        shown = offers(found[:OPTIONS], self._services.judge.classify)
        rows, unread = [picked(one) for one in shown], _unread(picker, inventory)
        if unread and not rows:
            rows = [picked(Offer(typed or UNKNOWN, NOT_LISTED, unread))]
        return menu(rows, max(len(found), len(rows)), unread)

    async def _inventory(self, picker: Picker) -> Inventory:
        """Of snapshots those that somebody took: AWS's own have to be named."""
        fleet = self._services.fleet
        if picker.kinds <= SNAPSHOTS.keys():
            return await fleet.snapshots.manual()
        await fleet.inventory()
        return fleet.last_seen

    async def _of_aws(self, asked: Asked, typed: str, person: PersonId) -> dict[str, Any]:
        if not (sight := await self._forms.sight(person)):
            return {"options": []}
        found = await self._offers.rows(asked, typed, sight)
        # The last is what was typed: it stays where there are too many.
        shown = [*found.rows[: OPTIONS - 1], *found.rows[OPTIONS - 1 :][-1:]]
        rows = [picked(one) for one in shown]
        if not found.heading:
            return menu(rows, len(found.rows))
        rows = rows or [picked(Offer(UNKNOWN, NOT_CHOSEN))]
        label = plain_text(found.heading, OPTION)
        return {"option_groups": [{"label": label, "options": rows}]}

    async def _ranked(
        self, typed: str, person: PersonId, picker: Picker, seen: Inventory
    ) -> list[Database]:
        asked = await self._services.store.requests.find(requester=person, limit=RECENT)
        fitting = [one for one in seen.databases if one.target.kind in picker.kinds]
        return ranked(typed, fitting, [one.step.target.resource_id for one in asked])


def _unread(picker: Picker, inventory: Inventory) -> str:
    """Where there may be more of what is looked for; empty where all could be read."""
    return ", ".join(one.place for one in inventory.unreachable if one.kinds & picker.kinds)


def _picker(body: Mapping[str, Any]) -> Picker | None:
    """The parameter that the menu is for: the block's id is its name."""
    operation = CATALOGUE.get(metadata_of(body.get("view") or {}).get("operation", ""))
    name = body.get("block_id", "")
    if operation is None or name not in operation.model_fields:
        return None
    parameter = operation.parameter(name)
    return parameter if isinstance(parameter, Picker) else None


def menu(rows: list[Element], found: int, unread: str = "") -> dict[str, Any]:
    """Slack shows no more than a menu holds; the heading says so, and what could not be read."""
    if found <= len(rows) and not unread:
        return {"options": rows}
    heading = f"{len(rows)} of {found}: type more of the name"
    if unread:
        heading = f"Not all: I could not read {unread}"
    return {"option_groups": [{"label": plain_text(heading, OPTION), "options": rows}]}
