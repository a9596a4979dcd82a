"""What is told of a request outside its card: in its thread, by direct message, over SNS."""

from collections.abc import Mapping

from bot.values import Line, Mention, Request, Strong
from bot.vocabulary import Status
from handlers.blocks.card import what_to_do
from handlers.blocks.elements import Payload, notification
from handlers.blocks.rich import lines, rich_text
from handlers.blocks.text import NO_NAMES, joined, plain
from handlers.blocks.times import utc
from handlers.blocks.wording import approvals, detail, effect, spoken_by_people, state


def ending(request: Request) -> Payload:
    """``text`` and ``blocks``: how it ended, in one or two lines."""
    first = f"{effect(request)}: {state(request)}."
    found = detail(request)
    shown = found if found and not spoken_by_people(request) else ""
    told: Line = (" ".join(filter(None, (f"{request.label}, {first}", shown))),)
    rows: list[Line] = [(Strong(text=request.label), f" · {first}"), (found,) if found else ()]
    if request.status is Status.UNKNOWN:
        rows += what_to_do(request)
    return {"text": notification(told), "blocks": [rich_text(lines(*rows))]}


def ending_text(request: Request, names: Mapping[str, str] = NO_NAMES) -> str:
    """The same in plain text, with who asked; ``names`` are people's, by user id."""
    first: Line = (f"{request.label}, {effect(request)}: {state(request)}.",)
    asked: Line = ("Asked by ", Mention(person=request.requester), f" {utc(request.asked_at)}.")
    todo = what_to_do(request) if request.status is Status.UNKNOWN else ()
    return plain(joined([first, (detail(request),), *todo, asked], " "), names)


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
