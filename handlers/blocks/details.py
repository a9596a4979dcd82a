"""All that a request was judged by: what would change, its impact, why, and by which call."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.fleet.now import alarm
from bot.values import (
    Code,
    Difference,
    Line,
    Moment,
    Plan,
    Request,
    Status,
    Strong,
    Trouble,
    Turn,
    Usual,
    Vote,
    lasting,
)
from handlers.blocks.aws_call import call_text
from handlers.blocks.elements import context, fields
from handlers.blocks.phrases import listed, mentions, tally, touched
from handlers.blocks.progress import progress
from handlers.blocks.rich import Block, Part, bullets, lines, preformatted, quote, rich_text
from handlers.blocks.text import joined, visible

WAITS_TOO = "Asked for earlier, and open for the same database"
CHANGED = "Who decides has changed since this was asked for."
FACT = 300
COMMAND, CHANGES = 400, 900
MOST, BULLET = 5, 160
COSTS, COST = 8, 240
EVERY, TOUCHED = 100, 2000
CALL, REASON = 1200, 1200
WHOLE_CALL = 2800
#: What may be unread when it was asked for, by the key of the fact.
UNREAD = {"connections": "how many are connected", "last_snapshot": "when it was last backed up"}


NO_TROUBLE = Trouble()


@dataclass(frozen=True)
class Standing:
    """What people and settings say of an open request by now."""

    who: Line = ()  #: could still approve; empty: that is not known
    counting: Request | None = None  #: with the votes that count; None: all, or not known
    changes: tuple[str, ...] = ()  #: of who decides, in sentences
    trouble: Trouble = NO_TROUBLE  #: what burns at its database and its family
    also: tuple[str, ...] = ()  #: requests that were asked for earlier and wait for the same one

    def lapsed(self, request: Request) -> tuple[Vote, ...]:
        """Votes that count no longer."""
        counting = self.counting or request
        return tuple(vote for vote in request.votes if vote not in counting.votes)


#: What is known of a request that is open no longer.
NO_STANDING = Standing()


def case(request: Request, call: int = CALL) -> Iterator[Block]:
    """What would happen, in full; ``call``: characters of AWS's call that are shown."""
    plan = request.step.plan
    yield rich_text(
        *reason(request),
        *_bulleted("What changes", [_difference(one) for one in plan.differences]),
        lines(*((one,) for one in touched(request, EVERY)), limit=TOUCHED),
        *_bulleted("Impact", _costs(request), COSTS, COST),
        *_bulleted("Good to know", [(one,) for one in plan.warnings]),
        lines(_way_back(plan.undo), limit=FACT),
        lines((Strong(text="Risk:"), f" {_because(request)}"), limit=FACT),
    )
    yield exact_call(request, call)


def details(
    request: Request, standing: Standing = NO_STANDING, usual: Usual | None = None
) -> Iterator[Block]:
    """What the decision rests on, for whoever wants to look closer than the card does."""
    yield from burning(standing.trouble)
    if request.status is Status.RUNNING:
        yield rich_text(*progress(request, usual))
    yield from case(request, WHOLE_CALL)
    if request.status is Status.PENDING:
        yield from voting(standing.counting or request, standing.who, standing.lapsed(request))
    if standing.also and request.status.is_open:
        yield rich_text(lines((f"{WAITS_TOO}: {', '.join(standing.also)}",), limit=FACT))
    if standing.changes:
        yield context((" ".join((CHANGED, *standing.changes)),), limit=CHANGES)
    yield from fields(_facts(request), FACT)
    yield from checked(request)
    yield context((Code(text=request.command),), limit=COMMAND)


def burning(trouble: Trouble) -> Iterator[Block]:
    """All that is wrong where the change would happen, and what of it nobody knows."""
    told = [alarm(one) for one in trouble.incidents]
    told += [_worse(one) for one in trouble.worse]
    told += [(one,) for one in trouble.unread]
    if told:
        yield rich_text(lines((Strong(text="What burns there"),)), bullets(told[:MOST], limit=FACT))
        if (left := len(told) - MOST) > 0:
            yield context((f"and {left} more: ", Code(text="/rds list")))


def _worse(request: Request) -> Line:
    """``RDS-1040 (Reboot orders-test) was worse 15 min later: read latency 0.6 → 2.8 ms``"""
    look = [one for one in request.looks if one.turn is Turn.WORSE][-1]
    said = visible(look.said or look.brief)
    what = f"{request.label} ({request.step.plan.effect}) was {look.spoken}"
    return (f"⚠️ {what}{f': {said}' if said else ''}",)


def checked(request: Request) -> Iterator[Block]:
    if checks := request.step.plan.checks:
        yield context((f"Checked: {'; '.join(checks)}",), limit=FACT)


def exact_call(request: Request, limit: int) -> Block:
    written = preformatted(call_text(request.step.plan.call), limit)
    return rich_text(lines((Strong(text="The exact AWS call"),)), written)


def place(request: Request) -> Line:
    """Where it would happen, in one line: environment, account, engine, state."""
    target, facts = request.step.target, request.facts
    by = f"by {request.classified.rule}"
    spot = f"{facts.get('account_name') or target.account} / {target.region}"
    found = [
        f"{target.kind.capitalize()} in {request.classified.environment}, {by}",
        spot,
        facts.get("engine"),
        facts.get("status"),
        "Multi-AZ" if facts.get("multi_az") else "",
    ]
    return (" · ".join(filter(None, found)),)


