"""Every precondition, proven: settings, Slack, AWS, the database and this machine."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import yaml

from bot import manifest
from bot.aws import checks as aws
from bot.aws import partitions
from bot.aws.accounts import Accounts, accounts_of
from bot.checks import CheckOutcome, Finding, Findings, looked, ok, skipped, trouble
from bot.file_permissions import exposures
from bot.fleet.inventory import Fleet
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.policy.grants import Grant, closed_environments, grant_of
from bot.policy.judge import Judge
from bot.settings import OBSERVES, Loaded, Settings, idle
from bot.setup.iam import READS, changes_databases, only_reads
from bot.values import REQUEST_TAG, wall_clock
from handlers import checks as slack
from storage import checks as storage

#: Nobody's word for an environment: what the value of a tag must not be let through by.
UNHEARD_OF = "rds-bot-check"
#: How findings are called without which nothing can be read in an account.
UNABLE = (".identity", ".role")
#: Databases that are named; the rest is counted.
MOST = 10
FLEET = (
    "AWS sees only a database's own tags, name and account. Tag each with its environment, also "
    "members of clusters and replicas. Docs: docs/setup.md, 3."
)
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Asia/Tokyo")


async def check(reading: Loaded) -> Findings:
    """In reading order. What hangs on a mistaken setting is left out, and nothing else."""
    settings, wrong = reading.settings, _mistakes(reading)
    unknown = reading.in_environment
    found = await asyncio.gather(
        _left_out("slack") if unknown else slack.look_at_app(settings, _manifest_scopes()),
        _left_out("slack.workspace") if wrong else slack.look_at_workspace(settings),
        _left_out("aws") if wrong else _aws(settings),
        _left_out("database") if unknown else storage.look(settings.database_url),
    )
    return (
        *_settings(reading),
        *_files(settings),
        *(one for part in found for one in part),
        _time_zones(),
    )


def _mistakes(reading: Loaded) -> tuple[str, ...]:
    apart = partitions.mistakes(reading.settings)
    return (*reading.in_environment, *reading.in_file, *apart)


def _settings(reading: Loaded) -> Findings:
    mend = "Correct it: docs/setup.md names every key and variable."
    wrong = [trouble("settings", one, mend) for one in _mistakes(reading)]
    known = () if wrong else _understood(Path(reading.settings.file))
    unused = [skipped("settings", one) for one in idle(reading.settings)]
    mode = [ok("settings.observe", OBSERVES)] * reading.settings.observe
    return (*wrong, *known, *mode, *unused)


def _understood(file: Path) -> Findings:
    """Whoever is in another folder must not read that the file of this one is understood."""
    if file.exists():
        return (ok("settings", f"the environment and {file} are understood"),)
    missing = f"there is no {file} in {Path.cwd()}, so every setting in it is as by default"
    return (
        ok("settings", "the environment is understood"),
        skipped("settings.file", f"{missing}; rds-bot init writes one"),
    )


def _files(settings: Settings) -> Findings:
    kept = (*settings.kept, *storage.files(settings.database_url))
    found = exposures(kept)
    if found:
        return tuple(trouble("files", f"{one.path}: {one.why}", one.mend) for one in found)
    there = [str(one.path) for one in kept if one.path.exists()]
    if not there:
        return (skipped("files", "there is none yet, neither of settings nor of a database"),)
    return (ok("files", f"nobody else can write {', '.join(there)}"),)


async def _left_out(name: str) -> Findings:
    return (skipped(name, "the settings have mistakes, named above"),)


async def _aws(settings: Settings) -> Findings:
    namespace = None if settings.observe else settings.telemetry.namespace
    found = await aws.look(
        accounts_of(settings), settings.aws_region, partial(trials, settings), namespace
    )
    if any(one.name.endswith(UNABLE) and one.outcome is CheckOutcome.PROBLEM for one in found):
        return (*found, skipped("aws.fleet", "the bot cannot act in every account"))
    if settings.observe:
        return (*found, skipped("aws.fleet", "a bot that observes changes nothing anywhere"))
    return (*found, await looked("aws.fleet", _fleet(settings), FLEET))


async def _fleet(settings: Settings) -> Finding:
    """What the rules close, against what AWS would close by the printed policy as well."""
    async with Accounts(accounts_of(settings), wall_clock, settings.aws_region) as accounts:
        fleet = Fleet(accounts, wall_clock)
        seen, judge = await fleet.refresh(), Judge(settings, fleet)
    accounts_seen = {one.target.account for one in seen.databases}
    grants = {one: grant_of(settings, one) for one in accounts_seen}
    closed = {one: closed_environments(settings.policy, one) for one in accounts_seen}
    by_rules = {
        one.target.typed
        for one in seen.databases
        if judge.environments(one) & closed[one.target.account]
    }
    at_aws = {
        one.target.typed for one in seen.databases if not grants[one.target.account].opens(one)
    }
    missing = [f"{one.account}/{one.region}" for one in seen.unreachable]
    return closed_alike(len(seen.databases), by_rules, at_aws, missing)


def closed_alike(
    count: int, by_rules: Set[str], at_aws: Set[str], missing: Sequence[str] = ()
) -> Finding:
    """Databases that the rules close and that the role closes; ``missing`` could not be read."""
    name, loose, lost = "aws.fleet", by_rules - at_aws, at_aws - by_rules
    told = [
        f"{len(loose)} of {count} databases are closed by the rules and open for the role: "
        f"{_few(loose)}"
        if loose
        else f"of {count} databases the role closes each one that the rules close"
    ]
    if lost:
        told.append(
            f"{len(lost)} more are closed for the role although the rules open them, so AWS would "
            f"refuse their changes: {_few(lost)}"
        )
    if missing:
        told.append(f"could not be read: {', '.join(missing)}")
    said = "; ".join(told)
    if loose:
        return trouble(name, said, FLEET)
    if missing:
        return skipped(name, said, FLEET if lost else "")
    return ok(name, said).model_copy(update={"mend": FLEET if lost else ""})


def _few(names: Set[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"{', '.join(sorted(names)[:MOST])}{more}"


def trials(settings: Settings, account: str) -> tuple[aws.Trial, ...]:
    """What the role of an account has to be let do, and where it must not be."""
    grant, needs = grant_of(settings, account), _needs(only_reads)
    changing = _needs(lambda action: not only_reads(action) and changes_databases(action))
    if settings.observe:
        forbidden = aws.Trial(needs=changing, unless="although the bot only observes")
        return (aws.Trial(needs=needs), forbidden)
    if grant.is_shut:
        forbidden = aws.Trial(needs=changing, unless="where the rules let nothing pass")
        return (aws.Trial(needs=needs), forbidden)
    opening = dict.fromkeys(grant.keys[:1], next(iter(grant.words), ""))
    # A snapshot that it may delete is one that the bot took.
    wanted = aws.Trial(needs=_needs(lambda _: True), tags={**opening, REQUEST_TAG: "RDS-1"})
    return (
        wanted,
        *_passing(settings, account),
        *(_closing(grant, changing) if not grant.is_free else ()),
    )


def _passing(settings: Settings, account: str) -> Iterator[aws.Trial]:
    """Roles of that account that changes give to a service."""
    for one in CATALOGUE.values():
        if not issubclass(one, Change) or one.dependent.passes is None:
            continue
        service, key = one.dependent.passes
        roles = tuple(arn for arn in getattr(settings.roles, key) if arn.split(":")[4] == account)
        needs, told = {one.verb: ("iam:PassRole",)}, {"iam:PassedToService": service}
        yield from [aws.Trial(needs=needs, on=roles, told=told)] * bool(roles)


def _closing(grant: Grant, changing: Mapping[str, Sequence[str]]) -> Iterator[aws.Trial]:
    for key in grant.keys:
        unless = f"on a database whose tag {key} says nothing that the rules open"
        yield aws.Trial(needs=changing, tags={key: UNHEARD_OF}, unless=unless)
    if not grant.untagged:
        yield aws.Trial(needs=changing, unless="on a database without a tag that decides")


def _needs(wanted: Callable[[str], bool]) -> Mapping[str, Sequence[str]]:
    """By verb what each change does at AWS, and what the bot itself reads; without empty ones."""
    changes = {one.verb: one.permissions for one in CATALOGUE.values() if issubclass(one, Change)}
    found = {verb: tuple(filter(wanted, actions)) for verb, actions in changes.items()}
    needs = {**found, "following": tuple(filter(wanted, READS))}
    return {verb: actions for verb, actions in needs.items() if actions}


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
