"""What is asked for in words: by mentioning the bot, and in its direct messages."""

from typing import Any

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import Delivery, Member, SeenMessage, SlackSandbox
from bot.values import FORM, RUN
from tests.conftest import StartBot
from tests.stories.asking import (
    audited,
    card_of,
    changes,
    configured,
    everything_is_told,
    filed,
    flat,
    told,
    told_on_click,
)

ASK = "reboot orders-staging --reason 'new parameter group'"


async def mentioned(member: Member, text: str, thread: str | None = None) -> SeenMessage:
    """What the bot answers privately to a mention."""
    before = {it.ts for it in member.messages()}
    delivery = await member.mentions(text, "databases", thread)
    assert delivery is not None
    assert delivery.acknowledged
    return await member.sees(lambda it: it.ephemeral and it.ts not in before)


async def said(member: Member, text: str, thread: str | None = None) -> SeenMessage:
    """What the bot answers in a direct message."""
    before = {it.ts for it in member.messages()}
    delivery = await member.says(text, thread_ts=thread)
    assert delivery is not None
    assert delivery.acknowledged
    return await member.sees(lambda it: by_bot(it) and it.ts not in before)


def by_bot(seen: SeenMessage) -> bool:
    return seen.author.is_bot


async def happens(slack: SlackSandbox, bot: Bot, **about: Any) -> Delivery:
    """Slack tells the bot of something, and the bot is done with it."""
    delivery = await slack.tells_of(about)
    assert delivery.acknowledged
    await bot.intake.idle()
    await everything_is_told(bot)
    return delivery


async def test_a_mention_is_answered_as_a_command_is(bot: Bot, slack: SlackSandbox) -> None:
    ana, ben = slack.member("ana"), slack.member("ben")

    answer = await mentioned(ana, "show orders-test")

    assert "orders-test is available" in flat(answer)
    assert answer.channel.name == "databases"
    assert [it for it in ben.messages() if "is available" in it.words] == []


