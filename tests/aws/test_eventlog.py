"""One reading for all who follow the events of a region, as far back as any of them wants."""

import asyncio

import pytest

from bot.aws.eventlog import ANEW, LATE, SILENT, EventLog
from bot.errors import AWSUnavailableError
from bot.values import SECOND, RDSEvent
from tests.samples import MINUTE, NOW

TOGETHER = 15 * SECOND


class Told:
    """What AWS has, how far back it was asked, and the time."""

    def __init__(self) -> None:
        self.now, self.asked, self.fails = NOW, list[int](), False
        self.events: tuple[RDSEvent, ...] = ()
        self.log = EventLog(self.read, lambda: self.now, TOGETHER)

    async def read(self, since: int) -> tuple[RDSEvent, ...]:
        self.asked.append(since)
        await asyncio.sleep(0)
        if self.fails:
            raise AWSUnavailableError("AWS did not answer")
        return tuple(one for one in self.events if one.at >= since)


def at(instant: int) -> RDSEvent:
    return RDSEvent(at=instant, source_kind="db-instance", source="orders", message="so it is")


async def test_who_asks_together_shares_a_reading_and_sees_what_is_theirs() -> None:
    told = Told()
    told.events = (at(NOW - 5 * MINUTE), at(NOW - MINUTE))

    one, other = await asyncio.gather(
        told.log.since("requests", NOW - 2 * MINUTE), told.log.since("incidents", NOW - 9 * MINUTE)
    )

    assert (len(one), len(other)) == (1, 2)
    assert told.asked == [NOW - LATE]


async def test_the_next_reading_goes_back_as_far_as_anybody_follows() -> None:
    told = Told()
    await told.log.since("incidents", NOW - 5 * LATE)
    await told.log.since("requests", NOW)
    told.now += MINUTE

    await told.log.since("requests", NOW)
    await told.log.since("incidents", NOW - 5 * LATE)

    assert told.asked == [NOW - 5 * LATE] * 2


async def test_who_no_longer_asks_widens_nothing() -> None:
    told = Told()
    await told.log.since("requests", NOW - 5 * LATE)
    told.now += SILENT + MINUTE

    await told.log.since("incidents", told.now)

    assert told.asked[-1] == told.now - LATE


@pytest.mark.parametrize("step", [TOGETHER, MINUTE, -3 * 60 * MINUTE])
async def test_what_was_read_then_is_read_again_later(step: int) -> None:
    told = Told()
    await told.log.since("requests", NOW)
    told.now += step

    await told.log.since("requests", NOW)

    assert len(told.asked) == 2


async def test_an_answer_that_did_not_come_is_asked_for_again() -> None:
    told = Told()
    told.fails = True
    with pytest.raises(AWSUnavailableError):
        await told.log.since("requests", NOW)
    told.fails = False

    assert await told.log.since("incidents", NOW) == ()


async def test_what_is_known_is_not_read_again_with_every_reading() -> None:
    told = Told()
    told.events = (at(NOW - 5 * MINUTE), at(NOW - MINUTE))
    await told.log.since("requests", NOW - 9 * MINUTE)
    told.now += MINUTE
    told.events = (*told.events, at(NOW))

    found = await told.log.since("requests", NOW - 9 * MINUTE)

    assert found == told.events
    assert told.asked == [NOW - LATE, NOW - MINUTE]


async def test_what_aws_delivers_late_is_found_by_the_next_whole_reading() -> None:
    told = Told()
    told.events = (at(NOW - MINUTE),)
    await told.log.since("requests", NOW - 9 * MINUTE)
    told.events = (at(NOW - 7 * MINUTE), *told.events)
    told.now += ANEW

    assert await told.log.since("requests", NOW - 9 * MINUTE) == told.events
    assert told.asked[-1] == told.now - LATE
