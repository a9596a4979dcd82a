from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field
from rapidfuzz import fuzz, process

from bot.errors import UnknownWordError, UsageError
from bot.masking import mask
from bot.operation import Desk, Query
from bot.params import Parameter, Target
from bot.values import (
    Answer,
    Code,
    Database,
    Inventory,
    Line,
    LogFile,
    Moment,
    Paragraph,
    Person,
    Table,
    Verbatim,
    amount,
    paragraph,
)

LISTED = 30  #: files that are shown, the latest first
MOST = 500  #: lines that may be asked for
ROOM = 7_500  #: characters of a message that are left for lines
WIDE = 500  #: characters of a line
LONG, READ = 2_000, 50_000  #: characters of a line, and of all, in which secrets are looked for
COLUMNS = ("File", "Size", "Last written")


def _lines(count: int) -> int:
    if not 1 <= count <= MOST:
        raise ValueError(f"say how many lines, 1 to {MOST}")
    return count


class ShowLogs(Query):
    """List the log files of a database, or show the end of one; secrets are masked.

    A part of a file's name is enough: the latest that has it is shown. Of a cluster it is the
    writer's.
    """

    verb, name = "logs", "show_logs"
    permissions = ("rds:DescribeDBLogFiles", "rds:DownloadDBLogFilePortion")
    example = "logs orders-test error --lines 50"

    target: Target
    file: Annotated[str | None, Parameter("Log file", "FILE", "A part of its name will do.")] = (
        Field(default=None, json_schema_extra={"positional": True})
    )
    lines: Annotated[int, AfterValidator(_lines), Parameter("Lines", "50", f"1 to {MOST}.")] = 50

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database = await desk.find(self.target)
        instance = _written_by(database, await desk.inventory())
        aws = desk.door(instance, self.permissions)
        files = sorted(
            await aws.log_files(instance.target), key=lambda file: file.written_at, reverse=True
        )
        if self.file is None:
            return _listing(instance, files, database)
        file = _named(self.file, files, instance)
        text = await aws.log_tail(instance.target, file.name, self.lines)
        return self._tail(instance, file, text)

    def _tail(self, instance: Database, file: LogFile, text: str) -> Answer:
        written = text.splitlines()[-self.lines :]
        shown = _fitting(_masked(written))
        return Answer(
            title=f"{instance.name}: the end of {file.name}",
            parts=(
                _about(file, len(shown), len(written)),
                *((Verbatim(text="\n".join(shown)),) if shown else ()),
            ),
            hint=("Its other files: ", Code(text=f"/rds logs {instance.address}")),
        )


def _written_by(database: Database, inventory: Inventory) -> Database:
    """Clusters have no logs of their own."""
    instances = inventory.instances_of(database)
    if not instances:
        none = f"{database.name} has no instance, so it has no log files."
        raise UsageError(inventory.unlisted(database) or none, "target")
    if instances[0].is_custom:
        raise UsageError(
            f"{instances[0].name} runs on RDS Custom: its log files are on its own machine, and "
            "AWS hands them out for no such database.",
            "target",
        )
    return instances[0]


def _listing(instance: Database, files: Sequence[LogFile], asked: Database) -> Answer:
    size = amount(sum(file.size for file in files), "B")
    left = len(files) - LISTED
    more = (paragraph(f"and {left} older ones"),) if left > 0 else ()
    table = Table(columns=COLUMNS, rows=tuple(map(_row, files[:LISTED])))
    nothing = paragraph("AWS knows no log file of it. A stopped or new database has none.")
    return Answer(
        title=f"{instance.name}: {len(files)} log file{'' if len(files) == 1 else 's'}, {size}",
        parts=(*_whose(asked), *((table, *more) if files else (nothing,))),
        hint=("The end of one: ", Code(text=f"/rds logs {instance.address} {_first(files)}")),
    )


def _whose(asked: Database) -> tuple[Paragraph, ...]:
    others = [name for name in asked.members if name != asked.writer]
    if not others:
        return ()
    return (paragraph(f"{asked.writer} writes; {', '.join(others)} have files of their own."),)


def _row(file: LogFile) -> tuple[Line, ...]:
    return ((Code(text=file.name),), (amount(file.size, "B"),), (Moment(at=file.written_at),))


def _first(files: Sequence[LogFile]) -> str:
    return files[0].name if files else "error"


def _named(word: str, files: Sequence[LogFile], instance: Database) -> LogFile:
    """The one of that name, else the latest that has the word in it. Raises UsageError."""
    for file in (*(one for one in files if one.name == word), *files):
        if word.casefold() in file.name.casefold():
            return file
    names = [file.name for file in files]
    alike = process.extract(
        word, names if len(word) > 3 else (), scorer=fuzz.partial_ratio, limit=2, score_cutoff=75
    )
    raise UnknownWordError(
        f'{instance.name} has no log file with "{word}" in its name. '
        f"All of them: /rds logs {instance.address}",
        "file",
        [found for found, *_ in alike],
        word,
    )


def _masked(written: Sequence[str]) -> list[str]:
    """As much of the end as may be shown, and more: masking a megabyte would hold up everybody."""
    return mask("\n".join(line[:LONG] for line in written)[-READ:]).splitlines()


def _fitting(written: Sequence[str]) -> list[str]:
    """The last lines that there is room for, each cut where it grows too wide."""
    shown: list[str] = []
    room = ROOM
    for line in reversed([_cut(line) for line in written]):
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    return shown[::-1]


def _cut(line: str) -> str:
    return line if len(line) <= WIDE else f"{line[:WIDE]}…"


def _about(file: LogFile, shown: int, read: int) -> Paragraph:
    said = f"{amount(file.size, 'B')}, last written "
    if not read:
        return paragraph(said, Moment(at=file.written_at), ". Nothing stands in it.")
    fewer = f" of the {read} read; a message holds no more" if shown < read else ""
    lines = "The last line" if shown == 1 else f"The last {shown} lines"
    return paragraph(said, Moment(at=file.written_at), f". {lines}{fewer}.")
