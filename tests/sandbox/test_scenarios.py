"""Troubles of the demo: each leads to an incident, and the bar above the page sets them off."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.cli import Scenario
from bot.sandbox.aws import DEMO_FLEET, SCENARIOS, AWSSandbox
from bot.sandbox.page import WorkspacePage
from bot.sandbox.slack import SeenMessage, SlackSandbox, demo_workspace
from bot.sandbox.stage import Stage, staged
from tests.browser import chromium
from tests.browser.layout import faults
from tests.browser.visitor import PHONE, WIDE, visiting
from tests.sandbox.page_visits import Browser
from tests.stories.stage import until

#: Seconds until the bot has told of it, and has drawn it.
SOON = 40.0
TELLS = {
    "leak": ("orders-staging", "connections"),
    "cascade": ("shop-staging-1", "commit latency"),
    "full-disk": ("orders-test", "free storage"),
    "failover": ("orders-staging", "read latency"),
    "security": ("billing-staging", "attempts"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    aws_server: AWSSandbox, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    aws_server.reset()
    aws_server.seed(DEMO_FLEET)
    async with staged(aws_server, 60.0, tmp_path_factory.mktemp("stage")) as ready:
        await until(lambda: aws_server.calls("rds:DescribeEvents"))  # it has looked once
        yield ready


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", SCENARIOS)
async def test_each_leads_to_an_incident_and_its_picture(stage: Stage, name: str) -> None:
    stage.aws.set_off(name)
    dora, (database, said) = stage.slack.member("dora"), TELLS[name]

    card = await dora.sees(
        lambda it: (
            it.channel.name == "database-incidents"
            and not it.message.is_reply
            and database in it.words
            and said.casefold() in it.words.casefold()
        ),
        SOON,
    )
    await dora.sees(lambda it: it.thread_ts == card.ts and _is_pictured(it), SOON)


def _is_pictured(seen: SeenMessage) -> bool:
    return bool(seen.files) or any(one["type"] == "image" for one in seen.blocks)


def test_what_the_command_offers_is_what_there_is() -> None:
    assert [one.value for one in Scenario] == list(SCENARIOS)
    assert all(one.sentence.endswith(".") for one in SCENARIOS.values())


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_reset_forgets_it(aws: AWSSandbox, name: str) -> None:
    aws.set_off(name)
    aws.set_off(name)  # twice is once
    aws.reset()
    aws.seed(DEMO_FLEET)

    assert not aws._world.strains
    assert not aws._world.logged
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize("name", ["full-disk", "security"])
def test_the_logs_tell_of_it(aws: AWSSandbox, name: str) -> None:
    aws.set_off(name)
    aws.advance(300)
    [(database, lines)] = (SCENARIOS[name].logs or {}).items()
    rds = aws.client("rds")
    files = rds.describe_db_log_files(DBInstanceIdentifier=database, FilenameContains="error/")[
        "DescribeDBLogFiles"
    ]
    newest = max(files, key=lambda it: it["LastWritten"])["LogFileName"]

    said = rds.download_db_log_file_portion(
        DBInstanceIdentifier=database, LogFileName=newest, NumberOfLines=15
    )["LogFileData"]

    assert sum(said.count(line) for line in lines) > 8, said


# -- the bar


@dataclass
class Director:
    """Remembers what it was told to do."""

    told: list[str] = field(default_factory=list)
    scenarios: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "leak": {"label": "Connection leak", "sentence": "Connections grow."}
    }

    def set_off(self, name: str) -> None:
        self.told.append(name)

    def start_over(self) -> None:
        self.told.append("over")


@pytest.mark.skipif(chromium.installed() is None, reason=chromium.MISSING)
@pytest.mark.parametrize("size", [WIDE, PHONE])
async def test_the_bar_sets_one_off_and_says_what_happens(size: tuple[int, int]) -> None:
    director = Director()
    async with (
        SlackSandbox(demo_workspace()) as slack,
        WorkspacePage(slack, director=director) as page,
        chromium.browser() as browser,
        visiting(browser, page.url, size) as visitor,
    ):
        await visitor.opens("ana")
        bar = visitor.page.get_by_role("region", name="Demo")
        if size == PHONE:
            await bar.get_by_role("button", name=re.compile("trouble")).click()
        await bar.get_by_role("button", name="Connection leak").click()

        await expect(bar.get_by_role("status")).to_have_text(
            "Connections grow. See #database-incidents."
        )
        assert await faults(visitor.page) == []
    assert director.told == ["leak"]


@pytest.mark.parametrize(
    ("directed", "path", "status", "error"),
    [
        (True, "scenarios/leak", 200, None),
        (True, "start-over", 200, None),
        (True, "scenarios/flood", 404, "There is no scenario flood. There are: leak."),
        (False, "scenarios/leak", 404, "Nobody directs this workspace."),
        (False, "start-over", 404, "Nobody directs this workspace."),
    ],
)
async def test_only_what_there_is_can_be_set_off(
    tmp_path: Path, directed: bool, path: str, status: int, error: str | None
) -> None:
    (tmp_path / "index.html").write_text("page")
    director = Director() if directed else None
    async with (
        SlackSandbox(demo_workspace()) as slack,
        WorkspacePage(slack, built=tmp_path, director=director) as page,
        aiohttp.ClientSession() as session,
    ):
        browser = Browser(session, page.url)
        _, workspace = await browser.get("api/workspace")

        answered, said = await browser.post(f"api/demo/{path}")

    assert (answered, said.get("error")) == (status, error)
    assert ("scenarios" in workspace) is directed
    assert bool(director and director.told) is (status == 200)
