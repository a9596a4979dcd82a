"""What cannot be carried out as it was typed: explained at once, nothing guessed, nothing done."""

import itertools
import random

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox, InstanceSpec
from bot.sandbox.slack import Entry, SlackSandbox
from tests.handlers.blocks.judging import assert_message, parts
from tests.stories.asking import SOON, audited, card_of, changes, filed, flat, told, told_on_click

WRONG = {
    "verb": ("rebot orders-test", "I don't know \"rebot\"", "/rds reboot orders-test"),
    "verb that is like none": ("frobnicate", '"frobnicate"', "/rds help shows"),
    "words swapped": ("orders-test reboot", "Nothing happens before that."),
    "flag": ("reboot orders-staging --fallover", '"--fallover"', "--failover"),
    "flag of none": ("list --colour red", "--colour", "--environment"),
    "instance": ("reboot ordes-test", 'no database "ordes-test"', "orders-test"),
    "instance that is like none": ("reboot zzz", 'no database "zzz"', "/rds list"),
    "instance for a cluster": ("reboot shop-staging", "is a cluster", "instance"),
    "ambiguous": (
        "snapshot reports", "reports@main/us-east-1", "reports@analytics/eu-west-1", "which",
    ),
    "account": ("snapshot reports@nowhere", 'no database "reports@nowhere"'),
    "snapshot id": ("snapshot orders-dev 1bad--id-", '"1bad--id-"', "It begins with a letter"),
    "snapshot id too long": (f"snapshot orders-dev a{'b' * 255}", "1 to 255"),
    "tag of the bot's": ("snapshot orders-dev --tag rds-bot:request-id=1", "is reserved"),
    "tag of AWS's": ("snapshot orders-dev --tag aws:x=1", "is reserved"),
    "tag without a value": ("snapshot orders-dev --tag owner", "KEY=VALUE"),
    "too many words": ("reboot orders-test now please", "Nothing happens before that."),
    "reason without its flag": ("snapshot orders-dev a-1 because of it all", "--reason"),
    "flag twice": ("reboot orders-test --reason a --reason b", "given twice"),
    "flag without value": ("reboot orders-test --reason", "--reason needs a value"),
    "window too short": ("backup-window orders-test 03:00-03:20", "at least 30 minutes"),
    "window in words": ("backup-window orders-test 3am-4am", "HH:MM-HH:MM in UTC"),
    "window past midnight": ("backup-window orders-test 24:00-25:00", "HH:MM-HH:MM in UTC"),
    "window over maintenance": (
        "backup-window orders-test 04:45-05:15", "overlaps the maintenance window",
        "sun:05:00-sun:05:30",
    ),
    "window as it is": ("backup-window orders-test 03:00-03:30", "is 03:00-03:30 UTC already"),
    "window of a member": (
        "backup-window shop-staging-1 07:00-07:30", "/rds backup-window shop-staging 07:00-07:30",
    ),
    "failover of Single-AZ": (
        "reboot orders-test --failover", "is Single-AZ", "/rds reboot orders-test",
    ),
    "failover of a member": (
        "reboot shop-staging-1 --failover", "belongs to the cluster shop-staging",
        "no reboot with failover of a member",
    ),
    "snapshot of a member": (
        "snapshot shop-staging-1", "belongs to the cluster", "/rds snapshot shop-staging",
    ),
    "request id": ("approve RDS-x", "a request is RDS- and its number"),
    "request that is not": ("approve RDS-7777", "no request RDS-7777"),
    "duration": ("audit --since yesterday", "90m, 24h or 7d"),
    "person": ("audit --user dora", "mention a person"),
    "environment": ("list --environment produktion", "did you mean production?"),
    "help for nothing": ("help frobnicate", '"frobnicate"'),
    "text without end": (f"reboot orders-test --reason {'x' * 12_001}", "12,0", "shorten"),
}  # fmt: skip
PASSING = ("rebooting", "modifying", "configuring-iam")
STATES = ("stopped", "storage-full", "failed", *PASSING)


