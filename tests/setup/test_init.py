"""`rds-bot init`: what it writes is what the bot can load."""

import asyncio
import os
import pty
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
    assert "is no channel id" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"approvers": "dbas"}, "--approvers: .* is no member id"),
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


def test_the_manifest_is_printed_as_it_is(tmp_path: Path) -> None:
    done = init(tmp_path, "--manifest")

    assert yaml.safe_load(done.stdout) == yaml.safe_load(manifest_text())
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_it_asks_and_shows_no_token(tmp_path: Path) -> None:
    typed = "\n".join(
        ["xoxb-secret-1", "xapp-secret-2", "C0DATABASE", "", "S0DBAS0001 U0PAT00001", "", "", ""]
    )

    said = _at_a_terminal(tmp_path, typed)

    assert "secret" not in said
    token = load_from(tmp_path).slack_bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-secret-1"
    approvers = load_from(tmp_path).access.approvers
    assert approvers is not None
    assert (approvers.groups, approvers.users) == (("S0DBAS0001",), ("U0PAT00001",))


def test_what_will_not_do_is_asked_for_again() -> None:
    answers = iter(["", "", "databases", "C0DATABASE", "", "", "", "", ""])
    told: list[str] = []

    def ask(question: Question) -> str:
        return next(answers)

    found = answered({}, ask, told.append)

    assert found["approvals_channel"] == "C0DATABASE"
    [sentence] = told
    assert "is no channel id" in sentence


def test_without_a_single_answer_the_settings_are_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "rds-bot.yml").write_text(settings_text({}), "utf-8")
    (tmp_path / ".env").write_text(dotenv_text({}), "utf-8")

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
