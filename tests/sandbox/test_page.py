"""The workspace page's server: what people see there, and that what they do is what Slack does."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.page import UnbuiltError, WorkspacePage, built_page
from bot.sandbox.page.assets import BUILT
from bot.sandbox.slack import App as Installed
from bot.sandbox.slack import Command, Shortcut, SlackSandbox, demo_workspace
from bot.sandbox.slack.demo import SCOPES
from tests.sandbox.page_visits import (
    ANA,
    DATABASES,
    DORA,
    App,
    Browser,
    Json,
    Screen,
    connected_app,
    messages,
    on,
)
from tests.stories.stage import until

CLIENT = BUILT.parent / "client"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
#: For a test in which the app is silent: Slack does not wait long for it.
UNACKNOWLEDGED = pytest.mark.parametrize("ack_seconds", [0.1])


@pytest.fixture
async def slack(ack_seconds: float) -> AsyncIterator[SlackSandbox]:
    installed = Installed(
        scopes=SCOPES,
        commands=(Command("/rds", description="Databases", usage_hint="help"),),
        shortcuts=(Shortcut("Ask about this", "message", "ask", "Opens a form"),),
    )
    async with SlackSandbox(demo_workspace(installed), ack_seconds=ack_seconds) as sandbox:
        yield sandbox


@pytest.fixture
async def app(slack: SlackSandbox) -> AsyncIterator[App]:
    async with connected_app(slack) as app:
        yield app


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name, text in (("index.html", "<p>page</p>"), ("app.js", "1"), ("app.css", "p {}")):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
async def page(slack: SlackSandbox, built: Path) -> AsyncIterator[WorkspacePage]:
    async with WorkspacePage(slack, built=built) as page:
        yield page


@pytest.fixture
async def browser(page: WorkspacePage) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        yield Browser(session, page.url)


@pytest.fixture
async def screen(browser: Browser) -> AsyncIterator[Screen]:
    """Ana's."""
    async with browser.looks(ANA) as screen:
        yield screen


@pytest.fixture
async def card(app: App, browser: Browser, screen: Screen) -> Json:
    await browser.does(ANA, "type", line="/rds card", channel=DATABASES)
    return messages(await screen.until(messages))[0]


async def form(browser: Browser, screen: Screen) -> Json:
    await browser.does(ANA, "type", line="/rds form", channel=DATABASES)
    [view] = (await screen.until(lambda it: it["views"]))["views"]
    return dict(view)


# -- seeing


async def test_the_workspace_says_who_and_what_there_is(browser: Browser) -> None:
    status, found = await browser.get("api/workspace")

    kinds = {it["name"]: it["kind"] for it in found["people"]}
    assert status == 200
    assert kinds == {
        **dict.fromkeys(("ana", "ben", "dora", "emil", "pat"), "member"),
        "gil": "guest",
        "eve": "external",
        "zoe": "deactivated",
    }
    assert found["me"] == ANA
    assert found["app"]["name"] == "rds-bot"
    assert found["commands"] == [{"name": "/rds", "description": "Databases", "usageHint": "help"}]
    assert found["shortcuts"][0]["callbackId"] == "ask"
    assert {"id": "C0PARTNER1", "name": "partner-shared", "isPrivate": False, "isShared": True} in (
        found["channels"]
    )


async def test_people_live_in_different_time_zones(browser: Browser) -> None:
    _, found = await browser.get("api/workspace")

    zones = [it["tz"] for it in found["people"] if it["kind"] != "deactivated"]
    assert len(zones) == len(set(zones))


async def test_a_screen_holds_the_persons_own_channels_and_the_direct_message_last(
    browser: Browser, screen: Screen
) -> None:
    async with browser.looks("eve") as eve:
        names = [it["name"] for it in eve.latest["channels"]]

    mine = screen.latest["channels"]
    assert names == ["partner-shared", "rds-bot"]
    assert [it["name"] for it in mine][-1] == "rds-bot"
    assert (mine[-1]["kind"], mine[-1]["canPost"]) == ("im", True)
    assert "dba-only" not in [it["name"] for it in mine]
    assert screen.latest["home"] is None


async def test_an_ephemeral_answer_is_on_one_screen_only(
    app: App, browser: Browser, screen: Screen
) -> None:
    async with browser.looks(DORA) as other:
        answer = await browser.does(ANA, "type", line="/rds this", channel=DATABASES)
        [mine] = messages(await screen.until(messages))
        await browser.does(DORA, "say", text="hello", channel=DATABASES)
        theirs = messages(await other.until(messages))

    assert answer == {"ok": True, "acknowledged": True}
    assert (mine["text"], mine["ephemeral"]) == ("this is for you alone", True)
    assert [it["text"] for it in theirs] == ["hello"]


