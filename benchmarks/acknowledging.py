"""From an envelope's departure to the arrival of its acknowledgement, over a real WebSocket.

All apps are sent the same envelopes by the same generator. They take turns, one envelope or one
burst each, and whoever has answered comes to rest before the next one's turn: what the bot does
with a command once it has acknowledged it slows nobody's acknowledgement, its own included, but
for those that are on their way in the same burst.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import contestants, empty, records
from benchmarks.contestants import Contestant
from benchmarks.figures import Figure, middle_round
from bot.operations.reboot_instance import RebootInstance
from bot.sandbox.aws import DEMO_FLEET, AWSSandbox
from bot.sandbox.slack import Hang
from bot.values import wall_clock
from storage.store import Store

BOT = "bot"
WARM_UP, SINGLES, BURSTS, CROWD = 20, 150, 15, 50
IN_A_ROUND = 10
#: Rounds with everything well and rounds with AWS and Slack's Web API hanging, in turn.
WEATHERS, IN_EACH = 9, 8
HANGS = 0.7  #: seconds that a call hangs

Times = dict[str, list[float]]
Send = Callable[[Contestant], Awaitable[float]]
KINDS: Mapping[str, Send] = {"command": Contestant.command, "click": Contestant.click}
#: Commands that need AWS, Slack and only the database, and a click that needs Slack.
NEEDY: tuple[Send, ...] = (
    lambda app: app.command("/rds show orders-dev"),
    lambda app: app.command("/rds whoami"),
    lambda app: app.command("/rds requests"),
    Contestant.click,
)


async def measure() -> list[Figure]:
    with TemporaryDirectory() as folder, AWSSandbox() as aws:
        aws.seed(DEMO_FLEET)
        async with _apps(Path(folder), aws) as apps:
            figures = []
            for kind, send in KINDS.items():
                figures += _figures(
                    f"{kind}, one at a time", await _singles(apps, send), IN_A_ROUND
                )
                figures += _figures(f"{kind}, {CROWD} at a time", await _bursts(apps, send), CROWD)
            return [*figures, await _hanging(apps[BOT], aws)]


@asynccontextmanager
async def _apps(folder: Path, aws: AWSSandbox) -> AsyncIterator[Mapping[str, Contestant]]:
    apps: dict[str, Contestant] = {}
    number = await _ended_request(folder)
    async with AsyncExitStack() as stack:
        for name in (BOT, empty.DEFAULT, empty.COMMIT, empty.THREAD, empty.FLOOR):
            slack = await stack.enter_async_context(contestants.workspace())
            environ = contestants.environment(folder, slack, aws)
            file = str(folder / f"{name}.sqlite")
            tokens = (slack.url, slack.bot_token, slack.app_token)
            words = ("bot", "run") if name == BOT else ("benchmarks.empty", name, *tokens, file)
            started = contestants.running(slack, words, environ, str(number))
            apps[name] = await stack.enter_async_context(started)
        yield apps


async def _ended_request(folder: Path) -> int:
    """The number of a cancelled request: a click on it is judged, refused and audited."""
    store = await Store.open(f"sqlite:///{folder}/bot.db", wall_clock)
    try:
        order = records.order(
            await store.requests.next_id(), records.target("orders-test"), wall_clock()
        )
        change = RebootInstance(target="orders-test")
        step = records.step(change, order, records.reboot_plan("orders-test"))
        request = records.request(order, step)
        await records.file(store, [request])
        await records.cancel(store, request)
        return request.id
    finally:
        await store.close()


async def _singles(apps: Mapping[str, Contestant], send: Send) -> Times:
    times: Times = defaultdict(list)
    for turn in range(WARM_UP + SINGLES):
        for name, app in _in_turn(apps, turn):
            replied = app.replied
            seconds = await send(app)
            await app.rest(replied + 1)
            if turn >= WARM_UP:
                times[name].append(seconds)
    return times


async def _bursts(apps: Mapping[str, Contestant], send: Send) -> Times:
    times: Times = defaultdict(list)
    for turn in range(1 + BURSTS):
        for name, app in _in_turn(apps, turn):
            replied = app.replied
            seconds = await asyncio.gather(*(send(app) for _ in range(CROWD)))
            await app.rest(replied + CROWD)
            if turn >= 1:
                times[name] += seconds
    return times


def _in_turn(apps: Mapping[str, Contestant], turn: int) -> list[tuple[str, Contestant]]:
    """Another one begins each time, so that nobody always follows the same one."""
    order, first = list(apps.items()), turn % len(apps)
    return order[first:] + order[:first]


def _figures(what: str, times: Times, size: int) -> list[Figure]:
    def figure(other: str, against: str, limit: float | None, *, is_strict: bool) -> Figure:
        value, baseline = middle_round(times[BOT], times[other], size)
        return Figure(f"ack of a {what}", value, "ms", baseline, against, limit, is_strict)

    commit = "empty Bolt, before response, one commit"
    return [
        figure(empty.DEFAULT, "empty Bolt, default", 1.0, is_strict=True),
        figure(empty.COMMIT, commit, 1.5, is_strict=False),
        figure(empty.THREAD, f"{commit} in a thread", None, is_strict=False),
        figure(empty.FLOOR, "no Bolt: generator and socket alone", None, is_strict=False),
    ]


async def _hanging(app: Contestant, aws: AWSSandbox) -> Figure:
    """No chart is among what hangs: the bot draws none yet."""
    well: list[float] = []
    hanging: list[float] = []
    for _ in range(WEATHERS):
        well += await _weather(app)
        aws.fault("*", "timeout", times=None, delay=HANGS)
        app.slack.faults.add("*", Hang(HANGS), times=None)
        hanging += await _weather(app)
        aws.mend_all()
        app.slack.faults.clear()
        await asyncio.sleep(3 * HANGS)
    name = "ack while AWS and Slack's Web API hang"
    value, baseline = middle_round(hanging, well, IN_EACH * len(NEEDY))
    return Figure(name, value, "ms", baseline, "the same with both well", 1.5)


async def _weather(app: Contestant) -> list[float]:
    seconds = []
    for _ in range(IN_EACH):
        for send in NEEDY:
            seconds.append(await send(app))
            await asyncio.sleep(2 * contestants.REST)
    return seconds
