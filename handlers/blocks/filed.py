"""What somebody reads in reply to asking for a change: where it stands and what comes next."""

from bot.values import Answer, Code, Line, Paragraph, Request, paragraph
from bot.vocabulary import Status
from handlers.blocks.answers import answer
from handlers.blocks.wording import approvals, effect


def filed(request: Request, asked_in: str, who: Line = ()) -> dict[str, object]:
    """``asked_in`` is the channel of the reply, which need not be the card's; ``who`` may agree."""
    return answer(
        Answer(
            title=f"{request.label}: {effect(request)}",
            parts=(paragraph(*_next(request)), *_of_whom(who)),
            hint=_where(request, asked_in),
        )
    )


def lost_card(request: Request) -> dict[str, object]:
    """In a direct message, where the card's channel is gone for the bot."""
    told = "I could not post this request's card: I am not in its channel, or that is gone. "
    return answer(
        Answer(
            title=f"{request.label}: {effect(request)}",
            parts=(
                paragraph(
                    told,
                    "Nothing is lost. Approvers can type ",
                    Code(text=f"/rds approve {request.label}"),
                    ".",
                ),
            ),
            hint=("How it goes on: ", Code(text=f"/rds status {request.label}")),
        )
    )


def _next(request: Request) -> Line:
    match request.status:
        case Status.PENDING:
            left = request.decision.approvals - len(request.approvals)
            return (f"It needs {approvals(left)}. You will hear from me how it ends.",)
        case Status.APPROVED | Status.RUNNING:
            return ("No approval is needed: I carry it out now and tell you how it ends.",)
        case _:
            return (f"It is {request.status}.",)


def _of_whom(who: Line) -> tuple[Paragraph, ...]:
    return (paragraph("Who can agree: ", *who, "."),) if who else ()


def _where(request: Request, asked_in: str) -> Line:
    status: Line = ("How it goes on: ", Code(text=f"/rds status {request.label}"))
    if request.card_channel in (asked_in, None):
        return status
    return ("Its card is in the approvals channel. ", *status)
