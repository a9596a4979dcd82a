"""The real stack for tests: the sandbox's Slack and AWS, a database file, the bot itself."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import yaml

from bot.sandbox.aws import DEMO_FLEET, AWSSandbox, role_arn
from bot.sandbox.slack import SlackSandbox, demo_workspace, installed_app
from bot.service import Bot, running
from bot.settings import Settings, load

CONFIG = f"""
channels: {{approvals: C0DATABASE, cloudops: C0CLOUDOPS}}
access:
  approvers: {{groups: [S0DBAS0001]}}
accounts:
  - {{id: "123456789012", name: main, regions: [us-east-1],
      role_arn: "{role_arn("123456789012")}"}}
  - {{id: "210987654321", name: analytics, regions: [eu-west-1],
      role_arn: "{role_arn("210987654321")}"}}
polling: {{interval: 200ms, timeout: 1m}}
"""


@pytest.fixture(scope="session")
def aws_server() -> Iterator[AWSSandbox]:
    """One for a whole process: moto's state is global."""
    with AWSSandbox(pace=60) as aws:
        yield aws


@pytest.fixture
def aws(aws_server: AWSSandbox, monkeypatch: pytest.MonkeyPatch) -> AWSSandbox:
    """The demo's fleet, and the variables by which AWS's libraries find it."""
    aws_server.reset()
    aws_server.seed(DEMO_FLEET)
    for name, value in aws_server.environment.items():
        monkeypatch.setenv(name, value)
    return aws_server


MANIFEST = Path(__file__).parent.parent / "manifest.yml"


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    """A workspace that grants the bot what its manifest asks for, and nothing more."""
    granted = installed_app(yaml.safe_load(MANIFEST.read_text("utf-8")))
    # Slack waits three seconds; a machine that is busy with all the tests at once may need longer
    async with SlackSandbox(demo_workspace(granted), ack_seconds=10) as sandbox:
        yield sandbox


class StartBot(Protocol):
    def __call__(self, config: str = CONFIG) -> AbstractAsyncContextManager[Bot]: ...


@dataclass(frozen=True)
class Home:
    """Where a bot under test keeps its settings and its database."""

    folder: Path
    slack: SlackSandbox

    @property
    def database_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder}/bot.db"

    def environ(self, config: str = CONFIG) -> Mapping[str, str]:
        """For a bot in this process or in one of its own."""
        file = self.folder / "rds-bot.yml"
        file.write_text(config, "utf-8")
        return {
            **os.environ,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.url,
            "DATABASE_URL": self.database_url,
            "RDS_BOT_CONFIG": str(file),
        }

    def settings(self, config: str = CONFIG) -> Settings:
        return load(self.environ(config))


@pytest.fixture
def home(tmp_path: Path, slack: SlackSandbox, aws: AWSSandbox) -> Home:
    return Home(tmp_path, slack)


@pytest.fixture
def start_bot(home: Home) -> StartBot:
    """``async with start_bot(config) as bot:`` a bot that is connected and ticks."""

    @asynccontextmanager
    async def start(config: str = CONFIG) -> AsyncIterator[Bot]:
        async with running(home.settings(config), pause=0.01) as bot:
            await home.slack.connected()
            yield bot

    return start


@pytest.fixture
async def bot(start_bot: StartBot) -> AsyncIterator[Bot]:
    async with start_bot() as started:
        yield started
