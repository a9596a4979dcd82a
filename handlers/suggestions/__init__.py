"""The reply to what is no command, or not a whole one: what looks at all that it names, and the
form of a change that it asks for. No button of it changes anything by itself, but for those of a
request's or an incident's card, which ask who presses them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.desk import ServiceDesk, usable
from bot.errors import UsageError
from bot.operation import Query
from bot.operations import CATALOGUE
from bot.params import Picker
from bot.values import FORM, Button, Database, Line, Person, Posted, Request, Status
from handlers.blocks.elements import Payload, buttons, controls, notification, section
from handlers.blocks.error import Suggestion, problem
from handlers.blocks.phrases import MEMBERS_ONLY
from handlers.blocks.rich import Block, lines, rich_text
from handlers.blocks.rows import Row, rows, to_cancel, to_decide
from handlers.errors import explained, offer
from handlers.parser import Incomplete, Kind, SentenceError, VerbGroupError
from handlers.suggestions._named import Seen, named_in
from handlers.suggestions._replies import decided, which_database
from handlers.suggestions._values import Reply, View

__all__ = [
    "Reply",
    "Seen",
    "View",
    "decided",
    "has_menu",
    "missing_from",
    "named_in",
    "reply_to",
    "with_thread",
]

NOTHING_USABLE = "Nothing that begins so is for you. /rds help shows what you can type."
RECENT = 20  #: of somebody's last requests that are looked at for what they probably mean
LISTED = 5  #: requests
CANCELLABLE = (Status.PENDING, Status.APPROVED)
#: Whose requests a decision is about, in words.
WHOSE = {"approve": "Waiting for you", "reject": "Waiting for you", "cancel": "Yours"}


async def reply_to(
    error: UsageError, desk: ServiceDesk, person: Person, thread: str | None = None
) -> Payload:
    """``thread`` is that of the message; about what its first message is, is meant with it."""
    match error:
        case VerbGroupError():
            usable = await _usable(error, desk, person)
            return explained(error, usable) if usable else explained(UsageError(NOTHING_USABLE))
        case SentenceError():
            if not desk.sight:
                return problem(MEMBERS_ONLY)
            reply = decided(error, await _view(desk, person, thread))
            return await _drawn(reply, desk, person)
    return explained(error)


def has_menu(incomplete: Incomplete) -> bool:
    """Whether something is likely to be meant by a verb that lacks what it is about."""
    decides = incomplete.operation.verb in WHOSE and "request" in incomplete.missing
    return decides or issubclass(incomplete.operation, Query)


async def missing_from(incomplete: Incomplete, desk: ServiceDesk, person: Person) -> Payload | None:
    """A menu of what is likely for a verb that was typed alone; None where a form asks better."""
    operation = incomplete.operation
    if not desk.sight:
        return problem(MEMBERS_ONLY)
    if operation.verb in WHOSE and "request" in incomplete.missing:
        decision = Reply(Kind.DECISION, (), decides=operation.verb)
        return await _drawn(decision, desk, person)
    if issubclass(operation, Query) and incomplete.missing == ("target",) and not incomplete.values:
        view = await _view(desk, person, None)
        if view.likely:
            return await _drawn(which_database(operation.verb, view.likely, view), desk, person)
    return None


async def with_thread(incomplete: Incomplete, desk: ServiceDesk, thread: str | None) -> Incomplete:
    """The same with the database that the thread is about, where none was named."""
    operation, missing = incomplete.operation, incomplete.missing
    name = next((one for one in missing if isinstance(operation.parameter(one), Picker)), None)
    if name is None or (about := await _about(desk, thread)) is None:
        return incomplete
    values = {**incomplete.values, name: about.address}
    return replace(incomplete, values=values, missing=tuple(one for one in missing if one != name))


async def _usable(error: VerbGroupError, desk: ServiceDesk, person: Person) -> list[Suggestion]:
    """Those of the verbs that are worth showing to whoever asks, with what each does."""
    pairs = zip(error.operations, error.suggestions, strict=True)
    return [
        offer(f"/rds {text}", operation.summary())
        for operation, text in pairs
        if await desk.may_use(operation, person)
    ]


async def _view(desk: ServiceDesk, person: Person, thread: str | None) -> View:
    fleet = [
        Seen(one, desk.classify(one).environment) for one in (await desk.inventory()).databases
    ]
    likely = await _likely(desk, person, [one.database for one in fleet])
    return View(fleet, await _about(desk, thread), likely, await desk.open_incidents())


async def _likely(
    desk: ServiceDesk, person: Person, seen: Sequence[Database]
) -> Sequence[Database]:
    """What they last asked for, then what has an open incident."""
    store = desk.services.store
    asked = await store.requests.find(requester=person.id, limit=RECENT)
    targets = [one.step.target for one in asked]
    targets += [one.target for one in await store.incidents.open() if one.target]
    by_target = {one.target: one for one in seen}
    return tuple(by_target[it] for it in dict.fromkeys(targets) if it in by_target)


async def _about(desk: ServiceDesk, thread: str | None) -> Database | None:
    """The database of the incident or the request whose card begins the thread."""
    if not thread or not desk.channel:
        return None
    store, card = desk.services.store, Posted(channel=desk.channel, ts=thread)
    incident = await store.incidents.of_card(card)
    request = None if incident else await store.requests.of_card(card)
    target = incident.target if incident else request.step.target if request else None
    seen = (await desk.inventory()).databases
    return next((one for one in seen if one.target == target), None)


async def _drawn(reply: Reply, desk: ServiceDesk, person: Person) -> Payload:
    if reply.decides:
        return await _requests(reply, desk, person)
    roles = await desk.roles(person)
    usable_forms = {name for name, one in CATALOGUE.items() if usable(one, roles)}
    allowed = _only(reply, usable_forms)
    refused = allowed.pressed != reply.pressed and reply.kind is Kind.CHANGE
    lead = ("You may not ask for changes; /rds whoami says why.",) if refused else allowed.lead
    first = buttons(allowed.first)
    said = lines(*allowed.alarms, lead)
    blocks = [rich_text(said), *first, *_offers(allowed), *buttons(allowed.buttons)]
    return {"text": notification((*allowed.alarms, lead)[0]), "blocks": blocks}


def _only(reply: Reply, forms: set[str]) -> Reply:
    """Without the forms that whoever asks may not send."""

    def kept(given: Sequence[Button]) -> tuple[Button, ...]:
        return tuple(one for one in given if not _form(one) or _form(one) in forms)

    offers = tuple(replace(one, buttons=kept(one.buttons)) for one in reply.offers)
    return replace(reply, offers=offers, buttons=kept(reply.buttons))


def _form(one: Button) -> str:
    """The operation whose form it opens; empty for what looks."""
    return one.value.partition(" ")[0] if one.action.startswith(FORM) else ""


def _offers(reply: Reply) -> Iterator[Block]:
    """All that is offered for one database; of several a line each, with the likeliest."""
    if len(reply.offers) == 1:
        yield from buttons(reply.offers[0].buttons)
        return
    for one in reply.offers:
        first = [element for it in one.buttons[:1] for element in controls(it)]
        yield {**section(one.short), **({"accessory": first[0]} if first else {})}


async def _requests(reply: Reply, desk: ServiceDesk, person: Person) -> Payload:
    """The open requests that may be meant, each with the button of its card."""
    found, row, none = await _decidable(reply.decides, desk, person)
    named = [one for one in found if one.id in reply.requests]
    if reply.requests and not named:
        return _undecidable(reply)
    found = named or found
    if not found:
        return _told((none,), buttons(reply.buttons))
    listed = ", ".join(one.label for one in found[:LISTED])
    lead = (f"Which request? {WHOSE[reply.decides]}: {listed}.",)
    shown = rows(found, row, LISTED, ("/rds requests",))
    return _told(lead, shown)


def _undecidable(reply: Reply) -> Payload:
    labels = ", ".join(f"RDS-{number}" for number in reply.requests)
    said = f"{labels} is not among those that you can {reply.decides}."
    return _told((said,), buttons(reply.buttons))


def _told(lead: Line, blocks: Sequence[Block]) -> Payload:
    return {"text": notification(lead), "blocks": [rich_text(lines(lead)), *blocks]}


async def _decidable(
    verb: str, desk: ServiceDesk, person: Person
) -> tuple[Sequence[Request], Row, str]:
    """The requests, how each is shown, and what is said where there is none."""
    if verb == "cancel":
        mine = await desk.requests(status=CANCELLABLE, requester=person.id)
        return mine, to_cancel, "You have no open request that can be cancelled."
    return await desk.waiting_for(person), to_decide, f"No request waits for you to {verb}."
