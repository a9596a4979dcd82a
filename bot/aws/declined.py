"""What AWS takes and then declines: no answer tells of it, only an event.

DescribeEvents names no event by its number, so its sentence is looked for.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
"""

from collections.abc import Iterable

from bot.values import RDSEvent

Known = tuple[str, str]

#: Of a failover that somebody asked for: of an instance, and of a cluster.
FAILOVER: tuple[Known, ...] = (
    ("RDS-EVENT-0034", "abandoning user requested failover"),
    ("RDS-EVENT-0069", "cluster failover failed"),
)


def tells(event: RDSEvent, known: Known) -> bool:
    number, sentence = known
    return event.id == number or sentence in event.message.lower()


def declined(events: Iterable[RDSEvent], known: Iterable[Known]) -> str:
    """AWS's sentence, of the latest such event; empty where there is none."""
    wanted = tuple(known)
    said = [one.message for one in events if any(tells(one, which) for which in wanted)]
    return said[-1] if said else ""
