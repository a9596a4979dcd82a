"""Text that people wrote, made harmless; and a line's spans in words."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.values import (
    SECOND,
    Channel,
    Code,
    Line,
    Mention,
    Moment,
    Strong,
    lasting,
)
from handlers.blocks.elements import facts, fields, section
from handlers.blocks.rich import leaves
from handlers.blocks.text import cut, joined, mrkdwn, plain, safe, visible
from handlers.blocks.times import utc
from tests.samples import ANA, NOW


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("R&D", "R&amp;D"),
        ("a\u202eb\u200bc\u0007d", "abcd"),
        ("two\n lines", "two lines"),
    ],
)
def test_text_is_stripped_and_escaped(raw: str, shown: str) -> None:
    assert safe(raw, 100) == shown


@given(st.text(alphabet="&<>a ", max_size=60), st.integers(min_value=2, max_value=40))
def test_no_cut_splits_an_entity(raw: str, limit: int) -> None:
    shown = safe(raw, limit)

    assert len(shown) <= limit
    assert "&" not in shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


def test_a_line_reads_alike_in_mrkdwn_and_in_plain_text() -> None:
    line: Line = ("Asked by ", Mention(person=ANA), " at ", Moment(at=NOW), ": ", Code(text="x"))

    assert mrkdwn(line) == (
        "Asked by <@U000ANA> at "
        "<!date^1795183392^{date_short_pretty} at {time}|2026-11-20 14:03 UTC>: `x`"
    )
    assert plain(line, {"U000ANA": "ana"}) == "Asked by @ana at 2026-11-20 14:03 UTC: x"
    assert plain(line[:2]) == "Asked by @U000ANA"


def test_a_channel_is_a_link_where_slack_draws_it_and_its_id_elsewhere() -> None:
    line: Line = ("in ", Channel(id="C0OPS"))

    assert leaves(line)[1] == {"type": "channel", "channel_id": "C0OPS"}
    assert mrkdwn(line) == "in <#C0OPS>"
    assert plain(line) == "in #C0OPS"


@given(st.integers(min_value=1, max_value=200))
def test_no_cut_splits_a_mention_or_a_date(limit: int) -> None:
    written = mrkdwn(("for ", Mention(person=ANA), " ", Moment(at=NOW), Code(text="x" * 90)), limit)

    assert len(written) <= limit
    assert written.count("<") == written.count(">")
    assert written.count("`") % 2 == 0


@pytest.mark.parametrize(
    "value",
    ["sun:05:00-02:30", "tag Environment=*prod*", "_it_", "~no~", "`x`", ":tada:", "> q"],
)
@pytest.mark.parametrize("drawn", [facts, fields])
def test_a_label_is_bold_and_its_value_what_it_is_whatever_it_looks_like(
    value: str, drawn: Callable[[Sequence[tuple[str, Line]]], list[dict[str, Any]]]
) -> None:
    block = drawn([("Window", (value,)), ("Kind", ("instance",))])[0]

    bold, shown = block["elements"][0]["elements"][:2]
    assert (bold["text"], bold["style"]) == ("Window: ", {"bold": True})
    assert shown == {"type": "text", "text": value}


def test_what_would_format_in_mrkdwn_is_shown_as_plain_text() -> None:
    assert section(("calm_name-1",))["text"]["type"] == "mrkdwn"
    for text in ("_it_", "~no~", "`x`", ":tada:", "> quote"):
        assert section((text,))["text"]["type"] == "plain_text"


def test_code_and_strong_cannot_be_broken_out_of() -> None:
    assert mrkdwn((Code(text="a` <!here> `b"),)) == "`a' &lt;!here&gt; 'b`"
    assert mrkdwn((Strong(text="a* <!here> *b"),)) == "*a &lt;!here&gt; b*"


def test_lines_are_joined_without_the_empty_ones() -> None:
    assert joined([("a",), (), ("b",)], ", ") == ("a", ", ", "b")


def test_cutting_shows_that_it_cut() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"
    assert visible("  a   b ") == "a b"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a second"),
        (12, "12 s"),
        (72, "1 min 12 s"),
        (7200, "2 h"),
        (7_260, "2 h 1 min"),
        (86_400 + 60, "1 d"),
    ],
)
def test_lengths_of_time_are_short(seconds: int, words: str) -> None:
    assert lasting(seconds * SECOND) == words


def test_an_instant_in_words_is_utc() -> None:
    assert utc(NOW) == "2026-11-20 14:03 UTC"
