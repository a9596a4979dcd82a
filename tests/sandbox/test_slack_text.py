"""What a person reads in a terminal."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import bot.sandbox.slack
from bot.sandbox.slack import SlackSandbox, card, demo_workspace
from bot.sandbox.slack.cards import ANSI
from bot.sandbox.slack.columns import columns, table, width, wrap
from bot.sandbox.slack.mrkdwn import Eyes, read
from bot.sandbox.slack.payloads import trigger
from bot.sandbox.slack.text import Page, render

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
CARD = """\
╭─ RDS Ops Bot APP · #databases · 21:00 ───────────────────────────────────────────────────────╮
│ 🔄 Reboot orders-test                                                                        │
│ @ana asks, @dbas decide until Nov 20, 2026 at 21:00                                          │
│ Risk                                           Environment                                   │
│ medium                                         test                                          │
│ ──────────────────────────────────────────────────────────────────────────────────────────── │
│ rule tag:Environment  runbook (https://example.com)                                          │
│ [Approve]  [Reject]  [Later ▾]                                                               │
╰──────────────────────────────────────────────────────────────────────────────────────────────╯"""
FORM = """\
╭─ Reject RDS-1 ───────────────────────────────────────────╮
│ Reason                                                   │
│   [ why ]                                                │
│   ✗ Say more.                                            │
│   Everyone can read it.                                  │
│ Notify (optional)                                        │
│   ☑ Requester  ☐ Channel                                 │
╰─ [Back]  [Reject] ───────────────────────────────────────╯"""


def plain(given: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": given}


def mrkdwn(given: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": given}


BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": plain(":arrows_counterclockwise: Reboot orders-test")},
    {
        "type": "section",
        "text": mrkdwn(
            "<@U0ANA00001> asks, <!subteam^S0DBAS0001> decide until "
            f"<!date^{STAMP}^{{date_short}} at {{time}}|soon>"
        ),
    },
    {"type": "section", "fields": [mrkdwn("*Risk*\nmedium"), mrkdwn("*Environment*\n`test`")]},
    {"type": "divider"},
    {
        "type": "context",
        "elements": [mrkdwn("rule _tag:Environment_"), mrkdwn("<https://example.com|runbook>")],
    },
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": plain("Approve"), "style": "primary"},
            {"type": "button", "text": plain("Reject"), "action_id": "reject"},
            {"type": "users_select", "placeholder": plain("Later"), "action_id": "later"},
        ],
    },
]
MODAL: dict[str, Any] = {
    "type": "modal",
    "title": plain("Reject RDS-1"),
    "submit": plain("Reject"),
    "close": plain("Back"),
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": plain("Reason"),
            "hint": plain("Everyone can read it."),
            "element": {"type": "plain_text_input", "placeholder": plain("why")},
        },
        {
            "type": "input",
            "optional": True,
            "label": plain("Notify"),
            "element": {
                "type": "checkboxes",
                "options": [
                    {"text": plain("Requester"), "value": "r"},
                    {"text": plain("Channel"), "value": "c"},
                ],
                "initial_options": [{"text": plain("Requester"), "value": "r"}],
            },
        },
    ],
}


def eyes(who: str = "dora") -> Eyes:
    workspace = demo_workspace()
    return Eyes(workspace.person(who), workspace, NOW)


async def test_a_card_reads_well_in_the_readers_time_zone() -> None:
    async with SlackSandbox(now=NOW.timestamp) as slack:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url)
        await web.chat_postMessage(channel="databases", text="RDS-1", blocks=BLOCKS)

        seen = slack.member("emil").messages()[0]

    assert card(seen) == CARD
    assert "\x1b[1m" in card(seen, ink=ANSI)


async def test_a_form_shows_its_errors_hints_and_buttons(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    key = trigger(slack.world, slack.workspace.person("ana"))
    await web.views_open(trigger_id=key, view=MODAL)
    slack.world.show_form_errors(slack.world.views.stack("U0ANA00001")[0], {"reason": "Say more."})

    assert card(slack.member("ana").views()[0], 60) == FORM


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("*bold* _it_ ~gone~ `code_here`", "bold it gone code_here"),
        ("orders_test_1 and 2*3*4", "orders_test_1 and 2*3*4"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<@U0ANA00001|ana> in <#C0DATABASE|databases>", "@ana in #databases"),
        ("<@U0NOBODY01>", "@U0NOBODY01"),
        ("<!here> <!subteam^S0DBAS0001|@x>", "@here @dbas"),
        ("<https://e.com> <mailto:a@e.com|a@e.com>", "https://e.com a@e.com"),
        ("&gt; quoted\nnot", "▏ quoted\nnot"),
        ("```\nSELECT *a* FROM b\n```", "SELECT *a* FROM b"),
        (":lock: :unheard_of:", "🔒 :unheard_of:"),
    ],
)
def test_mrkdwn_is_read_as_on_the_screen(given: str, shown: str) -> None:
    assert read(given, eyes()) == shown


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("{date_num} {time_secs}", "2026-11-20 13:00:00"),
        ("{date}", "November 20th, 2026"),
        ("{date_long}", "Friday, November 20th, 2026"),
        ("{date_pretty}", "today"),
        ("{date_slash} {unheard}", "20/11/2026 {unheard}"),
    ],
)
def test_dates_are_shown_in_the_readers_time_zone(pattern: str, shown: str) -> None:
    assert read(f"<!date^{STAMP}^{pattern}|fallback>", eyes()) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(90, "1 minute ago"), (7200, "2 hours ago"), (-86400, "in 1 day")]
)
def test_ago_counts_from_now(seconds: int, shown: str) -> None:
    assert read(f"<!date^{STAMP - seconds}^{{ago}}|x>", eyes()) == shown


def test_a_broken_date_shows_its_fallback() -> None:
    assert read("<!date^soon^{date}|later>", eyes()) == "later"


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "user", "user_id": "U0ANA00001"},
                {"type": "text", "text": " wrote "},
                {"type": "link", "url": "https://e.com", "text": "this"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "b"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "c"}]},
    ],
}


def test_rich_text_keeps_its_structure() -> None:
    lines = render([RICH], Page(eyes(), 40))

    assert lines == ["@ana wrote this (https://e.com)", "1. a", "▏ b", "  c"]


def test_a_table_is_aligned_and_goes_on_in_the_next_line_where_the_page_ends() -> None:
    rows = [["name", "size"], ["orders-test", "20"], ["a-very-long-identifier", "1000"]]

    lines = table(rows, ["left", "right"], 20)

    assert lines == [
        "name          │ size",
        "──────────────┼─────",
        "orders-test   │   20",
        "a-very-long-i │ 1000",
        "dentifier     │     ",
    ]


def test_nothing_in_a_table_is_cut() -> None:
    cells = ["orders-test", "a sentence of many words that says what happened, " * 3, "one\ntwo"]

    lines = table([["name", "what", "more"], cells, cells], [], 80)

    assert max(map(width, lines)) <= 80
    assert sum(line.count("happened") for line in lines) == 6
    assert not [line for line in lines if "…" in line]


def test_a_chart_becomes_a_spark_line() -> None:
    data = [{"label": str(n), "value": n} for n in (1, 5, 8)]
    chart = {
        "type": "data_visualization",
        "title": "CPU",
        "chart": {"type": "line", "series": [{"name": "orders", "data": data}]},
    }

    assert render([chart], Page(eyes())) == ["📈 CPU", "  orders: ▁▅█ (last 8)"]


def test_wide_and_invisible_characters_are_measured() -> None:
    assert [width(it) for it in ("abc", "🔒", "é", "\u26a0\ufe0f")] == [3, 2, 1, 1]
    assert wrap("one two 🔒 three", 7) == ["one two", "🔒", "three"]
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]
    assert columns(["a", "b", "c"], 7) == ["a    b", "c"]


def test_the_sandbox_knows_nothing_of_the_bot() -> None:
    package = Path(bot.sandbox.slack.__file__).parent
    trees = [ast.parse(it.read_text()) for it in package.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    froms = [it.module or "" for it in nodes if isinstance(it, ast.ImportFrom)]

    assert froms
    assert {it for it in froms if it.startswith("bot")} == {
        it for it in froms if it.startswith("bot.sandbox.slack")
    }
    assert not {it.split(".")[0] for it in froms} & {"handlers", "storage", "charts", "sqlmodel"}
