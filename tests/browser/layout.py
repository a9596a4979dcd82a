"""Whether a page looks as it should, as far as a machine can tell."""

from pathlib import Path

from playwright.async_api import Page

_LOOK = (Path(__file__).parent / "layout.js").read_text("utf-8")


async def faults(page: Page) -> list[str]:
    """A sentence for whatever sticks out, is cut, or lies over something else."""
    found: list[str] = await page.evaluate(_LOOK)
    return found
