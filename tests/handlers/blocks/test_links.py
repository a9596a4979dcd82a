"""Names of requests become links wherever rich_text says them, and nowhere else."""

from bot.values import Answer, Code, Strong, Table, paragraph
from handlers.blocks.answers import answer
from handlers.blocks.elements import Payload
from handlers.blocks.links import linked, named_in
from handlers.blocks.rich import bullets, lines, quote, rich_text
from tests.handlers.blocks.judging import assert_message

URL = "https://acme.slack.com/archives/C1/p1"
LINKS = {"RDS-1001": URL}
LINK = {"type": "link", "text": "RDS-1001", "url": URL}
DRAWN: Payload = {
    "text": "RDS-1001",
    "blocks": [
        rich_text(
            lines(("After ", Code(text="RDS-1001"), "."), (Strong(text="RDS-1001: Reboot"),)),
            bullets([("RDS-1001 and RDS-1002 (running)",)]),
            quote("as in RDS-1001", 100),
        ),
        rich_text(
            lines(("Type ", Code(text="/rds cancel RDS-1001"), " or XRDS-1001, RDS-01, I-1b"))
        ),
    ],
}


def test_each_name_of_a_request_with_a_link_becomes_one() -> None:
    first, second = linked(DRAWN, LINKS)["blocks"]
    said, listed, quoted = first["elements"]

    assert {**LINK, "style": {"code": True}} in said["elements"]
    assert said["elements"][-2:] == [
        {**LINK, "style": {"bold": True}},
        {"type": "text", "text": ": Reboot", "style": {"bold": True}},
    ]
    rest = {"type": "text", "text": " and RDS-1002 (running)"}
    assert listed["elements"][0]["elements"] == [LINK, rest]
    assert (quoted, second) == (DRAWN["blocks"][0]["elements"][2], DRAWN["blocks"][1])
    assert_message(linked(DRAWN, LINKS))


def test_what_could_be_linked_is_what_is_linked() -> None:
    assert named_in(DRAWN) == {"RDS-1001", "RDS-1002"}
    assert linked(linked(DRAWN, LINKS), LINKS) == linked(DRAWN, LINKS)
    assert linked(DRAWN, {}) == DRAWN


def test_a_cell_of_a_table_bears_a_link_too() -> None:
    rows = ((("RDS-1001",), ("Reboot",)), (("RDS-1002",), ("Reboot",)))
    drawn = answer(Answer(title="2", parts=(Table(columns=("A", "B"), rows=rows), paragraph("x"))))

    table = linked(drawn, LINKS)["blocks"][1]

    assert table["rows"][1][0]["elements"] == [{"type": "rich_text_section", "elements": [LINK]}]
    assert table["rows"][2] == drawn["blocks"][1]["rows"][2]
    assert named_in(drawn) == {"RDS-1001", "RDS-1002"}
    assert_message(linked(drawn, LINKS))
