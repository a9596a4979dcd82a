"""What may become of an incident: pure, from one to the next; None where nothing does."""

from datetime import timedelta

from bot.values import Incident, Line, Mention, Moment, PersonId, Phase, micros

FLAPPING = micros(timedelta(minutes=30))  #: what comes back so soon had not ended


def goes_on(incident: Incident, at: int) -> bool:
    """Whether what happens then belongs to it: it is open, or ended by itself shortly before."""
    if incident.phase is Phase.ENDED:
        return at <= (incident.resolved_at or 0) + FLAPPING
    return incident.is_open


def repeated(incident: Incident, at: int, detail: str) -> Incident | None:
    """It fires again, or more happens to its database; what had ended by itself is open again."""
    if not goes_on(incident, at):
        return None
    changes = {"fired_at": max(at, incident.fired_at), "detail": detail, "resolved_at": None}
    return incident.model_copy(update={**changes, "repeats": incident.repeats + 1})


def ended(incident: Incident, at: int) -> Incident | None:
    """By itself; never before it began."""
    if not incident.is_open:
        return None
    changes = {"resolved_at": max(at, incident.started_at), "snoozed_until": None}
    return incident.model_copy(update=changes)


def woken(incident: Incident, now: int) -> Incident | None:
    """Its snooze is over."""
    if not incident.is_open or incident.snoozed_until is None or incident.snoozed_until > now:
        return None
    return incident.model_copy(update={"snoozed_until": None})


def acknowledged(incident: Incident, person: PersonId, at: int) -> Incident | None:
    if not incident.is_open or incident.acknowledged_at is not None:
        return None
    return _seen(incident, person, at)


def snoozed(incident: Incident, person: PersonId, at: int, until: int) -> Incident | None:
    """Whoever puts it off has seen it."""
    if not incident.is_open:
        return None
    changes = {"snoozed_until": until, "snoozed_by": person}
    return _seen(incident, person, at).model_copy(update=changes)


def unsnoozed(incident: Incident) -> Incident | None:
    """Before its time is over; whoever put it off stays the one who has seen it."""
    if not incident.is_open or incident.snoozed_until is None:
        return None
    return incident.model_copy(update={"snoozed_until": None})


def resolved(incident: Incident, person: PersonId, at: int) -> Incident | None:
    """Whoever resolves it has seen it."""
    if not incident.is_open:
        return None
    changes = {"resolved_at": at, "resolved_by": person, "snoozed_until": None}
    return _seen(incident, person, at).model_copy(update=changes)


def already(incident: Incident) -> Line:
    """Why nothing became of a click: who was there before."""
    match incident.phase:
        case Phase.ENDED:
            return (
                f"{incident.label} recovered by itself ",
                Moment(at=incident.resolved_at or 0),
                ".",
            )
        case Phase.RESOLVED:
            return _by(incident, "resolved", incident.resolved_by, incident.resolved_at)
        case _:
            return _by(incident, "acknowledged", incident.acknowledged_by, incident.acknowledged_at)


def _by(incident: Incident, what: str, who: PersonId | None, at: int | None) -> Line:
    by = (" by ", Mention(person=who)) if who else ()
    return (f"{incident.label} was already {what}", *by, " ", Moment(at=at or 0), ".")


def _seen(incident: Incident, person: PersonId, at: int) -> Incident:
    if incident.acknowledged_at is not None:
        return incident
    return incident.model_copy(update={"acknowledged_at": at, "acknowledged_by": person})
