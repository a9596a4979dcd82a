from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.environments import classify
from bot.settings import EnvironmentSettings
from bot.values import Database, Environment, Inventory, Kin, Kind, Looked, Unread, family_last_seen
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


def a_cluster(name: str, tags: Any = None, **more: Any) -> Database:
    target = sample_target(identifier=name, kind=Kind.CLUSTER, resource_id=f"cluster-{name}")
    return sample_database(target=target, tags=tags or {}, **more)


def beside(how: str, database: Database) -> Kin:
    return Kin(how=how, database=database)


def found(
    database: Database, *kin: Kin, unread: tuple[Unread, ...] = (), **rules: Any
) -> tuple[str, str]:
    settings = EnvironmentSettings.model_validate(RULES | rules)
    looked = Looked(database=database, kin=kin, unread=unread)
    classified = classify(looked, settings, PRODUCTION)
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
            database("legacy-7", {"Env": "prod"}), "production", "tag Env=prod", id="before the map"
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
    tagged = Looked(database=database(tags={"Env": "staging"}, account=ACCOUNT))

    classified = classify(tagged, EnvironmentSettings.model_validate(RULES), both)

    assert classified.environment is Environment.PRODUCTION


@pytest.mark.parametrize(
    ("database", "environment", "rule"),
    [
        (database("legacy-7", {"Env": "dev"}), "staging",
         "tag Env=dev, but instance legacy-7 is staging, which is stricter"),
        (database(tags={"Env": "dev", "Stage": "qa"}), "test",
         "tag Env=dev, but tag Stage=qa is test, which is stricter"),
        (database("x-dev", {"Env": "poc"}), "development",
         "tag Env=poc, but name pattern -dev$ is development, which is stricter"),
        (database(tags={"Environment": "dev", "environment ": "staging"}), "staging",
         "tag Environment=dev, but tag environment =staging is staging, which is stricter"),
        (database(tags={"ENV": "sandbox", "\uff25nv": "qa"}), "test",
         "tag ENV=sandbox, but tag \uff25nv=qa is test, which is stricter"),
    ],
)  # fmt: skip
def test_of_all_that_speaks_of_a_database_the_strictest_holds(
    database: Database, environment: str, rule: str
) -> None:
    assert found(database) == (environment, rule)


#: Values of a tag that decides, none of which is a word for an environment.
UNREADABLE = [
    "", " ", "\u200b", "\u3164", "Prod-EU", "prod1", "production,development", "dev,prod", "p rod",
    "pr\u043ed", "d\u0435v", "prod\u0131", "developement", "dev-2", "none", "n/a", "-", "?", "null",
    "PRODUCTION!", "dev\u0301", "x" * 256,
]  # fmt: skip


@pytest.mark.parametrize("value", UNREADABLE, ids=ascii)
@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("orders", {}),
        ("orders-dev", {}),
        ("orders", {"Env": "dev"}),
        ("legacy-7", {"Stage": "poc"}),
    ],
)
def test_what_cannot_be_read_is_protected_whatever_else_speaks(
    value: str, name: str, tags: dict[str, str]
) -> None:
    environment, rule = found(database(name, {"Environment": value, **tags}), default="sandbox")

    assert environment == "production"
    assert "what cannot be read counts as production: tag Environment" in rule
    assert "environments.words in rds-bot.yml" in rule or "give it a value" in rule


def test_what_looks_like_a_word_is_shown_by_its_letters() -> None:
    assert (
        "tag Env=pr\u043ed (pr\\u043ed) is no environment"
        in found(database(tags={"Env": "pr\u043ed"}))[1]
    )


#: Keys that look like one that decides, and are none.
LOOKALIKES = [
    "Envir\u043enment", "Env\u0456r\u043enment", "\u0395nvironment", "Envir\u00f6nment",
    "ENV\u0130RONMENT", "env\u0131ronment", "\u0415nv", "\u0405tage", " St\u0430ge\u200b",
]  # fmt: skip
OTHER_KEYS = [
    "Enviro", "Environments", "Env2", "\u74b0\u5883\u540d", "\u0422\u0438\u043f", "\u00c9tat",
    "Stufe", "\u00dcmgebung", "", "\u0301",
]  # fmt: skip


