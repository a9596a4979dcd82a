"""The command line: the one module that knows every room."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterable
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer

from bot import manifest as app_manifest
from bot.aws.accounts import Accounts, accounts_of
from bot.aws.partitions import misplaced, profile_region
from bot.bootstrap import running
from bot.checks import in_trouble, summary
from bot.errors import AWSError, BotError, SettingsError, StorageError, TamperedError
from bot.health import logs
from bot.masking import mask, masked
from bot.operations import CATALOGUE
from bot.settings import Settings, load, look
from bot.setup import alarms as own_alarms
from bot.setup import check as setup_check
from bot.setup import iam
from bot.setup import init as setup_init
from bot.setup.docs import GENERATED, Generated
from bot.setup.summary import summary as summary_of
from bot.spreadsheets import csv_line
from bot.values import AuditEntry, wall_clock
from storage import migrations
from storage.tables import audit as audit_store

NO_NAMESPACE = (
    "not set, so CloudWatch gets no figures that an alarm could watch; "
    "set it, for example {namespace: rds-bot}"
)

log = structlog.get_logger()

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # its boxes call a switch <bool>
)
audit = typer.Typer(
    help="Check and export the audit trail.", no_args_is_help=True, rich_markup_mode=None
)
db = typer.Typer(help="Look after the database.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(audit, name="audit")
app.add_typer(db, name="db")


def main() -> None:
    """What the bot cannot explain goes to the log, as all that might hold a secret."""
    try:
        app()
    except (SettingsError, StorageError, AWSError) as error:
        _fail(error)
    except Exception:
        logs.configure()
        log.exception("cli.failed")
        sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        _say(f"rds-bot {version('rds-ops-bot')}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """A Slack bot with which a team runs its Amazon RDS and Aurora databases."""


@app.command()
def run() -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    readable = logs.is_readable()
    logs.take_over()
    try:
        asyncio.run(_run(load()))
    except (SettingsError, StorageError, AWSError) as error:
        if readable:
            raise
        for line in str(error).splitlines():
            log.critical("bot.ended", why=line)
        sys.exit(2)


class Scenario(StrEnum):
    """Troubles of the demo's; ``bot.sandbox`` is an extra, so their names stand here too."""

    LEAK = "leak"
    CASCADE = "cascade"
    FULL_DISK = "full-disk"
    FAILOVER = "failover"
    SECURITY = "security"


SCENARIOS_HELP = (
    "leak: connections that nobody closes. cascade: a writer is overloaded, its readers lag, "
    "clients pile up. full-disk: the storage runs full. failover: a database moves to its standby "
    "by itself. security: somebody tries passwords."
)


