"""What is told of a request outside its card: in its thread, by direct message, over SNS."""

from collections.abc import Mapping

from bot.values import Line, Mention, Request, Strong
from handlers.blocks.card import what_next
from handlers.blocks.details import details
from handlers.blocks.elements import Payload, notification
from handlers.blocks.phrases import approvals, detail, effect, spoken_by_people, state
from handlers.blocks.rich import lines, rich_text
from handlers.blocks.text import NO_NAMES, joined, plain
from handlers.blocks.times import utc


def ending(request: Request) -> Payload:
    """``text`` and ``blocks``: how it ended, in one or two lines."""
    first = f"{effect(request)}: {state(request)}."
    found = detail(request)
    shown = found if found and not spoken_by_people(request) else ""
    told: Line = (" ".join(filter(None, (f"{request.label}, {first}", shown))),)
    rows: list[Line] = [(Strong(text=request.label), f" · {first}"), (found,) if found else ()]
    rows += what_next(request)
    return {"text": notification(told), "blocks": [rich_text(lines(*rows))]}


def ending_text(request: Request, names: Mapping[str, str] = NO_NAMES) -> str:
    """The same in plain text, with who asked; ``names`` are people's, by user id."""
    first: Line = (f"{request.label}, {effect(request)}: {state(request)}.",)
    asked: Line = ("Asked by ", Mention(person=request.requester), f" {utc(request.asked_at)}.")
    return plain(joined([first, (detail(request),), *what_next(request), asked], " "), names)


def asked_text(request: Request, names: Mapping[str, str] = NO_NAMES) -> str:
    """That it waits for people, in plain text, with what they can type."""
    place = f"({request.classified.environment}, {request.assessment.risk} risk)"
    line: Line = (
        f"{request.label} needs {approvals(request.decision.approvals)}: {effect(request)} "
        f"{place}. Asked by ",
        Mention(person=request.requester),
        f"; until {utc(request.expires_at)}. To agree, in Slack: /rds approve {request.label}",
    )
    return plain(line, names)


def detailed(request: Request) -> Payload:
    """``text`` and ``blocks``: what the card leaves out, for its thread."""
    told: Line = (f"{request.label} in detail: {effect(request)}",)
    return {"text": notification(told), "blocks": list(details(request))}
