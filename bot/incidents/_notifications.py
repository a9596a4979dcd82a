"""What is told and written down of an incident: pure."""

from bot.values import AuditEvent, Incident, Line, Message, Note, Paragraph, PersonId, Place

CARD, NOTE, REDRAWN = "incident", "incident_note", "incident_redrawn"


def card(incident: Incident, channel: str) -> Message:
    """It is drawn from the incident at delivery, so one waiting row is enough."""
    return Message(
        place=Place.CHANNEL,
        address=_channel(incident, channel),
        kind=CARD,
        body={"incident": incident.id},
        key=f"incident:{incident.id}",
    )


def note(incident: Incident, channel: str, what: str, *said: Line) -> Message:
    """``what`` tells it from other notes: it is posted once."""
    line = tuple(span for one in said for span in one)
    about = Note(incident=incident.id, said=Paragraph(line=line))
    return Message(
        place=Place.CHANNEL,
        address=_channel(incident, channel),
        kind=NOTE,
        body=about.json_value(),
        key=f"incident:{incident.id}:{what}",
    )


def event(incident: Incident, verb: str, person: PersonId | None = None) -> AuditEvent:
    facts = {"incident": incident.id, "key": incident.key, "measures": incident.measures}
    return AuditEvent(
        action=f"incident.{verb}",
        actor=str(person) if person else "bot",
        result=verb,
        target=str(incident.target) if incident.target else None,
        facts=facts,
    )


def _channel(incident: Incident, channel: str) -> str:
    """Where its card stands, whatever the settings say by now."""
    return incident.card.channel if incident.card else channel
