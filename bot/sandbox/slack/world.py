"""The workspace in motion: what is posted, opened and uploaded, and who sees it."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from itertools import count
from typing import Any

from bot.sandbox.slack.controls import INTERACTIVE, walk
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.feed import Entry, Kind, SeenMessage, SeenView
from bot.sandbox.slack.files import Files
from bot.sandbox.slack.messages import Blocks, Message, Messages
from bot.sandbox.slack.pulse import Pulse
from bot.sandbox.slack.tickets import Tickets
from bot.sandbox.slack.views import View, Views
from bot.sandbox.slack.workspace import Channel, Person, Workspace

Typed = dict[tuple[str, str], Mapping[str, Any]]


class World:
    """Every change goes through here, so that feeds and waiting people hear of it."""

    def __init__(self, workspace: Workspace, now: Callable[[], float] = time.time) -> None:
        self.workspace = workspace
        self.now = now
        self.pulse = Pulse()
        self.messages = Messages()
        self.views = Views()
        self.tickets = Tickets()
        self.files = Files()
        self.feeds: dict[str, list[Entry]] = defaultdict(list)
        # what a person has typed or picked and not yet submitted, by view id or (channel, ts, user)
        self.typed: dict[object, Typed] = defaultdict(dict)
        self._numbers = count(1)
        self._last_ts = 0.0
        self.base_url = ""  # known once the server listens

    # -- names for new things

    def key(self, prefix: str) -> str:
        return f"{prefix}0{next(self._numbers):08d}"

    def stamp(self) -> str:
        """A message timestamp: unique and growing, even when the clock stands still."""
        self._last_ts = max(self.now(), self._last_ts + 0.000001)
        return f"{self._last_ts:.6f}"

    # -- messages

    def post(self, channel: Channel, author: str, **facts: Any) -> Message:
        facts["blocks"] = self.numbered(facts.get("blocks", ()))
        message = Message(ts=self.stamp(), channel=channel.id, author=author, **facts)
        self.messages.keep(message)
        self._show(message, Kind.EPHEMERAL if message.only_for else Kind.POSTED)
        return message

    def revise(self, message: Message, **facts: Any) -> Message:
        if "blocks" in facts:
            facts["blocks"] = self.numbered(facts["blocks"])
        changed = self.messages.change(message, **facts)
        self._show(changed, Kind.EPHEMERAL_UPDATED if message.only_for else Kind.UPDATED)
        return changed

    def erase(self, message: Message) -> None:
        self.messages.forget(message)
        self._show(message, Kind.EPHEMERAL_DELETED if message.only_for else Kind.DELETED)

    def sees(self, person: Person, message: Message) -> bool:
        if message.only_for:
            return message.only_for == person.id
        return person.id in self.workspace.channels[message.channel].members

    # -- views

    def open_view(self, user: str, body: Mapping[str, Any]) -> View:
        return self._shown(self.views.open(self._view(user, body)), Kind.MODAL_OPENED)

    def push_view(self, user: str, body: Mapping[str, Any]) -> View:
        return self._shown(self.views.push(self._view(user, body)), Kind.MODAL_PUSHED)

    def publish_home(self, user: str, body: Mapping[str, Any]) -> View:
        old = self.views.homes.get(user)
        new = self._view(user, body, old.id if old else None)
        return self._shown(self.views.publish(new), Kind.HOME)

    def revise_view(self, view: View, body: Mapping[str, Any]) -> View:
        body = {**body, "blocks": self.numbered(body["blocks"])}
        changed = self.views.change(view, body=body, hash=self._hash(), errors=())
        return self._shown(changed, Kind.HOME if view.kind == "home" else Kind.MODAL_UPDATED)

    def show_form_errors(self, view: View, errors: Mapping[str, str]) -> View:
        changed = self.views.change(view, errors=tuple(errors.items()))
        return self._shown(changed, Kind.FORM_ERRORS)

    def close_view(self, view: View) -> None:
        self.views.close(view)
        self._shown(view, Kind.MODAL_CLOSED)

    def clear_views(self, user: str) -> None:
        for view in reversed(self.views.stack(user)):
            self.close_view(view)

    def check_hash(self, view: View, wanted: str | None) -> None:
        if wanted and wanted != view.hash:
            raise SlackError("hash_conflict")

    # -- what people are told

    def say(self, user: str, text: str) -> None:
        """Slack itself tells a person something, as when an app does not answer."""
        self._tell(user, Entry(Kind.SLACK_ERROR, self.now(), said=text))

    def seen(self, user: str, message: Message) -> SeenMessage:
        files = self.files.among(message.files)
        return SeenMessage(self.workspace.people[user], self.workspace, message, files)

    def seen_view(self, view: View) -> SeenView:
        return SeenView(self.workspace.people[view.user], self.workspace, view)

    def numbered(self, blocks: Sequence[Mapping[str, Any]]) -> Blocks:
        """A copy in which Slack has filled in ids and the defaults of texts."""
        copies = deepcopy([dict(it) for it in blocks])
        for part in walk(copies):
            match part.get("type"):
                case "plain_text":
                    part.setdefault("emoji", True)
                case "mrkdwn":
                    part.setdefault("verbatim", False)
                case str(kind) if kind in INTERACTIVE:
                    part.setdefault("action_id", self.key("a"))
        for block in copies:
            block.setdefault("block_id", self.key("b"))
        return tuple(copies)

    def _view(self, user: str, body: Mapping[str, Any], key: str | None = None) -> View:
        key = key or self.key("V")
        body = {**body, "blocks": self.numbered(body["blocks"])}
        return View(key, user, body, self._hash(), root=key)

    def _hash(self) -> str:
        return f"{self.stamp()}.{self.key('h')}"

    def _show(self, message: Message, kind: Kind) -> None:
        channel = self.workspace.channels[message.channel]
        readers = {message.only_for} if message.only_for else channel.members
        for user in sorted(it for it in readers if it != self.workspace.app.user_id):
            self._tell(user, Entry(kind, self.now(), self.seen(user, message)))

    def _shown(self, view: View, kind: Kind) -> View:
        self._tell(view.user, Entry(kind, self.now(), self.seen_view(view)))
        return view

    def _tell(self, user: str, entry: Entry) -> None:
        self.feeds[user].append(entry)
        self.pulse.beat()
