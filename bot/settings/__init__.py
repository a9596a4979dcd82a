"""Environment variables and rds-bot.yml, read once into frozen Settings.

Nothing else reads ``os.environ``, except botocore, which reads AWS's own variables itself. A file
``.env`` in the working directory is taken into it first, so that both see the same.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, SecretStr, ValidationError

from bot.errors import SettingsError
from bot.file_permissions import Kept
from bot.settings._dotenv import DOTENV, ELSEWHERE, take_in
from bot.settings._parse import explain, read
from bot.settings._schema import (
    OBSERVES,
    AccessSettings,
    AccountSettings,
    AuditSettings,
    ChannelSettings,
    Configuration,
    DigestSettings,
    EnvironmentSettings,
    HealthSettings,
    LimitSettings,
    NamePattern,
    NotificationSettings,
    Part,
    People,
    PerRisk,
    PolicySettings,
    PollingSettings,
    QuotaSettings,
    Rule,
    SnapshotSettings,
    TelemetrySettings,
    ViewerSettings,
)
from bot.settings._types import (
    ApiUrl,
    AppToken,
    AuditKey,
    AuditKeys,
    BotToken,
    DatabaseUrl,
    Region,
)
from bot.values import folded

__all__ = [
    "OBSERVES",
    "AccessSettings",
    "AccountSettings",
    "AuditSettings",
    "ChannelSettings",
    "DigestSettings",
    "EnvironmentSettings",
    "HealthSettings",
    "LimitSettings",
    "Loaded",
    "NamePattern",
    "NotificationSettings",
    "People",
    "PerRisk",
    "PolicySettings",
    "PollingSettings",
    "QuotaSettings",
    "Rule",
    "Settings",
    "SlackTokens",
    "SnapshotSettings",
    "TelemetrySettings",
    "ViewerSettings",
    "idle",
    "load",
    "look",
]

FILE = "rds-bot.yml"
#: What botocore reads by itself: a line in them can run a program, or say whom to trust.
OF_AWS = {
    "AWS_CONFIG_FILE": "~/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "",
    "AWS_CA_BUNDLE": "",
}
SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DATABASE_URL", "AUDIT_KEY", "AUDIT_KEY_FORMER")


class SlackTokens(NamedTuple):
    """What the bot signs in to Slack with."""

    bot: SecretStr
    app: SecretStr


class Variables(Part):
    """What comes from the environment: secrets and addresses."""

    slack_bot_token: BotToken | None = None
    slack_app_token: AppToken | None = None
    slack_api_url: ApiUrl = "https://slack.com/api/"
    database_url: DatabaseUrl = Field("sqlite+aiosqlite:///data/rds-bot.db", repr=False)
    audit_key: AuditKey | None = None
    audit_key_former: AuditKeys = ()  #: keys that signed earlier rows, to verify them
    aws_region: Region | None = None  #: for accounts that name none; botocore reads the profile's


class Settings(Configuration, Variables):
    """Everything the bot was told; ``file`` is the name of the settings file, for messages.

    ``kept`` are the files that told it, or would where there are any.
    """

    file: str = FILE
    kept: tuple[Kept, ...] = Field((), repr=False)

    @property
    def policy_hash(self) -> str:
        """SHA-256 of everything that decides who may do what, in hex."""
        deciding = self.model_dump(mode="json", include={"policy", "access", "environments"})
        return hashlib.sha256(
            json.dumps(deciding, sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()

    @property
    def deciding_tags(self) -> frozenset[str]:
        """Keys of tags, folded, by which it is decided who may do what to a database."""
        of_rules = (key for rule in self.policy.rules for key in rule.tag)
        return frozenset(map(folded, (*self.environments.tag_keys, *of_rules)))

    @property
    def audit_key_id(self) -> str | None:
        """Names the audit key without giving it away; None without a key."""
        return None if self.audit_key is None else _key_id(self.audit_key)

    @property
    def audit_keys(self) -> dict[str, bytes]:
        """The secrets of the audit key and of those before it, by their ids."""
        keys = (*self.audit_key_former, *filter(None, (self.audit_key,)))
        return {_key_id(key): key.get_secret_value().encode() for key in keys}

    def require_slack(self) -> SlackTokens:
        """The tokens.

        Raises SettingsError where one is not set: only some commands need Slack.
        """
        if self.slack_bot_token is None or self.slack_app_token is None:
            tokens = {
                "SLACK_BOT_TOKEN": self.slack_bot_token,
                "SLACK_APP_TOKEN": self.slack_app_token,
            }
            missing = [
                f"{name}: not set; export it, or {name}_FILE with the path of a file holding it"
                for name, token in tokens.items()
                if token is None
            ]
            raise SettingsError([*missing, *_beginning(Path(self.file))])
        return SlackTokens(self.slack_bot_token, self.slack_app_token)


def _beginning(file: Path) -> Iterator[str]:
    """For whoever has not begun, or is in another folder than they think."""
    if not file.exists():
        yield f"There is no {file} in {Path.cwd()}. The first settings are made by: rds-bot init"


class Loaded(NamedTuple):
    """Settings with their mistakes, as sentences: what is wrong is as it is by default."""

    settings: Settings
    in_environment: tuple[str, ...]
    in_file: tuple[str, ...]


def idle(settings: Settings) -> tuple[str, ...]:
    """One sentence for each setting that was given although nothing uses it."""
    given = {
        "channels.audit": settings.channels.audit,
        "audit.retention": "retention" in settings.audit.model_fields_set,
        "audit.archive": settings.audit.archive,
    }
    told = {
        "notifications.sns_topic_arn": settings.notifications.sns_topic_arn,
        "telemetry.namespace": settings.telemetry.namespace,
    }
    return (
        *(
            f"{settings.file}: {key}: nothing uses it yet, so it has no effect"
            for key, value in given.items()
            if value
        ),
        *(
            f"{settings.file}: {key}: with observe nothing is published, so it has no effect"
            for key, value in told.items()
            if value and settings.observe
        ),
        *(
            f"{settings.file}: roles.monitoring: {role} is of no account that is listed, so it has "
            "no effect"
            for role in settings.roles.monitoring
            if settings.accounts and role.split(":")[4] not in {one.id for one in settings.accounts}
        ),
    )


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, or of ``environ``.

    Raises SettingsError with all problems found, each naming the file and the key or the variable.
    """
    reading = look(environ)
    if problems := reading.in_environment + reading.in_file:
        raise SettingsError(problems)
    return reading.settings