def reason(request: Request) -> tuple[Part | None, ...]:
    """Word for word, as a quotation; nothing where none was given."""
    said = quote(request.reason, REASON)
    return (lines((Strong(text="Reason"),)), said) if said else ()


def voting(request: Request, who: Line, lapsed: Sequence[Vote] = ()) -> Iterator[Block]:
    """How many agreed of how many, until when, and who else could; ``lapsed`` counts no longer."""
    given = request.approvals
    agreed: Line = (": ", *mentions(given)) if given else ()
    gone: Line = ("; no longer counts: ", *mentions(lapsed)) if lapsed else ()
    pairs: list[tuple[str, Line]] = [
        ("Approvals", (tally(request), *agreed, *gone)),
        ("Until", (Moment(at=request.expires_at),)),
    ]
    if who:
        pairs.append(("Who can approve", who))
    yield from fields(pairs, FACT)


def _way_back(undo: str) -> Line:
    if undo.startswith(Plan.model_fields["undo"].default.rstrip(".")):
        return (Strong(text=undo),)
    return (Strong(text="Undo:"), f" {undo}")


def _costs(request: Request) -> Iterator[Line]:
    """As it was when it was asked for; what could not be read then is said to be unread."""
    facts = request.facts
    if downtime := request.step.plan.downtime:
        yield (Strong(text="Downtime:"), f" {downtime}")
    if facts.get("connections") is not None:
        at: Line = (f" {facts['connections']}, as of ", Moment(at=request.asked_at))
        yield (Strong(text="Connections:"), *at)
    elif "connections" in facts:
        yield (Strong(text="Connections:"), " nobody had counted them in the last 15 minutes")
    if backup := joined(_backups(request), "; "):
        yield (Strong(text="Last backup:"), " ", *backup)
    if lacks := ", ".join(UNREAD.get(name, name) for name in facts.get("unread", ())):
        yield (Strong(text="Could not be read:"), f" {lacks}")
    if "pending" in facts:
        pending = [f"{name} = {value}" for name, value in facts["pending"].items()]
        yield (Strong(text="Pending modifications:"), f" {listed(pending)}")
    yield from _family(facts)


def _backups(request: Request) -> Iterator[Line]:
    facts = request.facts
    taken, until = facts.get("last_snapshot"), facts.get("latest_restorable_at")
    if "last_snapshot" in facts and not (taken or until):
        yield ("none; nothing can be restored",)
    if taken:
        age = lasting(request.asked_at - taken["at"])
        yield ("snapshot ", Code(text=taken["name"]), f", {age} old")
    if until:
        yield ("restorable until ", Moment(at=until))


def _family(facts: dict[str, Any]) -> Iterator[Line]:
    """Whom it takes along."""
    if replicas := facts.get("replicas"):
        yield (Strong(text="Replicas:"), f" {listed(replicas)}")
    if members := facts.get("members"):
        of = f" of {facts['cluster']}" if facts.get("cluster") else ""
        writer = f"; {facts['writer']} writes" if facts.get("writer") else ""
        yield (Strong(text=f"Members{of}:"), f" {listed(members)}{writer}")


def _facts(request: Request) -> Iterator[tuple[str, Line]]:
    target, facts = request.step.target, request.facts
    yield target.kind.capitalize(), (Code(text=target.identifier), f" {facts.get('engine', '')}")
    yield "Account", (f"{facts.get('account_name') or target.account} / {target.region}",)
    yield "Environment", (f"{request.classified.environment}, by {request.classified.rule}",)
    if request.decision.rule:
        yield "Decided by", (request.decision.rule,)
    yield from _condition(facts)


def _condition(facts: dict[str, Any]) -> Iterator[tuple[str, Line]]:
    """The database as it was when it was asked for."""
    if facts.get("status"):
        yield "Status", (facts["status"],)
    if "multi_az" in facts:
        yield "Multi-AZ", (_zones(facts),)
    if facts.get("resource_id"):
        yield "Resource id", (Code(text=facts["resource_id"]),)


def _zones(facts: dict[str, Any]) -> str:
    zone = f", in {facts['zone']}" if facts.get("zone") else ""
    return f"{'yes' if facts['multi_az'] else 'no'}{zone}"


def _because(request: Request) -> str:
    risk, reasons = request.assessment.risk.value, request.assessment.reasons
    return f"{risk}, because {'; '.join(reasons)}" if reasons else risk


def _difference(one: Difference) -> Line:
    now, then = Code(text=one.current or "none"), Code(text=one.wanted or "none")
    return (f"{one.what}: ", now, " → ", then)


def _bulleted(
    title: str, given: Iterable[Line], most: int = MOST, limit: int = BULLET
) -> Iterator[Part | None]:
    """What is left out is counted."""
    shown = list(given)
    if not shown:
        return
    more: list[Line] = [(f"and {len(shown) - most} more",)] if len(shown) > most else []
    yield lines((Strong(text=title),))
    yield bullets([*shown[:most], *more], limit=limit)
