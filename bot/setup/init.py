"""The first settings: a few questions, and the files that their answers make."""

import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from bot.aws.partitions import COMMERCIAL, mistakes, partition_of
from bot.errors import SettingsError
from bot.settings import Settings
from bot.settings._dotenv import take_in
from bot.setup.names import CHANNEL, PEOPLE, Kinds, Names, UnknownNameError

#: Where Slack is, but for tests.
SLACK = "https://slack.com/api/"
FILES = SETTINGS, DOTENV = Path("rds-bot.yml"), Path(".env")


@dataclass(frozen=True)
class Question:
    """Where ``text`` says several, they are separated by commas or spaces; ``names`` are of whom
    the answer may give names instead of ids."""

    key: str
    text: str
    default: str = ""
    is_secret: bool = False
    names: Kinds = ()

    @property
    def flag(self) -> str:
        return f"--{self.key.replace('_', '-')}"


Answers = Mapping[str, str]
Ask = Callable[[Question], str]
Tell = Callable[[str], object]

QUESTIONS = (
    Question("bot_token", "Bot User OAuth Token, xoxb-… (not shown; empty for later)", "", True),
    Question("app_token", "App-Level Token, xapp-… (not shown; empty for later)", "", True),
    Question("approvals_channel", "Channel for the cards that people approve, as #databases "
             "(empty: where one asks)", names=CHANNEL),
    Question("incidents_channel", "Channel for alarms and events of RDS (empty: nobody is told)",
             names=CHANNEL),
    Question("cloudops_channel", "Channel for what is denied here and others shall do (may be "
             "empty)", names=CHANNEL),
    Question("approvers", "Who approves: user groups and people, as @dbas @dora (several)",
             names=PEOPLE),
    Question("admins", "Who hears of the bot's own troubles, likewise (several; may be empty)",
             names=PEOPLE),
    Question("accounts", "AWS accounts, as 123456789012=name (several; empty: that of the bot's "
             "own credentials)"),
    Question("regions", "AWS regions of the databases (several; without accounts one)",
             "us-east-1"),
    Question("role", "Name of the role in each account (- for none)", "rds-bot"),
    Question("external_id", "External id that the roles want (may be empty)"),
)  # fmt: skip
ABOUT_ACCOUNTS = ("role", "external_id")


def answered(
    given: Answers, ask: Ask | None, tell: Tell, environ: Mapping[str, str] | None = None
) -> Answers:
    """What was ``given`` by flag, else asked for until it will do, else the default: ids alone.

    Names are looked up with the bot token that was typed, else with that of ``environ``. Without
    ``ask`` nobody can be asked. Raises SettingsError for a flag that will not do.
    """
    environ = environ or {}
    answers: dict[str, str] = {}
    names: Names | None = None
    for question in QUESTIONS:
        if question.key in ABOUT_ACCOUNTS and not answers["accounts"] and question.key not in given:
            continue
        if question.names and names is None:
            token = answers["bot_token"] or environ.get("SLACK_BOT_TOKEN", "")
            names = Names(token, environ.get("SLACK_API_URL", SLACK))
        answers[question.key] = _answer(
            question, given.get(question.key), ask, tell, names, answers
        )
    return answers


def _answer(
    question: Question,
    flag: str | None,
    ask: Ask | None,
    tell: Tell,
    names: Names | None,
    answers: Answers,
) -> str:
    """Of one question; what will not do is asked for again."""
    asking = ask if flag is None else None
    typed = flag if flag is not None else question.default
    while True:
        typed = asking(question) if asking else typed
        try:
            ids = names.ids(question.names, _words(typed)) if question.names and names else typed
            problem = mistake({**answers, question.key: ids})
        except UnknownNameError as error:
            problem = str(error)
        if not problem:
            return ids
        if asking is None:
            raise SettingsError([f"{question.flag}: {problem}"])
        tell(f"Not that: {problem.rstrip('.')}.")


def mistake(answers: Answers) -> str:
    """What the settings have against it, "" for nothing."""
    regions = _words(answers.get("regions"))
    if len(regions) > 1 and not _words(answers.get("accounts")):
        return "without accounts the bot works in one region; name the accounts for several"
    tokens = {f"slack_{key}": answers.get(key) or None for key in ("bot_token", "app_token")}
    try:
        document = yaml.safe_load(settings_text(answers)) or {}
        own = {"aws_region": regions[0] if regions else None}
        settings = Settings.model_validate({**document, **tokens, **own})
    except ValidationError as error:
        detail = error.errors(include_input=False)[0]
        return str(detail.get("ctx", {}).get("error") or detail["msg"]).rstrip(".")
    return next((one.partition(": ")[2].partition(": ")[2] for one in mistakes(settings)), "")


