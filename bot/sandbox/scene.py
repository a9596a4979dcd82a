"""What a step of a story does as the people, and what it then demands of Slack and of AWS.

Everything is judged by what Slack delivered to each person and by AWS's own word; the
ledger is exact: whatever nobody announced is a difference too.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bot.sandbox.aws import Call
from bot.sandbox.demands import DiffersError, Expected, Ledger, spoken
from bot.sandbox.narrator import Narrator, first_name
from bot.sandbox.slack import Entry, Kind, Member, SeenMessage
from bot.sandbox.stage import Stage
from bot.sandbox.terminal import Terminal, listed

OPENS_FORM = "form.open"  #: how the action of such a button begins

Found = TypeVar("Found")
PLACE = "databases"
#: Seconds for an answer; what AWS itself takes comes on top.
ANSWERS_WITHIN = 10.0
BADLY = ("failed", "outcome unknown")


class Scene:
    """One step of a story while it is played. Whatever is not as demanded raises DiffersError."""

    def __init__(
        self, stage: Stage, terminal: Terminal, narrator: Narrator, ledger: Ledger
    ) -> None:
        self.stage = stage
        self.ledger = ledger
        self._terminal = terminal
        self._narrator = narrator
        self._since = {it.id: len(it.feed) for it in stage.people}

    # -- doing

    async def types(self, who: str, line: str) -> None:
        member = self.stage.slack.member(who)
        self._tell(f"{first_name(member)} types in #{PLACE}:  {line}")
        await member.types(line, channel=PLACE)

    async def clicks(self, who: str, seen: SeenMessage, word: str) -> None:
        member = self.stage.slack.member(who)
        now = next((it for it in member.messages(PLACE) if it.ts == seen.ts), seen)
        button = next((it for it in now.actions if it.label.startswith(word)), None)
        if button is None:
            raise DiffersError(
                f"{first_name(member)} should find a button {word} on the card.", now
            )
        self._tell(f"{first_name(member)} clicks [{button.label}]")
        await member.clicks(now, button.action_id, button.value)

    def proves(self, text: str) -> None:
        """Says what has just been found true."""
        self._narrator.tell()
        self._terminal.proof(text)

    def shows(self, text: str) -> None:
        self._narrator.tell()
        self._terminal.show(text)

    def announces(self, text: str) -> None:
        self._tell(text)

    # -- demanding of Slack

    async def told(self, who: str, *words: str) -> SeenMessage:
        """The next thing said to this person is visible to nobody else and holds these words."""
        member = self.stage.slack.member(who)
        name = first_name(member)
        wanted = f"{name} should be told, visible to {name} alone: {_quoted(words)}."
        entry = await self._until(
            lambda: next((it for it in self._new(member) if _speaks_to(it)), None), wanted
        )
        seen = entry.seen
        if not isinstance(seen, SeenMessage) or entry.kind is not Kind.EPHEMERAL:
            raise DiffersError(wanted, entry)
        self._demand(_holds(seen, words), wanted, seen)
        self.ledger.private.setdefault(member.id, set()).add(seen.ts)
        return seen

    async def posted(self, *words: str, below: SeenMessage | None = None) -> SeenMessage:
        """All members of the channel see a new message that holds these words."""
        where = "in the card's thread" if below else f"in #{PLACE}"
        wanted = f"Everybody {where} should see: {_quoted(words)}."
        readers = self._readers()

        def look() -> SeenMessage | None:
            seen = [self._post(it, words, below.ts if below else None) for it in readers]
            return seen[0] if all(seen) else None

        found = await self._until(look, wanted)
        self.ledger.posts.add(found.ts)
        return found

    async def becomes(self, seen: SeenMessage, *words: str, seconds: float = 0.0) -> Entry:
        """All see the card change until it holds these words; AWS may take so many seconds.

        Returns the first such entry. Ends at once where the card says that it went wrong, or where
        somebody is told what the story does not have."""
        wanted = f"The card should come to say: {_quoted(words)}."
        readers = self._readers()

        def look() -> Entry | None:
            self._demand_nothing_else(wanted)
            found = [
                next((it for it in self._changes(one, seen) if _holds(it.seen, words)), None)
                for one in readers
            ]
            if not all(found):
                self._demand_hope(self._changes(readers[0], seen), wanted)
                return None
            return found[0]

        return await self._until(look, wanted, ANSWERS_WITHIN + seconds)

    def demand_unchanged(self, seen: SeenMessage, *words: str) -> None:
        """Still on the card, for everybody, and no change since this step began."""
        wanted = f"The card should stay as it was: {_quoted(words)}."
        for one in self._readers():
            now = next(it for it in one.messages(PLACE) if it.ts == seen.ts)
            self._demand(_holds(now, words), wanted, now)
            self._demand(not self._changes(one, seen), wanted, now)

    def demand_only_the_way_back(self, seen: SeenMessage) -> None:
        """Nothing is to be decided any more: its only buttons open the form of what undoes it."""
        for one in self._readers():
            now = next(it for it in one.messages(PLACE) if it.ts == seen.ts)
            decides = [it for it in now.actions if not it.action_id.startswith(OPENS_FORM)]
            self._demand(not decides, "The card should have nothing to decide any more.", now)

    # -- demanding of AWS

    def demand(self, claim: object, what: str) -> None:
        """Raises DiffersError unless the claim is true."""
        if not claim:
            raise DiffersError(what)

    @property
    def changes(self) -> Sequence[Call]:
        """The bot's calls that are not mere reading, in order."""
        return [it for it in self.stage.aws.calls() if not it.reads and it.service != "sts"]

    async def called(self, expected: Expected) -> Call:
        """AWS has received this, after all that it should have received before, and no more."""
        wanted = f"AWS should receive {expected.name} once."
        self.ledger.calls.append(expected)
        await self._until(lambda: len(self.changes) >= len(self.ledger.calls), wanted)
        self._demand_calls()
        return self.changes[-1]

    # -- at the end of each step

    def settle(self) -> None:
        """Nobody has seen, and AWS has not received, anything that the story does not have."""
        self._demand_nothing_else("Nobody should be told anything else.")
        self._demand_posts()
        self._demand_calls()

    def _demand_calls(self) -> None:
        expected, made = self.ledger.calls, self.changes
        as_expected = len(expected) == len(made) and all(
            one.is_it(call) for one, call in zip(expected, made, strict=True)
        )
        if not as_expected:
            raise DiffersError(
                f"AWS should have received exactly these changes: {spoken(expected)}.",
                f"It received: {spoken(made)}.",
            )

    def _demand_nothing_else(self, wanted: str) -> None:
        for one in self.stage.people:
            known = self.ledger.private.get(one.id, set())
            for entry in one.feed:
                if _speaks_to(entry) and not (
                    isinstance(entry.seen, SeenMessage) and entry.seen.ts in known
                ):
                    raise DiffersError(f"{wanted} But {first_name(one)} sees:", entry)

    def _demand_hope(self, changes: Sequence[Entry], wanted: str) -> None:
        """The card is still there, and does not say that it went wrong."""
        for it in changes:
            ended_badly = isinstance(it.seen, SeenMessage) and any(
                f": {word}" in it.seen.text for word in BADLY
            )
            if it.kind is Kind.DELETED or ended_badly:
                raise DiffersError(f"{wanted} But this is {it.kind}:", it)

    def _demand_posts(self) -> None:
        for one in self.stage.people:
            for entry in one.feed:
                if entry.kind in _PUBLIC and (
                    not isinstance(entry.seen, SeenMessage)
                    or entry.seen.ts not in self.ledger.posts
                ):
                    raise DiffersError(f"{first_name(one)} should not see this:", entry)

    # -- how

    async def _until(
        self, look: Callable[[], Found | None], wanted: str, within: float = ANSWERS_WITHIN
    ) -> Found:
        found = await self.stage.slack.world.pulse.until(look, within)
        if not found:
            raise DiffersError(f"{wanted} It did not within {within:g} s.", *self._latest())
        self._narrator.tell()
        return found

    def _new(self, member: Member) -> Sequence[Entry]:
        """What has reached this person since the step began."""
        return member.feed[self._since[member.id] :]

    def _changes(self, member: Member, seen: SeenMessage) -> Sequence[Entry]:
        return [
            it
            for it in self._new(member)
            if it.kind in (Kind.UPDATED, Kind.DELETED)
            and isinstance(it.seen, SeenMessage)
            and it.seen.ts == seen.ts
        ]

    def _post(self, member: Member, words: Iterable[str], below: str | None) -> SeenMessage | None:
        for it in self._new(member):
            seen = it.seen
            if (
                it.kind is Kind.POSTED
                and isinstance(seen, SeenMessage)
                and seen.channel.name == PLACE
                and seen.thread_ts == below
                and _holds(seen, words)
            ):
                return seen
        return None

    def _readers(self) -> Sequence[Member]:
        members = self.stage.slack.workspace.channel(PLACE).members
        return [it for it in self.stage.people if it.id in members]

    def _demand(self, claim: object, what: str, seen: SeenMessage) -> None:
        if not claim:
            raise DiffersError(what, seen)

    def _latest(self) -> Sequence[Entry | str]:
        """What came instead, the last of it."""
        came = {
            it.seen.version if it.seen else it.said: it
            for one in self.stage.people
            for it in self._new(one)
        }
        return list(came.values())[-2:] or ["Nothing reached anybody since this step began."]

    def _tell(self, text: str) -> None:
        self._narrator.tell()
        self._terminal.act(text)


_PUBLIC = frozenset({Kind.POSTED, Kind.UPDATED, Kind.DELETED})


def _speaks_to(entry: Entry) -> bool:
    """Said to one person alone, in whichever way."""
    if entry.kind in _PUBLIC:
        return isinstance(entry.seen, SeenMessage) and entry.seen.channel.is_im
    return True


def _holds(seen: object, words: Iterable[str]) -> bool:
    """Line breaks are of no account."""
    if not isinstance(seen, SeenMessage):
        return False
    said = " ".join(seen.words.split())
    return all(word in said for word in words)


def _quoted(words: Iterable[str]) -> str:
    return listed(f'"{word}"' for word in words)
