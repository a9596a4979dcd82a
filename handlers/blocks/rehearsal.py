"""A dry run: what would be asked for, of whom, and what stands in its way."""

from collections.abc import Iterator

from bot.values import Code, Line, Request, Strong
from handlers.blocks.case import case, checked, place
from handlers.blocks.elements import Payload, context, fields, notification
from handlers.blocks.rich import lines, rich_text
from handlers.blocks.wording import approvals, effect

FACT = 300


def rehearsal(request: Request, *, who: Line = (), obstacle: str = "") -> Payload:
    """``request`` is a draft; ``who`` could approve it; ``obstacle`` is why nobody could."""
    told = f"Dry run: {effect(request)}. Nothing was filed."
    rows: list[Line] = [(Strong(text=told),)]
    if obstacle:
        rows.append((Strong(text="In the way:"), f" {obstacle}"))
    blocks = [
        rich_text(lines(*rows)),
        *fields(_verdict(request, who), FACT),
        *case(request),
        *checked(request),
        context(place(request), ("To ask for it: ", Code(text=request.command))),
    ]
    return {"text": notification((told,)), "blocks": blocks}


def _verdict(request: Request, who: Line) -> Iterator[tuple[str, Line]]:
    wanted = request.decision.approvals
    at_once = "none; it would be sent at once"
    yield "It would need", (approvals(wanted) if wanted else at_once,)
    yield "By", (request.decision.rule or "the policy",)
    if who:
        yield "Who could approve", who
