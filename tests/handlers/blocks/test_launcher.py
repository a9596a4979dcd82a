"""The launcher, and what else stands in modals that are no forms."""

from bot.operation import Query, Topic
from bot.operations import CATALOGUE
from bot.values import Answer, Code, Status, Table, paragraph
from handlers.blocks.answers import answer
from handlers.blocks.error import problem
from handlers.blocks.launcher import LAUNCH, Desktop, asks_nothing, launcher
from handlers.blocks.modal import modal, opening_form, result_form
from tests.handlers.blocks.judging import action_ids, assert_view, parts, words
from tests.samples import sample_request

HERE = "C0DATABASE"


def test_it_offers_changes_and_looks_and_leaves_decisions_to_the_rows() -> None:
    made = launcher(Desktop(tuple(CATALOGUE.values()), (), (), HERE))

    assert_view(made)
    buttons = [it.removeprefix(LAUNCH) for it in action_ids(made) if it.startswith(LAUNCH)]
    assert buttons == ["create_snapshot", "reboot_instance", "show_metrics", "list_databases"]
    selects = [part["option_groups"] for part in parts(made) if "option_groups" in part]
    groups = [group for one in selects for group in one]
    behind = {it["value"].rpartition(" ")[2] for one in groups for it in one["options"]}
    assert {"show_database", "modify_backup_window", "schedule_digest"} <= behind
    assert not {"approve_request", "settle_request", *buttons} & behind
    topics = {one.topic for one in CATALOGUE.values() if one.name in behind}
    ordered = sorted(topics, key=lambda one: (not one.is_of_changes, list(Topic).index(one)))
    assert [one["label"]["text"] for one in groups] == [topic.heading for topic in ordered]


def test_what_waits_stands_first_and_nothing_empty_stands_at_all() -> None:
    waiting = [sample_request(status=Status.PENDING)]
    busy = launcher(Desktop(tuple(CATALOGUE.values()), (), waiting, HERE))
    calm = launcher(Desktop(tuple(CATALOGUE.values()), (), (), HERE))

    said = words(busy)
    assert said.index("Waiting for you") < said.index("Approve") < said.index("Snapshot…")
    assert "Your open requests" not in said
    assert words(calm).startswith("No request waits for you.")


def test_what_asks_for_more_says_so_by_dots() -> None:
    made = launcher(Desktop(tuple(CATALOGUE.values()), (), (), HERE))

    assert "Reboot…" in words(made)
    assert "List…" not in words(made)
    assert asks_nothing(CATALOGUE["list_databases"])
    assert not asks_nothing(CATALOGUE["show_database"])


def test_a_label_is_plain_english_and_names_one_operation() -> None:
    labels = [one.label() for one in CATALOGUE.values()]

    assert len(set(labels)) == len(labels)
    assert not {"iam", "az", "api"} & {word.lower() for one in labels for word in one.split()
                                       if not word.isupper()}  # fmt: skip
    assert "Multi-AZ…" in words(launcher(Desktop(tuple(CATALOGUE.values()), (), (), HERE)))


def test_many_requests_are_counted_and_fit() -> None:
    mine = [sample_request(id=1000 + n, reason="<!channel>" * 300) for n in range(100)]
    waiting = [sample_request(id=3000 + n, status=Status.PENDING) for n in range(200)]

    made = launcher(Desktop(tuple(CATALOGUE.values()), mine, waiting, HERE))

    assert_view(made)
    assert "and 85 more" in words(made)
    assert "and 185 more" in words(made)


def test_a_catalogue_of_any_size_fits() -> None:
    many = [
        type(f"Look{n}", (Query,), {"__doc__": "Look.", "verb": f"look-{n}", "name": f"look_{n}"})
        for n in range(90)
    ]

    assert_view(launcher(Desktop(many, (), (), None), problem("Too late.")["blocks"]))


def test_a_table_becomes_lines_in_a_modal() -> None:
    row = (("RDS-1001",), ("Reboot ", Code(text="orders")))
    told = answer(
        Answer(title="Two", parts=(Table(columns=("Request", "What"), rows=(row,)), paragraph("x")))
    )

    made = result_form(CATALOGUE["list_requests"], told)

    assert_view(made)
    assert "Request  ·  What RDS-1001  ·  Reboot  orders" in words(made)


def test_more_blocks_than_a_modal_holds_are_left_out() -> None:
    assert_view(modal("A heading far too long for a modal", problem("x")["blocks"] * 150))
    assert_view(opening_form())
