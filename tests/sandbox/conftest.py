from collections.abc import AsyncIterator, Iterator
from typing import Any

import aioboto3
import aiohttp
import pytest
from botocore.config import Config
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.aws import DEMO_FLEET, AWSSandbox, HeldClock
from bot.sandbox.slack import SlackSandbox
from tests.sandbox.modelled import Modelled

SESSION = aioboto3.Session()  # reads AWS's models once for all tests, not for each


@pytest.fixture
def ack_seconds() -> float:
    """How long Slack waits for an acknowledgement; a test of what it does then says less."""
    return 10.0


@pytest.fixture
async def slack(ack_seconds: float) -> AsyncIterator[SlackSandbox]:
    """The demo workspace."""
    async with SlackSandbox(ack_seconds=ack_seconds, retry_seconds=(0.0, 0.05)) as sandbox:
        yield sandbox


@pytest.fixture
async def web(slack: SlackSandbox) -> AsyncIterator[AsyncWebClient]:
    """Slack's own client, signed in as the bot; it tries every call once."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            slack.bot_token, base_url=slack.url, session=session, retry_handlers=[]
        )


@pytest.fixture
def aws() -> Iterator[AWSSandbox]:
    """The demo's fleet; time stands still until a test moves it."""
    with AWSSandbox(clock=HeldClock(), pace=1) as aws:
        aws.seed(DEMO_FLEET)
        yield aws


@pytest.fixture(scope="module")
def shared_aws() -> Iterator[AWSSandbox]:
    """One for all tests of a module, each of which resets and seeds it in its own ``aws``."""
    with AWSSandbox(clock=HeldClock(), pace=1) as aws:
        yield aws


@pytest.fixture
def ask(aws: AWSSandbox) -> Modelled:
    return Modelled(aws)


@pytest.fixture
async def rds(aws: AWSSandbox) -> AsyncIterator[Any]:
    """AWS's own client, as anybody; it tries every call once."""
    once = Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
    async with SESSION.client(
        "rds", region_name="us-east-1", endpoint_url=aws.url, config=once, **keys
    ) as client:
        yield client
