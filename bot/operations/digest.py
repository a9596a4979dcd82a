from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from bot.cron import checked
from bot.operation import Control, Desk, Query, environments
from bot.params import Choice, Parameter, environment_word, zone
from bot.values import (
    Answer,
    Appointment,
    Channel,
    Code,
    Concern,
    Digest,
    Drawable,
    Environment,
    Line,
    Mention,
    Moment,
    Paragraph,
    Person,
    Section,
    Strong,
    Table,
    paragraph,
)

EVERY_MORNING = 'schedule "30 8 * * mon-fri"'

#: A form keeps a team's own word for it: lost there, a digest would tell of everything.
Only = Annotated[
    str,
    BeforeValidator(environment_word),
    Choice(
        "Environment",
        "ENVIRONMENT",
        "Only its databases; left out: all.",
        options=tuple(Environment),
        is_open=True,
    ),
]
Cron = Annotated[
    str,
    AfterValidator(checked),
    Parameter("When", '"30 8 * * mon-fri"', "As in crontab: minute, hour, day, month, weekday."),
]
Zone = Annotated[
    str,
    AfterValidator(zone),
    Parameter("Time zone", "Europe/Berlin", "Left out: yours, as Slack knows it."),
]
ScheduleId = Annotated[str, Parameter("Schedule", "D-3f2a1c", "As /rds digest list shows it.")]


class PreviewDigest(Query):
    """Show only you what a digest would tell now."""

    verb, name = "digest preview", "preview_digest"
    permissions = (
        "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "rds:DescribeAccountAttributes",
        "rds:DescribeDBClusterParameters", "rds:DescribeDBMajorEngineVersions",
        "rds:DescribeDBParameters", "rds:DescribeEvents", "rds:DescribePendingMaintenanceActions",
    )  # fmt: skip
    example = "digest preview --environment production"

    environment: Only | None = None

    async def answer(self, desk: Desk, person: Person) -> Answer:
        digest = await desk.digest(environments(desk, self.environment))
        return Answer(
            title=f"{digest.title}, for you alone",
            parts=(paragraph(f"{_counted(digest)}."), *_told(digest)),
            chart=_heat(digest, person.timezone),
            hint=("To post it here for everybody: ", _typed("now", self.environment)),
        )


class PostDigest(Control):
    """Post a digest in this channel now, for everybody in it."""

    verb, name = "digest now", "post_digest"
    example = "digest now --environment production"

    environment: Only | None = None

    async def act(self, desk: Desk, person: Person) -> Answer:
        digest = await desk.post_digest(environments(desk, self.environment), person)
        return Answer(
            title="The digest is on its way to this channel",
            parts=(
                paragraph(f"{_counted(digest)}: {len(digest.concerns)} to tell of."),
                paragraph(
                    "To get it every morning: ", _typed(EVERY_MORNING, self.environment), "."
                ),
            ),
        )


class ScheduleDigest(Control):
    """Post a digest in this channel at set times, as "30 8 * * mon-fri".

    The times are those of crontab, in the time zone given. What has not changed since the last one
    is left out for a week.
    """

    verb, name = "digest schedule", "schedule_digest"
    example = 'digest schedule "30 8 * * mon-fri" --timezone Europe/Berlin'

    cron: Cron
    timezone: Zone | None = None
    environment: Only | None = None

    async def act(self, desk: Desk, person: Person) -> Answer:
        made = await desk.schedule_digest(
            self.cron,
            self.timezone or person.timezone,
            environments(desk, self.environment),
            person,
        )
        return Answer(
            title=f"{made.id}: a digest is scheduled in this channel",
            parts=(paragraph(
                Code(text=made.cron), f" in {made.timezone}, about {made.scope}. Next: ",
                *_next(made),
            ), *self._said_of_zone(person)),
            hint=("To end it: ", Code(text=f"/rds digest remove {made.id}")),
        )  # fmt: skip

    def _said_of_zone(self, person: Person) -> tuple[Paragraph, ...]:
        """Nobody is given a time zone that they did not name and that is not theirs unsaid."""
        if self.timezone or person.has_timezone:
            return ()
        return (
            paragraph(
                "Your Slack profile names no time zone that I know, so the times are UTC. For ",
                "another, remove it and add ", Code(text="--timezone Europe/Berlin"), ".",
            ),
        )  # fmt: skip


class ListDigests(Query):
    """List the scheduled digests, with the next time of each."""

    verb, name = "digest list", "list_digests"
    example = "digest list"

    async def answer(self, desk: Desk, person: Person) -> Answer:
        found = await desk.digests()
        if not found:
            return Answer(
                title="No digest is scheduled",
                parts=(
                    paragraph(
                        "In the channel that should get one, type ", _typed(EVERY_MORNING), "."
                    ),
                ),
            )
        return Answer(
            title=f"{len(found)} scheduled digest{'' if len(found) == 1 else 's'}",
            parts=(Table(columns=COLUMNS, rows=tuple(map(_row, found))),),
        )


class RemoveDigest(Control):
    """End a scheduled digest."""

    verb, name = "digest remove", "remove_digest"
    example = "digest remove D-3f2a1c"

    schedule: ScheduleId

    async def act(self, desk: Desk, person: Person) -> Answer:
        removed = await desk.remove_digest(self.schedule, person)
        said = (Code(text=removed.cron), f" in {removed.timezone} comes no more.")
        return Answer(title=f"{removed.id} is removed", parts=(paragraph(*said),))


COLUMNS = ("Schedule", "Channel", "When", "Time zone", "About", "Next", "By")


def _row(one: Appointment) -> tuple[Line, ...]:
    by: Line = ("the settings",) if one.created_by is None else (Mention(person=one.created_by),)
    return (
        (one.id,), (Channel(id=one.channel),), (one.cron,), (one.timezone,), (one.scope,),
        _next(one), by,
    )  # fmt: skip


def _next(one: Appointment) -> Line:
    if one.trouble:
        return ("never: ", one.trouble, " Remove it and schedule it again.")
    return ("never",) if one.next_at is None else (Moment(at=one.next_at),)


def _typed(verb: str, environment: str | None = None) -> Code:
    """What somebody may type next, about the same databases."""
    narrowed = f" --environment {environment}" if environment else ""
    return Code(text=f"/rds digest {verb}{narrowed}")


def _heat(digest: Digest, zone: str) -> Drawable | None:
    """Where any figures were read, the map of them comes first."""
    drawn = next((one.chart for one in digest.pictures if one.chart), None)
    return drawn and drawn.model_copy(update={"zone": zone})


def _counted(digest: Digest) -> str:
    count = digest.databases
    return f"{count} database{'' if count == 1 else 's'} of {digest.scope}"


def _told(digest: Digest) -> list[Paragraph]:
    """What could not be looked at, then section by section; one line where there is nothing."""
    found = [line for section in Section for line in _of(section, digest.concerns)]
    left_out: Line = (f"{digest.snoozed} snoozed in this channel.",) if digest.snoozed else ()
    lines = [*digest.notes, left_out, *(found or [_calm(digest)])]
    return [Paragraph(line=line) for line in lines if line]


def _calm(digest: Digest) -> Line:
    rest = "nothing else" if digest.snoozed else "nothing"
    said = f"As far as I could look, {rest}" if digest.notes else rest.capitalize()
    return (f"{said} needs anybody.",)


def _of(section: Section, concerns: tuple[Concern, ...]) -> list[Line]:
    lines = [("• ", *one.line) for one in concerns if one.section is section]
    return [(Strong(text=section.heading),), *lines] if lines else []
