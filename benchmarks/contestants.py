"""Apps in processes of their own, each with a Slack workspace of its own in this one."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.aws import AWSSandbox, role_arn
from bot.sandbox.slack import (
    Delivery,
    Member,
    SeenMessage,
    SlackSandbox,
    demo_workspace,
    installed_app,
)

ROOT = Path(__file__).parent.parent
CHANNEL = "C0DATABASE"
#: Seconds after a round in which whatever the apps still do comes to rest.
REST = 0.008
CONFIG = f"""
channels: {{approvals: {CHANNEL}}}
polling: {{interval: 30s, timeout: 1h}}
access:
  approvers: {{groups: [S0DBAS0001]}}
accounts:
  - {{id: "123456789012", name: main, regions: [us-east-1],
      role_arn: "{role_arn("123456789012")}"}}
  - {{id: "210987654321", name: analytics, regions: [eu-west-1],
      role_arn: "{role_arn("210987654321")}"}}
"""


@asynccontextmanager
async def workspace() -> AsyncIterator[SlackSandbox]:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    async with SlackSandbox(demo_workspace(installed_app(manifest)), ack_seconds=30) as slack:
        yield slack


def environment(folder: Path, slack: SlackSandbox, aws: AWSSandbox) -> Mapping[str, str]:
    """For a bot whose settings and database are in that folder."""
    file = folder / "rds-bot.yml"
    file.write_text(CONFIG, "utf-8")
    return {
        **os.environ,
        **aws.environment,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.url,
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "RDS_BOT_CONFIG": str(file),
    }


@dataclass(frozen=True)
class Contestant:
    """``answers``: an app that, besides acknowledging, does what it is asked and then replies."""

    slack: SlackSandbox
    member: Member
    button: SeenMessage
    answers: bool

    async def command(self, line: str = "/rds help reboot") -> float:
        """Seconds from the envelope's departure to the acknowledgement's arrival."""
        return _seconds(await self.member.types(line, CHANNEL))

    async def click(self) -> float:
        return _seconds(await self.member.clicks(self.button, "request.approve"))

    async def rest(self, replies: int) -> None:
        """Until the app has nothing left to do, so that it does not weigh on the next round."""
        if self.answers:
            await self.slack.until(lambda: len(self._replies) >= replies, 30, "every reply")
        await asyncio.sleep(REST)

    @property
    def replied(self) -> int:
        return len(self._replies)

    @property
    def _replies(self) -> tuple[object, ...]:
        return self.slack.called("response_url")


def _seconds(delivery: Delivery) -> float:
    if not delivery.acknowledged:
        raise RuntimeError("an envelope was not acknowledged; is the app still running?")
    return delivery.seconds


@asynccontextmanager
async def running(
    slack: SlackSandbox, words: tuple[str, ...], environ: Mapping[str, str], number: str
) -> AsyncIterator[Contestant]:
    """``python -m *words``, connected, in front of a card whose button stands for a request."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, cwd=ROOT, env=dict(environ),
        stderr=None if "BENCH_LOG" in environ else asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await slack.connected(30)
        member = slack.member("dora")
        yield Contestant(slack, member, await _card(slack, member, number), words[0] == "bot")
    finally:
        process.terminate()
        await process.wait()


async def _card(slack: SlackSandbox, member: Member, number: str) -> SeenMessage:
    button = {"type": "button", "action_id": "request.approve", "value": number,
              "text": {"type": "plain_text", "text": "Approve"}}  # fmt: skip
    client = AsyncWebClient(slack.bot_token, base_url=slack.url)
    blocks = [{"type": "actions", "elements": [button]}]
    await client.chat_postMessage(channel=CHANNEL, text="A card", blocks=blocks)
    return await member.sees(lambda it: it.text == "A card")
