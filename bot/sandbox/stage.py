"""A Slack, an AWS, and a real bot between them: everything that the demo's story happens on."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot import manifest
from bot.sandbox.aws import ANALYTICS, LEGACY, MAIN, AWSSandbox, role_arn
from bot.sandbox.past import write_history
from bot.sandbox.process import BotProcess, Ran, run
from bot.sandbox.slack import Member, Person, SlackSandbox, demo_workspace, installed_app
from bot.values import PersonId

CONFIG = f"""\
channels: {{approvals: C0DATABASE, cloudops: C0CLOUDOPS, incidents: C0INCIDENT}}
access:
  approvers: {{groups: [S0DBAS0001]}}
accounts:
  - {{id: "{MAIN}", name: main, regions: [us-east-1], role_arn: "{role_arn(MAIN)}"}}
  - {{id: "{ANALYTICS}", name: analytics, regions: [eu-west-1], role_arn: "{role_arn(ANALYTICS)}"}}
  - {{id: "{LEGACY}", name: legacy, regions: [us-east-1], role_arn: "{role_arn(LEGACY)}"}}
roles: {{monitoring: "arn:aws:iam::{MAIN}:role/rds-monitoring"}}
polling: {{interval: 1s, timeout: 1m}}
aftermath: [4m, 10m]
"""
#: What would lead the bot, or the sandbox's own AWS clients, out of this machine.
OUTSIDE = re.compile(r"(SLACK|AWS|RDS_BOT)_.*|DATABASE_URL|(HTTPS?|ALL|NO)_PROXY", re.IGNORECASE)
CONNECTS_WITHIN = 30.0
STOPS_WITHIN = 10.0


class StageError(Exception):
    """The demo cannot begin; the text says why and what to do."""


@dataclass(frozen=True)
class Stage:
    """`folder` holds the bot's settings, database and log; `pace` is how fast AWS's time goes."""

    slack: SlackSandbox
    aws: AWSSandbox
    bot: BotProcess
    folder: Path
    environment: Mapping[str, str]
    pace: float

    @property
    def people(self) -> tuple[Member, ...]:
        """Everybody of flesh and blood who can sign in."""
        known = self.slack.workspace.people.values()
        return tuple(self.slack.member(it.id) for it in known if not (it.is_bot or it.deleted))

    async def run(self, *words: str) -> Ran:
        """One of the bot's own commands, on the same settings."""
        return await run(self.environment, *words)


@asynccontextmanager
async def staged(
    aws: AWSSandbox, pace: float, folder: Path, *, history: bool = False
) -> AsyncIterator[Stage]:
    """On an AWS that runs and is seeded; the bot is connected, and gone afterwards.

    With ``history`` the team has worked with it for four weeks; that needs the demo's own fleet.

    Raises StageError where the bot does not come up.
    """
    async with SlackSandbox(demo_workspace(installed_app(_manifest()))) as slack:
        environment = _environment(slack, aws, folder)
        if history:
            people = {one.name: _id(slack, one) for one in slack.workspace.people.values()}
            await write_history(environment["DATABASE_URL"], aws, people, datetime.now(UTC))
        bot = await BotProcess.start(environment, folder / "bot.log")
        try:
            await _connected(slack, bot)
            yield Stage(slack, aws, bot, folder, environment, pace)
        finally:
            await bot.kill()


def _id(slack: SlackSandbox, person: Person) -> PersonId:
    return PersonId(team=slack.workspace.team_id, user=person.id)


def is_outside(variable: str) -> bool:
    """Whether it names a real Slack, AWS, database or proxy."""
    return OUTSIDE.fullmatch(variable) is not None


def _environment(slack: SlackSandbox, aws: AWSSandbox, folder: Path) -> dict[str, str]:
    settings = folder / "rds-bot.yml"
    settings.write_text(CONFIG, "utf-8")
    return {
        **{name: value for name, value in os.environ.items() if not is_outside(name)},
        **aws.environment,
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.db",
        "RDS_BOT_CONFIG": str(settings),
    }


def _manifest() -> Any:
    try:
        return yaml.safe_load(manifest.text())
    except OSError as error:
        raise StageError(
            f"The demo installs the app as manifest.yml asks, but cannot read it ({error}). "
            "Install the bot anew."
        ) from error


async def _connected(slack: SlackSandbox, bot: BotProcess) -> None:
    came = asyncio.ensure_future(slack.connected(CONNECTS_WITHIN))
    ended = asyncio.ensure_future(bot.ended())
    try:
        await asyncio.wait((came, ended), return_when=asyncio.FIRST_COMPLETED)
        if not came.done():
            raise StageError(f"The bot ended at once, with exit code {bot.exit_code}.")
        if came.exception():
            raise StageError(f"The bot did not come to Slack within {CONNECTS_WITHIN:g} s.")
    except StageError as error:
        raise StageError(f"{error} Its log ends like this:\n{bot.tail()}") from None
    finally:
        came.cancel()
        ended.cancel()
        await asyncio.gather(came, ended, return_exceptions=True)
