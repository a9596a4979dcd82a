"""The command line as it is run: exit codes, sentences and no tracebacks, output for pipes."""

import asyncio
import csv
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from pydantic import SecretStr

from bot.sandbox.slack import SlackSandbox
from bot.settings import Settings
from bot.values import AuditEvent
from storage.store import Store
from storage.tables.chain import AuditKey
from tests import commands
from tests.commands import Ran
from tests.conftest import Home
from tests.iam import Resource, may

pytestmark = pytest.mark.timeout(120)
ROOT = Path(__file__).parent.parent
DATABASE = Path("data/rds-bot.db")
#: Nothing of what the machine says of AWS, Slack or a database.
CLEAN = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"}


def rds_bot(*words: str, folder: Path, **environment: str) -> Ran:
    """Run to its end; whatever happens, no traceback."""
    done = commands.rds_bot(*words, folder=folder, environment={**CLEAN, **environment})
    assert "Traceback" not in done.stderr + done.stdout
    return done


def from_nothing(*words: str, folder: Path, **environment: str) -> Ran:
    """The same, with an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder, env={**CLEAN, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip


def told_by_log(done: Ran) -> str:
    """Why a bot did not run: its log is for a machine, one event a line."""
    return "\n".join(json.loads(line)["why"] for line in done.stderr.splitlines())


@pytest.mark.parametrize(
    "words", [["--help"], ["run"], ["audit", "verify"], ["audit", "export", "--format", "xml"]]
)
def test_it_says_from_nothing_what_it_says_where_it_is_loaded(
    tmp_path: Path, words: list[str]
) -> None:
    started, forked = from_nothing(*words, folder=tmp_path), rds_bot(*words, folder=tmp_path)

    assert _without_times(started) == _without_times(forked)


def _without_times(done: Ran) -> tuple[int, str, str]:
    """And however wide it was written, which hangs on how it was called."""
    said = re.sub(r'"timestamp": "[^"]+"', "", done.stderr).replace("python -m bot", "rds-bot")
    shown = done.stdout.replace("python -m bot", "rds-bot")
    return done.returncode, " ".join(shown.split()), " ".join(said.split())


@pytest.mark.parametrize("words", [["--help"], ["audit", "verify", "--help"]])
def test_help_tells_what_there_is(tmp_path: Path, words: list[str]) -> None:
    done = rds_bot(*words, folder=tmp_path)

    assert done.returncode == 0
    assert "Usage" in done.stdout


@pytest.mark.parametrize(
    "words", [[], ["run"], ["demo"], ["check"], ["init"], ["iam-policy"], ["alarms"],
              ["audit", "export"], ["db", "upgrade"]]
)  # fmt: skip
def test_help_calls_values_by_names_in_capitals(tmp_path: Path, words: list[str]) -> None:
    said = rds_bot(*words, "--help", folder=tmp_path).stdout

    assert not re.search(r"<\w+>|\bTEXT\b|\bINTEGER\b", said), said
    assert "docs " not in said


def test_the_version_is_said(tmp_path: Path) -> None:
    assert re.fullmatch(r"rds-bot \d\S+\n", rds_bot("--version", folder=tmp_path).stdout)


def test_in_an_empty_folder_check_finds_nothing_well_that_is_not_there(tmp_path: Path) -> None:
    said = rds_bot("check", folder=tmp_path).stdout

    well = [line for line in said.splitlines() if line.startswith("ok")]
    assert not re.search(r"rds-bot\.yml|\.env|rds-bot\.db", "".join(well)), well
    assert "rds-bot init" in said


def test_what_is_loaded_at_the_start_is_gone_through_no_more(tmp_path: Path) -> None:
    """By the collector, for which the whole bot would stand still a tenth of a second."""
    shown = "import gc, bot.__main__; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"

    done = subprocess.run(
        [sys.executable, "-c", shown], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "True True\n"


@pytest.mark.parametrize(
    ("words", "environment", "sentences"),
    [
        (
            ["run"],
            {},
            ["SLACK_BOT_TOKEN: not set", "SLACK_APP_TOKEN: not set", "made by: rds-bot init"],
        ),
        (["run"], {"SLACK_BOT_TOKEN": "hello"}, ["SLACK_BOT_TOKEN: "]),
        (["run"], {"RDS_BOT_CONFIG": "gone.yml"}, ["RDS_BOT_CONFIG: there is no file gone.yml"]),
        (["run"], {"SLACK_APP_TOKEN_FILE": "gone"}, ["SLACK_APP_TOKEN_FILE: gone cannot be read"]),
        (["db", "upgrade"], {"DATABASE_URL": "mysql://x"}, ["DATABASE_URL: must begin with"]),
        (["audit", "verify"], {}, ["There is no database at"]),
        (["audit", "export"], {}, ["There is no database at"]),
        (["audit", "export", "--format", "csv"], {}, ["There is no database at"]),
        (["audit", "export", "--format", "xml"], {}, ["--format xml: say jsonl or csv"]),
        (["docs", "--check"], {}, ["docs/operations.md", "where the bot's sources are"]),
        (["frobnicate"], {}, ["No such command"]),
    ],
)
def test_what_cannot_be_done_exits_2_and_says_why(
    tmp_path: Path, words: list[str], environment: Mapping[str, str], sentences: list[str]
) -> None:
    done = rds_bot(*words, folder=tmp_path, **environment)

    assert done.returncode == 2
    assert done.stdout == ""
    said = told_by_log(done) if words == ["run"] else done.stderr
    assert [one for one in sentences if one not in said] == [], said


def test_every_problem_of_the_settings_file_is_named_at_once(tmp_path: Path) -> None:
    wrong = "chanels: {}\npolling: {interval: soon}\naccounts: [{id: 12}]\n"
    (tmp_path / "rds-bot.yml").write_text(wrong, "utf-8")

    done = rds_bot("run", folder=tmp_path)

    assert done.returncode == 2
    said = told_by_log(done)
    assert 'rds-bot.yml: chanels: unknown key; did you mean "channels"?' in said
    assert 'rds-bot.yml: polling.interval: "soon" is no length of time' in said
    assert "rds-bot.yml: accounts[0].id: " in said


def test_a_database_out_of_reach_is_said_without_its_password(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://rds:hunter2@127.0.0.1:1/rds"

    done = rds_bot("audit", "verify", folder=tmp_path, DATABASE_URL=url)

    assert done.returncode == 2
    assert "The database cannot be used right now" in done.stderr
    assert "hunter2" not in done.stderr


def test_upgrade_may_be_repeated_and_a_new_trail_is_intact(tmp_path: Path) -> None:
    upgrades = [rds_bot("db", "upgrade", folder=tmp_path) for _ in range(2)]

    verified = rds_bot("audit", "verify", folder=tmp_path)

    assert [one.returncode for one in upgrades] == [0, 0]
    assert (verified.returncode, verified.stdout[:15]) == (0, "Intact: 0 rows,")


EVENT = AuditEvent(
    action="request.filed", actor="T1:U1", result="pending", target="=cmd|' /C calc'!A0"
)


@pytest.fixture
async def trail(tmp_path: Path) -> Path:
    """A folder with a database and three audit rows in it."""
    (tmp_path / "data").mkdir()
    await _append(tmp_path, "why not", "+1", "Größe: 3\nzwei")
    return tmp_path


async def _append(folder: Path, *texts: str, key: str = "") -> None:
    signing = AuditKey(*Settings(audit_key=SecretStr(key)).audit_keys.popitem()) if key else None
    url = f"sqlite+aiosqlite:///{folder / DATABASE}"
    store = await Store.open(url, lambda: 1_795_183_392_000_000, audit_key=signing)
    for text in texts:
        async with store.write() as tx:
            await tx.audit(EVENT.model_copy(update={"text": text}))
    await store.close()


def test_verify_counts_the_rows_of_an_intact_trail(trail: Path) -> None:
    done = rds_bot("audit", "verify", folder=trail)

    assert done.returncode == 0
    assert done.stdout.startswith("Intact: 3 rows, head ")


def test_verify_exits_1_and_names_the_row_that_was_tampered_with(trail: Path) -> None:
    with closing(sqlite3.connect(trail / DATABASE)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit SET result = 'approved' WHERE seq = 2")
        database.commit()

    done = rds_bot("audit", "verify", folder=trail)

    assert done.returncode == 1
    assert done.stdout.startswith("Tampered with. Audit row 2: ")


OLD, NEW = "old-" * 8, "new-" * 8


async def test_after_a_change_of_keys_the_former_one_is_asked_for(trail: Path) -> None:
    await _append(trail, "signed", "signed", key=OLD)
    await _append(trail, "signed", key=NEW)

    done = rds_bot("audit", "verify", folder=trail, AUDIT_KEY=NEW)

    [former] = Settings(audit_key=SecretStr(OLD)).audit_keys
    assert (done.returncode, done.stdout) == (2, "")
    assert "only 1 of 3 signatures" in done.stderr
    assert former in done.stderr
    assert "Set AUDIT_KEY_FORMER" in done.stderr


async def test_former_keys_check_what_they_signed(trail: Path) -> None:
    await _append(trail, "signed", key=OLD)
    await _append(trail, "signed", key=NEW)

    done = rds_bot("audit", "verify", folder=trail, AUDIT_KEY=NEW, AUDIT_KEY_FORMER=OLD)

    assert done.returncode == 0
    assert done.stdout.endswith("; 2 of 2 signatures checked\n")


async def test_a_signed_trail_says_that_without_a_key_no_signature_was_checked(
    trail: Path,
) -> None:
    await _append(trail, "signed", key=OLD)

    done = rds_bot("audit", "verify", folder=trail)

    assert done.stdout.startswith("Intact: 4 rows, ")
    assert done.stdout.endswith("; 0 of 1 signatures checked\n")


def test_export_writes_one_json_object_a_line_oldest_first(trail: Path) -> None:
    done = rds_bot("audit", "export", folder=trail)

    rows: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["seq"] for row in rows] == [1, 2, 3]
    assert rows[2]["text"] == "Größe: 3\nzwei"
    assert rows[0]["actor"] == "T1:U1"


def test_export_as_csv_holds_no_cell_that_a_spreadsheet_would_run(trail: Path) -> None:
    done = rds_bot("audit", "export", "--format", "csv", folder=trail)

    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["seq"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["target"] == "'=cmd|' /C calc'!A0"
    assert rows[1]["text"] == "'+1"


async def test_export_as_csv_holds_no_sign_in_disguise(trail: Path) -> None:
    disguised = ("\uff1d1+1", "\u200b+1", "\xa0@SUM(1)")
    await _append(trail, *disguised)

    done = rds_bot("audit", "export", "--format", "csv", folder=trail)

    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["text"] for row in rows[3:]] == [f"'{text}" for text in disguised]


def test_the_iam_policy_is_json_that_denies_what_the_settings_protect(tmp_path: Path) -> None:
    config = "environments: {tag_keys: [Umgebung]}\n"
    (tmp_path / "rds-bot.yml").write_text(config, "utf-8")

    done = rds_bot("iam-policy", folder=tmp_path)

    policy = json.loads(done.stdout)
    arn = "arn:aws:rds:us-east-1:123456789012:db:orders"
    for value, passes in (("dev", True), ("production", False), ("unknown", False)):
        found = Resource(arn, {"Umgebung": value})
        assert may(policy, "rds:RebootDBInstance", [found]) is passes, value
    assert not may(policy, "rds:RebootDBInstance", [Resource(arn)])
    assert done.stderr == ""


def iam_policy(folder: Path, config: str, of: str = "role") -> dict[str, dict[str, Any]]:
    """Statements by their Sid, of an account role with which the bot acts."""
    (folder / "rds-bot.yml").write_text(config, "utf-8")
    done = rds_bot("iam-policy", "--of", of, folder=folder)
    document = json.loads(done.stdout)
    assert document["Version"] == "2012-10-17"
    return {one["Sid"]: one for one in document["Statement"]}


ROLE = "arn:aws:iam::012345678901:role/rds-bot"
TOPIC = "arn:aws:sns:us-east-1:012345678901:rds"
WITH_ROLE = f"""
accounts: [{{id: "012345678901", role_arn: "{ROLE}", external_id: seven}}]
notifications: {{sns_topic_arn: "{TOPIC}"}}
"""
RULES = "policy: {rules: [%s, {approvals: 1}]}"


@pytest.mark.parametrize(
    "rules",
    [
        "{environment: production, approvals: 2}",
        "{operation: reboot_instance, approvals: 2}, {environment: production, deny: No.}",
        "{environment: production, risk: high, deny: No.}",
        "{environment: production, tag: {Team: payments}, deny: No.}",
    ],
)
def test_iam_denies_nothing_that_the_policy_may_let_pass(tmp_path: Path, rules: str) -> None:
    statements = iam_policy(tmp_path, RULES % rules)

    denied = {sid for sid, one in statements.items() if one["Effect"] == "Deny"}
    assert denied == {"NeverOnDatabases", "NeverTagsThatDecide"}


def test_iam_denies_each_environment_in_which_nothing_can_pass(tmp_path: Path) -> None:
    rules = "{environment: test, approvals: 0}, {environment: [production, staging], deny: No.}"
    statements = iam_policy(tmp_path, RULES % rules)

    policy = {"Statement": list(statements.values())}
    arn = "arn:aws:rds:us-east-1:123456789012:db:orders"
    for value in ("production", "staging", "pre-prod", "test", "dev"):
        passes = may(policy, "rds:RebootDBInstance", [Resource(arn, {"Env": value})])
        assert passes is (value in ("test", "dev")), value


def test_the_bots_own_identity_may_become_the_roles_and_announce_and_no_more(
    tmp_path: Path,
) -> None:
    own = iam_policy(tmp_path, WITH_ROLE, "bot")

    assert own.keys() == {"BecomeRoles", "Announce"}
    assert own["BecomeRoles"]["Action"] == ["sts:AssumeRole", "sts:SetSourceIdentity"]
    assert own["BecomeRoles"]["Resource"] == [ROLE]
    assert (own["Announce"]["Action"], own["Announce"]["Resource"]) == (["sns:Publish"], TOPIC)
    assert "Announce" not in iam_policy(tmp_path, WITH_ROLE)


def test_without_roles_the_bots_own_identity_does_everything(tmp_path: Path) -> None:
    config = f'notifications: {{sns_topic_arn: "{TOPIC}"}}'

    role = iam_policy(tmp_path, config)

    assert {"Read", "Change", "Announce"} <= role.keys()
    assert iam_policy(tmp_path, config, "bot") == role


def test_the_trust_policy_asks_for_the_external_id_where_one_is_set(tmp_path: Path) -> None:
    trust = iam_policy(tmp_path, WITH_ROLE, "trust")

    assert trust["BecomeThisRole"]["Action"] == "sts:AssumeRole"
    assert trust["BecomeThisRole"]["Condition"] == {"StringEquals": {"sts:ExternalId": ["seven"]}}
    assert trust["SayForWhom"]["Action"] == "sts:SetSourceIdentity"
    assert "Condition" not in iam_policy(tmp_path, "", "trust")["BecomeThisRole"]


def test_the_policy_of_one_account_and_one_that_aws_would_not_take(tmp_path: Path) -> None:
    words = ", ".join(f"team-{number}-eu-west: development" for number in range(60))
    config = f"{WITH_ROLE}\nenvironments: {{words: {{{words}}}}}"
    (tmp_path / "rds-bot.yml").write_text(config, "utf-8")

    one = rds_bot("iam-policy", "--account", "012345678901", folder=tmp_path)
    some = rds_bot("iam-policy", "--operations", "reboot, snapshot", folder=tmp_path)
    none = rds_bot("iam-policy", "--account", "orders", folder=tmp_path)

    assert "012345678901" in one.stdout
    assert "AWS takes 6,144 in a managed policy" in one.stderr
    assert "rds:RebootDBInstance" in some.stdout
    assert "rds:ModifyDBInstance" not in some.stdout
    assert (none.returncode, none.stdout) == (2, "")
    assert "--account orders: rds-bot.yml lists 012345678901" in none.stderr


@pytest.mark.parametrize(
    ("words", "config", "changes"),
    [(["--observe"], "", False), ([], "observe: true", False),
     (["--no-observe"], "observe: true", True), ([], "", True)],
)  # fmt: skip
def test_an_observing_policy_holds_not_a_single_change(
    tmp_path: Path, words: list[str], config: str, changes: bool
) -> None:
    (tmp_path / "rds-bot.yml").write_text(config, "utf-8")

    done = rds_bot("iam-policy", *words, folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert ("rds:RebootDBInstance" in done.stdout) is changes


def test_settings_of_two_partitions_are_named(tmp_path: Path) -> None:
    china = "{id: '210987654321', regions: [cn-north-1]}"
    config = f"accounts: [{{id: '012345678901', regions: [us-east-1]}}, {china}]"
    (tmp_path / "rds-bot.yml").write_text(config, "utf-8")

    done = rds_bot("iam-policy", folder=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert "rds-bot.yml: accounts[1].regions: cn-north-1 is in the partition aws-cn" in done.stderr


def test_outdated_docs_exit_1_and_are_brought_up_to_date(tmp_path: Path) -> None:
    for name in ("bot", "handlers", "storage", "charts", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    copytree(ROOT / "docs", tmp_path / "docs")
    current = (ROOT / "docs" / "operations.md").read_text("utf-8")
    outdated = tmp_path / "docs" / "operations.md"
    outdated.write_text(current.replace("/rds reboot", "/rds restart"), "utf-8")

    before = rds_bot("docs", "--check", folder=tmp_path)
    written = rds_bot("docs", folder=tmp_path)
    after = rds_bot("docs", "--check", folder=tmp_path)

    assert (before.returncode, written.returncode, after.returncode) == (1, 0, 0)
    assert before.stdout == "docs/operations.md is out of date; run: make docs\n"
    assert outdated.read_text("utf-8") == current


@pytest.mark.parametrize(
    ("variable", "wrong", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-of-somebody-else", "SLACK_BOT_TOKEN: Slack refuses it"),
        ("SLACK_APP_TOKEN", "xapp-1-of-somebody-else", "SLACK_APP_TOKEN: Slack refuses it"),
        ("SLACK_API_URL", "http://127.0.0.1:9/api/", "SLACK_API_URL: no answer from"),
    ],
)
async def test_what_slack_does_not_accept_is_named(
    home: Home, tmp_path: Path, variable: str, wrong: str, sentence: str
) -> None:
    done = await _run_beside({**home.environ(), variable: wrong}, tmp_path)

    assert done.returncode == 2
    assert sentence in done.stderr
    assert wrong not in done.stderr or variable == "SLACK_API_URL"


async def test_an_operation_that_the_settings_misspell_is_named_at_the_start(
    home: Home, tmp_path: Path
) -> None:
    config = """
