"""Opening the page in the person's own browser, where there is one to open it."""

import os
import sys
import webbrowser
from contextlib import suppress
from threading import Thread

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def offer(url: str) -> None:
    """Only where there is a display, and never in CI; whatever goes wrong is no matter."""
    if _has_display() and not os.environ.get("CI"):
        Thread(target=_open, args=(url,), name="browser", daemon=True).start()


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, DISPLAYS))


def _open(url: str) -> None:
    with suppress(OSError, webbrowser.Error):
        webbrowser.open(url)
