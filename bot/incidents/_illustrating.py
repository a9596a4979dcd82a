"""The chart in an incident's thread: what was measured around its start."""

import structlog

from bot.aws.cloudwatch import UNITS
from bot.errors import BotError
from bot.incidents._places import Places
from bot.monitoring import Monitoring
from bot.telling import Telling
from bot.values import (
    Answer,
    Chart,
    Incident,
    Limit,
    Marker,
    Paragraph,
    Place,
    Range,
    amount,
)
from storage.database import Database as Store

SPAN = Range.THREE_HOURS
SAID = 4  #: findings

log = structlog.get_logger()


class Illustrator:
    def __init__(self, store: Store, places: Places, monitoring: Monitoring) -> None:
        self._store = store
        self._places = places
        self._monitoring = monitoring

    async def draw(self, incident: Incident) -> None:
        """Has it posted once, or not at all where there is nothing to draw; a button draws more."""
        answer = await self._answer(incident)
        async with self._store.write() as tx:
            current = await tx.lock_incident(incident.id)
            if current.is_pictured or current.card is None:
                return
            await tx.save_incident(current.model_copy(update={"is_pictured": True}))
            if answer is not None:
                place, key = Place.CHANNEL, f"incident:{incident.id}:chart"
                card = current.card
                await tx.post(
                    Telling.pictured(place, card.channel, answer, key=key, thread=card.ts)
                )

    async def _answer(self, incident: Incident) -> Answer | None:
        database = self._places.known(incident.target)
        if database is None:
            return None
        try:
            words = (incident.shows,) if incident.shows else ()
            seen = await self._monitoring.observe(database, SPAN, words, "UTC")
        except BotError as error:
            log.warning("incidents.not_measured", incident=incident.label, why=str(error))
            return None
        if seen.chart is None:
            return None
        title = f"{database.name}: {incident.title}"
        said = () if incident.alarm else seen.findings[:SAID]
        return Answer(
            title=title,
            parts=tuple(Paragraph(line=line) for line in said),
            chart=_marked(seen.chart.model_copy(update={"title": title}), incident),
        )


def _marked(chart: Chart, incident: Incident) -> Chart:
    """With its start, and with the level that its alarm watches."""
    marker = Marker(at=incident.started_at, label=f"{incident.label} began")
    first, *others = chart.panels
    if incident.shows and incident.level is not None:
        label = f"alarm {amount(incident.level, UNITS.get(incident.measures, ''))}"
        limit = Limit(value=incident.level, label=label)
        first = first.model_copy(update={"limit": limit})
    return chart.model_copy(
        update={"markers": (*chart.markers, marker), "panels": (first, *others)}
    )
