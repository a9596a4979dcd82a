"""Opening the page in the person's own browser, where there is one to open it."""

import os
import sys
import webbrowser
from contextlib import suppress
from threading import Thread
from typing import TextIO

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def offer(url: str, out: TextIO) -> None:
    """Only where somebody watches `out` and has a display; whatever goes wrong is no matter."""
    if out.isatty() and _has_display():
        Thread(target=_open, args=(url,), name="browser", daemon=True).start()


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, DISPLAYS))


def _open(url: str) -> None:
    with suppress(OSError, webbrowser.Error):
        webbrowser.open(url)
