"""The Home tab: what each person finds there, what a click there does, and what it costs Slack."""

import asyncio
import sqlite3
import time
from dataclasses import replace

import pytest

from bot.sandbox.aws import AlarmSpec, InstanceSpec
from bot.sandbox.slack import RateLimited, Refused, SeenView
from bot.values import PersonId, Status
from tests.conftest import CONFIG
from tests.stories.asking import configured
from tests.stories.stage import FREE, Play, Stage

PUBLISH = "views.publish"
WATCHING = CONFIG.replace("channels: {", "channels: {incidents: C0DATABASE, ")
BURNING = AlarmSpec("staging-connections", "orders-staging", "DatabaseConnections", 0.1)
REBOOT = "/rds reboot orders-staging --reason 'new parameter group'"


async def opens(play: Play, who: str) -> SeenView:
    assert await play.stage.slack.member(who).opens_home()
    await play.told()
    return home_of(play.stage, who)


async def presses(play: Play, who: str, action: str, value: str | None = None) -> None:
    clicked = await play.stage.slack.member(who).clicks(home_of(play.stage, who), action, value)
    assert clicked.acknowledged
    await play.told()


async def asks(play: Play, line: str = REBOOT, who: str = "ana") -> None:
    await play.types(line, who)
    await play.told()


async def looks(play: Play) -> None:
    """Some minutes pass; alarms and the fleet are looked at."""
    play.stage.clock.advance(300)
    for name in ("watch", "watch", "refresh"):
        await play.bot.jobs.run(name)
        await play.told()


def home_of(stage: Stage, who: str) -> SeenView:
    view = stage.slack.member(who).home()
    assert view is not None
    return view


def part(view: SeenView, title: str) -> str:
    """What stands under a heading, on one line."""
    within, found = False, []
    for block in view.blocks:
        if block["type"] == "header":
            within = block["text"]["text"].startswith(title)
        elif within:
            found.append(str(block))
    return " ".join(found)


def publishes(stage: Stage) -> int:
    return sum(call.method == PUBLISH for call in stage.slack.calls)


async def test_each_person_finds_what_concerns_them(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play)

        dora, ana = await opens(play, "dora"), await opens(play, "ana")

        assert "Needs you: 1 request" in dora.words
        assert "RDS-1001" in part(dora, "Needs you")
        assert "RDS-1001" not in part(dora, "Your open requests")
        assert "Needs you" not in ana.words
        assert "RDS-1001" in part(ana, "Your open requests")
        assert "Running now" not in ana.words
        assert "Europe/Berlin" in dora.words
        assert "approve and reject" in dora.words
        assert "approve and reject" not in ana.words
        assert "production (protected)" in dora.words.replace("*", "")


async def test_it_says_calm_only_where_all_is_known_and_nothing_waits(stage: Stage) -> None:
    async with stage.bot(WATCHING) as play:
        unread = await opens(play, "dora")
        await looks(play)
        calm = home_of(stage, "dora")
        stage.aws.fault("cloudwatch:DescribeAlarms", "denied", times=None, region="us-east-1")
        await looks(play)
        denied = home_of(stage, "dora")

    assert "Not read lately: the alarms in main/us-east-1" in unread.words
    assert "calm" not in unread.words
    assert "All calm: 15 databases, no alarms, nothing waits for you." in calm.words
    assert "Not read lately: the alarms in main/us-east-1." in denied.words
    assert "calm" not in denied.words


async def test_alarms_that_nobody_has_looked_at_for_long_are_not_called_calm(stage: Stage) -> None:
    async with stage.bot(WATCHING) as play:
        await opens(play, "dora")
        await looks(play)
        assert "All calm" in home_of(stage, "dora").words

        stage.clock.advance(3600)
        await play.bot.jobs.run("refresh")
        await play.told()

        assert "All calm" not in home_of(stage, "dora").words
        assert "Not read lately: the alarms in" in home_of(stage, "dora").words


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE incidents SET body = '{}'", "1 of the incidents that I keep"),
        ("UPDATE requests SET decision = '{}'", "I could not read 1 request that I keep"),
    ],
)
async def test_a_row_that_cannot_be_read_is_said_and_hides_nothing_else(
    stage: Stage, damage: str, said: str
) -> None:
    stage.aws.seed_alarms([BURNING])
    async with stage.bot(WATCHING) as play:
        await asks(play)
        await looks(play)
        with sqlite3.connect(stage.home.folder / "bot.db") as database:
            database.execute(damage)

        shown = await opens(play, "dora")

    assert said in shown.words
    assert "calm" not in shown.words
    assert "staging" in part(shown, "Fleet")