async def test_replies_are_counted_and_marked(browser: Browser, screen: Screen) -> None:
    await browser.does(ANA, "say", text="one", channel=DATABASES)
    [first] = messages(await screen.until(messages))

    await browser.does(DORA, "say", text="two", channel=DATABASES, threadTs=first["ts"])

    first, reply = messages(await screen.until(lambda it: len(messages(it)) == 2))
    assert (first["replyCount"], first["isReply"]) == (1, False)
    assert (reply["threadTs"], reply["isReply"], reply["author"]) == (first["ts"], True, DORA)


async def test_several_pages_of_one_person_show_the_same_and_one_may_close(
    browser: Browser, screen: Screen, page: WorkspacePage
) -> None:
    async with browser.looks(ANA) as second:
        await browser.does(ANA, "say", text="one", channel=DATABASES)
        assert messages(await second.until(messages)) == messages(await screen.until(messages))

    await browser.does(ANA, "say", text="two", channel=DATABASES)
    assert await screen.until(lambda it: len(messages(it)) == 2)


async def test_many_changes_at_once_become_few_snapshots(
    slack: SlackSandbox, browser: Browser, screen: Screen
) -> None:
    channel, snapshots = slack.workspace.channel(DATABASES), 0
    for number in range(100):
        slack.world.post(channel, ANA, text=str(number))
        await asyncio.sleep(0)

    while len(messages(screen.latest)) < 100:
        screen.latest = await screen.socket.receive_json()
        snapshots += 1
    assert snapshots < 10


async def test_the_page_closes_while_people_look(slack: SlackSandbox, built: Path) -> None:
    async with aiohttp.ClientSession() as session:
        async with WorkspacePage(slack, built=built) as page:
            socket = await session.ws_connect(f"{page.url}api/people/{ANA}/screen")
            await socket.receive_json()
        assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


# -- doing


async def test_buttons_of_one_action_id_are_told_apart_by_their_block(
    app: App, browser: Browser, screen: Screen, card: Json
) -> None:
    await browser.does(
        ANA, "click", surface=on(card), actionId="press", blockId="second", value="yes"
    )

    changed = await screen.until(lambda it: messages(it)[0]["text"] == "pressed")
    assert app.heard == [f"second by {ANA}"]
    assert len(messages(changed)[0]["blocks"]) == 1


async def test_overflow_menus_and_searched_options_can_be_chosen(
    app: App, browser: Browser, card: Json
) -> None:
    find = {"surface": on(card), "actionId": "find", "blockId": "menu"}

    none = await browser.does(ANA, "search", **find, text="o")
    found = await browser.does(ANA, "search", **find, text="orders")
    await browser.does(ANA, "choose", **find, value="orders-prod")
    await browser.does(
        ANA, "choose", surface=on(card), actionId="more", blockId="menu", value="delete"
    )

    assert none == {"ok": True, "options": []}
    assert [it["value"] for it in found["options"]] == ["orders-test", "orders-prod"]
    assert app.heard == ["orders-prod", "delete"]


async def test_a_form_is_filled_in_refused_by_slack_then_by_the_app_and_accepted(
    app: App, browser: Browser, screen: Screen
) -> None:
    view = await form(browser, screen)

    empty = await browser.does(ANA, "submit", viewId=view["id"], values={"reason": ""})
    refused = await browser.does(ANA, "submit", viewId=view["id"], values={"reason": "no"})
    shown = (await screen.until(lambda it: "Say more." in str(it["views"])))["views"][0]
    values = {"reason": "because", "boxes": ["two"]}
    accepted = await browser.does(ANA, "submit", viewId=view["id"], values=values)

    assert (view["title"], view["submit"], view["close"]) == ("Reason", "Send", "Cancel")
    assert empty["errors"] == {"reason": "Please complete this required field."}
    assert refused["errors"] == shown["errors"] == {"reason": "Say more."}
    assert shown["values"]["reason"]["text"]["value"] == "no"
    assert accepted == {"ok": True, "errors": {}}
    assert app.heard == ["because", "two"]
    assert (await screen.until(lambda it: not it["views"]))["views"] == []


@UNACKNOWLEDGED
async def test_a_form_that_the_app_does_not_take_stays_and_says_so(
    app: App, browser: Browser, screen: Screen
) -> None:
    view = await form(browser, screen)

    answer = await browser.does(ANA, "submit", viewId=view["id"], values={"reason": "silence"})

    assert (answer["ok"], "trouble connecting" in answer["error"]) == (False, True)
    assert screen.latest["views"][0]["id"] == view["id"]


