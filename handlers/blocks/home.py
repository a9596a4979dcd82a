"""The app's Home tab of one person: what needs them, how to begin, what runs, how the fleet is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.fleet.now import NOT_WATCHED, not_known
from bot.operation import Operation
from bot.operations.whoami import NOTHING, WORDS
from bot.settings import OBSERVES
from bot.values import (
    Code,
    Incident,
    Line,
    OpenIncidents,
    OpenRequests,
    Person,
    Phase,
    Request,
    Strong,
    Usual,
)
from handlers.blocks.elements import Payload, context, header, section
from handlers.blocks.fleet import Health, fleet
from handlers.blocks.incident_rows import folded, handled, to_take_care_of
from handlers.blocks.launcher import beginnings
from handlers.blocks.phrases import MEMBERS_ONLY, headline, mark
from handlers.blocks.progress import briefly
from handlers.blocks.rich import Block, Leaf, emoji, leaves, lines, rich_text
from handlers.blocks.rows import Row, rows, to_cancel, to_decide, with_note

#: Rows of one list. A view holds 100 blocks; an incident and a request to decide take two each.
INCIDENTS, HANDLED, DECISIONS, MINE, RUNNING, ENDED = 5, 5, 12, 10, 10, 10
ALL, OWN = Code(text="/rds requests"), Code(text="/rds requests --mine")
UNSURE = "I cannot tell whether requests wait for you: Slack does not say now who may approve."
NIGHT = "At night you only get urgent reminders."


@dataclass(frozen=True)
class Running:
    """Under way, and how long such a change usually takes; None where nobody can say."""

    request: Request
    usual: Usual | None = None


@dataclass(frozen=True)
class Home:
    """Everything that one person's Home shows."""

    person: Person
    waiting: Sequence[Request] = ()  #: for this person's approval, oldest first
    mine: Sequence[Request] = ()  #: not ended and not under way
    running: Sequence[Running] = ()  #: everybody's
    health: Health = field(default_factory=Health)
    ended: Sequence[Request] = ()  #: everybody's, latest first
    roles: Sequence[str] = ()
    operations: Sequence[type[Operation]] = ()  #: that this person can ask for
    observes: bool = False  #: nothing that is asked for is filed or sent
    incidents: OpenIncidents = field(default_factory=OpenIncidents)
    links: Mapping[int, str] = field(default_factory=dict)  #: to the cards of incidents, by number
    unread: int = 0  #: open requests that are kept and cannot be read
    is_unsure: bool = False  #: whether something waits for this person is not known
    clicked: tuple[Request, Line] | None = None  #: their last click here, and what came of it

    @property
    def burning(self) -> list[Incident]:
        """Of which nobody has taken care yet, the gravest environment first."""
        found = [one for one in self.incidents.found if one.phase is Phase.FIRING]
        return sorted(found, key=lambda one: self.health.grave(one.environment))

    @property
    def handled(self) -> list[Incident]:
        return [one for one in self.incidents.found if one.phase is not Phase.FIRING]

    @property
    def unknown(self) -> list[str]:
        """In sentences, what nobody could read."""
        told = [*not_known(self.incidents, OpenRequests(unread=self.unread))]
        return [*told, *([UNSURE] if self.is_unsure else ())]


def home(page: Home) -> Payload:
    return {"type": "home", "blocks": list(_blocks(page))}


def closed_home() -> Payload:
    """For guests and people of other workspaces."""
    return {"type": "home", "blocks": [header("RDS Ops Bot"), section((MEMBERS_ONLY,))]}


def _blocks(page: Home) -> Iterator[Block]:
    if page.observes:
        yield section((Strong(text=OBSERVES),))
    yield from _needs(page)
    yield from beginnings(page.operations, more=True)
    for title, blocks in _sections(page):
        if drawn := list(blocks):
            yield header(title)
            yield from drawn
    yield _settings(page)


