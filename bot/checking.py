"""Every precondition, proven: settings, Slack, AWS, the database and this machine."""

import asyncio
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import yaml

from bot import manifest
from bot.aws import checks as aws
from bot.aws import partitions
from bot.findings import Finding, Findings, ok, skipped, trouble
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.reference import READS
from bot.service import accounts_of
from bot.settings import Reading, Settings, idle
from handlers import checks as slack
from storage import checks as storage

ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Asia/Tokyo")


async def check(reading: Reading) -> Findings:
    """In reading order. What hangs on a mistaken setting is left out, and nothing else."""
    settings, wrong = reading.settings, _mistakes(reading)
    unknown = reading.in_environment
    found = await asyncio.gather(
        _left_out("slack") if unknown else slack.look_at_app(settings, _manifest_scopes()),
        _left_out("slack.workspace") if wrong else slack.look_at_workspace(settings),
        _left_out("aws") if wrong else _aws(settings),
        _left_out("database") if unknown else storage.look(settings.database_url),
    )
    return (*_settings(reading), *(one for part in found for one in part), _time_zones())


def _mistakes(reading: Reading) -> tuple[str, ...]:
    apart = partitions.mistakes(reading.settings)
    return (*reading.in_environment, *reading.in_file, *apart)


def _settings(reading: Reading) -> Findings:
    mend = "Correct it: docs/setup.md names every key and variable."
    wrong = [trouble("settings", one, mend) for one in _mistakes(reading)]
    file = reading.settings.file
    known = [ok("settings", f"the environment and {file} are understood")] * (not wrong)
    unused = [skipped("settings", one) for one in idle(reading.settings)]
    return (*wrong, *known, *unused)


async def _left_out(name: str) -> Findings:
    return (skipped(name, "the settings have mistakes, named above"),)


async def _aws(settings: Settings) -> Findings:
    namespace = settings.telemetry.namespace
    return await aws.look(accounts_of(settings), settings.aws_region, _needs(), namespace)


def _needs() -> Mapping[str, Sequence[str]]:
    """By verb what each change does at AWS, and what the bot itself reads."""
    changes = {one.verb: one.permissions for one in CATALOGUE.values() if issubclass(one, Change)}
    return {**changes, "following": READS}


def _manifest_scopes() -> frozenset[str]:
    return frozenset(yaml.safe_load(manifest.text())["oauth_config"]["scopes"]["bot"])


def _time_zones() -> Finding:
    mend = "Install it: pip install tzdata"
    try:
        for name in ZONES:
            ZoneInfo(name)
    except ZoneInfoNotFoundError as error:
        return trouble("machine.timezones", f"time zone data is missing: {error}", mend)
    return ok("machine.timezones", f"{len(available_timezones())} time zones are known")
