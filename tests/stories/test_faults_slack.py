"""Slack is slow, silent or gone: what is at stake goes on, and the card comes to the truth."""

import asyncio
from dataclasses import replace

import pytest

from bot.sandbox.slack import (
    Hang,
    Lost,
    RateLimited,
    Refused,
    Reset,
    SeenMessage,
    ServerError,
    Slow,
)
from bot.values import Status
from tests.conftest import CONFIG
from tests.stories.stage import FREE, Stage, until

CALL = "rds:RebootDBInstance"
HISTORY = ("channels:history", "groups:history")


def cards(stage: Stage) -> tuple[SeenMessage, ...]:
    seen = stage.slack.member("dora").messages("databases")
    return tuple(it for it in seen if "RDS-1001" in it.words and not (it.ephemeral or it.thread_ts))


@pytest.mark.parametrize(
    "fault", [RateLimited(2), ServerError(500), ServerError(503), Hang(0.2), Reset()]
)
async def test_a_change_goes_on_while_slack_takes_no_message_and_one_card_tells_how_it_ended(
    stage: Stage, fault: RateLimited | ServerError | Hang | Reset
) -> None:
    stage.slack.faults.add("chat.*", fault, times=6)
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test")
        await play.later(120, steps=4)
        assert (await play.request()).status is Status.SUCCEEDED

        await play.told()

        [card] = cards(stage)
        assert "succeeded" in card.text


async def test_a_rate_limit_while_somebody_is_judged_is_waited_for_and_denies_nobody(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await stage.slack.member("dora").sees(lambda it: it.actions)
        stage.slack.faults.add("users.info", RateLimited(1))
        stage.slack.faults.add("usergroups.users.list", RateLimited(1))

        await play.clicks("dora", asked, "request.approve")

        assert (await play.request()).status is Status.RUNNING


@pytest.mark.parametrize("fault", [ServerError(500), Hang(0.2), Reset(), Refused("fatal_error")])
async def test_who_cannot_be_judged_is_told_and_nothing_is_decided(
    stage: Stage, fault: ServerError | Hang | Reset | Refused
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await stage.slack.member("dora").sees(lambda it: it.actions)
        stage.slack.faults.add("usergroups.*", fault, times=None)

        await play.clicks("dora", asked, "request.approve")

        await stage.slack.member("dora").sees(lambda it: it.ephemeral and "not tell me" in it.text)
        assert (await play.request()).status is Status.PENDING
        stage.slack.faults.clear()
        await play.clicks("dora", asked, "request.approve")
        assert (await play.request()).status is Status.RUNNING


async def test_a_lost_reply_to_a_card_leaves_at_most_one_more_and_both_serve_the_same_request(
    stage: Stage,
) -> None:
    stage.slack.faults.add("chat.postMessage", Lost())
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        await play.told()
        first, second = cards(stage)

        await play.clicks("dora", first, "request.approve")
        await play.clicks("emil", second, "request.approve")

        assert (await play.request()).status is Status.RUNNING
    assert len(stage.aws.calls(CALL)) == 1


async def test_a_lost_reply_to_a_card_makes_no_second_one_where_the_bot_may_read_the_channel(
    stage: Stage,
) -> None:
    app = stage.slack.workspace.app
    stage.slack.workspace.app = replace(app, scopes=(*app.scopes, *HISTORY))
    stage.slack.faults.add("chat.postMessage", Lost())
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        await play.told()
        [card] = cards(stage)

        await play.clicks("dora", card, "request.approve")
        await play.later(120, steps=4)
        await play.told()

        [card] = cards(stage)
        assert "succeeded" in card.text


async def test_a_card_that_slack_finds_too_rich_comes_in_a_plain_form_that_works(
    stage: Stage,
) -> None:
    stage.slack.faults.add("chat.postMessage", Refused("invalid_blocks"))
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test --reason why")
        plain = await stage.slack.member("dora").sees(lambda it: it.actions)
        assert "Reason: why" in plain.words

        await play.clicks("dora", plain, "request.approve")

        assert (await play.request()).status is Status.RUNNING


async def test_a_card_that_somebody_deleted_stands_again_when_it_changes(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        await stage.slack.member("dora").sees(lambda it: it.actions)
        stage.slack.faults.add("chat.update", Refused("message_not_found"))

        await play.types("/rds approve RDS-1001", who="dora")
        await play.later(120, steps=4)
        await play.told()

        assert "succeeded" in cards(stage)[-1].text


async def test_a_channel_that_is_gone_hides_nothing_from_who_asked(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        stage.slack.faults.add("chat.postMessage", Refused("is_archived"))
        await play.types("/rds reboot orders-test")

        lost = await stage.slack.member("ana").sees("could not post or change this request's card")

        assert "/rds approve RDS-1001" in lost.words


async def test_a_reply_that_cannot_be_given_in_private_comes_as_a_direct_message(
    stage: Stage,
) -> None:
    stage.slack.faults.add("response_url", ServerError(500), times=None)
    stage.slack.faults.add("chat.postEphemeral", Refused("user_not_in_channel"), times=None)
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot nowhere")
        await play.told()

        assert "I know no database" in stage.slack.member("ana").direct_messages()[-1].words


async def test_a_dropped_socket_comes_back_and_the_next_click_counts(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await stage.slack.member("dora").sees(lambda it: it.actions)
        stage.slack.drop_sockets()
        await stage.slack.disconnected()
        await stage.slack.connected(within=20)

        await play.clicks("dora", asked, "request.approve")

        assert (await play.request()).status is Status.RUNNING


async def test_a_click_while_slack_asks_the_bot_to_reconnect_is_worked_on_once(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await stage.slack.member("dora").sees(lambda it: it.actions)
        stage.slack.faults.add("users.info", Slow(0.5))
        clicking = asyncio.create_task(stage.slack.member("dora").clicks(asked, "request.approve"))
        await until(lambda: stage.slack.deliveries[-1].kind == "interactive")
        await stage.slack.disconnect()
        await stage.slack.connected(within=20)

        assert (await clicking).acknowledged
        await play.quiet()

        assert (await play.request()).status is Status.RUNNING
    assert len(stage.aws.calls(CALL)) == 1


async def test_a_dead_socket_address_is_forgotten(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        stage.slack.dead_urls(also_next=1)
        stage.slack.drop_sockets()
        await stage.slack.disconnected()
        await stage.slack.connected(within=40)

        await play.types("/rds reboot orders-test")

        assert (await play.request()).status is Status.RUNNING
