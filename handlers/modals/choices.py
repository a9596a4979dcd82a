"""Databases as the rows of a picker."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz

from bot.errors import UnknownTargetError
from bot.fleet.names import called
from bot.values import Classified, Database, Kind, folded
from handlers.blocks.form import VALUE, Offer

Classify = Callable[[Database], Classified]

LIKE = 60  #: of 100: how much a name has to be like what was typed


def offers(databases: Sequence[Database], classify: Classify) -> list[Offer]:
    """Named so that each value finds its one database."""
    named = Counter(one.address for one in databases)
    return [_offer(one, named[one.address] > 1, classify) for one in databases]


def ranked(typed: str, databases: Sequence[Database], recent: Sequence[str]) -> list[Database]:
    """What is called so, what was asked for recently, what begins so, holds it, or is like it.

    ``recent`` are AWS's resource ids, the latest first.
    """
    if pasted := _pasted(typed, databases):
        return pasted
    rated = [(_rank(folded(typed), one, recent), one) for one in databases]
    return [one for rank, one in sorted(rated, key=lambda it: it[0]) if rank < (UNLIKE,)]


def _pasted(typed: str, databases: Sequence[Database]) -> list[Database]:
    """What an ARN or an endpoint names: nothing else is like it."""
    if not re.search("[.:]", typed):
        return []
    try:
        return called(typed, databases, frozenset(Kind))
    except UnknownTargetError:
        return []


EXACT, RECENT, BEGINS, HOLDS, ALIKE, UNLIKE = range(6)


def _rank(typed: str, database: Database, recent: Sequence[str]) -> tuple[float, ...]:
    name, address = database.name.lower(), database.address.lower()
    if typed and typed in (name, address):
        return (EXACT,)
    if typed not in address:
        alike = fuzz.WRatio(typed, address)
        return (ALIKE, -alike) if alike >= LIKE else (UNLIKE,)
    if database.target.resource_id in recent:
        return (RECENT, recent.index(database.target.resource_id))
    return (BEGINS,) if address.startswith(typed) else (HOLDS,)


def _offer(database: Database, has_twin: bool, classify: Classify) -> Offer:
    environment = classify(database).environment
    kind = f"{database.target.kind}:" if has_twin else ""
    address = f"{kind}{database.address}"
    target = database.target
    short = f"{kind}{database.name}@{target.account}/{target.region}"
    note = f"{environment} · {database.status} · {database.engine}"
    return Offer(address if len(address) <= VALUE else short, address, note)