async def test_what_burns_comes_first_and_is_acknowledged_there(stage: Stage) -> None:
    stage.aws.seed_alarms([BURNING])
    async with stage.bot(WATCHING) as play:
        await opens(play, "dora")
        await opens(play, "ana")
        await looks(play)
        burning = home_of(stage, "dora")
        assert burning.words.strip().startswith("Needs you: 1 alarm")
        [link] = [it.element["url"] for it in burning.actions if it.action_id == "incident.open"]
        assert "/archives/" in link
        assert "1 alarm 🚨 orders-staging" in part(burning, "Fleet")

        await presses(play, "dora", "incident.open")
        await presses(play, "dora", "incident.acknowledge", "1")
        await looks(play)

        for who in ("dora", "ana"):
            assert "acknowledged by" in home_of(stage, who).words.partition("Being handled")[2]
            assert "Needs you" not in home_of(stage, who).words
            assert "calm" not in home_of(stage, who).words


async def test_its_buttons_begin_and_look_without_leaving_it(stage: Stage) -> None:
    async with stage.bot(WATCHING) as play:
        await opens(play, "dora")
        dora = stage.slack.member("dora")

        await presses(play, "dora", "launch.create_snapshot")
        form = await dora.sees_modal("Snapshot")
        await dora.closes(form)
        await presses(play, "dora", "launch.list_databases")
        await dora.closes(await dora.sees_modal("orders-staging"))
        await presses(play, "dora", "query.run.list", "list staging")
        listed = await dora.sees_modal("in staging")

        assert "orders-staging" in listed.words
        assert "orders-test" not in listed.words
        assert dora.direct_messages() == ()


