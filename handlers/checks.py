"""Whether Slack lets the bot do its work: tokens, scopes, channels, and who could approve."""

import asyncio
import time
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.checks import Finding, Findings, clock, looked, ok, skipped, together, trouble
from bot.errors import SettingsError
from bot.policy.approvers import known_people, standing_approvers
from bot.policy.eligibility import (
    Bar,
    access_of,
    belongs,
    distinct,
    mailbox,
    may_look,
    members_of,
    people_named,
)
from bot.settings import People, PolicySettings, Settings
from bot.values import PersonId, Risk
from handlers.app import identity, pooled_session, reading_client
from handlers.directory import SlackDirectory
from handlers.slack_errors import why

#: In manifest.yml they are commented out, for whoever wants them.
OPTIONAL = frozenset({"channels:history", "groups:history"})
WITHIN = 20.0

BOT_TOKEN = (
    "Copy the Bot User OAuth Token (xoxb-…) from the app's OAuth & Permissions page into "
    "SLACK_BOT_TOKEN. If there is none, press Install to Workspace first."
)
APP_TOKEN = (
    "Under Basic Information > App-Level Tokens generate a token with connections:write. Put it "
    "(xapp-…) into SLACK_APP_TOKEN. Under Socket Mode, Enable Socket Mode must be on."
)
SCOPES = "Then reinstall the app to the workspace, under Install App."
CHANNEL = "Type /invite @rds-bot in that channel, or correct its id in rds-bot.yml."
GROUP = (
    "Copy the group's id (S…) from its menu in Slack into rds-bot.yml; the group must be active."
)
PERSON = "Take that id out of rds-bot.yml, or name somebody who is a full member."
ONE_PERSON = "I cannot know whether two of their accounts are one person"
ADDRESSES = (
    "Add users:read.email under OAuth & Permissions > Bot Token Scopes and reinstall the app. "
    "People without an address in Slack stay unknown."
)
PEOPLE = "Name more people under access in rds-bot.yml, or add them to the user group in Slack."


async def look_at_app(settings: Settings, manifest_scopes: frozenset[str]) -> Findings:
    """The tokens, and what they allow."""
    async with pooled_session() as session:
        app, bot = await asyncio.gather(
            _app_token(settings, session), _bot_token(settings, session, manifest_scopes)
        )
    return (*bot, app)


async def look_at_workspace(settings: Settings) -> Findings:
    """The channels and people that the settings name."""
    async with pooled_session() as session:
        try:
            token = settings.require_slack().bot.get_secret_value()
            client = reading_client(token, settings.slack_api_url, session)
            own = await identity(client)
        except SettingsError:
            return (skipped("slack.workspace", "there is no bot token that Slack accepts"),)
        directory = SlackDirectory(client, own, None, _now)
        return (
            *await together(*_channels(client, directory, settings)),
            *await together(*_groups(directory, settings)),
            *await together(*_people(directory, settings)),
            *await together(*_approvers(directory, settings)),
            await looked("access.admins", _admins(directory, settings), PEOPLE, WITHIN),
        )


