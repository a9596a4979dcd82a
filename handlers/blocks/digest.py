"""A digest as a message: what needs somebody first, each line with what can be done about it."""

from collections.abc import Iterator, Sequence

from bot.operations import CATALOGUE
from bot.spreadsheets import csv_line
from bot.values import FORM, RUN, Concern, Digest, Line, Moment, Section, Strong, Trail, Week
from handlers.blocks.elements import (
    Element,
    Payload,
    actions,
    button,
    context,
    header,
    notification,
    section,
)
from handlers.blocks.rich import Block, lines, rich_text
from handlers.blocks.text import plain
from handlers.blocks.times import lasting

ACTION = "digest."
SNOOZE = f"{ACTION}snooze"
LINE = 300
NOTES = 5


def digest(given: Digest) -> Payload:
    """``text`` and ``blocks``; what does not fit is counted."""
    body = list(_sections(given)) or [section(_calm(given))]
    blocks = [
        header(given.title),
        context((_about(given), " · ", Moment(at=given.at))),
        *(section(note, LINE) for note in _notes(given)),
        *body,
        *_rest(given),
        context(*_footer(given)),
    ]
    return {"text": notification((f"{given.title}: ", *_summary(given))), "blocks": blocks}


def digest_csv(given: Digest) -> str:
    """Every concern as a row."""
    rows = (
        (one.section.heading, one.database, plain(one.line), "yes" if one.is_known else "no")
        for one in given.concerns
    )
    return "".join(map(csv_line, (("section", "database", "what", "seen before"), *rows)))


def _notes(given: Digest) -> Sequence[Line]:
    if len(given.notes) <= NOTES:
        return given.notes
    left = len(given.notes) - NOTES + 1
    return (*given.notes[: NOTES - 1], (f"And {left} more things that I could not look at.",))


def _sections(given: Digest) -> Iterator[Block]:
    for one in Section:
        found = [concern for concern in given.listed if concern.section is one]
        if found:
            yield rich_text(lines((Strong(text=one.heading),)))
            for concern in found:
                yield from _concern(concern)


def _concern(concern: Concern) -> Iterator[Block]:
    still: Line = ("Still: ",) if concern.is_known else ()
    yield rich_text(lines((*still, *concern.line), limit=LINE))
    yield from actions(list(_buttons(concern)))


def _buttons(concern: Concern) -> Iterator[Element]:
    name = concern.database.removeprefix("cluster:").partition("@")[0] or "this"
    if concern.metrics:
        look = f"metrics {concern.database} {concern.metrics}"
        yield button("Chart", f"{RUN}.digest", look, spoken=f"Chart of {name}")
    if concern.mend in CATALOGUE:
        operation = CATALOGUE[concern.mend]
        form = f"{operation.name} {concern.database}"
        label = f"{operation.verb.capitalize()}…"
        yield button(label, FORM, form, spoken=f"{label} {operation.summary()}")
    yield button("Snooze 7 days", SNOOZE, concern.key, spoken=f"Snooze 7 days: {name}")


def _rest(given: Digest) -> Iterator[Block]:
    if left := len(given.unlisted):
        yield section((f"And {left} more, less urgent. The file in the thread lists all of them.",))


def _footer(given: Digest) -> Sequence[Line]:
    parts = []
    if given.unchanged:
        parts.append(f"{given.unchanged} known and unchanged, told again after a week")
    if given.snoozed:
        parts.append(f"{given.snoozed} snoozed")
    left_out = f"Left out: {', '.join(parts)}." if parts else ""
    clear = f"All clear: {', '.join(given.clear)}." if given.clear and given.concerns else ""
    return [*((said,) for said in (clear, left_out) if said), _own(given)]


def _own(given: Digest) -> Line:
    """What the bot has to say of itself."""
    return (_week(given.week), *_trail(given.trail))


def _trail(trail: Trail) -> Line:
    """Of one that does not add up the digest speaks above; an empty one says nothing."""
    if trail.wrong or trail.rows == 0:
        return ()
    if trail.rows is None or trail.at is None:
        return (" Its audit trail is still being verified, for the first time since its start.",)
    return (f" Its audit trail is verified through row {trail.rows:,}, as it stood ",
            Moment(at=trail.at), ".")  # fmt: skip


def _week(week: Week) -> str:
    """``The bot's week: 12 requests, approved after 3 min (median), 9 of 10 succeeded.``"""
    if not week.requests and not week.denied:
        return "The bot's week: nobody asked for anything."
    said = [f"{week.requests} request{'' if week.requests == 1 else 's'}"]
    if week.approved_after is not None:
        said.append(f"approved after {lasting(week.approved_after)} (median)")
    if week.executed:
        said.append(f"{week.succeeded} of {week.executed} carried out succeeded")
    if week.denied:
        said.append(f"{week.denied} denied")
    return f"The bot's week: {', '.join(said)}."


def _about(given: Digest) -> str:
    count = given.databases
    return f"{count} database{'' if count == 1 else 's'} of {given.scope}"


def _calm(given: Digest) -> Line:
    if given.unchanged or given.snoozed:
        return ("As far as I could look, nothing is new." if given.notes else "Nothing new.",)
    return ("As far as I could look, nothing needs anybody." if given.notes else "All clear.",)


def _summary(given: Digest) -> Line:
    urgent = sum(one.section is Section.ACTION for one in given.concerns)
    if not given.concerns:
        return _calm(given)
    return (f"{urgent} to act on, {len(given.concerns) - urgent} to know of.",)
