"""An incident's message: one design, drawn anew from the incident whenever it changes."""

from collections.abc import Iterator

from bot.incidents import MORNING, SPANS
from bot.monitoring import latest
from bot.operations import CATALOGUE
from bot.values import (
    DATABASES,
    RUN,
    Button,
    Incident,
    Kind,
    Line,
    Mention,
    Menu,
    Moment,
    Note,
    Origin,
    PersonId,
    Phase,
    Range,
    Siblings,
    Strong,
    asking,
    lasting,
    looking,
)
from handlers.blocks.elements import (
    OPTION_VALUE,
    Element,
    Payload,
    actions,
    button,
    confirm,
    context,
    controls,
    notification,
)
from handlers.blocks.rich import Block, Part, emoji, leaves, lines, rich_text
from handlers.blocks.text import cut, joined, visible

ACTION = "incident."
ACKNOWLEDGE, SNOOZE, UNSNOOZE, RESOLVE = (
    f"{ACTION}{word}" for word in ("acknowledge", "snooze", "unsnooze", "resolve")
)
VERBS = frozenset({ACKNOWLEDGE, SNOOZE, UNSNOOZE, RESOLVE})

TITLE, DETAIL, NOTE, PLACE = 300, 140, 900, 200
EMOJI = {
    Phase.FIRING: "rotating_light",
    Phase.ACKNOWLEDGED: "eyes",
    Phase.SNOOZED: "zzz",
    Phase.ENDED: "white_check_mark",
    Phase.RESOLVED: "white_check_mark",
}
#: What often helps, by the kind of database it works on.
MENDS = {"create_snapshot": DATABASES, "reboot_instance": frozenset({Kind.INSTANCE})}
SPAN = Range.THREE_HOURS
FEW = 4  #: other incidents that it names
ALONE = Siblings()


