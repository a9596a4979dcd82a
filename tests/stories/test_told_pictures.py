"""What the bot says of its own accord: the words once, for sure; their picture when it is drawn."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.bootstrap import Bot
from bot.sandbox.slack import Lost, Refused, SeenMessage, SlackSandbox
from bot.values import (
    SECOND,
    Answer,
    Chart,
    Curve,
    Message,
    Panel,
    Place,
    Series,
    Window,
    paragraph,
)
from tests.stories.asking import everything_is_told

WINDOW = Window.ending(1_800_000_000 * SECOND, 3_600, 60)
CPU = Series(
    metric="CPUUtilization",
    unit="%",
    points=tuple((WINDOW.since + n * 60 * SECOND, 20.0 + n % 7) for n in range(60)),
)
CHART = Chart(
    title="orders-test: calm",
    about="The last hour",
    window=WINDOW,
    panels=(Panel(title="CPU", unit="%", curves=(Curve(series=CPU),)),),
)
CHANNEL = "C0DATABASE"
ANSWER = Answer(title="A look back", parts=(paragraph("CPU as before."),), chart=CHART)


async def tell(bot: Bot, message: Message) -> None:
    async with bot.services.store.write() as tx:
        await tx.post(message)
    await everything_is_told(bot)


async def shown(slack: SlackSandbox, claim: Callable[[SeenMessage], bool]) -> SeenMessage:
    """The words with their picture."""
    return await slack.member("ana").sees(lambda it: bool(images(it)) and claim(it), within=30)


def images(seen: SeenMessage) -> list[Any]:
    return [it for it in seen.blocks if it["type"] == "image"]


async def test_the_words_come_once_and_the_same_message_shows_the_picture(
    bot: Bot, slack: SlackSandbox
) -> None:
    app = slack.workspace.app
    slack.workspace.app = replace(app, scopes=(*app.scopes, "channels:history"))
    slack.faults.add("chat.postMessage", Lost())
    await tell(bot, Message.pictured(Place.CHANNEL, CHANNEL, ANSWER, key="look:1"))
    first = await shown(slack, lambda it: it.thread_ts is None)
    slack.faults.add("chat.postMessage", Lost())
    await tell(bot, Message.pictured(Place.CHANNEL, CHANNEL, ANSWER, key="look:2", thread=first.ts))
    await shown(slack, lambda it: it.thread_ts == first.ts)

    said = [it for it in slack.member("ana").messages() if it.author.is_bot]

    assert [(it.thread_ts, len(images(it)), it.files) for it in said] == [
        (None, 1, ()), (first.ts, 1, ()),
    ]  # fmt: skip


async def test_where_the_picture_cannot_be_shown_the_words_stand_with_the_reason(
    bot: Bot, slack: SlackSandbox
) -> None:
    slack.faults.add("files.completeUploadExternal", Refused("not_in_channel"))

    await tell(bot, Message.pictured(Place.PERSON, slack.member("ana").person.id, ANSWER))
    seen = await slack.member("ana").sees("Slack did not take the chart (not_in_channel)")

    assert seen.channel.is_im
    assert "CPU as before." in seen.words
