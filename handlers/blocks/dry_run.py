"""What would be asked for, of whom, and what stands in its way: a dry run, or observing."""

from collections.abc import Iterator

from bot.settings import OBSERVES
from bot.values import Code, Effect, Line, Moment, Request, Strong
from handlers.blocks.details import case, checked, place
from handlers.blocks.elements import Payload, context, fields, notification
from handlers.blocks.phrases import approvals, effect
from handlers.blocks.rich import lines, rich_text
from handlers.parser import quoted

FACT = 300


def rehearsal(
    request: Request, *, who: Line = (), obstacle: str = "", observes: bool = False
) -> Payload:
    """``request`` is a draft; ``who`` could approve it; ``obstacle`` is why nobody could."""
    kind = "Observed" if observes else "Dry run"
    told = f"{kind}: {effect(request)}. Nothing was filed."
    rows: list[Line] = [(Strong(text=told),)]
    if obstacle:
        rows.append((Strong(text="In the way:"), f" {obstacle}"))
    blocks = [
        rich_text(lines(*rows)),
        *fields(_verdict(request, who), FACT),
        *case(request),
        *checked(request),
        context(place(request), (OBSERVES,) if observes else _again(request)),
    ]
    return {"text": notification((told,)), "blocks": blocks}


def _again(request: Request) -> Line:
    start = request.facts.get("start", "")
    at = f" --at {quoted(start)}" if start else ""
    reason = f" --reason {quoted(request.reason)}" if request.reason else ""
    return ("To ask for it: ", Code(text=f"{request.command}{at}{reason}"))


def _verdict(request: Request, who: Line) -> Iterator[tuple[str, Line]]:
    if request.decision.effect is Effect.DENY:
        yield "It would be", (f"denied: {request.decision.reason}",)
        yield "By", (request.decision.rule or "the policy",)
        return
    if request.starts_at is not None:
        yield "It would start", (Moment(at=request.starts_at),)
    wanted = request.decision.approvals
    at_once = "none; it would be sent at once"
    yield "It would need", (approvals(wanted) if wanted else at_once,)
    yield "By", (request.decision.rule or "the policy",)
    if who:
        yield "Who could approve", who
