"""Figures that could not be read are said to be unread, wherever figures are used; never calm."""

import math

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox, ClusterSpec, Lapse
from bot.sandbox.aws.lapses import Points
from bot.sandbox.slack import Member, SlackSandbox
from tests.stories.asking import flat, told
from tests.stories.test_metrics import picture

CALM = "nothing unusual"


def nothing_but_nan(points: Points) -> Points:
    return [(at, math.nan) for at, _ in points]


def below_nothing(points: Points) -> Points:
    return [(at, -value) for at, value in points]


def twice(points: Points) -> Points:
    return [pair for at, value in points for pair in ((at, value), (at, value + 7))]


#: Every way in which CPU may not be told, and what is said of why.
LAPSES = {
    "internal error": (Lapse("CPUUtilization", status="InternalError", share=0), "InternalError"),
    "forbidden": (Lapse("CPUUtilization", status="Forbidden", share=0), "cloudwatch:GetMetricData"),
    "partial, nothing": (Lapse("CPUUtilization", status="PartialData", share=0), "PartialData"),
    "partial, half": (Lapse("CPUUtilization", status="PartialData", share=0.5), "PartialData"),
    "a status of tomorrow": (Lapse("CPUUtilization", status="Deferred", share=0), "Deferred"),
    "no result": (Lapse("CPUUtilization", is_left_out=True), "did not answer for it"),
    "a message": (Lapse("CPUUtilization", message=("Cut", "Not all of it")), "Cut: Not all of it"),
    "a message on all": (Lapse("CPUUtilization", whole=("Exceeded", "Some")), "Exceeded: Some"),
    "no numbers": (Lapse("CPUUtilization", alter=nothing_but_nan), "cannot be, like nan"),
    "below nothing": (Lapse("CPUUtilization", alter=below_nothing), "cannot be, like -"),
    "told twice": (Lapse("CPUUtilization", alter=twice), "two values for one instant"),
}
lapsing = pytest.mark.parametrize(("lapse", "why"), LAPSES.values(), ids=LAPSES)


async def said(member: Member, line: str) -> str:
    return flat(await told(member, line))


@lapsing
async def test_metrics_never_call_calm_what_they_could_not_read(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, lapse: Lapse, why: str
) -> None:
    aws.lapse(lapse)

    words = await said(slack.member("ana"), "/rds metrics orders-test")

    assert CALM not in words
    assert "CPU" in words
    assert "could not be read." in words or "could be read only in part." in words
    assert why in words


