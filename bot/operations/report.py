import asyncio
from datetime import timedelta

from pydantic import Field

from bot.operation import Desk, Query, Topic
from bot.params import Duration, Flag
from bot.reports import (
    ReportFigures,
    brief,
    brief_title,
    changes,
    chart,
    findings,
    is_small,
    methods,
    sentences,
    span_of,
    table,
    title_of,
)
from bot.values import (
    Answer,
    Button,
    Code,
    Line,
    Menu,
    Paragraph,
    Person,
    Report,
    Table,
    Tally,
    looking,
    paragraph,
    refresh,
    written,
)

DAYS = (7, 30, 90)  #: that are offered


class ShowReport(Query):
    """Show how the team does: success, time to approve, MTTA, MTTR, and what has changed.

    Of the last 30 days, or as far back as --since says, beside as much time before.
    """

    verb, name = "report", "show_report"
    topic = Topic.ADMINISTRATION
    example = "report --since 7d"
    synonyms = "report mttr mtta statistics stats"

    since: Duration = timedelta(days=30)
    methods: Flag = Field(default=False, description="how it is computed")

    async def answer(self, desk: Desk, person: Person) -> Answer:
        now, before = await desk.tallies(self.since)
        span = span_of(self.since)
        if not any(one.requests or one.denied or one.incidents for one in (now, before)):
            return _nothing(span)
        found = await asyncio.to_thread(findings, now, before)
        title = brief_title(now, span) if is_small(found) else title_of(found, span)
        drawn = chart(found, span, person.timezone)
        return Answer(
            title=title,
            parts=(*self._parts(found, now, before), *(methods() if self.methods else ())),
            buttons=(*_buttons(self.since, drawn), *self._explanation()),
            hint=("Details: ", Code(text="/rds requests --all"), *self._hint(drawn)),
            chart=drawn,
        )

    def _parts(
        self, found: ReportFigures, now: Tally, before: Tally
    ) -> tuple[Paragraph | Table, ...]:
        """The answer first; of few cases only what happened."""
        span = span_of(self.since)
        if is_small(found):
            return tuple(brief(now, before, span))
        return (changes(found, span), table(found), *sentences(found, now, before, span))

    def _explanation(self) -> tuple[Button, ...]:
        return () if self.methods else (looking("How is this computed?", self._explained),)

    def _hint(self, drawn: Report | None) -> Line:
        """Beside a picture a private reply has no room for that button."""
        if self.methods or drawn is None:
            return ()
        return (". How is this computed? ", Code(text=f"/rds {self._explained}"))

    @property
    def _explained(self) -> str:
        return f"report --since {written(self.since)} --methods"


def _nothing(span: str) -> Answer:
    told = f"In the last {span} nothing was asked for and nothing fired, nor in the {span} before."
    return Answer(
        title="Nothing to report",
        parts=(paragraph(told),),
        hint=("Further back: ", Code(text="/rds report --since 90d")),
    )


def _buttons(since: timedelta, drawn: Report | None) -> tuple[Menu | Button, ...]:
    """Another stretch of time, and the same anew.

    Where there is no picture, there is none to change in its place.
    """
    spans = sorted({*(timedelta(days=days) for days in DAYS), since})
    if drawn is None:
        return tuple(looking(_label(one), _line(one)) for one in spans if one != since)
    choices = tuple(map(_choice, spans))
    return Menu(label="Range", choices=choices, chosen=_label(since)), refresh(_line(since))


def _choice(span: timedelta) -> Button:
    word = _line(span).rpartition(" ")[2]
    return Button(label=_label(span), action=f"picture.{word}", value=_line(span))


def _label(span: timedelta) -> str:
    return f"Last {span_of(span)}"


def _line(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    word = f"{minutes}m" if minutes % 1440 else f"{minutes // 1440}d"
    return f"report --since {word}"