async def test_a_field_keeps_what_was_chosen_before_the_form_is_sent(
    app: App, browser: Browser, screen: Screen
) -> None:
    view = await form(browser, screen)
    surface = {"kind": "view", "id": view["id"]}

    await browser.does(
        ANA, "choose", surface=surface, actionId="some", blockId="boxes", value=["one"]
    )

    async with browser.looks(ANA) as again:
        [now] = again.latest["views"]
    assert [it["value"] for it in now["values"]["boxes"]["some"]["selected_options"]] == ["one"]


async def test_closing_a_form(app: App, browser: Browser, screen: Screen) -> None:
    view = await form(browser, screen)

    await browser.does(ANA, "close", viewId=view["id"])
    again = await browser.does(ANA, "close", viewId=view["id"])

    assert (again["ok"], again["error"]) == (False, "That form is not open (any more).")


@UNACKNOWLEDGED
async def test_the_home_tab_opens_and_its_buttons_work(
    app: App, browser: Browser, screen: Screen
) -> None:
    await browser.does(ANA, "home")
    shown = await screen.until(lambda it: it["home"])

    await browser.does(
        ANA, "click", surface={"kind": "home"}, actionId="press", blockId="at home", value="yes"
    )

    assert shown["home"]["blocks"][0]["block_id"] == "at home"
    await until(lambda: app.heard == [f"at home by {ANA}"])


@pytest.mark.parametrize("text", ["@rds-bot show it", "<@U0RDSBOT01> show it", "please @rds-bot"])
async def test_a_message_that_names_the_bot_reaches_it(
    app: App, browser: Browser, text: str
) -> None:
    await browser.does(ANA, "say", text=text, channel=DATABASES)
    await browser.does(ANA, "say", text="rds-bot, are you there?", channel=DATABASES)

    assert app.heard == [text.replace("@rds-bot", "<@U0RDSBOT01>")]


@UNACKNOWLEDGED
async def test_slack_itself_tells_of_unknown_commands_and_of_silence(
    app: App, browser: Browser, screen: Screen
) -> None:
    await browser.does(ANA, "type", line="/foo", channel=DATABASES)
    silent = await browser.does(ANA, "type", line="/rds silence", channel=DATABASES)

    told = (await screen.until(lambda it: len(it["notices"]) == 2))["notices"]
    assert silent["acknowledged"] is False
    assert told[0]["text"].startswith("/foo is not a valid command.")
    assert told[1]["text"] == '/rds failed with the error "operation_timeout"'


@UNACKNOWLEDGED
async def test_a_shortcut_must_be_one_of_the_apps(app: App, browser: Browser, card: Json) -> None:
    on_message = {"channel": DATABASES, "ts": card["ts"]}

    sent = await browser.does(ANA, "shortcut", callbackId="ask", **on_message)
    unknown = await browser.does(ANA, "shortcut", callbackId="ask")

    assert sent["ok"]
    assert unknown == {"ok": False, "error": "The app has no global shortcut ask."}


async def test_what_slacks_client_would_not_allow_is_a_sentence(
    app: App, browser: Browser, card: Json
) -> None:
    press = {"surface": on(card), "actionId": "press"}
    places = [
        await browser.does("zoe", "home"),
        await browser.does("eve", "say", text="hi", channel=DATABASES),
        await browser.does("eve", "click", **press, blockId="first"),
        await browser.does(ANA, "click", **press, blockId="third"),
        await browser.does(ANA, "click", surface={"kind": "home"}, actionId="x", blockId="y"),
        await browser.does(ANA, "choose", **{**press, "actionId": "find"}, blockId="menu", value=7),
    ]

    assert [it["ok"] for it in places] == [False] * 6
    assert "deactivated" in places[0]["error"]
    assert "eve is not in #databases" in places[1]["error"]
    assert "does not see that message" in places[2]["error"]
    assert "no such control" in places[3]["error"]
    assert "Home" in places[4]["error"]
    assert all("\n" not in it["error"] for it in places)


async def test_nobody_writes_where_the_messages_tab_is_read_only(
    slack: SlackSandbox, built: Path
) -> None:
    slack.workspace.app = Installed(scopes=SCOPES, messages_tab_read_only=True)
    async with (
        WorkspacePage(slack, built=built) as page,
        aiohttp.ClientSession() as session,
        Browser(session, page.url).looks(ANA) as screen,
    ):
        direct = screen.latest["channels"][-1]
        answer = await Browser(session, page.url).does(ANA, "say", text="hi", channel=direct["id"])

    assert direct["canPost"] is False
    assert answer["error"] == "Sending messages to this app has been turned off."


