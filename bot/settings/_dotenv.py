"""``.env`` in the working directory: variables for whoever starts the bot by hand."""

import re
from collections.abc import Collection, MutableMapping
from pathlib import Path

DOTENV = Path(".env")
#: Who names the settings file has set the rest of the environment too: `.env` is not read then.
ELSEWHERE = "RDS_BOT_CONFIG"
_LINE = re.compile(
    r"""\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)="""
    r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']*))\s*(?:(?<=\s)\#.*)?"""
)
_NOTHING = re.compile(r"\s*(?:#.*)?")


def take_in(file: Path, environ: MutableMapping[str, str]) -> list[str]:
    """Adds what the file sets and the environment does not; returns what is wrong with it.

    A line is ``NAME=value`` as a shell reads it, but ``$`` and ``\\`` stand for themselves.
    """
    try:
        if ELSEWHERE in environ or not file.is_file():
            return []
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        return [f"{file}: cannot be read: {error}"]
    before = frozenset(environ)
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if found is None and not _NOTHING.fullmatch(line):
            problems.append(f"{file}: line {number}: write NAME=value, quoted where it has spaces")
        elif found and not _is_set(found["name"], before):
            environ[found["name"]] = found["double"] or found["single"] or found["bare"] or ""
    return problems


def _is_set(name: str, names: Collection[str]) -> bool:
    """Also as the path of a file that holds it, or the other way round."""
    plain = name.removesuffix("_FILE")
    return plain in names or f"{plain}_FILE" in names
