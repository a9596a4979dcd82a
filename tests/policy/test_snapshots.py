"""A snapshot is judged by its own tags and by what it was taken of, the strictest of both."""

from typing import Any

import pytest

from bot.policy.environments import classify
from bot.settings import EnvironmentSettings
from bot.values import (
    DATABASES,
    Area,
    Database,
    Environment,
    Inventory,
    Kind,
    Target,
    Unreachable,
    family_last_seen,
)
from tests.samples import NOW, sample_database, sample_target

PROTECTED = frozenset({Environment.PRODUCTION})
RULES = EnvironmentSettings.model_validate(
    {"patterns": [{"match": "^prod-", "environment": "production"}], "default": "sandbox"}
)
HERE = Area("123456789012", "main", "us-east-1")
SOURCE = sample_target(identifier="orders", resource_id="db-ORDERS")


def snapshot(environment: str = "", source: Target = SOURCE) -> Database:
    target = sample_target(kind=Kind.SNAPSHOT, identifier="before", resource_id="1")
    tags = {"Environment": environment} if environment else {}
    return sample_database(target=target, tags=tags, taken_of=source)


def database(environment: str, **changes: Any) -> Database:
    target = SOURCE.model_copy(update=changes)
    return sample_database(target=target, tags={"Environment": environment})


def judged(one: Database, *there: Database, unread: bool = False) -> Environment:
    lost = Unreachable(account="main", region="us-east-1", why="no answer", kinds=DATABASES)
    inventory = Inventory(databases=there, areas=(HERE,), unreachable=(lost,) * unread, seen_at=NOW)
    return classify(family_last_seen(one, inventory), RULES, PROTECTED).environment


@pytest.mark.parametrize(
    ("own", "of", "strictest"),
    [
        ("dev", "dev", Environment.DEVELOPMENT),
        ("dev", "production", Environment.PRODUCTION),
        ("production", "dev", Environment.PRODUCTION),
        ("", "test", Environment.TEST),
    ],
)
def test_the_strictest_of_its_tags_and_its_databases_holds(
    own: str, of: str, strictest: Environment
) -> None:
    assert judged(snapshot(own), database(of)) is strictest


def test_its_database_is_known_by_its_id_and_not_by_its_name() -> None:
    renamed = database("production", identifier="orders-2025")
    namesake = database("production", resource_id="db-ANOTHER")

    assert judged(snapshot("dev"), renamed) is Environment.PRODUCTION
    assert judged(snapshot("dev"), namesake) is Environment.DEVELOPMENT


def test_of_one_that_is_gone_its_own_tags_and_both_names_speak() -> None:
    gone = SOURCE.model_copy(update={"identifier": "prod-orders"})

    assert judged(snapshot("dev")) is Environment.DEVELOPMENT
    assert judged(snapshot()) is Environment.SANDBOX
    assert judged(snapshot("dev", gone)) is Environment.PRODUCTION


@pytest.mark.parametrize(
    "source",
    [
        SOURCE.model_copy(update={"resource_id": ""}),
        SOURCE.model_copy(update={"region": "eu-west-1"}),
        SOURCE.model_copy(update={"account": "999999999999"}),
    ],
)
def test_what_is_not_proven_to_be_gone_counts_as_protected(source: Target) -> None:
    assert judged(snapshot("dev", source)) is Environment.PRODUCTION


def test_where_its_database_may_be_unread_it_counts_as_protected() -> None:
    assert judged(snapshot("dev"), unread=True) is Environment.PRODUCTION
