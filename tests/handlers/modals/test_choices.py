"""What a picker offers: in which order, how named, and never more than Slack shows."""

import pytest

from bot.values import Classified, Database, Environment, Kind
from handlers.blocks.elements import OPTIONS
from handlers.blocks.form import VALUE, picked
from handlers.listeners.options import menu
from handlers.modals.choices import offers, ranked
from tests.samples import sample_database, sample_target


def database(name: str, kind: Kind = Kind.INSTANCE, account: str = "main") -> Database:
    target = sample_target(identifier=name, kind=kind, resource_id=f"db-{name}-{kind}")
    return sample_database(target=target, account_name=account)


def staging(database: Database) -> Classified:
    return Classified(environment=Environment.STAGING, rule=database.name)


FLEET = tuple(
    map(database, ("billing", "my-orders", "orders", "orders-dev", "orders-test", "shop"))
)


@pytest.mark.parametrize(
    ("typed", "recent", "names"),
    [
        ("", (), ["billing", "my-orders", "orders", "orders-dev", "orders-test", "shop"]),
        ("", ("shop", "orders"), ["shop", "orders", "billing", "my-orders"]),
        ("orders", (), ["orders", "orders-dev", "orders-test", "my-orders"]),
        ("orders", ("orders-test",), ["orders", "orders-test", "orders-dev", "my-orders"]),
        ("ORDERS-", (), ["orders-dev", "orders-test"]),
        ("oders-tst", (), ["orders-test"]),
        ("zzzzzz", ("shop",), []),
    ],
)
def test_the_best_stands_first(typed: str, recent: tuple[str, ...], names: list[str]) -> None:
    ids = [f"db-{name}-instance" for name in recent]

    found = [one.name for one in ranked(typed, FLEET, ids)]

    assert found[: len(names)] == names
    assert bool(found) is bool(names)


def test_a_row_says_environment_status_and_engine() -> None:
    [offer] = offers([database("orders")], staging)

    assert offer.value == offer.label == "orders@main/us-east-1"
    assert offer.note == "staging · available · postgres"


def test_an_instance_and_a_cluster_of_one_name_are_told_apart() -> None:
    twins = [database("shop"), database("shop", Kind.CLUSTER)]

    values = [offer.value for offer in offers(twins, staging)]

    assert values == ["instance:shop@main/us-east-1", "cluster:shop@main/us-east-1"]


def test_a_long_name_still_finds_its_database() -> None:
    [offer] = offers([database("o" * 63, account="a" * 120)], staging)

    assert offer.value == f"{'o' * 63}@123456789012/us-east-1"
    assert len(picked(offer)["value"]) <= VALUE


def test_a_menu_that_cannot_hold_all_says_so() -> None:
    rows = [picked(one) for one in offers([database(f"db-{n}") for n in range(OPTIONS)], staging)]

    [group] = menu(rows, 412)["option_groups"]

    assert group["label"]["text"] == "100 of 412: type more of the name"
    assert group["options"] == rows
    assert menu(rows, OPTIONS) == {"options": rows}
