"""The printed role policy, judged by AWS's own rules: closed for the bot is closed at AWS."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.aws.checks import kinds_of
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.policy import protected
from bot.policy.environments import classify
from bot.policy.grants import closed_environments, grant_of, spellings, wildcard
from bot.settings import Settings
from bot.setup import iam
from bot.setup.iam import MANAGED, Wanted, too_long
from bot.values import Database, Environment, Kind, Looked, Target
from tests.iam import Resource, may

MAIN, OTHER, THIRD = "123456789012", "210987654321", "333333333333"
#: What the operations change at AWS, and on which kinds of resources each is authorised.
SOURCES = {
    action: kinds_of(action)
    for operation in CATALOGUE.values()
    if issubclass(operation, Change)
    for action in operation.permissions
    if not iam.only_reads(action) and iam.changes_databases(action) and action not in iam.TAGGING
}
OF_GROUPS = {
    action
    for operation in CATALOGUE.values()
    if issubclass(operation, Change)
    for action in operation.permissions
    if set(kinds_of(action)) & set(iam.GROUPS)
}
KINDS = {"db": Kind.INSTANCE, "cluster": Kind.CLUSTER}
#: What the bot itself sets on a snapshot that it takes.
OURS = {"rds-bot:request-id": "RDS-1042"}


def settings(**sections: Any) -> Settings:
    return Settings.model_validate(sections)


def accounts(*ids: str) -> list[dict[str, Any]]:
    role = "arn:aws:iam::{}:role/rds-bot"
    return [{"id": one, "regions": ["us-east-1"], "role_arn": role.format(one)} for one in ids]


def database(
    tags: Mapping[str, str],
    *,
    name: str = "orders",
    kind: Kind = Kind.INSTANCE,
    account: str = MAIN,
) -> Database:
    target = Target(
        account=account, region="us-east-1", kind=kind, identifier=name, resource_id="db-1"
    )
    noun = "db" if kind is Kind.INSTANCE else "cluster"
    return Database(
        target=target, account_name=account, status="available", engine="postgres",
        arn=f"arn:aws:rds:us-east-1:{account}:{noun}:{name}", tags=dict(tags),
    )  # fmt: skip


def printed(told: Settings) -> Mapping[str, Any]:
    return iam.role_policy(CATALOGUE.values(), told)


def passes(
    policy: Mapping[str, Any],
    found: Database,
    action: str,
    asked: Mapping[str, str] | None = None,
) -> bool:
    """Whether the role may: on the database, and on the snapshot that is still to be made."""
    _, *snapshot = SOURCES[action]
    resources = [Resource(found.arn, found.tags)]
    if not snapshot:
        return may(policy, action, resources)
    made = Resource(f"arn:aws:rds:us-east-1:{found.target.account}:{snapshot[0]}:new")
    tags = {**OURS, **(asked or {})}
    return may(policy, action, [*resources, made], tags) and may(
        policy, "rds:AddTagsToResource", [made], tags
    )


def outcomes(told: Settings, tags: Mapping[str, str], **where: Any) -> set[bool]:
    """What AWS answers to every operation on such a database."""
    policy = printed(told)
    return {
        passes(policy, database(tags, kind=KINDS[kind], **where), action)
        for action, (kind, *_) in SOURCES.items()
    }


def test_the_role_changes_nothing_but_what_the_operations_declare() -> None:
    policy = printed(settings())
    allowed = {
        action
        for one in policy["Statement"]
        if one["Effect"] == "Allow" and one["Sid"] != "Read"
        for action in one["Action"]
    }

    assert allowed == {*SOURCES, *OF_GROUPS, *iam.TAGGING}


def test_parameter_groups_have_no_environment_so_only_a_closed_account_closes_them() -> None:
    group = Resource(f"arn:aws:rds:us-east-1:{MAIN}:pg:tuned")
    of_cluster = Resource(f"arn:aws:rds:us-east-1:{MAIN}:cluster-pg:tuned")
    shut = printed(settings(environments={"accounts": {MAIN: "production"}}))
    found = database({"Env": "dev"})

    for action in OF_GROUPS:
        one = of_cluster if "Cluster" in action else group
        assert may(printed(settings()), action, [one]), action
        assert not may(shut, action, [one]), action
    attached = [Resource(found.arn, found.tags), group]
    assert may(printed(settings()), "rds:ModifyDBInstance", attached)
    assert not may(shut, "rds:ModifyDBInstance", attached)
    assert not may(printed(settings()), "rds:ModifyDBInstance", [Resource(found.arn), group])


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"Team": "orders"},
        {"Environment": "production"}, {"Environment": "PROD"}, {"environment": "Live"},
        {"Env": "prd"}, {"Stage": "Production"}, {"ENV": "prod"},
        {"Environment": ""}, {"Environment": "Prod-EU"}, {"Environment": "prod1"},
        {"Environment": "pr\u043ed"}, {"Environment": "production,development"},
        {"Environment": "development", "Env": "production"},
        {"Environment": "dev", "Stage": "Prod-EU"}, {"Environment": "dev", "Env": ""},
        {"environment": "dev", "STAGE": "live"},
        {"Environment": "\uff50rod"}, {"Environment": "pro\u200bd"}, {"Environment": "prod "},
    ],
)  # fmt: skip
def test_what_counts_as_production_or_as_nothing_known_is_closed(tags: dict[str, str]) -> None:
    assert outcomes(settings(), tags) == {False}


@pytest.mark.parametrize("key", ["Environment", "environment", "ENV", "env", "Stage"])
@pytest.mark.parametrize(
    "value",
    ["development", "DEV", "Staging", "pre-prod", "pre_prod", "Pre Prod", "Pre-Production",
     "preprod", "proof-of-concept", "Proof_Of_Concept", "proof of concept", "proof_of-concept",
     "QA", "sbx", "PoC"],
)  # fmt: skip
def test_what_the_bot_reads_as_open_is_open_however_it_is_written(key: str, value: str) -> None:
    assert outcomes(settings(), {key: value, "Team": "orders"}) == {True}


def test_a_teams_own_words_open_and_close() -> None:
    words = {"spiel-wiese": "sandbox", "prod-eu": "production", "Kleine Bühne": "staging"}
    told = settings(environments={"words": words})

    for value in ("spiel-wiese", "Spiel_Wiese", "SPIEL WIESE", "kleine bühne", "Kleine-Bühne"):
        assert outcomes(told, {"Env": value}) == {True}, value
    assert outcomes(told, {"Env": "prod-eu"}) == {False}
    assert outcomes(told, {"Env": "prod-eu", "Environment": "dev"}) == {False}


@pytest.mark.parametrize("tags", [{}, {"Environment": "dev"}, {"Env": "staging", "Stage": "qa"}])
def test_an_account_of_production_is_closed_as_a_whole(tags: dict[str, str]) -> None:
    mapped = {"environments": {"accounts": {OTHER: "production", MAIN: "development"}}}

    for listed in ({}, {"accounts": accounts(MAIN, OTHER)}, {"accounts": accounts(OTHER)}):
        assert outcomes(settings(**mapped, **listed), tags, account=OTHER) == {False}, listed
    told = settings(**mapped, accounts=accounts(MAIN, OTHER))
    assert outcomes(told, tags, account=MAIN) == {True}
    assert outcomes(told, {**tags, "Env": "prod"}, account=MAIN) == {False}


def test_what_nobody_has_listed_is_closed_once_accounts_differ() -> None:
    mapped = {"accounts": {OTHER: "production"}}
    told = settings(environments=mapped, accounts=accounts(MAIN, OTHER))

    assert outcomes(told, {"Environment": "dev"}, account=THIRD) == {False}


def test_a_rule_about_an_account_closes_that_account_alone() -> None:
    rules = [
        {"account": OTHER, "environment": ["production", "staging"], "deny": "No."},
        {"environment": "production", "account": MAIN, "approvals": 2},
        {"environment": "production", "deny": "No."},
        {"account": THIRD, "deny": "No."},
        {"approvals": 1},
    ]
    told = settings(policy={"rules": rules}, accounts=accounts(MAIN, OTHER, THIRD))

    assert outcomes(told, {"Env": "prod"}, account=MAIN) == {True}
    assert outcomes(told, {}, account=MAIN) == {True}
    assert outcomes(told, {"Env": "staging"}, account=OTHER) == {False}
    assert outcomes(told, {"Env": "qa"}, account=OTHER) == {True}
    assert outcomes(told, {"Env": "qa"}, account=THIRD) == {False}


def test_where_no_account_is_listed_rules_about_accounts_only_close() -> None:
    rules = [
        {"account": OTHER, "environment": "staging", "deny": "No."},
        {"account": MAIN, "environment": "production", "approvals": 2},
        {"environment": "production", "deny": "No."},
        {"approvals": 1},
    ]
    told = settings(policy={"rules": rules})

    assert outcomes(told, {"Env": "prod"}, account=MAIN) == {False}
    assert outcomes(told, {"Env": "staging"}, account=OTHER) == {False}
    assert outcomes(told, {"Env": "dev"}, account=OTHER) == {True}


@pytest.mark.parametrize("default", ["development", "sandbox", "poc"])
def test_untagged_is_open_where_the_default_is(default: str) -> None:
    told = settings(environments={"default": default})

    assert outcomes(told, {}) == {True}
    assert outcomes(told, {"Env": "prod"}) == {False}
    assert outcomes(told, {"Env": "Prod-EU"}) == {False}


def test_names_of_the_instance_map_and_plain_patterns_are_told_to_aws() -> None:
    patterns = [{"match": "^prod-", "environment": "production"},
                {"match": "-scratch$", "environment": "sandbox"},
                {"match": "^(live|main)[0-9]+", "environment": "production"}]  # fmt: skip
    told = settings(
        environments={"instances": {"legacy-7": "production", "play": "sandbox"},
                      "patterns": patterns}
    )  # fmt: skip

    assert outcomes(told, {"Env": "dev"}, name="legacy-7") == {False}
    assert outcomes(told, {"Env": "dev"}, name="legacy-70") == {True}
    assert outcomes(told, {}, name="play") == {True}
    assert outcomes(told, {"Env": "prod"}, name="play") == {False}
    assert outcomes(told, {"Env": "dev"}, name="prod-orders") == {False}
    assert outcomes(told, {}, name="orders-scratch") == {True}
    assert outcomes(told, {}, name="orders-scratch-2") == {False}
    # a regular expression is more than AWS's wildcards can say: `rds-bot check` counts those
    assert outcomes(told, {"Env": "dev"}, name="live1") == {True}


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("^prod-", "prod-*"), ("-prod$", "*-prod"), ("prod", "*prod*"), ("^Orders$", "orders"),
     ("^prod-.*", "prod-*"), ("^.*prod", "*prod*"), (".*-prod$", "*-prod"), ("prod.*$", "*prod*"),
     ("^(prod|live)", None), ("prod[0-9]", None), ("pro?d", None), ("^prod.", None), ("", None)],
)  # fmt: skip
def test_of_patterns_a_piece_of_a_name_is_what_aws_can_say(pattern: str, said: str | None) -> None:
    assert wildcard(pattern) == said


def test_where_no_rule_closes_anything_no_tag_decides() -> None:
    told = settings(policy={"rules": [{"approvals": {"low": 0, "medium": 1, "high": 2}}]})

    for tags in ({}, {"Env": "prod"}, {"Env": "what?"}):
        assert outcomes(told, tags) == {True}


def test_where_the_rules_let_nothing_pass_the_role_changes_nothing() -> None:
    told = settings(policy={"rules": [{"deny": "Not today."}]})

    assert outcomes(told, {"Env": "dev"}) == {False}


@pytest.mark.parametrize(
    "asked",
    [{"Environment": "dev"}, {"environment": "dev"}, {"ENV": "x"}, {"ticket": "1", "stage": "qa"}],
)
def test_tags_that_decide_are_not_for_the_asking(asked: dict[str, str]) -> None:
    found = database({"Env": "dev"})

    assert passes(printed(settings()), found, "rds:CreateDBSnapshot", {"ticket": "OPS-7"})
    assert not passes(printed(settings()), found, "rds:CreateDBSnapshot", asked)
    policy = printed(settings())
    for snapshot in ("snapshot", "cluster-snapshot"):
        made = Resource(f"arn:aws:rds:us-east-1:{MAIN}:{snapshot}:nightly")
        assert may(policy, "rds:AddTagsToResource", [made], OURS)
        assert not may(policy, "rds:AddTagsToResource", [made], {**OURS, **asked})


@pytest.mark.parametrize("action", sorted(iam.TAGGING))
@pytest.mark.parametrize("kind", Kind)
def test_databases_are_tagged_where_they_may_be_changed_and_never_by_what_decides(
    action: str, kind: Kind
) -> None:
    policy = printed(settings())
    mine = [Resource(one.arn, one.tags) for one in (database({"Env": "dev"}, kind=kind),)]
    theirs = [Resource(one.arn, one.tags) for one in (database({"Env": "prod"}, kind=kind),)]

    assert may(policy, action, mine, {"Team": "orders"})
    assert not may(policy, action, mine, {"Team": "orders", "env": "dev"})
    assert not may(policy, action, theirs, {"Team": "orders"})


def test_snapshots_lose_no_tag() -> None:
    made = Resource(f"arn:aws:rds:us-east-1:{MAIN}:snapshot:nightly")

    assert not may(printed(settings()), "rds:RemoveTagsFromResource", [made], {"Team": "x"})


DEV = {"Environment": "dev"}


@pytest.mark.parametrize(
    ("tags", "passes"),
    [({**OURS, **DEV}, True), (OURS, False), (DEV, False), ({"team": "orders"}, False)],
)
def test_a_database_is_made_for_a_request_and_with_a_tag_that_decides(
    tags: dict[str, str], passes: bool
) -> None:
    policy, made = printed(settings()), [Resource(database({}, name="copy").arn)]
    group = Resource(f"arn:aws:rds:us-east-1:{MAIN}:subgrp:private")

    for action in filter(iam.makes_database, SOURCES):
        assert may(policy, action, [*made, group], tags) is passes
    assert may(policy, "rds:AddTagsToResource", made, tags) is passes


def test_nothing_is_made_of_what_is_closed_and_its_tags_stay() -> None:
    policy, closed = printed(settings()), database({"Environment": "production"})

    for action in (*filter(iam.makes_database, SOURCES), "rds:AddTagsToResource"):
        assert not may(policy, action, [Resource(closed.arn, closed.tags)], {**OURS, **DEV})


def test_everything_can_still_be_read_everywhere() -> None:
    told = settings(environments={"accounts": {OTHER: "production"}}, accounts=accounts(OTHER))
    policy = printed(told)
    found = database({"Env": "prod"}, account=OTHER)

    for action in iam.READS:
        assert may(policy, action, [Resource(found.arn, found.tags)]), action


def test_a_policy_names_the_accounts_of_its_own_identity() -> None:
    """Those with a role in the role's policy, those without in that of the bot's own identity."""
    [role] = accounts(MAIN)
    told = settings(accounts=[role, {"id": OTHER, "regions": ["us-east-1"]}],
                    environments={"accounts": {MAIN: "development"}})  # fmt: skip
    own = iam.bot_policy(CATALOGUE.values(), told)
    found = database({"Env": "dev"}, account=OTHER)

    assert may(own, "rds:RebootDBInstance", [Resource(found.arn, found.tags)])
    assert not may(own, "rds:RebootDBInstance", [Resource(database({}).arn)])


def test_one_account_can_be_printed_by_itself() -> None:
    told = settings(accounts=accounts(MAIN, OTHER))
    policy = iam.role_policy(CATALOGUE.values(), told, Wanted(account=OTHER))
    mine, theirs = database({"Env": "dev"}, account=OTHER), database({"Env": "dev"})

    assert may(policy, "rds:RebootDBInstance", [Resource(mine.arn, mine.tags)])
    assert not may(policy, "rds:RebootDBInstance", [Resource(theirs.arn, theirs.tags)])


def test_sids_are_unique_and_plain() -> None:
    rules = [{"account": OTHER, "environment": "staging", "deny": "No."}, {"approvals": 1}]
    told = settings(
        accounts=accounts(MAIN, OTHER),
        environments={
            "tag_keys": ["Umgebung", "umgebung ", "cost:center", "Größe", "a b", "ab", "--"],
            "default": "staging",
        },
        policy={"rules": rules},
    )  # fmt: skip
    sids = [one["Sid"] for one in printed(told)["Statement"]]

    assert len(sids) == len(set(sids))
    assert all(one.isascii() and one.isalnum() for one in sids)


def test_a_policy_that_is_too_long_says_so() -> None:
    ordinary = iam.role_policy(CATALOGUE.values(), settings(accounts=accounts(MAIN, OTHER)))
    words = {f"team-{number}-eu": "development" for number in range(40)}
    long = iam.role_policy(CATALOGUE.values(), settings(environments={"words": words}))
    endless = {f"t-{number}-e-u": "development" for number in range(200)}
    longest = iam.role_policy(CATALOGUE.values(), settings(environments={"words": endless}))

    assert too_long(ordinary) == ""
    assert "inline" in too_long(long)
    assert f"{MANAGED:,}" in too_long(long)
    assert "--account" in too_long(longest)


# -- against the classifier, over all kinds of settings ------------------------------------------

ENVIRONMENTS = st.sampled_from([one.value for one in Environment])
ACCOUNTS = (MAIN, OTHER)
OWN_WORDS = {"spiel-wiese": "sandbox", "prod-eu": "production", "vor-stufe-zwei": "staging"}
CONDITIONS = st.fixed_dictionaries(
    {"environment": st.lists(ENVIRONMENTS, min_size=1, max_size=3, unique=True)},
    optional={"account": st.sampled_from(ACCOUNTS), "operation": st.just("reboot_instance"),
              "risk": st.just("high"), "tag": st.just({"Team": "orders"})},
)  # fmt: skip
VERDICTS = st.sampled_from([{"deny": "No."}, {"approvals": 1}])
RULES = st.lists(st.builds(lambda when, then: {**when, **then}, CONDITIONS, VERDICTS), max_size=4)
TOLD = st.builds(
    lambda rules, last, mapped, default, listed: settings(
        policy={"rules": [*rules, last]},
        environments={"accounts": mapped, "default": default, "words": OWN_WORDS},
        accounts=accounts(*ACCOUNTS) if listed else [],
    ),
    RULES, VERDICTS, st.dictionaries(st.sampled_from(ACCOUNTS), ENVIRONMENTS), ENVIRONMENTS,
    st.booleans(),
)  # fmt: skip
WORDS = [word for one in Environment for word in Environment.words(one)] + list(OWN_WORDS)
SPELT = st.sampled_from(WORDS).flatmap(
    lambda word: st.sampled_from(sorted(spellings(Environment.word(word))))
)
CASED = st.builds(lambda word, how: how(word), SPELT, st.sampled_from([str.lower, str.upper, str]))
ANYTHING = CASED | st.sampled_from(["", "Prod-EU-1", "\uff50rod", "prod ", " dev", "x"])
TAG_KEYS = st.sampled_from(["Environment", "env", "Stage", "Team"])


def closed_for_the_bot(told: Settings, found: Database) -> bool:
    judged = classify(Looked(database=found), told.environments, protected(told.policy))
    return judged.environment in closed_environments(told.policy, found.target.account)


@given(TOLD, st.dictionaries(TAG_KEYS, ANYTHING, max_size=3), st.sampled_from(ACCOUNTS))
@example(settings(), {}, MAIN)
def test_whatever_the_rules_close_by_tag_or_account_the_role_closes(
    told: Settings, tags: dict[str, str], account: str
) -> None:
    for kind in Kind:
        found = database(tags, kind=kind, account=account)
        if closed_for_the_bot(told, found):
            assert outcomes(told, tags, account=account) == {False}


@given(TOLD, st.dictionaries(TAG_KEYS, CASED, min_size=1, max_size=3), st.sampled_from(ACCOUNTS))
def test_whatever_the_rules_open_by_every_tag_the_role_opens(
    told: Settings, tags: dict[str, str], account: str
) -> None:
    if not told.accounts:
        told = told.model_copy(update={"accounts": settings(accounts=accounts(*ACCOUNTS)).accounts})
    closed = closed_environments(told.policy, account)
    deciding = {key: value for key, value in tags.items() if key != "Team"}
    mapped = told.environments.accounts.get(account)
    said = [told.environments.read(value) for value in deciding.values()]
    if deciding and mapped not in closed and not closed.intersection(filter(None, said)):
        assert outcomes(told, tags, account=account) == {True}


@given(TOLD, st.dictionaries(TAG_KEYS, ANYTHING, max_size=3), st.sampled_from(ACCOUNTS))
def test_what_is_counted_is_what_aws_would_answer(
    told: Settings, tags: dict[str, str], account: str
) -> None:
    for kind, name in product(Kind, ("orders",)):
        found = database(tags, kind=kind, name=name, account=account)
        opens = grant_of(told, account).opens(found)
        assert outcomes(told, tags, account=account) == {opens}
