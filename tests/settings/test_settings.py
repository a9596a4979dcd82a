"""What may be set, and the one sentence somebody reads who set it wrongly."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, idle, load
from bot.values import Environment, Risk

Given = Callable[..., Settings]
FILE = "rds-bot.yml"


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Given:
    """Settings from the text of rds-bot.yml and from variables."""

    def load_given(text: str = "", **variables: str) -> Settings:
        (tmp_path / FILE).write_text(dedent(text))
        return load(variables)

    monkeypatch.chdir(tmp_path)
    return load_given


def problems(given: Given, text: str = "", **variables: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        given(text, **variables)
    return [problem.removeprefix(f"{FILE}: ") for problem in caught.value.problems]


def test_without_a_file_and_without_variables_the_defaults_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = load({})

    assert settings.database_url == "sqlite+aiosqlite:///data/rds-bot.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.environments.tag_keys == ("Environment", "Env", "ENV", "Stage")
    assert settings.environments.default is Environment.PRODUCTION
    assert settings.access.approvers is None
    assert settings.polling.interval == timedelta(seconds=30)
    assert settings.polling.timeout == timedelta(minutes=5)
    assert settings.aftermath == (timedelta(minutes=15), timedelta(hours=1))
    assert settings.audit.retention == timedelta(days=400)
    assert settings.policy.send_within == timedelta(hours=1)
    assert {settings.policy.expires_after.of(risk) for risk in Risk} == {timedelta(hours=72)}


def test_the_default_policy_denies_production_and_asks_by_risk_elsewhere(given: Given) -> None:
    production, rest = given().policy.rules

    assert production.environment == (Environment.PRODUCTION,)
    assert production.deny == (
        "Operations not allowed on production instances. Please create a CloudOps request."
    )
    assert rest.is_unconditional
    assert rest.approvals is not None
    assert [rest.approvals.of(risk) for risk in Risk] == [0, 1, 2]


def test_everything_that_can_be_set_is_read(given: Given) -> None:
    settings = given(
        """
        channels: {approvals: C0APPROVE, audit: C0AUDIT, incidents: G0INCIDENT, cloudops: C0OPS}
        access:
          requesters: {groups: [S0DEVS]}
          approvers: {groups: [S0OPS], users: [U0ADA, W0BOB]}
          admins: {users: [U0ADA]}
        accounts:
          - {id: "012345678901", name: main, regions: [us-east-1, eu-central-1],
             role_arn: "arn:aws:iam::012345678901:role/rds-bot", external_id: abc}
          - {id: 123456789012, role_arn: null, external_id: null}
        environments:
          tag_keys: [Stage]
          instances: {Legacy-7: PROD}
          accounts: {210987654321: live}
          patterns: [{match: "^stg-", environment: stg}]
          default: dev
        policy:
          rules:
            - {environment: prod, operation: [reboot_instance], account: 210987654321,
               tag: {Team: payments}, risk: high, approvals: 3, approvers: {users: [U0ADA]},
               expires_after: 2h, send_within: 15m, type_name: false}
            - {approvals: {low: 0, medium: 0, high: 1}}
          risk: {create_snapshot: medium}
          expires_after: {low: 72h, medium: 1d, high: 1h30m}
          send_within: 2h
        polling: {interval: 10s, timeout: 1h}
        audit: {retention: 2 weeks, archive: "s3://archive/rds-bot"}
        notifications: {sns_topic_arn: "arn:aws:sns:us-east-1:123456789012:rds"}
        digests:
          - {channel: C0OPS, cron: "30 8 * * mon-fri", timezone: Europe/Berlin, title: Morning,
             environments: [production]}
        """
    )

    first, last = settings.policy.rules
    assert first.tag == {"Team": ("payments",)}
    assert first.account == ("210987654321",)
    assert first.approvals is not None
    assert first.approvals.of(Risk.LOW) == 3
    assert last.approvals is not None
    assert last.approvals.of(Risk.HIGH) == 1
    assert settings.accounts[1].id == "123456789012"
    assert settings.environments.instances == {"legacy-7": Environment.PRODUCTION}
    assert settings.environments.accounts == {"210987654321": Environment.PRODUCTION}
    assert settings.environments.patterns[0].match.search("STG-orders")
    assert settings.policy.expires_after.of(Risk.HIGH) == timedelta(minutes=90)
    assert settings.audit.retention == timedelta(weeks=2)
    assert settings.digests[0].environments == (Environment.PRODUCTION,)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("20/1h", [(20, 1)]),
        ("[5/30m, 100 / 7d]", [(5, 0.5), (100, 168)]),
        ("{most: 3, within: 2h}", [(3, 2)]),
        ("null", None),
    ],
)
def test_limits_are_one_or_several_or_none(
    given: Given, text: str, limits: list[tuple[int, float]] | None
) -> None:
    read = given(f"limits: {{per_person: {text}}}").limits.per_person

    found = read and [(one.most, one.within / timedelta(hours=1)) for one in read]
    assert found == limits


@pytest.mark.parametrize("text", ["", "# nothing", "channels:\n", "{}"])
def test_an_empty_file_or_section_leaves_the_defaults(given: Given, text: str) -> None:
    assert given(text) == given()


BAD_CONDITION = "policy: {rules: [{%s, approvals: 1}, {approvals: 1}]}"
BAD = {
    "top level typo": ("polcy: {}", 'polcy: unknown key; did you mean "policy"?'),
    "deep typo": (
        "policy: {rules: [{approvals: {low: 0, medium: 1, high: 2, hihg: 2}}]}",
        'policy.rules[0].approvals.hihg: unknown key; did you mean "high"?',
    ),
    "typo in a list": (
        'accounts: [{id: "123456789012", regionz: [us-east-1]}]',
        'accounts[0].regionz: unknown key; did you mean "regions"?',
    ),
    "a word like no key": ("zzz: 1", "zzz: unknown key"),
    "a variable in the file": (
        "slack_bot_token: xoxb-1",
        "slack_bot_token: unknown key",
    ),
    "no mapping": ("- a", "must be a mapping (key: value)"),
    "section is text": ("channels: C0OPS", "channels: must be a mapping (key: value)"),
    "list expected": ("digests: {}", "digests: must be a list"),
    "twice": (
        "polling: {}\naudit: {}\npolling: {}",
        "polling: written twice, in line 1 and in line 3; keep one",
    ),
    "twice in a list": (
        "digests:\n  - channel: C0OPS\n    cron: 0 8 * * mon\n    channel: C0OPS",
        "digests[0].channel: written twice, in line 2 and in line 4; keep one",
    ),
    "broken": ("policy: {rules: [", "line 1, column 18: expected the node content"),
    "tab": ("policy:\n\trules: []", "line 2, column 1: found character '\\t' that cannot start"),
    "channel name": (
        'channels: {audit: "#ops"}',
        'channels.audit: "#ops" is no channel id; copy it from the channel\'s details: C… or G…',
    ),
    "group name": (
        "access: {approvers: {groups: [ops]}}",
        'access.approvers.groups[0]: "ops" is no id of a user group; copy it from its menu: S…',
    ),
    "person's name": (
        'access: {approvers: {users: ["@ada"]}}',
        'access.approvers.users[0]: "@ada" is no member id; copy it from the profile: U… or W…',
    ),
    "nobody": (
        "access: {requesters: {groups: []}}",
        "access.requesters: names nobody; list groups or users, or remove the key",
    ),
    "zeros lost": (
        "accounts: [{id: 12345678901}]",
        "accounts[0].id: 12345678901 does not have 12 digits: an unquoted number loses its "
        'leading zeros; write the account id in quotes, as in "012345678901"',
    ),
    "zeros read as octal": (
        "environments: {accounts: {012345670123: dev}}",
        "environments.accounts.1402433619: 1402433619 does not have 12 digits: an unquoted number "
        'loses its leading zeros; write the account id in quotes, as in "012345678901"',
    ),
    "short account": (
        'accounts: [{id: "123"}]',
        'accounts[0].id: "123" is no account id: 12 digits',
    ),
    "account missing": ("accounts: [{name: main}]", "accounts[0].id: is required"),
    "account twice": (
        'accounts: [{id: "123456789012"}, {id: 123456789012}]',
        "accounts: two accounts have the id 123456789012",
    ),
    "region": (
        "accounts: [{id: 123456789012, regions: [Frankfurt]}]",
        'accounts[0].regions[0]: "Frankfurt" is no region; write it as in us-east-1',
    ),
    "role elsewhere": (
        'accounts: [{id: 123456789012, role_arn: "arn:aws:iam::210987654321:role/bot"}]',
        "accounts[0]: role_arn belongs to another account than 123456789012",
    ),
    "external id alone": (
        "accounts: [{id: 123456789012, external_id: x}]",
        "accounts[0]: external_id without role_arn is never used; give both or neither",
    ),
    "environment": (
        "environments: {default: producton}",
        'environments.default: "producton" is no environment (production, staging, test, '
        'development, sandbox, poc); did you mean "production"?',
    ),
    "environment in a rule": (
        BAD_CONDITION % "environment: [prod, stagging]",
        'policy.rules[0].environment[1]: "stagging" is no environment (production, staging, test, '
        'development, sandbox, poc); did you mean "staging"?',
    ),
    "no condition by mistake": (
        BAD_CONDITION % "environment: []",
        "policy.rules[0].environment: must not be empty",
    ),
    "risk": (
        BAD_CONDITION % "risk: hihg",
        'policy.rules[0].risk: "hihg" is no risk (low, medium, high); did you mean "high"?',
    ),
    "operation": (
        BAD_CONDITION % "operation: Reboot It",
        'policy.rules[0].operation: "Reboot It" is no operation; write its name as in '
        "create_snapshot",
    ),
    "tag as text": (
        BAD_CONDITION % "tag: Team=payments",
        "policy.rules[0].tag: must be a mapping (key: value)",
    ),
    "tag that yaml takes for a number": (
        BAD_CONDITION % "tag: {Tier: 1}",
        "policy.rules[0].tag.Tier: must be text; put it in quotes",
    ),
    "pattern": (
        'environments: {patterns: [{match: "^(prod", environment: prod}]}',
        'environments.patterns[0].match: "^(prod" is no regular expression: missing ), '
        "unterminated subpattern at position 1",
    ),
    "number for a duration": (
        "polling: {timeout: 300}",
        'polling.timeout: "300" is no length of time; write it with a unit: 72h, 5m or 1h30m',
    ),
    "number in quotes for a duration": (
        'policy: {expires_after: "72"}',
        'policy.expires_after: "72" is no length of time; write it with a unit: 72h, 5m or 1h30m',
    ),
    "unknown unit": (
        "polling: {timeout: 5 parsecs}",
        'polling.timeout: "5 parsecs" is no length of time; the units are s, m, h, d and w',
    ),
    "a limit without its time": (
        "limits: {per_person: 20}",
        'limits.per_person: "20" is no limit; write how many in how long: 20/1h',
    ),
    "a limit in a time without a unit": (
        "limits: {per_person: [20/1h, 60/24]}",
        'limits.per_person[1]: "24" is no length of time; write it with a unit: 72h, 5m or 1h30m',
    ),
    "a limit of none": (
        "limits: {per_database: 0/1h}",
        "limits.per_database: must be 1 or more",
    ),
    "a limit that no database counts to": (
        "limits: {per_person: 99999999999999999999/1h}",
        "limits.per_person: must be 10000 or less",
    ),
    "no limits in a list": (
        "limits: {per_database: []}",
        "limits.per_database: must not be empty",
    ),
    "no time at all": (
        "polling: {interval: 0s}",
        'polling.interval: "0s" is no length of time; the units are s, m, h, d and w',
    ),
    "a look back before there are figures": (
        "aftermath: [15m, 90s]",
        "aftermath: each must be in whole minutes, from 4m to 24h",
    ),
    "a risk left out": (
        "policy: {expires_after: {low: 72h, medium: 24h}}",
        "policy.expires_after.high: is required",
    ),
    "approvals below none": (
        "policy: {rules: [{approvals: -1}]}",
        "policy.rules[0].approvals: must be 0 or more",
    ),
    "approvals as truth": (
        "policy: {rules: [{approvals: yes}]}",
        "policy.rules[0].approvals: must be a whole number",
    ),
    "both": (
        "policy: {rules: [{deny: never, approvals: 1}]}",
        "policy.rules[0]: needs either deny or approvals",
    ),
    "neither": (
        "policy: {rules: [{environment: prod}, {approvals: 1}]}",
        "policy.rules[0]: needs either deny or approvals",
    ),
    "deny with more": (
        "policy: {rules: [{environment: prod, deny: no way, send_within: 1h}, {approvals: 1}]}",
        "policy.rules[0]: denies, so send_within would never be used",
    ),
    "a promise not kept": (
        "policy: {rules: [{type_name: true, approvals: 1}]}",
        "policy.rules[0].type_name: is not supported yet: remove it",
    ),
    "no last rule": (
        "policy: {rules: [{environment: prod, approvals: 1}]}",
        "policy.rules: the last rule must have no conditions, so that every change meets a rule. "
        "Add one, for example {approvals: {low: 0, medium: 1, high: 2}}",
    ),
    "no rules": (
        "policy: {rules: []}",
        "policy.rules: the last rule must have no conditions, so that every change meets a rule. "
        "Add one, for example {approvals: {low: 0, medium: 1, high: 2}}",
    ),
    "rules never reached": (
        "policy: {rules: [{approvals: 1}, {approvals: 2}]}",
        "policy.rules: rule 0 has no conditions, so those after it never match",
    ),
    "cron": (
        "digests: [{channel: C0OPS, cron: daily}]",
        'digests[0].cron: "daily" is no cron expression: it has 1 fields and needs five (minute, '
        'hour, day of the month, month, day of the week), as in "30 8 * * mon-fri"',
    ),
    "cron too often": (
        'digests: [{channel: C0OPS, cron: "* 8 * * 1-5"}]',
        'digests[0].cron: "* 8 * * 1-5" comes more often than every 15 minutes',
    ),
    "time zone": (
        "digests: [{channel: C0OPS, cron: 0 8 * * mon, timezone: Europe/Berln}]",
        'digests[0].timezone: "Europe/Berln" is no time zone; did you mean "Europe/Berlin"?',
    ),
    "topic": (
        "notifications: {sns_topic_arn: rds}",
        'notifications.sns_topic_arn: "rds" is no topic; write arn:aws:sns:…',
    ),
    "port": (
        "health: {listen: 8080}",
        "health.listen: must be an address with a port, as in 127.0.0.1:8080",
    ),
    "port out of range": (
        "health: {listen: '127.0.0.1:80800'}",
        'health.listen: "127.0.0.1:80800" is no address with a port; write it as in 127.0.0.1:8080',
    ),
    "namespace": (
        "telemetry: {namespace: AWS/RDS}",
        'telemetry.namespace: "AWS/RDS" is no namespace for CloudWatch',
    ),
    "a threshold of no metric": (
        "thresholds: {speed: 3}",
        'thresholds: "speed" is no metric that has a threshold (cpu, connections,',
    ),
    "a threshold without its unit": (
        "thresholds: {storage: 10}",
        'thresholds: storage: "10" is no value for it. Write it like storage: 10 GiB',
    ),
    "a share of more than all": (
        "thresholds: {cpu: 120 %}",
        "thresholds: cpu: it is a share in percent, so 120 % is too much",
    ),
    "archive": (
        "audit: {archive: archive}",
        'audit.archive: "archive" is no place in S3; write s3://bucket/prefix',
    ),
}


def test_thresholds_are_kept_in_the_units_of_cloudwatch(given: Given) -> None:
    settings = given("thresholds: {cpu: 85, lag: 30 s, FreeStorageSpace: 10 GiB}")

    assert settings.thresholds.given == {
        "CPUUtilization": 85.0,
        "ReplicaLag": 30.0,
        "AuroraReplicaLag": 30_000.0,
        "FreeStorageSpace": 10 * 2**30,
    }


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_said_in_one_sentence(given: Given, text: str, sentence: str) -> None:
    [problem] = problems(given, text)

    assert problem.startswith(sentence)


def test_all_problems_are_told_at_once(given: Given) -> None:
    found = problems(given, "polling: {timeout: 5}\nzzz: 1", SLACK_BOT_TOKEN="nonsense")

    assert [problem.partition(":")[0] for problem in found] == [
        "SLACK_BOT_TOKEN",
        "polling.timeout",
        "zzz",
    ]


def test_the_file_is_named_as_it_was_given(given: Given, tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("zzz: 1")

    with pytest.raises(SettingsError, match=r"mine\.yml: zzz: unknown key"):
        given(RDS_BOT_CONFIG=str(tmp_path / "mine.yml"))


def test_a_file_that_was_asked_for_must_exist(given: Given) -> None:
    assert problems(given, RDS_BOT_CONFIG="gone.yml") == [
        "RDS_BOT_CONFIG: there is no file gone.yml; correct the path or unset it"
    ]


def test_a_file_that_cannot_be_read_is_named(given: Given, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    [problem] = problems(given, RDS_BOT_CONFIG="folder")

    assert problem.startswith("folder: cannot be read: ")


def test_tokens_come_from_variables_or_files(given: Given, tmp_path: Path) -> None:
    (tmp_path / "app").write_text("xapp-1\n")

    tokens = given(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN_FILE="app").require_slack()

    assert tokens.bot.get_secret_value() == "xoxb-1"
    assert tokens.app.get_secret_value() == "xapp-1"


def test_tokens_are_missed_only_by_who_needs_slack(given: Given) -> None:
    settings = given(SLACK_BOT_TOKEN="xoxb-1")

    with pytest.raises(SettingsError) as caught:
        settings.require_slack()

    assert caught.value.problems == (
        "SLACK_APP_TOKEN: not set; export it, or SLACK_APP_TOKEN_FILE with the path of a file "
        "holding it",
    )


BAD_VARIABLES = {
    "swapped tokens": (
        {"SLACK_BOT_TOKEN": "xapp-secret"},
        'SLACK_BOT_TOKEN: must begin with "xoxb-": the bot token, from the app\'s page '
        "OAuth & Permissions",
    ),
    "twice": (
        {"SLACK_APP_TOKEN": "xapp-1", "SLACK_APP_TOKEN_FILE": "app"},
        "SLACK_APP_TOKEN: set twice, here and as SLACK_APP_TOKEN_FILE; keep one",
    ),
    "file gone": (
        {"AUDIT_KEY_FILE": "gone"},
        "AUDIT_KEY_FILE: gone cannot be read: [Errno 2] No such file or directory: 'gone'",
    ),
    "file empty": ({"AUDIT_KEY_FILE": "/dev/null"}, "AUDIT_KEY_FILE: /dev/null is empty"),
    "weak key": (
        {"AUDIT_KEY": "secret"},
        "AUDIT_KEY: must have at least 32 characters, as of `openssl rand -hex 32`",
    ),
    "weak former key": (
        {"AUDIT_KEY_FORMER": f"{'a' * 32},secret"},
        "AUDIT_KEY_FORMER: must have at least 32 characters, as of `openssl rand -hex 32`",
    ),
    "database": (
        {"DATABASE_URL": "mysql://root:secret@db/bot"},
        "DATABASE_URL: must begin with sqlite:/// or postgresql://",
    ),
    "tokens in the clear": (
        {"SLACK_API_URL": "http://slack.example/api"},
        "SLACK_API_URL: must begin with https:// (http:// only to this machine)",
    ),
}


@pytest.mark.parametrize(("variables", "sentence"), BAD_VARIABLES.values(), ids=BAD_VARIABLES)
def test_a_bad_variable_is_named_and_its_value_kept_quiet(
    given: Given, variables: dict[str, str], sentence: str
) -> None:
    found = problems(given, **variables)

    assert found == [sentence]
    assert "secret" not in found[0]


def test_secrets_do_not_show_when_settings_are_printed(given: Given) -> None:
    settings = given(
        SLACK_BOT_TOKEN="xoxb-secret",
        SLACK_APP_TOKEN="xapp-secret",
        AUDIT_KEY="secret" * 8,
        AUDIT_KEY_FORMER="secret" * 9,
        DATABASE_URL="postgresql://bot:secret@db/bot",
    )

    assert "secret" not in repr(settings)
    assert "secret" not in str(settings)


@pytest.mark.parametrize(
    ("url", "understood"),
    [
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("sqlite:////var/bot.db", "sqlite+aiosqlite:////var/bot.db"),
    ],
)
def test_the_usual_spellings_of_a_database_are_understood(
    given: Given, url: str, understood: str
) -> None:
    assert given(DATABASE_URL=url).database_url == understood


def test_the_sandbox_may_be_slack_on_this_machine(given: Given) -> None:
    settings = given(SLACK_API_URL="http://127.0.0.1:3900/api")

    assert settings.slack_api_url == "http://127.0.0.1:3900/api/"


def test_the_audit_key_is_named_without_being_shown(given: Given) -> None:
    one, other = given(AUDIT_KEY="a" * 32), given(AUDIT_KEY="b" * 32)

    assert one.audit_key_id != other.audit_key_id
    assert one.audit_key_id == given(AUDIT_KEY="a" * 32).audit_key_id
    assert given().audit_key_id is None


def test_former_audit_keys_are_known_by_the_ids_they_had(given: Given, tmp_path: Path) -> None:
    (tmp_path / "former").write_text(f"{'a' * 32}, {'b' * 32}\n")
    one, other = given(AUDIT_KEY="a" * 32), given(AUDIT_KEY="b" * 32)

    now = given(AUDIT_KEY="c" * 32, AUDIT_KEY_FORMER_FILE="former")

    assert {*now.audit_keys} == {one.audit_key_id, other.audit_key_id, now.audit_key_id}
    assert now.audit_keys[one.audit_key_id or ""] == b"a" * 32
    assert given().audit_keys == {}


def test_what_was_given_for_nothing_is_named(given: Given) -> None:
    settings = given(
        """
        channels: {approvals: C0APPROVE, audit: C0AUDIT, incidents: G0INCIDENT}
        audit: {retention: 400d, archive: "s3://archive/rds-bot"}
        """
    )

    keys = ["channels.audit", "audit.retention", "audit.archive"]
    assert idle(settings) == tuple(
        f"{FILE}: {key}: nothing uses it yet, so it has no effect" for key in keys
    )
    assert idle(given()) == ()


ACCOUNT = "123456789012"


def test_roles_are_one_of_each_account_and_one_of_no_account_is_named(given: Given) -> None:
    mine, theirs = (f"arn:aws:iam::{one}:role/rds-monitoring" for one in (ACCOUNT, "9" * 12))
    listed = f"accounts: [{{id: '{ACCOUNT}'}}]"

    assert given(f"roles: {{monitoring: '{mine}'}}").roles.monitoring == (mine,)
    settings = given(f"{listed}\nroles: {{monitoring: ['{mine}', '{theirs}']}}")
    [said] = idle(settings)
    assert "roles.monitoring" in said
    assert theirs in said
    with pytest.raises(SettingsError, match="two roles belong to the account"):
        given(f"roles: {{monitoring: ['{mine}', '{mine}']}}")
    with pytest.raises(SettingsError, match=r"roles\.monitoring"):
        given("roles: {monitoring: 'arn:aws:iam::1:user/x'}")


def test_the_policy_hash_follows_what_decides_and_nothing_else(given: Given) -> None:
    before = given().policy_hash

    assert given("polling: {interval: 10s}").policy_hash == before
    assert given("policy: {send_within: 2h}").policy_hash != before
    assert given("access: {approvers: {users: [U0ADA]}}").policy_hash != before
    assert given("environments: {default: dev}").policy_hash != before


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("0.0.0.0:9090", ("0.0.0.0", 9090)),
        ("localhost:1", ("localhost", 1)),
        ("'[::1]:8080'", ("::1", 8080)),
    ],
)
def test_the_pages_are_served_where_it_is_written(
    given: Given, written: str, address: tuple[str, int]
) -> None:
    assert given(f"health: {{listen: {written}}}").health.listen == address
    assert given().health.listen is None


def test_a_team_says_what_its_own_words_for_environments_mean(given: Given) -> None:
    environments = given("environments: {words: {Prod-EU: production}}").environments

    assert environments.read(" prod\u200b_eu ") is Environment.PRODUCTION
    assert environments.read("Live") is Environment.PRODUCTION
    assert environments.read("prod-us") is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("{qa: production}", '"qa" cannot mean production: it means test already'),
        ("{x-1: test, X_1: poc}", '"X_1" cannot mean poc: it means test already'),
        ('{" ": test}', '" " cannot mean test: nothing of it can be seen'),
    ],
)
def test_a_word_for_an_environment_has_one_meaning(given: Given, words: str, sentence: str) -> None:
    assert problems(given, f"environments: {{words: {words}}}") == [
        f"environments.words: {sentence}"
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('environments: {instances: {legacy-7: production, "Legacy-7 ": development}}',
         "environments.instances"),
        ('policy: {rules: [{tag: {Team: a, "team ": b}, deny: x}, {approvals: 1}]}',
         "policy.rules[0].tag"),
    ],
)  # fmt: skip
def test_keys_that_read_alike_are_one_answer_too_many(given: Given, text: str, key: str) -> None:
    [problem] = problems(given, text)

    assert problem.startswith(f"{key}: ")
    assert "stands there more than once" in problem


@pytest.mark.parametrize(
    "text",
    [
        'environments: {tag_keys: ["Environment", " "]}',
        'environments: {tag_keys: ["\\u200b"]}',
        'policy: {rules: [{tag: {"": a}, deny: x}, {approvals: 1}]}',
    ],
)
def test_a_key_that_nobody_can_see_would_never_match(given: Given, text: str) -> None:
    [problem] = problems(given, text)

    assert "nothing of it can be seen" in problem


def test_names_in_settings_are_tidied_before_they_are_compared(given: Given) -> None:
    settings = given("""\
        environments: {instances: {"Legacy-7 ": " PROD "}}
        policy:
          risk: {create_snapshot: " High"}
          rules: [{environment: "Pre-Prod ", deny: x}, {approvals: 1}]
        """)

    assert settings.environments.instances == {"legacy-7": Environment.PRODUCTION}
    assert settings.policy.risk == {"create_snapshot": Risk.HIGH}
    assert settings.policy.rules[0].environment == (Environment.STAGING,)


def test_the_tags_that_decide_are_those_of_environments_and_of_rules(given: Given) -> None:
    settings = given("policy: {rules: [{tag: {Data-Class: secret}, deny: x}, {approvals: 1}]}")

    assert settings.deciding_tags == {"environment", "env", "stage", "data-class"}


def test_viewers_are_named_for_all_and_for_single_environments(given: Given) -> None:
    viewers = given("""\
        access:
          viewers:
            groups: [S0STAFF]
            environments: {prod: {groups: [S0DBAS]}}
        """).access.viewers

    assert viewers is not None
    production, staging = map(viewers.of, (Environment.PRODUCTION, Environment.STAGING))
    assert production is not None
    assert staging is not None
    assert (production.groups, staging.groups) == (("S0DBAS",), ("S0STAFF",))
    assert viewers.all_groups == {"S0DBAS", "S0STAFF"}


def test_where_nobody_is_named_for_all_only_the_named_environments_are_narrowed(
    given: Given,
) -> None:
    viewers = given("access: {viewers: {environments: {prod: {users: [U0DORA]}}}}").access.viewers

    assert viewers is not None
    assert viewers.of(Environment.TEST) is None


@pytest.mark.parametrize(
    ("viewers", "sentence"),
    [
        ("{}", "names nobody"),
        ("{environments: {}}", "names nobody"),
        ("{environments: {production: {}}}", "names nobody"),
        ("{environments: {prod: {users: [U0A]}, production: {users: [U0B]}}}", "more than once"),
        ("{environments: {produktion: {users: [U0A]}}}", "is no environment"),
    ],
)
def test_viewers_who_are_nobody_or_two_answers_are_a_mistake(
    given: Given, viewers: str, sentence: str
) -> None:
    [problem] = problems(given, f"access: {{viewers: {viewers}}}")

    assert problem.startswith("access.viewers")
    assert sentence in problem
