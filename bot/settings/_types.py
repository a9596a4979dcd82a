"""The types of single settings: each says in a sentence what it wants."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, TypeVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StrictInt, StrictStr
from pytimeparse2 import parse as parse_time
from rapidfuzz import fuzz, process

from bot.cron import checked as crontab
from bot.settings._thresholds import Thresholds as _Thresholds
from bot.settings._thresholds import read as _thresholds
from bot.values import Environment, Risk, folded

T = TypeVar("T")


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`; did you mean "high"?`, or nothing where no choice comes near."""
    found = process.extractOne(word, list(choices), scorer=fuzz.ratio, score_cutoff=60)
    return f'; did you mean "{found[0]}"?' if found else ""


def _shaped(pattern: str, sentence: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f'"{text}" {sentence}')
        return text

    return AfterValidator(check)


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"(\d+(\.\d+)?\s*[a-z]+\s*)+", value):
        raise ValueError(f'"{value}" is no length of time; write it with a unit: 72h, 5m or 1h30m')
    seconds = parse_time(value)
    if not isinstance(seconds, int | float) or not 0 < seconds < 100 * 365 * 86400:
        raise ValueError(f'"{value}" is no length of time; the units are s, m, h, d and w')
    return timedelta(seconds=seconds)


def _account(value: object) -> object:
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if len(str(value)) != 12:
        raise ValueError(
            f"{value} does not have 12 digits: an unquoted number loses its leading zeros; "
            'write the account id in quotes, as in "012345678901"'
        )
    return str(value)


def _environment(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = Environment.parse(value)
    if found is None:
        raise ValueError(_no_word(value, "environment", Environment))
    return found


def _risk(value: object) -> object:
    if not isinstance(value, str):
        return value
    if folded(value) not in set(Risk):
        raise ValueError(_no_word(value, "risk", Risk))
    return Risk(folded(value))


def _no_word(word: str, what: str, words: Iterable[str]) -> str:
    words = list(words)
    return f'"{word}" is no {what} ({", ".join(words)}){did_you_mean(word, words)}'


def _pattern(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return re.compile(value, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f'"{value}" is no regular expression: {error}') from error


def _timezone(name: str) -> str:
    names = available_timezones()
    if name not in names:
        raise ValueError(f'"{name}" is no time zone{did_you_mean(name, names)}')
    return name


def _address(value: object) -> object:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        raise ValueError("must be an address with a port, as in 127.0.0.1:8080")
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})", value)
    if found is None or not 0 < int(found[3]) < 65536:
        raise ValueError(f'"{value}" is no address with a port; write it as in 127.0.0.1:8080')
    return found[1] or found[2], int(found[3])


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


def _one_of_each_account(roles: tuple[str, ...]) -> tuple[str, ...]:
    accounts = [one.split(":")[4] for one in roles]
    if twice := next((one for one in accounts if accounts.count(one) > 1), None):
        raise ValueError(f"two roles belong to the account {twice}; name one")
    return roles


def _once(value: object) -> object:
    """Two keys that read alike would be two answers, of which one is lost."""
    if isinstance(value, Mapping):
        read = [folded(str(key)) for key in value]
        for key, word in zip(value, read, strict=True):
            if read.count(word) > 1:
                raise ValueError(f'"{key}" stands there more than once, however it is written')
    return value


def _each_environment_once(value: object) -> object:
    if isinstance(value, Mapping):
        read = [Environment.parse(str(key)) for key in value]
        for key, environment in zip(value, read, strict=True):
            if environment and read.count(environment) > 1:
                raise ValueError(f'"{key}" is {environment}, which stands there more than once')
    return value


def _visible(text: str) -> str:
    if not folded(text):
        raise ValueError(f"{text!a} names nothing: nothing of it can be seen")
    return text


