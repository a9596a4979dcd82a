"""What the bot is compared with, each in a process of its own: Bolt apps that only acknowledge.

``python -m benchmarks.empty NAME URL BOT_TOKEN APP_TOKEN FILE``
"""

import asyncio
import json
import re
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

#: Bolt as it comes, an empty listener for commands and one for clicks.
DEFAULT = "default"
#: With ``process_before_response`` and one durable commit, straight in the listener.
COMMIT = "commit"
#: The same, with the commit in a thread, so that nobody else waits for the disk.
THREAD = "thread"
#: Slack's own client without Bolt: what the load generator and the WebSocket cost by themselves.
FLOOR = "floor"

INSERT = "INSERT INTO inbox VALUES (?, ?, ?)"
Keep = Callable[[dict[str, Any]], Awaitable[None]]


async def nothing(_body: dict[str, Any]) -> None:
    """Keeps nothing."""


def committing(file: str) -> Callable[[dict[str, Any]], None]:
    """One bare durable commit: an INSERT in autocommit, WAL, synchronous=FULL."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE inbox (key INTEGER PRIMARY KEY, payload TEXT, at INTEGER)")
    keys = count()

    def keep(body: dict[str, Any]) -> None:
        connection.execute(INSERT, (next(keys), json.dumps(body), time.time_ns()))

    return keep


def keeper(name: str, file: str) -> Keep:
    if name == DEFAULT:
        return nothing
    keep, thread = committing(file), ThreadPoolExecutor(1)

    async def straight(body: dict[str, Any]) -> None:
        keep(body)

    async def hop(body: dict[str, Any]) -> None:
        await asyncio.get_running_loop().run_in_executor(thread, keep, body)

    return hop if name == THREAD else straight


async def bolt(name: str, client: AsyncWebClient, app_token: str, file: str) -> None:
    app = AsyncApp(client=client, process_before_response=name != DEFAULT)
    keep = keeper(name, file)

    @app.command("/rds")
    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await keep(body)
        await ack()

    @app.action(re.compile(".*"))
    async def click(ack: AsyncAck, body: dict[str, Any]) -> None:
        await keep(body)
        await ack()

    await AsyncSocketModeHandler(app, app_token).connect_async()  # type: ignore[no-untyped-call]


async def floor(client: AsyncWebClient, app_token: str) -> None:
    async def answer(socket: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await socket.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    socket = SocketModeClient(app_token, web_client=client)
    socket.socket_mode_request_listeners.append(answer)
    await socket.connect()  # type: ignore[no-untyped-call]


async def main(name: str, url: str, bot_token: str, app_token: str, file: str) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(bot_token, base_url=url, session=session)
        if name == FLOOR:
            await floor(client, app_token)
        else:
            await bolt(name, client, app_token, file)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
