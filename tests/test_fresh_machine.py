"""What a container or a new server has: folders that only their owner can enter, and root."""

import os
import shutil
from pathlib import Path

import pytest

from tests import postgres

AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0, reason="only for root PostgreSQL runs as somebody else"
)


@pytest.fixture
def private_package(tmp_path: Path) -> Path:
    """The wheel as pip unpacks it under umask 077, in a folder that only its owner can enter."""
    installed, private = postgres.package(), tmp_path / "only mine"
    libraries = installed.with_name(f"{installed.name}.libs")
    shutil.copytree(installed / "pginstall18", private / installed.name / "pginstall18")
    shutil.copytree(libraries, private / libraries.name)
    for path in (private, *private.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)
    return private / installed.name


@AS_ROOT
def test_postgresql_runs_from_an_environment_that_only_its_owner_can_enter(
    private_package: Path,
) -> None:
    with postgres.server_of(private_package) as url:
        databases = postgres.Databases(url)
        databases.drop(databases.create())


@AS_ROOT
def test_nothing_of_postgresql_is_left_behind(private_package: Path) -> None:
    mine = f"{postgres.PREFIX}{os.getpid()}-*"
    before = {path for place in postgres.PLACES for path in place.glob(mine)}

    with postgres.server_of(private_package):
        pass

    assert {path for place in postgres.PLACES for path in place.glob(mine)} == before
