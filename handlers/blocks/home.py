"""The app's Home tab of one person: what waits, what runs, how the fleet is, what to type."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.operation import Change, Operation, Query
from bot.operations.whoami import NOTHING, WORDS
from bot.settings import OBSERVES
from bot.values import Code, Line, Person, Request, Strong, Usual
from handlers.blocks.elements import Payload, context, fields, header, section
from handlers.blocks.fleet import Health, fleet
from handlers.blocks.phrases import MEMBERS_ONLY, headline, listed, mark
from handlers.blocks.progress import briefly
from handlers.blocks.rich import Block, Leaf, bullets, emoji, leaves, lines, rich_text
from handlers.blocks.rows import rows, to_cancel, to_decide

#: Requests of one list. A view holds 100 blocks; a request to decide takes two.
DECISIONS, MINE, RUNNING, ENDED = 12, 10, 10, 10
FACT = 300
EXAMPLES, VERBS = 3, 30  #: examples of the changes and of the queries; all verbs
ALL, OWN = Code(text="/rds requests"), Code(text="/rds requests --mine")


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


def home(page: Home) -> Payload:
    return {"type": "home", "blocks": list(_blocks(page))}


def closed_home() -> Payload:
    """For guests and people of other workspaces."""
    return {"type": "home", "blocks": [header("RDS Ops Bot"), section((MEMBERS_ONLY,))]}


def _blocks(page: Home) -> Iterator[Block]:
    yield header("RDS Ops Bot")
    if page.observes:
        yield section((Strong(text=OBSERVES),))
    yield section(_greeting(page))
    for title, blocks in _sections(page):
        yield {"type": "divider"}
        yield header(title)
        yield from blocks


def _sections(page: Home) -> Iterator[tuple[str, Iterable[Block]]]:
    if _decides(page):
        waiting = rows(page.waiting, to_decide, DECISIONS, (ALL,))
        yield "Waiting for my approval", waiting or _none("Nothing waits for you.")
    mine = rows(page.mine, to_cancel, MINE, (OWN,))
    yield "My requests", mine or _none("Nothing of yours is open.")
    yield "Running now", _running(page.running)
    yield "Fleet", [fleet(page.health)]
    yield "Recent endings", _ended(page.ended)
    yield "Settings", _settings(page)
    yield "What you can type", [_typing(page.operations)]


def _greeting(page: Home) -> Line:
    waiting, mine, running = len(page.waiting), len(page.mine), len(page.running)
    said = [
        f"{mine or 'none'} of yours {'is' if mine < 2 else 'are'} open",
        f"{running or 'none'} run{'s' if running < 2 else ''} now",
    ]
    if _decides(page):
        said.insert(0, f"{waiting or 'no'} {_requests(waiting)} for your approval")
    told = ", ".join(said)
    return (f"{told[0].upper()}{told[1:]}.",)


def _decides(page: Home) -> bool:
    # a rule of the policy may name approvers of its own, who do not hold the role
    return "approver" in page.roles or bool(page.waiting)


def _requests(count: int) -> str:
    return "requests wait" if count > 1 else "request waits"


def _none(told: str) -> list[Block]:
    return [context((told,))]


def _running(running: Sequence[Running]) -> Iterator[Block]:
    if not running:
        yield from _none("Nothing runs.")
    for one in running[:RUNNING]:
        yield rich_text(lines(headline(one.request), *briefly(one.request, one.usual)))
    if (left := len(running) - RUNNING) > 0:
        yield context((f"and {left} more: ", ALL))


def _ended(ended: Sequence[Request]) -> Iterator[Block]:
    if not ended:
        yield from _none("Nothing has ended yet.")
        return
    items = [{"type": "rich_text_section", "elements": _ending(one)} for one in ended[:ENDED]]
    yield rich_text({"type": "rich_text_list", "style": "bullet", "elements": items})
    yield context(("All of them: ", Code(text="/rds requests --all")))


def _ending(request: Request) -> list[Leaf]:
    return [emoji(mark(request)), *leaves((" ", *headline(request)))]


def _settings(page: Home) -> Iterator[Block]:
    allowed = ", ".join(WORDS[role] for role in page.roles) or NOTHING
    yield from fields([("Time zone", (page.person.timezone,)), ("You may", (allowed,))], FACT)
    yield context(
        ("The time zone is your Slack profile's. Only what is urgent reminds you in your night.",),
        ("What you may do stands under access in rds-bot.yml: ask whoever runs me.",),
    )


def _typing(operations: Sequence[type[Operation]]) -> Block:
    """A few to begin with, and the names of all."""
    changes = [one for one in operations if issubclass(one, Change)]
    queries = [one for one in operations if issubclass(one, Query) and one.verb != "help"]
    shown = [*changes[:EXAMPLES], *queries[:EXAMPLES]]
    told: list[Line] = [(Code(text=f"/rds {one.example}"), f" {one.summary()}") for one in shown]
    verbs = listed(sorted(one.verb for one in operations), VERBS)
    return rich_text(bullets([*told, (Code(text="/rds help"), f" Read about all: {verbs}.")]))
