"""`rds-bot check` as it is run: what holds, what does not, and how to mend it."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from bot.aws.checks import (
    Trial,
    asked_of,
    judged,
    publishable,
    resources_of,
    role_of,
    tried,
)
from bot.aws.session import Account
from bot.checks import CheckOutcome, clock
from bot.operations import CATALOGUE
from bot.sandbox.aws import MAIN, AWSSandbox, role_arn
from bot.sandbox.slack import Refused, SlackSandbox
from bot.settings import PolicySettings, Settings, load
from bot.setup import iam
from bot.setup.check import closed_alike, trials
from handlers.checks import electorates
from storage.checks import look
from tests.commands import rds_bot
from tests.conftest import CONFIG, Home
from tests.iam import Resource, may
from tests.stories.asking import configured

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(120)


@dataclass(frozen=True)
class Checked:
    exit_code: int
    said: str

    @property
    def problems(self) -> set[str]:
        lines = [line.split() for line in self.said.splitlines()]
        return {words[1].rstrip(":") for words in lines if words and words[0] == "problem"}

    def line(self, name: str) -> str:
        """The one line about something."""
        [found] = [line for line in self.said.splitlines() if f" {name}: " in line]
        return found


async def check(home: Home, *words: str, config: str = CONFIG, **environment: str) -> Checked:
    """A process of its own, to its end; whatever happens, no traceback and no token."""
    return await checked(home, {**home.environ(config), **environment}, *words)


async def checked(home: Home, environment: Mapping[str, str], *words: str) -> Checked:
    done = await asyncio.to_thread(rds_bot, "check", *words, folder=ROOT, environment=environment)
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert home.slack.bot_token not in said
    assert home.slack.app_token not in said
    return Checked(done.returncode, said)


async def test_files_that_others_can_write_or_read_are_named_with_what_mends_them(
    home: Home, bot: object
) -> None:
    key, modes = home.folder / "key", {"rds-bot.yml": 0o664, "bot.db": 0o606, "key": 0o644}
    key.write_text("k" * 32, "utf-8")
    environment = {**home.environ(), "AUDIT_KEY_FILE": str(key)}

    for name, mode in modes.items():
        (home.folder / name).chmod(mode)
    done = await checked(home, environment)

    assert (done.exit_code, done.problems) == (1, {"files"})
    for said in (
        f"{home.folder}/rds-bot.yml: others can write it (mode 0664). "
        f"Run: chmod go-w {home.folder}/rds-bot.yml",
        f"{home.folder}/bot.db: others can write it (mode 0606).",
        f"{key}: it holds secrets, and others can read it (mode 0644). Run: chmod go-r {key}",
    ):
        assert said in done.said


async def test_all_is_well_while_the_bot_runs(bot: object, home: Home) -> None:
    done = await check(home)

    assert done.exit_code == 0, done.said
    assert " 0 problems, " in done.said
    for name in (
        "settings", "slack.bot_token", "slack.app_token", "slack.scopes", "slack.clock",
        "channels.approvals", "channels.cloudops", "groups.S0DBAS0001", "access.approvers",
        "aws.identity", "aws.clock", "aws.main.role", "aws.main.us-east-1", "aws.analytics.role",
        "aws.analytics.eu-west-1", "database.folder", "database.disk", "database.file",
        "database.tables", "machine.timezones", "files",
    ):  # fmt: skip
        assert done.line(name).startswith("ok "), done.line(name)
    permissions = done.line("aws.main.permissions")
    assert permissions.startswith("skipped "), "what could not be checked is not said to be well"
    assert "iam:SimulatePrincipalPolicy" in permissions


async def test_a_session_of_a_change_is_tried_in_every_region(home: Home, aws: AWSSandbox) -> None:
    regions = ["us-east-1", "eu-west-1", "ap-south-1"]
    main = {"id": MAIN, "name": "main", "regions": regions, "role_arn": role_arn(MAIN)}

    done = await check(home, config=configured(accounts=[main]))

    tried = {call.region for call in aws.calls("rds:*") if call.session_name == "rds-bot-check"}
    assert tried == set(regions)
    assert {call.region for call in aws.calls("sts:AssumeRole")} == {"us-east-1"}
    for region in regions:
        assert done.line(f"aws.main.{region}").startswith("ok ")


async def test_what_only_the_rules_close_is_counted_and_named(home: Home) -> None:
    patterns = [{"match": "^(orders-t|ledger)", "environment": "production"}]

    done = await check(home, config=configured(environments={"patterns": patterns}))

    line = done.line("aws.fleet")
    assert done.problems == {"aws.fleet"}
    assert "2 of " in line
    assert f"ledger-test@{MAIN}/us-east-1, orders-test@{MAIN}/us-east-1" in line
    assert "Tag each with" in line


async def test_what_aws_closes_too_is_no_problem_and_what_it_closes_alone_is_told(
    home: Home,
) -> None:
    patterns = [{"match": "^ware(house)?$", "environment": "development"}]

    done = await check(home, config=configured(environments={"patterns": patterns}))

    line = done.line("aws.fleet")
    assert line.startswith("ok ")
    assert "the role closes each one that the rules close" in line
    assert "so AWS would refuse their changes" in line
    assert f"warehouse@{MAIN}/us-east-1" in line


@pytest.mark.parametrize(
    ("by_rules", "at_aws", "missing", "outcome", "words"),
    [
        ({"a"}, {"a"}, [], CheckOutcome.OK, "of 5 databases the role closes each"),
        ({"a"}, {"a", "b"}, [], CheckOutcome.OK, "1 more are closed for the role"),
        ({"a", "b"}, {"a"}, [], CheckOutcome.PROBLEM, "1 of 5 databases are closed by the rules"),
        (
            {"a"},
            {"a"},
            ["main/us-east-1"],
            CheckOutcome.SKIPPED,
            "could not be read: main/us-east-1",
        ),
        ({"a"}, set(), ["main/us-east-1"], CheckOutcome.PROBLEM, "could not be read"),
        ({f"d{one}" for one in range(12)}, set(), [], CheckOutcome.PROBLEM, "and 2 more"),
    ],
)
def test_what_is_closed_where_is_counted(
    by_rules: set[str], at_aws: set[str], missing: list[str], outcome: CheckOutcome, words: str
) -> None:
    found = closed_alike(5, by_rules, at_aws, missing)

    assert found.outcome is outcome
    assert words in found.told


async def test_a_pilot_is_said_to_be_one_and_needs_no_approvers(home: Home) -> None:
    topic = {"sns_topic_arn": f"arn:aws:sns:us-east-1:{MAIN}:rds"}
    done = await check(home, config=configured(access=None, observe=True, notifications=topic))

    assert done.exit_code == 0, done.said
    assert "I only observe here" in done.line("settings.observe")
    assert "nobody has to approve" in done.line("access.approvers")
    assert "changes nothing" in done.line("aws.fleet")
    assert "notifications.sns_topic_arn: with observe nothing is published" in done.said


async def test_as_json(home: Home) -> None:
    done = await check(home, "--json", config=f"{CONFIG}\ntelemetry: {{namespace: rds-bot}}\n")

    found = json.loads(done.said)
    [figures] = [one for one in found["findings"] if one["name"] == "aws.figures"]
    assert figures["outcome"] == "skipped", "what could not be checked is not said to be well"
    assert found["ok"] is True
    assert {"name", "outcome", "told", "mend"} == set(found["findings"][0])


def _harm_the_app(slack: SlackSandbox, aws: AWSSandbox) -> None:
    app, lost = slack.workspace.app, {"users:read.email"}
    scopes = (*(set(app.scopes) - lost), "channels:history", "admin")
    slack.workspace.app = replace(app, scopes=scopes)
    slack.faults.add("apps.connections.open", Refused("missing_scope"), times=None)
    slack.workspace.archive("cloudops")
    slack.workspace.leave_group("dbas", "emil")
    aws.fault("sts:AssumeRole", "denied", times=None)


def _harm_the_people(slack: SlackSandbox, aws: AWSSandbox) -> None:
    channel = slack.workspace.channel("databases")
    slack.workspace.add(replace(channel, is_shared=True, is_ext_shared=True))
    slack.workspace.change("emil", email="Dora@example.com")
    aws.fault("rds:*", "denied", times=None, region="eu-west-1")
    aws.fault("rds:*", "reset", times=None, region="us-east-1")


def _harm_the_addresses(slack: SlackSandbox, aws: AWSSandbox) -> None:
    slack.workspace.change("emil", email="")


def _harm_the_token(slack: SlackSandbox, aws: AWSSandbox) -> None:
    slack.faults.add("auth.test", Refused("token_revoked"), times=None)


def _harm_the_channel(slack: SlackSandbox, aws: AWSSandbox) -> None:
    slack.workspace.leave_channel("databases", "rds-bot")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_harm_the_app, {
            "slack.scopes": ("missing: users:read.email; more than manifest.yml asks for: admin.",
                             "Remove admin", "reinstall"),
            "slack.app_token": ("missing_scope", "connections:write"),
            "channels.cloudops": ("#cloudops (C0CLOUDOPS) is archived", "Unarchive"),
            "access.approvers": ("1 could approve: dora; changes need up to 2", "Name more people"),
            "aws.main.role": ("not authorized", "--of trust"),
            "aws.analytics.role": ("not authorized", "--of trust"),
        }),
        (_harm_the_people, {
            "channels.approvals": ("shared with another organization", "no other organization"),
            "access.approvers": ("1 could approve: dora, emil (accounts of one",),
            "aws.analytics.eu-west-1": ("not authorized", "rds-bot iam-policy"),
            "aws.main.us-east-1": ("AWS did not answer", "network"),
        }),
        (_harm_the_addresses, {
            "access.approvers": ("no e-mail address of emil: I cannot", "are one person",
                                 "users:read.email"),
        }),
        (_harm_the_token, {"slack.bot_token": ("token_revoked", "OAuth & Permissions")}),
        (_harm_the_channel, {"channels.approvals": ("is not in #databases", "/invite @rds-bot")}),
    ],
)  # fmt: skip
async def test_what_does_not_hold_is_named_with_its_mend_and_hides_nothing_else(
    home: Home, slack: SlackSandbox, aws: AWSSandbox,
    harm: Callable[[SlackSandbox, AWSSandbox], None], told: Mapping[str, tuple[str, ...]],
) -> None:  # fmt: skip
    harm(slack, aws)

    done = await check(home)

    assert done.exit_code == 1
    assert done.problems == set(told)
    for name, words in told.items():
        assert [one for one in words if one not in done.line(name)] == [], done.line(name)


async def test_without_tokens_all_else_is_still_checked_and_nothing_is_left_behind(
    home: Home,
) -> None:
    done = await check(home, SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="")

    assert done.problems == {"slack.bot_token", "slack.app_token"}
    assert "SLACK_BOT_TOKEN is not set" in done.line("slack.bot_token")
    assert "SLACK_APP_TOKEN is not set" in done.line("slack.app_token")
    assert done.line("aws.main.role").startswith("ok ")
    assert done.line("slack.workspace").startswith("skipped ")
    assert done.line("database.file").startswith("skipped ")
    assert [one.name for one in home.folder.iterdir()] == ["rds-bot.yml"]


async def test_a_group_that_is_gone_and_one_that_nobody_is_in_are_named(home: Home) -> None:
    home.slack.workspace.leave_group("platform-admins", "pat")
    access = {"approvers": {"groups": ["S0GONE0001"]}, "admins": {"groups": ["S0PLAT0001"]}}

    done = await check(home, config=configured(access=access))

    assert "its menu in Slack" in done.line("groups.S0GONE0001")
    assert "nobody is in it" in done.line("groups.S0PLAT0001")
    assert done.line("access.admins").startswith("problem ")


async def test_mistakes_in_the_settings_are_all_named_and_leave_out_what_hangs_on_them(
    home: Home,
) -> None:
    done = await check(home, config="chanels: {}\npolling: {interval: soon}\n")

    assert done.exit_code == 1
    assert 'chanels: unknown key; did you mean "channels"?' in done.said
    assert "polling.interval" in done.said
    assert done.line("slack.bot_token").startswith("ok ")
    assert done.line("database.folder").startswith("ok ")
    assert done.line("aws").startswith("skipped ")


async def test_a_database_that_cannot_be_written_and_unset_approvers_are_named(
    home: Home,
) -> None:
    file = home.folder / "read-only.db"
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE anything (id)")
    whole = bytearray(file.read_bytes())
    whole[18] = 3  # only a later SQLite may write it: https://www.sqlite.org/fileformat.html
    file.write_bytes(whole)

    done = await check(home, config=configured(access=None), DATABASE_URL=f"sqlite:///{file}")

    assert done.exit_code == 1
    assert done.line("database.file").startswith("problem ")
    assert "user who runs the bot" in done.line("database.file")
    assert "access.approvers is not set" in done.line("access.approvers")


async def test_a_folder_that_cannot_be_written_is_named() -> None:
    [folder, *_] = await look("sqlite:////proc/nowhere/bot.db")

    assert (folder.name, folder.outcome) == ("database.folder", CheckOutcome.PROBLEM)


async def test_a_database_out_of_reach_is_named_without_its_password() -> None:
    [found] = await look("postgresql://rds:hunter2@127.0.0.1:1/rds")

    assert (found.name, found.outcome) == ("database.reached", CheckOutcome.PROBLEM)
    assert "hunter2" not in str(found)


NOW = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("theirs", "outcome"),
    [
        (NOW, CheckOutcome.OK),
        (NOW + timedelta(seconds=2), CheckOutcome.OK),
        (NOW - timedelta(seconds=3), CheckOutcome.OK),
        (NOW + timedelta(seconds=10), CheckOutcome.PROBLEM),
        (NOW - timedelta(seconds=10), CheckOutcome.PROBLEM),
    ],
)
def test_a_clock_that_is_off_is_a_problem(theirs: datetime, outcome: CheckOutcome) -> None:
    found = clock("clock", NOW, NOW, format_datetime(theirs, usegmt=True))

    assert found.outcome is outcome


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_without_a_date_nothing_is_said_of_the_clock(date: str | None) -> None:
    assert clock("clock", NOW, NOW, date).outcome is CheckOutcome.SKIPPED


NEEDS = {"reboot": ("rds:DescribeDBInstances", "rds:RebootDBInstance"), "snapshot": (
    "rds:AddTagsToResource", "rds:CreateDBSnapshot", "rds:CreateDBClusterSnapshot")}  # fmt: skip


def _said(action: str, decision: str, *missing: str) -> Mapping[str, Any]:
    return {"EvalActionName": action, "EvalDecision": decision, "MissingContextValues": missing}


@pytest.mark.parametrize(
    ("answers", "outcome", "words"),
    [
        ([_said("rds:RebootDBInstance", "allowed")], CheckOutcome.OK, "reboot, snapshot"),
        ([_said("rds:RebootDBInstance", "implicitDeny")],
         CheckOutcome.PROBLEM, "reboot (rds:Reboot"),
        ([_said("rds:RebootDBInstance", "explicitDeny", "aws:ResourceTag/Env")],
         CheckOutcome.PROBLEM,
         "reboot"),
        ([_said("rds:RebootDBInstance", "implicitDeny", "aws:ResourceTag/Env")],
         CheckOutcome.SKIPPED,
         "depends on tags"),
        ([_said("rds:RebootDBInstance", "allowed", "aws:ResourceTag/Env")], CheckOutcome.OK, ""),
    ],
)  # fmt: skip
def test_what_a_simulation_says_is_told_by_operation(
    answers: list[Mapping[str, Any]], outcome: CheckOutcome, words: str
) -> None:
    found = judged("permissions", answers, NEEDS)

    assert found.outcome is outcome
    assert words in found.told


@pytest.mark.parametrize(
    ("decision", "outcome"), [("allowed", CheckOutcome.OK), ("implicitDeny", CheckOutcome.PROBLEM)]
)
def test_whether_figures_may_be_published_is_told(decision: str, outcome: CheckOutcome) -> None:
    found = publishable("aws.figures", [_said("cloudwatch:PutMetricData", decision)], "rds-bot")

    assert found.outcome is outcome
    assert "rds-bot" in found.told


def test_an_action_is_simulated_on_the_resources_that_it_is_authorised_on() -> None:
    account = Account(id="123456789012", name="main", regions=("us-east-1",))
    asked = {
        action: [one.split(":")[5] if ":" in one else one for one in resources]
        for resources, actions in resources_of(NEEDS, account)
        for action in actions
    }

    assert asked == {
        "rds:DescribeDBInstances": ["*"],
        "rds:RebootDBInstance": ["db"],
        "rds:CreateDBSnapshot": ["db", "snapshot"],
        "rds:CreateDBClusterSnapshot": ["cluster", "cluster-snapshot"],
        "rds:AddTagsToResource": ["cluster", "cluster-snapshot", "db", "snapshot"],
    }


SHUT = {"accounts": {MAIN: "production"}}
TRIED = [
    {}, {"observe": True}, {"environments": SHUT}, {"environments": {"default": "sandbox"}},
    {"policy": {"rules": [{"approvals": 1}]}}, {"policy": {"rules": [{"deny": "No."}]}},
    {"environments": {"tag_keys": ["Umgebung", "Stufe"], "words": {"wiese": "sandbox"}}},
    {"roles": {"monitoring": f"arn:aws:iam::{MAIN}:role/rds-monitoring"}},
]  # fmt: skip
PLACE = Account(id=MAIN, name="main", regions=("us-east-1",), role_arn=role_arn(MAIN))


def simulated(policy: Mapping[str, Any], trial: Trial) -> list[Mapping[str, Any]]:
    """What SimulatePrincipalPolicy would answer of a role with that policy."""
    model = create_loader().load_service_model("iam", "service-2")
    shape = ServiceModel(model).operation_model("SimulatePrincipalPolicy").input_shape
    answers = []
    for asked in asked_of(trial, PLACE):
        whole = {"PolicySourceArn": PLACE.role_arn, **asked}
        assert not ParamValidator().validate(whole, shape).has_errors()
        told = {
            one["ContextKeyName"]: one["ContextKeyValues"][0]
            for one in asked.get("ContextEntries", ())
        }
        for action, arn in product(asked["ActionNames"], asked["ResourceArns"]):
            passes = may(policy, action, [Resource(arn)], told=told)
            answers.append(_said(action, "allowed" if passes else "explicitDeny"))
    return answers


def of_a_role(told: Settings, policy: Mapping[str, Any]) -> list[CheckOutcome]:
    found = [tried("role", simulated(policy, one), one) for one in trials(told, MAIN)]
    return [one.outcome for one in found]


@pytest.mark.parametrize("sections", TRIED, ids=str)
def test_a_role_with_the_printed_policy_passes_every_trial(sections: dict[str, Any]) -> None:
    told = Settings.model_validate(sections)
    policy = iam.role_policy(CATALOGUE.values(), told)

    assert set(of_a_role(told, policy)) == {CheckOutcome.OK}


@pytest.mark.parametrize("sections", [one for one in TRIED if "approvals" not in str(one)], ids=str)
def test_a_role_that_may_change_more_than_the_rules_let_pass_is_a_problem(
    sections: dict[str, Any],
) -> None:
    told = Settings.model_validate(sections)
    freely = {"policy": {"rules": [{"approvals": 1}]}}
    policy = iam.role_policy(CATALOGUE.values(), Settings.model_validate(freely))

    assert CheckOutcome.PROBLEM in of_a_role(told, policy)


def test_a_role_that_may_change_less_than_the_rules_let_pass_is_a_problem() -> None:
    told = Settings()
    observing = iam.role_policy(CATALOGUE.values(), told, iam.Wanted(observe=True))

    assert CheckOutcome.PROBLEM in of_a_role(told, observing)


def test_the_role_behind_a_session_is_what_is_simulated() -> None:
    session = "arn:aws:sts::123456789012:assumed-role/rds-bot/rds-bot-check"

    assert role_of(session) == "arn:aws:iam::123456789012:role/rds-bot"
    assert role_of("arn:aws:iam::123456789012:user/me") == "arn:aws:iam::123456789012:user/me"


def test_each_electorate_is_asked_for_as_many_as_its_rules_want_at_most() -> None:
    own = {"groups": ["S0LEADS001"]}
    rules = [
        {"environment": "production", "deny": "No."},
        {"environment": "staging", "approvals": {"low": 0, "medium": 3, "high": 4},
         "approvers": own, "risk": "medium"},
        {"approvals": {"low": 0, "medium": 1, "high": 2}},
    ]  # fmt: skip
    policy = PolicySettings.model_validate({"rules": rules})

    found = [(name, wanted) for name, _, wanted in electorates(policy, None)]

    assert found == [("policy.rules[1].approvers", 3), ("access.approvers", 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SLACK_BOT_TOKEN=xoxb-1", "xoxb-1"),
        ("  export SLACK_BOT_TOKEN='xoxb-1'  # from the app's page", "xoxb-1"),
        ("# a comment\n\nSLACK_BOT_TOKEN=xoxb-1#2\n", "xoxb-1#2"),
    ],
)
def test_variables_are_taken_from_a_file_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    _in_folder_with_dotenv(tmp_path, monkeypatch, text)

    token = load().slack_bot_token

    assert token is not None
    assert token.get_secret_value() == expected


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _in_folder_with_dotenv(tmp_path, monkeypatch, "SLACK_BOT_TOKEN_FILE=/gone\nX_RDS_TEST=1")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-mine")

    token = load().slack_bot_token

    assert token is not None
    assert token.get_secret_value() == "xoxb-mine"


@pytest.mark.parametrize("line", ["just words", "A='open", "9=1", "A=b c"])
def test_a_line_that_is_no_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    _in_folder_with_dotenv(tmp_path, monkeypatch, f"# first\n{line}\n")

    with pytest.raises(Exception, match=r"\.env: line 2: write NAME=value"):
        load()


def _in_folder_with_dotenv(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (folder / ".env").write_text(text, "utf-8")
    monkeypatch.chdir(folder)
    for name in ("RDS_BOT_CONFIG", "SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN_FILE", "X_RDS_TEST"):
        monkeypatch.setenv(name, "")  # so that it is as before at the end of the test
        monkeypatch.delenv(name)


async def test_groups_and_people_that_slack_does_not_have_are_named(home: Home) -> None:
    users = [home.slack.member("dora").id, "U0GONE0001", home.slack.member("gil").id]
    groups = ["S0DBAS0001", "S0OLD00001"]
    config = configured(access={"approvers": {"groups": groups, "users": users}})

    checked = await check(home, config=config)

    gone = {"groups.S0OLD00001", "people.U0GONE0001", f"people.{users[2]}"}
    assert gone <= checked.problems
    assert "no_such_subteam" in checked.line("groups.S0OLD00001")
    assert not {"groups.S0DBAS0001", f"people.{users[0]}"} & checked.problems
