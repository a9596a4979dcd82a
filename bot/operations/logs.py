import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field
from rapidfuzz import fuzz, process

from bot.aws import AWS
from bot.errors import AWSError, UnknownWordError, UsageError
from bot.logfiles import Entry, Gravity, Group, entries, folded, groups, is_aside
from bot.masking import mask
from bot.operation import Desk, Query, Topic
from bot.params import Duration, Parameter, Target
from bot.values import (
    Answer,
    Button,
    Code,
    Database,
    Inventory,
    Line,
    LogFile,
    Menu,
    Moment,
    Paragraph,
    Person,
    Strong,
    Verbatim,
    amount,
    looking,
    micros,
    paragraph,
    quoted,
    written,
)

MOST = 500  #: lines that may be asked for
TAIL = 50  #: lines that are shown of a file of which nothing else is asked
ROOM = 7_500  #: characters of a message that are left for lines
WIDE = 500  #: characters of a line
LONG, READ = 2_000, 50_000  #: characters of a line, and of all, in which secrets are looked for
FILES = 8  #: that are looked through at once, the latest
#: Lines of each; AWS gives 1 MB at most.
DEEP, FULL = 5_000, 900_000
KINDS = 10  #: of what is wrong
SAID = 240  #: characters of one
UNKNOWN = 10  #: lines that are shown of a file that nobody can read through
NONE = "AWS knows no log file of it. A stopped or new database has none."
NEWEST = 3  #: files that are named where none has a word
CHOICES = 10  #: files whose end is a click away
BUTTONS = 3  #: of these side by side; more fold into a menu
SPANS = ("1h", "3h", "12h", "1d")


def _lines(count: int) -> int:
    if not 1 <= count <= MOST:
        raise ValueError(f"say how many lines, 1 to {MOST}")
    return count


class ShowLogs(Query):
    """Say what is wrong in the logs of a database, counted; secrets are masked.

    A part of a file's name narrows it to those files, --lines shows the tail of one as it is. Of a
    cluster it is the writer's.
    """

    verb, name = "logs", "show_logs"
    topic = Topic.INCIDENTS
    permissions = ("rds:DescribeDBLogFiles", "rds:DownloadDBLogFilePortion")
    example = "logs orders-test --since 12h"
    synonyms = "log logfile error fatal exception stacktrace panic fehler errores erreurs"

    target: Target
    file: Annotated[str | None, Parameter("Log file", "FILE", "A part of its name will do.")] = (
        Field(default=None, json_schema_extra={"positional": True})
    )
    lines: Annotated[
        int | None,
        AfterValidator(lambda count: count if count is None else _lines(count)),
        Parameter("Lines", "50", f"Show its tail instead, 1 to {MOST} lines."),
    ] = None
    since: Duration = timedelta(hours=3)

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database = await desk.find(self.target)
        instance = _written_by(database, await desk.inventory())
        aws = desk.door(instance, self.permissions)
        files = sorted(
            await aws.log_files(instance.target), key=lambda file: file.written_at, reverse=True
        )
        if self.lines is not None:
            return await self._tail(aws, instance, files)
        if self.file is not None:
            _named(self.file, files, instance)
        looked = await self._looked(aws, instance, files)
        return Answer(
            title=_title(instance, looked, self._spoken),
            parts=(*_found(looked), *_limits(looked), *_whose(database), *_counted(files)),
            buttons=tuple(self._buttons(instance, files)),
        )

    async def _looked(self, aws: AWS, instance: Database, files: Sequence[LogFile]) -> "Looked":
        """What is wrong in the newest of them, each read on its own: one that cannot be read hides
        no other."""
        since = aws.now - micros(self.since)
        written = [one for one in files if one.written_at >= since and self._is_meant(one)]
        worth = [one for one in written if not is_aside(one.name)]
        read = await asyncio.gather(*(_read(aws, instance, one, since) for one in worth[:FILES]))
        said = [entry for one in read for entry in one.entries or ()]
        return Looked(
            logs=tuple(read),
            # In a thread: a storm of errors would keep everybody waiting.
            found=await asyncio.to_thread(groups, said, since),
            aside=tuple(one.name for one in written if is_aside(one.name)),
            left=tuple(one.name for one in worth[FILES:]),
        )

    def _is_meant(self, file: LogFile) -> bool:
        return self.file is None or self.file.casefold() in file.name.casefold()

    @property
    def _spoken(self) -> str:
        hours = self.since.total_seconds() / 3600
        if hours == 1:
            return "hour"
        return f"{hours / 24:g} days" if hours > 48 else f"{hours:.3g} hours"

    def _buttons(self, instance: Database, files: Sequence[LogFile]) -> Iterator[Button | Menu]:
        word = f" {quoted(self.file)}" if self.file else ""
        line = f"logs {instance.address}{word}"
        spans = dict.fromkeys((*SPANS, written(self.since)))
        yield Menu(
            label="Other hours",
            choices=tuple(looking(f"Last {span}", f"{line} --since {span}") for span in spans),
            chosen=f"Last {written(self.since)}",
        )
        tails = tuple(
            looking(
                f"Tail of {one.name.rpartition('/')[2]}",
                f"logs {instance.address} {quoted(one.name)} --lines {TAIL}",
            )
            for one in files[:CHOICES]
        )
        yield from tails if len(tails) <= BUTTONS else (Menu(label="Tail of…", choices=tails),)

    async def _tail(self, aws: AWS, instance: Database, files: Sequence[LogFile]) -> Answer:
        assert self.lines is not None
        file = _named(self.file or "", files, instance)
        text = await aws.log_tail(instance.target, file.name, self.lines)
        written = text.splitlines()[-self.lines :]
        shown = _fitting(_masked(written))
        return Answer(
            title=f"{instance.name}: tail of {file.name}",
            parts=(
                _about(file, len(shown), len(written)),
                *((Verbatim(text="\n".join(shown)),) if shown else ()),
            ),
            hint=("What is wrong in its logs: ", Code(text=f"/rds logs {instance.address}")),
        )


