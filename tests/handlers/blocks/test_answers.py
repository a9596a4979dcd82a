"""What queries and controls answer, as Slack shows it."""

from collections.abc import Sequence

from syrupy.assertion import SnapshotAssertion

from bot.values import (
    Answer,
    Button,
    Code,
    Facts,
    Line,
    Mention,
    Moment,
    Strong,
    Table,
    Verbatim,
    paragraph,
)
from handlers.blocks.answers import answer
from tests.handlers.blocks.judging import assert_message, parts, words
from tests.samples import ANA, NOW

ANSWER = Answer(
    title="2 requests, newest first",
    parts=(
        paragraph("What is ", Strong(text="open"), ":"),
        paragraph("asked by ", Mention(person=ANA)),
        Facts(pairs=(("Asked by", (Mention(person=ANA),)), ("Until", (Moment(at=NOW),)))),
        Table(
            columns=("Request", "Asked by", "When", ""),
            rows=(
                (("RDS-1042",), (Mention(person=ANA),), (Moment(at=NOW),), ()),
                ((Code(text="RDS-1041"),), ("bot",), ("<!here> *now*",), ("",)),
            ),
        ),
    ),
    buttons=(
        Button(label="Approve", action="request.approve", value="1042", style="primary"),
        Button(label="Approve", action="request.approve", value="1041"),
    ),
    hint=("One in full: ", Code(text="/rds status RDS-1042")),
)


def test_an_answer_has_a_title_its_parts_buttons_and_a_hint(snapshot: SnapshotAssertion) -> None:
    made = answer(ANSWER)

    assert_message(made)
    assert made == snapshot


def test_lines_of_a_machine_keep_their_layout_and_format_nothing() -> None:
    made = answer(Answer(title="t", parts=(Verbatim(text="a *b*  <!here>\n  c"),)))

    assert_message(made)
    [part] = made["blocks"][1]["elements"]
    assert part["type"] == "rich_text_preformatted"
    assert part["elements"] == [{"type": "text", "text": "a *b*  <!here>\n  c"}]


def test_more_lines_than_a_message_holds_are_cut() -> None:
    made = answer(Answer(title="t", parts=(Verbatim(text="line\n" * 5_000),)))

    assert_message(made)
    assert made["blocks"][1]["elements"][0]["elements"][0]["text"].endswith("… (cut)")


def test_adjacent_paragraphs_share_a_block() -> None:
    made = answer(Answer(title="t", parts=tuple(paragraph(f"line {n}") for n in range(30))))

    assert [block["type"] for block in made["blocks"]] == ["header", "rich_text"]


def test_two_buttons_with_one_action_stand_in_two_blocks() -> None:
    made = answer(ANSWER)

    assert [block["type"] for block in made["blocks"]].count("actions") == 2


def test_a_table_too_large_is_cut_and_counted() -> None:
    made = answer(_table(_rows(250, 5)))

    assert_message(made)
    assert len(_tables(made)[0]["rows"]) == 100
    assert "and 151 more" in words(made)


def test_a_table_of_long_cells_stays_within_slacks_characters() -> None:
    made = answer(_table([(("x" * 5000,),) * 30] * 60))

    assert_message(made)
    assert "more" in words(made)


def test_a_second_table_becomes_lines() -> None:
    table = Table(columns=("a", "b"), rows=((("one",), ("two",)),))
    made = answer(Answer(title="t", parts=(table, paragraph("and"), table)))

    assert_message(made)
    assert len(_tables(made)) == 1
    assert words(made).endswith("one  ·  two")


def test_each_fact_is_one_line() -> None:
    facts = Facts(pairs=tuple((f"label {n}", (f"value {n}",)) for n in range(25)))
    made = answer(Answer(title="t", parts=(facts,)))

    assert_message(made)
    [_, block] = made["blocks"]
    said = "".join(leaf["text"] for leaf in block["elements"][0]["elements"])
    assert said.splitlines() == [f"label {n}: value {n}" for n in range(25)]


def test_an_answer_without_end_is_cut_and_says_how_much_is_left() -> None:
    pair = ("label", ("&" * 4000,))
    mixed = (paragraph("x" * 4000), Facts(pairs=(pair,) * 12)) * 20
    made = answer(Answer(title="t" * 300, parts=mixed, hint=("&" * 5000,)))

    assert_message(made)
    assert "more" in words(made)


def _rows(count: int, columns: int) -> list[tuple[Line, ...]]:
    return [tuple((f"cell {n}",) for n in range(columns)) for _ in range(count)]


def _table(rows: Sequence[tuple[Line, ...]]) -> Answer:
    columns = tuple(f"column {n}" for n in range(len(rows[0])))
    return Answer(title="A table", parts=(Table(columns=columns, rows=tuple(rows)),))


def _tables(made: dict[str, object]) -> list[dict[str, list[object]]]:
    return [part for part in parts(made) if part.get("type") == "table"]  # type: ignore[misc]


def test_a_person_and_an_instant_in_a_table_are_shown_as_such() -> None:
    kinds = {part.get("type") for part in parts(_tables(answer(ANSWER)))}

    assert {"user", "date", "raw_text"} <= kinds
