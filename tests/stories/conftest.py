import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.aws import DEMO_FLEET, AWSSandbox
from bot.sandbox.slack import SlackSandbox
from tests.conftest import Home
from tests.postgres import empty_postgres_url, postgres, postgres_template, postgres_url
from tests.stories.stage import CreepingClock, SharedHome, Stage

__all__ = ["empty_postgres_url", "postgres", "postgres_template", "postgres_url"]


@pytest.fixture(scope="module")
def held_aws() -> Iterator[AWSSandbox]:
    """An AWS in real time on a held clock. A module has this one or ``aws``, never both."""
    with AWSSandbox(clock=CreepingClock(), pace=1) as aws:
        yield aws


@pytest.fixture
def stage(
    held_aws: AWSSandbox,
    slack: SlackSandbox,
    tmp_path: Path,
    first_database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    shutil.copy(first_database, tmp_path)
    held_aws.reset()
    held_aws.seed(DEMO_FLEET)
    for name, value in held_aws.environment.items():
        monkeypatch.setenv(name, value)
    assert isinstance(held_aws.clock, CreepingClock)
    return Stage(held_aws.clock, held_aws, slack, Home(tmp_path, slack))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_stage(request: pytest.FixtureRequest, stage: Stage) -> Stage:
    """The stage on each kind of database."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        stage.home = SharedHome(stage.home.folder, stage.slack, url)
    return stage


@pytest.fixture
def shared_stage(stage: Stage, postgres_url: str) -> Stage:
    """The stage on PostgreSQL, for several bots at once."""
    stage.home = SharedHome(stage.home.folder, stage.slack, postgres_url)
    return stage
