"""Text for Slack: made visible, escaped, cut; a line of spans in mrkdwn and in plain text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from bot.values import SECOND, Channel, Code, Group, Line, Link, Mention, Moment, Span, Strong
from handlers.blocks.times import utc, utc_day

MOMENT, DAY = "{date_short_pretty} at {time}", "{date_short_pretty}"
ELLIPSIS = "…"

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CUT_ENTITY = re.compile(r"&[a-z]{0,3}\Z")
#: Letters, marks and a symbol to Unicode, so their category gives none of them away.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
#: What formats: bold, strike, code, italic at the edge of a word, an emoji, a quotation.
_LIVELY = re.compile(r"[*~`]|(?<!\w)_|_(?!\w)|:[\w+'-]+:|\A\s*>")

NO_NAMES: Mapping[str, str] = {}


def visible(text: str) -> str:
    """``text`` on one line, without control, bidirectional and zero-width characters."""
    return " ".join(stripped(text).split())


def visible_lines(text: str) -> str:
    """The same with its lines kept; blank ones are dropped."""
    return "\n".join(filter(None, map(visible, text.splitlines())))


def stripped(text: str) -> str:
    """``text`` as it is laid out, without control, bidirectional and zero-width characters."""
    return "".join(map(_seen, text))


def cut(text: str, limit: int, ending: str = ELLIPSIS) -> str:
    """At most ``limit`` characters; what was cut ends in ``ending``."""
    return text if len(text) <= limit else text[: limit - len(ending)].rstrip() + ending


def safe(text: str, limit: int) -> str:
    """``text`` for mrkdwn: visible, escaped, then cut without splitting an entity.

    Formatting characters cannot be escaped in mrkdwn: see ``is_calm``.
    """
    escaped = visible(text).translate(_ENTITIES)
    if len(escaped) <= limit:
        return escaped
    return _CUT_ENTITY.sub("", escaped[: limit - 1]).rstrip() + ELLIPSIS


def is_calm(line: Line) -> bool:
    """Whether nothing in it would format, so that it may stand in mrkdwn."""
    texts = [span.text if isinstance(span, Strong) else span for span in line]
    return not any(isinstance(text, str) and _LIVELY.search(visible(text)) for text in texts)


def mrkdwn(line: Line, limit: int = 3000) -> str:
    """A line as mrkdwn; what would go over ``limit`` is left out, never cut within a token."""
    written = ""
    for span in line:
        room = limit - len(ELLIPSIS) - len(written)
        token = _token(span, room)
        if len(token) > room:
            return written.rstrip() + ELLIPSIS
        written += token
    return written


def plain(line: Line, names: Mapping[str, str] = NO_NAMES) -> str:
    """A line for notifications, SNS and terminals; ``names`` are people's, by user id."""
    return "".join(_plain_span(span, names) for span in line)


def spaced(text: str) -> str:
    """Visible text that keeps one space at either end, as it stands between two spans."""
    return _spaced(text, visible(text))


def joined(lines: Iterable[Line], between: str) -> Line:
    """Several lines in one, with ``between`` between them; empty ones are left out."""
    spans: list[Span] = []
    for line in lines:
        if line:
            spans += [between, *line] if spans else line
    return tuple(spans)


def date_token(moment: Moment) -> str:
    at, shown, fallback = date(moment)
    return f"<!date^{at}^{shown}|{fallback}>"


def date(moment: Moment) -> tuple[int, str, str]:
    """Seconds since 1970, how Slack shows it to each reader, and what stands where it cannot."""
    return moment.at // SECOND, DAY if moment.is_day else MOMENT, _utc(moment)


def _utc(moment: Moment) -> str:
    return utc_day(moment.at) if moment.is_day else utc(moment.at)


def mention_token(user: str) -> str:
    return f"<@{_id(user)}>"


def channel_token(channel: str) -> str:
    return f"<#{_id(channel)}>"


def _id(given: str) -> str:
    return re.sub("[^A-Z0-9]", "", given)


def _token(span: Span, room: int) -> str:
    match span:
        case Mention():
            return mention_token(span.person.user)
        case Channel():
            return channel_token(span.id)
        case Group():
            return f"<!subteam^{_id(span.id)}>"
        case Moment():
            return date_token(span)
        case Code():
            return _between("`", span.text.replace("`", "'"), room)
        case Strong():
            return _between("*", span.text.replace("*", ""), room)
        case Link():
            return f"<{span.url}|{safe(span.text.replace('|', ' '), max(room, 1))}>"
        case str():
            return _spaced(span, safe(span, max(room - 2, 1)))


def _between(mark: str, text: str, room: int) -> str:
    written = safe(text, max(room - 2, 1))
    return f"{mark}{written}{mark}" if written else ""


def _spaced(raw: str, escaped: str) -> str:
    """The spaces around a span part it from its neighbours, so they are kept."""
    before = " " if raw[:1].isspace() else ""
    after = " " if raw[-1:].isspace() and escaped else ""
    return f"{before}{escaped}{after}"


def _plain_span(span: Span, names: Mapping[str, str]) -> str:
    match span:
        case Mention():
            return "@" + visible(names.get(span.person.user, span.person.user))
        case Channel():
            return "#" + visible(span.id)
        case Group():
            return "@" + visible(span.id)
        case Moment():
            return _utc(span)
        case Code() | Strong() | Link():
            return visible(span.text)
        case str():
            return _spaced(span, visible(span))


def _seen(character: str) -> str:
    if character.isspace():
        return "\n" if character == "\n" else " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") or character in _INVISIBLE:
        return ""
    return character
