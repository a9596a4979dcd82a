"""What an approver weighs: what would change, on what, at which risk, by which call, and why."""

from collections.abc import Iterator
from typing import Any

from bot.values import Code, Difference, Line, Moment, Plan, Request, Strong
from handlers.blocks.calls import call_text
from handlers.blocks.elements import context, fields
from handlers.blocks.rich import Block, Part, bullets, lines, preformatted, quote, rich_text
from handlers.blocks.wording import listed, mentions

FACT = 300
MOST, BULLET = 5, 160
CALL, REASON = 1200, 1200


def case(request: Request) -> Iterator[Block]:
    plan = request.step.plan
    yield from fields(_facts(request), FACT)
    yield rich_text(
        *_bulleted("What changes", map(_difference, plan.differences), len(plan.differences)),
        *_bulleted("Good to know", ((one,) for one in plan.warnings), len(plan.warnings)),
        lines(_way_back(plan.undo), limit=FACT),
        lines((Strong(text="The exact AWS call"),)),
        preformatted(call_text(plan.call), CALL),
        *reason(request),
    )
    if plan.checks:
        yield context((f"Checked: {'; '.join(plan.checks)}",), limit=FACT)


def reason(request: Request) -> tuple[Part | None, ...]:
    """Word for word, as a quotation; nothing where none was given."""
    said = quote(request.reason, REASON)
    return (lines((Strong(text="Reason"),)), said) if said else ()


def voting(request: Request, who: Line) -> Iterator[Block]:
    given, wanted = request.approvals, request.decision.approvals
    so_far = f"{len(given)} of {wanted}"
    pairs: list[tuple[str, Line]] = [
        ("Approvals", (f"{so_far}: ", *mentions(given)) if given else (so_far,)),
        ("Until", (Moment(at=request.expires_at),)),
    ]
    if who:
        pairs.append(("Who can approve", who))
    if request.decision.rule:
        pairs.append(("Wanted by", (request.decision.rule,)))
    yield from fields(pairs, FACT)


def _way_back(undo: str) -> Line:
    if undo == Plan.model_fields["undo"].default:
        return (Strong(text=undo),)
    return (Strong(text="The way back:"), f" {undo}")


def _facts(request: Request) -> Iterator[tuple[str, Line]]:
    target, facts = request.step.target, request.facts
    yield target.kind.capitalize(), (Code(text=target.identifier), f" {facts.get('engine', '')}")
    yield "Account", (f"{facts.get('account_name') or target.account} / {target.region}",)
    yield "Environment", (f"{request.classified.environment}, by {request.classified.rule}",)
    yield "Risk", (_because(request),)
    yield from _condition(facts)


def _condition(facts: dict[str, Any]) -> Iterator[tuple[str, Line]]:
    """The database as it was when it was asked for."""
    if facts.get("status"):
        yield "Status", (facts["status"],)
    if "multi_az" in facts:
        yield "Multi-AZ", (_zones(facts),)
    if "pending" in facts:
        pending = [f"{name} = {value}" for name, value in facts["pending"].items()]
        yield "Pending modifications", (listed(pending),)
    if facts.get("replicas"):
        yield "Replicas", (listed(facts["replicas"]),)
    if facts.get("latest_restorable_at"):
        yield "Restorable until", (Moment(at=facts["latest_restorable_at"]),)


def _zones(facts: dict[str, Any]) -> str:
    zone = f", in {facts['zone']}" if facts.get("zone") else ""
    return f"{'yes' if facts['multi_az'] else 'no'}{zone}"


def _because(request: Request) -> str:
    risk, reasons = request.assessment.risk.value, request.assessment.reasons
    return f"{risk}, because {'; '.join(reasons)}" if reasons else risk


def _difference(one: Difference) -> Line:
    now, then = Code(text=one.current or "none"), Code(text=one.wanted or "none")
    return (f"{one.what}: ", now, " → ", then)


def _bulleted(title: str, given: Iterator[Line], count: int) -> Iterator[Part | None]:
    """At most a handful: what is left out is counted."""
    if not count:
        return
    shown = [line for line, _ in zip(given, range(MOST), strict=False)]
    more: list[Line] = [(f"and {count - MOST} more",)] if count > MOST else []
    yield lines((Strong(text=title),))
    yield bullets([*shown, *more], limit=BULLET)
