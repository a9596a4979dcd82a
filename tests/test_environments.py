from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.environments import classify
from bot.settings import Environments
from bot.values import Database
from bot.vocabulary import Environment
from tests.samples import sample_database, sample_target

PRODUCTION = frozenset({Environment.PRODUCTION})
ACCOUNT = "210987654321"
RULES: dict[str, Any] = {
    "instances": {"legacy-7": "staging", "prod-orders": "test"},
    "accounts": {ACCOUNT: "production"},
    "patterns": [
        {"match": "^prod-", "environment": "production"},
        {"match": "-dev$", "environment": "development"},
    ],
}


def database(name: str = "orders", tags: Any = None, account: str = "1", **more: Any) -> Database:
    target = sample_target(identifier=name, account=account)
    return sample_database(target=target, tags=tags or {}, **more)


def found(database: Database, cluster: Database | None = None, **rules: Any) -> tuple[str, str]:
    settings = Environments.model_validate(RULES | rules)
    classified = classify(database, settings, PRODUCTION, cluster)
    return classified.environment.value, classified.rule


@pytest.mark.parametrize(
    ("database", "environment", "rule"),
    [
        pytest.param(
            database(tags={"Environment": "staging"}),
            "staging",
            "tag Environment=staging",
            id="tag",
        ),
        pytest.param(
            database(tags={"ENVIRONMENT": "Stg"}), "staging", "tag ENVIRONMENT=Stg", id="case"
        ),
        pytest.param(database(tags={"stage": "QA"}), "test", "tag stage=QA", id="last key"),
        pytest.param(database(tags={"Env": "PRD"}), "production", "tag Env=PRD", id="alias"),
        pytest.param(
            database(tags={"Stage": "dev", "Env": "qa"}), "test", "tag Env=qa", id="order of keys"
        ),
        pytest.param(
            database("legacy-7", {"Env": "dev"}), "development", "tag Env=dev", id="before the map"
        ),
        pytest.param(
            database("legacy-7"), "staging", "instance legacy-7 is staging", id="instance map"
        ),
        pytest.param(
            database(account=ACCOUNT),
            "production",
            f"account {ACCOUNT} is production",
            id="account map",
        ),
        pytest.param(
            database("orders-dev"),
            "development",
            "name pattern -dev$ is development",
            id="name pattern",
        ),
        pytest.param(
            database("PROD-x"), "production", "name pattern ^prod- is production", id="any case"
        ),
        pytest.param(
            database(tags={"Team": "prod"}),
            "production",
            "default, because no tag, name or account says what it is",
            id="default",
        ),
    ],
)
def test_the_first_rule_that_matches_holds(database: Database, environment: str, rule: str) -> None:
    assert found(database) == (environment, rule)


@pytest.mark.parametrize(
    ("database", "rule"),
    [
        pytest.param(
            database(tags={"Environment": "dev"}, account=ACCOUNT),
            f"tag Environment=dev, but account {ACCOUNT} is production, which is protected",
            id="account",
        ),
        pytest.param(
            database("prod-x", {"Environment": "dev"}),
            "tag Environment=dev, but name pattern ^prod- is production, which is protected",
            id="pattern",
        ),
        pytest.param(
            database("prod-orders"),
            "instance prod-orders is test, but name pattern ^prod- is production, "
            "which is protected",
            id="pattern behind the map",
        ),
        pytest.param(
            database(tags={"Env": "dev", "Stage": "live"}),
            "tag Env=dev, but tag Stage=live is production, which is protected",
            id="a second tag",
        ),
    ],
)
def test_no_rule_strips_protection(database: Database, rule: str) -> None:
    assert found(database) == ("production", rule)


def test_of_two_protected_environments_the_stricter_holds() -> None:
    both = frozenset({Environment.STAGING, Environment.PRODUCTION})
    tagged = database(tags={"Env": "staging"}, account=ACCOUNT)

    classified = classify(tagged, Environments.model_validate(RULES), both)

    assert classified.environment is Environment.PRODUCTION


@pytest.mark.parametrize(
    ("database", "environment", "rule"),
    [
        pytest.param(
            database(tags={"Environment": "foo"}),
            "production",
            "tag Environment=foo is not an environment I know; "
            "default, because no tag, name or account says what it is",
            id="nothing else",
        ),
        pytest.param(
            database("x-dev", {"Environment": "foo"}),
            "development",
            "tag Environment=foo is not an environment I know; name pattern -dev$ is development",
            id="one other",
        ),
        pytest.param(
            database("legacy-7", {"Environment": "", "Stage": "dev"}),
            "staging",
            "tag Environment= is not an environment I know; "
            "tag Stage=dev, but instance legacy-7 is staging, which is stricter",
            id="the strictest of several",
        ),
        pytest.param(
            database("prod-x", {"Environment": "foo", "Stage": "dev"}),
            "production",
            "tag Environment=foo is not an environment I know; tag Stage=dev, "
            "but name pattern ^prod- is production, which is protected",
            id="a protected one",
        ),
    ],
)
def test_a_tag_that_names_no_environment_is_shown_and_never_helps(
    database: Database, environment: str, rule: str
) -> None:
    assert found(database) == (environment, rule)


def test_a_member_is_also_what_its_cluster_is() -> None:
    member = database("orders-1", {"Env": "dev"}, cluster="orders")
    cluster = database("orders", {"Env": "prod"})

    assert found(member, cluster) == (
        "production",
        "tag Env=dev, but tag Env=prod of cluster orders is production, which is protected",
    )


def test_an_untagged_member_takes_the_tag_of_its_cluster() -> None:
    member = database("orders-1", cluster="orders")

    assert found(member, database("orders", {"Env": "test"})) == (
        "test",
        "tag Env=test of cluster orders",
    )


def test_a_member_counts_by_the_name_of_its_cluster_even_unseen() -> None:
    member = database("member-1", {"Env": "dev"}, cluster="prod-main")

    assert found(member)[0] == "production"


def test_the_default_and_the_keys_are_settings() -> None:
    assert found(database(tags={"Env": "prod"}), tag_keys=["Tier"], default="test")[0] == "test"
    assert found(database(tags={"tier": "poc"}), tag_keys=["Tier"]) == ("poc", "tag tier=poc")


@given(
    tags=st.dictionaries(
        st.sampled_from(["Environment", "env", "Stage", "other"]),
        st.sampled_from(["dev", "qa", "foo", "", "staging", "poc", "live"]),
    ),
    name=st.sampled_from(["orders", "legacy-7", "orders-dev"]),
)
def test_no_tag_brings_a_database_out_of_a_protected_account(
    tags: dict[str, str], name: str
) -> None:
    environment, rule = found(database(name, tags, account=ACCOUNT))

    assert environment == "production"
    assert rule
