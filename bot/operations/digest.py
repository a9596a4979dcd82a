import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from bot.cron import schedule, spoken
from bot.operation import Control, Desk, Query, Topic, environments
from bot.params import Choice, Parameter, Timetable, environment_word, zone
from bot.values import (
    FORM,
    SECOND,
    Answer,
    Appointment,
    Button,
    Channel,
    Code,
    Concern,
    Digest,
    Environment,
    Line,
    Mention,
    Menu,
    Moment,
    Paragraph,
    Person,
    Section,
    Span,
    Strong,
    asking,
    looking,
    paragraph,
    quoted,
)

BUTTONS = 5  #: that remove a digest, side by side; more fold into a menu
HOURS = (7, 8, 9, 10)  #: at which a morning's digest is offered
LISTED = 10  #: of each section, in a preview
EVERY_MORNING = "schedule weekdays 8:30"

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
    AfterValidator(schedule),
    Timetable("When", "weekdays 8:30", "Days and a time, or a cron expression like 30 8 * * 1-5."),
]
Zone = Annotated[
    str,
    AfterValidator(zone),
    Parameter(
        "Time zone", "Europe/Berlin", "Default: the team's, else that of your Slack profile."
    ),
]


def schedule_id(given: str) -> str:
    """Of a digest, whether there is one or not. Raises ValueError."""
    if not re.fullmatch(r"[DS]-\w+", given, re.IGNORECASE):
        raise ValueError(f'"{given}" is no schedule, as D-3f2a1c is one; /rds digest shows them')
    return given


ScheduleId = Annotated[
    str,
    AfterValidator(schedule_id),
    Parameter("Schedule", "D-…", "As /rds digest shows it."),
]


class PreviewDigest(Query):
    """Show only you what a digest would tell now."""

    verb, name = "digest preview", "preview_digest"
    topic = Topic.DIGESTS
    permissions = (
        "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "rds:DescribeAccountAttributes",
        "rds:DescribeDBClusterParameters", "rds:DescribeDBMajorEngineVersions",
        "rds:DescribeDBParameters", "rds:DescribeEvents", "rds:DescribePendingMaintenanceActions",
    )  # fmt: skip
    example = "digest preview --environment production"
    synonyms = (
        "digest summary attention worry worried problem issue alarm alert burning burn fire "
        "firing wrong trouble incident incidents"
    )

    environment: Only | None = None

    async def answer(self, desk: Desk, person: Person) -> Answer:
        digest = await desk.digest(environments(desk, self.environment))
        may = await desk.may_use(ScheduleDigest, person)
        return Answer(
            title=_plain(digest.head()),
            parts=(paragraph(f"{_counted(digest)}. Only you see this."), *_told(digest)),
            buttons=(_every_weekday(self.environment),) if may else (),
            hint=("Post it here for everybody: ", _typed("now", self.environment)) if may else (),
        )


class PostDigest(Control):
    """Post a digest in this channel now, for everybody in it."""

    verb, name = "digest now", "post_digest"
    topic = Topic.DIGESTS
    example = "digest now --environment production"

    environment: Only | None = None

    async def act(self, desk: Desk, person: Person) -> Answer:
        digest = await desk.post_digest(environments(desk, self.environment), person)
        return Answer(
            title="The digest is on its way to this channel",
            parts=(
                paragraph(f"{_counted(digest)}: {_items(len(digest.concerns))}."),
                paragraph(
                    "To get it every morning: ", _typed(EVERY_MORNING, self.environment), "."
                ),
            ),
        )


class ScheduleDigest(Control):
    """Post a digest in this channel at set times, like "weekdays 8:30".

    Say days and a time ("daily 9am", "mon,wed,fri 18:00"), or a cron expression. What has not
    changed since the last one is left out for a week.
    """

    verb, name = "digest schedule", "schedule_digest"
    topic = Topic.DIGESTS
    example = "digest schedule weekdays 8:30 --timezone Europe/Berlin"

    cron: Cron
    timezone: Zone | None = None
    environment: Only | None = None

    async def act(self, desk: Desk, person: Person) -> Answer:
        made = await desk.schedule_digest(
            self.cron,
            self.timezone,
            environments(desk, self.environment),
            person,
        )
        return Answer(
            title=f"{made.id}: a digest is scheduled in this channel",
            parts=(paragraph(
                *_when(made), f" ({made.timezone}), about {made.scope}. Next: ",
                *_next(made),
            ), *self._said_of_zone(person, made)),
            hint=("To end it: ", Code(text=f"/rds digest remove {made.id}")),
        )  # fmt: skip

    def _said_of_zone(self, person: Person, made: Appointment) -> tuple[Paragraph, ...]:
        """Nobody is given a time zone that they did not name and that is not theirs unsaid."""
        if self.timezone or person.has_timezone or made.timezone != person.timezone:
            return ()
        return (
            paragraph(
                "Your Slack profile names no time zone that I know, so the times are UTC. For ",
                "another, remove it and add ", Code(text="--timezone Europe/Berlin"), ".",
            ),
        )  # fmt: skip