@pytest.mark.parametrize("key", LOOKALIKES, ids=ascii)
def test_a_key_that_only_looks_like_one_that_decides_protects(key: str) -> None:
    tagged = database("orders-dev", {key: "production", "Env": "dev"})
    environment, rule = found(tagged, default="sandbox")
    member, _ = found(database("orders-dev"), beside("source", tagged), default="sandbox")

    assert (environment, member) == ("production", "production")
    assert f"({ascii(key)[1:-1]})" in rule
    assert "correct its key, or remove it" in rule


@pytest.mark.parametrize("key", OTHER_KEYS, ids=ascii)
def test_any_other_key_says_nothing(key: str) -> None:
    assert found(database(tags={key: "x", "Env": "dev"})) == ("development", "tag Env=dev")


def test_an_unreadable_tag_is_shown_where_it_changes_nothing_too() -> None:
    environment, rule = found(database("prod-x", {"Env": "foo"}))

    assert environment == "production"
    assert rule.startswith(
        "name pattern ^prod- is production; tag Env=foo is no environment I know"
    )


@pytest.mark.parametrize(
    ("value", "environment"),
    [("Prod-EU", "production"), ("PROD_EU", "production"), ("Spielwiese", "sandbox")],
)
def test_a_team_says_what_its_own_words_mean(value: str, environment: str) -> None:
    words = {"prod-eu": "production", "spielwiese": "sandbox"}

    assert found(database(tags={"Environment": value}), words=words)[0] == environment


def test_what_is_unreadable_counts_as_the_strictest_that_is_protected() -> None:
    tagged = Looked(database=database(tags={"Env": "foo"}))
    only_staging = frozenset({Environment.STAGING})

    classified = classify(
        tagged, EnvironmentSettings.model_validate({"default": "poc"}), only_staging
    )

    assert classified.environment is Environment.STAGING


#: Ways to write the key "Environment", each another one to AWS.
KEYS = [
    "environment", "ENVIRONMENT", "Environment ", " Environment", "Environment\u00a0",
    "Environment\u3000", "En\u200bvironment", "\ufeffEnvironment", "\uff25nvironment",
    "Environment\t", "Environ\u00adment",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=ascii)
def test_a_key_is_the_same_however_it_is_written(key: str) -> None:
    rules: dict[str, Any] = {"default": "development"}

    assert found(database(tags={key: "prod"}), **rules)[0] == "production"
    assert found(database(tags={"Environment": "prod"}), **rules, tag_keys=[key])[0] == "production"


@pytest.mark.parametrize(
    "value",
    ["PROD", " prod ", "prod\u00a0", "p\u200brod", "\uff30\uff32\uff2f\uff24", "Pro\u00add"],
    ids=ascii,
)
def test_a_value_is_the_same_however_it_is_written(value: str) -> None:
    assert found(database("x-dev", {"Env": value}))[0] == "production"


@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize("milder", list(Environment))
@pytest.mark.parametrize("how", ["cluster", "member", "source", "replica"])
def test_a_database_is_what_the_strictest_of_its_family_is(
    how: str, milder: Environment, environment: Environment
) -> None:
    relative = database("other", {"Env": environment.value})

    kept, rule = found(database(tags={"Env": milder.value}), beside(how, relative))

    order = list(Environment)
    assert kept == min(milder, environment, key=order.index).value
    if order.index(environment) < order.index(milder):
        assert f"but tag Env={environment} of {how} other is {environment}, which is" in rule


@pytest.mark.parametrize(
    ("relative", "rules"),
    [
        (database("legacy-8", {}), {"instances": {"legacy-8": "production"}}),
        (database("prod-copy", {}), {}),
        (database("copy", {}, account=ACCOUNT), {}),
        (database("copy", {"Env": "foo"}), {}),
        (database("copy", {"Env": ""}), {}),
    ],
)
def test_every_rule_counts_for_relatives_as_well(relative: Database, rules: Any) -> None:
    tagged = database(tags={"Env": "dev"})

    assert found(tagged, beside("replica", relative), **rules)[0] == "production"


