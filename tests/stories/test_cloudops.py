"""What a rule forbids: the answer in the policy's words, a request to hand on, and its answer."""

import asyncio
import re

import pytest

from bot.bootstrap import Bot
from bot.errors import NotAllowedError
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import Delivery, Refused, SeenMessage, ServerError, SlackSandbox
from bot.values import CloudOpsState, PersonId
from tests.conftest import StartBot
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import (
    audited,
    changes,
    configured,
    everything_is_told,
    filed,
    flat,
    presses,
    told,
    told_on_click,
)
from tests.stories.stage import FREE, Play, Stage

DENIED = "Operations not allowed on production instances. Please create a CloudOps request."
CREATE = "cloudops.create"


@pytest.mark.parametrize("line", ["reboot", "snapshot", "backup-window", "reboot --failover"])
async def test_production_is_denied_in_the_policys_words(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, line: str
) -> None:
    verb, _, flag = line.partition(" ")
    window = " 07:00-08:00" if verb == "backup-window" else ""

    said = await told(slack.member("ana"), f"/rds {verb} orders-prod{window} {flag}")

    assert DENIED in flat(said)
    assert "tag Environment=production" in flat(said)
    assert (await filed(bot), changes(aws)) == ((), [])
    assert [row.event.result for row in await audited(bot)] == ["denied"]


