"""What goes wrong between a bot and Slack, on request."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import (
    Garbled,
    Hang,
    Lost,
    RateLimited,
    RateLimits,
    Refused,
    Reset,
    ServerError,
    SlackSandbox,
    Slow,
)

CHANNEL = "C0DATABASE"


async def test_a_rate_limit_says_how_long_to_wait_and_ends_after_its_count(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    slack.faults.add("chat.*", RateLimited(retry_after=7), times=1)

    with pytest.raises(SlackApiError) as refused:
        await web.chat_postMessage(channel=CHANNEL, text="t")
    await web.chat_postMessage(channel=CHANNEL, text="t")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "7"
    assert [it.status for it in slack.calls] == [429, 200]
    assert len(slack.member("ana").messages()) == 1


async def test_slacks_own_client_waits_a_rate_limit_out(slack: SlackSandbox) -> None:
    waits = AsyncRateLimitErrorRetryHandler(max_retry_count=1)
    web = AsyncWebClient(slack.bot_token, base_url=slack.url, retry_handlers=[waits])
    slack.faults.add("chat.postMessage", RateLimited(retry_after=0))

    await web.chat_postMessage(channel=CHANNEL, text="t")

    assert [it.status for it in slack.calls] == [429, 200]


async def test_an_answer_without_json_carries_nothing_out(slack: SlackSandbox) -> None:
    slack.faults.add("chat.postMessage", Garbled(429, "slow down", "text/plain"))
    asked = {"channel": CHANNEL, "text": "t", "token": slack.bot_token}

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.url}chat.postMessage", data=asked) as answer,
    ):
        said = await answer.text()

    assert (answer.status, answer.content_type, said) == (429, "text/plain", "slow down")
    assert answer.headers["Retry-After"] == "1"
    assert slack.member("ana").messages() == ()


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_error_carries_nothing_out(
    slack: SlackSandbox, web: AsyncWebClient, status: int
) -> None:
    slack.faults.add("chat.postMessage", ServerError(status))

    with pytest.raises(SlackApiError):
        await web.chat_postMessage(channel=CHANNEL, text="t")

    assert not slack.member("ana").messages()


async def test_an_error_code_can_be_asked_for_one_channel_only(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    slack.faults.add(
        "chat.postMessage", Refused("fatal_error"), where=lambda it: it["channel"] == CHANNEL
    )

    await web.chat_postMessage(channel="C0CLOUDOPS", text="t")

    with pytest.raises(SlackApiError, match="fatal_error"):
        await web.chat_postMessage(channel=CHANNEL, text="t")


async def test_a_reset_connection_carries_nothing_out(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    slack.faults.add("chat.postMessage", Reset())

    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel=CHANNEL, text="t")

    assert not slack.member("ana").messages()
    assert slack.calls[0].status == 0


async def test_a_lost_reply_hides_that_the_message_was_posted(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    slack.faults.add("chat.postMessage", Lost())

    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel=CHANNEL, text="t")

    assert len(slack.member("ana").messages()) == 1
    assert (slack.calls[0].status, slack.calls[0].ok) == (0, True)


async def test_a_hanging_call_answers_nothing_until_the_client_gives_up(
    slack: SlackSandbox,
) -> None:
    slack.faults.add("chat.postMessage", Hang(seconds=30))
    timeout = aiohttp.ClientTimeout(total=0.1)

    async with aiohttp.ClientSession(timeout=timeout) as session:
        web = AsyncWebClient(
            slack.bot_token, base_url=slack.url, session=session, retry_handlers=[]
        )
        with pytest.raises(asyncio.TimeoutError):
            await web.chat_postMessage(channel=CHANNEL, text="t")

    assert not slack.member("ana").messages()


async def test_a_slow_call_is_carried_out_all_the_same(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    slack.faults.add("chat.postMessage", Slow(seconds=0.05))

    posting = asyncio.create_task(web.chat_postMessage(channel=CHANNEL, text="t"))
    await web.auth_test()

    assert [it.method for it in slack.calls] == ["auth.test"]
    assert (await posting)["ok"]


async def test_faults_hold_until_cleared(slack: SlackSandbox, web: AsyncWebClient) -> None:
    slack.faults.add("*", ServerError(503), times=None)
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await web.auth_test()

    slack.faults.clear()

    assert (await web.auth_test())["ok"]


async def test_real_pacing_allows_one_message_a_second_in_each_channel() -> None:
    async with SlackSandbox(rate_limits=RateLimits()) as slack:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url)
        await web.chat_postMessage(channel=CHANNEL, text="t")
        await web.chat_postMessage(channel="C0CLOUDOPS", text="t")

        with pytest.raises(SlackApiError) as refused:
            await web.chat_postMessage(channel=CHANNEL, text="t")

        assert refused.value.response.headers["Retry-After"] == "1"


async def test_real_pacing_counts_calls_a_minute() -> None:
    async with SlackSandbox(rate_limits=RateLimits(per_minute={"users.*": 2})) as slack:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url)
        for _ in range(2):
            await web.users_info(user="U0ANA00001")

        with pytest.raises(SlackApiError) as refused:
            await web.users_info(user="U0ANA00001")

        assert 55 <= int(refused.value.response.headers["Retry-After"]) <= 60
