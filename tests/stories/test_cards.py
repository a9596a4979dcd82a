"""What a card says to whoever has to decide, while it goes on, and when it has ended."""

import re

import pytest

from bot.bootstrap import Bot
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.sandbox.aws import AWSSandbox, Kind
from bot.sandbox.slack import Refused, SeenMessage, SlackSandbox
from bot.setup.iam import only_reads
from tests.conftest import StartBot
from tests.examples import make_true
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import (
    asks,
    audited,
    card_of,
    changes,
    configured,
    filed,
    flat,
    told,
    told_on_click,
)

REBOOT = "/rds reboot orders-staging --reason drill"
FREELY = {"rules": [{"approvals": {"low": 0, "medium": 0, "high": 0}}]}
CHANGES = sorted(name for name, one in CATALOGUE.items() if issubclass(one, Change))


async def test_an_approver_sees_the_cost_before_the_buttons(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), f"{REBOOT} --failover")

    card = await card_of(slack.member("dora"), "RDS-1001")

    said = flat(card)
    for words in (
        "Reboot orders-staging with failover: needs 2 approvals (staging, high risk)",
        "Impact: down for 1\N{EN DASH}2 min, ", "connections drop · Undo: ",
        "Reason: drill",
        "0 of 2 · ask @dora, @emil · until ",
        "[Approve] [Reject] [Details] [⋯ Cancel request]",
    ):  # fmt: skip
        assert words in said, words
    for left_out in ("RebootDBInstance", "Last backup", "Pending", "/rds reboot", "us-east-1"):
        assert left_out not in said, left_out
    assert said.index("Impact") < said.index("[Approve]")
    assert_message({"text": card.text, "blocks": list(card.blocks)})


