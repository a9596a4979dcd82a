"""What RDS itself said of connections, beside what was counted."""

from typing import cast

from bot.aws import AWS
from bot.errors import AWSRefusedError
from bot.operations.connections import _events
from bot.values import RDSEvent, Target
from handlers.blocks.text import plain
from tests.operations.door import event
from tests.samples import MINUTE, NOW, sample_database


class Events:
    def __init__(self, *found: RDSEvent) -> None:
        self.found = found

    async def events(self, target: Target, since: int) -> tuple[RDSEvent, ...]:
        if not self.found:
            raise AWSRefusedError("AccessDenied", "not authorized")
        return tuple(one for one in self.found if one.at >= since)


async def told(*found: RDSEvent) -> list[str]:
    shown = await _events(cast(AWS, Events(*found)), (sample_database(),), NOW - MINUTE)
    return [plain(part.line) for part in shown]


async def test_only_what_is_about_connections_is_shown_the_newest_first() -> None:
    said = await told(
        event("Too many connections", at=NOW),
        event("DB instance restarted", at=NOW),
        event("Connection limit reached", at=NOW + MINUTE),
        event("Connection limit reached", at=NOW - 2 * MINUTE),
    )

    assert [one.rpartition(": ")[2] for one in said] == [
        "Connection limit reached",
        "Too many connections",
    ]


async def test_events_that_cannot_be_read_do_not_take_the_rest_away() -> None:
    assert await told() == ["RDS's own events could not be read: not authorized"]
