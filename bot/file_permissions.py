"""Who else could write the files that the bot trusts, or read those that hold secrets."""

import os
import pwd
import shlex
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

WRITE, READ = 0o022, 0o044  #: by the group, and by everybody


class Kept(NamedTuple):
    """A file on which the bot depends."""

    path: Path
    is_secret: bool = False


class Exposure(NamedTuple):
    """What others could do to a file, or to a folder above it, and the command that mends it."""

    path: Path
    why: str
    mend: str


def exposures(kept: Iterable[Kept]) -> tuple[Exposure, ...]:
    """Each one once. Pipes are left out.

    Whoever may write into a folder above a file, or owns one, can put another file in its place,
    also where there is none as yet.
    """
    found = (one for file in kept for one in _of(file))
    return tuple(dict.fromkeys(found))


def _of(kept: Kept) -> Iterator[Exposure]:
    path = Path(os.path.abspath(kept.path))
    try:
        state = _state(path)
        if state is not None and not stat.S_ISREG(state.st_mode):
            return
        if state is not None:
            yield from _of_file(path, state, kept.is_secret)
        for place in _way(path):
            if place.is_symlink():
                yield from _of_stranger(place, place.lstat(), "chown -h")
            elif (state := _state(place)) is not None and stat.S_ISDIR(state.st_mode):
                yield from _of_folder(place, state)
    except OSError as error:
        why = f"nobody can tell who could write it ({error.strerror})"
        yield Exposure(path, why, f"Let the user who runs the bot look: ls -ld {_quoted(path)}")


def _way(path: Path) -> tuple[Path, ...]:
    """All that leads to it: itself, the folders above, and the same behind every link of these."""
    found: dict[Path, None] = {}
    ahead = [path]
    while ahead:
        near = ahead.pop()
        for place in (near, *near.parents):
            if place not in found and place.is_symlink():
                to = place.parent.resolve() / place.readlink()
                ahead.append(Path(os.path.abspath(to)))
            found[place] = None
    return tuple(dict.fromkeys((*found, *path.resolve().parents)))


def _state(path: Path) -> os.stat_result | None:
    """None where there is nothing."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _of_file(path: Path, state: os.stat_result, is_secret: bool) -> Iterator[Exposure]:
    yield from _of_stranger(path, state)
    if state.st_mode & WRITE:
        yield _of_mode(path, state, "others can write it", "go-w")
    if is_secret and state.st_mode & _readable(state):
        yield _of_mode(path, state, "it holds secrets, and others can read it", "go-r")


def _of_folder(path: Path, state: os.stat_result) -> Iterator[Exposure]:
    """In a folder with the sticky bit, as /tmp has it, nobody replaces what another one owns."""
    yield from _of_stranger(path, state)
    if state.st_mode & WRITE and not state.st_mode & stat.S_ISVTX:
        yield _of_mode(path, state, "others can replace what is in it", "go-w")


def _of_stranger(path: Path, state: os.stat_result, chown: str = "chown") -> Iterator[Exposure]:
    if state.st_uid not in (0, os.geteuid()):
        mend = f"Run: {chown} {_name(os.geteuid())} {_quoted(path)}"
        yield Exposure(path, f"it belongs to {_name(state.st_uid)}", mend)


def _of_mode(path: Path, state: os.stat_result, why: str, change: str) -> Exposure:
    mode = stat.S_IMODE(state.st_mode)
    return Exposure(path, f"{why} (mode {mode:04o})", f"Run: chmod {change} {_quoted(path)}")


def _readable(state: os.stat_result) -> int:
    """The group of the bot itself may read, as where a secret is handed to it by its group."""
    return READ & 0o007 if state.st_gid in (os.getegid(), *os.getgroups()) else READ


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