def settings_text(answers: Answers, *, observe: bool = False) -> str:
    """rds-bot.yml with what was answered, and the rest of it as comments."""
    return "\n".join(
        [
            "# RDS Ops Bot. Every key is optional; an unknown key or a wrong value is an error",
            "# that names it. Prove what stands here: rds-bot check",
            "",
            *(_OBSERVE if observe else ()),
            *_section("channels", _channels(answers)),
            *_section("access", _access(answers)),
            *_section("accounts", _accounts(answers)),
            _REST,
        ]
    )


def audit_keys(dotenv: Path) -> Mapping[str, str]:
    """The variables of that file that name keys, as what those have signed needs them; where none
    signs now, with a new one."""
    found: dict[str, str] = {}
    take_in(dotenv, found)
    kept = {name: value for name, value in found.items() if name.startswith("AUDIT_KEY") and value}
    signs = "AUDIT_KEY" in kept or "AUDIT_KEY_FILE" in kept
    return kept if signs else {"AUDIT_KEY": secrets.token_hex(32), **kept}


def dotenv_text(answers: Answers, keys: Mapping[str, str]) -> str:
    """.env, with a place for each token that is still to come; ``keys`` are of the audit trail."""
    lines = [
        "# Secrets of RDS Ops Bot: keep this file out of version control. The bot reads it in its",
        "# working directory, unless RDS_BOT_CONFIG is set; what the environment sets goes first.",
        "# OAuth & Permissions > Bot User OAuth Token",
        _variable("SLACK_BOT_TOKEN", answers.get("bot_token", ""), "xoxb-…"),
        "# Basic Information > App-Level Tokens, with connections:write",
        _variable("SLACK_APP_TOKEN", answers.get("app_token", ""), "xapp-…"),
        *_own_region(answers),
        "# A SQLite file, or postgresql://user:password@host/name",
        "# DATABASE_URL=sqlite:///data/rds-bot.db",
        "# Signs the audit trail. Keep a copy elsewhere: without it nobody can prove the trail.",
        *(f"{name}={_shell_quoted(value)}" for name, value in keys.items()),
    ]
    return "\n".join(lines) + "\n"


def _own_region(answers: Answers) -> list[str]:
    """Where no account says in which regions it is worked."""
    regions = [] if _words(answers.get("accounts")) else _words(answers.get("regions"))
    return (
        ["# Where the databases are", *(f"AWS_REGION={one}" for one in regions)] if regions else []
    )


def in_the_way(folder: Path) -> list[Path]:
    return [folder / file for file in FILES if (folder / file).exists()]


