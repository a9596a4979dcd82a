"""A digest as a message: the worst first, one line each, and what can be done about it beside it.

All that not everybody has to read stands in its thread.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.operations import CATALOGUE
from bot.spreadsheets import csv_line
from bot.values import (
    Button,
    Concern,
    Digest,
    Line,
    Mention,
    Menu,
    Moment,
    Section,
    Snoozed,
    Strong,
    Trail,
    Week,
    asking,
    lasting,
    looking,
)
from bot.values._digests import DETAILED, LISTED
from handlers.blocks.elements import (
    Payload,
    Text,
    beside,
    context,
    header,
    line_text,
    notification,
    plain_text,
    section,
)
from handlers.blocks.rich import Block, lines, rich_text
from handlers.blocks.text import is_calm, joined, mrkdwn, plain

ACTION = "digest."
SNOOZE = f"{ACTION}snooze"
SNOOZE_LONG = f"{ACTION}snooze_30"
WAKE = f"{ACTION}wake"
LINE = 300
HEADLINE = 120
NOTES = 5
NAMED = 2  #: of what is folded into one line

PutOff = Mapping[str, Snoozed]
NOTHING: PutOff = {}


def digest(given: Digest, put_off: PutOff = NOTHING) -> Payload:
    """``text`` and ``blocks``; what does not fit is counted. ``put_off``: by handle."""
    if given.is_quiet:
        calm = _calm(given)
        late = (section(one, LINE) for one in given.excuses)
        return {"text": notification(calm), "blocks": [section(calm), *late]}
    head = given.head(put_off)
    blocks = [
        header(plain(head)),
        context((_about(given), " · ", Moment(at=given.at))),
        *(section(note, LINE) for note in (*given.excuses, *_notes(given))),
        *(block for one in given.urgent[:LISTED] for block in _row(one, one.short, put_off)),
        *_rest(given),
        *(section(line, LINE) for line in _folded(given)),
        *_footer(given),
    ]
    return {"text": notification(head), "blocks": blocks}


def digest_details(given: Digest, put_off: PutOff = NOTHING) -> Payload:
    """For its thread: all that the message says in brief, and what is the operator's."""
    blocks = [
        *_whole(given.urgent[:LISTED]),
        *(block for one in Section if one is not Section.ACTION
          for block in _section(one, given.others[:DETAILED], put_off)),
        *_more(given),
        context(_own(given)),
    ]  # fmt: skip
    return {"text": notification(("Details: ", *_own(given))), "blocks": blocks}


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


def _row(concern: Concern, said: Line, put_off: PutOff) -> Iterator[Block]:
    snoozed = put_off.get(concern.handle)
    text = _struck(said, snoozed) if snoozed else line_text((*_still(concern), *said), LINE)
    more = Menu(label="More", choices=tuple(_choices(concern, snoozed)))
    below = (context(_put_off(snoozed)),) if snoozed and not is_calm(said) else ()
    yield from beside(text, more, *below)


def _still(concern: Concern) -> Line:
    return ("Still: ",) if concern.is_known else ()


def _struck(said: Line, snoozed: Snoozed) -> Text:
    """For everybody; where it cannot be struck out, only that it is put off stands below."""
    if not is_calm(said):
        return plain_text(plain(said), LINE)
    struck = f"~{mrkdwn(said, LINE)}~\n{mrkdwn(_put_off(snoozed))}"
    return {"type": "mrkdwn", "text": struck, "verbatim": True}


def _put_off(snoozed: Snoozed) -> Line:
    by: Line = (" by ", Mention(person=snoozed.by)) if snoozed.by else ()
    return ("Snoozed", *by, " until ", Moment(at=snoozed.until, is_day=True))


