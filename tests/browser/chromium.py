"""The system's Chromium, driven through its own protocol."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "There is no Chromium to open the workspace page in. Install one (Debian: apt-get install "
    "chromium fonts-noto-color-emoji)."
)


def installed() -> str | None:
    """Its path."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """With a new profile, gone afterwards. For where it is installed."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=installed(), args=list(FLAGS))
        try:
            yield launched
        finally:
            await launched.close()