def incident(
    given: Incident, denied: frozenset[str] = frozenset(), siblings: Siblings = ALONE
) -> Payload:
    """``text`` and ``blocks``; ``denied``: changes that the policy has nobody make here;
    ``siblings`` are named while it is open."""
    said = f"{_what(given)} · {_state(given)}"
    mark = [emoji(EMOJI[given.phase]), *leaves((" ", Strong(text=said)), TITLE)]
    first: Part = {"type": "rich_text_section", "elements": mark}
    blocks: list[Block] = [
        rich_text(first, lines(*_story(given, siblings))),
        *actions(list(_buttons(given, denied))),
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
            return f"{_goes_on(given)}{_at(given)}"
        case Phase.ENDED:
            return "recovered"
        case phase if given.is_open:
            return f"{phase.value},{_at(given)}" if _at(given) else phase.value
        case phase:
            return phase.value


def _goes_on(given: Incident) -> str:
    return "firing" if given.source is Origin.ALARM else "going on"


def _at(given: Incident) -> str:
    """`` at 179 GiB``, the value for which it fired last; mostly its title says the threshold."""
    value = latest(given.watched) if given.watched else ""
    return f" at {value}" if value else ""


def _story(given: Incident, siblings: Siblings) -> Iterator[Line]:
    """When what happened, and who did what."""
    yield joined((_since(given), _before(given)), " ")
    beside = _beside(siblings) if given.is_open else ()
    if (said := visible(given.detail)) and not _at(given):
        yield (cut(said, DETAIL),)
    yield joined((*beside, *_care(given)), " ")
    if given.phase is Phase.RESOLVED and given.source is Origin.ALARM:
        yield ("Its alarm had not ended then. If it fires again, a new incident opens.",)


def _since(given: Incident) -> Line:
    return ("Since ", Moment(at=given.started_at), *_again(given), ".")


def _before(given: Incident) -> Line:
    """Often why it began."""
    if given.before is not None:
        return (Strong(text="Before it:"), " ", *given.before.line, ".")
    return (Strong(text="Before it:"), " being looked up.") if given.is_open else ()


def _beside(siblings: Siblings) -> Iterator[Line]:
    """``Also firing on this cluster: I-13, I-14.``"""
    if found := siblings.incidents:
        goes_on = "firing" if all(one.source is Origin.ALARM for one in found) else "open"
        names = [one.label for one in found[:FEW]]
        more = f" and {len(found) - FEW} more" if len(found) > FEW else ""
        yield (f"Also {goes_on} {siblings.place}: {', '.join(names)}{more}.",)
    if siblings.unread:
        yield (cut(" ".join(siblings.unread), DETAIL),)


def _care(given: Incident) -> Iterator[Line]:
    if given.acknowledged_at is not None and given.acknowledged_at != given.resolved_at:
        yield ("Acknowledged", *_person(given.acknowledged_by), ".")
    if given.snoozed_until is not None:
        who = _person(given.snoozed_by)
        yield ("Snoozed until ", Moment(at=given.snoozed_until), *who, ".")
    if given.resolved_at is not None:
        took = f", after {lasting(given.resolved_at - given.started_at)}."
        verb = "Resolved" if given.resolved_by else "Recovered"
        yield (*_by(verb, given.resolved_by, given.resolved_at)[:-1], took)


def _again(given: Incident) -> Line:
    if not given.repeats:
        return ()
    times = "once" if given.repeats == 1 else given.repeats
    return (f", {times} more, last ", Moment(at=given.fired_at))


def _by(verb: str, person: PersonId | None, at: int) -> Line:
    return (verb, *_person(person), " ", Moment(at=at), ".")


def _person(person: PersonId | None) -> Line:
    return (" by ", Mention(person=person)) if person else ()


def _buttons(given: Incident, denied: frozenset[str]) -> Iterator[Element]:
    number, about = str(given.id), f"{given.label}: {_what(given)}"
    if given.is_open and given.acknowledged_at is None:
        spoken = f"Acknowledge {about}"
        yield button("Acknowledge", ACKNOWLEDGE, number, "primary", spoken=spoken)
    if given.is_open:
        yield from controls(_snooze(given))
        yield button("Resolve", RESOLVE, number, spoken=f"Resolve {about}", confirm=_sure(given))
    if given.address:
        yield from controls(looking("Top load", f"top {given.address}"))
        chart = f"{RUN}.incident"
        yield button("Chart", chart, _look(given), spoken=f"Chart of {about}")
        yield from controls(Menu(label="More", choices=tuple(_more(given, denied))))


def _snooze(given: Incident) -> Menu:
    """How long, and where it is snoozed, that it is not any more."""
    spans = [(f"{word.removesuffix('h')} h", word) for word in SPANS]
    every = [*spans, (f"Until {MORNING}", MORNING)]
    choices = [
        Button(label=label, action=SNOOZE, value=f"{given.id} {word}") for label, word in every
    ]
    if given.snoozed_until is not None:
        choices.append(Button(label="End snooze", action=UNSNOOZE, value=str(given.id)))
    return Menu(label="Snooze", choices=tuple(choices), named=True)


def _sure(given: Incident) -> Element:
    going, again = "", "happens"
    if given.source is Origin.ALARM:
        going, again = ", though its alarm has not ended", "fires"
    return confirm(
        f"Resolve {given.label}?",
        f"This closes {given.label}{going}. If it {again} again, a new incident opens.",
        "Resolve it",
        "Keep it",
    )


def _more(given: Incident, denied: frozenset[str]) -> Iterator[Button]:
    for label, verb in (("Connections", "connections"), ("Logs", "logs"), ("Events", "events")):
        yield looking(label, f"{verb} {given.address}")
    if given.is_open:
        yield from _mends(given, denied)


def _look(given: Incident) -> str:
    """What shows it best; of an event what usually matters."""
    return " ".join(f"metrics {given.address} {given.shows} --range {SPAN}".split())


def _mends(given: Incident, denied: frozenset[str]) -> Iterator[Button]:
    """Forms with the database and the reason filled in; each change goes its own way of approvals.

    What the policy denies becomes a request to CloudOps, behind the same form.
    """
    for name, kinds in MENDS.items():
        if given.target and given.target.kind in kinds and name in CATALOGUE:
            verb = CATALOGUE[name].verb
            label = f"CloudOps request: {verb}…" if name in denied else f"{verb.capitalize()}…"
            yield asking(label, name, given.address, _reason(given, name))


def _reason(given: Incident, name: str) -> str:
    """``I-2: free storage space below 200 GiB``, as far as a choice has room for it."""
    bare = asking("", name, given.address, ":")
    room = OPTION_VALUE - len(f"{bare.action} {bare.value}")
    return cut(visible(f"{given.label}: {given.title}"), max(room, len(given.label)))


def _origin(given: Incident) -> str:
    said = f"alarm {given.alarm}" if given.alarm else "RDS events"
    return f"{given.label} · {said} · {given.place}"
