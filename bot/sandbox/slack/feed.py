"""What reached a person's screen, in the order in which it did."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.sandbox.slack.controls import Control, controls
from bot.sandbox.slack.files import File
from bot.sandbox.slack.messages import Blocks, Message
from bot.sandbox.slack.mrkdwn import Eyes
from bot.sandbox.slack.text import Page, plain
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import Channel, Person, Workspace


class Kind(StrEnum):
    POSTED = "posted"
    UPDATED = "updated"
    DELETED = "deleted"
    EPHEMERAL = "ephemeral"
    EPHEMERAL_UPDATED = "ephemeral updated"
    EPHEMERAL_DELETED = "ephemeral deleted"
    MODAL_OPENED = "modal opened"
    MODAL_PUSHED = "modal pushed"
    MODAL_UPDATED = "modal updated"
    MODAL_CLOSED = "modal closed"
    FORM_ERRORS = "form errors"
    HOME = "home"
    SLACK_ERROR = "slack error"


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as one person sees it at one moment."""

    reader: Person
    workspace: Workspace
    message: Message
    files: tuple[File, ...] = ()

    @property
    def version(self) -> object:
        return self.message.channel, self.message.ts, self.message.changed

    @property
    def ts(self) -> str:
        return self.message.ts

    @property
    def channel(self) -> Channel:
        return self.workspace.channels[self.message.channel]

    @property
    def author(self) -> Person:
        return self.workspace.people[self.message.author]

    @property
    def text(self) -> str:
        """The notification text; `words` is what is on the screen."""
        return self.message.text

    @property
    def blocks(self) -> Blocks:
        return self.message.blocks

    @property
    def ephemeral(self) -> bool:
        return self.message.only_for is not None

    @property
    def thread_ts(self) -> str | None:
        return self.message.thread_ts

    @property
    def edited(self) -> bool:
        return self.message.edited_at is not None

    @property
    def actions(self) -> tuple[Control, ...]:
        return controls(self.blocks)

    @property
    def words(self) -> str:
        """What is on the screen, as plain text."""
        shown = plain(self.blocks, self.text, Page(self.eyes))
        return "\n".join([shown, *(it.title or it.name for it in self.files)])

    @property
    def eyes(self) -> Eyes:
        return Eyes(self.reader, self.workspace, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class SeenView:
    """A modal or the Home tab as its owner sees it at one moment."""

    reader: Person
    workspace: Workspace
    view: View

    @property
    def version(self) -> object:
        return self.view.id, self.view.hash, self.view.errors

    @property
    def id(self) -> str:
        return self.view.id

    @property
    def title(self) -> str:
        return str(self.view.body.get("title", {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        return str(self.view.body.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.view.body.get("private_metadata", ""))

    @property
    def blocks(self) -> Blocks:
        return self.view.blocks

    @property
    def errors(self) -> dict[str, str]:
        """Field errors under the inputs, by block id."""
        return dict(self.view.errors)

    @property
    def actions(self) -> tuple[Control, ...]:
        return controls(self.blocks)

    @property
    def words(self) -> str:
        """What is on the screen, as plain text, the title first."""
        page = Page(self.eyes, errors=self.errors)
        return "\n".join([self.title, plain(self.blocks, "", page)])

    @property
    def eyes(self) -> Eyes:
        return Eyes(self.reader, self.workspace, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Entry:
    """`seen` is None for what Slack itself said."""

    kind: Kind
    at: float
    seen: SeenMessage | SeenView | None = None
    said: str = ""

    @property
    def text(self) -> str:
        """The words that appeared on the screen."""
        return self.seen.words if self.seen else self.said
