"""What came of somebody's click at a request, as they read it there: pure, as things stand now."""

from bot.values import Click, Line, Request, Status, label
from handlers.blocks.glance import SIGN

CLOSED = {
    "reject": "You rejected it. Nothing is sent to AWS.",
    "cancel": "You cancelled it. Nothing is sent to AWS.",
}


def came_of(click: Click, request: Request) -> Line:
    if click.refused:
        return (SIGN, *click.refused)
    return (CLOSED[click.verb],) if click.verb in CLOSED else (f"You approved it{_next(request)}",)


def _next(request: Request) -> str:
    match request.status:
        case Status.PENDING:
            return f"; {request.wanting.removeprefix('needs ')} needed."
        case Status.APPROVED if request.waits_for is not None:
            return f"; it waits for {label(request.waits_for)}."
        case Status.APPROVED if request.not_before is not None:
            return "; it is sent later, as its card says."
        case Status.APPROVED | Status.RUNNING:
            return "; it runs now."
    return "."
