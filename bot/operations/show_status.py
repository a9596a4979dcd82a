from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.operation import Desk, Query, Topic
from bot.params import Parameter, request_number
from bot.settings import OBSERVES
from bot.values import (
    SECOND,
    Answer,
    Code,
    Facts,
    Line,
    Mention,
    Moment,
    Paragraph,
    Person,
    Request,
    Span,
    Status,
    Strong,
    label,
    looking,
    paragraph,
)

OPEN = (Status.PENDING, Status.APPROVED, Status.RUNNING, Status.UNKNOWN)
MINE = 5  #: requests of an answer
BOT: Line = ("The bot itself: ", Code(text="/rds status bot"))


def _subject(text: str) -> str:
    if text.lower() == "bot":
        return "bot"
    if (number := request_number(text)) is None:
        raise ValueError("say RDS- and its number, or bot")
    return label(number)


class ShowStatus(Query):
    """Show how far your requests have come, or one request, or how the bot itself is doing."""

    verb, name = "status", "show_status"
    topic = Topic.APPROVALS
    example = "status RDS-1042"

    subject: Annotated[
        str | None,
        AfterValidator(lambda text: text if text is None else _subject(text)),
        Parameter("Request, or bot", "RDS-…|bot"),
    ] = Field(default=None, json_schema_extra={"positional": True})

    async def answer(self, desk: Desk, person: Person) -> Answer:
        if self.subject is None:
            return await _mine(desk, person)
        if self.subject == "bot":
            return Answer(title="The bot", parts=(Facts(pairs=await desk.health()),))
        request = await desk.request(int(self.subject.removeprefix("RDS-")))
        who: Line = ()
        if request.status is Status.PENDING:
            who, request = await desk.who_may_approve(request), await desk.counting(request)
        return Answer(
            title=f"{request.label} {request.step.plan.effect}: {request.stands}",
            parts=(*_mode(request, desk), Facts(pairs=tuple(_facts(request, who)))),
            hint=("All steps: ", Code(text=f"/rds audit --request {request.label}")),
        )


async def _mine(desk: Desk, person: Person) -> Answer:
    """What they asked for last, the open ones and the ended."""
    found = await desk.requests(requester=person.id, limit=MINE)
    if not found:
        return Answer(title="You have no requests", hint=BOT)
    opened = [one.label for one in found if one.status in OPEN]
    rows = tuple((Code(text=one.label), f" {one.step.plan.effect}: {one.status}{one.since}, ",
                  Moment(at=one.asked_at)) for one in found)  # fmt: skip
    return Answer(
        title="Your last requests",
        parts=tuple(Paragraph(line=row) for row in rows),
        buttons=tuple(looking(one, f"status {one}") for one in opened),
        hint=BOT,
    )


def _mode(request: Request, desk: Desk) -> tuple[Paragraph, ...]:
    """Of what was filed before the bot only observed, and cannot be sent now."""
    is_held = desk.observes and request.status in (Status.PENDING, Status.APPROVED)
    return (paragraph(Strong(text=f"{OBSERVES} So this is not sent.")),) if is_held else ()


def _facts(request: Request, who: Line) -> Iterator[tuple[str, Line]]:
    yield "Asked by", (Mention(person=request.requester), " ", Moment(at=request.asked_at))
    yield "Environment", (f"{request.classified.environment}, by {request.classified.rule}",)
    yield "Risk", (", because ".join(filter(None, (
        request.assessment.risk.value, ", ".join(request.assessment.reasons)))),)  # fmt: skip
    if request.decision.approvals:
        yield (
            "Approvals",
            (f"{len(request.approvals)} of {request.decision.approvals}", *_by(request)),
        )
    if request.status is Status.PENDING:
        yield "Who can approve", who
        yield "Until", (Moment(at=request.expires_at),)
    if request.waits_for is not None:
        yield "Waits for", (Code(text=label(request.waits_for)),)
    if request.step.sent_at is not None:
        yield "Sent to AWS", (_when(request.step.sent_at, request.asked_at),)
    if request.step.progress is not None and request.status is Status.RUNNING:
        yield "Now", (request.step.progress.detail,)
    if request.outcome is not None:
        yield "Outcome", (request.outcome.detail,)
    if request.ended_at is not None:
        yield "Ended", (_when(request.ended_at, request.step.sent_at or request.asked_at),)
    for look in request.looks:
        yield f"{look.minutes} min later", (f"{look.spoken}. {look.said}",)


def _when(at: int, before: int) -> Span:
    """Within a minute the same minute once more would say nothing."""
    seconds = (at - before) // SECOND
    return f"{seconds} s later" if 0 <= seconds < 60 else Moment(at=at)


def _by(request: Request) -> Line:
    return tuple(span for vote in request.approvals for span in (" ", Mention(person=vote.person)))
