"""Who sees what, and what people cannot do."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack import ImpossibleError, Kind, SlackSandbox, demo_workspace
from bot.sandbox.slack.member import escaped

BUTTONS: list[dict[str, Any]] = [
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": f"RDS-{n}"},
        "accessory": {
            "type": "button",
            "action_id": "show",
            "value": f"RDS-{n}",
            "text": {"type": "plain_text", "text": "Show"},
        },
    }
    for n in (1, 2)
]


async def test_people_see_the_channels_they_are_in(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    await web.chat_postMessage(channel="rds-approvals", text="for approvers")
    slack.workspace.join_channel("rds-approvals", "ben")
    await web.chat_postMessage(channel="rds-approvals", text="second")

    assert not slack.member("ana").messages()
    assert len(slack.member("dora").messages("rds-approvals")) == 2
    assert [it.text for it in slack.member("ben").feed] == ["second"]


async def test_waiting_in_vain_shows_what_is_on_the_screen(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    await web.chat_postMessage(channel="databases", text="something else")

    with pytest.raises(AssertionError, match="something else"):
        await slack.member("ana").sees("RDS-1", within=0.01)


async def test_waiting_accepts_a_predicate(slack: SlackSandbox, web: AsyncWebClient) -> None:
    await web.chat_postMessage(channel="databases", text="t", blocks=BUTTONS)

    message = await slack.member("ana").sees(lambda it: len(it.actions) == 2)

    assert [it.value for it in message.actions] == ["RDS-1", "RDS-2"]


async def test_of_two_like_buttons_the_value_must_be_said(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    await web.chat_postMessage(channel="databases", text="t", blocks=BUTTONS)
    ana = slack.member("ana")
    message = await ana.sees("RDS-1")

    with pytest.raises(ImpossibleError, match="say which value"):
        await ana.clicks(message, "show")
    click = await ana.clicks(message, "show", value="RDS-2")

    assert click.payload["actions"][0]["value"] == "RDS-2"
    assert click.payload["message"]["ts"] == message.ts
    assert click.payload["container"]["is_ephemeral"] is False


async def test_a_click_on_an_ephemeral_message_carries_no_message(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    ana = slack.member("ana")
    await web.chat_postEphemeral(channel="databases", user=ana.id, text="t", blocks=BUTTONS[:1])

    click = await ana.clicks(await ana.sees("RDS-1"), "show")

    assert "message" not in click.payload
    assert click.payload["container"]["is_ephemeral"] is True


async def test_nobody_clicks_what_they_do_not_see(slack: SlackSandbox, web: AsyncWebClient) -> None:
    await web.chat_postMessage(channel="rds-approvals", text="t", blocks=BUTTONS)
    message = await slack.member("dora").sees("RDS-1")

    with pytest.raises(ImpossibleError, match="does not see that message"):
        await slack.member("ana").clicks(message, "show", "RDS-1")


async def test_an_external_person_acts_under_their_own_team(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    await web.chat_postMessage(channel="partner-shared", text="t", blocks=BUTTONS)
    eve = slack.member("eve")

    click = await eve.clicks(await eve.sees("RDS-1"), "show", "RDS-1")

    assert click.payload["user"]["team_id"] == "T0OTHER001"
    assert click.payload["team"]["id"] == slack.workspace.team_id


@pytest.mark.parametrize(
    ("who", "line", "channel", "why"),
    [
        ("zoe", "/rds", None, "deactivated"),
        ("ana", "/rds", "rds-approvals", "is not in #rds-approvals"),
        ("ana", "/sql", None, "not a valid command"),
        ("ana", "/rds", "nowhere", "no channel 'nowhere'"),
    ],
)
async def test_what_slacks_client_does_not_allow(
    slack: SlackSandbox, who: str, line: str, channel: str | None, why: str
) -> None:
    with pytest.raises(ImpossibleError, match=why):
        await slack.member(who).types(line, channel)


async def test_a_person_who_left_cannot_click_but_an_old_click_may_come_late(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    await web.chat_postMessage(channel="databases", text="t", blocks=BUTTONS[:1])
    emil = slack.member("emil")
    message = await emil.sees("RDS-1")
    click = await emil.clicks(message, "show")
    slack.workspace.deactivate("emil")

    again = await slack.redeliver(click, same_envelope=False)

    with pytest.raises(ImpossibleError, match="deactivated"):
        await emil.clicks(message, "show")
    assert again.payload["user"]["id"] == emil.id
    assert (await web.users_info(user=emil.id))["user"]["deleted"]


async def test_an_unanswered_click_is_told_to_the_person(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    await web.chat_postMessage(channel="databases", text="t", blocks=BUTTONS[:1])
    ana = slack.member("ana")

    await ana.clicks(await ana.sees("RDS-1"), "show")

    told = await ana.sees_entry(lambda it: it.kind is Kind.SLACK_ERROR)
    assert "dispatch_failed" in told.text


async def test_a_command_may_be_typed_to_the_bot_itself(slack: SlackSandbox) -> None:
    typed = await slack.member("ana").types("/rds  list")

    assert typed.payload["channel_name"] == "directmessage"
    assert typed.payload["text"] == "list"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("ask @emil", "ask <@U0EMIL0001|emil>"),
        ("ask @dbas in #databases", "ask <!subteam^S0DBAS0001|@dbas> in <#C0DATABASE|databases>"),
        ("mail ana@example.com", "mail ana@example.com"),
        ("ask @nobody <!channel> & #9", "ask @nobody <!channel> & #9"),
    ],
)
def test_names_are_escaped_as_slack_does(typed: str, sent: str) -> None:
    assert escaped(typed, demo_workspace()) == sent


async def test_a_reload_forgets_ephemeral_messages(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    ana = slack.member("ana")
    await web.chat_postEphemeral(channel="databases", user=ana.id, text="psst")

    ana.reloads()

    assert not ana.messages()
    assert [it.kind for it in ana.feed] == [Kind.EPHEMERAL]


async def test_the_feed_can_be_followed_live(slack: SlackSandbox, web: AsyncWebClient) -> None:
    await web.chat_postMessage(channel="databases", text="first")
    following = slack.member("ana").deliveries()
    first = await anext(following)

    await web.chat_postMessage(channel="databases", text="second")

    assert "first" in first.text
    assert "second" in (await anext(following)).text
    await following.aclose()


async def respond(slack: SlackSandbox, url: str, **body: Any) -> tuple[int, str]:
    answer = await AsyncWebhookClient(url, retry_handlers=[]).send(**body)
    return answer.status_code, answer.body


async def test_a_response_url_works_five_times(slack: SlackSandbox) -> None:
    typed = await slack.member("ana").types("/rds", "random")
    url = typed.payload["response_url"]

    answers = [await respond(slack, url, text=str(n)) for n in range(6)]

    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1][1]
    seen = slack.member("ana").messages("random")
    assert [it.text for it in seen] == ["0", "1", "2", "3", "4"]
    assert all(it.ephemeral for it in seen)
    assert len(slack.called("response_url")) == 6


async def test_a_response_url_ends_after_half_an_hour() -> None:
    now = 1_792_000_000.0
    async with SlackSandbox(now=lambda: now) as slack:
        typed = await slack.member("ana").types("/rds", "random")
        now += 30 * 60 + 1

        status, body = await respond(slack, typed.payload["response_url"], text="late")

    assert (status, "expired_url" in body) == (404, True)


async def test_a_response_replaces_and_deletes_the_message_that_was_clicked(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    ana = slack.member("ana")
    await web.chat_postEphemeral(channel="databases", user=ana.id, text="t", blocks=BUTTONS[:1])
    url = (await ana.clicks(await ana.sees("RDS-1"), "show")).payload["response_url"]

    await respond(slack, url, text="replaced", replace_original=True)
    replaced = ana.messages()
    await respond(slack, url, delete_original=True)

    assert [(it.text, it.ephemeral, it.actions) for it in replaced] == [("replaced", True, ())]
    assert not ana.messages()


async def test_an_in_channel_response_is_for_everyone(slack: SlackSandbox) -> None:
    typed = await slack.member("ana").types("/rds", "random")

    await respond(slack, typed.payload["response_url"], text="all", response_type="in_channel")

    assert [it.text for it in slack.member("ben").messages("random")] == ["all"]
