"""An incident's message: one design, drawn anew from the incident whenever it changes."""

from collections.abc import Iterator

from bot.operations import CATALOGUE
from bot.values import (
    FORM,
    RUN,
    Incident,
    Kind,
    Line,
    Mention,
    Moment,
    Note,
    Origin,
    PersonId,
    Phase,
    Range,
    Strong,
)
from handlers.blocks.elements import (
    Element,
    Payload,
    actions,
    button,
    confirm,
    context,
    notification,
)
from handlers.blocks.rich import Block, Part, emoji, leaves, lines, quote, rich_text
from handlers.blocks.times import lasting

ACTION = "incident."
ACKNOWLEDGE, SNOOZE, RESOLVE = (f"{ACTION}{word}" for word in ("acknowledge", "snooze", "resolve"))

TITLE, DETAIL, NOTE, PLACE = 300, 600, 900, 400
EMOJI = {
    Phase.FIRING: "rotating_light",
    Phase.ACKNOWLEDGED: "eyes",
    Phase.SNOOZED: "zzz",
    Phase.ENDED: "white_check_mark",
    Phase.RESOLVED: "white_check_mark",
}
#: What often helps, by the kind of database it works on.
MENDS = {"create_snapshot": frozenset(Kind), "reboot_instance": frozenset({Kind.INSTANCE})}
SPAN = Range.THREE_HOURS


def incident(given: Incident) -> Payload:
    """``text`` and ``blocks``."""
    said = f"{_what(given)} · {_state(given)}"
    mark = [emoji(EMOJI[given.phase]), *leaves((" ", Strong(text=said)), TITLE)]
    first: Part = {"type": "rich_text_section", "elements": mark}
    blocks: list[Block] = [
        rich_text(first, lines(*_story(given)), quote(given.detail, DETAIL)),
        *actions(list(_buttons(given))),
        context((_origin(given),), limit=PLACE),
    ]
    return {"text": notification((f"{said} · {given.label}",)), "blocks": blocks}


def incident_note(given: Note) -> Payload:
    """``text`` and ``blocks``: a line for the thread."""
    line = given.said.line
    return {"text": notification(line), "blocks": [rich_text(lines(line, limit=NOTE))]}


def _what(given: Incident) -> str:
    """``warehouse (production): free storage space below 60 GiB``"""
    if given.target is None:
        return given.title
    environment = f" ({given.environment})" if given.environment else ""
    return f"{given.target.identifier}{environment}: {given.title}"


def _state(given: Incident) -> str:
    match given.phase:
        case Phase.FIRING:
            return "firing" if given.source is Origin.ALARM else "going on"
        case Phase.ENDED:
            return "over, it ended by itself"
        case phase:
            return phase.value


def _story(given: Incident) -> Iterator[Line]:
    """When what happened, and who did what."""
    yield ("Began ", Moment(at=given.started_at), *_again(given), ".")
    if given.acknowledged_at is not None:
        yield _by("Acknowledged", given.acknowledged_by, given.acknowledged_at)
    if given.snoozed_until is not None:
        who = _person(given.snoozed_by)
        yield ("Snoozed until ", Moment(at=given.snoozed_until), *who, ".")
    if given.resolved_at is not None:
        took = f", after {lasting(given.resolved_at - given.started_at)}."
        verb = "Resolved" if given.resolved_by else "Over since"
        yield (*_by(verb, given.resolved_by, given.resolved_at)[:-1], took)


def _again(given: Incident) -> Line:
    if not given.repeats:
        return ()
    times = "once" if given.repeats == 1 else f"{given.repeats} times"
    return (f", {times} more since, last ", Moment(at=given.fired_at))


def _by(verb: str, person: PersonId | None, at: int) -> Line:
    return (verb, *_person(person), " ", Moment(at=at), ".")


def _person(person: PersonId | None) -> Line:
    return (" by ", Mention(person=person)) if person else ()


def _buttons(given: Incident) -> Iterator[Element]:
    number, about = str(given.id), f"{given.label}: {_what(given)}"
    if given.is_open and given.acknowledged_at is None:
        spoken = f"Acknowledge {about}"
        yield button("Acknowledge", ACKNOWLEDGE, number, "primary", spoken=spoken)
    if given.is_open:
        yield button("Snooze 1 h", SNOOZE, number, spoken=f"Snooze 1 h: {about}")
        yield button("Resolve", RESOLVE, number, spoken=f"Resolve {about}", confirm=_sure(given))
    if given.address:
        yield button("Chart", f"{RUN}.incident", _look(given), spoken=f"Chart of {about}")
    if given.is_open:
        yield from _mends(given)


def _sure(given: Incident) -> Element:
    return confirm(
        f"Resolve {given.label}?",
        "It counts as over from now on, and its card stays. If it fires or happens again, that "
        "is a new incident. An alarm that ends by itself needs nobody to resolve it.",
        "Resolve it",
        "Keep it",
    )


def _look(given: Incident) -> str:
    """What shows it best; of an event what usually matters."""
    return " ".join(f"metrics {given.address} {given.shows} --range {SPAN}".split())


def _mends(given: Incident) -> Iterator[Element]:
    """Forms with the database filled in; each change still goes its own way of approvals."""
    for name, kinds in MENDS.items():
        if given.target and given.target.kind in kinds and name in CATALOGUE:
            operation = CATALOGUE[name]
            label = f"{operation.verb.capitalize()}…"
            spoken = f"{label} {given.target.identifier}"
            yield button(label, f"{FORM}.{name}", f"{name} {given.address}", spoken=spoken)


def _origin(given: Incident) -> str:
    said = f"alarm {given.alarm}" if given.alarm else "RDS events"
    return f"{given.label} · {said} · {given.place}"