@dataclass(frozen=True)
class Log:
    """What was read of one file: ``entries`` is None where its format is unknown, or where it could
    not be read, which ``error`` says."""

    file: LogFile
    entries: tuple[Entry, ...] | None = None
    error: str = ""
    begins_at: int | None = None  #: where not all of the time asked for could be read
    tail: tuple[str, ...] = ()  #: of an unknown one


@dataclass(frozen=True)
class Looked:
    logs: tuple[Log, ...]
    found: tuple[Group, ...]
    aside: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """All that was written in that time was read and understood."""
        unread = any(one.entries is None or one.begins_at is not None for one in self.logs)
        return not unread and not self.left

    def count(self, *gravities: Gravity) -> int:
        return sum(one.count for one in self.found if one.gravity in gravities)


async def _read(aws: AWS, instance: Database, file: LogFile, since: int) -> Log:
    try:
        text = await aws.log_tail(instance.target, file.name, DEEP)
    except AWSError as error:
        return Log(file, error=str(error))
    found = await asyncio.to_thread(entries, instance.engine, file.name, text)
    lines = text.splitlines()
    if found is None:
        return Log(file, tail=tuple(lines[-UNKNOWN:]))
    is_cut = len(lines) >= DEEP or len(text) >= FULL
    first = next((one.at for one in found if one.at is not None), None)
    return Log(file, found, begins_at=first if is_cut and first and first > since else None)


def _title(instance: Database, looked: Looked, span: str) -> str:
    errors = looked.count(Gravity.FATAL, Gravity.ERROR)
    warnings = looked.count(Gravity.WARNING)
    counted = ((errors, "error"), (warnings, "warning"))
    said = [f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counted if count]
    if said:
        least = "" if looked.is_whole else "at least "
        return f"{instance.name}: {least}{' and '.join(said)} in the last {span}"
    if not looked.logs:
        return f"{instance.name}: no log was written in the last {span}"
    far = "" if looked.is_whole else ", as far as I could read"
    return f"{instance.name}: nothing wrong in its logs of the last {span}{far}"


