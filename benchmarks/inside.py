"""A whole bot in this process, connected to a workspace and an AWS; whoever holds it ticks."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.contestants import environment, workspace
from bot.bootstrap import Bot, Clock, running
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from bot.settings import load
from bot.values import wall_clock


@asynccontextmanager
async def connected_bot(
    folder: Path, aws: AWSSandbox, *, clock: Clock = wall_clock, pause: float = 0.01
) -> AsyncIterator[tuple[Bot, SlackSandbox]]:
    """``pause``: seconds between two messages in one channel."""
    async with AsyncExitStack() as stack:
        # botocore reads them itself, whenever it opens a client
        stack.enter_context(patch.dict(os.environ, aws.environment))
        slack = await stack.enter_async_context(workspace())
        settings = load(environment(folder, slack, aws))
        started = running(settings, clock, pause=pause, ticking=False)
        bot = await stack.enter_async_context(started)
        await slack.connected()
        yield bot, slack
