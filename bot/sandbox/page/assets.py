"""The files that the browser loads, as the build has left them."""

from pathlib import Path

BUILT = Path(__file__).parent / "built"


class UnbuiltError(Exception):
    """The text says what to run."""


def built_page(folder: Path = BUILT) -> Path:
    """The folder of the built page. Raises UnbuiltError where there is none."""
    if not (folder / "index.html").exists():
        raise UnbuiltError("The workspace page is not built yet. Run in the checkout: make page")
    return folder


def asset(folder: Path, name: str) -> Path | None:
    """The file of that name right in the folder; None for anything else."""
    return next((it for it in folder.iterdir() if it.name == name and it.is_file()), None)
