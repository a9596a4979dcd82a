"""`rds-bot init`: what it writes is what the bot can load."""

import asyncio
import os
import pty
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.errors import SettingsError
from bot.manifest import text as manifest_text
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from bot.settings import Settings, load
from bot.settings._dotenv import take_in
from bot.setup.init import Question, answered, dotenv_text, settings_text
from bot.setup.summary import summary
from tests.commands import Ran, rds_bot

ROOT = Path(__file__).parents[2]
CLEAN = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(ROOT)}
FLAGS = (
    "--approvals-channel", "C0DATABASE", "--cloudops-channel", "C0CLOUDOPS",
    "--approvers", "S0DBAS0001", "--admins", "U0PAT00001",
    "--accounts", "123456789012=main", "--regions", "us-east-1",
)  # fmt: skip


def init(folder: Path, *words: str) -> Ran:
    """Without a terminal."""
    return rds_bot("init", *words, folder=folder, environment=CLEAN)


async def test_what_it_wrote_passes_every_check(
    tmp_path: Path, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    done = await asyncio.to_thread(init, tmp_path, *FLAGS)
    assert done.returncode == 0, done.stderr
    with (tmp_path / ".env").open("a", encoding="utf-8") as file:
        file.write(f"SLACK_BOT_TOKEN={slack.bot_token}\nSLACK_APP_TOKEN={slack.app_token}\n")

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "check", cwd=tmp_path,
        env={**CLEAN, **aws.environment, "SLACK_API_URL": slack.url},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said = (await process.communicate())[0].decode()

    assert process.returncode == 0, said
    assert "access.admins: pat." in said


def test_the_files_are_for_their_owner_alone_and_the_steps_are_told(tmp_path: Path) -> None:
    done = init(tmp_path)

    assert done.returncode == 0, done.stderr
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {".env": 0o600, "rds-bot.yml": 0o600}
    key = load_from(tmp_path).audit_key
    assert key is not None
    assert re.fullmatch("[0-9a-f]{64}", key.get_secret_value())
    assert key.get_secret_value() not in done.stdout
    for words in (
        "Create New App", "From a manifest", "App-Level Tokens", "connections:write",
        "Install to Workspace", "Bot User OAuth Token", "/invite @rds-bot", "rds-bot check",
        "rds-bot run",
    ):  # fmt: skip
        assert words in done.stdout, words


def test_a_pilot_begins_by_observing(tmp_path: Path) -> None:
    done = init(tmp_path, "--observe", *FLAGS)

    assert done.returncode == 0, done.stderr
    assert load_from(tmp_path).observe
    assert "without a\n   single action that changes anything" in done.stdout
    assert "5. The pilot" in done.stdout


def test_nothing_is_overwritten_unless_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-mine\n", "utf-8")

    refused = init(tmp_path)

    assert refused.returncode == 2
    assert "--force overwrites" in refused.stderr
    assert (tmp_path / ".env").read_text("utf-8") == "SLACK_BOT_TOKEN=xoxb-mine\n"
    assert not (tmp_path / "rds-bot.yml").exists()
    assert init(tmp_path, "--force").returncode == 0
    assert "xoxb-mine" not in (tmp_path / ".env").read_text("utf-8")
    assert (tmp_path / "rds-bot.yml").exists()


def test_a_wrong_flag_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    done = init(tmp_path, "--approvals-channel", "databases")

    assert done.returncode == 2
    assert "--approvals-channel: " in done.stderr
    assert "give its id (C…)" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"approvers": "W0MEMBER01 X0"}, "--approvers: without the bot token"),
        ({"accounts": "12345"}, "--accounts: .* is no account id"),
        ({"accounts": "123456789012,123456789012"}, "--accounts: two accounts have the id"),
        ({"accounts": "123456789012", "regions": "Ireland"}, "--regions: .* is no region"),
        ({"accounts": "123456789012", "role": "-", "external_id": "x"}, "--external-id: "),
        ({"bot_token": "hello"}, "--bot-token: must begin"),
        ({"bot_token": "xoxb-1 2"}, "--bot-token: has a blank"),
        ({"app_token": "xapp-1\t2"}, "--app-token: has a blank"),
        ({"accounts": "123456789012", "role": "bad role!"}, "--role: .* is no role"),
        ({"accounts": "123456789012", "role": "rds-*"}, "--role: .* is no role"),
        ({"accounts": "123456789012", "role": "über"}, "--role: .* is no role"),
        ({"accounts": "123456789012", "role": "a" * 65}, "--role: .* is no role"),
        ({"regions": "us-east-1,eu-west-1"}, "--regions: without accounts the bot works in one"),
        ({"regions": "Ireland"}, "--regions: .* is no region"),
    ],
)
def test_each_answer_is_judged_as_the_settings_do(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        answered(given, None, print)


NAMED = {
    "approvals_channel": "#databases",
    "incidents_channel": "DATABASE-incidents",
    "cloudops_channel": "#cloudops",
    "approvers": "@dbas, @emil",
    "admins": "Pat @ana",
}


async def looked_up(slack: SlackSandbox, given: dict[str, str], token: str = "") -> dict[str, str]:
    environ = {"SLACK_API_URL": slack.url, "SLACK_BOT_TOKEN": token or slack.bot_token}
    return dict(await asyncio.to_thread(answered, given, None, print, environ))


async def test_names_become_ids_by_the_token(slack: SlackSandbox) -> None:
    found = await looked_up(slack, NAMED)

    assert {key: found[key] for key in NAMED} == {
        "approvals_channel": "C0DATABASE", "incidents_channel": "C0INCIDENT",
        "cloudops_channel": "C0CLOUDOPS", "approvers": "S0DBAS0001 U0EMIL0001",
        "admins": "U0PAT00001 U0ANA00001",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"approvals_channel": "#databasse"}, 'I see no channel called "databasse".*#databases'),
        ({"approvals_channel": "#zzz"}, "There are, for instance: #cloudops.*/invite @rds-bot"),
        ({"approvals_channel": "@dbas"}, 'I see no channel called "dbas"'),
        ({"approvers": "#databases"}, 'I see no user group or member called "databases"'),
        ({"approvers": "@dba"}, "for instance: @dbas"),
        ({"approvers": "@zoe"}, 'called "zoe"'),  # deactivated
        ({"approvers": "@rds-bot"}, 'called "rds-bot"'),
    ],
)
async def test_a_name_that_is_not_there_is_answered_with_those_that_are(
    slack: SlackSandbox, given: dict[str, str], sentence: str
) -> None:
    with pytest.raises(
        SettingsError, match=f"--{next(iter(given)).replace('_', '-')}: .*{sentence}"
    ):
        await looked_up(slack, given)