# -- files


async def test_files_are_shown_to_those_who_see_them_only(
    slack: SlackSandbox, browser: Browser, screen: Screen
) -> None:
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
        sent = await web.files_upload_v2(
            content=PNG, filename="cpu 1.png", title="CPU", alt_txt="It rose.", channel=DATABASES
        )
        [message] = messages(await screen.until(messages))
        image = {"type": "image", "alt_text": "CPU", "slack_file": {"id": sent["file"]["id"]}}
        await web.chat_postMessage(channel=DATABASES, text="chart", blocks=[image])
    pictured = messages(await screen.until(lambda it: len(messages(it)) == 2))[1]
    [file] = message["files"]

    assert (file["title"], file["altText"], file["mimetype"]) == ("CPU", "It rose.", "image/png")
    for url in (file["url"], pictured["blocks"][0]["image_url"]):
        assert await browser.loads(url.removeprefix("/")) == (200, "image/png", PNG)
        status, _, _ = await browser.loads(url.removeprefix("/").replace(ANA, "eve"))
        assert status == 404
    assert "slack_file" not in pictured["blocks"][0]


# -- doors


async def test_the_built_files_are_served_and_nothing_beside_them(browser: Browser) -> None:
    assert await browser.loads("") == (200, "text/html", b"<p>page</p>")
    assert (await browser.loads("app.js"))[0] == 200
    for path in ("server.py", "%2e%2e%2fserver.py", "..%2Fserver.py"):
        assert (await browser.loads(path))[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1"},
    ],
)
async def test_no_other_site_can_drive_it(
    page: WorkspacePage, browser: Browser, headers: dict[str, str]
) -> None:
    status, answer = await browser.post(
        f"api/people/{ANA}/say", json={"text": "hi", "channel": DATABASES}, headers=headers
    )
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{page.url}api/people/{ANA}/screen", headers=headers)

    assert (status, answer["ok"]) == (403, False)
    assert refused.value.status == 403


async def test_the_page_itself_may_ask_by_either_name(
    page: WorkspacePage, browser: Browser
) -> None:
    for origin in (page.url.rstrip("/"), page.url.rstrip("/").replace("127.0.0.1", "localhost")):
        headers = {"Origin": origin, "Host": origin.removeprefix("http://")}
        assert (await browser.get("api/workspace", headers=headers))[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("people/U0NOBODY/say", "{}", 404, "no person 'U0NOBODY'"),
        (f"people/{ANA}/fly", "{}", 404, "There is no fly. There are: type, say"),
        (f"people/{ANA}/say", "{", 400, "This does not read as say: Invalid JSON"),
        (f"people/{ANA}/say", "[]", 400, "This does not read as say"),
        (f"people/{ANA}/say", '{"channel": "C1"}', 400, "text: Field required"),
        (f"people/{ANA}/say", '{"channel": "C1", "text": "a", "x": 1}', 400, "x: Extra inputs"),
        (f"people/{ANA}/type", '{"channel": "C1", "line": ""}', 400, "line: "),
        (f"people/{ANA}/click", '{"surface": {"kind": "moon"}}', 400, "surface: "),
    ],
)
async def test_what_cannot_be_read_is_said_plainly(
    browser: Browser, path: str, body: str, status: int, words: str
) -> None:
    found, answer = await browser.post(f"api/{path}", data=body)

    assert (found, answer["ok"]) == (status, False)
    assert words in answer["error"]


async def test_it_takes_the_first_free_port(slack: SlackSandbox, built: Path) -> None:
    async with WorkspacePage(slack, built=built) as first:
        taken = int(first.url.rstrip("/").rpartition(":")[2])
        async with WorkspacePage(slack, (taken, 0), built) as second:
            assert second.url != first.url
        with pytest.raises(OSError, match="in use"):
            await WorkspacePage(slack, (taken,), built).__aenter__()


def test_a_page_that_is_not_built_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UnbuiltError, match="make page"):
        built_page(tmp_path)


def test_what_the_page_is_built_from_is_fixed_and_names_no_registry() -> None:
    packages = json.loads((CLIENT / "package-lock.json").read_text())["packages"]
    wanted = json.loads((CLIENT / "package.json").read_text())
    fetched = [it for place, it in packages.items() if place]

    assert all("integrity" in it and "resolved" not in it for it in fetched)
    for versions in (wanted["dependencies"], wanted["devDependencies"]):
        assert all(it[0].isdigit() for it in versions.values())
