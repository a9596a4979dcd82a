"""A request's message: one design, drawn anew from the request whenever it changes.

Each form of it begins with rich_text, because Slack does not let an update take that away.
"""

from collections.abc import Iterator

from bot.values import Code, Line, Moment, Request, Span, Strong, label
from bot.vocabulary import Status
from handlers.blocks.calls import call_text
from handlers.blocks.case import case, reason, voting
from handlers.blocks.elements import (
    Element,
    Payload,
    Style,
    actions,
    button,
    confirm,
    context,
    notification,
    plain_section,
)
from handlers.blocks.rich import Block, Part, emoji, leaves, lines, rich_text
from handlers.blocks.text import cut, visible
from handlers.blocks.times import lasting
from handlers.blocks.wording import (
    EMOJI,
    detail,
    effect,
    headline,
    is_unanswered,
    is_unsent,
    mentions,
    notice,
)

BAR = 10
COMMAND = 400
PLAIN_CALL, PLAIN_REASON = 1500, 1500


def card(request: Request, *, who: Line = (), usual: int | None = None) -> Payload:
    """``text`` and ``blocks``; ``who`` may approve, ``usual`` is how long such a change takes.

    ``usual`` is in microseconds.
    """
    return {"text": notification(notice(request)), "blocks": list(_blocks(request, who, usual))}


def plain_card(request: Request) -> Payload:
    """The same in the simplest blocks there are, for when Slack refuses the card."""
    return {"text": notification(notice(request)), "blocks": list(_plain_blocks(request))}


def _blocks(request: Request, who: Line, usual: int | None) -> Iterator[Block]:
    match request.status:
        case Status.PENDING:
            yield rich_text(_first(request))
            yield from case(request)
            yield from voting(request, who)
        case Status.APPROVED:
            yield rich_text(_first(request), lines(*_waiting(request)), *reason(request))
        case Status.RUNNING:
            yield rich_text(_first(request), lines(*_running(request, usual)), *reason(request))
        case _:
            yield rich_text(_first(request), lines(*_ended(request)))
    if request.status.is_open:
        yield context((Code(text=request.command),), limit=COMMAND)
    yield from actions(_buttons(request))


def _plain_blocks(request: Request) -> Iterator[Block]:
    yield rich_text(lines(notice(request)))
    yield plain_section(call_text(request.step.plan.call), PLAIN_CALL)
    if said := visible(request.reason):
        yield plain_section(f"Reason: {cut(said, PLAIN_REASON, '… (cut)')}")
    if found := detail(request):
        yield plain_section(found)
    yield from actions(_buttons(request))


def _first(request: Request) -> Part:
    mark = [emoji(EMOJI[request.status]), {"type": "text", "text": " "}]
    return {"type": "rich_text_section", "elements": [*mark, *leaves(headline(request))]}


def _waiting(request: Request) -> Iterator[Line]:
    yield from _agreed(request)
    if request.waits_for is not None:
        yield ("It waits for ", Code(text=label(request.waits_for)), ": one change at a time.")
    if request.not_before is not None:
        yield ("It is sent at ", Moment(at=request.not_before), " or soon after.")
    is_held = request.waits_for is not None or request.not_before is not None
    if is_held and request.send_by is not None:
        yield ("If it is not sent by ", Moment(at=request.send_by), ", it expires.")


def _running(request: Request, usual: int | None) -> Iterator[Line]:
    yield from _agreed(request)
    step = request.step
    if step.sent_at is None:
        yield ("I check once more that nothing has changed for the worse, then I send it.",)
        return
    took = f"; usually it takes {lasting(usual)}" if usual else ""
    if is_unanswered(request) and step.progress is None:
        took = "; its answer is on the way"
    else:
        yield _now(request)
    yield ("Sent to AWS ", Moment(at=step.sent_at), f"{took}. It cannot be cancelled any more.")
    if step.evidence.get("late"):
        yield ("It takes longer than expected; I keep following.",)


def _now(request: Request) -> Line:
    progress = request.step.progress
    if progress is None:
        return ("AWS took it; I follow what it does.",)
    if is_unanswered(request):
        lost = "AWS's answer was lost; I will not send it again."
        return (Strong(text=lost), *_and(progress.detail))
    return (f"{_bar(progress.percent)}{progress.detail}",)


def _and(sentence: str) -> Line:
    return (f" {sentence}",) if sentence else ()


def _bar(percent: int | None) -> str:
    if percent is None:
        return ""
    done = min(max(percent, 0), 100) * BAR // 100
    return f"{'▓' * done}{'░' * (BAR - done)} {percent} % · "


def _ended(request: Request) -> Iterator[Line]:
    if found := detail(request):
        yield (found,)
    yield tuple(_history(request))
    if request.status is Status.UNKNOWN:
        yield from what_to_do(request)


def what_to_do(request: Request) -> Iterator[Line]:
    """For an unknown outcome."""
    settle = f"/rds settle {request.label} succeeded|failed --reason …"
    yield (
        "Look at AWS, then say how it ended: ",
        Code(text=settle),
        f". Until then nothing else changes {request.step.target.identifier}.",
    )


def _history(request: Request) -> Iterator[Span]:
    yield from ("Asked ", Moment(at=request.asked_at))
    if request.approvals:
        yield from (" · approved by ", *mentions(request.approvals))
    refused = [vote for vote in request.votes if vote not in request.approvals]
    if refused:
        yield from (" · rejected by ", *mentions(refused))
    if request.step.sent_at is not None:
        yield from (" · sent ", Moment(at=request.step.sent_at))
    if request.ended_at is not None:
        yield from (" · ended ", Moment(at=request.ended_at))


def _agreed(request: Request) -> Iterator[Line]:
    if request.approvals:
        yield ("Approved by ", *mentions(request.approvals), ".")


def _buttons(request: Request) -> list[Element]:
    return [*(_votes(request) if request.status is Status.PENDING else ()), *_cancel(request)]


def _votes(request: Request) -> Iterator[Element]:
    about = f"{request.label}: {request.step.plan.effect}"
    styles: dict[str, Style] = {"Approve": "primary", "Reject": "danger"}
    for word, style in styles.items():
        yield button(
            f"{word} {request.label}",
            f"request.{word.lower()}",
            str(request.id),
            style,
            spoken=f"{word} {about}",
        )


def _cancel(request: Request) -> Iterator[Element]:
    if is_unsent(request):
        yield button(
            "Cancel request",
            "request.cancel",
            str(request.id),
            spoken=f"Cancel {request.label}, if you asked for it",
            confirm=confirm(
                f"Cancel {request.label}?",
                f"{effect(request)}. Only whoever asked may take it back; nothing was sent to AWS.",
                "Cancel it",
                "Keep it",
            ),
        )
