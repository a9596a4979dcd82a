"""What a person sees, and waiting for it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from itertools import count
from typing import Any, TypeVar

from bot.sandbox.slack.cards import card
from bot.sandbox.slack.errors import ImpossibleError
from bot.sandbox.slack.feed import Entry, SeenMessage, SeenView
from bot.sandbox.slack.inputs import state_values
from bot.sandbox.slack.workspace import Person
from bot.sandbox.slack.world import World

Seen = TypeVar("Seen", SeenMessage, SeenView)
Wanted = str | Callable[[Seen], object]
SECONDS = 15.0


class Sight:
    """One person's screen: channels, direct messages, ephemeral messages, modals and Home."""

    def __init__(self, world: World, person_id: str) -> None:
        self._world = world
        self.id = person_id

    @property
    def person(self) -> Person:
        return self._world.workspace.people[self.id]

    @property
    def feed(self) -> tuple[Entry, ...]:
        """Everything that reached the screen, in order, also what has changed or gone since."""
        return tuple(self._world.feeds[self.id])

    def messages(self, channel: str | None = None) -> tuple[SeenMessage, ...]:
        """Oldest first, as they are now; `channel` by name or id, None for all."""
        kept = self._world.messages
        if channel is None:
            listed = sorted(kept, key=lambda it: float(it.ts))
        else:
            listed = list(kept.of(self._world.workspace.channel(channel).id))
        person = self.person
        return tuple(self._world.seen(self.id, it) for it in listed if self._world.sees(person, it))

    def message(self, channel: str, ts: str) -> SeenMessage:
        """`channel` by id. Raises ImpossibleError when it is out of sight."""
        message = self._world.messages.find(channel, ts)
        if message is None or not self._world.sees(self.person, message):
            raise ImpossibleError(f"{self.person.name} does not see that message (any more).")
        return self._world.seen(self.id, message)

    def direct_messages(self) -> tuple[SeenMessage, ...]:
        return self.messages(self._world.workspace.direct(self.id).id)

    def views(self) -> tuple[SeenView, ...]:
        """The stack of modals; the last one is on top."""
        return tuple(self._world.seen_view(it) for it in self._world.views.stack(self.id))

    def home(self) -> SeenView | None:
        view = self._world.views.homes.get(self.id)
        return self._world.seen_view(view) if view else None

    def values(self, view: SeenView) -> dict[str, dict[str, Any]]:
        """What stands in its fields, as in Slack's `state.values`."""
        return state_values(view.blocks, self._world.typed.get(view.id, {}))

    def reloads(self) -> None:
        """Slack's client forgets ephemeral messages when it is reloaded."""
        for message in list(self._world.messages):
            if message.only_for == self.id:
                self._world.messages.forget(message)

    async def sees(self, wanted: Wanted[SeenMessage], within: float = SECONDS) -> SeenMessage:
        """The newest message that holds these words or satisfies this predicate.

        Raises AssertionError, with everything that is on the screen, when none appears in time."""
        return await self._await(lambda: self.messages()[::-1], wanted, within, "message")

    async def sees_modal(self, wanted: Wanted[SeenView], within: float = SECONDS) -> SeenView:
        """As `sees`, for the modal on top."""
        return await self._await(lambda: self.views()[-1:], wanted, within, "modal")

    async def sees_home(self, wanted: Wanted[SeenView], within: float = SECONDS) -> SeenView:
        """As `sees`, for the Home tab."""
        return await self._await(self._homes, wanted, within, "Home")

    async def sees_entry(self, wanted: Callable[[Entry], object], within: float = SECONDS) -> Entry:
        """As `sees`, for anything that ever reached the screen."""

        def look() -> Entry | None:
            return next((it for it in self.feed if wanted(it)), None)

        entry = await self._world.pulse.until(look, within)
        if entry is None:
            raise ImpossibleError(f"Nothing such reached {self.person.name}.\n{self.screen()}")
        return entry

    async def deliveries(self) -> AsyncGenerator[Entry, None]:
        """Every entry of the feed, those to come included; ends only when cancelled."""
        for shown in count():
            while len(self._world.feeds[self.id]) <= shown:
                await self._world.pulse.beaten()
            yield self._world.feeds[self.id][shown]

    def screen(self) -> str:
        """Everything in view, as text."""
        seen: list[SeenMessage | SeenView] = [*self.messages(), *self._homes(), *self.views()]
        shown = "\n".join(card(it) for it in seen) or "(nothing)"
        told = [it.text for it in self.feed if it.seen is None]
        return "\n".join([f"{self.person.name} sees:", shown, *told])

    def _homes(self) -> Sequence[SeenView]:
        home = self.home()
        return [home] if home else []

    async def _await(
        self,
        candidates: Callable[[], Sequence[Seen]],
        wanted: Wanted[Seen],
        within: float,
        what: str,
    ) -> Seen:
        matches = _matcher(wanted)

        def look() -> Seen | None:
            return next((it for it in candidates() if matches(it)), None)

        found = await self._world.pulse.until(look, within)
        if found is not None:
            return found
        sought = repr(wanted) if isinstance(wanted, str) else "as described"
        raise ImpossibleError(
            f"{self.person.name} saw no {what} {sought} within {within:g} s.\n{self.screen()}"
        )


def _matcher(wanted: Wanted[Seen]) -> Callable[[Seen], object]:
    """Words are looked for once in each version of a message or view."""
    if not isinstance(wanted, str):
        return wanted
    read: set[object] = set()

    def matches(seen: Seen) -> bool:
        if seen.version in read:
            return False
        read.add(seen.version)
        return wanted in seen.words

    return matches
