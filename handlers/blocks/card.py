"""A request's message: one design, drawn anew from the request whenever it changes.

Each form of it begins with rich_text, because Slack does not let an update take that away
(block_mismatch). https://docs.slack.dev/reference/methods/chat.update
"""

import re
from collections.abc import Iterator, Sequence

from bot.operations import next_step, way_back
from bot.settings import OBSERVES
from bot.values import (
    WEEK_BEFORE,
    Button,
    Code,
    Line,
    Mention,
    Menu,
    Moment,
    Range,
    Request,
    Span,
    Status,
    Strong,
    Turn,
    Usual,
    label,
    looking,
)
from handlers.blocks.aws_call import call_text
from handlers.blocks.details import NO_STANDING
from handlers.blocks.details import Standing as Standing
from handlers.blocks.elements import (
    Element,
    Payload,
    Style,
    actions,
    button,
    confirm,
    context,
    controls,
    notification,
    plain_section,
)
from handlers.blocks.glance import SIGN, burning, deciders, glance, reason
from handlers.blocks.phrases import (
    detail,
    effect,
    ended,
    ended_by,
    headline,
    is_unsent,
    is_untouched,
    judged,
    locked,
    mark,
    mentions,
    notice,
    tally,
)
from handlers.blocks.progress import NAMED, agreed, shortly
from handlers.blocks.rich import Block, Part, emoji, leaves, lines, rich_text
from handlers.blocks.text import cut, joined, visible

HELD = f"{OBSERVES} So this is not sent."
COMMAND = 400
SINCE = 600
LOOKED = 140  #: of what was seen afterwards
WHY = 400  #: why a request waits, mostly AWS's own words
DETAILS = "request.details"  #: action of the button that tells one person all of it
PLAIN_CALL, PLAIN_REASON = 1500, 1500


def card(
    request: Request,
    standing: Standing = NO_STANDING,
    *,
    usual: Usual | None = None,
    observes: bool = False,
) -> Payload:
    """``text`` and ``blocks``; ``usual`` is how long such a change takes.

    ``observes``: what was filed before the bot only observed is not sent, and says so.
    """
    is_held = observes and is_unsent(request)
    blocks = list(_blocks(request, standing, usual, is_held=is_held))
    return {"text": notification(notice(standing.counting or request)), "blocks": blocks}


def plain_card(request: Request, *, observes: bool = False) -> Payload:
    """The same in the simplest blocks there are, for when Slack refuses the card."""
    blocks = list(_plain_blocks(request, is_held=observes and is_unsent(request)))
    return {"text": notification(notice(request)), "blocks": blocks}


def _blocks(
    request: Request, standing: Standing, usual: Usual | None, *, is_held: bool
) -> Iterator[Block]:
    if request.status.is_open:
        head = _first(request, _head(standing.counting or request))
        yield rich_text(head, lines(*_body(request, standing, usual, is_held=is_held)))
    else:
        yield rich_text(
            _first(request, _outcome(request)),
            lines(*what_next(request)),
        )
        yield context(tuple(_history(request)))
    yield from actions(_buttons(request, is_held=is_held))


def _head(request: Request) -> Line:
    """The headline, shorter by a word where the line below says of what there are to be more."""
    said, *rest = headline(request)
    assert isinstance(said, Strong)
    return (Strong(text=re.sub(" more approvals?$", " more", said.text)), *rest)


def _body(
    request: Request, standing: Standing, usual: Usual | None, *, is_held: bool
) -> Iterator[Line]:
    """What an open card says below its head, in short lines."""
    match request.status:
        case Status.PENDING:
            yield from glance(request, standing)
        case Status.APPROVED:
            yield from _waiting(request)
            yield reason(request)
            yield from burning(request, standing.trouble)
            yield from deciders(standing)
        case _:
            yield from shortly(request, usual)
    if is_held:
        yield (f"{SIGN}{HELD}",)


def _plain_blocks(request: Request, *, is_held: bool) -> Iterator[Block]:
    yield rich_text(lines(notice(request)))
    yield plain_section(call_text(request.step.plan.call), PLAIN_CALL)
    if said := visible(request.reason):
        yield plain_section(f"Reason: {cut(said, PLAIN_REASON, '… (cut)')}")
    if found := detail(request):
        yield plain_section(found)
    for look in request.remarkable:
        yield plain_section(cut(f"{look.spoken}: {visible(look.said)}", SINCE))
    if is_held:
        yield context((HELD,))
    yield from actions(_buttons(request, is_held=is_held))