async def test_a_database_that_no_rule_knows_counts_as_production_and_says_so(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = await told(slack.member("ana"), "/rds snapshot warehouse")

    assert DENIED in flat(said)
    assert "default, because no tag, name or account says what it is" in flat(said)


async def test_a_denial_speaks_before_the_databases_state_does(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = await told(slack.member("ana"), "/rds reboot warehouse --failover")

    assert DENIED in flat(said)
    assert "Single-AZ" not in flat(said)


async def test_the_button_posts_a_request_that_is_ready_to_be_carried_out(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    line = "/rds reboot orders-prod --failover --reason 'the standby is *newer*'"

    await told_on_click(ana, await told(ana, line), CREATE)

    posted = await slack.member("pat").sees(_in_cloudops)
    for word in (
        "@ana asks: reboot orders-prod: ", "orders-prod@main/us-east-1",
        "the standby is *newer*", "/rds reboot orders-prod --failover",
        ", production", "Open. Anybody here can answer.",
    ):  # fmt: skip
        assert word in flat(posted), word
    details = await slack.member("pat").sees(lambda it: it.thread_ts == posted.ts)
    for word in (
        "rds:RebootDBInstance", "ForceFailover = true",
        "aws rds reboot-db-instance --region us-east-1 --db-instance-identifier orders-prod",
        "by tag Environment=production", "by rule 1 of 2: environment is production",
    ):  # fmt: skip
        assert word in flat(details), word
    assert_message({"text": posted.text, "blocks": list(posted.blocks)})


async def test_two_clicks_post_once(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    denial = await told(ana, "/rds reboot orders-prod")

    await told_on_click(ana, denial, CREATE)
    await everything_is_told(bot)
    await told_on_click(ana, denial, CREATE)
    await everything_is_told(bot)

    assert len([it for it in ana.messages() if _in_cloudops(it)]) == 1


async def test_where_no_channel_is_set_the_request_is_shown_to_who_asked(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    async with start_bot(configured(channels=None)):
        ana = slack.member("ana")

        shown = await told_on_click(ana, await told(ana, "/rds snapshot orders-prod"), CREATE)

        assert "rds:CreateDBSnapshot" in flat(shown)
        assert not [it for it in ana.messages() if _in_cloudops(it)]


async def test_every_denial_can_be_handed_on(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")

    for _ in range(2):
        await told_on_click(ana, await told(ana, "/rds reboot orders-prod"), CREATE)
        await everything_is_told(bot)

    assert len([it for it in ana.messages() if _in_cloudops(it)]) == 2
    assert len(await audited(bot, action="cloudops.asked")) == 2


async def test_a_denial_of_somebody_else_cannot_be_handed_on(bot: Bot, slack: SlackSandbox) -> None:
    ana, ben = slack.member("ana"), slack.member("ben")
    await told(ana, "/rds reboot orders-prod")
    of_ben = await told(ben, "/rds reboot orders-prod")
    forged = _pointing_to(of_ben, seq=1)

    said = await told_on_click(ben, forged, CREATE)

    assert "Only who was denied can hand that on" in flat(said)
    assert not [it for it in ben.messages() if _in_cloudops(it)]


def _in_cloudops(seen: SeenMessage) -> bool:
    return seen.channel.name == "cloudops" and "CloudOps request" in seen.text


def _pointing_to(denial: SeenMessage, seq: int) -> SeenMessage:
    """The same message with another denial behind its button, as a forger would send it."""
    [button] = [
        one for block in denial.blocks for one in block.get("elements", ()) if "value" in one
    ]
    button["value"] = str(seq)
    return denial


GROUP = FREE.replace("access:", "access:\n  cloudops: {groups: [S0PLAT0001]}")
LINE = "/rds reboot orders-prod --reason 'a drill'"
TAKE, DONE, DECLINE, WITHDRAW = (f"cloudops.{it}" for it in ("take", "done", "decline", "withdraw"))


async def test_a_request_is_taken_and_done_and_who_asked_hears_of_each_step(
    any_stage: Stage,
) -> None:
    slack, ana, ben, pat = any_stage.slack, *map(any_stage.slack.member, ("ana", "ben", "pat"))
    async with any_stage.bot(FREE) as play:
        receipt = await _handed_on(any_stage, play)
        message = await _message(slack)
        slack.faults.add("chat.update", ServerError(), times=1)
        await play.clicks("pat", message, TAKE)
        await slack.redeliver(_last_click(slack), same_envelope=False)
        refused = await told_on_click(ben, message, TAKE)  # its message says nothing of it yet
        await play.later(10)
        taken = await pat.sees("Taken by @pat")
        assert {it.action_id for it in taken.actions} == {DONE, DECLINE, "menu.More"}
        await play.clicks("ben", taken, DONE)
        done = await pat.sees("Done by @ben")
        trail = await told(slack.member("dora"), "/rds audit")
        await play.told()

        assert "Sent to #cloudops: view the request (https:" in receipt.words
        assert re.search(r"@pat took this .*; you can still mark it done\.", flat(refused))
        assert ("Taken by @pat" in flat(done), done.actions) == (True, ())
        for said in ("@pat took your CloudOps request", "@ben marked your CloudOps request done"):
            [direct] = [it for it in ana.messages() if said in flat(it)]
            assert direct.channel.is_im
            assert re.search(r"reboot orders-prod\. View the request\s\(https:", direct.words)
        for said in ("@pat took a CloudOps request, reboot orders-prod, for @ana",
                     "@ben was refused: a CloudOps request, reboot orders-prod, for @ana → came "
                     "too late",
                     "@ben marked a CloudOps request as done"):  # fmt: skip
            assert said in flat(trail)
        assert await _steps(play) == [
            ("done", "done"), ("refused", "closed"), ("taken", "taken"), ("asked", "posted"),
        ]  # fmt: skip


async def test_it_is_declined_with_a_reason_and_after_that_nothing_counts(stage: Stage) -> None:
    slack, ana, pat, ben = stage.slack, *map(stage.slack.member, ("ana", "pat", "ben"))
    async with stage.bot(FREE) as play:
        await _handed_on(stage, play)
        message = await _message(slack)
        await pat.clicks(message, DECLINE)
        form = await pat.sees_modal("Decline")
        empty = await pat.submits(form, {"reason": "  "})
        assert list(empty.errors) == ["reason"]
        await ben.clicks(message, DECLINE)
        late = await ben.sees_modal("Decline")
        assert (await pat.submits(form, {"reason": "not *before* Monday"})).accepted
        declined = await pat.sees("Declined by @pat")
        assert (await ben.submits(late, {"reason": "no"})).accepted
        refused = await ben.sees(lambda it: it.ephemeral and "declined this" in it.words)
        told_ana = await ana.sees("@pat declined your CloudOps request: reboot orders-prod.")
        trail = await told(slack.member("dora"), "/rds audit")

        for one in (declined, told_ana, trail):
            assert "not *before* Monday" in flat(one)
        assert "Nothing is left to do." in flat(refused)
        assert await _steps(play) == [
            ("refused", "closed"), ("declined", "declined"), ("asked", "posted"),
        ]  # fmt: skip


async def test_only_the_group_answers_and_only_who_asked_withdraws(stage: Stage) -> None:
    async with stage.bot(GROUP) as play:
        await _handed_on(stage, play)
        message = await _message(stage.slack)
        said = [
            await _refused(stage, play, message, *step)
            for step in (("ben", DONE), ("ben", DECLINE), ("ana", TAKE), ("pat", WITHDRAW))
        ]
        await play.clicks("pat", message, TAKE)
        await play.clicks("ana", message, WITHDRAW)
        ended = await stage.slack.member("pat").sees("Withdrawn by @ana")
        direct = await stage.slack.member("pat").sees("@ana withdrew the CloudOps request")

        assert "Can answer: @platform-admins." in flat(message)
        assert said[0] == said[1] == "Only CloudOps can answer this. These can: @pat."
        assert "You asked for this yourself" in said[2]
        assert "Only who asked can withdraw this" in said[3]
        assert not ended.actions
        assert direct.channel.is_im
        results = [result for step, result in await _steps(play) if step == "refused"]
        assert results == ["refused", "self", "not_cloudops", "not_cloudops"]


async def test_without_a_group_who_is_not_in_the_channel_now_is_refused(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await _handed_on(stage, play)
        await _message(stage.slack)
        stage.slack.workspace.leave_channel("cloudops", "ben")
        ben = PersonId(
            team=stage.slack.workspace.team_id, user=stage.slack.workspace.person("ben").id
        )

        with pytest.raises(NotAllowedError, match="Only full members who are in this channel"):
            # not by a click, as the sandbox shows the message to nobody who has left
            await play.bot.services.cloudops.answer(1, CloudOpsState.DONE, ben, stage.now())
        assert await _steps(play) == [("refused", "not_cloudops"), ("asked", "posted")]


async def test_while_slack_does_not_say_who_may_nothing_counts(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await _handed_on(stage, play)
        message = await _message(stage.slack)
        stage.slack.faults.add("conversations.members", Refused("internal_error"), times=None)
        said = await _refused(stage, play, message, "pat", DONE)

        assert "so nothing was decided. Try again in a minute." in said
        assert await _steps(play) == [("asked", "posted")]


async def test_of_two_at_the_same_moment_at_two_replicas_one_takes_it(shared_stage: Stage) -> None:
    stage = shared_stage
    async with stage.bot(FREE) as play, stage.bot(FREE) as other:
        await stage.slack.until(lambda: stage.slack.connections == 2)
        await _handed_on(stage, play)
        message = await _message(stage.slack)
        people = ("ben", "dora", "emil", "pat")
        await asyncio.gather(*(presses(stage.slack.member(it), message, TAKE) for it in people))
        await asyncio.gather(play.quiet(), other.quiet())

        steps = await _steps(play)
        assert sorted(steps[:-1]) == [*[("refused", "closed")] * 3, ("taken", "taken")]


async def _handed_on(stage: Stage, play: Play) -> SeenMessage:
    """Denied and handed on, by Ana; the receipt."""
    ana = stage.slack.member("ana")
    receipt = await told_on_click(ana, await told(ana, LINE), CREATE)
    await play.told()
    return receipt


async def _message(slack: SlackSandbox) -> SeenMessage:
    return await slack.member("pat").sees(_in_cloudops)


async def _refused(stage: Stage, play: Play, message: SeenMessage, who: str, action: str) -> str:
    return flat(await told_on_click(stage.slack.member(who), message, action))


async def _steps(play: Play) -> list[tuple[str, str]]:
    """What was done, and what came of it, newest first."""
    rows = await play.bot.services.store.audit.rows(action="cloudops.")
    return [(row.event.action.partition(".")[2], row.event.result) for row in rows]


def _last_click(slack: SlackSandbox) -> Delivery:
    return [it for it in slack.deliveries if it.kind == "interactive"][-1]