def _choices(concern: Concern, snoozed: Snoozed | None) -> Iterator[Button]:
    if snoozed:
        yield Button(label="Undo the snooze", action=WAKE, value=concern.handle)
        return
    if concern.metrics:
        yield looking("Chart", f"metrics {concern.database} {concern.metrics}")
    if concern.mend in CATALOGUE:
        operation = CATALOGUE[concern.mend]
        yield asking(f"{operation.verb.capitalize()}…", operation.name, concern.database)
    yield Button(label="Snooze 7 days", action=SNOOZE, value=concern.handle)
    # What needs action may do harm within a month.
    if concern.section is not Section.ACTION:
        yield Button(label="Snooze 30 days", action=SNOOZE_LONG, value=concern.handle)


def _rest(given: Digest) -> Iterator[Block]:
    left = len(given.urgent) - LISTED
    if left > 0:
        yield section(
            (f"And {left:,} more, less urgent. The file in the thread lists all of them.",)
        )


def _folded(given: Digest) -> Iterator[Line]:
    """One line about each kind of what needs nobody now."""
    changed, trends = (
        [one for one in given.others if one.section is kind]
        for kind in (Section.CHANGED, Section.TREND)
    )
    if changed:
        yield (Strong(text=f"{len(changed):,} changed lately:"), " ", *_several(changed))
    if trends:
        noun = "trend" if len(trends) == 1 else "trends"
        yield (Strong(text=f"{len(trends):,} {noun}:"), " ", *_several(trends))
    if given.still:
        need = "needs" if len(given.still) == 1 else "need"
        known = f"{len(given.still):,} known and unchanged, still {need} action:"
        yield (Strong(text=known), " ", *_several(given.still))


def _several(found: Sequence[Concern]) -> Line:
    left = len(found) - NAMED
    said = [one.headline if one.name else one.brief or one.line for one in found[:NAMED]]
    return (*joined(said, "; "), f"; {left:,} more" if left > 0 else "")


def _more(given: Digest) -> Iterator[Block]:
    left = len(given.others) - DETAILED
    if left > 0:
        yield section((f"And {left:,} more. The file in this thread lists all of them.",))


def _whole(found: Sequence[Concern]) -> Iterator[Block]:
    if found:
        said = [(*_still(one), *one.line) for one in found]
        yield rich_text(lines((Strong(text=Section.ACTION.heading),)), lines(*said, limit=LINE))


def _section(kind: Section, found: Sequence[Concern], put_off: PutOff) -> Iterator[Block]:
    listed = [one for one in found if one.section is kind]
    if listed:
        yield rich_text(lines((Strong(text=kind.heading),)))
        for one in listed:
            yield from _row(one, one.line, put_off)


def _footer(given: Digest) -> Iterator[Block]:
    parts = []
    if given.unchanged:
        parts.append(f"{given.unchanged:,} known and unchanged, told again after a week")
    if given.snoozed:
        parts.append(f"{given.snoozed:,} snoozed")
    left_out = f"Left out: {', '.join(parts)}." if parts else ""
    clear = f"All clear: {', '.join(given.clear)}." if given.clear else ""
    if said := " ".join(filter(None, (clear, left_out, _quiet_week(given).strip()))):
        yield context((said,))


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
    return f"{given.title} · {_counted(given)}"


def _counted(given: Digest) -> str:
    count = given.databases
    return f"{count:,} database{'' if count == 1 else 's'} of {given.scope}"


def _calm(given: Digest) -> Line:
    """All of a quiet day in one line; what was left out is no part of what is clear."""
    counted = (given.unchanged, "known and unchanged"), (given.snoozed, "snoozed")
    left_out = [f"{count:,} {what}" for count, what in counted if count]
    new = "Nothing new" if left_out else "All clear"
    rest = f" Left out: {', '.join(left_out)}." if left_out else ""
    return (Strong(text=f"{new}:"), f" {_counted(given)}. {given.title}, ", Moment(at=given.at),
            f".{rest}{_quiet_week(given)}")  # fmt: skip


def _quiet_week(given: Digest) -> str:
    if not given.quiet_days:
        return ""
    times = "digest" if given.quiet_days == 1 else f"{given.quiet_days} digests"
    return f" A quiet week: nothing needed action in the last {times}."