def test_a_relative_makes_nothing_milder() -> None:
    """Of an untagged source nobody knows what it is, whatever its replica is for."""
    replica, member = (database(name, {"Env": "dev"}) for name in ("copy", "orders-1"))

    assert found(database(), beside("replica", replica))[0] == "production"
    assert found(a_cluster("orders", members=("orders-1",)), beside("member", member))[0] == (
        "production"
    )


def test_a_relative_of_which_nothing_is_known_is_protected() -> None:
    nobody = Unread(what="source orders-prod in 1/eu-west-1", why="add its region to accounts")

    environment, rule = found(database(tags={"Env": "dev"}), unread=(nobody,))

    assert environment == "production"
    assert rule == (
        "tag Env=dev, but what cannot be read counts as production: its source orders-prod in "
        "1/eu-west-1 cannot be read: add its region to accounts"
    )


def test_an_untagged_member_takes_the_tag_of_its_cluster() -> None:
    member = database("orders-1", cluster="orders")

    assert found(member, beside("cluster", a_cluster("orders", {"Env": "test"}))) == (
        "test",
        "tag Env=test of cluster orders",
    )


def test_a_member_counts_by_the_name_of_its_cluster_even_unseen() -> None:
    member = database("member-1", {"Env": "dev"}, cluster="prod-main")

    assert found(member)[0] == "production"


def arn(kind: str, name: str, region: str = "us-east-1") -> str:
    return f"arn:aws:rds:{region}:1:{kind}:{name}"


def the_family(database: Database, *others: Database) -> tuple[set[str], set[str]]:
    """Whom it belongs with, as the inventory shows them, and who is missing there."""
    looked = family_last_seen(database, Inventory(databases=(database, *others), seen_at=1))
    return {one.database.name for one in looked.kin}, {one.what for one in looked.unread}


def test_the_family_is_everybody_who_is_reached() -> None:
    """A cluster, its members, the replica of another region, and that one's own replica."""
    one, two = (database(name, cluster="shop", account="123456789012") for name in ("s-1", "s-2"))
    elsewhere = "arn:aws:rds:eu-west-1:123456789012:cluster:copy"
    shop = a_cluster("shop", members=("s-1", "s-2"), replicas=(elsewhere,))
    target = sample_target(region="eu-west-1", kind=Kind.CLUSTER, identifier="copy")
    copy = sample_database(target=target, source=str(shop.arn).replace(":db:", ":cluster:"))

    assert the_family(one, two, shop, copy) == ({"shop", "s-2", "copy"}, set())
    assert the_family(copy, one, two, shop) == ({"shop", "s-1", "s-2"}, set())
    assert the_family(shop, one, two, copy) == ({"s-1", "s-2", "copy"}, set())


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        ({"source": "gone"}, "source gone in 1/us-east-1"),
        ({"source": arn("db", "far", "eu-west-1")}, "source far in 1/eu-west-1"),
        ({"source": "arn:aws-cn:rds:cn-north-1:2:db:far"}, "source far in 2/cn-north-1"),
        ({"source": "cluster:gone"}, "source gone in 1/us-east-1"),
        ({"source": "arn:of:something"}, "source arn:of:something in 1/us-east-1"),
        ({"replicas": (arn("cluster", "far", "eu-west-1"),)}, "replica far in 1/eu-west-1"),
        ({"replicas": ("gone",)}, "replica gone in 1/us-east-1"),
        ({"cluster": "gone"}, "cluster gone in 1/us-east-1"),
        ({"members": ("gone",)}, "member gone in 1/us-east-1"),
    ],
)
def test_whoever_is_named_and_not_seen_is_missing(names: Any, missing: str) -> None:
    assert the_family(database(**names)) == (set(), {missing})


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