def _found(looked: Looked) -> Iterator[Paragraph]:
    yield from map(_group, looked.found[:KINDS])
    rest = looked.found[KINDS:]
    if rest:
        yield paragraph(f"and {len(rest):,} more kinds, {sum(one.count for one in rest):,} lines")


def _group(one: Group) -> Paragraph:
    """``FATAL password authentication failed for user "reporting": 6 times, last 14:02``"""
    # Masked before anything is cut out of it, as a secret is known by what stands around it.
    said = mask(one.text)
    said = _shortened(folded(said) if one.varies else said)
    last: Line = (Moment(at=one.last),) if one.last is not None else ("at a time unknown",)
    times = "once, " if one.count == 1 else f"{one.count:,} times, last "
    return paragraph(Strong(text=one.gravity.name), f" {said}: {times}", *last)


def _shortened(text: str) -> str:
    return text if len(text) <= SAID else f"{text[:SAID]}…"


def _limits(looked: Looked) -> Iterator[Paragraph | Verbatim]:
    """What was not read, or not all of it: it may be what is looked for."""
    for one in looked.logs:
        name = Code(text=one.file.name)
        if one.error:
            yield paragraph("I could not read ", name, f": {one.error}")
        elif one.entries is None:
            yield paragraph("I don't know how ", name, " is written. It ends like this:")
            yield Verbatim(text="\n".join(_fitting(_masked(one.tail))) or "-")
        elif one.begins_at is not None:
            yield paragraph("Of ", name, " I read only what was written since ",
                            Moment(at=one.begins_at), ".")  # fmt: skip
    if looked.left:
        yield paragraph(f"I read the newest {FILES} files; {_named_files(looked.left)} not.")
    if looked.aside:
        yield paragraph(f"Not looked through: {_named_files(looked.aside)}.")


def _named_files(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _counted(files: Sequence[LogFile]) -> Iterator[Paragraph]:
    if not files:
        yield paragraph(NONE)
        return
    size = amount(sum(file.size for file in files), "B")
    count = f"{len(files)} log file{'' if len(files) == 1 else 's'}, {size}; newest "
    yield paragraph(count, Code(text=files[0].name), ", ", Moment(at=files[0].written_at), ".")


def _written_by(database: Database, inventory: Inventory) -> Database:
    """Clusters have no logs of their own."""
    instances = inventory.instances_of(database)
    if not instances:
        none = f"{database.name} has no instance, so it has no log files."
        raise UsageError(inventory.unlisted(database) or none, "target")
    if instances[0].is_custom:
        raise UsageError(
            f"{instances[0].name} runs on RDS Custom. Its log files are on its own machine, where "
            "AWS shows them to nobody.",
            "target",
        )
    return instances[0]


def _whose(asked: Database) -> tuple[Paragraph, ...]:
    others = [name for name in asked.members if name != asked.writer]
    if not others:
        return ()
    return (paragraph(f"{asked.writer} writes; {', '.join(others)} have files of their own."),)


def _named(word: str, files: Sequence[LogFile], instance: Database) -> LogFile:
    """The one of that name, else the latest that has the word in it. Raises UsageError."""
    for file in (*(one for one in files if one.name == word), *files):
        if word.casefold() in file.name.casefold():
            return file
    names = [file.name for file in files]
    if not names:
        raise UsageError(f"{instance.name}: {NONE}", "target")
    alike = process.extract(
        word, names if len(word) > 3 else (), scorer=fuzz.partial_ratio, limit=2, score_cutoff=75
    )
    raise UnknownWordError(
        f'{instance.name} has no log file with "{word}" in its name. '
        f"The newest: {', '.join(names[:NEWEST])}.",
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
