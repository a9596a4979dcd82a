"""Slack's words have one home, and what is no answer is none."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Garbled, RateLimited, Refused, ServerError, SlackSandbox
from handlers.app import pooled_session, posting_client
from handlers.slack_errors import (
    ContentError,
    FileError,
    PersonError,
    PlaceError,
    RateLimitedError,
    RefusalError,
    ScopeError,
    SealedError,
    ThreadError,
    TokenError,
    UnansweredError,
    VanishedError,
    heard,
)

HANDLERS = Path(__file__).parents[2] / "handlers"
NO_JSON = {
    "a proxy's page": Garbled(502),
    "a page that is called fine": Garbled(200, "<html>busy</html>"),
    "plain text": Garbled(503, "upstream connect error", "text/plain"),
    "plain text that is called fine": Garbled(200, "ok", "text/plain"),
    "an empty body": Garbled(200, "", "application/json"),
    "half of an answer": Garbled(200, '{"ok": true, "channel": "C0', "application/json"),
    "null": Garbled(200, "null", "application/json"),
    "a list": Garbled(200, "[]", "application/json"),
    "a number": Garbled(500, "7", "application/json"),
    "bytes that are no text": Garbled(200, "\udcff", "application/json"),
    "an object that says nothing": Garbled(200, "{}", "application/json"),
    "a refusal without a word": Garbled(200, '{"ok": false}', "application/json"),
}


@pytest.fixture
async def client(slack: SlackSandbox) -> AsyncIterator[AsyncWebClient]:
    async with pooled_session() as session:
        yield posting_client(slack.bot_token, slack.url, session)


async def refusal(slack: SlackSandbox, client: AsyncWebClient, fault: Any) -> RefusalError:
    slack.faults.add("chat.postMessage", fault)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x")
    assert isinstance(caught.value, RefusalError)
    return caught.value


@pytest.mark.parametrize("fault", NO_JSON.values(), ids=NO_JSON)
async def test_an_answer_without_json_is_unanswered(
    slack: SlackSandbox, client: AsyncWebClient, fault: Garbled
) -> None:
    error = await refusal(slack, client, fault)

    assert isinstance(error, UnansweredError)
    assert error.why == "no answer"
    assert not error.response["error"]  # as the SDK's own handlers read it


@pytest.mark.parametrize("fault", [RateLimited(7), Garbled(429, "slow down", "text/plain")])
async def test_a_rate_limit_says_how_long_whatever_its_body_is(
    slack: SlackSandbox, client: AsyncWebClient, fault: RateLimited | Garbled
) -> None:
    error = await refusal(slack, client, fault)

    assert isinstance(error, RateLimitedError)
    assert error.seconds == (7 if isinstance(fault, RateLimited) else 1)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(None, 1), ("30", 30), ("0", 1), ("-5", 1), ("nan", 1), ("inf", 1), ("1e9", 3600),
     ("Wed, 21 Oct 2026 07:28:00 GMT", 1), ("", 1)],
)  # fmt: skip
def test_only_a_sensible_time_is_waited(said: str | None, seconds: float) -> None:
    class Limited:
        status_code = 429
        data = "slow down"
        headers = {} if said is None else {"Retry-After": said}

    error = heard(SlackApiError("no", Limited()))  # type: ignore[no-untyped-call]

    assert isinstance(error, RateLimitedError)
    assert error.seconds == seconds


@pytest.mark.parametrize(
    ("word", "family"),
    [
        ("internal_error", UnansweredError), ("ratelimited", RateLimitedError),
        ("account_inactive", TokenError), ("token_revoked", TokenError),
        ("missing_scope", ScopeError), ("invalid_blocks", ContentError),
        ("msg_too_long", ContentError), ("message_not_found", VanishedError),
        ("cant_update_message", SealedError), ("edit_window_closed", SealedError),
        ("thread_not_found", ThreadError), ("is_archived", PlaceError), ("is_inactive", PlaceError),
        ("no_permission", PlaceError),
        ("restricted_action_read_only_channel", PlaceError), ("user_disabled", PersonError),
        ("file_uploads_disabled", FileError), ("a_word_of_tomorrow", RefusalError),
    ],
)  # fmt: skip
async def test_each_word_is_of_one_family(
    slack: SlackSandbox, client: AsyncWebClient, word: str, family: type[RefusalError]
) -> None:
    error = await refusal(slack, client, Refused(word))

    assert type(error) is family
    assert error.why == word


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_trouble_of_the_server_is_no_refusal_whatever_word_comes_with_it(
    slack: SlackSandbox, client: AsyncWebClient, status: int
) -> None:
    assert isinstance(await refusal(slack, client, ServerError(status)), UnansweredError)


FAMILIES: list[type[RefusalError]] = [*RefusalError.__subclasses__(), RateLimitedError, SealedError]


def test_no_word_stands_in_two_families() -> None:
    words = [word for one in FAMILIES for word in vars(one).get("errors", ())]

    assert len(words) == len(set(words))


def test_no_other_module_compares_slacks_words() -> None:
    fields = {"is_archived"}  # of a channel, too
    known = {word for one in FAMILIES for word in one.errors if "_" in word} - fields

    found = {
        f"{path.name}: {node.value}"
        for path in HANDLERS.rglob("*.py")
        if path.name != "slack_errors.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in known
    }

    assert not found
