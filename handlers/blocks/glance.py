"""What decides a request, one short line each: why, what changes, at what price, who, until when.

A card is read on a phone. Whatever is longer stands in ``details``; what would change somebody's
mind stands here, however short.
"""

import re
from collections.abc import Iterator

from bot.fleet.now import ALARM
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.values import Code, Line, Moment, Plan, Request, Span, Strong, Trouble, Turn
from handlers.blocks.details import CHANGED, NO_TROUBLE, UNREAD, Standing
from handlers.blocks.phrases import mentions, tally, touched
from handlers.blocks.text import cut, joined, visible

SIGN = "⚠️ "
REASON, CLAUSE, VALUE = 64, 64, 40
DIFFERENCES = 2
TITLE = 40  #: of an alarm
ALERT, ALERTS, CHANGES = 110, 220, 400
FEW = 2  #: people that are named
NAMES = 3  #: databases that are named
TELLING = 5  #: letters that a word has at least that is about something, less one
NO_BACKUP = "There is no backup: nothing can be restored"
#: What operations say at length.
_BRIEF = {
    "one to two minutes": "1\N{EN DASH}2 min",
    "a minute or two": "1\N{EN DASH}2 min",
    "one to five minutes": "1\N{EN DASH}5 min",
    "one to ten minutes": "1\N{EN DASH}10 min",
    "ten minutes to an hour": "10\N{EN DASH}60 min",
}
#: A sentence, or a part of one that stands by itself; "02:00" is neither.
_CLAUSE = re.compile(r"[.;:](?:\s|$)")


def glance(request: Request, standing: Standing) -> Iterator[Line]:
    """Of a request that waits for people. What burns there makes room for itself: the way back
    and the time that is left stand under Details."""
    burns = standing.trouble != NO_TROUBLE
    yield reason(request)
    if request.starts_at is not None:
        yield (Strong(text="Starts:"), " ", Moment(at=request.starts_at))
    yield from changes(request)
    if also := "; ".join(touched(request, NAMES)):
        yield (cut(visible(also), ALERTS),)
    yield impact(request, brief=burns)
    yield from alerts(request, standing)
    yield voting(request, standing, brief=burns)


def reason(request: Request) -> Line:
    if said := visible(request.reason):
        return (Strong(text="Reason:"), f" {cut(said, REASON, '… (cut)')}")
    return ("No reason given.",)


def changes(request: Request) -> Iterator[Line]:
    found = request.step.plan.differences
    more = f" (+{len(found) - DIFFERENCES} more)" if len(found) > DIFFERENCES else ""
    shown = [
        (f"{cut(visible(one.what), VALUE)}: ", _value(one.current), " → ", _value(one.wanted))
        for one in found[:DIFFERENCES]
    ]
    if shown:
        yield (*joined(shown, " · "), more)


def impact(request: Request, *, brief: bool = False) -> Line:
    """``Impact: down for a minute or two, 24 connections drop · Undo: fail over again``"""
    plan = request.step.plan
    price = ", ".join(filter(None, (_down(plan.downtime), _connected(request))))
    price = price.removeprefix("down for ") if brief else price
    return (Strong(text="Impact:"), f" {price}{'' if brief else f' · {_undo(plan.undo)}'}")


def alerts(request: Request, standing: Standing) -> Iterator[Line]:
    """What speaks against it, or is not known; what there is no room for is counted."""
    burns = list(burning(request, standing.trouble))
    yield from burns
    if standing.also:
        yield (f"{SIGN}{waits_too(request, standing.also)}",)
    found = [cut(visible(one), ALERT) for one in _alerts(request, standing)]
    shown: list[str] = []
    most = ALERT if burns else ALERTS  # the first one always fits
    while len(shown) < len(found) and len(" · ".join((*shown, found[len(shown)]))) <= most:
        shown.append(found[len(shown)])
    yield from deciders(standing)
    if shown:
        left = len(found) - len(shown)
        more = f" · {left} more under Details" if left else ""
        yield (f"{SIGN}{' · '.join(shown)}{more}",)


def burning(request: Request, trouble: Trouble) -> Iterator[Line]:
    """The gravest of what is wrong there in one short line; the rest is counted."""
    left = len(trouble.incidents) + len(trouble.worse) - 1
    more = f" +{left} more" if left > 0 else ""
    if trouble.incidents:
        first = trouble.incidents[0]
        is_own = first.address == request.step.target.typed
        name = "" if is_own or first.target is None else f"{first.target.identifier}: "
        title = cut(visible(f"{name}{first.title}"), TITLE)
        yield (f"{ALARM} {title} since ", Moment(at=first.started_at), f" ({first.label}){more}")
    elif trouble.worse:
        first_worse = trouble.worse[0]
        look = [one for one in first_worse.looks if one.turn is Turn.WORSE][-1]
        yield (f"{SIGN}{first_worse.label} on it was {look.spoken}{more}",)
    if trouble.unread and not trouble.incidents:
        yield (f"{SIGN}Whether an alarm is on there is not known",)


