"""The direct message that reminds somebody of what waits for a decision."""

from collections.abc import Mapping, Sequence

from bot.values import Code, Line, Mention, Moment, Request, Strong
from handlers.blocks.elements import Payload, notification
from handlers.blocks.phrases import effect
from handlers.blocks.rich import Leaf, Part, leaves, lines, quote, rich_text

SHOWN = 10  #: requests; more are counted
LINE, REASON = 300, 300

Links = Mapping[int, str]


def reminding(requests: Sequence[Request], links: Links, *, is_late: bool) -> Payload:
    """``text`` and ``blocks``; ``links`` lead to the cards, by request, where there is one.

    ``is_late``: for those who are told because nobody has decided, and who may not be able to.
    """
    if len(requests) > 1:
        return _several(requests, links, is_late)
    [request] = requests
    said = "is still undecided" if is_late else "waits for your approval"
    what = f"{request.label} {said}: {effect(request)}"
    place = f" ({request.classified.environment}, {request.assessment.risk} risk)"
    rest: Line = (
        place,
        ", asked by ",
        Mention(person=request.requester),
        ", until ",
        _end(request),
    )
    shown = [lines((Strong(text=what), *rest, ".")), quote(request.reason, REASON)]
    return {
        "text": notification((what, *rest, ".")),
        "blocks": [rich_text(*shown, _what_next(request, links))],
    }


def _several(requests: Sequence[Request], links: Links, is_late: bool) -> Payload:
    said = "requests are still undecided" if is_late else "requests wait for you"
    told: Line = (f"{len(requests)} {said}.",)
    rows = [_row(request, links) for request in requests[:SHOWN]]
    more = len(requests) - len(rows)
    rest: Line = (f"And {more} more: ", Code(text="/rds requests")) if more else ()
    list_ = {"type": "rich_text_list", "style": "bullet", "elements": rows}
    return {
        "text": notification(told),
        "blocks": [rich_text(lines((Strong(text=told[0]),)), list_, lines(rest))],
    }


def _row(request: Request, links: Links) -> Part:
    place = f" ({request.classified.environment}, {request.assessment.risk} risk), until "
    said: Line = (f" · {effect(request)}{place}", _end(request))
    return {
        "type": "rich_text_section",
        "elements": [_name(request, links), *leaves(said, LINE)],
    }


def _what_next(request: Request, links: Links) -> Part:
    """The card says all that an approver weighs, so it comes first."""
    typed = leaves(("type ", Code(text=f"/rds approve {request.label}")))
    if link := links.get(request.id):
        card = {"type": "link", "url": link, "text": "Open its card"}
        return {"type": "rich_text_section", "elements": [card, *leaves((", or ",)), *typed]}
    return {"type": "rich_text_section", "elements": [*leaves(("To agree, ",)), *typed]}


def _name(request: Request, links: Links) -> Leaf:
    if link := links.get(request.id):
        return {"type": "link", "url": link, "text": request.label}
    return {"type": "text", "text": request.label, "style": {"bold": True}}


def _end(request: Request) -> Moment:
    return Moment(at=request.expires_at)