def write(file: Path, text: str) -> None:
    """In one step, and for the bot's user alone. Raises SettingsError."""
    draft = file.with_name(f"{file.name}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            os.fchmod(descriptor, 0o600)
            opened.write(text)
        draft.replace(file)
    except OSError as error:
        raise SettingsError([f"{file}: cannot be written: {error.strerror}"]) from error


def steps(*, observe: bool = False) -> str:
    """What is to be done in Slack and AWS, and then here; the app comes before all of it."""
    return f"{_STEPS}{_PILOT}" if observe else _STEPS


_OBSERVE = (
    "# A pilot: every change is answered by its plan and by who would have to agree to it; nothing",
    "# is filed or changed, and the roles need not a single action that changes anything.",
    "observe: true",
    "",
)
_PILOT = """\
5. The pilot
   The bot observes (observe: true in rds-bot.yml), so rds-bot iam-policy prints roles without a
   single action that changes anything. When it is over, remove that line, give the roles what
   rds-bot iam-policy prints then, and start the bot again.
"""
APP = """\
1. The app in Slack
   https://api.slack.com/apps > Create New App > From a manifest > pick your workspace > YAML,
   and paste what this prints: rds-bot init --manifest
   Basic Information > App-Level Tokens > Generate Token and Scopes > Add Scope >
   connections:write: this token (xapp-…) is SLACK_APP_TOKEN.
   Install App > Install to Workspace. Then OAuth & Permissions > Bot User OAuth Token: that
   (xoxb-…) is SLACK_BOT_TOKEN.
"""
_STEPS = """\
2. The channels
   In each channel that rds-bot.yml names type: /invite @rds-bot
3. AWS
   Make the role in each account: rds-bot iam-policy prints what it may do, and
   rds-bot iam-policy --of trust who may become it. What the bot's own identity needs:
   rds-bot iam-policy --of bot
4. Then
   rds-bot check    proves all of this and says what is still missing
   rds-bot run      starts the bot; type /rds help in Slack
"""


def _section(name: str, lines: list[str]) -> list[str]:
    """One without a single key in force is a comment as a whole."""
    in_force = any(not line.lstrip().startswith("#") for line in lines)
    return [f"{name}:" if in_force else f"# {name}:", *lines, ""]


def _channels(answers: Answers) -> list[str]:
    approvals, cloudops = answers.get("approvals_channel"), answers.get("cloudops_channel")
    incidents = answers.get("incidents_channel")
    return [
        _key("approvals", approvals, "C0123456789", "cards; unset: the channel where one asks"),
        _key("cloudops", cloudops, "C0123456780", "where denied changes can be handed over"),
        _key(
            "incidents",
            incidents,
            "C0123456781",
            "alarms and RDS events; unset: nobody looks at them",
        ),
    ]


def _access(answers: Answers) -> list[str]:
    return [
        _key("approvers", _people(answers.get("approvers")), "{groups: [S0123456789]}",
             "unset: what needs approval is refused"),
        _key("admins", _people(answers.get("admins")), "{users: [U0123456789]}", "unset: nobody"),
        _key("requesters", "", "{groups: [S0123456780]}", "unset: every full member"),
        _key("cloudops", "", "{groups: [S0123456781]}",
             "who answers CloudOps requests; unset: who is in their channel"),
    ]  # fmt: skip


def _accounts(answers: Answers) -> list[str]:
    words = _words(answers.get("accounts"))
    if not words:
        return ["#   - {id: \"123456789012\", name: main, regions: [us-east-1],",
                "#      role_arn: \"arn:aws:iam::123456789012:role/rds-bot\"}"]  # fmt: skip
    return [line for word in words for line in _account(word, answers)]


def _account(word: str, answers: Answers) -> list[str]:
    number, _, name = word.partition("=")
    role, external = answers.get("role", ""), answers.get("external_id", "")
    regions = _words(answers.get("regions"))
    lies_in = next(filter(None, map(partition_of, regions)), COMMERCIAL)
    arn = f"arn:{lies_in}:iam::{number}:role/{role}"
    lines = [
        f"  - id: {_quoted(number)}",
        f"    name: {_quoted(name)}" if name else "",
        f"    regions: {_quoted(regions)}",
        f"    role_arn: {_quoted(arn)}" if role not in ("", "-") else "",
        f"    external_id: {_quoted(external)}" if external else "",
    ]
    return [line for line in lines if line]


def _people(typed: str | None) -> str:
    """Groups begin with S; whatever else it is, the settings judge it as a member's id."""
    words = _words(typed)
    groups = [one for one in words if one.startswith("S")]
    named = {"groups": groups, "users": [one for one in words if one not in groups]}
    listed = (f"{key}: {_quoted(ids)}" for key, ids in named.items() if ids)
    return f"{{{', '.join(listed)}}}" if words else ""


def _key(name: str, value: str | None, example: str, comment: str) -> str:
    shown = value if not value or value.startswith("{") else _quoted(value)
    return f"  {name}: {shown}  # {comment}" if shown else f"#   {name}: {example}  # {comment}"


def _variable(name: str, value: str, example: str) -> str:
    return f"{name}={value}" if value else f"# {name}={example}"


def _shell_quoted(value: str) -> str:
    """As .env is read: bare where nothing in it means anything there."""
    if re.fullmatch(r"[^\s\"'#]+", value):
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'


def _quoted(value: str | list[str]) -> str:
    """JSON, which YAML reads as it is."""
    return json.dumps(value, ensure_ascii=False)


def _words(typed: str | None) -> list[str]:
    return [word for word in re.split(r"[,\s]+", typed or "") if word]


_REST = """\
# What follows are the defaults.
# environments:
#   tag_keys: [Environment, Env, ENV, Stage]
#   default: production
# policy:
#   rules:
#     - {environment: [production],
#        deny: "Operations not allowed on production instances. Please create a CloudOps request."}
#     - {approvals: {low: 0, medium: 1, high: 2}}
#   expires_after: 72h
#   send_within: 1h
# limits: {per_person: [20/1h, 60/1d], per_database: [20/1h, 60/1d]}
# polling: {interval: 30s, timeout: 5m}
# observe: false
# aftermath: [15m, 60m]
# thresholds: {cpu: 80, connections: 80, utilization: 80, swap: 512 MiB}
"""
