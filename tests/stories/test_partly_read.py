"""One read of two is denied, or one place of several: what was read is shown, the rest is named."""

import pytest

from bot.sandbox.aws import ANALYTICS
from handlers.blocks.form import PICK
from tests.conftest import CONFIG
from tests.crossed import crossed
from tests.stories.asking import flat, told
from tests.stories.stage import FREE, Play, Stage
from tests.stories.test_home import opens

CLUSTERS, INSTANCES = "rds:DescribeDBClusters", "rds:DescribeDBInstances"
NAMED = {
    CLUSTERS: "I could not list the clusters in main/us-east-1: User is not authorized",
    INSTANCES: "I could not list the instances in main/us-east-1: User is not authorized",
}
SHOWN = {CLUSTERS: "shop-staging-1", INSTANCES: "search-test"}
HIDDEN = {CLUSTERS: "shop-staging", INSTANCES: "orders-test"}


async def asked(play: Play, line: str) -> str:
    return flat(await told(play.stage.slack.member("ana"), line))


def deny(stage: Stage, call: str) -> None:
    stage.aws.fault(call, "denied", times=None, account="123456789012")


@pytest.mark.parametrize("denied", NAMED)
async def test_what_could_be_listed_is_shown_and_the_rest_named(stage: Stage, denied: str) -> None:
    deny(stage, denied)
    async with stage.bot(CONFIG) as play:
        listed = await asked(play, "/rds list")
        none = await asked(play, "/rds list nothing-like-it")
        status = await asked(play, "/rds status bot")

    assert SHOWN[denied] in listed
    assert "reports" in listed  # of the other account, whole
    assert f" {HIDDEN[denied]} " not in listed
    assert NAMED[denied] in listed
    assert "and there may be more" in listed
    assert "analytics/eu-west-1:" not in listed
    assert "None of those that I could read matches" in none
    assert NAMED[denied] in none
    assert f"the {NAMED[denied].split()[5]} in main/us-east-1" in status


@pytest.mark.parametrize(
    ("denied", "verb"), crossed(NAMED, ["show", "metrics", "events", "snapshot", "backup-window"])
)
async def test_a_database_that_could_not_be_read_is_not_said_to_be_unknown(
    stage: Stage, denied: str, verb: str
) -> None:
    deny(stage, denied)
    async with stage.bot(CONFIG) as play:
        rest = " 03:00-04:00" if verb == "backup-window" else ""
        said = await asked(play, f"/rds {verb} {HIDDEN[denied]}{rest}")
        other = await asked(play, "/rds show reports@analytics")
        nowhere = await asked(play, "/rds show orders-tset@analytics")

    assert f'I cannot say whether there is a database "{HIDDEN[denied]}"' in said
    assert NAMED[denied] in said
    assert "I know no database" not in said
    assert "reports is available" in other
    assert 'I know no database "orders-tset@analytics"' in nowhere


async def test_of_a_cluster_whose_instances_are_denied_it_is_said_that_they_are_missing(
    stage: Stage,
) -> None:
    deny(stage, INSTANCES)
    async with stage.bot(CONFIG) as play:
        for verb in ("top", "logs", "connections", "events"):
            said = await asked(play, f"/rds {verb} shop-staging")
            assert "I cannot say anything of shop-staging-1, shop-staging-2" in said, verb
            assert NAMED[INSTANCES] in said, verb


async def test_nothing_is_decided_for_a_member_whose_cluster_cannot_be_read(
    stage: Stage,
) -> None:
    async with stage.bot(FREE) as play:
        deny(stage, CLUSTERS)
        said = await asked(play, "/rds reboot shop-staging-2 --reason x")
        requests = await play.bot.services.store.requests.find(limit=10)

    assert "User is not authorized" in said
    assert requests == ()
    assert not stage.aws.calls("rds:RebootDBInstance")


async def test_a_home_says_what_was_not_read_and_does_not_call_the_rest_well(stage: Stage) -> None:
    deny(stage, CLUSTERS)
    async with stage.bot(CONFIG) as play:
        home = flat(await opens(play, "ana"))

    assert "Not reachable: the clusters in main/us-east-1." in home.replace("*", "")
    assert "all available when last seen" in home


async def test_a_home_without_any_answer_does_not_ask_to_check_the_settings(stage: Stage) -> None:
    stage.aws.fault("rds:Describe*", "denied", times=None)
    async with stage.bot(CONFIG) as play:
        home = flat(await opens(play, "ana"))
        listed = await asked(play, "/rds list")

    assert "I see no databases" not in home + listed
    assert "Not reachable: main/us-east-1, analytics/eu-west-1." in home.replace("*", "")
    assert "I could not look into main/us-east-1" in listed


@pytest.mark.parametrize("denied", NAMED)
async def test_a_digest_and_its_picture_say_what_they_do_not_show(
    stage: Stage, denied: str
) -> None:
    deny(stage, denied)
    async with stage.bot(CONFIG) as play:
        said = await asked(play, "/rds digest preview")

    assert NAMED[denied] in said
    assert "Nothing needs anybody." not in said


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("rds:DescribePendingMaintenanceActions", "see the pending maintenance in {}: User is not"),
        ("rds:DescribeAccountAttributes", "count the snapshots in {}: User is not authorized"),
        ("rds:DescribeEvents", "read the events in {}: User is not authorized"),
        (
            "cloudwatch:GetMetricData",
            "CloudWatch did not tell all of {}: reports could not be read",
        ),
    ],
)
async def test_a_digest_names_each_call_that_was_denied_and_where(
    stage: Stage, call: str, what: str
) -> None:
    stage.aws.fault(call, "denied", times=None, account=ANALYTICS)
    async with stage.bot(CONFIG) as play:
        said = await asked(play, "/rds digest preview")

    assert what.format("analytics/eu-west-1") in said
    assert f"{what} main/us-east-1" not in said


async def test_a_menu_says_that_it_does_not_offer_all(stage: Stage) -> None:
    deny(stage, CLUSTERS)
    async with stage.bot(CONFIG) as play:
        ana = stage.slack.member("ana")
        await play.types("/rds snapshot")
        form = await ana.sees_modal("Snapshot")
        some = await ana.searches(form, PICK, "orders")
        [none] = await ana.searches(form, PICK, "qqqqqqqq")

    assert len(some) == 4
    assert none["text"]["text"] == "Not among those that I could read"
    assert none["description"]["text"] == "the clusters in main/us-east-1"


async def test_what_was_seen_before_stays_while_it_cannot_be_read(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        deny(stage, CLUSTERS)
        await play.bot.services.fleet.refresh()
        listed = await asked(play, "/rds list shop-staging")

    assert "4 of 15 databases" in listed
    assert NAMED[CLUSTERS] in listed
