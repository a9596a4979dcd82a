"""A message, a modal or the Home tab as a card in a terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.sandbox.slack.columns import pad, width, wrap
from bot.sandbox.slack.feed import SeenMessage, SeenView
from bot.sandbox.slack.mrkdwn import read
from bot.sandbox.slack.text import Page, render

WIDTH = 96


def _as_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Ink:
    """How the frame and the heading of a card are coloured."""

    frame: Callable[[str], str] = _as_is
    heading: Callable[[str], str] = _as_is


PLAIN = Ink()
ANSI = Ink(frame=lambda it: f"\x1b[2m{it}\x1b[0m", heading=lambda it: f"\x1b[1m{it}\x1b[0m")


def card(seen: SeenMessage | SeenView, columns: int = WIDTH, ink: Ink = PLAIN) -> str:
    """The whole surface in a frame of so many columns."""
    page = Page(seen.eyes, columns - 4)
    if isinstance(seen, SeenView):
        page = Page(seen.eyes, columns - 4, seen.errors)
        return _framed(_view_heading(seen), render(seen.blocks, page), _feet(seen), columns, ink)
    body = render(seen.blocks, page) or wrap(read(seen.text, seen.eyes), page.width)
    files = [f"🖼  {it.title or it.name}" for it in seen.files]
    return _framed(_heading(seen), [*body, *files], _notes(seen), columns, ink)


def _heading(seen: SeenMessage) -> str:
    place = f"#{seen.channel.name}" if seen.channel.name else "direct message"
    at = datetime.fromtimestamp(float(seen.ts), UTC).astimezone(seen.reader.zone)
    who = f"{seen.author.real_name}{' APP' if seen.author.is_bot else ''}"
    thread = " · in thread" if seen.message.is_reply else ""
    return f"{who} · {place}{thread} · {at:%H:%M}"


def _notes(seen: SeenMessage) -> str:
    notes = ["only visible to you"] if seen.ephemeral else []
    return " · ".join([*notes, *(["edited"] if seen.edited else [])])


def _view_heading(seen: SeenView) -> str:
    return seen.title if seen.view.kind == "modal" else "Home"


def _feet(seen: SeenView) -> str:
    body = seen.view.body
    if seen.view.kind == "home":
        return ""
    names = [body.get(it, {}).get("text") for it in ("close", "submit")]
    return "  ".join(f"[{it}]" for it in [names[0] or "Close", names[1]] if it)


def _framed(heading: str, lines: Sequence[str], foot: str, columns: int, ink: Ink) -> str:
    top = ink.frame("╭─ ") + ink.heading(heading)
    top += ink.frame(" " + "─" * max(0, columns - width(heading) - 5) + "╮")
    bar = ink.frame("│")
    middle = [f"{bar} {pad(it, columns - 4)} {bar}" for it in lines]
    left = f"─ {foot} " if foot else ""
    bottom = f"╰{left}{'─' * (columns - 2 - width(left))}╯"
    return "\n".join([top, *middle, ink.frame(bottom)])
