"""The picture is where one asked: one message, posted once and changed in place."""

import pytest

from bot.bootstrap import Bot
from bot.sandbox.slack import Member, SeenMessage, SlackSandbox
from tests.conftest import StartBot
from tests.stories.asking import (
    audited,
    configured,
    everything_is_told,
    flat,
    pictures,
    presses,
    told,
    told_on_click,
)

DBAS = {"groups": ["S0DBA"]}
LINE = "metrics orders-test cpu --range 1h"
ASKED = [LINE, "top orders-test", "connections orders-test", "compare orders-test orders-staging"]


async def shows(
    member: Member, *, is_direct: bool, other_than: tuple[str, ...] = ()
) -> SeenMessage:
    """The message with a picture that is none of those."""
    return await member.sees(
        lambda it: it.channel.is_im is is_direct and not set(pictures(it)) <= set(other_than),
        within=30,
    )


async def written(member: Member, text: str, channel: str | None = None) -> SeenMessage:
    await member.says(text, channel)
    return next(it for it in reversed(member.messages()) if it.author.id == member.id)


def of_the_bot(member: Member, seen: SeenMessage) -> list[SeenMessage]:
    """All that it says in that conversation, in threads as well."""
    return [it for it in member.messages() if it.channel == seen.channel and it.author.is_bot]


@pytest.mark.parametrize("line", ASKED)
@pytest.mark.parametrize("how", ["writes", "types"])
async def test_in_the_direct_messages_one_message_says_and_shows_it(
    bot: Bot, slack: SlackSandbox, line: str, how: str
) -> None:
    ana = slack.member("ana")
    if how == "writes":
        await ana.says(line)
    else:
        await ana.types(f"/rds {line}", None)
    seen = await shows(ana, is_direct=True)
    await everything_is_told(bot)

    assert [it.ts for it in of_the_bot(ana, seen)] == [seen.ts]
    assert seen.thread_ts is None
    assert not seen.files
    assert "Drawing" not in seen.words


async def test_what_is_written_in_a_thread_of_the_direct_messages_is_answered_there(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    root = await written(ana, "help")
    await everything_is_told(bot)

    await ana.says(LINE, thread_ts=root.ts)
    seen = await shows(ana, is_direct=True)

    assert seen.thread_ts == root.ts


@pytest.mark.parametrize("line", ASKED)
@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_mention_is_answered_with_the_picture_in_its_thread(
    bot: Bot, slack: SlackSandbox, line: str, in_thread: bool
) -> None:
    ana = slack.member("ana")
    root = await written(ana, "orders-test is slow", "databases")
    await ana.mentions(line, "databases", root.ts if in_thread else None)
    asked = next(it for it in reversed(ana.messages()) if not it.author.is_bot)

    seen = await shows(ana, is_direct=False)
    await everything_is_told(bot)

    assert seen.thread_ts == (root.ts if in_thread else asked.ts)
    assert [it.ts for it in of_the_bot(ana, seen)] == [seen.ts]
    assert not ana.direct_messages()
    assert slack.member("ben").messages()[-1].ts == seen.ts


async def test_where_not_all_may_look_at_everything_a_mention_is_answered_privately(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    everybody = {"users": [slack.member("ana").id, slack.member("ben").id]}
    async with start_bot(configured(access={"approvers": DBAS, "viewers": everybody})):
        ana = slack.member("ana")
        await ana.mentions(LINE, "databases")
        seen = await shows(ana, is_direct=True)

        assert [it.ephemeral for it in of_the_bot(ana, seen)] == [False]
        assert all(
            it.ephemeral for it in ana.messages() if it.author.is_bot and not it.channel.is_im
        )


async def test_a_private_answer_leads_to_the_picture_and_changes_with_it(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    words = await told(ana, f"/rds {LINE}")
    seen = await shows(ana, is_direct=True)

    [link] = [it.element["url"] for it in words.actions if it.action_id == "picture.open"]
    assert link.endswith(f"/archives/{seen.channel.id}/p{seen.ts.replace('.', '')}")
    assert "follows in our direct messages" not in flat(words)

    before = tuple(pictures(seen))
    await presses(ana, words, "picture.7d")
    after = await shows(ana, is_direct=True, other_than=before)
    again = await ana.sees(lambda it: it.ts == words.ts and "last 7 days" in flat(it).lower())
    await everything_is_told(bot)

    assert after.ts == seen.ts
    assert [it.element["url"] for it in again.actions if it.action_id == "picture.open"] == [link]
    assert len(ana.direct_messages()) == 1
    assert len([it for it in ana.messages() if it.ephemeral]) == 1


async def test_a_private_answer_is_shared_with_its_channel_by_a_click_that_says_so(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana, ben = slack.member("ana"), slack.member("ben")
    words = await told(ana, f"/rds {LINE}")
    await shows(ana, is_direct=True)

    [share] = [it for it in words.actions if it.action_id == "picture.share"]
    said = await told_on_click(ana, words, "picture.share")
    seen = await shows(ben, is_direct=False)

    assert share.label == "Share in #databases"
    assert "Everybody in #databases" in share.element["confirm"]["text"]["text"]
    assert "Shared in #databases" in flat(said)
    assert (seen.channel.name, seen.thread_ts) == ("databases", None)
    [row] = await audited(bot, action="picture.shared")
    assert (row.event.facts["address"], row.event.actor) == (
        seen.channel.id,
        f"{ana.person.team_id}:{ana.id}",
    )
