"""Uploaded files: asked for, uploaded, completed, and only a moment later processed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from mimetypes import guess_type
from typing import Any

from bot.sandbox.slack.errors import SlackError


@dataclass(frozen=True, slots=True)
class File:
    """`channels` fill only when Slack has processed the file; until then it has no mimetype."""

    id: str
    name: str
    size: int
    created: int
    alt_txt: str | None = None
    title: str = ""
    content: bytes | None = None
    completed: bool = False
    processed: bool = False
    shares: tuple[tuple[str, str], ...] = ()

    @property
    def mimetype(self) -> str:
        return guess_type(self.name)[0] or "application/octet-stream"


class Files:
    def __init__(self) -> None:
        self._kept: dict[str, File] = {}

    def keep(self, file: File) -> File:
        self._kept[file.id] = file
        return file

    def change(self, file_id: str, **facts: Any) -> File:
        return self.keep(replace(self.find(file_id), **facts))

    def find(self, file_id: str) -> File:
        """Raises `file_not_found`."""
        if file_id not in self._kept:
            raise SlackError("file_not_found")
        return self._kept[file_id]

    def forget(self, file_id: str) -> None:
        """Raises `file_not_found`."""
        del self._kept[self.find(file_id).id]

    def among(self, ids: Iterable[str]) -> tuple[File, ...]:
        """Those of them that nobody has deleted."""
        return tuple(self._kept[it] for it in ids if it in self._kept)

    def showable(self, file_id: str) -> bool:
        """Whether a `slack_file` image may point to it: processed, and whoever posts has access.

        All files here are the bot's own, so it has, wherever they are shared or not:
        https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
        """
        file = self._kept.get(file_id)
        return file is not None and file.processed