@app.command()
def demo(
    story: Annotated[
        bool, typer.Option("--story", help="Tell the main story here instead, and exit 0 or 1.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            metavar="PORT",
            help="The page's port. [default: 8765, or any free one]",
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the page in a browser.")
    ] = False,
    scenario: Annotated[
        Scenario | None, typer.Option(help=f"Set a trouble off at the start. {SCENARIOS_HELP}")
    ] = None,
    keyboard: Annotated[
        bool, typer.Option("--keyboard", help="Type and click in this terminal as well.")
    ] = False,
) -> None:
    """Show the whole bot on a workspace and an AWS on this machine; no account anywhere.

    The workspace is a page in the browser, open until Ctrl-C or SIGTERM."""
    try:
        from bot.sandbox import demo as sandbox
    except ImportError as error:
        _fail(
            SettingsError([f"The demo needs its extra: pip install 'rds-ops-bot[demo]' ({error})"])
        )
    if story:
        raise typer.Exit(sandbox.tell_story())
    ports = (port,) if port else sandbox.PORTS
    wishes = sandbox.Wishes(ports, browse=not no_browser, typing=keyboard, scenario=scenario)
    raise typer.Exit(sandbox.open_workspace(wishes))


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Prove every precondition, also while the bot runs; exit 1 where one does not hold."""
    logs.configure()
    found = asyncio.run(setup_check.check(look()))
    wrong = in_trouble(found)
    if as_json:
        shown = [masked(one.json_value()) for one in found]
        _say(json.dumps({"ok": not wrong, "findings": shown}, indent=2))
    else:
        _say("\n".join([*map(str, found), "", f"{summary(found)}."]))
    raise typer.Exit(int(wrong))


@app.command()
def init(
    folder: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go.")] = Path(),
    approvals_channel: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help="For the cards: #name, or C….")
    ] = None,
    incidents_channel: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help="For alarms and events of RDS.")
    ] = None,
    cloudops_channel: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help="For what is denied here.")
    ] = None,
    approvers: Annotated[
        str | None, typer.Option(metavar="PEOPLE", help="@groups and @people, or S… and U….")
    ] = None,
    admins: Annotated[
        str | None, typer.Option(metavar="PEOPLE", help="Who hears of the bot's own troubles.")
    ] = None,
    accounts: Annotated[
        str | None, typer.Option(metavar="ACCOUNTS", help="123456789012=name, …")
    ] = None,
    regions: Annotated[str | None, typer.Option(metavar="REGIONS", help="us-east-1, …")] = None,
    role: Annotated[
        str | None, typer.Option(metavar="ROLE", help="Its name in each account; - for none.")
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(metavar="ID", help="What the roles want.")
    ] = None,
    observe: Annotated[
        bool, typer.Option("--observe", help="For a pilot: nothing is ever filed or changed.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite without asking.")] = False,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Print the Slack app's manifest and nothing else.")
    ] = False,
) -> None:
    """Write .env and rds-bot.yml after a few questions, and say what to do in Slack and AWS.

    Names of channels and people are looked up with the bot token (without a terminal that of
    SLACK_BOT_TOKEN). Without a terminal nothing is asked: what no flag gives is as by default.
    Tokens have no flag.
    """
    if manifest:
        _say(app_manifest.text().rstrip("\n"))
        return
    given = {
        "approvals_channel": approvals_channel,
        "incidents_channel": incidents_channel,
        "cloudops_channel": cloudops_channel,
        "approvers": approvers,
        "admins": admins,
        "accounts": accounts,
        "regions": regions,
        "role": role,
        "external_id": external_id,
    }
    _begin(folder, {key: one for key, one in given.items() if one is not None}, force, observe)


@audit.command()
def verify() -> None:
    """Walk the chain: exit 0 intact, 1 tampered with (first bad row named), 2 not checked."""
    settings = load()
    try:
        found = asyncio.run(audit_store.verify(settings.database_url, settings.audit_keys))
    except TamperedError as error:
        _say(f"Tampered with. {error}")
        raise typer.Exit(1) from error
    if found.unknown_keys:
        _fail(StorageError(_unchecked(found)))
    signed = f"; {found.signed} of {found.signatures} signatures checked"
    _say(f"Intact: {found.rows} rows, head {found.head_hash}{signed if found.signatures else ''}")


@audit.command()
def export(
    output: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="jsonl or csv.")
    ] = "jsonl",
) -> None:
    """Write the audit trail to standard output, oldest first."""
    if output not in ("jsonl", "csv"):
        _fail(SettingsError([f"--format {output}: say jsonl or csv"]))
    asyncio.run(_export(load(), output))


class PolicyFor(StrEnum):
    """Whose IAM document is printed."""

    ROLE = "role"
    BOT = "bot"
    TRUST = "trust"


@app.command("iam-policy")
def iam_policy(
    of: Annotated[
        PolicyFor,
        typer.Option(
            help="role: the policy of an account's role. bot: the policy of the bot's own "
            "identity. trust: an example of the role's trust policy."
        ),
    ] = PolicyFor.ROLE,
    account: Annotated[
        str | None,
        typer.Option(
            metavar="ACCOUNT", help="For that account alone, by name or id. [default: all]"
        ),
    ] = None,
    observe: Annotated[
        bool | None,
        typer.Option(
            "--observe/--no-observe",
            help="Without a single action that changes anything. [default: observe in rds-bot.yml]",
        ),
    ] = None,
    operations: Annotated[
        str,
        typer.Option(
            metavar="VERB,…", help="For those alone, as in reboot,snapshot. [default: all]"
        ),
    ] = "",
) -> None:
    """Print the least-privilege IAM policy, derived from the catalogue and the settings."""
    settings, catalogue = load(), CATALOGUE.values()
    chosen = tuple(filter(None, map(str.strip, operations.split(","))))
    wanted = iam.Wanted(
        account=account, observe=observe, region=profile_region(), operations=chosen
    )
    match of:
        case PolicyFor.ROLE:
            document = iam.role_policy(catalogue, settings, wanted)
        case PolicyFor.BOT:
            document = iam.bot_policy(catalogue, settings, wanted)
        case PolicyFor.TRUST:
            document = iam.trust_policy(settings, wanted)
    _say(json.dumps(document, indent=2))
    if said := iam.too_long(document):
        sys.stderr.write(f"{said}\n")


@app.command()
def alarms(
    create: Annotated[
        bool, typer.Option("--create", help="Make them in AWS with the credentials at hand.")
    ] = False,
    topic: Annotated[
        str | None,
        typer.Option(
            metavar="ARN", help="The SNS topic to tell. [default: that of the settings, if any]"
        ),
    ] = None,
) -> None:
    """Print the recommended CloudWatch alarms on the bot's figures, as PutMetricAlarm takes them.

    Made again, an alarm is replaced by what is printed."""
    settings = load()
    if settings.telemetry.namespace is None:
        _fail(SettingsError([f"{settings.file}: telemetry.namespace: {NO_NAMESPACE}"]))
    if topic and (problem := misplaced(topic, settings, profile_region())):
        _fail(SettingsError([f"--topic: {problem}"]))
    told = topic or settings.notifications.sns_topic_arn
    wanted = own_alarms.recommended(settings.telemetry.namespace, told)
    if not create:
        _say(json.dumps(wanted, indent=2))
        return
    asyncio.run(_make(wanted, settings))
    for alarm in wanted:
        _say(f"Made {alarm['AlarmName']}")


@app.command(hidden=True)
def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if out of date.")
    ] = False,
) -> None:
    """Write the generated parts of the docs anew: the table of operations, the rooms."""
    outdated = [(one.page, text) for one in GENERATED if (text := _outdated(one))]
    for page, text in outdated:
        if check:
            _say(f"{page} is out of date; run: make docs")
        else:
            Path(page).write_text(text, "utf-8")
    if check and outdated:
        raise typer.Exit(1)


def _outdated(part: Generated) -> str:
    """The page as the code has it; empty where it is that already."""
    try:
        written, current = part.current(Path())
    except (OSError, ValueError) as error:
        _fail(SettingsError([f"{part.page}: {error}; run this where the bot's sources are"]))
    return "" if written == current else current


@db.command()
def upgrade() -> None:
    """Bring the database's tables to this version."""
    asyncio.run(migrations.upgrade(load().database_url))
    _say("The database is up to date.")


def _begin(folder: Path, given: setup_init.Answers, force: bool, observe: bool) -> None:
    is_asking = sys.stdin.isatty()
    kept = set() if force else set(setup_init.in_the_way(folder))
    if kept and not is_asking:
        names = ", ".join(map(str, sorted(kept)))
        _fail(SettingsError([f"There is already {names}; --force overwrites."]))
    kept = {file for file in kept if not typer.confirm(f"{file} is there. Overwrite it?")}
    if len(kept) == len(setup_init.FILES):
        _say("Nothing was changed.")
        return
    _say(setup_init.APP)
    if is_asking:
        typer.prompt("Press Enter when the app exists", default="", show_default=False)
    answers = setup_init.answered(given, _ask if is_asking else None, _say, os.environ)
    keys = setup_init.audit_keys(folder / setup_init.DOTENV)
    texts = {
        setup_init.SETTINGS: setup_init.settings_text(answers, observe=observe),
        setup_init.DOTENV: setup_init.dotenv_text(answers, keys),
    }
    for name, text in texts.items():
        if folder / name in kept:
            _say(f"Kept {folder / name} as it was: what you answered is not in it")
            continue
        setup_init.write(folder / name, text)
        _say(f"Wrote {folder / name}")
    known = "" if kept else summary_of(answers, observe=observe)
    _say(f"\n{setup_init.steps(observe=observe)}\n{known or UNKNOWN}")


def _ask(question: setup_init.Question) -> str:
    answer = typer.prompt(
        question.text,
        default=question.default,
        show_default=bool(question.default),
        hide_input=question.is_secret,
    )
    return str(answer).strip()


async def _run(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with running(settings):
        await stopped.wait()


async def _make(wanted: Iterable[own_alarms.Alarm], settings: Settings) -> None:
    accounts, observes = accounts_of(settings), settings.observe
    async with Accounts(accounts, wall_clock, settings.aws_region, observes=observes) as door:
        for alarm in wanted:
            await door.put_alarm(alarm)


async def _export(settings: Settings, output: str) -> None:
    """The header goes out with the first row: where nothing can be read, nothing looks whole."""
    header, written = (csv_line(COLUMNS), _as_csv) if output == "csv" else ("", _as_json)
    async for row in audit_store.export(settings.database_url):
        sys.stdout.write(header + written(row))
        header = ""
    sys.stdout.write(header)


def _as_csv(row: AuditEntry) -> str:
    return csv_line(_columns(row))


def _as_json(row: AuditEntry) -> str:
    told = {"seq": row.seq, "at": row.at, "hash": row.hash, **row.event.json_value()}
    return f"{json.dumps(told)}\n"


UNKNOWN = "What works with the file that was kept, rds-bot check says."
COLUMNS = (
    "seq",
    "at",
    "action",
    "actor",
    "result",
    "request_id",
    "operation",
    "target",
    "facts",
    "text",
    "hash",
)


def _columns(row: AuditEntry) -> tuple[Any, ...]:
    event = row.event
    return (row.seq, row.at, event.action, event.actor, event.result, event.request_id,
            event.operation, event.target, json.dumps(event.facts, sort_keys=True), event.text,
            row.hash)  # fmt: skip


def _unchecked(found: audit_store.Verified) -> str:
    return (
        f"Could not check: only {found.signed} of {found.signatures} signatures, because the key "
        f"{', '.join(found.unknown_keys)} is neither AUDIT_KEY nor in AUDIT_KEY_FORMER. Set "
        "AUDIT_KEY_FORMER to the keys that signed before, separated by commas, and run it again. "
        f"All else adds up: {found.rows} rows, head {found.head_hash}."
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _fail(error: BotError) -> NoReturn:
    sys.stderr.write(f"{mask(str(error))}\n")
    sys.exit(2)
