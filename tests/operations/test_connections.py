"""What RDS itself said of connections, beside what was counted."""

from typing import cast

import pytest

from bot.aws import AWS
from bot.errors import AWSRefusedError
from bot.fleet.limits import Ceiling
from bot.operations.connections import _events, _title
from bot.values import RDSEvent, Series, Target
from handlers.blocks.text import plain
from tests.fleet.test_connection_usage import LIMIT, usage
from tests.operations.door import event
from tests.samples import MINUTE, NOW, sample_database, sample_target


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


@pytest.mark.parametrize("limit", [LIMIT, None])
@pytest.mark.parametrize("peak", [0.0, 9.0])
def test_the_title_tells_what_was_counted_though_another_instance_was_not(
    limit: Ceiling | None, peak: float
) -> None:
    dark, counted = (
        sample_database(target=sample_target(identifier=name)) for name in ("dark", "counted")
    )
    silent = Series(metric="DatabaseConnections", unit="", points=(), unread="Forbidden.")
    some = [
        usage(limit=limit, database=dark, peaks=silent),
        usage(peak, limit=limit, database=counted),
    ]

    for ordered in (some, some[::-1]):
        assert _title(sample_database(), ordered).startswith(f"counted: at most {peak:.0f} ")
        assert _title(sample_database(), ordered).endswith("as far as it could be read")
