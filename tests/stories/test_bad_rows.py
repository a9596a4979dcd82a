"""What comes from outside is proven before it is kept, and one bad row ends no list."""

from dataclasses import replace

import pytest

from tests.conftest import CONFIG
from tests.crossed import sampled
from tests.storage import raw
from tests.stories.asking import flat
from tests.stories.stage import FREE, Play, Stage

SCHEDULE = '/rds digest schedule "0 9 * * *"'
HOUR = 3600.0
OUTBOX = (
    "INSERT INTO outbox (lane, place, address, kind, body, revision, created_at, due_at, attempts)"
    " VALUES ('channel:C0DATABASE',"
)


def names_zone(stage: Stage, who: str, zone: str) -> None:
    person = stage.slack.workspace.person(who)
    stage.slack.workspace.people[person.id] = replace(person, tz=zone)


async def answered(play: Play, line: str, who: str = "dora") -> str:
    member = play.stage.slack.member(who)
    before = {it.ts for it in member.messages()}
    await play.types(line, who)
    return flat(await member.sees(lambda it: it.ephemeral and it.ts not in before))


@pytest.mark.parametrize(
    "zone", ["Etc/Unknown", "", "Mars/Phobos", "../etc/passwd", "CST", "\x00", "+02:00"]
)
async def test_a_zone_that_nobody_knows_is_utc_and_said(stage: Stage, zone: str) -> None:
    names_zone(stage, "dora", zone)
    async with stage.bot(CONFIG) as play:
        said = await answered(play, SCHEDULE)
        assert "(UTC)" in said
        assert "names no time zone that I know" in said
        listed = await answered(play, "/rds digest list", "ana")
        assert "1 scheduled digest" in listed
        assert "names none that I know" in await answered(play, "/rds whoami")


async def test_a_known_zone_is_taken_however_it_is_spelled_and_nothing_said(stage: Stage) -> None:
    names_zone(stage, "dora", " europe/BERLIN ")
    async with stage.bot(CONFIG) as play:
        said = await answered(play, SCHEDULE)

    assert "(Europe/Berlin)" in said
    assert "names no time zone" not in said


@pytest.mark.parametrize(
    ("column", "value"),
    sampled(
        [("timezone", "Etc/Unknown"), ("cron", "x"), ("cron", "0 9 31 2 *"), ("body", "null"),
         ("body", '{"environments":["mars"],"title":"D"}'), ("timezone", ""),
         ("timezone", "europe/berlin"), ("body", "[]"), ("body", "{}")],
        quick=5,
    ),
)  # fmt: skip
async def test_a_bad_schedule_is_listed_and_removed_and_stops_no_other(
    stage: Stage, column: str, value: str
) -> None:
    async with stage.bot(CONFIG) as play:
        await answered(play, SCHEDULE)
        await answered(play, '/rds digest schedule "30 9 * * *" --timezone UTC')
        first, _ = await play.bot.services.digests.standing()
        sql = f"UPDATE schedules SET {column} = :value WHERE id = :id"
        await raw.tamper(stage.home.database_url, sql, value=value, id=first.id)

        listed = await answered(play, "/rds digest list", "ana")
        assert "2 scheduled digests" in listed
        assert "never: " in listed
        await play.bot.jobs.run("digest")
        for _ in range(26):
            stage.clock.advance(HOUR)
            await play.bot.jobs.run("digest")
        rows = await play.bot.services.store.audit.rows(action="digest.posted")
        assert rows
        assert "is removed" in await answered(play, f"/rds digest remove {first.id}")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE requests SET decision = '{}' WHERE id = 1001",
        "UPDATE requests SET assessment = 'nonsense' WHERE id = 1001",
        "UPDATE steps SET plan = 'null' WHERE request_id = 1001",
        "UPDATE steps SET kind = 'teapot' WHERE request_id = 1001",
    ],
)
async def test_a_bad_request_ends_no_list_and_keeps_no_other(stage: Stage, sql: str) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        await play.types("/rds reboot orders-staging --failover")
        await play.told()
        await raw.tamper(stage.home.database_url, sql)

        assert "RDS-1002" in await answered(play, "/rds requests --all", "ana")
        await stage.slack.member("ana").opens_home()
        await play.told()
        assert stage.slack.member("ana").home() is not None
        await play.bot.jobs.run("remind")
        await play.later(100 * HOUR)
        assert (await play.request(1002)).status == "expired"


@pytest.mark.parametrize(
    "sql",
    [
        f"{OUTBOX} 'moon', 'C0DATABASE', 'x', '{{}}', 0, 0, 0, 0)",
        f"{OUTBOX} 'channel', 'C0DATABASE', 'x', '{{half', 0, 0, 0, 0)",
        f"{OUTBOX} 'channel', 'C0DATABASE', 'digest', '{{}}', 0, 0, 0, 0)",
        "INSERT INTO inbox (key, kind, payload, received_at) VALUES ('k', 'command', '{half', 0)",
        "INSERT INTO inbox (key, kind, payload, received_at) VALUES ('k', 'command', '[]', 0)",
        "INSERT INTO inbox (key, kind, payload, received_at) VALUES ('k', 'a_new_kind', '{}', 0)",
        "INSERT INTO home_views (person, opened_at) VALUES ('nobody', 9999999999999999)",
    ],
)  # fmt: skip
async def test_a_bad_row_of_the_bots_own_stops_nothing(stage: Stage, sql: str) -> None:
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test")
        await play.told()
        await raw.tamper(stage.home.database_url, sql)

        await play.bot.jobs.run("take_over")
        await play.bot.jobs.run("remind")
        await play.types("/rds snapshot orders-test")
        await stage.slack.member("ana").opens_home()
        await play.told()

        assert await stage.slack.member("dora").sees(lambda it: "RDS-1002" in it.words)
        assert await play.bot.services.store.outbox.depth() == 0


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("incidents", "body", "{}"), ("incidents", "body", "x"), ("live_charts", "shown", "{}")],
)  # fmt: skip
async def test_bad_rows_are_left_out(stage: Stage, table: str, column: str, value: str) -> None:
    rows = {
        "incidents": "(key, started_at, resolved_at, body) VALUES ('k', 1, NULL, :value)",
        "live_charts": "(id, person, address, command, began_at, until, next_at, shown)"
        " VALUES ('x', 'T:U', 'C', 'c', 1, 9999999999999999, 1, :value)",
    }
    async with stage.bot(CONFIG) as play:
        await raw.tamper(stage.home.database_url, f"INSERT INTO {table} {rows[table]}", value=value)
        store = play.bot.services.store
        assert await store.incidents.open() == ()
        assert await store.live_charts.alive() == ()
        await play.bot.jobs.run("watch")
        await play.bot.jobs.run("freshen")
        await play.types("/rds report")
