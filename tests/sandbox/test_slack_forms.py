"""Filling in what a message or a modal offers, as Slack's client allows it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import ImpossibleError, SlackSandbox
from bot.sandbox.slack.payloads import trigger


def text(given: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": given}


def option(value: str) -> dict[str, Any]:
    return {"text": text(value.title()), "value": value}


def field(block_id: str, kind: str, optional: bool = True, **element: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "label": text(block_id),
        "element": {"type": kind, "action_id": "value", **element},
    }


FIELDS = [
    field("reason", "plain_text_input", optional=False, min_length=3, max_length=10),
    field("hours", "number_input", is_decimal_allowed=False, min_value="1", max_value="9"),
    field("class", "static_select", options=[option("small"), option("large")]),
    field("tags", "multi_static_select", options=[option("red"), option("blue")]),
    field("flags", "checkboxes", options=[option("force"), option("wait")]),
    field("who", "users_select"),
    field("where", "conversations_select"),
    field("day", "datepicker", initial_date="2026-11-20"),
    field("at", "timepicker"),
    field("mail", "email_text_input"),
    field("database", "external_select", min_query_length=2),
]


def form(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": text("Form"),
        "submit": text("Send"),
        "blocks": list(blocks),
    }


class FormBot:
    """Keeps what it is sent and answers submissions with `answer`."""

    def __init__(self, slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
        self.slack = slack
        self.heard: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}
        self.web = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
        self.app = AsyncApp(client=self.web, process_before_response=True)
        self.handler: Any = AsyncSocketModeHandler(self.app, slack.app_token)
        self.app.view("form")(self.submitted)
        self.app.options("value")(self.suggest)
        self.app.action("pick")(self.acted)
        self.app.shortcut("global")(self.acted)

    async def submitted(self, ack: Any, body: Any) -> None:
        self.heard.append(body)
        await ack(**self.answer)

    async def suggest(self, ack: Any, body: Any) -> None:
        self.heard.append(body)
        names = [it for it in ("orders-test", "orders-dev") if it.startswith(body["value"])]
        await ack(options=[option(it) for it in names])

    async def acted(self, ack: Any, body: Any) -> None:
        self.heard.append(body)
        await ack()

    async def opens(self, *blocks: dict[str, Any]) -> None:
        key = trigger(self.slack.world, self.slack.workspace.person("ana"))
        await self.web.views_open(trigger_id=key, view=form(*blocks))

    @property
    def values(self) -> dict[str, Any]:
        return {name: it["value"] for name, it in self.heard[-1]["view"]["state"]["values"].items()}


@pytest.fixture
async def bot(slack: SlackSandbox) -> AsyncIterator[FormBot]:
    async with aiohttp.ClientSession() as session:
        bot = FormBot(slack, session)
        await bot.handler.connect_async()
        await slack.connected()
        yield bot
        await bot.handler.close_async()


async def test_every_kind_of_input_arrives_as_slack_sends_it(
    slack: SlackSandbox, bot: FormBot
) -> None:
    await bot.opens(*FIELDS)

    sent = await slack.member("ana").submits(
        values={
            "reason": "because",
            "hours": 3,
            "class": "Large",
            "tags": ["red"],
            "flags": ["wait"],
            "who": "ben",
            "where": "cloudops",
            "at": "08:30",
            "database": "orders-test",
        }
    )

    assert sent.accepted
    values = bot.values
    assert values["reason"] == {"type": "plain_text_input", "value": "because"}
    assert values["hours"]["value"] == "3"
    assert values["class"]["selected_option"]["value"] == "large"
    assert [it["value"] for it in values["tags"]["selected_options"]] == ["red"]
    assert [it["value"] for it in values["flags"]["selected_options"]] == ["wait"]
    assert values["who"]["selected_user"] == "U0BEN00001"
    assert values["where"]["selected_conversation"] == "C0CLOUDOPS"
    assert values["day"]["selected_date"] == "2026-11-20"
    assert values["at"]["selected_time"] == "08:30"
    assert values["mail"]["value"] is None
    assert values["database"]["selected_option"]["value"] == "orders-test"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({}, "reason", "complete this required field"),
        ({"reason": "no"}, "reason", "at least 3"),
        ({"reason": "x" * 11}, "reason", "at most 10"),
        ({"reason": "fine", "hours": "many"}, "hours", "a number"),
        ({"reason": "fine", "hours": 1.5}, "hours", "a whole number"),
        ({"reason": "fine", "hours": 12}, "hours", "between 1 and 9"),
        ({"reason": "fine", "mail": "nobody"}, "mail", "email"),
    ],
)
async def test_slacks_client_refuses_a_bad_field_before_anything_is_sent(
    slack: SlackSandbox, bot: FormBot, values: dict[str, Any], field: str, words: str
) -> None:
    await bot.opens(*FIELDS)

    sent = await slack.member("ana").submits(values=values)

    assert words in sent.errors[field]
    assert not bot.heard
    assert (await slack.member("ana").sees_modal(words)).errors == sent.errors


@pytest.mark.parametrize(
    "values", [{"class": "huge"}, {"database": "invoices"}, {"colour": "red"}, {"who": "nobody"}]
)
async def test_nobody_enters_what_is_not_offered(
    slack: SlackSandbox, bot: FormBot, values: dict[str, Any]
) -> None:
    await bot.opens(*FIELDS)

    with pytest.raises(ImpossibleError, match=r"There are|It offers"):
        await slack.member("ana").submits(values={"reason": "fine", **values})


async def test_a_refusal_names_the_field_as_a_person_sees_it(
    slack: SlackSandbox, bot: FormBot
) -> None:
    await bot.opens({**field("class", "static_select", options=[option("small")]),
                     "label": text("Instance class")})  # fmt: skip

    with pytest.raises(ImpossibleError, match=r"^Instance class does not offer 'huge'"):
        await slack.member("ana").submits(values={"class": "huge"})


async def test_a_search_shows_what_the_bot_suggests_once_enough_is_typed(
    slack: SlackSandbox, bot: FormBot
) -> None:
    await bot.opens(*FIELDS[-1:], {"type": "divider"})
    ana = slack.member("ana")

    found = await ana.searches(ana.views()[-1], "value", "or")
    short = await ana.searches(ana.views()[-1], "value", "o")

    assert [it["value"] for it in found] == ["orders-test", "orders-dev"]
    assert short == ()
    assert len(bot.heard) == 1


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({"response_action": "clear"}, []),
        ({"response_action": "push", "view": form(*FIELDS[:1])}, ["Form", "Form"]),
        (
            {"response_action": "update", "view": {**form(*FIELDS[:1]), "title": text("Next")}},
            ["Next"],
        ),
    ],
)
async def test_an_acknowledgement_moves_the_stack(
    slack: SlackSandbox, bot: FormBot, answer: dict[str, Any], titles: list[str]
) -> None:
    await bot.opens(*FIELDS)
    bot.answer = answer

    await slack.member("ana").submits(values={"reason": "fine"})

    assert [it.title for it in slack.member("ana").views()] == titles


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"colour": "No such field."}},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
    ],
)
async def test_an_answer_that_slack_refuses_is_a_problem_that_the_person_sees(
    slack: SlackSandbox, bot: FormBot, answer: dict[str, Any]
) -> None:
    await bot.opens(*FIELDS)
    bot.answer = answer

    sent = await slack.member("ana").submits(values={"reason": "fine"})

    assert sent.problem is not None
    assert not sent.accepted
    assert "trouble connecting" in slack.member("ana").feed[-1].text


async def test_choices_outside_a_form_are_sent_at_once_and_remembered(
    slack: SlackSandbox, bot: FormBot
) -> None:
    select = {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")]}
    menu = {"type": "overflow", "action_id": "pick", "options": [option("c")]}
    blocks: list[dict[str, Any]] = [
        {"type": "actions", "block_id": "one", "elements": [select]},
        {"type": "section", "block_id": "two", "text": text("x"), "accessory": menu},
    ]
    await bot.web.chat_postMessage(channel="databases", text="t", blocks=blocks[:1])
    await bot.web.chat_postMessage(channel="databases", text="t", blocks=blocks[1:])
    first, second = slack.member("ana").messages()

    await slack.member("ana").chooses(first, "pick", "b")
    await slack.member("ana").chooses(second, "pick", "C")

    one, two = bot.heard
    assert one["actions"][0]["selected_option"]["value"] == "b"
    assert one["state"]["values"]["one"]["pick"]["selected_option"]["value"] == "b"
    assert two["actions"][0]["selected_option"]["value"] == "c"
    assert two["state"]["values"] == {}


async def test_typing_into_a_form_sends_nothing_until_it_is_submitted(
    slack: SlackSandbox, bot: FormBot
) -> None:
    await bot.opens(*FIELDS[:1])
    ana = slack.member("ana")

    sent = await ana.chooses(ana.views()[-1], "value", "because")

    assert sent is None
    assert (await ana.submits()).accepted
    assert bot.values["reason"]["value"] == "because"


async def test_a_shortcut_carries_a_trigger(slack: SlackSandbox, bot: FormBot) -> None:
    used = await slack.member("ana").uses_shortcut("global")

    assert used.acknowledged
    assert bot.heard[0]["trigger_id"]
