"""``rds-bot`` in processes of their own: forked where all of it is loaded, which saves the start.

Exit code, streams, environment and folder are a process's own, as are its log and its signals: only
what an interpreter does before ``main`` is not tried. Of some ``tests/test_cli.py`` shows that they
say the same when they are started from nothing.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.cli import main

Ran = subprocess.CompletedProcess[str]

_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(["bot.__main__", __name__])


def rds_bot(*words: str, folder: Path, environment: Mapping[str, str], within: float = 50) -> Ran:
    """Run to its end, without a terminal. Raises TimeoutExpired where that takes too long."""
    with TemporaryDirectory() as place:
        out, said = Path(place, "out"), Path(place, "said")
        process = begun(words, folder, environment, out, said)
        try:
            process.join(within)
            if process.exitcode is None:
                raise subprocess.TimeoutExpired(words, within)
            return Ran(words, process.exitcode, out.read_text("utf-8"), said.read_text("utf-8"))
        finally:
            process.kill()
            process.join()
            process.close()


def begun(
    words: tuple[str, ...], folder: Path, environment: Mapping[str, str], out: Path, said: Path
) -> ForkServerProcess:
    """It runs, and adds what it prints to two files; whoever calls sees to its end."""
    for file in (out, said):
        file.touch()
    process = _LOADED.Process(
        target=_run, args=(words, folder, dict(environment), out, said), daemon=True
    )
    process.start()
    return process


def _run(
    words: tuple[str, ...], folder: Path, environment: dict[str, str], out: Path, said: Path
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for stream, file in ((0, Path(os.devnull)), (1, out), (2, said)):
        os.dup2(os.open(file, os.O_RDWR | os.O_APPEND), stream)
    sys.argv = ["rds-bot", *words]
    main()