async def test_it_is_said_what_is_wrong_and_nothing_happens(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    unsaid = {}
    for what, (line, *words) in WRONG.items():
        said = await told(slack.member("ana"), f"/rds {line}")
        assert_message({"text": said.text, "blocks": list(said.blocks)})
        if not all(word in flat(said) for word in words):
            unsaid[what] = flat(said)

    assert unsaid == {}
    assert (await filed(bot), changes(aws)) == ((), [])


async def test_a_database_in_the_wrong_state_is_left_alone_and_its_state_is_named(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    tags = {"Environment": "test"}
    aws.seed([InstanceSpec(f"it-is-{one}", status=one, tags=tags) for one in STATES])
    verbs = ("reboot {}", "snapshot {}", "backup-window {} 07:00-08:00")
    # what people have to agree to first may be asked for while AWS is at work
    waits = itertools.product([verbs[0], verbs[2]], PASSING)

    for verb, status in sorted({*itertools.product(verbs, STATES)} - {*waits}):
        said = await told(slack.member("ana"), f"/rds {verb.format(f'it-is-{status}')}")
        assert f"it-is-{status} is {status};" in flat(said)

    assert (await filed(bot), changes(aws)) == ((), [])
    assert {row.event.result for row in await audited(bot)} == {"preflight"}


@pytest.mark.parametrize(
    ("typed", "account", "region"),
    [
        ("reports@main", "123456789012", "us-east-1"),
        ("REPORTS@210987654321", "210987654321", "eu-west-1"),
        ("reports@analytics/eu-west-1", "210987654321", "eu-west-1"),
    ],
)
async def test_a_name_that_two_databases_share_works_with_its_account(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, typed: str, account: str, region: str
) -> None:
    await slack.member("ana").types(f"/rds snapshot {typed} before-1", channel="databases")

    await slack.until(lambda: changes(aws), what="the call")
    [call] = changes(aws)
    assert (call.account, call.region) == (account, region)


async def test_a_snapshot_id_that_is_taken_is_refused_before_anything_is_filed(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.client("rds").create_db_snapshot(
        DBInstanceIdentifier="orders-dev", DBSnapshotIdentifier="taken-1"
    )

    said = await told(slack.member("ana"), "/rds snapshot orders-test Taken-1")

    assert "A snapshot taken-1 of orders-dev exists already" in flat(said)
    assert (await filed(bot), changes(aws)) == ((), [])


async def test_a_cluster_takes_a_cluster_snapshot(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.plan["create_db_cluster_snapshot"] = SOON
    ana = slack.member("ana")

    await ana.types("/rds snapshot shop-staging before-1 --tag why='new engine'", "databases")

    await ana.sees(lambda it: "of shop-staging: succeeded" in it.text, within=15)
    [call] = changes(aws)
    assert call.name == "rds:CreateDBClusterSnapshot"
    assert {"Key": "why", "Value": "new engine"} in call.parameters["Tags"]


async def test_a_member_of_a_cluster_may_restart_by_itself(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")

    await told(ana, "/rds reboot shop-staging-2 --reason 'it leaks'")

    assert "Reboot shop-staging-2: needs 1 approval" in (await card_of(ana, "RDS-1001")).text


async def test_a_database_that_was_born_a_moment_ago_is_found(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.seed([InstanceSpec("newborn-dev", tags={"Environment": "dev"})])

    said = await told(slack.member("ana"), "/rds snapshot newborn-dev --dry-run")

    assert "of newborn-dev. Nothing was filed" in flat(said)


LIVE = (
    "<!channel> <!here|x> <@U0BEN00001> <#C0CLOUDOPS> <!subteam^S0DBAS0001> "
    "<https://evil.example|AWS console> https://evil.example *bold* _it_ ~no~ `code` :tada: "
    "> quote \u202edesrever \u2066x\u2069 &lt;!everyone&gt; @channel @ben"
)


async def test_nothing_in_a_reason_is_live_wherever_it_is_shown(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana, dora = slack.member("ana"), slack.member("dora")
    await ana.types(f"/rds reboot orders-staging --reason '{LIVE}'", channel="databases")
    card = await card_of(ana, "RDS-1001")
    details = await told_on_click(dora, card, "request.details")
    assert "*bold* _it_ ~no~ `code` :tada:" in flat(details)

    await told(dora, f"/rds reject RDS-1001 --reason '{LIVE}'")
    await ana.sees(lambda it: "rejected" in it.text and it.thread_ts is not None)
    await told(ana, f"/rds reboot warehouse --reason '{LIVE}'")
    await told(ana, f"/rds snapshot orders-dev --dry-run --reason '{LIVE}'")
    await told(ana, "/rds status RDS-1001")

    for seen in (*ana.messages(), *dora.messages()):
        assert_message({"text": seen.text, "blocks": list(seen.blocks)})
        assert {"type": "user", "user_id": "U0BEN00001"} not in list(parts(list(seen.blocks)))
        assert "<@U0BEN00001>" not in f"{seen.text} {seen.blocks}"
    posts = [*slack.called("chat.postMessage"), *slack.called("chat.update")]
    assert not [it for it in posts if "evil.example" in str(it.arguments.get("text"))]


async def test_a_reason_of_five_thousand_characters_is_kept_whole_and_shown_cut(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana, reason = slack.member("ana"), "because " * 625

    await told(ana, f"/rds reboot orders-staging --reason '{reason}'")

    card = await card_of(ana, "RDS-1001")
    assert "(cut)" in flat(card)
    assert_message({"text": card.text, "blocks": list(card.blocks)})
    assert (await filed(bot))[0].reason == reason.strip()


FRAGMENTS = [
    "reboot", "snapshot", "backup-window", "list", "show", "status", "audit", "help", "approve",
    "reject", "cancel", "settle", "requests", "whoami", "RDS-1", "RDS-99999999999999", "-1",
    "orders-test", "reports", "orders-test@main/us-east-1", "@", "cluster:", "a@b/c/d", "--",
    "--reason", "--dry-run", "--dry-run=maybe", "--tag", "a=b", "--since=9999999d", "--failed=x",
    "--target=", "--window", "'", '"', "`", "''", "“”", "—failover", "<!channel>",
    "<@U0DORA0001>", "<@U>", "<http://x|y>", "&lt;", "\u202e", "\u200b", "\ufeff", "\u00a0", "é",
    "🙂", "%s", "{0}", "${HOME}", "$(id)", "; rm -rf /", "' OR 1=1 --", "../../etc/passwd",
    "\\", "NaN", "null", "True", "0x10", "1e9", "٣", "23:59-00:29", "a" * 300, "=" * 50, "-" * 50,
]  # fmt: skip


def _hostile(count: int) -> list[str]:
    chance = random.Random(20_261_120)
    picked = [chance.choices(FRAGMENTS, k=chance.randint(1, 6)) for _ in range(count)]
    return [*FRAGMENTS, *map(" ".join, picked)]


async def test_every_hostile_text_gets_an_answer_and_none_a_traceback(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    for text in _hostile(90):
        shown = len(ana.feed)
        assert (await ana.types(f"/rds {text}", channel="databases")).acknowledged
        await bot.intake.idle()
        answers = [it.text for it in ana.feed[shown:] if _is_private(it)]
        assert answers, f"no answer to {text!r}"
        assert "Something went wrong" not in answers[0], text
        ana.reloads()
        if ana.views():
            await ana.closes(all_views=True)


def _is_private(entry: Entry) -> bool:
    return entry.kind.value in ("ephemeral", "modal opened")