async def test_a_name_of_two_is_not_guessed(slack: SlackSandbox) -> None:
    slack.workspace.change("dora", real_name="dbas")

    with pytest.raises(SettingsError, match=r"may be the user group dbas .*the member dbas .*give"):
        await looked_up(slack, {"approvers": "@dbas"})


@pytest.mark.parametrize(
    ("token", "why"),
    [("xoxb-revoked", "Slack says invalid_auth"), ("", "without the bot token I cannot look up")],
)
async def test_where_nothing_can_be_looked_up_ids_will_do(
    slack: SlackSandbox, token: str, why: str
) -> None:
    environ = {"SLACK_API_URL": slack.url, "SLACK_BOT_TOKEN": token}

    def given(channel: str) -> dict[str, str]:
        return dict(answered({"approvals_channel": channel}, None, print, environ))

    with pytest.raises(SettingsError, match=f"{why}.*give its id"):
        await asyncio.to_thread(given, "#databases")
    assert (await asyncio.to_thread(given, "C0DATABASE"))["approvals_channel"] == "C0DATABASE"


async def test_a_slack_that_is_not_there_is_said(slack: SlackSandbox) -> None:
    environ = {"SLACK_API_URL": "http://127.0.0.1:1/", "SLACK_BOT_TOKEN": slack.bot_token}

    with pytest.raises(SettingsError, match=r"there is no answer from Slack.*give its id"):
        await asyncio.to_thread(answered, {"approvers": "@dora"}, None, print, environ)


@pytest.mark.parametrize(
    "kept",
    [
        {"AUDIT_KEY": "the-one-that-signed-until-today-and-on"},
        {"AUDIT_KEY": "a phrase # of many words that has signed"},
        {"AUDIT_KEY": "it's a phrase of many words that signed"},
        {"AUDIT_KEY": 'a "phrase" of many words that has signed'},
        {"AUDIT_KEY": 40 * "n", "AUDIT_KEY_FORMER": 40 * "f"},
        {"AUDIT_KEY_FILE": "/run/secrets/audit-key"},
    ],
)
def test_keys_that_have_signed_are_kept(tmp_path: Path, kept: dict[str, str]) -> None:
    dotenv, read = tmp_path / ".env", dict[str, str]()
    dotenv.write_text(dotenv_text({}, kept), "utf-8")
    assert init(tmp_path, "--force").returncode == 0

    assert take_in(dotenv, read) == []

    assert {name: value for name, value in read.items() if name.startswith("AUDIT")} == kept


