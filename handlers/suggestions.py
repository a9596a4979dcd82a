"""The reply to what is no command: what looks at all that it names, and the form of a change that
it asks for. Nothing here has a button that changes anything.
"""

import re
from collections.abc import Iterator, Sequence

from bot.desk import ServiceDesk
from bot.errors import UsageError
from bot.fleet import names
from bot.operation import Query
from bot.operations import CATALOGUE
from bot.values import FORM, Database, Person
from handlers.blocks.elements import Element, Payload, actions, button
from handlers.blocks.error import Suggestion
from handlers.errors import explained, offer, query_in
from handlers.parser import SentenceError, VerbGroupError

NAMED = 2  #: databases of one sentence that something is offered for
NOTHING_USABLE = "Nothing that begins so is for you. /rds help shows what you can type."
LOOKS = ("show", "metrics")


async def reply_to(error: UsageError, desk: ServiceDesk, person: Person) -> Payload:
    match error:
        case VerbGroupError():
            usable = await _usable(error, desk, person)
            return explained(error, usable) if usable else explained(UsageError(NOTHING_USABLE))
        case SentenceError():
            return _reply(error, (await desk.inventory()).databases)
    return explained(error)


async def _usable(error: VerbGroupError, desk: ServiceDesk, person: Person) -> list[Suggestion]:
    """Those of the verbs that are worth showing to whoever asks, with what each does."""
    pairs = zip(error.operations, error.suggestions, strict=True)
    return [
        offer(f"/rds {text}", operation.summary())
        for operation, text in pairs
        if await desk.may_use(operation, person)
    ]


def _reply(error: SentenceError, seen: Sequence[Database]) -> Payload:
    """``seen``: all that whoever asks may look at."""
    named = names.named(error.said, seen)[:NAMED]
    commands = dict.fromkeys((*_changes(error, named, seen), *_looks(error, named, seen)))
    drawn = explained(_told(error, named), [offer(f"/rds {text}") for text in commands])
    return {**drawn, "blocks": [*drawn["blocks"], *actions(list(_forms(error, named)))]}


def _told(error: SentenceError, named: Sequence[Database]) -> UsageError:
    if named and len(error.said.split()) == 1:
        return UsageError("That is a database and no command. /rds help shows what I can do.")
    return error


def _changes(
    error: SentenceError, named: Sequence[Database], seen: Sequence[Database]
) -> Iterator[str]:
    """What it asks for, to be typed; alone it opens a form that asks for the rest."""
    yield from error.suggestions
    if change := error.change:
        fitting = [one for one in named if one.target.kind in change.kinds()]
        yield from (f"{change.verb} {names.spoken(one, seen)}" for one in fitting)
        yield from () if fitting else (change.verb,)


def _looks(
    error: SentenceError, named: Sequence[Database], seen: Sequence[Database]
) -> Iterator[str]:
    """Queries only: the ones that it mentions come first."""
    words = re.findall(r"[a-z][a-z-]*", error.said.casefold())
    queries = [one.verb for one in CATALOGUE.values() if issubclass(one, Query)]
    verbs = (*(verb for verb in queries if verb in words), *LOOKS)
    found = [f"{verb} {names.spoken(one, seen)}" for one in named for verb in verbs]
    requests = re.findall(r"\brds-(\d{1,12})\b", error.said.casefold())
    found += [f"status RDS-{number}" for number in requests]
    yield from (one for one in found if query_in(one))


def _forms(error: SentenceError, named: Sequence[Database]) -> Iterator[Element]:
    """The form of a change with the database filled in; it still goes its way of approvals."""
    if (change := error.change) is None:
        return
    fitting = [one for one in named if one.target.kind in change.kinds()]
    for number, one in enumerate(fitting):
        label = f"{change.verb.capitalize()}…"
        yield button(
            label, f"{FORM}.{number}", f"{change.name} {one.address}", spoken=f"{label} {one.name}"
        )
