"""The four weeks before the demo: whole, over, and as the bot would have written them down."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.aws import AWSSandbox
from bot.sandbox.past import write_history
from bot.sandbox.past.plan import WEEKS, happened
from bot.sandbox.stage import staged
from bot.values import SECOND, PersonId, Status, wall_clock
from storage.store import Store
from storage.tables import audit
from tests.crossed import sampled

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TEAM = "T0TEAM"
PEOPLE = {
    name: PersonId(team=TEAM, user=f"U0{name.upper()}") for name in ("ana", "ben", "dora", "emil")
}


@pytest.mark.parametrize("hours", range(0, 7 * 24, 5))
def test_it_all_began_in_the_four_weeks_before_whenever_one_looks(hours: int) -> None:
    now = MONDAY + timedelta(hours=hours)

    found = list(happened(now))

    assert len(found) > 12 * WEEKS
    assert [it.at for it in found] == sorted(it.at for it in found)
    assert found[0].at >= now - timedelta(weeks=WEEKS)
    assert found[-1].at < now


@pytest.mark.parametrize("days", sampled(list(range(7)), quick=1))
async def test_it_is_over_proven_and_of_all_kinds(
    aws: AWSSandbox, tmp_path: Path, days: int
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/bot.db"
    now = MONDAY + timedelta(days=days, hours=9 + days)
    until = int(now.timestamp()) * SECOND

    await write_history(url, aws, PEOPLE, now)

    store = await Store.open(url, wall_clock)
    counts, incidents = await store.requests.counts(), await store.incidents.since(0)
    rows = [row async for row in store.audit.export()]
    waits = await store.aftermaths.awaited(4, 0, until), await store.outbox.depth()
    tally = await store.figures.tally(until - 30 * 86_400 * SECOND, until)
    following = await store.requests.next_id()
    await store.close()
    assert set(counts) == {
        Status.SUCCEEDED, Status.FAILED, Status.REJECTED, Status.EXPIRED, Status.CANCELLED
    }  # fmt: skip
    assert sum(counts.values()) + tally.denied == following - 1001
    assert incidents
    assert not any(one.is_open for one in incidents)
    assert len({one.phase for one in incidents}) == 2  # ended by itself, and resolved
    assert {"vote.approved", "step.sent", "request.denied", "digest.posted"} <= {
        row.event.action for row in rows
    }
    assert max(row.at for row in rows) <= until
    assert waits == ((), 0)
    assert (await audit.verify(url, {})).rows == len(rows)


async def test_the_bot_takes_up_where_it_ended(aws: AWSSandbox, tmp_path: Path) -> None:
    async with staged(aws, 60.0, tmp_path, history=True) as stage:
        ana = stage.slack.member("ana")
        await ana.types("/rds snapshot orders-dev", channel="databases")
        card = await ana.sees("Take snapshot")
        verified = await stage.run("audit", "verify")
        await ana.types("/rds report", channel="databases")
        report = await ana.sees("operations")

    assert "RDS-10" in card.words
    assert "RDS-1001" not in card.words
    assert (verified.exit_code, verified.said[:7]) == (0, "Intact:")
    assert "too few to say how well" not in report.words
    assert len(ana.messages("databases")) < 5  # nothing of the past is told anew