@pytest.mark.parametrize(
    ("answers", "works", "lacks"),
    [
        ({}, [], ["SLACK_BOT_TOKEN and SLACK_APP_TOKEN", "needs approval is refused",
                  "nobody is told of alarms", "has no button", "own credentials"]),
        ({"approvers": "U1"}, [], ["high risk needs two"]),
        ({"bot_token": "xoxb-1", "approvers": "S1"},
         ["each card stands in the channel where one asks"], ["put SLACK_APP_TOKEN into .env"]),
        ({"bot_token": "xoxb-1", "app_token": "xapp-1", "approvers": "S1",
          "approvals_channel": "C1", "incidents_channel": "C2", "cloudops_channel": "C3",
          "admins": "U1", "accounts": "1"},
         ["both tokens", "approvals channel", "told in their channel", "handed over",
          "Admins hear"], ["make the role in each account"]),
    ],
)  # fmt: skip
def test_it_ends_with_what_works_and_what_does_not(
    answers: dict[str, str], works: list[str], lacks: list[str]
) -> None:
    first, _, second = summary(answers, observe=False).partition("Does not work yet")

    assert [one for one in works if one not in first] == []
    assert [one for one in lacks if one not in second] == []


def test_the_manifest_is_printed_as_it_is(tmp_path: Path) -> None:
    done = init(tmp_path, "--manifest")

    assert yaml.safe_load(done.stdout) == yaml.safe_load(manifest_text())
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_it_asks_and_shows_no_token(tmp_path: Path) -> None:
    typed = "\n".join(
        ["", "xoxb-secret-1", "xapp-secret-2", "C0DATABASE", "", "", "S0DBAS0001 U0PAT00001", "",
         "", ""]
    )  # fmt: skip

    said = _at_a_terminal(tmp_path, typed)

    assert "secret" not in said
    explained, asked = said.index("From a manifest"), said.index("Bot User OAuth Token, xoxb")
    assert explained < said.index("Press Enter when the app exists") < asked
    assert "Does not work yet, and how it will" in said
    token = load_from(tmp_path).slack_bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-secret-1"
    approvers = load_from(tmp_path).access.approvers
    assert approvers is not None
    assert (approvers.groups, approvers.users) == (("S0DBAS0001",), ("U0PAT00001",))


def test_what_will_not_do_is_asked_for_again() -> None:
    answers = iter(["", "", "#databases", "C0DATABASE", "", "", "", "", "", ""])
    told: list[str] = []

    def ask(question: Question) -> str:
        return next(answers)

    found = answered({}, ask, told.append)

    assert found["approvals_channel"] == "C0DATABASE"
    [sentence] = told
    assert "without the bot token I cannot look up" in sentence


def test_without_a_single_answer_the_settings_are_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "rds-bot.yml").write_text(settings_text({}), "utf-8")
    (tmp_path / ".env").write_text(dotenv_text({}, {"AUDIT_KEY": 40 * "k"}), "utf-8")

    assert load_from(tmp_path).policy == load({}).policy
    assert load_from(tmp_path).accounts == ()


def test_what_stands_there_as_a_comment_would_do(tmp_path: Path) -> None:
    lines = settings_text({}).splitlines()[3:]
    keys = [line.removeprefix("# ") for line in lines if not line.endswith(".")]
    (tmp_path / "rds-bot.yml").write_text("\n".join(keys), "utf-8")

    settings = load_from(tmp_path)

    assert settings.policy == load({}).policy
    assert settings.channels.approvals == "C0123456789"
    assert settings.channels.incidents == "C0123456781"
    assert settings.aftermath == load({}).aftermath
    assert settings.thresholds.of("SwapUsage") == load({}).thresholds.of("SwapUsage")
    assert settings.accounts[0].regions == ("us-east-1",)


def test_without_accounts_the_region_is_that_of_the_bot(tmp_path: Path) -> None:
    done = init(tmp_path, "--regions", "eu-central-1")

    assert done.returncode == 0, done.stderr
    assert load_from(tmp_path).aws_region == "eu-central-1"


def load_from(folder: Path) -> Settings:
    """The settings file and the variables of that folder, and nothing of this process."""
    environ: dict[str, str] = {}
    assert take_in(folder / ".env", environ) == []
    return load({**environ, "RDS_BOT_CONFIG": str(folder / "rds-bot.yml")})


def _at_a_terminal(folder: Path, typed: str) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "init"],
        cwd=folder, env=CLEAN, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    lines = iter(typed.split("\n"))
    try:
        while chunk := os.read(ours, 4096):
            said += chunk
            if said.endswith(b": "):
                os.write(ours, next(lines).encode() + b"\n")
    except OSError:
        pass  # the terminal closed: the process has ended
    os.close(ours)
    assert process.wait(timeout=20) == 0, said.decode()
    return said.decode()