class ListDigests(Query):
    """List the scheduled digests, with buttons to see, add and remove one."""

    verb, name = "digest", "list_digests"
    topic = Topic.DIGESTS
    also = ("digest list",)
    example = "digest"

    async def answer(self, desk: Desk, person: Person) -> Answer:
        found = await desk.digests()
        may = await desk.may_use(ScheduleDigest, person)
        offered = (
            asking("Schedule…", ScheduleDigest.name, ""),
            *_removals([one for one in found if one.created_by]),
        )
        return Answer(
            title=f"{len(found) or 'No'} scheduled digest{'' if len(found) == 1 else 's'}",
            parts=tuple(map(_sentence, found)) or (NONE if may else NONE_FOR_YOU,),
            buttons=(looking("Preview", "digest preview"), *(offered if may else ())),
        )


class RemoveDigest(Control):
    """End a scheduled digest."""

    verb, name = "digest remove", "remove_digest"
    topic = Topic.DIGESTS
    example = "digest remove D-3f2a1c"

    schedule: ScheduleId

    async def act(self, desk: Desk, person: Person) -> Answer:
        removed = await desk.remove_digest(self.schedule, person)
        said = (*_when(removed), f" ({removed.timezone}): this digest comes no more.")
        return Answer(title=f"{removed.id} is removed", parts=(paragraph(*said),))


NONE = paragraph(
    "Open a channel that should get one, then press Schedule, or type ", Code(
        text=f"/rds digest {EVERY_MORNING}"
    ), "."
)  # fmt: skip
NONE_FOR_YOU = paragraph("Approvers and admins can schedule one.")


def _sentence(one: Appointment) -> Paragraph:
    """``D-3f2a1c: Weekdays 8:30 Europe/Berlin in #databases, by @dora; next …``"""
    when: Line = (Code(text=one.cron),) if one.trouble else _when(one)
    about = f" about {one.scope}" if one.environments else ""
    by: Line = (", by ", Mention(person=one.created_by)) if one.created_by else (
        ", in the settings file",)  # fmt: skip
    return paragraph(
        Strong(text=one.id), ": ", *when, f" ({one.timezone}) in ", Channel(id=one.channel), about,
        *by, "; next ", *_next(one), "." if not one.trouble else "",
    )  # fmt: skip


def _removals(found: Sequence[Appointment]) -> tuple[Button | Menu, ...]:
    """Each opens a form, which asks once more."""
    buttons = tuple(
        Button(label=f"Remove {one.id}", action=f"{FORM}.{number}",
               value=f"{RemoveDigest.name} {one.id}")
        for number, one in enumerate(found)
    )  # fmt: skip
    return buttons if len(buttons) <= BUTTONS else (Menu(label="Remove…", choices=buttons),)


def _when(made: Appointment) -> Line:
    """What was understood, in words; only an expression that none say is shown as it is."""
    said = spoken(made.cron)
    return (Code(text=said),) if said == made.cron else (said[:1].upper() + said[1:],)


def _next(one: Appointment) -> Line:
    if one.trouble:
        return ("never: ", one.trouble, " Remove it and schedule it again.")
    # Slack shows a moment on the reader's clock, beside a schedule on another.
    return ("never",) if one.next_at is None else (Moment(at=one.next_at), " your time")


def _typed(verb: str, environment: str | None = None) -> Code:
    """What somebody may type next, about the same databases."""
    narrowed = f" --environment {environment}" if environment else ""
    return Code(text=f"/rds digest {verb}{narrowed}")


def _items(count: int) -> str:
    return f"{count:,} item{'' if count == 1 else 's'}"


def _counted(digest: Digest) -> str:
    count = digest.databases
    return f"{count} database{'' if count == 1 else 's'} of {digest.scope}"


def _every_weekday(environment: str | None) -> Menu:
    """Opens the form of a schedule, at that time."""
    narrowed = f" --environment {quoted(environment)}" if environment else ""
    return Menu(
        label="On weekdays at…",
        choices=tuple(
            Button(
                label=f"Weekdays {hour}:{minute:02d}",
                action=f"{FORM}.weekdays",
                value=f'{ScheduleDigest.name} "{minute} {hour} * * mon-fri"{narrowed}',
            )
            for hour in HOURS
            for minute in (0, 30)
        ),
        chosen="",
    )


def _told(digest: Digest) -> list[Paragraph]:
    """What could not be looked at, then section by section; one line where there is nothing."""
    found = [line for section in Section for line in _of(section, digest.concerns)]
    left_out: Line = (f"{digest.snoozed} snoozed in this channel.",) if digest.snoozed else ()
    return [Paragraph(line=line) for line in (*digest.notes, left_out, *found) if line]


def _of(section: Section, concerns: tuple[Concern, ...]) -> list[Line]:
    """What needs action in brief, the worst first; all else whole."""
    found = [one for one in concerns if one.section is section]
    urgent = section is Section.ACTION
    lines: list[Line] = [("• ", *(one.short if urgent else one.line)) for one in found[:LISTED]]
    if len(found) > LISTED:
        lines.append((f"and {len(found) - LISTED:,} more, less urgent",))
    return [(Strong(text=section.heading),), *lines] if lines else []


def _plain(line: Line) -> str:
    """For a title, which holds no date of its own."""
    return "".join(one if isinstance(one, str) else _said(one) for one in line)


def _said(span: Span) -> str:
    if isinstance(span, Moment):
        return f"{datetime.fromtimestamp(span.at / SECOND, UTC):%Y-%m-%d}"
    return getattr(span, "text", "")
