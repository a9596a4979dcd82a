"""What somebody reads in reply to asking for a change: where it stands and what comes next."""

from bot.values import (
    SECOND,
    Answer,
    Channel,
    Code,
    Line,
    Paragraph,
    Request,
    Status,
    Strong,
    lasting,
    paragraph,
)
from handlers.blocks.answers import answer
from handlers.blocks.elements import Payload, notification
from handlers.blocks.glance import SIGN, waits_too
from handlers.blocks.phrases import approvals, effect
from handlers.blocks.rich import lines, rich_text


def filed(
    request: Request,
    asked_in: str,
    who: Line = (),
    *,
    age: int | None = None,
    also: tuple[str, ...] = (),
) -> Payload:
    """``asked_in`` is the channel of the reply, brief beside the card; ``who`` may agree.

    ``age``: it is the open request of an ask so much earlier, and what was asked now adds nothing.
    ``also``: what was asked for before it and is open for the same database.
    """
    others: Line = (f"{SIGN}{waits_too(request, also)}. ",) if also else ()
    said = (*(() if age is None else _before(request, age)), *others, *_next(request))
    if request.card_channel == asked_in:
        return _beside_card(request, said, who)
    return answer(
        Answer(
            title=_title(request),
            parts=(paragraph(*said), *_of_whom(who)),
            hint=_where(request),
        )
    )


def lost_card(request: Request) -> Payload:
    """In a direct message, where the card's channel is gone for the bot."""
    told = (
        "I could not post or change this request's card. I am not in its channel, the channel is "
        "gone, or Slack refuses it there. "
    )
    return answer(
        Answer(
            title=_title(request),
            parts=(paragraph(told, *_without_card(request)),),
            hint=_status(request),
        )
    )


def _without_card(request: Request) -> Line:
    if request.status is not Status.PENDING:
        return ("Nothing is lost: it goes on, and I'll let you know how it ends.",)
    typed = Code(text=f"/rds approve {request.label}")
    return ("Nothing is lost. Approvers can type ", typed, ".")


def _before(request: Request, age: int) -> Line:
    """Whoever asks once more, perhaps with a better reason, must not think that it is read."""
    typed = Code(text=f"/rds cancel {request.label}")
    asked = (f"You already asked for this {_ago(age)}: {request.label}. ",)
    return (
        *asked,
        "Nothing was added to it; to change its reason type ",
        typed,
        " and ask again. ",
    )


def _ago(age: int) -> str:
    """``2 min ago``"""
    return f"{lasting(age)} ago" if age >= SECOND else "just now"


def _beside_card(request: Request, told: Line, who: Line) -> Payload:
    agreeing = [span for part in _of_whom(who) for span in (" ", *part.line)]
    said: Line = (Strong(text=f"{_title(request)}."), " ", *told, *agreeing)
    block = rich_text(lines(said, _status(request)))
    return {"text": notification((_title(request),)), "blocks": [block]}


def _title(request: Request) -> str:
    return f"{request.label}: {effect(request)}"


def _next(request: Request) -> Line:
    match request.status:
        case Status.PENDING:
            left = request.decision.approvals - len(request.approvals)
            return (f"It needs {approvals(left)}. I'll let you know how it ends.",)
        case Status.APPROVED | Status.RUNNING:
            return ("No approval is needed. It runs now, and I'll let you know how it ends.",)
        case _:
            return (f"It is {request.status}.",)


def _of_whom(who: Line) -> tuple[Paragraph, ...]:
    return (paragraph("Who can agree: ", *who, "."),) if who else ()


def _where(request: Request) -> Line:
    if request.card_channel is None:
        return _status(request)
    return ("Its card is in ", Channel(id=request.card_channel), ". ", *_status(request))


def _status(request: Request) -> Line:
    return ("Track it: ", Code(text=f"/rds status {request.label}"))