policy:
  risk: {create_snapshto: high}
  rules:
    - {operation: [reboot], deny: "Never."}
    - {approvals: {low: 0, medium: 0, high: 1}}
"""

    done = await _run_beside(home.environ(config), tmp_path)

    assert done.returncode == 2
    said = " ".join(str(json.loads(line)) for line in done.stderr.splitlines())
    assert 'policy.risk.create_snapshto: no change is called "create_snapshto"' in said
    assert 'policy.rules[0].operation: no change is called "reboot"; there are' in said
    assert "Unclosed" not in said


async def test_sigterm_ends_it_with_0(home: Home, slack: SlackSandbox, tmp_path: Path) -> None:
    process = await _started(home.environ(), tmp_path)
    await slack.connected(within=20)

    process.send_signal(signal.SIGTERM)
    _, said = await process.communicate()

    assert process.returncode == 0
    assert b"Traceback" not in said


async def _run_beside(environment: Mapping[str, str], folder: Path) -> Ran:
    """``rds-bot run`` against the sandbox, which goes on answering in this process."""
    process = await _started(environment, folder)
    async with asyncio.timeout(50):
        out, said = await process.communicate()
    assert b"Traceback" not in out + said
    return Ran(["run"], process.returncode or 0, out.decode(), said.decode())


async def _started(environment: Mapping[str, str], folder: Path) -> asyncio.subprocess.Process:
    words = [sys.executable, "-m", "bot", "run"]
    pipe = asyncio.subprocess.PIPE
    environment = {**environment, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(
        *words, cwd=folder, env=environment, stdout=pipe, stderr=pipe
    )