async def test_calm_and_not_measured_are_said_as_such(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")

    calm = await said(ana, "/rds metrics orders-test")
    aws.lapse(Lapse("CPUUtilization", share=0))  # it is complete, and empty
    unmeasured = await said(ana, "/rds metrics orders-dev")
    nothing = await said(ana, "/rds metrics orders-dev cpu")

    assert CALM in calm
    assert "CloudWatch has no figures of CPU for this time." in unmeasured
    assert CALM not in unmeasured
    assert "CloudWatch has no figures of orders-dev for this time." in nothing
    assert "could not be read" not in calm + unmeasured + nothing


async def test_a_picture_says_which_curves_it_lacks(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.lapse(Lapse("CPUUtilization", status="InternalError", share=0))
    aws.lapse(Lapse("ReadLatency", status="Forbidden", share=0))
    ana = slack.member("ana")

    await told(ana, "/rds metrics orders-test")
    [image] = [block for block in (await picture(ana)).blocks if block["type"] == "image"]

    assert "CPU, Latency (read) could not be read." in image["alt_text"]
    assert "CPU: could not be read." in image["alt_text"]


async def test_an_answer_that_breaks_off_is_not_taken_for_the_whole(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.page_figures(1000)
    aws.fault("cloudwatch:GetMetricData", "throttle", times=None, after=1)

    words = await said(slack.member("ana"), "/rds metrics orders-test")

    assert CALM not in words
    assert "Rate exceeded" in words


async def test_what_is_told_page_by_page_is_whole(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.page_figures(700)

    assert CALM in await said(slack.member("ana"), "/rds metrics orders-test")


async def test_what_was_unread_is_read_again_at_once(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    aws.lapse(Lapse("CPUUtilization", status="InternalError", share=0))
    assert CALM not in await said(ana, "/rds metrics orders-test")

    aws.mend_figures()

    assert CALM in await said(ana, "/rds metrics orders-test")


@lapsing
async def test_databases_are_compared_as_far_as_they_could_be_read(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, lapse: Lapse, why: str
) -> None:
    aws.lapse(Lapse(**vars(lapse) | {"of": "orders-dev"}))

    words = await said(slack.member("ana"), "/rds compare orders-test orders-dev")

    assert "orders-test: CPU" in words
    assert why in words.partition("orders-dev: ")[2]


async def test_a_place_that_does_not_answer_hides_no_other_from_a_comparison(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("cloudwatch:*", "denied", times=None, region="eu-west-1")

    words = await said(slack.member("ana"), "/rds compare orders-test reports@analytics/eu-west-1")

    assert "orders-test: CPU" in words
    assert "reports: CPU could not be read. AWS says AccessDenied" in words


async def test_the_week_before_is_not_alike_where_it_could_not_be_read(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("cloudwatch:GetMetricData", "throttle", times=None, after=1)

    words = await said(slack.member("ana"), "/rds metrics orders-test cpu --week-before")

    assert "It cannot be compared with last week." in words
    assert "orders-test: not everything could be read" in words
    assert "Rate exceeded" in words


@pytest.mark.parametrize("name", ["internal error", "partial, half", "no result", "no numbers"])
async def test_a_digest_names_whose_figures_it_could_not_read(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, name: str
) -> None:
    lapse, why = LAPSES[name]
    aws.lapse(Lapse(**vars(lapse) | {"of": "orders-dev"}))

    words = await said(slack.member("ana"), "/rds digest preview --environment development")

    assert "CloudWatch did not tell all of main/us-east-1: orders-dev could " in words
    assert "(CPU)" in words
    assert why in words
    assert "CloudWatch has had no figures" not in words
    assert "Nothing needs anybody" not in words


async def test_a_digest_is_never_all_clear_while_something_is_unread(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.lapse(Lapse("SwapUsage", of="orders-dev", status="Forbidden", share=0))
    dora = slack.member("dora")

    await told(dora, "/rds digest now --environment development")
    seen = await dora.sees(lambda it: "Database digest" in it.words and not it.ephemeral)

    assert "orders-dev could not be read (Swap)" in flat(seen)
    assert "All clear" not in flat(seen)


@pytest.mark.parametrize(
    ("lapse", "says"),
    [
        (Lapse("DatabaseConnections", status="InternalError", share=0),
         ["orders-test: no connections could be read in the last day", "not read",
          "The connections of a day, their peaks, those of 7 days could not be read"]),
        (Lapse("DatabaseConnections", status="PartialData", share=0.5),
         ["plenty of room, as far as it could be read", "PartialData"]),
        (Lapse("DBLoad", status="Forbidden", share=0),
         ["The sessions at work could not be read", "cloudwatch:GetMetricData"]),
    ],
)  # fmt: skip
async def test_nothing_needs_to_be_done_only_about_connections_that_were_read(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, lapse: Lapse, says: list[str]
) -> None:
    aws.lapse(lapse)

    words = await said(slack.member("ana"), "/rds connections orders-test")

    assert "Nothing needs to be done" not in words
    assert all(one in words for one in says), words


async def test_logins_that_could_not_be_read_are_not_untold_by_the_engine(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.seed([ClusterSpec("cart-dev", engine="aurora-mysql", members=("cart-dev-1",))])
    await bot.services.fleet.refresh()
    aws.lapse(Lapse("LoginFailures", status="InternalError", share=0))

    words = await said(slack.member("ana"), "/rds connections cart-dev-1")

    assert "Logins refused could not be read" in words
    assert "are in its log files only" not in words


async def test_connections_of_a_place_that_does_not_answer_are_unread(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("cloudwatch:GetMetricData", "denied", times=None)

    words = await said(slack.member("ana"), "/rds connections orders-test")

    assert "no connections could be read in the last day" in words
    assert "AWS says AccessDenied" in words


async def test_a_load_is_told_as_far_as_it_could_be_read(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("pi:DescribeDimensionKeys", "denied", times=None)

    words = await said(slack.member("ana"), "/rds top orders-test")

    assert "sessions active" in words or "session active" in words
    assert "Its waits could not be read: " in words
    assert "Its statements could not be read: " in words


@pytest.mark.parametrize("name", ["internal error", "no result", "no numbers"])
async def test_a_card_says_that_connections_could_not_be_read(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, name: str
) -> None:
    lapse, _ = LAPSES[name]
    aws.lapse(Lapse(**vars(lapse) | {"metric": "DatabaseConnections"}))
    dora = slack.member("dora")

    await told(slack.member("ana"), "/rds reboot orders-staging --reason 'new parameter group'")
    card = await dora.sees(lambda it: "RDS-1001" in it.words and "Approve" in it.words)

    assert "Could not be read: how many are connected" in flat(card)
