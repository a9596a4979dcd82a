"""Whoever reads is asked for as they are now, and the settings may narrow who does."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.operation import Query
from bot.operations import CATALOGUE
from bot.sandbox.aws.fleet import ClusterSpec, InstanceSpec
from bot.sandbox.slack import Member, SeenMessage
from handlers.blocks.form import PICK
from handlers.listeners.shortcuts import SHORTCUT
from tests.conftest import CONFIG
from tests.stories.asking import audited, changes, configured, flat, presses, told, told_on_click
from tests.stories.stage import Play, Stage

ONLY_MEMBERS = "Only full members of this workspace can look at its databases"
#: Everything that reads, as it is typed.
LINES = [
    "logs orders-test", "logs orders-test error", "top orders-test", "events orders-test",
    "audit", "audit orders-test", "list", "show orders-test", "metrics orders-test",
    "connections orders-test", "compare orders-test orders-dev", "requests --all",
    "status RDS-1001", "status bot", "report", "digest preview", "digest list",
    "parameters orders-test", "snapshots orders-test", "pending orders-test",
]  # fmt: skip
DBAS, DEVS = {"groups": ["S0DBAS0001"]}, {"groups": ["S0DEVS0001"]}


def access(**viewers: Any) -> str:
    return configured(access={"approvers": DBAS, "viewers": viewers})


def becomes_a_guest(stage: Stage, who: str = "ana") -> None:
    stage.slack.workspace.change(who, is_restricted=True)


async def types(play: Play, line: str, who: str = "ana") -> str:
    said = flat(await told(play.stage.slack.member(who), f"/rds {line}"))
    await play.quiet()
    return said


def test_every_query_is_tried() -> None:
    verbs = {one.verb for one in CATALOGUE.values() if issubclass(one, Query)}

    assert verbs - {"help", "whoami"} == {
        verb for verb in verbs for line in LINES if f"{line} ".startswith(f"{verb} ")
    }


async def test_who_became_a_guest_a_moment_ago_reads_nothing_any_more(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        assert ONLY_MEMBERS not in await types(play, "list")
        becomes_a_guest(stage)

        said = {line: await types(play, line) for line in LINES}

        assert [line for line, it in said.items() if ONLY_MEMBERS not in it] == []
        rows = await audited(play.bot)
        refused = [(row.event.action, row.event.result) for row in rows]
        assert refused == [("query.refused", "guest")] * len(LINES)


async def _mention(member: Member) -> None:
    await member.mentions("logs orders-test", "databases")


async def _direct(member: Member) -> None:
    await member.says("logs orders-test")


async def _picture(member: Member) -> None:
    await _clicks(member, "picture.again")


async def _keep(member: Member) -> None:
    await _clicks(member, "live.keep")


async def _query(member: Member) -> None:
    await _clicks(member, "query.")


async def _shortcut(member: Member) -> None:
    await member.uses_shortcut(SHORTCUT, _last(member, lambda it: "orders-test" in it.words))


async def _launcher(member: Member) -> None:
    await member.types("/rds", channel="databases")


async def _clicks(member: Member, action: str) -> None:
    await presses(member, _last(member, lambda it: f"'{action}" in str(it.blocks)), action)


def _last(member: Member, wanted: Callable[[SeenMessage], bool]) -> SeenMessage:
    return [it for it in member.messages() if wanted(it)][-1]


WAYS = [_mention, _direct, _picture, _keep, _query, _shortcut, _launcher]


@pytest.mark.parametrize("way", WAYS)
async def test_there_is_no_way_around(
    stage: Stage, way: Callable[[Member], Awaitable[None]]
) -> None:
    ana = stage.slack.member("ana")
    async with stage.bot(CONFIG) as play:
        await types(play, "metrics orders-test cpu")
        await types(play, "metrics order-test")  # offers what may have been meant
        await play.told()
        before = len(ana.messages()) + len(ana.views())
        becomes_a_guest(stage)

        await way(ana)
        await play.told()

        new = "".join(it.words for it in ana.messages()[before:])
        shown = "".join(it.words for it in ana.views())
        assert "Only full members of this workspace" in new + shown
        assert "orders-test is" not in new + shown


async def test_a_picture_that_is_kept_fresh_for_somebody_ends_with_their_standing(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        ana = stage.slack.member("ana")
        seen = await told(ana, "/rds metrics orders-test cpu --range 1h")
        await told_on_click(ana, seen, "live.keep")
        await play.told()
        becomes_a_guest(stage)
        read = len(stage.aws.calls("cloudwatch:*"))

        stage.clock.advance(60)
        await play.bot.jobs.run("freshen")
        await play.bot.pictures.idle()

        assert len(stage.aws.calls("cloudwatch:*")) == read
        stopped = [row for row in await audited(play.bot) if row.event.action == "live.stopped"]
        assert len(stopped) == 1


async def test_a_denial_is_not_handed_on_by_who_became_a_guest(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        ana = stage.slack.member("ana")
        denied = await told(ana, "/rds reboot orders-prod")
        becomes_a_guest(stage)

        said = flat(await told_on_click(ana, denied, "cloudops.create"))

        assert ONLY_MEMBERS in said
        assert "orders-prod" not in said
        assert "cloudops.asked" not in {row.event.action for row in await audited(play.bot)}


# -- access.viewers


async def test_whom_the_settings_do_not_name_looks_at_nothing(stage: Stage) -> None:
    async with stage.bot(access(**DBAS)) as play:
        said = {line: await types(play, line) for line in LINES}
        others = {line: await types(play, line, "dora") for line in LINES}
        rows = await audited(play.bot)

    word = "You are not among those who may look at databases here"
    assert [line for line, it in said.items() if word not in it or "orders" in it] == []
    assert [line for line, it in others.items() if "may look" in it] == []
    assert [row.event.result for row in rows] == ["not_viewer"] * len(LINES)


async def test_who_left_the_viewers_a_moment_ago_looks_at_nothing(stage: Stage) -> None:
    async with stage.bot(access(**DEVS)) as play:
        assert "orders-test is available" in await types(play, "show orders-test")
        stage.slack.workspace.leave_group("developers", "ana")

        assert "may look at databases here" in await types(play, "show orders-test")


async def test_an_environment_may_have_viewers_of_its_own(stage: Stage) -> None:
    verbs = ("show", "logs", "top", "events", "metrics", "connections", "audit", "requests")
    async with stage.bot(access(environments={"production": DBAS})) as play:
        for verb in verbs:
            said = await types(play, f"{verb} orders-prod")
            assert "not among those who may look at production databases" in said
            assert "may look" not in await types(play, f"{verb} orders-test")
            assert "may look" not in await types(play, f"{verb} orders-prod", "dora")


async def test_lists_hold_what_may_be_looked_at_and_nothing_else(stage: Stage) -> None:
    async with stage.bot(access(environments={"prod": DBAS, "staging": DBAS})) as play:
        await types(play, "reboot orders-staging --reason secret", "dora")
        await types(play, "snapshot orders-prod", "dora")
        lines = ("list", "requests --all", "audit", "digest preview", "status RDS-1001")
        seen = {who: [await types(play, one, who) for one in lines] for who in ("ana", "dora")}

    assert not [said for said in seen["ana"] if "orders-staging" in said or "orders-prod" in said]
    assert "orders-test" in seen["ana"][0]
    assert [said for said in seen["dora"] if "orders-staging" in said]


async def test_of_a_name_that_a_cluster_shares_the_trail_tells_only_who_sees_both(
    stage: Stage,
) -> None:
    prod, test = {"Environment": "production"}, {"Environment": "test"}
    stage.aws.seed([ClusterSpec("ledger", ("ledger-1",), tags=prod)])
    stage.aws.seed([InstanceSpec("ledger", tags=test)])
    async with stage.bot(access(environments={"production": DBAS})) as play:
        await types(play, "snapshot cluster:ledger", "dora")

        assert "ledger" in await types(play, "show instance:ledger")
        assert "ledger" not in await types(play, "audit")
        assert "ledger" in await types(play, "audit", "dora")


async def test_what_may_not_be_looked_at_is_not_offered_either(stage: Stage) -> None:
    ana = stage.slack.member("ana")
    async with stage.bot(access(environments={"production": DBAS})) as play:
        await ana.types("/rds reboot", channel="databases")
        form = await ana.sees_modal("Reboot")
        offered = str(await ana.searches(form, PICK, "orders-"))
        guessed = await types(play, "show orders-prd")
        await ana.opens_home()
        await play.told()

    assert "orders-test" in offered
    assert "orders-prod" not in offered + guessed
    home = ana.home()
    assert home is not None
    assert "orders-prod" not in flat(home)


async def test_whoever_may_not_look_asks_for_no_change_of_it(stage: Stage) -> None:
    rules = [{"approvals": 1}]
    viewers = {"environments": {"production": DBAS}}
    config = configured(access={"approvers": DBAS, "viewers": viewers}, policy={"rules": rules})
    async with stage.bot(config) as play:
        for line in ("snapshot orders-prod", "snapshot orders-prod --dry-run"):
            assert "may look at production databases" in await types(play, line)
        assert await play.bot.services.store.requests.find() == ()
        await types(play, "snapshot orders-prod", "emil")
        assert len(await play.bot.services.store.requests.find()) == 1
        assert changes(stage.aws) == []
        codes = {row.event.result for row in await audited(play.bot)}
        assert "not_viewer" in codes


async def test_whoami_says_whether_one_may_look(stage: Stage) -> None:
    async with stage.bot(access(**DBAS)) as play:
        assert "You may: look" not in await types(play, "whoami")
        assert "You may: look" in await types(play, "whoami", "dora")


async def test_a_database_of_another_service_is_named_to_who_could_look_at_its_environment(
    stage: Stage,
) -> None:
    tags = ({"Environment": "prod"}, {"Environment": "dev"})
    stage.aws.seed([ClusterSpec(f"graph-{one['Environment']}", members=(), engine="neptune",
                                tags=one) for one in tags])  # fmt: skip
    async with stage.bot(access(environments={"production": DBAS})) as play:
        narrow, whole = [await types(play, "list", who) for who in ("ana", "dora")]
        guessed = await types(play, "show graph-prod")

    assert ("graph-prod" in narrow, "graph-dev" in narrow) == (False, True)
    assert ("graph-prod" in whole, "graph-dev" in whole) == (True, True)
    assert "I know no database" in guessed
