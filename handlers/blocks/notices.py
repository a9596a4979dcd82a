"""What is told of a request outside its card: in its thread, by direct message, over SNS."""

from collections.abc import Mapping

from bot.values import Line, Mention, Request, Strong, Usual
from handlers.blocks.card import what_next
from handlers.blocks.details import NO_STANDING, Standing, details
from handlers.blocks.elements import Payload, notification
from handlers.blocks.phrases import (
    approvals,
    detail,
    effect,
    ended_by,
    spoken_by_people,
    state,
)
from handlers.blocks.rich import lines, rich_text
from handlers.blocks.text import NO_NAMES, joined, plain
from handlers.blocks.times import utc


def ending(request: Request) -> Payload:
    """``text`` and ``blocks``: how it ended, in one or two lines."""
    first: Line = _ended(request)
    found = detail(request)
    shown = found if found and not spoken_by_people(request) else ""
    told: Line = (f"{request.label}, ", *first, *((f" {shown}",) if shown else ()))
    rows: list[Line] = [(Strong(text=request.label), " · ", *first), (found,) if found else ()]
    rows += what_next(request)
    return {"text": notification(told), "blocks": [rich_text(lines(*rows))]}


def ending_text(request: Request, names: Mapping[str, str] = NO_NAMES) -> str:
    """The same in plain text, with who asked; ``names`` are people's, by user id."""
    first: Line = (f"{request.label}, ", *_ended(request))
    asked: Line = ("Asked by ", Mention(person=request.requester), f" {utc(request.asked_at)}.")
    return plain(joined([first, (detail(request),), *what_next(request), asked], " "), names)


def _ended(request: Request) -> Line:
    said, by = f"{effect(request)}: {state(request)}", ended_by(request)
    return (said, *by, ".") if by else (f"{said}.",)


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


def detailed(
    request: Request,
    standing: Standing = NO_STANDING,
    usual: Usual | None = None,
    *,
    alone: bool = False,
) -> Payload:
    """``text`` and ``blocks``: what the card leaves out, for its thread or for one person.

    ``alone``: it stands far from the card, and so says what it is about.
    """
    told: Line = (f"{request.label} in detail: {effect(request)}",)
    named = [rich_text(lines((Strong(text=f"{request.label}: {effect(request)}"),)))] * alone
    return {"text": notification(told), "blocks": [*named, *details(request, standing, usual)]}
