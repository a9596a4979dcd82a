"""`.env`: what a line means, and what is said of one that means nothing."""

from pathlib import Path

import pytest

from bot.settings._dotenv import take_in


def taken(folder: Path, written: bytes, **environ: str) -> dict[str, str]:
    """The environment after the file was taken in without complaint."""
    (folder / ".env").write_bytes(written)
    assert take_in(folder / ".env", environ) == []
    return environ


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=xoxb-1", "xoxb-1"),
        ("export A=xoxb-1", "xoxb-1"),
        ("  A='a b'  # why", "a b"),
        ('A="a # b"', "a # b"),
        ("A=a#b", "a#b"),
        ("A=a # b", "a"),
        ("A=$HOME\\n", "$HOME\\n"),
        ("A=", ""),
        ("A=1\r\nA=2\r\n", "2"),
        ("# A=1\n\nA=2", "2"),
    ],
)
def test_a_line_is_read_as_a_shell_reads_it(tmp_path: Path, line: str, value: str) -> None:
    assert taken(tmp_path, line.encode()) == {"A": value}


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert taken(tmp_path, "A=1".encode("utf-8-sig")) == {"A": "1"}


def test_what_the_environment_sets_goes_first_also_as_a_file(tmp_path: Path) -> None:
    written = b"A=mine\nB_FILE=/mine\nC=mine"

    assert taken(tmp_path, written, A="1", B="2") == {"A": "1", "B": "2", "C": "mine"}


def test_a_token_and_its_file_both_reach_the_settings_which_refuse_that(tmp_path: Path) -> None:
    assert taken(tmp_path, b"A=1\nA_FILE=/a") == {"A": "1", "A_FILE": "/a"}


@pytest.mark.parametrize("line", ["A=a b", "A='a", "xoxb-secret", "A B=secret", 'A="a"#b'])
def test_a_line_that_means_nothing_is_named_and_never_quoted(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"B=1\n{line}", "utf-8")

    [problem] = take_in(tmp_path / ".env", {})

    assert "line 2" in problem
    assert "secret" not in problem


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff")

    [problem] = take_in(tmp_path / ".env", {})

    assert "cannot be read" in problem
