"""An open incident as the first line of an answer about its database: pure."""

from collections.abc import Iterator

from bot.monitoring import latest
from bot.values import Button, Incident, Line, Moment, Origin, Phase, Strong, looking
from handlers.blocks.incident import ACKNOWLEDGE


def alarmed(given: Incident, others: int) -> Line:
    """``orders has an open alarm: CPU above 80 %, at 97 %, since 14:02 (I-12)``; ``others`` are
    open there as well."""
    name = given.target.identifier if given.target else given.place
    what = "alarm" if given.source is Origin.ALARM else "incident"
    value = latest(given.watched) if given.watched else ""
    now = f", at {value}" if value else ""
    care = "" if given.phase is Phase.FIRING else f", {given.phase}"
    more = f" And {others} more." if others > 0 else ""
    said = f" has an open {what}: {given.title}{now}, since "
    return (Strong(text=name), said, Moment(at=given.started_at), f" ({given.label}{care}).{more}")


def alarm_buttons(given: Incident) -> Iterator[Button]:
    """Its chart, and to take care of it where nobody does."""
    if given.address:
        line = " ".join(f"metrics {given.address} {given.shows}".split())
        yield looking("Chart of the alarm", line)
    if given.phase is Phase.FIRING:
        yield Button(label="Acknowledge", action=ACKNOWLEDGE, value=str(given.id))
