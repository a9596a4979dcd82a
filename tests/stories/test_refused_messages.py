"""What Slack does not take: waited for only where it says so; else told elsewhere, and the lane
goes on."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.sandbox.slack import Garbled, Hang, RateLimited, Refused, Reset, SeenMessage, ServerError
from bot.values import Message, PersonId, Place, Status
from tests.conftest import CONFIG
from tests.crossed import sampled
from tests.stories.asking import configured, flat
from tests.stories.stage import FREE, Play, Stage

HOUR = 3600.0
#: Words about a place or a message; the last ones nobody has written down yet.
FOR_GOOD = [
    "channel_not_found", "restricted_action", "invalid_arguments", "ekm_of_tomorrow",
    "not_in_channel", "is_archived", "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel", "no_permission",
]  # fmt: skip
TROUBLE = [
    Refused("internal_error"), RateLimited(3), ServerError(502), Garbled(),
    Garbled(200, '{"ok": true, "ch', "application/json"), Hang(0.05), Reset(),
    Refused("fatal_error"), Refused("service_unavailable"), Refused("request_timeout"),
    Refused("team_added_to_org"), Garbled(429, "slow down", "text/plain"),
    Garbled(200, "", "application/json"),
]  # fmt: skip


def cards(stage: Stage, label: str = "RDS-1001") -> list[SeenMessage]:
    seen = stage.slack.member("dora").messages("databases")
    return [it for it in seen if label in it.words and not (it.ephemeral or it.thread_ts)]


def direct(stage: Stage, who: str) -> list[str]:
    return [flat(it) for it in stage.slack.member(who).direct_messages()]


def refuse(stage: Stage, method: str, fault: Any, **wanted: str) -> None:
    def where(asked: Mapping[str, Any]) -> bool:
        return all(asked.get(name) == value for name, value in wanted.items())

    stage.slack.faults.add(method, fault, times=None, where=where)


async def it_ends(play: Play) -> None:
    """No time passes while something is told: its lease would end, and it would be told twice."""
    for _ in range(4):
        await play.told()
        await play.later(30)
    await play.told()


async def rounds(play: Play, seconds: float) -> None:
    """Time passes in steps of a minute, and what is due is tried at each."""
    for _ in range(int(seconds // 60)):
        play.stage.clock.advance(60)
        await play.bot.notifier.deliver_due()
        await play.quiet()


@pytest.mark.parametrize("word", sampled(FOR_GOOD, quick=4))
async def test_a_card_that_its_channel_never_takes_is_told_to_who_asked_and_holds_up_nothing(
    stage: Stage, word: str
) -> None:
    refuse(stage, "chat.postMessage", Refused(word), channel="C0DATABASE")
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        await play.types("/rds snapshot orders-test")
        await stage.slack.member("ana").sees("could not post or change this request's card")
        await play.told()

    told = [
        one for one in direct(stage, "ana") if "could not post or change this request's card" in one
    ]
    assert ["RDS-1001" in one for one in told] == [True, False]
    assert "/rds approve RDS-1001" in told[0]
    assert "it goes on" in told[1]


async def test_a_channel_that_is_archived_meanwhile_hides_no_end_and_holds_up_nothing(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        card = await stage.slack.member("dora").sees(lambda it: it.actions)
        stage.slack.workspace.archive("databases")
        began = stage.clock()

        await play.bot.services.approvals.reject(1001, _person(stage, "dora"), stage.now(), "no")
        await play.told()

        assert card.actions
        assert stage.clock() - began < 60
    assert [one for one in direct(stage, "ana") if "RDS-1001" in one and "rejected" in one]


@pytest.mark.parametrize(
    "word", ["message_not_found", "cant_update_message", "edit_window_closed", "tomorrow"]
)
async def test_a_card_that_cannot_be_changed_stands_anew(stage: Stage, word: str) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        card = await stage.slack.member("dora").sees(lambda it: it.actions)
        refuse(stage, "chat.update", Refused(word), ts=card.ts)

        await play.types("/rds reject RDS-1001 --reason no", who="dora")
        await play.told()

        assert "rejected" in cards(stage)[-1].text
        assert cards(stage)[-1].ts != card.ts


@pytest.mark.parametrize("fault", sampled(TROUBLE, quick=7))
async def test_trouble_of_slacks_is_waited_for(stage: Stage, fault: Any) -> None:
    stage.slack.faults.add("chat.*", fault, times=3)
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test")
        await it_ends(play)

        assert "succeeded" in cards(stage)[-1].text
    assert not [one for one in direct(stage, "ana") if "could not post" in one]


async def test_one_message_in_lasting_trouble_lets_the_others_pass_and_has_an_end(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        card = await stage.slack.member("dora").sees(lambda it: it.actions)
        refuse(stage, "chat.update", Refused("internal_error"), ts=card.ts)
        await play.types("/rds approve RDS-1001", who="dora")
        await play.types("/rds snapshot orders-staging")

        await rounds(play, 0.5 * HOUR)
        assert cards(stage, "RDS-1002")
        assert await play.bot.services.store.outbox.depth() == 1

        stage.clock.advance(73 * HOUR)
        await play.told()
        assert [
            one for one in direct(stage, "ana") if "could not post or change this request" in one
        ]


@pytest.mark.parametrize("word", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_what_a_refused_token_stops_is_told_when_it_is_mended(
    stage: Stage, word: str
) -> None:
    stage.slack.faults.add("chat.*", Refused(word), times=4)
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        await play.told()

    assert cards(stage)


@pytest.mark.parametrize(
    "word",
    ["thread_not_found", "cannot_reply_to_message", "restricted_action_non_threadable_channel"],
)
async def test_what_a_thread_does_not_take_stands_in_its_channel(stage: Stage, word: str) -> None:
    stage.slack.faults.add(
        "chat.postMessage", Refused(word), times=None, where=lambda it: "thread_ts" in it
    )
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test")
        await it_ends(play)

    assert [it for it in cards(stage) if "RDS-1001 · " in it.words and not it.actions]


@pytest.mark.parametrize("reads", [True, False])
async def test_an_ending_that_the_thread_does_not_take_is_told_directly_once(
    stage: Stage, *, reads: bool
) -> None:
    stage.slack.faults.add(
        "chat.postMessage", Refused("restricted_action"), times=None,
        where=lambda it: "thread_ts" in it,
    )  # fmt: skip
    if not reads:  # so that it is told directly in any case
        refuse(stage, "conversations.members", Refused("missing_scope"))
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test")
        await it_ends(play)

    assert len([one for one in direct(stage, "ana") if "succeeded" in one]) == 1


@pytest.mark.parametrize("word", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
async def test_what_slack_finds_too_rich_comes_as_plain_text(stage: Stage, word: str) -> None:
    stage.slack.faults.add(
        "chat.postMessage", Refused(word), times=None,
        where=lambda it: bool(it.get("thread_ts") and it.get("blocks")),
    )  # fmt: skip
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test")
        await it_ends(play)

    seen = stage.slack.member("dora").messages("databases")
    assert [it for it in seen if it.thread_ts and "succeeded" in it.words]


async def test_a_digest_that_its_channel_does_not_take_is_told_to_who_asked_for_it(
    stage: Stage,
) -> None:
    refuse(stage, "chat.postMessage", Refused("restricted_action"), channel="C0DATABASE")
    async with stage.bot(CONFIG) as play:
        await play.types("/rds digest now", who="dora")
        await play.told()

    [told] = [one for one in direct(stage, "dora") if "could not post" in one]
    assert "a digest should stand" in told
    assert "restricted_action" in told


async def test_a_digest_of_the_settings_is_told_to_admins_once_a_day(stage: Stage) -> None:
    refuse(stage, "chat.postMessage", Refused("restricted_action"), channel="C0DATABASE")
    pat = stage.slack.member("pat").id
    standing = {"channel": "C0DATABASE", "cron": "*/15 * * * *", "timezone": "UTC", "title": "D"}
    config = configured(access={"admins": {"users": [pat]}}, digests=[standing])
    async with stage.bot(config) as play:
        for _ in range(4):
            await play.bot.jobs.run("digest")
            stage.clock.advance(900)
            await play.told()

    assert len([one for one in direct(stage, "pat") if "could not post" in one]) == 1


async def test_a_scheduled_digest_without_its_channel_is_told_to_who_scheduled_it(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types('/rds digest schedule "*/15 * * * *"', who="dora")
        stage.slack.workspace.archive("databases")
        for _ in range(4):
            stage.clock.advance(900)
            await play.bot.jobs.run("digest")
            await play.told()

    assert len([one for one in direct(stage, "dora") if "a digest should stand" in one]) == 1


async def test_a_cloudops_request_that_its_channel_does_not_take_comes_directly(
    stage: Stage,
) -> None:
    refuse(stage, "chat.postMessage", Refused("is_archived"), channel="C0CLOUDOPS")
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-prod")
        denied = await stage.slack.member("ana").sees("Denied")
        await play.clicks("ana", denied, "cloudops.create")
        await play.told()

    told = direct(stage, "ana")
    assert [one for one in told if "a CloudOps request should stand" in one]
    assert [one for one in told if "orders-prod" in one]


async def test_a_row_that_cannot_be_drawn_ends_and_what_is_behind_it_passes(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        async with play.bot.services.store.write() as tx:
            await tx.post(Message(place=Place.CHANNEL, address="C0DATABASE", kind="digest"))
        await play.types("/rds reboot orders-test")
        await play.told()

        assert cards(stage)
        assert (await play.request()).status is Status.PENDING


def _person(stage: Stage, who: str) -> PersonId:
    return PersonId(team=stage.slack.workspace.team_id, user=stage.slack.member(who).id)