def _first(request: Request, line: Line) -> Part:
    sign = [emoji(mark(request)), {"type": "text", "text": " "}]
    return {"type": "rich_text_section", "elements": [*sign, *leaves(line)]}


def _waiting(request: Request) -> Iterator[Line]:
    yield from agreed(request)
    if request.starts_at is not None:
        yield ("It starts ", Moment(at=request.starts_at), ". Until then it can be cancelled.")
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
    said: Line = (Strong(text=f"{effect(request)}: {ended(request)}"), *ended_by(request))
    return joined((said, *_since(request), (_found(request),)), " · ")


def _found(request: Request) -> str:
    """What it ended with; of a rejection only the reason, as the rest has been said."""
    if request.status is Status.REJECTED:
        return visible(" ".join(vote.reason for vote in request.votes if vote.reason))
    return detail(request)


def _since(request: Request) -> Iterator[Line]:
    """How its database did afterwards, where that is worth a word."""
    for look in request.remarkable:
        sign = SIGN if look.turn is Turn.WORSE else ""
        said = visible(look.brief or look.said)
        yield (f"{sign}{look.spoken}" + (f": {cut(said, LOOKED)}" if said else ""),)


def what_next(request: Request) -> Iterator[Line]:
    """What whoever reads of a bad end can do about it; nothing after a good one."""
    if request.status is Status.UNKNOWN:
        settle = f"/rds settle {request.label} succeeded|failed --reason …"
        yield (
            "Look at AWS, then say how it ended: ",
            Code(text=settle),
            f". Until then nothing else changes {locked(request)}.",
        )
    elif is_untouched(request):
        yield ("To ask again: ", Code(text=cut(request.command, COMMAND)))
    elif request.status is Status.FAILED:
        yield ("See how it stands now: ", Code(text=f"/rds show {request.step.params['target']}"))


def _history(request: Request) -> Iterator[Span]:
    yield from (f"{request.label} {judged(request)} · asked by ", Mention(person=request.requester))
    if request.approvals:
        yield from (" · approved by ", *mentions(request.approvals, NAMED), f" ({tally(request)})")
    if request.ended_at is not None:
        yield from (" · ended ", Moment(at=request.ended_at))


def _buttons(request: Request, *, is_held: bool) -> list[Element]:
    words = ("Reject",) if is_held else ("Approve", "Reject")
    voting = votes(request, words) if request.status is Status.PENDING else ()
    more = (details_of(request), *_dots(request)) if request.status.is_open else ()
    return [*voting, *more, *_afterwards(request)]


def _afterwards(request: Request) -> Iterator[Element]:
    """What is left to do, and the way back; where it did worse, also how it was a week before."""
    if request.status is Status.SUCCEEDED and (left := next_step(request)):
        yield from controls(left)
    was_done = request.status is Status.SUCCEEDED or request.is_worse_since
    if was_done and (back := way_back(request)):
        yield from controls(back)
    if not request.is_worse_since:
        return
    line = f"metrics {request.step.target.typed} --range {Range.DAY} {WEEK_BEFORE}"
    yield from controls(looking("Compare with last week", line))


def votes(request: Request, words: Sequence[str] = ("Approve", "Reject")) -> Iterator[Element]:
    about = f"{request.label}: {effect(request)}"
    styles: dict[str, Style] = {"Approve": "primary", "Reject": "danger"}
    for word, style in ((one, styles[one]) for one in words):
        action = f"request.{word.lower()}"
        yield button(word, action, str(request.id), style, spoken=f"{word} {about}")


def details_of(request: Request) -> Element:
    spoken = f"Details of {request.label}: {effect(request)}"
    return button("Details", DETAILS, str(request.id), spoken=spoken)


def cancel(request: Request) -> Iterator[Element]:
    if is_unsent(request):
        spoken = f"Cancel request {request.label}, if you asked for it"
        given = _cancel(request)
        yield button(given.label, given.action, given.value, spoken=spoken, confirm=_sure(request))


def _dots(request: Request) -> Iterator[Element]:
    """Only one of all who read the card may take it back, so that stands behind three dots."""
    if is_unsent(request):
        for one in controls(Menu(label="More", choices=(_cancel(request),))):
            yield {**one, "confirm": _sure(request)}


def _cancel(request: Request) -> Button:
    return Button(label="Cancel request", action="request.cancel", value=str(request.id))


def _sure(request: Request) -> Element:
    return confirm(
        f"Cancel {request.label}?",
        f"{effect(request)}. Only whoever asked may take it back; nothing was sent to AWS.",
        "Cancel it",
        "Keep it",
    )
