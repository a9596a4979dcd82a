"""Tells what reaches people's screens, as it does, and once for all who see the same."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from bot.sandbox.slack import Entry, Kind, Member, SeenMessage, SeenView, SlackSandbox
from bot.sandbox.slack.text import Page, render
from bot.sandbox.terminal import Terminal, listed

CHANGED = frozenset({Kind.UPDATED, Kind.EPHEMERAL_UPDATED})
GONE = frozenset({Kind.DELETED, Kind.EPHEMERAL_DELETED, Kind.MODAL_CLOSED})


def first_name(member: Member) -> str:
    return member.person.real_name.split()[0]


def place(seen: SeenMessage) -> str:
    if not seen.channel.name:
        return "the direct message with the bot"
    thread = ", in the thread below a card" if seen.message.is_reply else ""
    return f"#{seen.channel.name}{thread}"


@dataclass
class Sighting:
    """One thing that appeared, and all who saw it; times are those of the first of them."""

    entry: Entry
    readers: list[Member] = field(default_factory=list)

    @property
    def who(self) -> str:
        return listed(map(first_name, self.readers))

    @property
    def verb(self) -> str:
        return "see" if len(self.readers) > 1 else "sees"


class Narrator:
    def __init__(self, slack: SlackSandbox, people: Sequence[Member], terminal: Terminal) -> None:
        self._slack = slack
        self._people = people
        self._terminal = terminal
        self._told = {it.id: len(it.feed) for it in people}
        self._lines: dict[tuple[str, str], Sequence[str]] = {}

    async def run(self) -> None:
        """Ends only by being cancelled."""
        while True:
            self.tell()
            await self._slack.world.pulse.beaten()

    def tell(self) -> None:
        """Whatever has come since the last time."""
        for sighting in _sightings(self._fresh()):
            self._show(sighting)

    def _fresh(self) -> Iterable[tuple[Member, Entry]]:
        """In the order in which it came, whoever it came to."""
        found = []
        for person in self._people:
            feed = person.feed
            found += [(person, it) for it in feed[self._told[person.id] :]]
            self._told[person.id] = len(feed)
        return sorted(found, key=lambda it: it[1].at)

    def _show(self, sighting: Sighting) -> None:
        entry, seen = sighting.entry, sighting.entry.seen
        match seen:
            case SeenMessage() if entry.kind in GONE:
                self._note(f"A message in {place(seen)} is gone for {sighting.who}.")
            case SeenMessage() if entry.kind in CHANGED:
                self._show_change(sighting, seen)
            case SeenMessage():
                only = "Only " if entry.kind is Kind.EPHEMERAL else ""
                self._note(f"{only}{sighting.who} {sighting.verb} in {place(seen)}:")
                self._draw(seen)
            case SeenView() if entry.kind in GONE:
                self._note(f"{sighting.who} no longer has the form open.")
            case SeenView():
                what = "the app's Home" if entry.kind is Kind.HOME else "a form"
                self._note(f"Only {sighting.who} sees {what}:")
                self._draw(seen)
            case None:
                self._note(f"Slack itself tells {sighting.who}: {entry.said}")

    def _show_change(self, sighting: Sighting, seen: SeenMessage) -> None:
        before = self._lines.get((seen.channel.id, seen.ts), ())
        after = _lines(seen)
        fresh = [it for it in after if it not in before]
        gone = len(before) + len(fresh) - len(after)
        if 2 * len(fresh) > len(after) or gone > len(fresh):
            self._note(f"{sighting.who} {sighting.verb} this change in {place(seen)}:")
            self._draw(seen)
            return
        self._lines[seen.channel.id, seen.ts] = after
        if after[:1] == fresh[:1]:
            self._note(
                f"{sighting.who} {sighting.verb} this change in {place(seen)}, all else stays:"
            )
        for line in fresh:
            self._terminal.say(": ".join(line.split("\n", 1)), "  ↻ ")

    def _draw(self, seen: SeenMessage | SeenView) -> None:
        if isinstance(seen, SeenMessage):
            self._lines[seen.channel.id, seen.ts] = _lines(seen)
        self._terminal.draw(seen)

    def _note(self, text: str) -> None:
        self._terminal.show()
        self._terminal.show("\n".join(map(self._terminal.faint, self._terminal.wrapped(text))))


@asynccontextmanager
async def telling(narrator: Narrator) -> AsyncIterator[None]:
    """It tells until the block ends, and then what is left."""
    task = asyncio.create_task(narrator.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        narrator.tell()


def _sightings(fresh: Iterable[tuple[Member, Entry]]) -> Iterator[Sighting]:
    together: dict[object, Sighting] = {}
    for person, entry in fresh:
        seen = entry.seen
        shared = seen.version if isinstance(seen, SeenMessage) else (person.id, len(together))
        together.setdefault((entry.kind, shared), Sighting(entry)).readers.append(person)
    yield from together.values()


def _lines(seen: SeenMessage) -> Sequence[str]:
    """What stands on a card, a field or a row of buttons at a time."""
    return render(seen.blocks, Page(seen.eyes)) or [seen.text]
