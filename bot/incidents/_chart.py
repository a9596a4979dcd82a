"""The chart in an incident's thread: what was measured around its start."""

import asyncio
from collections.abc import Iterator

import structlog

from bot.errors import AWSError, BotError
from bot.incidents._databases import IncidentDatabases
from bot.monitoring import SHOWN, Finding, Monitoring, firing, lined, spoken, unread_because
from bot.policy.team_zone import Zone
from bot.values import (
    Alarm,
    Answer,
    Chart,
    Curve,
    Database,
    Incident,
    Line,
    Marker,
    Measure,
    Message,
    Moment,
    Observed,
    Panel,
    Paragraph,
    Place,
    Range,
    Window,
    figure,
)
from storage.store import Store

SPAN = Range.THREE_HOURS
SAID = 4  #: findings

log = structlog.get_logger()


class Illustrator:
    def __init__(
        self, store: Store, places: IncidentDatabases, monitoring: Monitoring, zone: Zone
    ) -> None:
        self._store = store
        self._places = places
        self._monitoring = monitoring
        self._zone = zone

    async def draw(self, incident: Incident) -> None:
        """Has it posted once; where there is nothing to draw, the words alone."""
        answer = await self._answer(incident)
        async with self._store.write() as tx:
            current = await tx.lock_incident(incident.id)
            # Under the lock: of two ticks that drew it, one posts it.
            if current.is_pictured or current.card is None:
                return
            await tx.save_incident(current.model_copy(update={"is_pictured": True}))
            if answer is not None:
                place, key = Place.CHANNEL, f"incident:{incident.id}:chart"
                card = current.card
                await tx.post(
                    Message.pictured(place, card.channel, answer, key=key, thread=card.ts)
                )

    async def _answer(self, incident: Incident) -> Answer | None:
        """None where it is about no database that is known."""
        database = self._places.known(incident.target)
        if database is None:
            return None
        title = f"{database.name}: {incident.title}"
        try:
            seen = await self._seen(database, incident)
        except BotError as error:
            log.warning("incidents.not_measured", incident=incident.label, why=str(error))
            seen = Observed(chart=None, findings=tuple(_unread(incident, error)))
        return Answer(
            title=title,
            parts=tuple(Paragraph(line=line) for line in seen.findings[:SAID]),
            chart=seen.chart and with_its_start(seen.chart, incident),
        )

    async def _seen(self, database: Database, incident: Incident) -> Observed:
        """What it is about comes first, whatever the figures say. Raises as ``observe`` does."""
        words = (incident.shows,) if incident.shows else ()
        alarms = (incident.watched,) if incident.watched else ()
        zone = await self._zone()
        seen, own = await asyncio.gather(
            self._monitoring.observe(
                database, SPAN, words, zone, alarms=alarms,
                known=() if incident.watched else (Finding(incident.title, _happens(incident)),),
            ),
            self._own(database, incident.watched),
        )  # fmt: skip
        if own is None or seen.chart is None:
            return seen
        every = (own, *seen.chart.panels, *seen.chart.rest)
        lacks = f"{own.title} could not all be read" if own.is_unread else ""
        unread = "; ".join(filter(None, (lacks, seen.chart.unread)))
        shown = {"panels": every[:SHOWN], "rest": every[SHOWN:], "unread": unread}
        drawn = seen.chart.model_copy(update=shown)
        return seen.model_copy(update={"chart": drawn})

    async def _own(self, database: Database, alarm: Alarm | None) -> Panel | None:
        """Just the figures that the alarm compares, where no panel of the chart shows those."""
        if alarm is None or not alarm.is_drawable:
            return None
        period = max(SPAN.period, alarm.period)
        if (alarm.statistic, period) in (("Average", SPAN.period), ("", SPAN.period)):
            return None
        until = self._monitoring.window(SPAN).until
        measure = Measure(target=database.target, metric=alarm.metric, stat=alarm.statistic)
        window = Window.ending(until, SPAN.seconds, period)
        (series,) = await self._monitoring.read_once((measure,), window)
        title = f"{spoken(alarm.metric)}, {alarm.statistic} of {period // 60} min"
        curves = (Curve(series=series),)
        drawn = Panel(title=title, unit=series.unit, curves=curves, period=period)
        return lined(drawn, alarm)


def _happens(incident: Incident) -> Line:
    return (f"{incident.title[:1].upper()}{incident.title[1:]} since ",
            Moment(at=incident.started_at), ".")  # fmt: skip


def _unread(incident: Incident, error: BotError) -> Iterator[Line]:
    if incident.watched:
        yield from firing(incident.watched)
    else:
        yield _happens(incident)
    why = unread_because(error) if isinstance(error, AWSError) else str(error)
    yield (f"Its figures could not be read. {why}",)


def with_its_start(chart: Chart, incident: Incident) -> Chart:
    """With its start, and in the title with its number and with how it stands now."""
    marker = Marker(at=incident.started_at, label=f"{incident.label} began", is_own=True)
    markers = sorted((*chart.markers, marker), key=lambda one: one.at)
    now = now_of(chart, incident.watched)
    title = f"{incident.label}: {chart.title}{now}"
    return chart.model_copy(update={"title": title, "markers": tuple(markers)})


def now_of(chart: Chart, alarm: Alarm | None) -> str:
    """``, now 179 GiB``; empty where that is not known, and of several curves."""
    curves = [
        curve for panel in chart.panels[:1] for curve in panel.curves
        if alarm and curve.series.metric == alarm.metric and curve.series.latest
    ]  # fmt: skip
    series = curves[0].series if len(curves) == 1 else None
    if series is None or series.latest is None:
        return ""
    return f", now {figure(series.metric, series.latest[1], series.unit, short=True)}"
