"""Two hundred cards out of the outbox, against as many bare calls of chat.postMessage."""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks import inside, records
from benchmarks.figures import Figure
from bot.bootstrap import Bot
from bot.operations.reboot_instance import RebootInstance
from bot.sandbox.aws import DEMO_FLEET, AWSSandbox
from bot.sandbox.slack import SlackSandbox
from bot.values import Request, wall_clock
from handlers.blocks.card import Standing, card

CARDS, ROUNDS = 100, 2
#: Slack's own pace, a message a second and channel, is left out on both sides.
NO_PAUSE = 1e-6


async def measure() -> list[Figure]:
    drained, posted = [], []
    with TemporaryDirectory() as folder, AWSSandbox() as aws:
        aws.seed(DEMO_FLEET)
        async with inside.connected_bot(Path(folder), aws, pause=NO_PAUSE) as (bot, slack):
            for turn in range(ROUNDS):
                requests = [await _request(bot, turn, number) for number in range(CARDS)]
                posted.append(await _post(slack, requests))
                drained.append(await _drain(bot, slack, requests))
    many = CARDS * ROUNDS
    name, bare = f"{many} cards told, each", "chat.postMessage alone"
    value, baseline = (median(one) / CARDS * 1000 for one in (drained, posted))
    return [Figure(name, value, "ms", baseline, bare, 12.0)]


async def _request(bot: Bot, turn: int, number: int) -> Request:
    name = f"db-{turn}-{number:03}"
    id_ = await bot.services.store.requests.next_id()
    order = records.order(id_, records.target(name), wall_clock())
    step = records.step(RebootInstance(target=name), order, records.reboot_plan(name))
    return records.request(order, step)


async def _post(slack: SlackSandbox, requests: list[Request]) -> float:
    """Seconds to post the same cards one after another, as one channel's outbox does."""
    drawn = [dict(card(request, Standing(who=("dora",)))) for request in requests]
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
        begun = time.perf_counter()
        for one in drawn:
            await client.chat_postMessage(channel=records.CHANNEL, **one)
        return time.perf_counter() - begun


async def _drain(bot: Bot, slack: SlackSandbox, requests: list[Request]) -> float:
    """Seconds from the cards' commit until Slack has the last one."""
    await records.file(bot.services.store, requests)
    before = len(slack.called("chat.postMessage"))
    begun = time.perf_counter()
    async with bot.services.store.write() as tx:
        for request in requests:
            await tx.post(request.card_message())
    enough = before + len(requests)
    await slack.until(lambda: len(slack.called("chat.postMessage")) >= enough, 60, "every card")
    return time.perf_counter() - begun