async def test_an_approval_in_the_home_counts_and_every_home_follows(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await opens(play, "ana")
        await opens(play, "dora")
        await asks(play)
        assert "RDS-1001" in part(home_of(stage, "dora"), "Needs you")

        await presses(play, "dora", "request.approve")
        await play.told()

        assert (await play.request()).status is Status.RUNNING
        assert "You approved it; it runs now." in home_of(stage, "dora").words
        assert "You approved it" not in home_of(stage, "ana").words
        for who in ("ana", "dora"):
            assert "RDS-1001" in part(home_of(stage, who), "Running now")
        assert "RDS-1001" not in part(home_of(stage, "dora"), "Needs you")

        await play.later(120, steps=4)
        await play.told()

        assert (await play.request()).status is Status.SUCCEEDED
        assert "succeeded" in part(home_of(stage, "ana"), "Recently finished")
        assert "Running now" not in home_of(stage, "ana").words


async def test_a_refusal_comes_by_direct_message_and_the_stale_home_is_drawn_anew(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play)
        await opens(play, "dora")
        await play.types("/rds cancel RDS-1001")
        stale = home_of(stage, "dora")

        assert (await stage.slack.member("dora").clicks(stale, "request.approve")).acknowledged
        await play.told()

        assert (await play.request()).status is Status.CANCELLED
        said = [it.words for it in stage.slack.member("dora").direct_messages()]
        assert any("RDS-1001" in words and "cancelled" in words for words in said)
        shown = home_of(stage, "dora")
        assert "Needs you" not in shown.words
        assert "⚠️ RDS-1001 was already cancelled" in shown.words
        assert "already cancelled" not in (await opens(play, "dora")).words


async def test_whoever_asked_finds_it_to_take_back_and_not_to_approve(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play, who="dora")
        shown = await opens(play, "dora")
        assert "request.approve" not in str(shown.blocks)

        await presses(play, "dora", "request.cancel")

        assert (await play.request()).status is Status.CANCELLED
        assert "cancelled" in part(home_of(stage, "dora"), "Recently finished")
        assert "You cancelled it." in home_of(stage, "dora").words


async def test_a_click_on_a_button_that_was_never_drawn_is_judged_as_any_other(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play)
        decides = await opens(play, "dora")
        await opens(play, "ana")
        views, ana = stage.slack.world.views, stage.slack.member("ana")
        mine = views.homes[ana.id]
        views.change(mine, body={**mine.body, "blocks": decides.blocks})

        await presses(play, "ana", "request.approve")

        assert (await play.request()).votes == ()
        assert "your own request" in part(home_of(stage, "ana"), "Your open requests")
        assert any("your own request" in it.words for it in ana.direct_messages())


async def test_a_click_that_could_not_be_kept_is_said_by_direct_message(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play)
        shown, dora = await opens(play, "dora"), stage.slack.member("dora")

        async with play.bot.services.store.write():
            assert (await dora.clicks(shown, "request.approve")).acknowledged

        await dora.sees(lambda it: not it.ephemeral and "I may not have kept that" in it.words)


async def test_reject_opens_its_form_on_the_home(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play)
        await opens(play, "dora")
        dora = stage.slack.member("dora")

        await presses(play, "dora", "request.reject")
        form = await dora.sees_modal("Reject")
        await dora.submits(form, {"reason": "not during the sale"})
        await play.told()

        assert (await play.request()).status is Status.REJECTED
        assert "You rejected it." in home_of(stage, "dora").words
        assert "rejected" in part(home_of(stage, "dora"), "Recently finished")


async def test_details_of_a_request_open_on_the_home(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play)
        await opens(play, "dora")
        dora = stage.slack.member("dora")

        await presses(play, "dora", "request.details")
        shown = await dora.sees_modal("The exact AWS call")

        assert "rds:RebootDBInstance" in shown.words
        assert dora.direct_messages() == ()


async def test_guests_and_external_people_read_a_polite_sentence(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play)
        for who in ("gil", "eve"):
            shown = await opens(play, who)

            assert "Only full members of this workspace" in shown.words
            assert "RDS-1001" not in shown.words
            assert "orders" not in shown.words


async def test_only_who_has_looked_lately_is_published_to(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await asks(play)
        assert publishes(stage) == 0

        await opens(play, "dora")
        stage.clock.advance(31 * 86_400)
        before = publishes(stage)
        await asks(play, "/rds reboot orders-test")

        assert publishes(stage) == before == 1


async def test_many_changes_are_published_together_and_the_same_view_never_twice(
    stage: Stage,
) -> None:
    async with stage.bot(FREE) as play:
        for who in ("ana", "ben", "dora"):
            await opens(play, who)
        before = publishes(stage)

        for name in ("orders-staging", "orders-test", "orders-dev@main"):
            await play.types(f"/rds snapshot {name} --reason 'before the release'")
        await play.told()

        assert 3 <= publishes(stage) - before <= 9
        held = publishes(stage)
        async with play.bot.services.store.write() as tx:
            tx.stir_homes()
        await play.told()
        assert publishes(stage) == held


async def test_the_fleet_is_told_of_where_its_health_changed(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.bot.jobs.run("refresh")
        await opens(play, "ana")
        before = publishes(stage)
        await play.bot.jobs.run("refresh")
        await play.told()
        assert publishes(stage) == before

        tags = {"Environment": "test"}
        stage.aws.seed([InstanceSpec("reports-test", status="storage-full", tags=tags)])
        await play.bot.jobs.run("refresh")
        await play.told()

        assert publishes(stage) == before + 1
        fleet = part(home_of(stage, "ana"), "Fleet")
        assert "reports-test" in fleet
        assert "storage-full (test)" in fleet


async def test_a_rate_limit_and_a_conflict_are_waited_for(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        stage.slack.faults.add(PUBLISH, RateLimited(2), times=2)
        stage.slack.faults.add(PUBLISH, Refused("hash_conflict"), times=1)

        shown = await opens(play, "dora")

        assert "nothing waits for you" in shown.words


async def test_somebody_who_left_is_given_up_quietly(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await opens(play, "ben")
        stage.slack.faults.add(PUBLISH, Refused("user_not_found"), times=None)

        await asks(play, "/rds reboot orders-test", who="ben")

        homes = play.bot.services.store.homes
        assert await homes.lately() == ()
        before = publishes(stage)
        await asks(play, "/rds snapshot orders-staging", who="ben")
        assert publishes(stage) == before


async def test_what_changed_while_the_bot_was_away_shows_when_it_is_back(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await opens(play, "dora")
        await play.types(REBOOT)
    async with stage.bot(CONFIG) as play:
        await play.told()

        assert "RDS-1001" in part(home_of(stage, "dora"), "Needs you")


async def test_many_homes_are_looked_after_and_nobody_waits_for_that(stage: Stage) -> None:
    people, team = stage.slack.workspace.people, stage.slack.workspace.team_id
    async with stage.bot(configured(access={"approvers": {"users": ["U0DORA0001"]}})) as play:
        for user in (f"U0WATCH{number:03}" for number in range(100)):
            people[user] = replace(people["U0BEN00001"], id=user, name=user.lower())
            await play.bot.services.store.homes.opened(PersonId(team=team, user=user))
        await _looked_after(play)
        looking = asyncio.create_task(_looked_after(play))

        waited, began = 0.0, time.thread_time()
        while not looking.done():
            since = time.thread_time()
            await asyncio.sleep(0)
            waited = max(waited, time.thread_time() - since)

        assert publishes(stage) == 100
        assert waited < (time.thread_time() - began) / 3


async def _looked_after(play: Play) -> None:
    async with play.bot.services.store.write() as tx:
        tx.stir_homes()
    await play.told()