def look(environ: Mapping[str, str] | None = None) -> Loaded:
    """The same without raising: the settings as far as they go, and all that is wrong."""
    in_dotenv: list[str] = []
    kept: list[Kept] = []
    if environ is None:
        kept += [] if ELSEWHERE in os.environ else [Kept(DOTENV, is_secret=True)]
        in_dotenv = take_in(DOTENV, os.environ)
        environ = os.environ
    file, text, missing = _file(environ)
    configuration, in_file = read(text)
    variables, in_environment = _variables(environ)
    return Loaded(
        settings=Settings(
            file=file,
            kept=(Kept(Path(file)), *kept, *_named(environ)),
            **dict(configuration),
            **dict(variables),
        ),
        in_environment=(*in_dotenv, *in_environment),
        in_file=(*missing, *(f"{file}: {problem}" for problem in in_file)),
    )


def _named(environ: Mapping[str, str]) -> Iterator[Kept]:
    """The files that variables name, or that botocore looks for without one."""
    for name in SECRETS:
        if file := environ.get(f"{name}_FILE"):
            yield Kept(Path(file), is_secret=True)
    for name, usual in OF_AWS.items():
        if file := environ.get(name) or usual:
            yield Kept(Path(os.path.expanduser(file)), is_secret=name != "AWS_CA_BUNDLE")


def _key_id(key: SecretStr) -> str:
    secret = key.get_secret_value().encode()
    return hashlib.sha256(b"rds-bot audit key id\0" + secret).hexdigest()[:12]


def _file(environ: Mapping[str, str]) -> tuple[str, str, list[str]]:
    """Name and text of the settings file, and what is wrong with it."""
    asked = environ.get("RDS_BOT_CONFIG", "")
    path = Path(asked or FILE)
    try:
        return str(path), path.read_text("utf-8"), []
    except FileNotFoundError:
        if not asked:
            return FILE, "", []
        return (
            asked,
            "",
            [f"RDS_BOT_CONFIG: there is no file {asked}; correct the path or unset it"],
        )
    except (OSError, UnicodeDecodeError) as error:
        return str(path), "", [f"{path}: cannot be read: {error}"]


def _variables(environ: Mapping[str, str]) -> tuple[Variables, list[str]]:
    values = {name: environ[name] for name in ("SLACK_API_URL", *SECRETS) if environ.get(name)}
    if region := environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION"):
        values["AWS_REGION"] = region
    problems: list[str] = []
    for name in SECRETS:
        if file := environ.get(f"{name}_FILE"):
            try:
                values[name] = _secret(name, file, environ)
            except SettingsError as error:
                problems.extend(error.problems)
    try:
        lowered = {name.lower(): value for name, value in values.items()}
        return Variables.model_validate(lowered), problems
    except ValidationError as error:
        return Variables(), problems + [
            _shouted(line) for line in explain(error, Variables, lowered)
        ]


def _secret(name: str, file: str, environ: Mapping[str, str]) -> str:
    if environ.get(name):
        raise SettingsError([f"{name}: set twice, here and as {name}_FILE; keep one"])
    try:
        secret = Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{name}_FILE: {file} cannot be read: {error}"]) from error
    if not secret:
        raise SettingsError([f"{name}_FILE: {file} is empty"])
    return secret


def _shouted(problem: str) -> str:
    name, _, sentence = problem.partition(": ")
    return f"{name.upper()}: {sentence}"
