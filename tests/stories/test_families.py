"""Protection is the strictest of the family, and what cannot be read of it is not nothing."""

import asyncio
from typing import Any

import pytest

from bot.sandbox.aws import MAIN, ClusterSpec, InstanceSpec
from bot.values import Status
from tests.conftest import CONFIG
from tests.crossed import crossed
from tests.stories.asking import changes, configured, filed, flat, told
from tests.stories.stage import Play, Stage

DEV, PROD = {"Environment": "dev"}, {"Environment": "Production"}
DENIED = "Operations not allowed on production instances"
BOTH_REGIONS = configured(
    accounts=[
        {
            "id": MAIN,
            "name": "main",
            "regions": ["us-east-1", "eu-west-1"],
            "role_arn": f"arn:aws:iam::{MAIN}:role/rds-bot",
        }
    ]
)


def arn(kind: str, name: str, region: str = "us-east-1") -> str:
    return f"arn:aws:rds:{region}:{MAIN}:{kind}:{name}"


async def tag(stage: Stage, kind: str, name: str, **tags: str) -> None:
    """Somebody changes a database's tags, as they then stand."""
    rds, given = stage.aws.client("rds"), [{"Key": key, "Value": it} for key, it in tags.items()]
    await asyncio.to_thread(rds.add_tags_to_resource, ResourceName=arn(kind, name), Tags=given)


async def says(play: Play, line: str) -> str:
    said = flat(await told(play.stage.slack.member("ana"), f"/rds {line}"))
    await play.quiet()
    return said


@pytest.mark.parametrize(
    "line", ["snapshot shop-dev", "reboot shop-dev-1", "reboot shop-dev-2", "reboot shop-dev-3"]
)
async def test_a_member_of_production_protects_its_cluster_and_its_siblings(
    stage: Stage, line: str
) -> None:
    members = ("shop-dev-1", "shop-dev-2", "shop-dev-3")
    stage.aws.seed([ClusterSpec("shop-dev", members=members, tags=DEV)])
    await tag(stage, "db", "shop-dev-2", Environment="Production")
    async with stage.bot(CONFIG) as play:
        said = await says(play, line)
        shown = await says(play, "show shop-dev")

        assert DENIED in said
        assert "Environment=Production of member shop-dev-2 is production" in shown
        assert (await filed(play.bot), changes(stage.aws)) == ((), [])


@pytest.mark.parametrize(
    ("line", "cluster", "member"),
    [
        ("snapshot shop", "production", "staging"),
        ("reboot shop-1", "production", "staging"),
        ("reboot shop-2", "staging", "production"),
        ("reboot shop-2", "staging", "Prod-EU"),
    ],
)
async def test_a_relative_of_production_opens_nothing_that_a_rule_for_others_closes(
    stage: Stage, line: str, cluster: str, member: str
) -> None:
    """Production is protected most of all in name, and here not in deed."""
    stage.aws.seed([ClusterSpec("shop", ("shop-1", "shop-2"), tags={"Environment": cluster})])
    await tag(stage, "db", "shop-2", Environment=member)
    rules = [
        {"environment": "production", "approvals": 1},
        {"environment": "staging", "deny": "Frozen for the release."},
        {"approvals": 0},
    ]
    async with stage.bot(configured(policy={"rules": rules})) as play:
        assert "Frozen for the release." in await says(play, line)
        assert (await filed(play.bot), changes(stage.aws)) == ((), [])


async def test_a_cluster_of_staging_makes_its_member_staging(stage: Stage) -> None:
    await tag(stage, "db", "shop-staging-2", Environment="dev")
    async with stage.bot(CONFIG) as play:
        shown = await says(play, "show shop-staging-2")
        listed = await says(play, "list shop-staging-2 --environment staging")

    assert (
        "staging, by tag Environment=dev, but tag Environment=staging of cluster shop-staging "
        "is staging, which is stricter" in shown
    )
    assert "shop-staging-2" in listed


@pytest.mark.parametrize(
    ("tags", "name"),
    crossed(
        [(PROD, DEV), (DEV, PROD), (DEV, {"Environment": "whatever"})],
        ["copy", "copy-of-copy", "main-db"],
    ),
)
async def test_a_replica_and_its_source_protect_each_other(
    stage: Stage, tags: tuple[Any, Any], name: str
) -> None:
    source, replica = tags
    stage.aws.seed(
        [
            InstanceSpec("main-db", tags=source),
            InstanceSpec("copy", tags=replica, replica_of="main-db"),
            InstanceSpec("copy-of-copy", tags=DEV, replica_of="copy"),
        ]
    )
    async with stage.bot(CONFIG) as play:
        assert DENIED in await says(play, f"snapshot {name}")
        assert changes(stage.aws) == []


