"""What a searched select menu offers."""

from collections.abc import Mapping
from typing import Any

import structlog
from rapidfuzz import process
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.desk import Services
from bot.people import Groups, may_request
from bot.values import Database
from handlers.blocks.elements import option
from handlers.blocks.form import PICK
from handlers.listening import sender

SHOWN = 100

log = structlog.get_logger()


class Options:
    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, app: AsyncApp) -> None:
        @app.options(PICK)
        async def searched(ack: AsyncAck, body: dict[str, Any]) -> None:
            try:
                await ack(options=await self._offered(body))
            except Exception:
                log.exception("options.failed")
                await ack(options=[])

    async def _offered(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Guests and strangers see nothing of the fleet, here either."""
        directory = self._services.directory
        person = await directory.known_person(sender(body))
        if not may_request(person, None, Groups(members={}), directory.own_team):
            return []
        return await self._databases(body.get("value") or "")

    async def _databases(self, typed: str) -> list[dict[str, Any]]:
        inventory = await self._services.fleet.inventory()
        ranked = _ranked(typed, inventory.databases)[:SHOWN]
        return [option(self._label(database), database.address) for database in ranked]

    def _label(self, database: Database) -> str:
        environment = self._services.judge.classify(database).environment
        return f"{database.address} ({environment}, {database.status})"


def _ranked(typed: str, databases: tuple[Database, ...]) -> list[Database]:
    """Names that hold what was typed first, then such as are like it."""
    if not typed:
        return list(databases)
    holding = [one for one in databases if typed.lower() in one.address.lower()]
    near = process.extract(typed, [one.address for one in databases], limit=10, score_cutoff=60)
    like = [databases[index] for _, _, index in near if databases[index] not in holding]
    return holding + like
