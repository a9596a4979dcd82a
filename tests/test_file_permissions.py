"""Whose files the bot reads and keeps: what others could do to them is named."""

import os
from pathlib import Path

import pytest

from bot.file_permissions import Kept, exposures
from bot.settings import load, look
from storage.checks import files

STRANGER = 12_345


def named(*kept: Kept) -> list[tuple[str, str, str]]:
    return [(one.path.name, one.why, one.mend) for one in exposures(kept)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir(mode=0o755)
    (tmp_path / "folder").chmod(0o755)
    file = tmp_path / "folder" / "some file"
    file.write_text("x", "utf-8")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("mode", [0o620, 0o660, 0o664, 0o602, 0o666, 0o777, 0o4622])
@pytest.mark.parametrize("is_secret", [True, False])
def test_a_file_that_others_can_write_is_named(file: Path, mode: int, is_secret: bool) -> None:
    file.chmod(mode)

    name, why, mend = named(Kept(file, is_secret))[0]

    assert (name, why) == ("some file", f"others can write it (mode {mode:04o})")
    assert mend == f"Run: chmod go-w '{file}'"


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700, 0o644, 0o444, 0o640, 0o755])
def test_a_file_that_nobody_else_can_write_is_fine(file: Path, mode: int) -> None:
    file.chmod(mode)

    assert named(Kept(file)) == []


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o444])
def test_a_secret_that_everybody_can_read_is_named(file: Path, mode: int) -> None:
    file.chmod(mode)

    assert named(Kept(file, is_secret=True)) == [
        (
            "some file",
            f"it holds secrets, and others can read it (mode {mode:04o})",
            f"Run: chmod go-r '{file}'",
        )
    ]


def test_a_secret_may_be_handed_to_the_bot_by_its_group(file: Path) -> None:
    file.chmod(0o640)

    assert named(Kept(file, is_secret=True)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_secret_of_another_group_is_named(file: Path) -> None:
    file.chmod(0o640)
    os.chown(file, -1, STRANGER)

    assert [why for _, why, _ in named(Kept(file, is_secret=True))] == [
        "it holds secrets, and others can read it (mode 0640)"
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("whose", ["file", "folder"])
def test_what_belongs_to_somebody_else_is_named(file: Path, whose: str) -> None:
    os.chown(file if whose == "file" else file.parent, STRANGER, -1)

    [(_, why, mend)] = named(Kept(file))

    assert why == f"it belongs to user {STRANGER}"
    assert mend.startswith("Run: chown root ")


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777, 0o2775])
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_in_which_others_can_replace_the_file_is_named(
    tmp_path: Path, mode: int, depth: int, is_there: bool
) -> None:
    file = tmp_path / "a" / "b" / "c" / "file"
    file.parent.mkdir(parents=True)
    for folder in list(file.parents)[:3]:
        folder.chmod(0o755)
    if is_there:
        file.touch(0o600)
    folder = list(file.parents)[depth]
    folder.chmod(mode)

    assert named(Kept(file), Kept(file.with_name("another"))) == [
        (
            folder.name,
            f"others can replace what is in it (mode {mode:04o})",
            f"Run: chmod go-w {folder}",
        )
    ]


def test_in_a_folder_like_tmp_nobody_replaces_it(file: Path) -> None:
    file.parent.chmod(0o1777)

    assert named(Kept(file)) == []


def test_behind_a_link_both_folders_count(file: Path, tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    link = open_to_all / "link"
    link.symlink_to(file)
    open_to_all.chmod(0o777)
    file.chmod(0o666)

    assert [name for name, _, _ in named(Kept(link))] == ["link", "open"]
    file.parent.chmod(0o777)
    assert "folder" in [name for name, _, _ in named(Kept(link))]


@pytest.mark.parametrize("far", ["{file}", "../folder/some file"], ids=["absolute", "relative"])
@pytest.mark.parametrize("of", ["file", "folder"])
@pytest.mark.parametrize("is_there", [True, False])
def test_behind_a_link_to_a_link_each_folder_counts(
    file: Path, tmp_path: Path, far: str, of: str, is_there: bool
) -> None:
    between, near = tmp_path / "between", tmp_path / "near"
    between.mkdir()
    to = far.format(file=file)
    (between / "link").symlink_to(to if of == "file" else Path(to).parent)
    near.symlink_to("between/link")
    if not is_there:
        file.unlink()
    kept = Kept(near if of == "file" else near / file.name)
    assert named(kept) == []

    between.chmod(0o777)

    assert [name for name, _, _ in named(kept)] == ["between"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_link_of_somebody_else_may_lead_elsewhere_tomorrow(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    os.chown(link, STRANGER, -1, follow_symlinks=False)

    assert named(Kept(link)) == [
        ("link", f"it belongs to user {STRANGER}", f"Run: chown -h root {link}")
    ]


def test_a_link_in_a_circle_is_told(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")

    assert [name for name, _, _ in named(Kept(tmp_path / "link"))] == ["link"]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "pipe").chmod(0o666)

    assert named(Kept(tmp_path / "pipe", is_secret=True)) == []


NAMED = (
    "SLACK_BOT_TOKEN_FILE", "SLACK_APP_TOKEN_FILE", "DATABASE_URL_FILE", "AUDIT_KEY_FILE",
    "AUDIT_KEY_FORMER_FILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CA_BUNDLE", "RDS_BOT_CONFIG",
)  # fmt: skip


@pytest.mark.parametrize("variable", NAMED)
def test_every_file_that_a_variable_names_is_looked_at(file: Path, variable: str) -> None:
    kept = look({variable: str(file)}).settings.kept

    assert file in [one.path for one in kept]
    is_secret = variable not in ("RDS_BOT_CONFIG", "AWS_CA_BUNDLE")
    assert [one.is_secret for one in kept if one.path == file] == [is_secret]


def test_dotenv_is_looked_at_where_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RDS_BOT_CONFIG", raising=False)
    (tmp_path / ".env").write_text("", "utf-8")

    assert Kept(Path(".env"), is_secret=True) in load().kept


def test_a_database_in_a_file_is_looked_at_with_all_that_is_beside_it(tmp_path: Path) -> None:
    found = files(f"sqlite+aiosqlite:///{tmp_path}/bot.db")

    ends = ["bot.db", "bot.db-wal", "bot.db-shm", "bot.db-journal", "bot.db.lock"]
    assert [one.path.name for one in found] == ends
    assert all(one.is_secret for one in found)
    assert files("postgresql://somebody@host/name") == ()