@pytest.mark.parametrize(
    ("name", "tags"),
    crossed(["far-copy", "near-db", "far-cluster", "near-cluster"], [(PROD, DEV), (DEV, PROD)]),
)
async def test_families_reach_over_regions(stage: Stage, name: str, tags: tuple[Any, Any]) -> None:
    stage.aws.seed(_over_regions(*tags))
    async with stage.bot(BOTH_REGIONS) as play:
        assert DENIED in await says(play, f"snapshot {name}")
        assert changes(stage.aws) == []


@pytest.mark.parametrize("name", ["near-db", "near-cluster"])
async def test_a_relative_where_the_bot_does_not_look_is_unknown_and_so_protected(
    stage: Stage, name: str
) -> None:
    stage.aws.seed(_over_regions(DEV, DEV))
    async with stage.bot(CONFIG) as play:
        said, shown = await says(play, f"snapshot {name}"), await says(play, f"show {name}")

        assert DENIED in said
        assert f"in {MAIN}/eu-west-1 cannot be read" in shown
        assert "accounts in rds-bot.yml" in shown
        assert changes(stage.aws) == []


@pytest.mark.parametrize(
    ("kind", "why"), [("denied", "not authorized"), ("throttle", "Rate exceeded"), ("503", "503")]
)
async def test_a_relative_that_aws_does_not_show_is_unknown_and_so_protected(
    stage: Stage, kind: str, why: str
) -> None:
    async with stage.bot(CONFIG) as play:
        stage.aws.fault("rds:DescribeDBInstances", kind, times=None)
        said = await says(play, "snapshot shop-staging")

        assert DENIED in said
        assert f"its member shop-staging-1 in {MAIN}/us-east-1 cannot be read" in said
        assert why in said
        assert (await filed(play.bot), changes(stage.aws)) == ((), [])


async def test_what_is_throttled_right_before_the_send_is_asked_again_and_not_thrown_away(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot shop-staging-1")
        fault = stage.aws.fault("rds:DescribeDBClusters", "throttle", times=None)
        await play.types("/rds approve RDS-1001", who="dora")
        assert (await play.request()).status is Status.APPROVED
        assert changes(stage.aws) == []

        stage.aws.mend(fault)
        await play.later(120, steps=4)

        assert len(changes(stage.aws)) == 1


async def test_a_sibling_that_became_production_meanwhile_stops_the_send(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot shop-staging-1")
        await tag(stage, "db", "shop-staging-3", Environment="prod")
        await play.types("/rds approve RDS-1001", who="dora")

        ended = await play.request()
    assert ended.status is Status.FAILED
    assert ended.outcome is not None
    assert ended.outcome.code in ("changed.denied", "changed.environment")
    assert changes(stage.aws) == []


@pytest.mark.parametrize(
    "tags",
    [
        {"Environment": "Prod-EU"},
        {"Environment": "prod1"},
        {"Environment": "pr\u043ed"},
        {"Environment": "production,development"},
        {"Environment": ""},
        {"Environment": "Prod-EU", "Env": "dev"},
        {"Environment ": "Prod-EU"},
        {"Environment ": "production", "Environment": "dev"},
        {"Envir\u043enment": "production"},
    ],
    ids=ascii,
)
async def test_a_tag_that_is_no_known_word_protects_and_says_how_to_mend_it(
    stage: Stage, tags: dict[str, str]
) -> None:
    stage.aws.seed([InstanceSpec("dev-orders", tags=tags)])
    patterns = {"patterns": [{"match": "^dev-", "environment": "development"}]}
    async with stage.bot(configured(environments=patterns)) as play:
        said, shown = await says(play, "snapshot dev-orders"), await says(play, "show dev-orders")

        assert DENIED in said
        assert "production, by " in shown
        assert changes(stage.aws) == []
        if "production" not in tags.values():
            assert "environments.words" in shown or "give it a value" in shown


async def test_a_team_maps_its_own_words(stage: Stage) -> None:
    stage.aws.seed([InstanceSpec("orders-eu", tags={"Environment": "Entw-EU"})])
    words = {"words": {"entw-eu": "development"}}
    async with stage.bot(configured(environments=words)) as play:
        assert "development, by tag Environment=Entw-EU" in await says(play, "show orders-eu")


async def test_a_key_with_a_blank_speaks_against_the_rule_of_an_account(stage: Stage) -> None:
    stage.aws.seed([InstanceSpec("orders-x", tags={"Environment ": "Production"})])
    accounts = {"accounts": {MAIN: "development"}}
    async with stage.bot(configured(environments=accounts)) as play:
        assert DENIED in await says(play, "snapshot orders-x")


def _over_regions(near: Any, far: Any) -> list[InstanceSpec | ClusterSpec]:
    """A replica in Europe of an instance, and one of a cluster."""
    europe: Any = {"region": "eu-west-1", "tags": far}
    return [
        InstanceSpec("near-db", tags=near),
        InstanceSpec("far-copy", replica_of=arn("db", "near-db"), **europe),
        ClusterSpec("near-cluster", members=("near-1",), tags=near),
        ClusterSpec(
            "far-cluster", members=("far-1",), replica_of=arn("cluster", "near-cluster"), **europe
        ),
    ]
