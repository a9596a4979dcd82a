"""Modals and the Home tab through the Web API."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Kind, SlackSandbox, demo_workspace
from bot.sandbox.slack.payloads import trigger

SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "block"}}


def modal(title: str, **more: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": title}
    return {"type": "modal", "title": text, "blocks": [SECTION], **more}


def ana_triggers(slack: SlackSandbox) -> str:
    return trigger(slack.world, slack.workspace.person("ana"))


async def refusal(web: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await web.api_call(method, json=arguments)
    return str(refused.value.response["error"])


async def test_a_trigger_opens_one_modal_only(slack: SlackSandbox, web: AsyncWebClient) -> None:
    key = ana_triggers(slack)

    await web.views_open(trigger_id=key, view=modal("First"))

    again = await refusal(web, "views.open", trigger_id=key, view=modal("Second"))
    assert again == "exchanged_trigger_id"
    assert [it.title for it in slack.member("ana").views()] == ["First"]


async def test_a_trigger_expires_after_three_seconds() -> None:
    now = 1_792_000_000.0
    async with SlackSandbox(demo_workspace(), now=lambda: now) as slack:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url)
        key = ana_triggers(slack)
        now += 3.1

        error = await refusal(web, "views.open", trigger_id=key, view=modal("Late"))

    assert error == "expired_trigger_id"


async def test_an_invented_trigger_opens_nothing(web: AsyncWebClient) -> None:
    error = await refusal(web, "views.open", trigger_id="1.2.x", view=modal("No"))

    assert error == "invalid_trigger_id"


async def test_a_fourth_modal_does_not_fit_on_the_stack(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    await web.views_open(trigger_id=ana_triggers(slack), view=modal("1"))
    for title in "23":
        await web.views_push(trigger_id=ana_triggers(slack), view=modal(title))

    error = await refusal(web, "views.push", trigger_id=ana_triggers(slack), view=modal("4"))

    assert error == "push_limit_reached"
    assert [it.title for it in slack.member("ana").views()] == ["1", "2", "3"]


async def test_nothing_is_pushed_without_an_open_modal(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    error = await refusal(web, "views.push", trigger_id=ana_triggers(slack), view=modal("1"))

    assert error == "not_found"


async def test_an_update_with_an_old_hash_conflicts(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    opened = (await web.views_open(trigger_id=ana_triggers(slack), view=modal("1")))["view"]
    await web.views_update(view_id=opened["id"], hash=opened["hash"], view=modal("2"))

    stale = {"view_id": opened["id"], "hash": opened["hash"], "view": modal("3")}

    assert await refusal(web, "views.update", **stale) == "hash_conflict"
    assert [it.kind for it in slack.member("ana").feed] == [Kind.MODAL_OPENED, Kind.MODAL_UPDATED]


async def test_a_modal_is_found_by_its_external_id(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    view = modal("1", external_id="form-1")
    await web.views_open(trigger_id=ana_triggers(slack), view=view)

    await web.views_update(external_id="form-1", view={**view, "title": modal("2")["title"]})

    assert slack.member("ana").views()[-1].title == "2"
    ben = trigger(slack.world, slack.workspace.person("ben"))
    assert await refusal(web, "views.open", trigger_id=ben, view=view) == "duplicate_external_id"


async def test_a_closed_modal_cannot_be_updated(slack: SlackSandbox, web: AsyncWebClient) -> None:
    opened = (await web.views_open(trigger_id=ana_triggers(slack), view=modal("1")))["view"]
    await slack.member("ana").closes()

    error = await refusal(web, "views.update", view_id=opened["id"], view=modal("2"))

    assert error == "not_found"


async def test_a_home_is_published_for_one_person_and_guards_its_hash(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    home = {"type": "home", "blocks": [SECTION]}
    first = (await web.views_publish(user_id="U0ANA00001", view=home))["view"]
    second = (await web.views_publish(user_id="U0ANA00001", view=home, hash=first["hash"]))["view"]

    stale = {"user_id": "U0ANA00001", "view": home, "hash": first["hash"]}

    assert second["id"] == first["id"]
    assert await refusal(web, "views.publish", **stale) == "hash_conflict"
    assert slack.member("ana").home() is not None
    assert slack.member("ben").home() is None


BUTTON: dict[str, Any] = {
    "type": "actions",
    "elements": [
        {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}}
    ],
}


async def test_buttons_in_a_modal_and_on_the_home_tab_carry_their_view(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    ana = slack.member("ana")
    await web.views_publish(user_id=ana.id, view={"type": "home", "blocks": [BUTTON]})
    await web.views_open(
        trigger_id=ana_triggers(slack), view=modal("1", blocks=[BUTTON], private_metadata="RDS-1")
    )

    in_modal = await ana.clicks(await ana.sees_modal("More"), "more")
    on_home = await ana.clicks(await ana.sees_home("More"), "more")

    assert in_modal.payload["view"]["private_metadata"] == "RDS-1"
    assert on_home.payload["view"]["type"] == "home"
    assert "response_url" not in in_modal.payload


async def test_the_trigger_of_a_click_in_a_modal_pushes_another(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    ana = slack.member("ana")
    await web.views_open(trigger_id=ana_triggers(slack), view=modal("1", blocks=[BUTTON]))
    click = await ana.clicks(ana.views()[-1], "more")

    await web.views_push(trigger_id=click.payload["trigger_id"], view=modal("2"))
    pushed = ana.views()[-1]

    assert (pushed.title, pushed.view.previous) == ("2", ana.views()[0].id)
    await ana.closes(pushed)
    assert [it.title for it in ana.views()] == ["1"]


async def test_closing_everything_tells_the_app_that_all_was_cleared(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    ana = slack.member("ana")
    await web.views_open(trigger_id=ana_triggers(slack), view=modal("1"))
    await web.views_push(trigger_id=ana_triggers(slack), view=modal("2", notify_on_close=True))

    told = await ana.closes(all_views=True)

    assert told is not None
    assert told.payload["is_cleared"]
    assert not ana.views()
