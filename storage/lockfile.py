"""The OS lock that keeps a second process away from a SQLite file."""

import fcntl
import os
from pathlib import Path

from bot.errors import StorageError


class LockFile:
    """Held from creation until ``release``; the kernel drops it when the process dies."""

    def __init__(self, database: Path) -> None:
        """Raises StorageError where another process, or this one, already has the database."""
        path = database.with_name(f"{database.name}.lock")
        # O_CLOEXEC: what the bot starts, as charts/worker.py, would hold the lock after its death.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Not lockf: it does not hold off the same process, which a second store here may be,
            # and it lets go as soon as that process closes the file anywhere.
            # https://pubs.opengroup.org/onlinepubs/9799919799/functions/fcntl.html
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode().strip() or "unknown"
            os.close(descriptor)
            raise StorageError(
                f"Another process (pid {holder}) is using {database}. One SQLite file serves one "
                "bot: stop the other process, or set DATABASE_URL to a PostgreSQL database to run "
                "several."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """May be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