async def _app_token(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    name, token = "slack.app_token", settings.slack_app_token
    if token is None:
        return trouble(name, "SLACK_APP_TOKEN is not set", APP_TOKEN)

    async def ask() -> Finding:
        client = reading_client("", settings.slack_api_url, session)
        await client.apps_connections_open(app_token=token.get_secret_value())
        return ok(name, "Slack gives out an address for Socket Mode")

    return await _asked(name, ask(), APP_TOKEN)


async def _bot_token(
    settings: Settings, session: aiohttp.ClientSession, manifest_scopes: frozenset[str]
) -> Findings:
    name, token = "slack.bot_token", settings.slack_bot_token
    if token is None:
        return (trouble(name, "SLACK_BOT_TOKEN is not set", BOT_TOKEN),)
    client = reading_client(token.get_secret_value(), settings.slack_api_url, session)
    also: list[Finding] = []

    async def ask() -> Finding:
        sent = datetime.now(UTC)
        reply = await client.auth_test()
        headers = {header.lower(): value for header, value in reply.headers.items()}
        granted = frozenset(filter(None, headers.get("x-oauth-scopes", "").split(",")))
        also.append(scopes(granted, manifest_scopes))
        also.append(clock("slack.clock", sent, datetime.now(UTC), headers.get("date")))
        return ok(name, f"{reply['user']} in workspace {reply['team']}")

    return (await _asked(name, ask(), BOT_TOKEN), *also)


def scopes(granted: frozenset[str], wanted: frozenset[str]) -> Finding:
    """Missing ones make something fail; more than the manifest asks for is more than is needed."""
    missing, excess = sorted(wanted - granted), sorted(granted - wanted - OPTIONAL)
    told = [f"missing: {', '.join(missing)}"] * bool(missing)
    told += [f"more than manifest.yml asks for: {', '.join(excess)}"] * bool(excess)
    if not told:
        return ok("slack.scopes", "granted are those of manifest.yml")
    add = [f"Add {', '.join(missing)} under OAuth & Permissions > Bot Token Scopes."]
    remove = [f"Remove {', '.join(excess)} there."]
    mend = " ".join([*add * bool(missing), *remove * bool(excess), SCOPES])
    return trouble("slack.scopes", "; ".join(told), mend)


def _channels(
    client: AsyncWebClient, directory: SlackDirectory, settings: Settings
) -> Iterator[Awaitable[Finding]]:
    for key, channel in settings.channels.model_dump().items():
        name = f"channels.{key}"
        if channel:
            yield _asked(name, _channel(client, directory, name, channel), CHANNEL)
        elif key == "approvals":
            yield _said(skipped(name, "it is not set: a card stands where its change is asked for"))


async def _channel(
    client: AsyncWebClient, directory: SlackDirectory, name: str, channel: str
) -> Finding:
    info = (await client.conversations_info(channel=channel))["channel"]
    told = f"#{info.get('name')} ({channel})"
    if info.get("is_archived"):
        return trouble(name, f"{told} is archived", "Unarchive it, or name another channel.")
    if not info.get("is_member"):
        return trouble(name, f"the bot is not in {told}", CHANNEL)
    if await directory.card_channel(channel) is None:
        mend = "Name a channel that no other organization is in."
        return trouble(name, f"{told} is shared with another organization", mend)
    return ok(name, f"the bot is in {told}")


def _people(directory: SlackDirectory, settings: Settings) -> Iterator[Awaitable[Finding]]:
    """Those who are named one by one; only who counts for nothing is told of."""
    ids = {user for people in people_named(settings).values() for user in people.users}
    for user in sorted(ids):
        name = f"people.{user}"
        yield looked(name, _person(directory, name, user), PERSON, WITHIN)


async def _person(directory: SlackDirectory, name: str, user: str) -> Finding:
    person = await directory.known_person(PersonId(team=directory.own_team, user=user))
    if bar := may_look(person, directory.own_team).bar:
        known = "deactivated, or unknown to Slack" if bar is Bar.DEACTIVATED else f"{bar}"
        return trouble(name, f"{person.name} counts for nothing: {known}", PERSON)
    return ok(name, person.name)


def _groups(directory: SlackDirectory, settings: Settings) -> Iterator[Awaitable[Finding]]:
    ids = {group for people in people_named(settings).values() for group in people.groups}
    for group in sorted(ids):
        name = f"groups.{group}"
        yield looked(name, _group(directory, name, group), GROUP, WITHIN)


async def _group(directory: SlackDirectory, name: str, group: str) -> Finding:
    found = await directory.known_groups(frozenset({group}))
    if silent := found.unread.get(group):
        return trouble(name, silent, "Run rds-bot check again in a minute.")
    if gone := found.gone.get(group):
        return trouble(name, f"it adds nobody: Slack says {gone}", GROUP)
    members = found.members[group]
    if not members:
        return trouble(name, "nobody is in it", "Add people to the group, or name another.")
    return ok(name, f"people in it: {len(members)}")


def _approvers(directory: SlackDirectory, settings: Settings) -> Iterator[Awaitable[Finding]]:
    for name, people, wanted in electorates(settings.policy, settings.access.approvers):
        if people is None and settings.observe:
            yield _said(skipped(name, "it is not set; the bot observes, so nobody has to approve"))
        elif people is None:
            told = f"{name} is not set, and changes need up to {wanted} of them"
            yield _said(trouble(name, told, PEOPLE))
        else:
            yield looked(name, _electorate(directory, name, people, wanted), PEOPLE, WITHIN)


async def _electorate(directory: SlackDirectory, name: str, people: People, wanted: int) -> Finding:
    """Counted as two are only those with two mailboxes: a second account is the same person."""
    counting = await standing_approvers(directory, access_of(people))
    count = len(distinct(counting))
    names = f"{count} could approve: {', '.join(sorted(one.name for one in counting))}"
    names += " (accounts of one mailbox count once)" * (len(counting) > count)
    if count < wanted:
        told = f"{names if count else 'nobody could approve'}; changes need up to {wanted} people"
        return trouble(name, told, PEOPLE)
    if unknown := sorted(one.name for one in counting if not mailbox(one.email or "")):
        told = f"Slack shows no e-mail address of {', '.join(unknown)}"
        return trouble(name, f"{told}: {ONE_PERSON}. {names}", ADDRESSES)
    if count == wanted:
        return ok(name, f"{names}; where one of them asks, only {wanted - 1} can approve")
    return ok(name, names)


async def _admins(directory: SlackDirectory, settings: Settings) -> Finding:
    name, people = "access.admins", settings.access.admins
    if people is None:
        return skipped(name, "it is not set, so nobody administers the bot")
    groups = (await directory.known_groups(frozenset(people.groups))).read
    known, _ = await known_people(directory, members_of(people, groups))
    admins = [one.name for one in known if belongs(one, people, groups, directory.own_team)]
    if not admins:
        return trouble(name, "none of those named is an active full member", PEOPLE)
    return ok(name, ", ".join(sorted(admins)))


def electorates(
    policy: PolicySettings, approvers: People | None
) -> Iterator[tuple[str, People | None, int]]:
    """Who approves by which key of the settings, and how many of them are wanted at most."""
    most = 0
    for number, rule in enumerate(policy.rules):
        if rule.approvals is None:
            continue
        wanted = max(map(rule.approvals.of, rule.risk or Risk))
        if rule.approvers is None:
            most = max(most, wanted)
        elif wanted:
            yield f"policy.rules[{number}].approvers", rule.approvers, wanted
    if most:
        yield "access.approvers", approvers, most


async def _asked(name: str, asking: Awaitable[Finding], mend: str) -> Finding:
    """Where Slack refuses, its own word for why."""

    async def ask() -> Finding:
        try:
            return await asking
        except SlackApiError as error:
            return trouble(name, f"Slack says {why(error)}", mend)

    return await looked(name, ask(), mend, WITHIN)


async def _said(finding: Finding) -> Finding:
    return finding


def _now() -> int:
    return time.time_ns() // 1000