async def test_details_tells_whoever_presses_it_all_of_it_whatever_became_of_the_request(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana, dora = slack.member("ana"), slack.member("dora")
    await asks(ana, f"{REBOOT} --failover")
    card = await card_of(dora, "RDS-1001")

    said = flat(await told_on_click(dora, card, "request.details"))
    assert re.search(r"Connections: \d+, as of today at", said)
    for words in (
        "Downtime: one to two minutes; connections drop and DNS moves to the standby",
        "Last backup: ", "restorable until", "Pending modifications: none",
        "Undo: Fail over again.", "Risk: high, because a failover moves the writer",
        "0 of 2", "@dora, @emil", "rds:RebootDBInstance", "ForceFailover = true", "Checked: ",
        "tag Environment=staging", "rule 2 of 2",
        "/rds reboot orders-staging@main/us-east-1 --failover",
    ):  # fmt: skip
        assert words in said, words

    slack.faults.add("chat.update", Refused("internal_error"), times=None)
    await told(dora, "/rds reject RDS-1001 --reason no")
    ended = await told_on_click(ana, card, "request.details")
    assert "rds:RebootDBInstance" in flat(ended)


async def test_details_are_for_who_may_look_at_the_database(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    slack.workspace.join_channel("databases", "gil")
    async with start_bot(configured()) as bot:
        await asks(slack.member("ana"), REBOOT)
        card = await card_of(slack.member("gil"), "RDS-1001")

        said = flat(await told_on_click(slack.member("gil"), card, "request.details"))

        assert "Only full members" in said
        assert "RebootDBInstance" not in said
        assert [row.event.actor for row in await audited(bot, action="query.refused")]


async def test_the_newest_snapshot_is_the_last_backup(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    aws.plan["create_db_snapshot"] = [("creating", 6)]
    aws.plan["back_up_instance"] = [("backing-up", 6)]
    await asks(ana, "/rds snapshot orders-dev before-it")
    await ana.sees(lambda it: "succeeded" in it.text)

    await asks(ana, "/rds reboot orders-dev")

    card = await card_of(ana, "RDS-1002")
    said = flat(await told_on_click(ana, card, "request.details"))
    assert re.search(r"Last backup: snapshot before-it, .* old; restorable until", said)


@pytest.mark.parametrize("kind", [Kind.DENIED, Kind.RESET, Kind.INTERNAL])
async def test_what_cannot_be_read_is_said_and_nothing_fails_for_it(
    kind: Kind, bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    for action in ("*:GetMetricData", "rds:DescribeDBSnapshots"):
        aws.fault(action, kind, times=None)

    await asks(slack.member("ana"), REBOOT)

    card = await card_of(slack.member("dora"), "RDS-1001")
    assert "Could not be read: how many are connected, when it was last backed up" in flat(card)
    said = flat(await told_on_click(slack.member("dora"), card, "request.details"))
    assert ("Downtime:" in said, "Connections:" in said, "snapshot" in said) == (True, False, False)
    assert "Could not be read: how many are connected, when it was last backed up" in said


async def test_a_clusters_card_names_the_members_that_it_takes_along(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), "/rds backup-window shop-staging 07:00-07:30")

    card = await card_of(slack.member("dora"), "RDS-1001")
    assert "Backup window: 02:00-02:30 UTC → 07:00-07:30 UTC" in flat(card)
    said = flat(await told_on_click(slack.member("dora"), card, "request.details"))

    assert "Members: shop-staging-1, shop-staging-2, shop-staging-3; shop-staging-1 writes" in said
    assert "Backup window: 02:00-02:30 UTC → 07:00-07:30 UTC" in said
    assert "Downtime: none" in said


async def test_votes_are_counted_to_the_end(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await asks(ana, f"{REBOOT} --failover")

    await told(slack.member("dora"), "/rds approve RDS-1001")
    await ana.sees(lambda it: "1 of 2: @dora" in flat(it))
    await told(slack.member("emil"), "/rds approve RDS-1001")

    await ana.sees(lambda it: "Approved by @dora, @emil: 2 of 2" in flat(it))
    ended = await ana.sees(lambda it: "succeeded" in it.text and not it.thread_ts, within=20)
    assert "approved by @dora, @emil (2 of 2)" in flat(ended)
    assert [one.label for one in ended.actions] == ["Fail over again…"]


async def test_a_running_card_says_how_long_it_usually_takes(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    async with start_bot(configured(policy=FREELY)):
        aws.plan["create_db_snapshot"] = [("creating", 6)]
        for name in ("orders-dev", "orders-test", "ledger-test"):
            await asks(ana, f"/rds snapshot {name}")
            await ana.sees(f" of {name}: succeeded")
        aws.plan["create_db_snapshot"] = [("creating", 600)]

        await asks(ana, "/rds snapshot billing-staging")

        usual = "Usually it takes less than 10 s; expected to end by "
        await ana.sees(lambda it: usual in flat(it))


@pytest.mark.parametrize("name", CHANGES)
async def test_a_dry_run_of_every_change_shows_everything_and_files_nothing(
    name: str, start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    change = CATALOGUE[name]
    make_true(aws, change)

    async with start_bot() as bot:
        said = flat(await told(slack.member("ana"), f"/rds {change.example} --dry-run"))
        rows, trail = await filed(bot), await audited(bot)

    action = next(one for one in change.permissions if not only_reads(one) and one in said)
    for words in (
        "Nothing was filed", "It would need", "rule 2 of 2: everything else", "Downtime: ",
        "The exact AWS call", action, "Checked: ", "To ask for it: /rds ",
    ):  # fmt: skip
        assert words in said, words
    assert ("Who could approve" in said) is ("none; it would be sent at once" not in said)
    assert (rows, changes(aws)) == ((), [])
    assert [row.event.action for row in trail] == ["request.rehearsed"]


async def test_an_ended_card_that_changed_nothing_says_how_to_ask_again(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("rds:RebootDBInstance", Kind.DENIED)
    async with start_bot(configured(policy=FREELY)):
        await asks(slack.member("ana"), "/rds reboot orders-test")

        ended = await slack.member("ana").sees(lambda it: ": failed" in it.text, within=20)

        assert "To ask again: /rds reboot orders-test@main/us-east-1" in flat(ended)


async def test_the_audit_trail_is_told_in_words(bot: Bot, slack: SlackSandbox) -> None:
    ana, dora = slack.member("ana"), slack.member("dora")
    await asks(ana, f"{REBOOT} --failover")
    await told(ana, "/rds approve RDS-1001")
    await told(dora, "/rds approve RDS-1001")
    await told(dora, "/rds approve RDS-1001")

    said = flat(await told(ana, "/rds audit --steps"))

    for words in (
        "waits for approval", "own request", "approved, more are wanted", "had decided already",
    ):  # fmt: skip
        assert words in said, words
    assert not re.search(r"\b(self|already_|counted)\b", said)


def links_in(seen: SeenMessage) -> dict[str, str]:
    """The names that are links in its rich_text, with where each leads."""
    parts = [part for block in seen.blocks for part in block.get("elements", ())]
    leaves = [leaf for part in parts for leaf in part.get("elements", ())]
    return {one["text"]: one["url"] for one in leaves if one["type"] == "link"}


def permalink_of(seen: SeenMessage) -> str:
    return f"archives/{seen.channel.id}/p{seen.ts.replace('.', '')}"


async def test_a_second_request_on_one_database_says_so_until_the_first_has_ended(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana, ben, dora = (slack.member(one) for one in ("ana", "ben", "dora"))
    await asks(ana, f"{REBOOT} --failover")

    said = flat(await told(ben, "/rds reboot orders-staging --reason slow"))
    second = await card_of(dora, "RDS-1002")
    assert "RDS-1001 also waits for orders-staging" in said
    assert "⚠️ RDS-1001 also waits for orders-staging" in flat(second)
    first = await card_of(dora, "RDS-1001")
    assert links_in(second).keys() == {"RDS-1001"}
    assert links_in(second)["RDS-1001"].endswith(permalink_of(first))
    assert "also waits" not in flat(await card_of(dora, "RDS-1001"))

    repeated = await told(ben, "/rds reboot orders-staging --reason slower")
    again = flat(repeated)
    assert "You already asked for this " in again
    assert links_in(repeated)["RDS-1002"].endswith(permalink_of(second))
    assert len(await filed(bot)) == 2

    await told(ana, "/rds cancel RDS-1001")
    await dora.sees(lambda it: "· RDS-1002," in it.text and "also waits" not in flat(it))
