import pytest

from bot.errors import ConflictError
from bot.values import Outcome, Status
from storage.store import Store
from storage.tables.request_changes import ALLOWED
from tests.storage import raw
from tests.storage.records import (
    HOUR,
    PATHS,
    START,
    a_request,
    a_step,
    an_event,
    filed,
    moved,
)

DESIGN = {
    "pending": "approved rejected expired cancelled",
    "approved": "running cancelled expired",
    "running": "approved cancelled failed succeeded unknown",
    "unknown": "succeeded failed",
    "rejected": "",
    "expired": "",
    "cancelled": "",
    "succeeded": "",
    "failed": "",
}
EVERY_WAY = [(start, end) for start in Status for end in Status]


async def _is_possible(database: Store, start: Status, end: Status) -> bool:
    request = await filed(database, identifier=f"{start}-{end}", status=start)
    try:
        await moved(database, request, end)
    except ConflictError:
        assert await database.requests.get(request.id) == request
        return False
    return (await database.requests.get(request.id)).status is end


def test_the_table_is_the_one_of_the_design() -> None:
    assert {start: set(ends) for start, ends in ALLOWED.items()} == {
        Status(start): {Status(end) for end in ends.split()} for start, ends in DESIGN.items()
    }


async def test_of_all_81_ways_exactly_those_of_the_table_are_open(database: Store) -> None:
    possible = [way for way in EVERY_WAY if await _is_possible(database, *way)]

    assert possible == [(start, end) for start, end in EVERY_WAY if end in ALLOWED[start]]


@pytest.mark.parametrize("end", [status for status in Status if status.is_final])
async def test_the_database_itself_keeps_final_statuses(
    database: Store, url: str, end: Status
) -> None:
    request = await filed(database, status=end)

    with pytest.raises(Exception, match="has ended"):
        await raw.execute(url, "UPDATE requests SET status = 'approved'")

    assert (await database.requests.get(request.id)).status is end


async def test_the_database_itself_knows_the_nine_statuses(database: Store, url: str) -> None:
    await filed(database)

    with pytest.raises(Exception, match=r"(?i)check constraint"):
        await raw.execute(url, "UPDATE requests SET status = 'paused'")


async def test_a_transition_writes_its_changes_and_its_audit_row(database: Store) -> None:
    request = await filed(database, status=Status.RUNNING)
    event = an_event(request, "step.failed", result="failed")
    outcome = Outcome(code="refused", detail="AWS refused it")

    async with database.write() as tx:
        failed = await tx.transition(request, Status.FAILED, event, outcome=outcome, ended_at=9)

    assert (failed.outcome, failed.ended_at, failed.version) == (outcome, 9, request.version + 1)
    assert await database.requests.get(request.id) == failed
    assert (await database.audit.rows(limit=1))[0].event == event


async def test_a_transition_from_an_old_version_is_refused(database: Store) -> None:
    old = await filed(database)
    await moved(database, old, Status.APPROVED)

    with pytest.raises(ConflictError, match="RDS-1001 has moved on"):
        await moved(database, old, Status.REJECTED)

    assert (await database.requests.get(old.id)).status is Status.APPROVED


@pytest.mark.parametrize(("received", "status"), [(-1, "approved"), (0, "pending"), (1, "pending")])
async def test_a_click_counts_if_it_came_before_the_end_of_the_request(
    database: Store, received: int, status: str
) -> None:
    request = await filed(database, expires_at=START + HOUR)

    try:
        await moved(database, request, Status.APPROVED, before=START + HOUR + received)
    except ConflictError:
        assert status == "pending"

    assert (await database.requests.get(request.id)).status == status


@pytest.mark.parametrize("back", [Status.APPROVED, Status.CANCELLED])
async def test_there_is_no_way_back_once_something_was_sent(database: Store, back: Status) -> None:
    request = await filed(database, status=Status.RUNNING)
    async with database.write() as tx:
        await tx.update_step(request.id, a_step(claimed_at=1, sent_at=2))

    with pytest.raises(ConflictError):
        await moved(database, request, back)

    assert (await database.requests.get(request.id)).status is Status.RUNNING


@pytest.mark.parametrize("status", Status)
async def test_replaying_the_audit_trail_gives_the_status(database: Store, status: Status) -> None:
    request = await filed(database, status=status)

    trail = [row.event.action for row in await database.audit.rows(request_id=request.id)]

    assert trail == [*(f"request.{step}" for step in reversed(PATHS[status])), "request.filed"]


async def test_a_stale_request_value_never_passes_for_a_newer_one(database: Store) -> None:
    await filed(database, status=Status.RUNNING)
    imagined = a_request(1001, status=Status.PENDING, version=2)

    with pytest.raises(ConflictError):
        await moved(database, imagined, Status.APPROVED)
