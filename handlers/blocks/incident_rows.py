"""Incidents as rows of the Home, with the buttons of their cards."""

from collections.abc import Iterator, Mapping, Sequence

from bot.values import (
    Button,
    Code,
    Incident,
    Line,
    Link,
    Mention,
    Menu,
    Moment,
    PersonId,
    Phase,
    Span,
    Strong,
    looking,
)
from handlers.blocks.elements import Element, actions, beside, button, context, controls, line_text
from handlers.blocks.incident import ACKNOWLEDGE
from handlers.blocks.rich import Block, emoji, leaves, lines, rich_text

TITLE = 300
PLACE = 200
OPEN = "incident.open"  #: of a button that is a link: Slack tells of the click all the same


def to_take_care_of(given: Incident, link: str) -> list[Block]:
    """Of one that nobody has acknowledged; ``link`` leads to its card, where there is one."""
    mark = [emoji("rotating_light"), *leaves((" ", Strong(text=_what(given))), TITLE)]
    first = {"type": "rich_text_section", "elements": mark}
    since: Line = ("Since ", Moment(at=given.started_at), f" · {given.label} · {given.place}")
    return [rich_text(first, lines(since, limit=PLACE)), *actions(list(_buttons(given, link)))]


def folded(given: Incident, link: str) -> list[Block]:
    """One of several that nobody has acknowledged: a line, with its buttons folded beside it."""
    what: Line = ("\N{POLICE CARS REVOLVING LIGHT} ", Strong(text=_what(given)))
    since: Line = (" since ", Moment(at=given.started_at), " · ", _name(given, link))
    more = Menu(label="More", choices=tuple(_choices(given)))
    return beside(line_text((*what, *since), TITLE), more)


def handled(given: Sequence[Incident], most: int, links: Mapping[int, str]) -> Iterator[Block]:
    """A line for each that somebody takes care of, or has put off."""
    for one in given[:most]:
        yield rich_text(lines(_handled(one, links.get(one.id, "")), limit=TITLE))
    if (left := len(given) - most) > 0:
        yield context((f"and {left} more: ", Code(text="/rds list")))


def _handled(given: Incident, link: str) -> Line:
    return (_name(given, link), f" {_what(given)}", *_by(given))


def _name(given: Incident, link: str) -> Span:
    """``I-7``, which leads to its card where there is one."""
    return Link(text=given.label, url=link) if link else given.label


def _by(given: Incident) -> Line:
    if given.phase is Phase.SNOOZED and given.snoozed_until is not None:
        return (", snoozed until ", Moment(at=given.snoozed_until), *_person(given.snoozed_by))
    return (", acknowledged", *_person(given.acknowledged_by))


def _person(person: PersonId | None) -> Line:
    return (" by ", Mention(person=person)) if person else ()


def _what(given: Incident) -> str:
    """``warehouse (production): free storage space below 60 GiB``"""
    if given.target is None:
        return given.title
    environment = f" ({given.environment})" if given.environment else ""
    return f"{given.target.identifier}{environment}: {given.title}"


def _buttons(given: Incident, link: str) -> Iterator[Element]:
    about = f"{given.label}: {_what(given)}"
    spoken = f"Acknowledge {about}"
    yield button("Acknowledge", ACKNOWLEDGE, str(given.id), "primary", spoken=spoken)
    for one in _looks(given):
        yield from controls(one)
    if link:
        yield {**button("Open", OPEN, str(given.id), spoken=f"Open {about}"), "url": link}


def _choices(given: Incident) -> Iterator[Button]:
    yield Button(label="Acknowledge", action=ACKNOWLEDGE, value=str(given.id))
    yield from _looks(given)


def _looks(given: Incident) -> Iterator[Button]:
    """What shows how bad it is, where its database is known."""
    if given.address:
        line = " ".join(f"metrics {given.address} {given.shows}".split())
        yield looking("Metrics", line)
