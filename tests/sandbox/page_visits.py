"""A browser's view of the workspace page: real HTTP, a real WebSocket, and a small Bolt app."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox

Json = dict[str, Any]
DATABASES = "C0DATABASE"
ANA, DORA = "U0ANA00001", "U0DORA0001"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def choices(*names: str) -> list[Json]:
    return [{"text": plain(it), "value": it} for it in names]


def button(block: str, value: str) -> Json:
    pressed = {"type": "button", "action_id": "press", "value": value, "text": plain(value)}
    return {"type": "actions", "block_id": block, "elements": [pressed]}


MENU: Json = {
    "type": "actions",
    "block_id": "menu",
    "elements": [
        {"type": "overflow", "action_id": "more", "options": choices("copy", "delete")},
        {
            "type": "external_select",
            "action_id": "find",
            "placeholder": plain("Database"),
            "min_query_length": 2,
        },
    ],
}
#: Two buttons of one action id and value, told apart by their blocks.
CARD = [button("first", "yes"), button("second", "yes"), MENU]
FORM: Json = {
    "type": "modal",
    "callback_id": "why",
    "title": plain("Reason"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": plain("Reason"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "boxes",
            "optional": True,
            "label": plain("Boxes"),
            "element": {
                "type": "checkboxes",
                "action_id": "some",
                "options": choices("one", "two"),
            },
        },
    ],
}


class App:
    """`/rds WORD` does what the word says; `heard` is what the presses and picks were."""

    def __init__(self, slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
        self.heard: list[str] = []
        self.client = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
        app = AsyncApp(client=self.client, process_before_response=True)
        self.handler: Any = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
        app.command("/rds")(self.command)
        app.action("press")(self.press)
        app.action("more")(self.pick)
        app.action("find")(self.pick)
        app.options("find")(self.options)
        app.view("why")(self.why)
        app.event("app_home_opened")(self.home)
        app.event("app_mention")(self.mention)

    async def command(self, ack: Any, body: Json) -> None:
        match body["text"]:
            case "silence":
                return
            case "card":
                await ack()
                await self.client.chat_postMessage(channel=DATABASES, text="RDS-1", blocks=CARD)
            case "form":
                await ack()
                await self.client.views_open(trigger_id=body["trigger_id"], view=FORM)
            case word:
                await ack(f"{word} is for you alone")

    async def press(self, ack: Any, body: Json, respond: Any) -> None:
        await ack()
        self.heard.append(f"{body['actions'][0]['block_id']} by {body['user']['id']}")
        await respond(text="pressed", blocks=CARD[:1], replace_original=True)

    async def pick(self, ack: Any, body: Json) -> None:
        await ack()
        self.heard.append(body["actions"][0]["selected_option"]["value"])

    async def options(self, ack: Any, body: Json) -> None:
        await ack(options=choices(f"{body['value']}-test", f"{body['value']}-prod"))

    async def why(self, ack: Any, view: Json) -> None:
        values = view["state"]["values"]
        said = values["reason"]["text"]["value"]
        if said == "no":
            await ack(response_action="errors", errors={"reason": "Say more."})
        elif said != "silence":
            self.heard += [
                said,
                *(it["value"] for it in values["boxes"]["some"]["selected_options"]),
            ]
            await ack()

    async def home(self, event: Json) -> None:
        view = {"type": "home", "blocks": [button("at home", "yes")]}
        await self.client.views_publish(user_id=event["user"], view=view)

    async def mention(self, event: Json) -> None:
        self.heard.append(event["text"])


@asynccontextmanager
async def connected_app(slack: SlackSandbox) -> AsyncIterator[App]:
    async with aiohttp.ClientSession() as session:
        app = App(slack, session)
        await app.handler.connect_async()
        await slack.connected()
        yield app
        await app.handler.close_async()


@dataclass
class Screen:
    """What one open page shows; `latest` is the newest snapshot."""

    socket: aiohttp.ClientWebSocketResponse
    latest: Json

    async def until(self, claim: Callable[[Json], object]) -> Json:
        """The first snapshot, this one included, of which the claim is true."""
        async with asyncio.timeout(10):
            while not claim(self.latest):
                self.latest = await self.socket.receive_json()
        return self.latest


class Browser:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def get(self, path: str, **how: Any) -> tuple[int, Json]:
        async with self._session.get(self._url + path, **how) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, **how: Any) -> tuple[int, Json]:
        async with self._session.post(self._url + path, **how) as answer:
            return answer.status, await answer.json()

    async def does(self, who: str, verb: str, **body: Any) -> Json:
        status, answer = await self.post(f"api/people/{who}/{verb}", json=body)
        assert status == 200, answer
        return answer

    async def loads(self, path: str) -> tuple[int, str, bytes]:
        async with self._session.get(self._url + path) as answer:
            return answer.status, answer.content_type, await answer.read()

    @asynccontextmanager
    async def looks(self, who: str) -> AsyncIterator[Screen]:
        async with self._session.ws_connect(f"{self._url}api/people/{who}/screen") as socket:
            yield Screen(socket, await socket.receive_json())


def messages(screen: Json, channel: str = DATABASES) -> list[Json]:
    """Oldest first; none where the person is not in that channel."""
    return [
        it for place in screen["channels"] if place["id"] == channel for it in place["messages"]
    ]


def on(message: Json, channel: str = DATABASES) -> Json:
    return {"kind": "message", "channel": channel, "ts": message["ts"]}
