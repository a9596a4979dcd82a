"""The real stack for tests: the sandbox's Slack and AWS, a database file, the bot itself."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml
from botocore.httpsession import DEFAULT_CA_BUNDLE
from hypothesis import settings

from bot.bootstrap import Bot, running
from bot.sandbox.aws import DEMO_FLEET, AWSSandbox, role_arn
from bot.sandbox.aws.clock import SOME_MORNING
from bot.sandbox.slack import SlackSandbox, demo_workspace, installed_app
from bot.settings import Settings, load
from storage import migrations

CONFIG = f"""
channels: {{approvals: C0DATABASE, cloudops: C0CLOUDOPS}}
access:
  approvers: {{groups: [S0DBAS0001]}}
accounts:
  - {{id: "123456789012", name: main, regions: [us-east-1],
      role_arn: "{role_arn("123456789012")}"}}
  - {{id: "210987654321", name: analytics, regions: [eu-west-1],
      role_arn: "{role_arn("210987654321")}"}}
roles: {{monitoring: "arn:aws:iam::123456789012:role/rds-monitoring"}}
polling: {{interval: 200ms, timeout: 1m}}
"""


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector goes through it no more, a third of a second
    each time, for which everything in the process stands still."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def few_certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """AWS's libraries read all of theirs for each client, and nothing here needs any."""
    theirs, end = Path(DEFAULT_CA_BUNDLE).read_text("utf-8"), "-----END CERTIFICATE-----"
    first = tmp_path_factory.mktemp("certificates") / "first.pem"
    first.write_text(theirs[: theirs.index(end) + len(end)], "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(first))
        yield


@pytest.fixture(scope="session")
def aws_server() -> Iterator[AWSSandbox]:
    """One for a whole process: moto's state is global."""
    with AWSSandbox(pace=60, figures_from=SOME_MORNING) as aws:
        yield aws


@pytest.fixture
def aws(aws_server: AWSSandbox, monkeypatch: pytest.MonkeyPatch) -> AWSSandbox:
    """The demo's fleet, and the variables by which AWS's libraries find it."""
    aws_server.reset()
    aws_server.seed(DEMO_FLEET)
    for name, value in aws_server.environment.items():
        monkeypatch.setenv(name, value)
    return aws_server


# The machine may have anything else to do: no test is told apart by the clock.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

MANIFEST = Path(__file__).parent.parent / "manifest.yml"


@pytest.fixture(scope="session")
def manifest() -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return found


@pytest.fixture
async def slack(manifest: Mapping[str, Any]) -> AsyncIterator[SlackSandbox]:
    """A workspace that grants the bot what its manifest asks for, and nothing more."""
    granted = installed_app(manifest)
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
        file.chmod(0o600)
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


@pytest.fixture(scope="session")
def first_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a bot's first start leaves it, which takes much longer than a copy."""
    file = tmp_path_factory.mktemp("first") / "bot.db"
    making = migrations.upgrade(f"sqlite+aiosqlite:///{file}")
    with ThreadPoolExecutor(1) as pool:  # the tests' own loop stays as it is
        pool.submit(asyncio.run, making).result()
    return file


@pytest.fixture
def database_url(first_database: Path, tmp_path: Path) -> str:
    """A SQLite file of this test's own, with all tables and no rows."""
    shutil.copy(first_database, tmp_path)
    return f"sqlite:///{tmp_path}/{first_database.name}"


@pytest.fixture
def home(tmp_path: Path, slack: SlackSandbox, aws: AWSSandbox) -> Home:
    return Home(tmp_path, slack)


@pytest.fixture
def start_bot(home: Home, first_database: Path) -> StartBot:
    """``async with start_bot(config) as bot:`` a bot that is connected and ticks."""
    shutil.copy(first_database, home.folder)

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
