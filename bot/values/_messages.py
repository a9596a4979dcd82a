"""What is kept in the audit trail, and what is told."""

from enum import StrEnum
from typing import Any, Self

from pydantic import Field

from bot.values._answers import Answer
from bot.values._base import Value
from bot.values._people import PersonId


class AuditEvent(Value):
    """One fact for the audit trail. ``facts`` hold ids and codes; free text goes into ``text``."""

    action: str  #: ``subject.verb``: request.filed, vote.refused, step.sent, …
    actor: str  #: a PersonId as text, or ``bot``
    result: str  #: a status or a code: filed, denied, approved, succeeded, …
    request_id: int | None = None
    operation: str | None = None
    target: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    text: str = ""


class AuditEntry(Value):
    """An audit event as it stands in the chain."""

    seq: int
    at: int
    event: AuditEvent
    hash: str


class Trail(Value):
    """How far the audit trail adds up, as last checked from its first row to its last.

    ``rows`` are those that there were at ``at``: whatever was wrong with them then has been found.
    Both are None until a check has come to its end.
    """

    rows: int | None = None
    at: int | None = None
    wrong: str = ""  #: what a later check has found, or the only one


class Occasion(StrEnum):
    """Why somebody is told that a request waits."""

    ASKED = "asked"
    HALF = "half"
    LATE = "late"


class Reminder(Value):
    """Somebody is told of a request; once for each occasion."""

    request_id: int
    person: PersonId
    occasion: Occasion


class Place(StrEnum):
    """What kind of destination an outbox row has."""

    CARD = "card"
    THREAD = "thread"
    CHANNEL = "channel"
    PERSON = "person"
    HOME = "home"
    SNS = "sns"
    PICTURE = "picture"  #: a message that waits for its picture; each has an order of its own


class Message(Value):
    """Something to be told, written with the change that it tells of and delivered later.

    A row with the same ``key`` that still waits is replaced by this one: a card is drawn from the
    request when it is delivered, so one waiting row is enough.
    """

    place: Place
    address: str  #: channel id, user id or topic ARN; for CARD and THREAD the card's channel
    kind: str  #: what is rendered: card, ending, answer, asked, …
    request_id: int | None = None
    body: dict[str, Any] = Field(default_factory=dict)
    key: str | None = None
    instead: str | None = None  #: user id of who is told where the place does not take it

    @classmethod
    def pictured(
        cls,
        place: Place,
        address: str,
        answer: Answer,
        *,
        key: str | None = None,
        request_id: int | None = None,
        thread: str | None = None,
        instead: PersonId | None = None,
        waits: bool = False,
        broadcast: bool = False,
    ) -> Self:
        """Words of the bot's own accord, whose picture follows when it is drawn.

        THREAD: below the card of ``request_id``. CHANNEL: in the thread of the message that stands
        there at ``thread``, where that is given. PERSON: as a direct message.
        ``instead`` hears of it where the channel does not take it. ``waits``: what is said in the
        picture's place until it is there. ``broadcast``: what stands in a thread is told in its
        channel too.
        """
        return cls(
            place=place,
            address=address,
            kind="picture",
            request_id=request_id,
            body={
                "answer": answer.json_value(),
                "thread": thread,
                "waits": waits,
                "broadcast": broadcast,
            },
            key=key,
            instead=instead and instead.user,
        )
