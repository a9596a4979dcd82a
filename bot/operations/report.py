import asyncio
from datetime import timedelta

from bot.operation import Desk, Query
from bot.params import Duration
from bot.reports import changes, chart, findings, sentences, span_of, table, title_of
from bot.values import Answer, Button, Code, Person, paragraph

DAYS = (7, 30, 90)  #: of the buttons


class ShowReport(Query):
    """Show how the team does: success, time to approve, MTTA, MTTR, and how sure that is.

    Of the last 30 days, or as far back as --since says, beside as much time before. The picture
    comes as a direct message.
    """

    verb, name = "report", "show_report"
    example = "report --since 7d"

    since: Duration = timedelta(days=30)

    async def answer(self, desk: Desk, person: Person) -> Answer:
        now, before = await desk.tallies(self.since)
        span = span_of(self.since)
        if not any(one.requests or one.denied or one.incidents for one in (now, before)):
            return _nothing(span)
        found = await asyncio.to_thread(findings, now, before)
        title = title_of(found, span)
        return Answer(
            title=title,
            parts=(changes(found, span), table(found), *sentences(found, now, before, span)),
            buttons=tuple(_button(days, self.since) for days in DAYS),
            hint=("What stands behind it: ", Code(text="/rds requests --all")),
            chart=chart(found, title, span, person.timezone),
        )


def _nothing(span: str) -> Answer:
    told = f"In the last {span} nothing was asked for and nothing fired, nor in the {span} before."
    return Answer(
        title="Nothing to report",
        parts=(paragraph(told),),
        hint=("Further back: ", Code(text="/rds report --since 90d")),
    )


def _button(days: int, since: timedelta) -> Button:
    label = f"Refresh {days}d" if since == timedelta(days=days) else f"{days}d"
    return Button(label=label, action=f"picture.{days}d", value=f"report --since {days}d")
