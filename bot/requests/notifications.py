"""Who is told what when a request moves on: pure, from the request to outbox messages."""

from collections.abc import Sequence

from bot.values import (
    Answer,
    Code,
    Message,
    Occasion,
    PersonId,
    Place,
    Posted,
    Reminder,
    Request,
    Status,
    paragraph,
)


class Notifications:
    """Knows only the addresses that the settings name."""

    def __init__(self, topic_arn: str | None) -> None:
        self._topic_arn = topic_arn

    def filed(self, request: Request) -> tuple[Message, ...]:
        wanted = request.status is Status.PENDING
        return (request.card_message(), *(self._topic(request, "asked") if wanted else ()))

    def moved(self, request: Request) -> tuple[Message, ...]:
        """After a transition: the card; where it ended, also everybody whom that concerns."""
        if request.status.is_open:
            return (request.card_message(),)
        return (request.card_message(), *self._ending(request))

    def _ending(self, request: Request) -> tuple[Message, ...]:
        in_thread = Message(
            place=Place.THREAD,
            address=request.card_channel or request.requester.user,
            kind="ending",
            request_id=request.id,
            key=f"ending:{request.id}:{request.status}",
        )
        to_requester = Message(
            place=Place.PERSON,
            address=request.requester.user,
            kind="ending",
            request_id=request.id,
            body={"unless_in": request.card_channel},
            key=f"told:{request.id}:{request.status}",
        )
        direct = (to_requester,) if request.card_channel else ()
        return (in_thread, *direct, *self._topic(request, "ending"))

    def _topic(self, request: Request, kind: str) -> tuple[Message, ...]:
        if self._topic_arn is None:
            return ()
        return (
            Message(
                place=Place.SNS,
                address=self._topic_arn,
                kind=kind,
                request_id=request.id,
                key=f"sns:{kind}:{request.id}:{request.status}",
            ),
        )


def details(request: Request, posted: Posted) -> Message:
    """What a card leaves out, once for each card: in the thread of the one that stands there."""
    return Message(
        place=Place.THREAD,
        address=posted.channel,
        kind="details",
        request_id=request.id,
        key=f"details:{request.id}:{posted.ts}",
    )


def no_file(why: str) -> Answer:
    """In place of the file that lists all of a digest."""
    return Answer(
        title="The file that lists all of them is missing",
        parts=(paragraph("Slack did not take it (", Code(text=why), ")."),),
        hint=("All of them, as they stand now: ", Code(text="/rds digest preview")),
    )


def reminder(person: PersonId, given: Sequence[Reminder]) -> Message:
    """One direct message of all that waits; it is drawn from what still does."""
    return Message(
        place=Place.PERSON,
        address=person.user,
        kind="reminder",
        body={
            "requests": sorted({one.request_id for one in given}),
            "late": all(one.occasion is Occasion.LATE for one in given),
        },
    )
