"""Pictures in messages: on their way, shown, and renewed for a while."""

from bot.values._answers import Answer
from bot.values._base import Value
from bot.values._messages import Message, Place
from bot.values._people import PersonId
from bot.values._requests import Posted


class Upload(Value):
    """A file that Slack has, perhaps not shared as yet."""

    file: str
    alt: str


class Shared(Value):
    """A picture in Slack. ``posted``: the message that shared its file, as older versions did."""

    file: str
    alt: str
    posted: Posted | None = None


class Drawing(Value):
    """A picture that a message still waits for; its words stand there already.

    ``in_place`` is of older versions. ``uploaded`` is its file as soon as Slack has it: that is not
    done again. ``asker`` wants another picture than the message shows.
    """

    answer: Answer
    posted: Posted
    thread: str | None = None  #: of the message that the words answer; None: they begin their own
    in_place: bool = True
    uploaded: Upload | None = None
    asker: PersonId | None = None
    waits_for: str | None = None  #: user id of who asked for the message itself

    @property
    def reader(self) -> str | None:
        """User id of who is told where the message cannot be changed any more."""
        return self.asker.user if self.asker else self.waits_for

    def as_message(self) -> Message:
        """One waits for each message; a newer one takes the place of what still waits."""
        place = f"{self.posted.channel}:{self.posted.ts}"
        return Message(
            place=Place.PICTURE,
            address=place,
            kind="drawing",
            body=self.json_value(),
            key=f"drawing:{place}",
        )


class Shown(Value):
    """What a message shows: words without their chart, and the picture, if there is one."""

    answer: Answer
    picture: Shared | None = None


class LiveChart(Value):
    """A query whose answer stands in a message and is renewed there until ``until``."""

    id: str
    person: PersonId  #: who asked, as whom it is read
    address: str  #: the channel, or the person's user id for a direct message
    command: str
    began_at: int
    until: int
    shown: Shown

    @property
    def key(self) -> str:
        """Of the message that it stands in."""
        return f"live:{self.id}"
