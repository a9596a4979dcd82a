"""The Slack app's manifest, wherever the bot is installed."""

from pathlib import Path

HERE = Path(__file__).parent
#: The package build puts a copy beside this module; a checkout has it at its top.
PLACES = (HERE / "manifest.yml", HERE.parent / "manifest.yml")


def text() -> str:
    """As written, with its comments. Raises FileNotFoundError where the install lacks it."""
    return next((it for it in PLACES if it.exists()), PLACES[0]).read_text("utf-8")