def _needs(page: Home) -> Iterator[Block]:
    """What needs this person first; else one line, calm only where all is known."""
    burning, waiting = page.burning, page.waiting
    if counted := _counted(len(waiting), len(burning)):
        yield header(f"Needs you: {counted}")
    else:
        yield section((Strong(text=_quiet(page)),))
    if page.unknown:
        yield section((" ".join(page.unknown),))
    # Only this person is asked to decide; an alarm is everybody's, and its channel has told of it.
    yield from _clicked(page)
    yield from rows(waiting, _noted(page, to_decide), DECISIONS, (ALL,))
    several = len(burning) > 1
    for one in burning[:INCIDENTS]:
        link = page.links.get(one.id, "")
        yield from folded(one, link) if several else to_take_care_of(one, link)
    if (left := len(burning) - INCIDENTS) > 0:
        yield context((f"and {left} more: ", Code(text="/rds list")))


def _clicked(page: Home) -> Iterator[Block]:
    """What came of a click, where its request has left the list in which it was pressed."""
    if page.clicked is None:
        return
    request, said = page.clicked
    if not any(one.id == request.id for one in (*page.waiting[:DECISIONS], *page.mine[:MINE])):
        yield rich_text(lines(headline(request), said))


def _noted(page: Home, row: Row) -> Row:
    return with_note(row, page.clicked[0].id, page.clicked[1]) if page.clicked else row


def _counted(requests: int, alarms: int) -> str:
    said = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((requests, "request"), (alarms, "alarm"))
        if count
    ]
    return ", ".join(said)


def _quiet(page: Home) -> str:
    """``All calm: 16 databases, no alarms, nothing waits for you.``"""
    count = sum(one.count for one in page.health.populations)
    fleet = f"{count} database{'' if count == 1 else 's'}"
    if not page.incidents.is_watched:
        return f"{fleet}, nothing waits for you. {NOT_WATCHED}"
    if page.unknown or page.health.is_unknown:
        return f"Nothing that I know of needs you. {fleet} seen."
    if page.health.ailing or page.handled:
        alarms = len(page.handled)
        handled = f"{alarms} alarm{' is' if alarms == 1 else 's are'} being handled"
        return f"Nothing waits for you. {fleet}, {handled if alarms else 'no alarms'}."
    return f"All calm: {fleet}, no alarms, nothing waits for you."


def _sections(page: Home) -> Iterator[tuple[str, Iterable[Block]]]:
    yield "Being handled", handled(page.handled, HANDLED, page.links)
    yield "Running now", _running(page.running)
    yield "Your open requests", rows(page.mine, _noted(page, to_cancel), MINE, (OWN,))
    yield "Fleet", fleet(page.health, page.incidents.found)
    yield "Recently finished", _ended(page.ended)


def _running(running: Sequence[Running]) -> Iterator[Block]:
    for one in running[:RUNNING]:
        yield rich_text(lines(headline(one.request), *briefly(one.request, one.usual)))
    if (left := len(running) - RUNNING) > 0:
        yield context((f"and {left} more: ", ALL))


def _ended(ended: Sequence[Request]) -> Iterator[Block]:
    if ended:
        items = [{"type": "rich_text_section", "elements": _ending(one)} for one in ended[:ENDED]]
        yield rich_text({"type": "rich_text_list", "style": "bullet", "elements": items})
        yield context(("All of them: ", Code(text="/rds requests --all")))


def _ending(request: Request) -> list[Leaf]:
    return [emoji(mark(request)), *leaves((" ", *headline(request)))]


def _settings(page: Home) -> Block:
    allowed = [WORDS[role] for role in page.roles] or [NOTHING]
    said = (" and " if len(allowed) == 2 else ", ").join(allowed)
    zone: Line = (f"Times are in your Slack time zone, {page.person.timezone}. {NIGHT}",)
    return context((f"You may {said}.",), zone, ("Ask for more: ", Code(text="/rds help")))
