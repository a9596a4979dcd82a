"""Web API: what Slack answers, and with which error code it refuses."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox

DATABASES = "C0DATABASE"
SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "block"}}


async def refusal(web: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await web.api_call(method, json=arguments)
    return str(refused.value.response["error"])


async def test_a_bot_learns_who_it_is_and_what_it_may_do(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    answer = await web.auth_test()

    assert answer["user_id"] == slack.workspace.app.user_id
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("xoxb-stolen", "invalid_auth"),
        ("", "not_authed"),
        ("xapp-1-sandbox-app-token", "not_allowed_token_type"),
    ],
)
async def test_a_wrong_token_is_refused(slack: SlackSandbox, token: str, error: str) -> None:
    web = AsyncWebClient(token, base_url=slack.url)

    assert await refusal(web, "auth.test") == error


async def test_a_bot_token_opens_no_socket(web: AsyncWebClient) -> None:
    assert await refusal(web, "apps.connections.open") == "not_allowed_token_type"


async def test_an_unknown_method_is_refused(web: AsyncWebClient) -> None:
    assert await refusal(web, "chat.shout") == "unknown_method"


@pytest.mark.parametrize(
    ("method", "arguments", "needed"),
    [
        ("chat.postMessage", {"channel": DATABASES, "text": "t"}, "chat:write"),
        ("users.info", {"user": "U0ANA00001"}, "users:read"),
        ("usergroups.list", {}, "usergroups:read"),
        ("conversations.history", {"channel": DATABASES}, "channels:history"),
        ("conversations.history", {"channel": "C0SECRET01"}, "groups:history"),
        ("conversations.info", {"channel": "C0SECRET01"}, "groups:read"),
        ("conversations.open", {"users": "U0ANA00001"}, "im:write"),
        ("files.getUploadURLExternal", {"filename": "a", "length": 1}, "files:write"),
    ],
)
async def test_a_method_without_its_scope_says_which_one_it_needs(
    slack: SlackSandbox, web: AsyncWebClient, method: str, arguments: dict[str, Any], needed: str
) -> None:
    app = slack.workspace.app
    rest = tuple(it for it in app.scopes if it != needed)
    slack.workspace.app = replace(app, scopes=rest)

    with pytest.raises(SlackApiError) as refused:
        await web.api_call(method, params=arguments)

    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == needed
    assert refused.value.response["provided"] == ",".join(rest)


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE1", "channel_not_found"),
        ("C0RANDOM01", "not_in_channel"),
        ("C0CLOUDOPS", "is_archived"),
        ("U0ZOE00001", "channel_not_found"),
        ("", "invalid_arguments"),
    ],
)
async def test_a_message_goes_only_where_the_bot_may_post(
    slack: SlackSandbox, web: AsyncWebClient, channel: str, error: str
) -> None:
    slack.workspace.archive("cloudops")

    assert await refusal(web, "chat.postMessage", channel=channel, text="t") == error


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    slack.workspace.leave_channel("dba-only", "rds-bot")

    error = await refusal(web, "chat.postMessage", channel="C0SECRET01", text="t")

    assert error == "channel_not_found"


@pytest.mark.parametrize("user", ["U0EVE00001", "U0NOBODY01"])
async def test_an_ephemeral_message_needs_its_reader_in_the_channel(
    web: AsyncWebClient, user: str
) -> None:
    error = await refusal(web, "chat.postEphemeral", channel=DATABASES, user=user, text="t")

    assert error == "user_not_in_channel"


async def test_only_its_reader_sees_an_ephemeral_message_and_no_history_holds_it(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    posted = await web.chat_postEphemeral(channel=DATABASES, user="U0ANA00001", text="psst")

    assert slack.member("ana").messages("databases")[0].ephemeral
    assert not slack.member("ben").messages("databases")
    assert not (await web.conversations_history(channel=DATABASES))["messages"]
    update = {"channel": DATABASES, "ts": posted["message_ts"], "text": "t"}
    assert await refusal(web, "chat.update", **update) == "message_not_found"


async def test_text_alone_removes_the_blocks_of_an_updated_message(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    posted = await web.chat_postMessage(channel=DATABASES, text="t", blocks=[SECTION])

    await web.chat_update(channel=DATABASES, ts=posted["ts"], text="new")

    message = slack.member("ana").messages()[0]
    assert (message.text, message.blocks, message.edited) == ("new", (), True)


async def test_blocks_alone_keep_the_text_and_show_no_edited_mark(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    posted = await web.chat_postMessage(channel=DATABASES, text="t", blocks=[SECTION])

    await web.api_call(
        "chat.update", json={"channel": DATABASES, "ts": posted["ts"], "blocks": [SECTION] * 2}
    )

    message = slack.member("ana").messages()[0]
    assert (message.text, len(message.blocks), message.edited) == ("t", 2, False)


@pytest.mark.parametrize(
    ("method", "error"),
    [("chat.update", "cant_update_message"), ("chat.delete", "cant_delete_message")],
)
async def test_a_bot_changes_only_its_own_messages(
    slack: SlackSandbox, web: AsyncWebClient, method: str, error: str
) -> None:
    await slack.member("ana").says("mine", "databases")
    ts = slack.member("ana").messages("databases")[0].ts

    assert await refusal(web, method, channel=DATABASES, ts=ts, text="t") == error
    assert await refusal(web, method, channel=DATABASES, ts="1.2", text="t") == "message_not_found"


async def test_an_update_takes_at_most_4000_characters(web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel=DATABASES, text="t")

    update = {"channel": DATABASES, "ts": posted["ts"], "text": "x" * 4001}

    assert await refusal(web, "chat.update", **update) == "msg_too_long"


async def test_a_deleted_message_is_gone(slack: SlackSandbox, web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel=DATABASES, text="t")

    await web.chat_delete(channel=DATABASES, ts=posted["ts"])

    assert not slack.member("ana").messages()
    assert [str(it.kind) for it in slack.member("ana").feed] == ["posted", "deleted"]


async def test_history_gives_metadata_back_when_asked(web: AsyncWebClient) -> None:
    metadata = {"event_type": "request", "event_payload": {"id": "RDS-1"}}
    posted = await web.chat_postMessage(channel=DATABASES, text="t", metadata=metadata)
    await web.chat_update(channel=DATABASES, ts=posted["ts"], text="new")

    asked = await web.conversations_history(channel=DATABASES, include_all_metadata=True)
    plain = await web.conversations_history(channel=DATABASES)

    assert asked["messages"][0]["metadata"] == metadata
    assert "metadata" not in plain["messages"][0]


async def test_metadata_needs_its_two_fields(web: AsyncWebClient) -> None:
    message = {"channel": DATABASES, "text": "t", "metadata": {"id": "RDS-1"}}

    assert await refusal(web, "chat.postMessage", **message) == "invalid_metadata_schema"


async def test_history_is_newest_first_and_paged_and_leaves_replies_to_their_thread(
    web: AsyncWebClient,
) -> None:
    posted = [await web.chat_postMessage(channel=DATABASES, text=str(n)) for n in range(3)]
    first = posted[0]["ts"]
    await web.chat_postMessage(channel=DATABASES, text="reply", thread_ts=first)

    page = await web.conversations_history(channel=DATABASES, limit=2)
    cursor = page["response_metadata"]["next_cursor"]
    rest = await web.conversations_history(channel=DATABASES, limit=2, cursor=cursor)
    newer = await web.conversations_history(channel=DATABASES, oldest=first)
    thread = await web.conversations_replies(channel=DATABASES, ts=first)

    assert [it["text"] for it in page["messages"]] == ["2", "1"]
    assert [it["text"] for it in rest["messages"]] == ["0"]
    assert [it["text"] for it in newer["messages"]] == ["2", "1"]
    assert [it["text"] for it in thread["messages"]] == ["0", "reply"]
    assert thread["messages"][0]["reply_count"] == 1


async def test_people_come_with_what_decides_about_them(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    slack.workspace.change("eve", enterprise_id="E0OTHER001", is_stranger=True)
    users = {
        it["name"]: it async for page in await web.users_list(limit=4) for it in page["members"]
    }

    assert len(users) == len(slack.workspace.people)
    assert users["emil"]["tz"] == "Asia/Tokyo"
    assert users["gil"]["is_restricted"]
    assert users["zoe"]["deleted"]
    assert "tz" not in users["zoe"]
    assert users["eve"]["team_id"] != (await web.auth_test())["team_id"]
    assert users["eve"]["enterprise_user"]["enterprise_id"] == "E0OTHER001"
    assert "email" not in users["ana"]["profile"]


async def test_the_workspace_and_the_bot_introduce_themselves(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    team, about = await web.team_info(), await web.bots_info(bot=slack.workspace.app.bot_id)

    assert team["team"]["id"] == slack.workspace.team_id
    assert about["bot"]["user_id"] == slack.workspace.app.user_id
    assert await refusal(web, "bots.info", bot="B0OTHER001") == "bot_not_found"


async def test_groups_list_their_members_even_the_deactivated(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    slack.workspace.leave_group("dbas", "emil")
    slack.workspace.join_group("dbas", "ana")

    groups = await web.usergroups_list(include_users=True)
    members = await web.usergroups_users_list(usergroup="S0DBAS0001")

    assert members["users"] == ["U0ANA00001", "U0DORA0001", "U0ZOE00001"]
    assert groups["usergroups"][0]["users"] == members["users"]
    unknown = {"usergroup": "S0NOTHING1"}
    assert await refusal(web, "usergroups.users.list", **unknown) == "no_such_subteam"


async def test_channels_tell_whether_strangers_read_along(web: AsyncWebClient) -> None:
    listed = await web.conversations_list(types="public_channel,private_channel")
    shared = {it["name"]: it["is_ext_shared"] for it in listed["channels"]}

    assert shared["partner-shared"]
    assert not shared["databases"]
    assert (await web.conversations_info(channel="C0RANDOM01"))["channel"]["is_member"] is False
    assert (await web.conversations_members(channel="C0PARTNER1"))["members"][0] == "U0ANA00001"


async def test_a_direct_message_is_opened_and_reached_by_user_id(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    opened = await web.conversations_open(users="U0ANA00001")
    posted = await web.chat_postMessage(channel="U0ANA00001", text="hello")

    assert posted["channel"] == opened["channel"]["id"]
    assert [it.text for it in slack.member("ana").direct_messages()] == ["hello"]
    assert not slack.member("ben").messages()
    assert await refusal(web, "conversations.open", users="U0ZOE00001") == "user_disabled"


async def test_a_permalink_leads_to_the_thread(web: AsyncWebClient) -> None:
    parent = await web.chat_postMessage(channel="databases", text="t")
    reply = await web.chat_postMessage(channel="#databases", text="t", thread_ts=parent["ts"])

    link = (await web.chat_getPermalink(channel=DATABASES, message_ts=reply["ts"]))["permalink"]

    assert link.endswith(f"?thread_ts={parent['ts']}&cid={DATABASES}")


async def test_a_reaction_can_be_added_once(slack: SlackSandbox, web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel=DATABASES, text="t")
    reaction = {"channel": DATABASES, "timestamp": posted["ts"], "name": "eyes"}

    await web.api_call("reactions.add", params=reaction)

    assert await refusal(web, "reactions.add", **reaction) == "already_reacted"
    assert slack.member("ana").messages()[0].message.reactions == (("eyes", "U0RDSBOT01"),)


async def test_forms_queries_and_json_are_read_alike(slack: SlackSandbox) -> None:
    web = AsyncWebClient(slack.bot_token, base_url=slack.url)
    message = {"channel": DATABASES, "text": "t", "blocks": '[{"type": "divider"}]'}

    await web.api_call("chat.postMessage", data=message)
    await web.api_call("chat.postMessage", http_verb="GET", params=message)
    await web.api_call("chat.postMessage", json={**message, "blocks": [{"type": "divider"}]})

    assert [it.blocks[0]["type"] for it in slack.member("ana").messages()] == ["divider"] * 3


async def test_the_journal_holds_every_call(slack: SlackSandbox, web: AsyncWebClient) -> None:
    await web.chat_postMessage(channel=DATABASES, text="t")
    await refusal(web, "chat.postMessage", channel="C0NOWHERE1", text="t")

    good, bad = slack.called("chat.postMessage")

    assert (good.arguments["text"], good.ok, good.answer["channel"]) == ("t", True, DATABASES)
    assert (bad.ok, bad.error, bad.status) == (False, "channel_not_found", 200)
