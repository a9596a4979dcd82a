import pytest

from bot.errors import ConflictError
from bot.values import Status, Verdict
from storage.store import Store
from tests.storage import raw
from tests.storage.records import ANN, BOB, a_vote, an_event, filed

INSERT = (
    "INSERT INTO votes (request_id, person, verdict, at, plan_hash, reason_id) "
    "SELECT id, :person, 'approve', 1, 'x', reason_id FROM requests"
)


async def test_one_person_has_one_vote(database: Store) -> None:
    request = await filed(database)

    async with database.write() as tx:
        await tx.vote(request.id, a_vote(BOB))
        with pytest.raises(ConflictError, match="does not count"):
            await tx.vote(request.id, a_vote(BOB, Verdict.REJECT))
        await tx.audit(an_event(request, "vote.refused"))

    assert (await database.requests.get(request.id)).votes == (a_vote(BOB),)


async def test_nobody_votes_on_their_own_request(database: Store, url: str) -> None:
    request = await filed(database)

    async with database.write() as tx:
        with pytest.raises(ConflictError):
            await tx.vote(request.id, a_vote(ANN))
    with pytest.raises(Exception, match="own request"):
        await raw.execute(url, INSERT, person=str(ANN))

    assert (await database.requests.get(request.id)).votes == ()


@pytest.mark.parametrize("status", [status for status in Status if status != "pending"])
async def test_nobody_votes_on_what_is_decided(database: Store, url: str, status: Status) -> None:
    request = await filed(database, status=status)

    async with database.write() as tx:
        with pytest.raises(ConflictError):
            await tx.vote(request.id, a_vote(BOB))
    with pytest.raises(Exception, match="no longer open"):
        await raw.execute(url, INSERT, person=str(BOB))


@pytest.mark.parametrize("sql", ["UPDATE votes SET verdict = 'reject'", "DELETE FROM votes"])
async def test_a_vote_is_final(database: Store, url: str, sql: str) -> None:
    request = await filed(database)
    async with database.write() as tx:
        await tx.vote(request.id, a_vote(BOB))

    with pytest.raises(Exception, match="a vote is final"):
        await raw.execute(url, sql)