async def test_in_a_thread_it_is_answered_there(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.says("The orders are slow.", "databases")
    first = await ana.sees("The orders are slow.")
    await slack.member("ben").says("Since when?", "databases", first.ts)

    answer = await mentioned(ana, "/rds show “orders\u2011test”", first.ts)

    assert answer.thread_ts == first.ts
    assert "orders-test is available" in flat(answer)


async def test_a_change_is_asked_for_in_words(bot: Bot, slack: SlackSandbox) -> None:
    answer = await mentioned(slack.member("ana"), ASK)

    assert "RDS-1001" in flat(answer)
    card = await card_of(slack.member("dora"), "RDS-1001")
    assert card.channel.name == "databases"
    assert (await filed(bot))[0].reason == "new parameter group"


@pytest.mark.parametrize("text", ["", "help", "?"])
async def test_without_words_it_says_what_it_can_do(
    text: str, bot: Bot, slack: SlackSandbox
) -> None:
    answer = await mentioned(slack.member("ana"), text)

    assert "/rds reboot" in flat(answer)


async def test_what_it_does_not_understand_only_the_writer_reads(
    bot: Bot, slack: SlackSandbox
) -> None:
    answer = await mentioned(slack.member("ana"), "rebot orders-test")

    assert "reboot" in flat(answer)
    assert answer.ephemeral


async def test_what_is_missing_is_asked_for_with_a_button(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    answer = await mentioned(ana, "backup-window orders-test --reason 'night shift'")
    assert "Backup window: I still need the backup window." in flat(answer)

    await ana.clicks(answer, "command.finish")
    form = await ana.sees_modal("Backup window")

    assert "orders-test" in flat(form)
    assert "night shift" in flat(form)


async def test_the_button_works_in_a_thread_and_the_form_asks(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.says("Who restarts it?", "databases")
    answer = await mentioned(ana, "reboot", (await ana.sees("Who restarts it?")).ts)
    await ana.clicks(answer, "command.finish")
    form = await ana.sees_modal("Reboot")

    await ana.submits(form, {"target": "orders-test@main/us-east-1", "reason": "leak"})

    await card_of(slack.member("dora"), "RDS-1001")
    assert (await filed(bot))[0].reason == "leak"


@pytest.mark.parametrize(
    ("meant", "says"), [("list", "from an older version of me"), ("xyzzy", "I don't know")]
)
async def test_a_button_of_an_older_version_is_explained(
    bot: Bot, slack: SlackSandbox, meant: str, says: str
) -> None:
    ana = slack.member("ana")
    seen = await mentioned(ana, "reboot")
    [*before, row] = seen.blocks
    [press, *_] = row["elements"]
    slack.world.revise(
        seen.message, blocks=(*before, {**row, "elements": [{**press, "value": meant}]})
    )

    await ana.clicks(seen, press["action_id"])

    await ana.sees(lambda it: it.ephemeral and it.ts != seen.ts and says in flat(it))


@pytest.mark.parametrize("who", ["gil"])
async def test_a_guest_sees_nothing_and_that_is_audited(
    who: str, bot: Bot, slack: SlackSandbox
) -> None:
    answer = await mentioned(slack.member(who), "list")

    assert "Only full members" in flat(answer)
    [row, *_] = await audited(bot)
    assert (row.event.action, row.event.result) == ("query.refused", "guest")


async def test_somebody_of_another_company_is_refused_and_audited(
    bot: Bot, slack: SlackSandbox
) -> None:
    eve = slack.member("eve")
    await eve.mentions(ASK, "partner-shared")

    answer = await eve.sees(lambda it: it.ephemeral)

    assert "your account is of another one" in flat(answer)
    assert await filed(bot) == ()
    [row, *_] = await audited(bot)
    assert (row.event.action, row.event.result) == ("request.refused", "external")


async def test_a_mention_that_comes_again_asks_once(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    delivery = await ana.mentions(ASK, "databases")
    assert delivery is not None
    await ana.sees(lambda it: it.ephemeral)

    await slack.redeliver(delivery, same_envelope=False)
    await bot.intake.idle()

    assert len(await filed(bot)) == 1
    assert len([it for it in ana.messages() if it.ephemeral]) == 1


@pytest.mark.parametrize("text", ["show orders-test", "/rds show orders-test", " SHOW orders-test"])
async def test_a_direct_message_is_answered_there_and_stays(
    text: str, bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    answer = await said(ana, text)

    assert "orders-test is available" in flat(answer)
    assert answer.channel.is_im
    assert not answer.ephemeral


async def test_a_thread_of_a_direct_message_goes_on_there(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    first = await said(ana, "help")

    answer = await said(ana, "show orders-test", first.ts)

    assert answer.thread_ts == first.ts


async def test_what_is_missing_in_a_direct_message_has_a_button_too(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    answer = await said(ana, "snapshot")

    await ana.clicks(answer, "command.finish")

    assert "Snapshot" in (await ana.sees_modal("Snapshot")).title


async def test_what_needs_approval_is_asked_in_the_approvals_channel(
    bot: Bot, slack: SlackSandbox
) -> None:
    answer = await said(slack.member("ana"), ASK)

    assert "RDS-1001" in flat(answer)
    assert (await card_of(slack.member("dora"), "RDS-1001")).channel.name == "databases"


@pytest.mark.parametrize(
    "about",
    [
        {"user": "U0RDSBOT01", "bot_id": "B0RDSBOT01"},
        {"user": "U0ANA00001", "bot_id": "B0OTHER001"},
        {"user": "U0ANA00001", "subtype": "message_changed"},
        {"user": "U0ANA00001", "subtype": "message_deleted"},
        {"user": "U0ANA00001", "edited": {"user": "U0ANA00001", "ts": "1.000001"}},
        {"user": "U0ANA00001", "channel_type": "channel", "channel": "C0DATABASE"},
        {},
    ],
    ids=str,
)
async def test_it_answers_neither_itself_nor_bots_nor_edits(
    about: dict[str, Any], bot: Bot, slack: SlackSandbox
) -> None:
    message = {"type": "message", "channel_type": "im", "channel": "D0ANA00001", "ts": "1.000001"}

    await happens(slack, bot, text="show orders-test", **(message | about))

    assert slack.called("chat.postMessage") == ()
    assert slack.called("chat.postEphemeral") == ()


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
async def test_what_somebody_wrote_is_answered_whatever_comes_with_it(
    bot: Bot, slack: SlackSandbox, subtype: str
) -> None:
    await happens(
        slack, bot, type="message", subtype=subtype, channel_type="im", channel="D0ANA00001",
        ts="1.000001", user="U0ANA00001", text="show orders-test",
    )  # fmt: skip

    [answer] = slack.member("ana").direct_messages()
    assert "orders-test is available" in flat(answer)


async def test_an_edited_mention_is_not_carried_out_again(bot: Bot, slack: SlackSandbox) -> None:
    edited = {"user": "U0ANA00001", "ts": "1.000002"}
    place = {"channel": "C0DATABASE", "channel_type": "channel", "ts": "1.000001"}

    await happens(
        slack, bot, type="app_mention", user="U0ANA00001", text=f"<@U0RDSBOT01> {ASK}",
        edited=edited, **place,
    )  # fmt: skip

    assert await filed(bot) == ()


async def test_a_message_that_nobody_foresaw_is_acknowledged(bot: Bot, slack: SlackSandbox) -> None:
    delivery = await slack.tells_of({"type": "message", "channel_type": "im", "channel": "D1"})

    assert delivery.acknowledged


async def test_what_cannot_be_shown_in_the_channel_comes_as_a_direct_message(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    delivery = await ana.mentions("show orders-test", "databases")
    assert delivery is not None
    slack.workspace.leave_channel("databases", "ana")

    answer = await ana.sees(lambda it: by_bot(it))

    assert "orders-test" in flat(answer)


async def test_a_rejection_is_written_in_words(bot: Bot, slack: SlackSandbox) -> None:
    await mentioned(slack.member("ana"), ASK)

    answer = await mentioned(slack.member("dora"), "reject RDS-1001 --reason not today")

    assert "RDS-1001 is rejected" in flat(answer)


async def test_hidden_characters_and_formatting_do_not_matter(
    bot: Bot, slack: SlackSandbox
) -> None:
    answer = await mentioned(slack.member("ana"), "show `orders-test`​")

    assert "orders-test is available" in flat(answer)


async def test_what_may_not_be_kept_is_said(bot: Bot, slack: SlackSandbox) -> None:
    async with bot.services.store.write():
        answer = await mentioned(slack.member("ana"), "list")

    assert "I may not have kept that" in flat(answer)


def runs(seen: SeenMessage) -> list[str]:
    """The commands behind its buttons."""
    return [it.value or "" for it in seen.actions if it.action_id.startswith(RUN)]


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("what about orders-staging", ["metrics orders-staging", "top orders-staging"]),
        ("who rebooted orders-staging?", ["events orders-staging", "audit orders-staging"]),
        ("is orders-prod down?", ["show orders-prod", "metrics orders-prod"]),
        ("what do the events of orders-prod say", ["events orders-prod", "metrics orders-prod"]),
        ("don't reboot orders-staging!", ["metrics orders-staging", "top orders-staging"]),
        ("what became of rds-1003?", ["status RDS-1003"]),
        ("status orders-staging", ["show orders-staging", "metrics orders-staging"]),
        ("can you show how orders-staging is doing?", ["show orders-staging"]),
        ("orders staging is slow", ["top orders-staging", "metrics orders-staging"]),
        ("what's up with orders_prod, disk full?", ["metrics orders-prod"]),
        ("wie geht es orders-prod", ["metrics orders-prod", "top orders-prod"]),
        ("what is going on?", ["digest preview", "list"]),
        ("any alarms?", ["digest preview"]),
    ],
)
async def test_a_sentence_gets_what_looks_at_what_it_names(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, text: str, looks: list[str]
) -> None:
    ana = slack.member("ana")
    answer = await mentioned(ana, text)

    assert runs(answer)[: len(looks)] == looks
    assert not any(it.action_id.startswith(FORM) for it in answer.actions)
    assert "Did you mean" not in flat(answer)
    assert changes(aws) == []

    [first, *_] = [it.action_id for it in answer.actions if it.action_id.startswith(RUN)]
    assert "too many" not in flat(await told_on_click(ana, answer, first))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello there", "Hello! Name a database and what you want"),
        ("thanks", "You're welcome!"),
        ("vacuum", 'I cannot "vacuum". /rds help changes lists what I can change.'),
        ("please delete orders", 'I cannot "delete".'),
        ("what now?", "I didn't understand that."),
        ("how is orders", "Which one? Metrics of: [orders-dev] [orders-prod]"),
        ("how is ordrs-staging", 'I know no database "ordrs-staging". Did you mean'),
        ("how is flibber-prod", 'I know no database "flibber-prod".'),
        ("metrics cpu", "Metrics: of which database? [Choose…]"),
    ],
)
async def test_a_sentence_is_answered_in_a_line_and_offers_no_change(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, text: str, says: str
) -> None:
    answer = await mentioned(slack.member("ana"), text)

    assert says in flat(answer)
    assert not any("reboot" in (it.value or "") for it in answer.actions)
    assert changes(aws) == []


async def test_three_databases_get_a_line_each(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    answer = await mentioned(ana, "are orders-dev, orders-test and orders-staging slow? or reports")

    assert [it for it in runs(answer) if it.startswith("top ")] == [
        "top orders-dev", "top orders-test", "top orders-staging"
    ]  # fmt: skip
    assert "compare orders-dev orders-test orders-staging" in runs(answer)
    assert "And 2 more: name three at most." in flat(answer)


@pytest.mark.parametrize(
    "way",
    [
        "please reboot {}", "hi, can you reboot {} because it hangs?", "{} needs a restart",
        "could somebody bounce {} pls", "bitte {} neu starten", "reboot the {}", "restrat {}",
        "failover {} now",
    ],
)  # fmt: skip
async def test_a_change_asked_for_in_a_sentence_gets_its_form_and_no_run_button(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, way: str
) -> None:
    ana = slack.member("ana")
    answer = await mentioned(ana, way.format("orders-staging"))
    assert "Nothing happens before that." in flat(answer)
    assert "/rds reboot" not in flat(answer)
    assert not any("reboot" in one for one in runs(answer))

    await ana.clicks(answer, f"{FORM}.reboot_instance")

    assert "orders-staging" in flat(await ana.sees_modal("Reboot"))
    assert await filed(bot) == ()
    assert changes(aws) == []


async def test_words_behind_a_change_are_the_reason_in_its_form(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    answer = await told(ana, "/rds reboot orders-test because new parameters")
    hint = 'Put the reason after --reason: /rds reboot orders-test --reason "new parameters"'
    assert hint in flat(answer)

    await ana.clicks(answer, f"{FORM}.reboot_instance")

    assert "new parameters" in flat(await ana.sees_modal("Reboot"))
    assert await filed(bot) == ()


async def test_whoever_may_not_ask_is_offered_no_form(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    config = configured(access={"requesters": {"users": ["U0BEN00001"]},
                                "approvers": {"groups": ["S0DBAS0001"]}})  # fmt: skip
    async with start_bot(config):
        answer = await mentioned(slack.member("ana"), "please reboot orders-test")

    assert "You may not ask for changes" in flat(answer)
    assert not any(it.action_id.startswith(FORM) for it in answer.actions)


async def test_a_name_alone_gets_what_looks_at_it(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    [found] = aws.client("rds").describe_db_instances(DBInstanceIdentifier="orders-staging")[
        "DBInstances"
    ]
    host = f"{found['Endpoint']['Address']}:{found['Endpoint']['Port']}"
    looks = [f"{verb} orders-staging" for verb in ("show", "metrics", "top", "events")]

    for text in ("orders-staging", "Orders-Staging?", "orders_staging", host,
                 f"<http://{host}|{host}>"):  # fmt: skip
        answer = await said(ana, text)
        assert runs(answer) == looks, text
        assert "orders-staging is available (staging, postgres)." in flat(answer)
    assert runs(await said(ana, "RDS-1003")) == ["status RDS-1003"]
    for text in ("orders-staging", host):
        assert runs(await told(ana, f"/rds {text}")) == looks


async def test_in_the_thread_of_a_request_its_database_is_meant(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await mentioned(ana, ASK)
    card = await card_of(ana, "RDS-1001")

    shown = await mentioned(ana, "show", card.ts)
    assert "orders-staging is available" in flat(shown)
    assert runs(await mentioned(ana, "and the logs?", card.ts))[:1] == ["logs orders-staging"]
    answer = await mentioned(ana, "take a snapshot", card.ts)
    await ana.clicks(answer, f"{FORM}.create_snapshot")
    assert "orders-staging" in flat(await ana.sees_modal("Snapshot"))
    for text in ("reboot", "reboot it"):
        answer = await mentioned(ana, text, card.ts)
        assert f"{FORM}.reboot_instance" in [it.action_id for it in answer.actions]
    assert len(await filed(bot)) == 1


@pytest.mark.parametrize("text", ["what about orders-staging", "please reboot orders-staging"])
async def test_a_sentence_tells_a_guest_of_no_database(
    bot: Bot, slack: SlackSandbox, text: str
) -> None:
    answer = await mentioned(slack.member("gil"), text)

    assert "orders-staging" not in flat(answer)
    assert answer.actions == ()


@pytest.mark.parametrize("text", ["digest everything", "help digest"])
async def test_the_first_word_of_several_verbs_lists_those_for_whoever_asks(
    bot: Bot, slack: SlackSandbox, text: str
) -> None:
    for_ana = await told(slack.member("ana"), f"/rds {text}")
    for_dora = await told(slack.member("dora"), f"/rds {text}")

    assert "/rds digest preview Show only you what a digest would tell now." in flat(for_ana)
    assert "digest now" not in flat(for_ana)
    assert runs(for_ana) == ["/rds digest", "/rds digest preview"]
    assert "/rds digest now Post a digest in this channel now" in flat(for_dora)
    assert runs(for_dora) == ["/rds digest", "/rds digest preview"]
    for_gil = await told(slack.member("gil"), f"/rds {text}")
    assert "digest" not in flat(for_gil)
    assert runs(for_gil) == []
