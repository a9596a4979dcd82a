"""What happened to an incident's database in the hours before it: often why it began."""

from datetime import timedelta

from bot.incidents._databases import IncidentDatabases
from bot.incidents._notifications import card
from bot.monitoring._markers import Markers
from bot.values import Incident, Line, Paragraph, Window, micros
from storage.store import Store

HOURS = micros(timedelta(hours=6))
UNKNOWN: Line = ("not known, as it is about no database that I see",)


class Before:
    def __init__(
        self, store: Store, places: IncidentDatabases, markers: Markers, channel: str
    ) -> None:
        self._store = store
        self._places = places
        self._markers = markers
        self._channel = channel

    async def look(self, incident: Incident) -> None:
        """Once; its card then says so."""
        said = await self._said(incident)
        async with self._store.write() as tx:
            current = await tx.lock_incident(incident.id)
            if current.before is not None:
                return
            after = current.model_copy(update={"before": Paragraph(line=said)})
            await tx.save_incident(after)
            await tx.post(card(after, self._channel))

    async def _said(self, incident: Incident) -> Line:
        database = self._places.known(incident.target)
        if database is None:
            return UNKNOWN
        until = incident.started_at - 1  # what it began with is not before it
        return await self._markers.before(database, Window(since=until - HOURS, until=until))