def _separated(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _begins(prefix: str, sentence: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefix):
            raise ValueError(f'must begin with "{prefix}": {sentence}')
        if not re.fullmatch("[!-~]+", secret.get_secret_value()):
            raise ValueError(f"has a blank or a letter that no token has: copy {sentence} anew")
        return secret

    return AfterValidator(check)


def _at_least(length: int) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < length:
            raise ValueError(
                f"must have at least {length} characters, as of `openssl rand -hex 32`"
            )
        return secret

    return AfterValidator(check)


def _api_url(url: str) -> str:
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", url):
        raise ValueError("must begin with https:// (http:// only to this machine)")
    return url.rstrip("/") + "/"


def _database_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    driver = _DRIVERS.get(scheme)
    if driver is None or not separator:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return f"{driver}://{rest}"


_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

#: A mapping whose keys differ also when they are folded, and a key of a tag.
Once = BeforeValidator(_once)
EachEnvironmentOnce = BeforeValidator(_each_environment_once)
TagKey = Annotated[StrictStr, AfterValidator(_visible)]
#: A scalar or a list in the file, never an empty one: that would read as "no condition".
OneOrMore = Annotated[tuple[T, ...], BeforeValidator(_listed), Field(min_length=1)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Address = Annotated[tuple[str, int], BeforeValidator(_address)]
Namespace = Annotated[
    StrictStr,
    _shaped(
        r"(?!AWS/)[A-Za-z0-9][A-Za-z0-9._/#-]{0,199}",
        "is no namespace for CloudWatch: letters, digits and . - _ / #, and it is not AWS's own",
    ),
]
Thresholds = Annotated[_Thresholds, BeforeValidator(_thresholds)]
Count = Annotated[StrictInt, Field(ge=0)]
ChannelId = Annotated[
    StrictStr,
    _shaped("[CG][A-Z0-9]{2,}", "is no channel id; copy it from the channel's details: C… or G…"),
]
GroupId = Annotated[
    StrictStr, _shaped("S[A-Z0-9]{2,}", "is no id of a user group; copy it from its menu: S…")
]
UserId = Annotated[
    StrictStr, _shaped("[UW][A-Z0-9]{2,}", "is no member id; copy it from the profile: U… or W…")
]
AccountId = Annotated[
    StrictStr, BeforeValidator(_account), _shaped(r"\d{12}", "is no account id: 12 digits")
]
Region = Annotated[
    StrictStr, _shaped(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", "is no region; write it as in us-east-1")
]
RoleArn = Annotated[
    StrictStr,
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: names of roles. In
    # a policy an asterisk would be every role.
    _shaped(
        r"arn:aws[a-z-]*:iam::\d{12}:role/(?:[A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}",
        "is no role; write arn:aws:iam::…:role/… with letters, digits and _+=,.@- in its name",
    ),
]
RoleArns = Annotated[OneOrMore[RoleArn], AfterValidator(_one_of_each_account)]
TopicArn = Annotated[
    StrictStr,
    _shaped(
        r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?",
        "is no topic; write arn:aws:sns:…",
    ),
]
BucketUrl = Annotated[
    StrictStr, _shaped(r"s3://[a-z0-9.-]+(/.*)?", "is no place in S3; write s3://bucket/prefix")
]
InstanceName = Annotated[
    StrictStr,
    AfterValidator(folded),
    _shaped("[a-z][a-z0-9-]*", "is no name of a database in RDS: letters, digits and hyphens"),
]
OperationName = Annotated[
    StrictStr,
    _shaped("[a-z][a-z0-9_]*", "is no operation; write its name as in create_snapshot"),
]
EnvironmentName = Annotated[Environment, BeforeValidator(_environment)]
RiskName = Annotated[Risk, BeforeValidator(_risk)]
Pattern = Annotated[re.Pattern[str], BeforeValidator(_pattern)]
Timezone = Annotated[StrictStr, AfterValidator(_timezone)]
Cron = Annotated[StrictStr, AfterValidator(crontab)]
Sentence = Annotated[StrictStr, AfterValidator(str.strip), Field(min_length=1)]

BotToken = Annotated[
    SecretStr, _begins("xoxb-", "the bot token, from the app's page OAuth & Permissions")
]
AppToken = Annotated[
    SecretStr, _begins("xapp-", "the app-level token, from the app's page Basic Information")
]
AuditKey = Annotated[SecretStr, _at_least(32)]
AuditKeys = Annotated[tuple[AuditKey, ...], BeforeValidator(_separated)]
ApiUrl = Annotated[StrictStr, AfterValidator(_api_url)]
DatabaseUrl = Annotated[StrictStr, AfterValidator(_database_url)]