def deciders(standing: Standing) -> Iterator[Line]:
    """That others decide than when it was asked for, and how so."""
    if standing.changes:
        yield (cut(visible(f"{SIGN}{' '.join((CHANGED, *standing.changes))}"), CHANGES),)


def waits_too(request: Request, others: tuple[str, ...]) -> str:
    """``RDS-1011 also waits for orders-staging``"""
    is_one = len(others) == 1
    verb = "also waits for" if is_one else "also wait for"
    if any(one.endswith(")") for one in others):  # one that runs waits no longer
        verb = "is also open for" if is_one else "are also open for"
    shown = others if len(others) < 4 else (*others[:2], f"{len(others) - 2} more")
    return f"{' and '.join(shown)} {verb} {request.step.target.identifier}"


def voting(request: Request, standing: Standing, *, brief: bool = False) -> Line:
    """How many agreed of how many, who could, and until when."""
    counting, lapsed = standing.counting or request, standing.lapsed(request)
    given = counting.approvals
    agreed: Line = (": ", *mentions(given, 1 if len(given) > FEW else FEW)) if given else ()
    gone: Line = (" · no longer counts: ", *mentions(lapsed, FEW)) if lapsed else ()
    can: Line = (" · ask ", *standing.who) if standing.who else ()
    until: Line = () if brief else (" · until ", Moment(at=request.expires_at))
    return (tally(counting), *agreed, *gone, *can, *until)


def _alerts(request: Request, standing: Standing) -> Iterator[str]:
    facts, plan = request.facts, request.step.plan
    if lacks := ", ".join(UNREAD.get(name, name) for name in facts.get("unread", ())):
        yield f"Could not be read: {lacks}"
    if "last_snapshot" in facts and not (facts["last_snapshot"] or _restorable(request)):
        yield NO_BACKUP
    # The last is the gravest: what others found comes behind what the operation itself says.
    yield from (one.rstrip(".") for one in reversed(plan.warnings))
    if "cannot be read" in request.classified.rule:
        yield f"What cannot be read of it counts as {request.classified.environment}"
    if also := request.classified.rule.partition(", but it also ")[2]:
        yield f"It counts as {request.classified.environment}: it also {also}"
    if _is_raised(request) and (why := "; ".join(_untold(request))):
        yield f"{request.assessment.risk.capitalize()} risk: {why}"


def _is_raised(request: Request) -> bool:
    """Whether this case is riskier than such a change usually is."""
    known = CATALOGUE.get(request.operation)
    usual = known.risk if known and issubclass(known, Change) else None
    return usual is not None and request.assessment.risk.rank > usual.rank


def _untold(request: Request) -> Iterator[str]:
    """Why it is so risky, but for what its head says already: that it is a failover."""
    said = set(request.step.plan.effect.lower().split())
    for one in request.assessment.reasons:
        if not any(len(word) > TELLING and word in said for word in one.lower().split()):
            yield one


def _restorable(request: Request) -> object:
    return request.facts.get("latest_restorable_at")


def _down(downtime: str) -> str:
    first = _first(downtime)
    if not first:
        return "downtime unknown"
    if first == "none" or first.startswith(("none,", "none ")):
        return f"no downtime{first.removeprefix('none')}"
    return f"down for {_BRIEF.get(first, first)}"


def _connected(request: Request) -> str:
    """``24 connections drop``, or how many are open where none has to."""
    if "connections" not in request.facts:
        return ""
    count = request.facts["connections"]
    if count is None:
        return "connections not counted"
    said = f"{count} connection{'' if count == 1 else 's'}"
    if "connections drop" not in request.step.plan.downtime:
        return f"{said} open"
    return f"{said} drop{'s' if count == 1 else ''}"


def _undo(undo: str) -> str:
    first = _first(undo)
    if first == Plan.model_fields["undo"].default.rstrip("."):
        return first
    return f"Undo: {first[:1].lower()}{first[1:]}"


def _first(text: str) -> str:
    return cut(_CLAUSE.split(visible(text), maxsplit=1)[0].strip(), CLAUSE)


def _value(text: str) -> Span:
    return Code(text=cut(visible(text), VALUE) or "none")
