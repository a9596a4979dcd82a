"""An unmodified Bolt app against the sandbox, over its real protocols."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import ImpossibleError, Kind, SlackSandbox

CARD: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Reboot orders-test"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Waiting* for <@U0DORA0001>"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": name,
                "value": "RDS-1",
                "text": {"type": "plain_text", "text": name.title()},
            }
            for name in ("approve", "reject")
        ],
    },
]
FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "why",
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Reject"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


class TinyBot:
    """Answers /rds with a card; Approve updates it, Reject asks why."""

    def __init__(self, slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
        self.heard: list[dict[str, Any]] = []
        client = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
        self.app = AsyncApp(client=client, process_before_response=True)
        self.handler: Any = AsyncSocketModeHandler(self.app, slack.app_token, ping_interval=0.2)
        self.app.command("/rds")(self.command)
        self.app.action("approve")(self.approve)
        self.app.action("reject")(self.reject)
        self.app.view("why")(self.why)
        self.app.view_closed("why")(self.closed)
        self.app.event("app_home_opened")(self.home)
        self.app.event("app_mention")(self.mention)

    async def command(self, ack: Any, body: Any, client: AsyncWebClient) -> None:
        self.heard.append(body)
        if body["text"] == "silence":
            return
        await ack("working on it" if body["text"] else "")
        await client.chat_postMessage(channel="C0APPROVAL", text="RDS-1", blocks=CARD)

    async def approve(self, ack: Any, body: Any, respond: Any, client: AsyncWebClient) -> None:
        self.heard.append(body)
        await ack()
        done = [CARD[0], {**CARD[1], "text": {"type": "mrkdwn", "text": "*Approved*"}}]
        message = body["message"]
        channel = body["channel"]["id"]
        await client.chat_update(channel=channel, ts=message["ts"], text="done", blocks=done)
        await respond("You approved RDS-1.")

    async def reject(self, ack: Any, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def why(self, ack: Any, view: Any) -> None:
        if view["state"]["values"]["reason"]["text"]["value"] == "no":
            await ack(response_action="errors", errors={"reason": "Say more."})
        else:
            await ack()

    async def closed(self, ack: Any, body: Any) -> None:
        self.heard.append(body)
        await ack()

    async def home(self, event: Any, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": CARD[:1]}
        await client.views_publish(user_id=event["user"], view=view)

    async def mention(self, event: Any, client: AsyncWebClient) -> None:
        self.heard.append(event)
        await client.chat_postMessage(channel=event["channel"], text="here", thread_ts=event["ts"])


@asynccontextmanager
async def tiny_bot(slack: SlackSandbox) -> AsyncIterator[TinyBot]:
    async with aiohttp.ClientSession() as session:
        bot = TinyBot(slack, session)
        await bot.handler.connect_async()
        await slack.connected()
        yield bot
        await bot.handler.close_async()


@pytest.fixture
async def bot(slack: SlackSandbox) -> AsyncIterator[TinyBot]:
    async with tiny_bot(slack) as it:
        yield it


async def test_a_command_is_acknowledged_and_answered_with_a_card(
    slack: SlackSandbox, bot: TinyBot
) -> None:
    typed = await slack.member("ana").types("/rds reboot @emil in #databases", "databases")

    assert typed.acknowledged
    assert bot.heard[0]["text"] == "reboot <@U0EMIL0001|emil> in <#C0DATABASE|databases>"
    card = await slack.member("dora").sees("Waiting for @dora")
    assert [it.label for it in card.actions] == ["Approve", "Reject"]
    assert (await slack.member("ana").sees("working on it")).ephemeral


async def test_a_click_updates_the_card_for_everyone_and_answers_the_clicker_alone(
    slack: SlackSandbox, bot: TinyBot
) -> None:
    dora, emil = slack.member("dora"), slack.member("emil")
    await slack.member("ana").types("/rds", "databases")
    card = await dora.sees("Waiting")

    await dora.clicks(card, "approve")

    assert not (await emil.sees("Approved")).actions
    assert (await dora.sees("You approved")).ephemeral
    assert [it.kind for it in emil.feed] == [Kind.POSTED, Kind.UPDATED]
    with pytest.raises(ImpossibleError, match="no such control"):
        await emil.clicks(card, "approve")


async def test_a_modal_shows_errors_and_closes_when_it_is_accepted(
    slack: SlackSandbox, bot: TinyBot
) -> None:
    dora = slack.member("dora")
    await slack.member("ana").types("/rds", "databases")
    await dora.clicks(await dora.sees("Waiting"), "reject")
    modal = await dora.sees_modal("Reason")

    empty = await dora.submits(modal)
    short = await dora.submits(modal, {"reason": "no"})
    good = await dora.submits(modal, {"reason": "not today"})

    assert empty.delivery is None
    assert empty.errors == {"reason": "Please complete this required field."}
    assert short.errors == {"reason": "Say more."}
    assert good.accepted
    assert not dora.views()


async def test_a_cancelled_modal_tells_the_app(slack: SlackSandbox, bot: TinyBot) -> None:
    dora = slack.member("dora")
    await slack.member("ana").types("/rds", "databases")
    await dora.clicks(await dora.sees("Waiting"), "reject")

    await dora.closes(await dora.sees_modal("Reason"))

    assert bot.heard[-1]["type"] == "view_closed"
    assert not dora.views()


async def test_home_and_mentions_arrive_as_events(slack: SlackSandbox, bot: TinyBot) -> None:
    ana = slack.member("ana")

    await ana.opens_home()
    await ana.mentions("hello", "databases")

    assert (await ana.sees_home("Reboot")).actions == ()
    assert (await ana.sees("here")).thread_ts == bot.heard[-1]["ts"]


@pytest.mark.parametrize("ack_seconds", [0.1])
async def test_a_command_that_nobody_acknowledges_tells_the_person(
    slack: SlackSandbox, bot: TinyBot
) -> None:
    ana = slack.member("ana")

    typed = await ana.types("/rds silence", "databases")

    assert not typed.acknowledged
    assert 'failed with the error "operation_timeout"' in ana.feed[-1].text


async def test_without_a_bot_a_command_fails_at_once(slack: SlackSandbox) -> None:
    ana = slack.member("ana")

    typed = await ana.types("/rds", "databases")

    assert not typed.sent
    assert 'failed with the error "dispatch_failed"' in ana.feed[-1].text


@pytest.mark.parametrize("same_envelope", [True, False])
async def test_a_command_can_be_delivered_again(
    slack: SlackSandbox, bot: TinyBot, same_envelope: bool
) -> None:
    first = await slack.member("ana").types("/rds", "databases")

    again = await slack.redeliver(first, same_envelope=same_envelope)

    assert again.acknowledged
    assert (again.envelope_id == first.envelope_id) is same_envelope
    assert [it["trigger_id"] for it in bot.heard] == [first.payload["trigger_id"]] * 2


async def test_an_unacknowledged_event_comes_again_with_its_attempt(
    slack: SlackSandbox,
) -> None:
    ana = slack.member("ana")

    first = await ana.opens_home()
    async with tiny_bot(slack):
        again = first and await slack.redeliver(first, same_envelope=False)

        assert first is not None
        assert not first.acknowledged
        assert again is not None
        assert (again.acknowledged, again.retry_attempt) == (True, 1)
        await ana.sees_home("Reboot")


async def test_events_are_retried_by_themselves(slack: SlackSandbox) -> None:
    first = await slack.member("ana").opens_home()

    await slack.until(lambda: len(slack.deliveries) == 3)

    assert first is not None
    assert [it.retry_attempt for it in slack.deliveries] == [0, 1, 2]
    assert len({it.payload["event_id"] for it in slack.deliveries}) == 1
    assert len({it.envelope_id for it in slack.deliveries}) == 3


async def test_the_bot_follows_a_request_to_refresh_its_connection(
    slack: SlackSandbox, bot: TinyBot
) -> None:
    await slack.disconnect("refresh_requested")
    await slack.connected()

    assert (await slack.member("ana").types("/rds", "databases")).acknowledged


async def test_the_bot_comes_back_after_its_connection_broke(
    slack: SlackSandbox, bot: TinyBot
) -> None:
    slack.drop_sockets()
    await slack.disconnected()
    await slack.connected()

    assert (await slack.member("ana").types("/rds", "databases")).acknowledged


async def test_slacks_client_redials_a_dead_address_until_it_is_made_to_forget_it(
    slack: SlackSandbox, bot: TinyBot
) -> None:
    slack.dead_urls(also_next=1)
    slack.drop_sockets()
    await slack.until(lambda: slack.refused_connections >= 3)
    asked = len(slack.called("apps.connections.open"))

    bot.handler.client.wss_uri = None
    await slack.connected()

    assert asked == 2
    assert (await slack.member("ana").types("/rds", "databases")).acknowledged


async def test_a_dead_socket_address_is_refused(slack: SlackSandbox) -> None:
    client = AsyncWebClient(slack.app_token, base_url=slack.url)
    slack.dead_urls(also_next=1)
    dead = await client.apps_connections_open(app_token=slack.app_token)
    alive = await client.apps_connections_open(app_token=slack.app_token)

    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(dead["url"])
        async with session.ws_connect(alive["url"]) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(alive["url"])


async def test_an_eleventh_connection_is_turned_away(slack: SlackSandbox) -> None:
    client = AsyncWebClient(slack.app_token, base_url=slack.url)

    async with aiohttp.ClientSession() as session:
        opened = [await client.apps_connections_open(app_token=slack.app_token) for _ in "x" * 11]
        sockets = [await session.ws_connect(it["url"]) for it in opened]
        frames = [await it.receive_json() for it in sockets]

    assert [it["type"] for it in frames] == ["hello"] * 10 + ["disconnect"]
    assert frames[-1]["reason"] == "too_many_websockets"


async def test_one_envelope_delivered_twice_at_once_is_acknowledged_twice(
    slack: SlackSandbox, bot: TinyBot
) -> None:
    first = await slack.member("ana").types("/rds", "databases")

    twice = await asyncio.gather(*(slack.redeliver(first) for _ in range(2)))

    assert [it.acknowledged for it in twice] == [True, True]
    assert len({it.envelope_id for it in (first, *twice)}) == 1
