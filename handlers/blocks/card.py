"""A request's message: one design, drawn anew from the request whenever it changes.

Each form of it begins with rich_text, because Slack does not let an update take that away
(block_mismatch). https://docs.slack.dev/reference/methods/chat.update
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.settings import OBSERVES
from bot.values import (
    Code,
    Line,
    Mention,
    Moment,
    Request,
    Span,
    Status,
    Strong,
    Usual,
    Vote,
    label,
)
from handlers.blocks.aws_call import call_text
from handlers.blocks.details import case, place, reason, voting
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
from handlers.blocks.phrases import (
    detail,
    effect,
    headline,
    is_unsent,
    is_untouched,
    judged,
    mark,
    mentions,
    notice,
    state,
    tally,
)
from handlers.blocks.progress import agreed, progress
from handlers.blocks.rich import Block, Part, emoji, leaves, lines, rich_text
from handlers.blocks.text import cut, visible

HELD = f"{OBSERVES} So this is not sent."
COMMAND, PLACE, CHANGES = 400, 300, 900
SINCE = 600
WHY = 400  #: why a request waits, mostly AWS's own words
CHANGED = "Who decides has changed since this was asked for."
PLAIN_CALL, PLAIN_REASON = 1500, 1500


@dataclass(frozen=True)
class Standing:
    """What people and settings say of an open request by now."""

    who: Line = ()  #: could still approve; empty: that is not known
    counting: Request | None = None  #: with the votes that count; None: all, or not known
    changes: tuple[str, ...] = ()  #: of who decides, in sentences


def card(
    request: Request,
    standing: Standing = Standing(),
    *,
    usual: Usual | None = None,
    observes: bool = False,
) -> Payload:
    """``text`` and ``blocks``; ``usual`` is how long such a change takes.

    ``observes``: what was filed before the bot only observed is not sent, and says so.
    """
    counting = standing.counting or request
    lapsed = [vote for vote in request.votes if vote not in counting.votes]
    is_held = observes and is_unsent(request)
    blocks = list(_blocks(counting, standing, lapsed, usual, is_held=is_held))
    return {"text": notification(notice(counting)), "blocks": blocks}


def plain_card(request: Request, *, observes: bool = False) -> Payload:
    """The same in the simplest blocks there are, for when Slack refuses the card."""
    blocks = list(_plain_blocks(request, is_held=observes and is_unsent(request)))
    return {"text": notification(notice(request)), "blocks": blocks}


def _blocks(
    request: Request,
    standing: Standing,
    lapsed: Sequence[Vote],
    usual: Usual | None,
    *,
    is_held: bool,
) -> Iterator[Block]:
    match request.status:
        case Status.PENDING:
            yield rich_text(_first(request, headline(request)))
            yield from case(request)
            yield from voting(request, standing.who, lapsed)
        case Status.APPROVED:
            head = _first(request, headline(request))
            yield rich_text(head, lines(*_waiting(request)), *reason(request))
        case Status.RUNNING:
            head = _first(request, headline(request))
            yield rich_text(head, *progress(request, usual), *reason(request))
        case _:
            yield rich_text(
                _first(request, _outcome(request)),
                lines(*_since(request), limit=SINCE),
                lines(*what_next(request)),
            )
            yield context(tuple(_history(request)))
    if standing.changes:
        yield context((" ".join((CHANGED, *standing.changes)),), limit=CHANGES)
    if is_held:
        yield context((HELD,))
    yield from actions(_buttons(request, is_held=is_held))
    if request.status.is_open:
        yield context(place(request), limit=PLACE)
        yield context((Code(text=request.command),), limit=COMMAND)


def _plain_blocks(request: Request, *, is_held: bool) -> Iterator[Block]:
    yield rich_text(lines(notice(request)))
    yield plain_section(call_text(request.step.plan.call), PLAIN_CALL)
    if said := visible(request.reason):
        yield plain_section(f"Reason: {cut(said, PLAIN_REASON, '… (cut)')}")
    if found := detail(request):
        yield plain_section(found)
    for look in request.remarkable:
        yield plain_section(cut(f"{look.minutes} min after: {visible(look.said)}", SINCE))
    if is_held:
        yield context((HELD,))
    yield from actions(_buttons(request, is_held=is_held))


def _first(request: Request, line: Line) -> Part:
    sign = [emoji(mark(request)), {"type": "text", "text": " "}]
    return {"type": "rich_text_section", "elements": [*sign, *leaves(line)]}


def _waiting(request: Request) -> Iterator[Line]:
    yield from agreed(request)
    if request.waits_for is not None:
        yield ("It waits for ", Code(text=label(request.waits_for)), ": one change at a time.")
    elif request.step.progress is not None:
        yield (cut(visible(_closed(request.step.progress.detail)), WHY),)
    if request.not_before is not None:
        yield ("It is sent ", Moment(at=request.not_before), " or soon after.")
    is_held = request.waits_for is not None or request.not_before is not None
    if is_held and request.send_by is not None:
        yield ("If it is not sent by ", Moment(at=request.send_by), ", it expires.")


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _outcome(request: Request) -> Line:
    said = Strong(text=f"{effect(request)}: {state(request)}")
    return (said, f" · {found}") if (found := _found(request)) else (said,)


def _found(request: Request) -> str:
    """What it ended with; of a rejection only the reason, as the rest has been said."""
    if request.status is Status.REJECTED:
        return visible(" ".join(vote.reason for vote in request.votes if vote.reason))
    return detail(request)


def _since(request: Request) -> Iterator[Line]:
    """How its database did afterwards, where that is worth a word."""
    for look in request.remarkable:
        yield (Strong(text=f"{look.minutes} min after:"), f" {visible(look.said)}")


def what_next(request: Request) -> Iterator[Line]:
    """What whoever reads of a bad end can do about it; nothing after a good one."""
    name = request.step.target.identifier
    if request.status is Status.UNKNOWN:
        settle = f"/rds settle {request.label} succeeded|failed --reason …"
        yield (
            "Look at AWS, then say how it ended: ",
            Code(text=settle),
            f". Until then nothing else changes {name}.",
        )
    elif is_untouched(request):
        yield ("To ask again: ", Code(text=cut(request.command, COMMAND)))
    elif request.status is Status.FAILED:
        yield ("See how it stands now: ", Code(text=f"/rds show {request.step.params['target']}"))


def _history(request: Request) -> Iterator[Span]:
    yield from (f"{request.label} {judged(request)} · asked by ", Mention(person=request.requester))
    yield from (" ", Moment(at=request.asked_at))
    if request.approvals:
        yield from (" · approved by ", *mentions(request.approvals), f" ({tally(request)})")
    refused = [vote for vote in request.votes if vote not in request.approvals]
    if refused:
        yield from (" · rejected by ", *mentions(refused))
    if request.step.sent_at is not None:
        yield from (" · sent ", Moment(at=request.step.sent_at))
    if request.ended_at is not None:
        yield from (" · ended ", Moment(at=request.ended_at))


def _buttons(request: Request, *, is_held: bool) -> list[Element]:
    words = ("Reject",) if is_held else ("Approve", "Reject")
    voting = votes(request, words) if request.status is Status.PENDING else ()
    return [*voting, *cancel(request)]


def votes(request: Request, words: Sequence[str] = ("Approve", "Reject")) -> Iterator[Element]:
    about = f"{request.label}: {request.step.plan.effect}"
    styles: dict[str, Style] = {"Approve": "primary", "Reject": "danger"}
    for word, style in ((one, styles[one]) for one in words):
        yield button(
            f"{word} {request.label}",
            f"request.{word.lower()}",
            str(request.id),
            style,
            spoken=f"{word} {about}",
        )


def cancel(request: Request) -> Iterator[Element]:
    if is_unsent(request):
        yield button(
            "Cancel request",
            "request.cancel",
            str(request.id),
            spoken=f"Cancel request {request.label}, if you asked for it",
            confirm=confirm(
                f"Cancel {request.label}?",
                f"{effect(request)}. Only whoever asked may take it back; nothing was sent to AWS.",
                "Cancel it",
                "Keep it",
            ),
        )
