"""What a report rests on."""

from bot.values._base import Value
from bot.values._incidents import Incident
from bot.values._vocabulary import Status


class Tally(Value):
    """What the tables say of one stretch of time: of what was asked for and what began in it.

    ``waits`` are microseconds from asking to the last approval, of what people approved. Of waits
    and of incidents each the newest ``most`` were read and no others.
    """

    since: int
    until: int
    requests: tuple[tuple[str, Status, int], ...]  #: by operation and status, how many
    denied: int
    waits: tuple[int, ...]
    incidents: tuple[Incident, ...]
    most: int
