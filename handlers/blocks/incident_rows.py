"""Incidents as rows of the Home, with the buttons of their cards."""

from collections.abc import Iterator, Mapping, Sequence

from bot.values import Code, Incident, Line, Link, Mention, Moment, PersonId, Phase, Strong, looking
from handlers.blocks.elements import Element, actions, button, context, controls
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


def handled(given: Sequence[Incident], most: int, links: Mapping[int, str]) -> Iterator[Block]:
    """A line for each that somebody takes care of, or has put off."""
    for one in given[:most]:
        yield rich_text(lines(_handled(one, links.get(one.id, "")), limit=TITLE))
    if (left := len(given) - most) > 0:
        yield context((f"and {left} more: ", Code(text="/rds list")))


def _handled(given: Incident, link: str) -> Line:
    name = Link(text=given.label, url=link) if link else given.label
    return (name, f" {_what(given)}", *_by(given))


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
    if given.address:
        line = " ".join(f"metrics {given.address} {given.shows}".split())
        yield from controls(looking("Metrics", line))
    if link:
        yield {**button("Open", OPEN, str(given.id), spoken=f"Open {about}"), "url": link}
