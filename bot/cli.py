"""The command line: the one module that knows every room."""

import asyncio
import csv
import json
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot import logs, reference
from bot.errors import AWSError, BotError, SettingsError, StorageError, TamperedError
from bot.operations import CATALOGUE
from bot.service import running
from bot.settings import Settings, load
from bot.values import AuditRow
from storage import audit as audit_store
from storage import migrations

DOCS = Path("docs/operations.md")

app = typer.Typer(
    help="A Slack bot with which a team runs its Amazon RDS and Aurora databases.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
audit = typer.Typer(help="Check and export the audit trail.", no_args_is_help=True)
db = typer.Typer(help="Look after the database.", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(db, name="db")


def main() -> None:
    try:
        app()
    except (SettingsError, StorageError, AWSError) as error:
        _fail(error)


@app.command()
def run() -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    logs.configure()
    asyncio.run(_run(load()))


@app.command()
def demo(
    story: Annotated[
        bool, typer.Option("--story", help="Play the story without a terminal and exit 0 or 1.")
    ] = False,
) -> None:
    """Show the whole bot on a workspace and an AWS on this machine; no account anywhere."""
    try:
        from bot.sandbox import demo as sandbox
    except ImportError as error:
        _fail(
            SettingsError([f"The demo needs its extra: pip install 'rds-ops-bot[demo]' ({error})"])
        )
    raise typer.Exit(sandbox.play(keep_open=not story))


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
    output: Annotated[str, typer.Option("--format", help="jsonl or csv")] = "jsonl",
) -> None:
    """Write the audit trail to standard output, oldest first."""
    if output not in ("jsonl", "csv"):
        _fail(SettingsError([f"--format {output}: say jsonl or csv"]))
    asyncio.run(_export(load(), output))


class Identity(StrEnum):
    """Whose IAM document is printed."""

    ROLE = "role"
    BOT = "bot"
    TRUST = "trust"


@app.command("iam-policy")
def iam_policy(
    of: Annotated[
        Identity,
        typer.Option(
            help="role: what the role of an account may do; bot: what the bot's own identity "
            "may do; trust: an example of who may become the role."
        ),
    ] = Identity.ROLE,
) -> None:
    """Print the least-privilege IAM policy, derived from the catalogue and the settings."""
    settings, catalogue = load(), CATALOGUE.values()
    match of:
        case Identity.ROLE:
            document = reference.role_policy(catalogue, settings)
        case Identity.BOT:
            document = reference.bot_policy(catalogue, settings)
        case Identity.TRUST:
            document = reference.trust_policy(settings)
    _say(json.dumps(document, indent=2))


@app.command()
def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if out of date.")
    ] = False,
) -> None:
    """Write the generated table of operations into docs/operations.md."""
    try:
        written = DOCS.read_text("utf-8")
        current = reference.with_table(written, CATALOGUE.values())
    except (OSError, ValueError) as error:
        _fail(SettingsError([f"{DOCS}: {error}; run this where the bot's sources are"]))
    if written == current:
        return
    if check:
        _say(f"{DOCS} is out of date; run: make docs")
        raise typer.Exit(1)
    DOCS.write_text(current, "utf-8")


@db.command()
def upgrade() -> None:
    """Bring the database's tables to this version."""
    asyncio.run(migrations.upgrade(load().database_url))
    _say("The database is up to date.")


async def _run(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with running(settings):
        await stopped.wait()


async def _export(settings: Settings, output: str) -> None:
    rows = audit_store.export(settings.database_url)
    writer = csv.writer(sys.stdout)
    if output == "csv":
        writer.writerow(COLUMNS)
    async for row in rows:
        if output == "csv":
            writer.writerow(map(_cell, _columns(row)))
        else:
            _say(
                json.dumps(
                    {"seq": row.seq, "at": row.at, "hash": row.hash, **row.event.json_value()}
                )
            )


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


def _columns(row: AuditRow) -> tuple[Any, ...]:
    event = row.event
    return (row.seq, row.at, event.action, event.actor, event.result, event.request_id,
            event.operation, event.target, json.dumps(event.facts, sort_keys=True), event.text,
            row.hash)  # fmt: skip


def _cell(value: Any) -> Any:
    """No spreadsheet takes a cell for a formula: OWASP ASVS 1.2.10."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "\0"):
        return f"'{value}"
    return value


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
    sys.stderr.write(f"{error}\n")
    sys.exit(2)
