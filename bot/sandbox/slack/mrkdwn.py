"""Slack's mrkdwn as a person reads it: names, dates in her time zone, links, no markup."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.sandbox.slack.workspace import Person, Workspace

EMOJI: Mapping[str, str] = {
    "white_check_mark": "✅",
    "heavy_check_mark": "✔",
    "x": "❌",
    "warning": "⚠",
    "rotating_light": "🚨",
    "hourglass_flowing_sand": "⏳",
    "hourglass": "⌛",
    "no_entry": "⛔",
    "no_entry_sign": "🚫",
    "lock": "🔒",
    "unlock": "🔓",
    "question": "❓",
    "grey_question": "❔",
    "exclamation": "❗",
    "information_source": "\u2139",
    "arrows_counterclockwise": "🔄",
    "gear": "⚙",
    "hammer_and_wrench": "🛠",
    "camera": "📷",
    "floppy_disk": "💾",
    "bar_chart": "📊",
    "chart_with_upwards_trend": "📈",
    "chart_with_downwards_trend": "📉",
    "bell": "🔔",
    "no_bell": "🔕",
    "eyes": "👀",
    "mag": "🔍",
    "memo": "📝",
    "calendar": "📅",
    "clock1": "🕐",
    "stopwatch": "⏱",
    "bulb": "💡",
    "tada": "🎉",
    "fire": "🔥",
    "sunrise": "🌅",
    "zap": "⚡",
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "large_orange_circle": "🟠",
    "red_circle": "🔴",
    "large_blue_circle": "🔵",
    "white_circle": "⚪",
    "black_circle": "⚫",
}
DATE_FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date_slash": lambda at: f"{at:%d/%m/%Y}",
    "date_long": lambda at: f"{at:%A, %B} {_ordinal(at.day)}, {at.year}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at.year}",
    "date": lambda at: f"{at:%B} {_ordinal(at.day)}, {at.year}",
    "time_secs": lambda at: f"{at:%H:%M:%S}",
    "time": lambda at: f"{at:%H:%M}",
}
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
TOKEN = re.compile(r"<([^<>]+)>")
MARKS = tuple(
    re.compile(rf"(?<![\w{mark}])\{mark}(?=\S)([^{mark}\n]+?)(?<=\S)\{mark}(?![\w{mark}])")
    for mark in "*_~"
)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whose names and time zone hold while reading; `now` is for today, yesterday and ago."""

    person: Person
    workspace: Workspace
    now: datetime

    def user(self, user_id: str) -> str:
        person = self.workspace.people.get(user_id)
        return f"@{person.name}" if person else f"@{user_id}"

    def group(self, group_id: str) -> str:
        group = self.workspace.groups.get(group_id)
        return f"@{group.handle}" if group else f"@{group_id}"

    def channel(self, channel_id: str) -> str:
        channel = self.workspace.channels.get(channel_id)
        return f"#{channel.name}" if channel and channel.name else f"#{channel_id}"

    def moment(self, timestamp: int, pattern: str) -> str:
        at = datetime.fromtimestamp(timestamp, UTC).astimezone(self.person.zone)
        return re.sub(r"\{(\w+)\}", lambda it: self._token(it[1], at) or it[0], pattern)

    def _token(self, token: str, at: datetime) -> str:
        if token == "ago":
            return _ago(self.now - at)
        plain = token.removesuffix("_pretty")
        if token.endswith("_pretty") and (near := self._near(at)):
            return near
        return DATE_FORMATS[plain](at) if plain in DATE_FORMATS else ""

    def _near(self, at: datetime) -> str:
        days = (at.date() - self.now.astimezone(at.tzinfo).date()).days
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, "")


def read(text: str, eyes: Eyes) -> str:
    """mrkdwn to what is on the screen."""
    parts = CODE.split(text)
    shown = [_code(it) if index % 2 else _prose(it, eyes) for index, it in enumerate(parts)]
    return decoded("".join(shown))


def decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def emoji(text: str) -> str:
    return re.sub(r":([a-z0-9_+-]+):", lambda it: EMOJI.get(it[1], it[0]), text)


def _code(text: str) -> str:
    return text.strip("`").strip("\n")


def _prose(text: str, eyes: Eyes) -> str:
    for mark in MARKS:
        text = mark.sub(r"\1", text)
    text = re.sub(r"^(&gt;|>) ?", "▏ ", text, flags=re.MULTILINE)
    return emoji(TOKEN.sub(lambda it: _token(it[1], eyes), text))


def _token(inner: str, eyes: Eyes) -> str:
    target, _, label = inner.partition("|")
    match target[:1], target:
        case "@", _:
            return eyes.user(target[1:])
        case "#", _:
            return eyes.channel(target[1:])
        case "!", special if special.startswith("!subteam^"):
            return eyes.group(special.removeprefix("!subteam^"))
        case "!", special if special.startswith("!date^"):
            return _date(special, label, eyes)
        case "!", special:
            return f"@{special[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:")
    return f"{label} ({address})" if label and label != address else address


def _date(special: str, fallback: str, eyes: Eyes) -> str:
    _, timestamp, pattern, *_ = [*special.split("^"), "", ""]
    if not timestamp.isdigit() or not pattern:
        return fallback
    return eyes.moment(int(timestamp), pattern)


def _ordinal(day: int) -> str:
    suffix = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def _ago(past: timedelta) -> str:
    seconds = int(abs(past.total_seconds()))
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= size:
            n = seconds // size
            words = f"{n} {name}{'s' if n > 1 else ''}"
            return f"{words} ago" if past > timedelta(0) else f"in {words}"
    return "now"
