"""The database or the network breaks under the running bot."""

import asyncio
import select
import socket
import socketserver
import struct
import threading
from typing import Any
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]
import pytest

from bot.values import Status
from tests.conftest import CONFIG
from tests.stories.stage import FREE, Stage

THE_BOTS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def cut_connections(url: str) -> None:
    """PostgreSQL ends every connection that the bot has, as it does when it is restarted; until the
    bot has noticed."""
    admin = await asyncpg.connect(url.replace("+asyncpg", ""))
    cut = {row["pid"] for row in await admin.fetch(f"SELECT pid {THE_BOTS}")}
    await admin.execute(f"SELECT pg_terminate_backend(pid) {THE_BOTS}")
    async with asyncio.timeout(20):
        while True:
            now = {row["pid"] for row in await admin.fetch(f"SELECT pid {THE_BOTS}")}
            if now - cut:
                break
            await asyncio.sleep(0.01)
    await admin.close()


async def test_a_postgresql_that_restarts_is_worked_with_again(shared_stage: Stage) -> None:
    stage = shared_stage
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await stage.slack.member("dora").sees(lambda it: it.actions)
        for _ in range(3):
            await cut_connections(stage.home.database_url)

        for _ in range(12):  # as somebody clicks again who is told that it went wrong
            await play.clicks("dora", asked, "request.approve")
            if (await play.request()).status is not Status.PENDING:
                break
        await play.later(120, steps=6)

        assert (await play.request()).status is Status.SUCCEEDED
        await stage.slack.member("ana").sees(lambda it: "succeeded" in it.text and not it.thread_ts)
    assert len(stage.aws.calls("rds:RebootDBInstance")) == 1


class Breaking(socketserver.ThreadingTCPServer):
    """Between the bot and AWS: a call that holds ``word`` is answered by a reset connection."""

    word = b"\0never"

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.there = urlsplit(url)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def shutdown_request(self, request: Any) -> None:
        """No farewell: a FIN before the RST would make it an ordinary end."""
        self.close_request(request)


class Passing(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Breaking)
        place, heard = self.server.there, bytearray()
        with socket.create_connection((place.hostname, place.port)) as there:
            while True:
                ready, _, _ = select.select([self.request, there], [], [])
                data = ready[0].recv(1 << 16)
                if not data:
                    return
                if ready[0] is self.request:
                    heard += data
                    there.sendall(data)
                elif self.server.word in heard:
                    at_once = struct.pack("ii", 1, 0)
                    self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                    return
                else:
                    self.request.sendall(data)


async def test_a_connection_that_is_reset_after_the_send_does_not_mean_that_nothing_was_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Breaking(stage.aws.url) as breaking:
        monkeypatch.setenv("AWS_ENDPOINT_URL", breaking.url)
        async with stage.bot(FREE) as play:
            breaking.word = b"RebootDBInstance"
            await play.types("/rds reboot orders-test")
            assert (await play.actions())[-1] == "step.answer_lost"

            await play.later(600, steps=10)

            assert (await play.request()).status is Status.SUCCEEDED
        breaking.shutdown()
    assert len(stage.aws.calls("rds:RebootDBInstance")) == 1
