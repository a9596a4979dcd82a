"""The three pages, without Slack and AWS: what they say and what they depend on."""

import socket
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.errors import SettingsError, StorageError
from bot.health.audit import PAGES, AuditCheck
from bot.health.metrics import Pulse, Telemetry, Ticks
from bot.health.pages import Vitals, served
from bot.values import AuditEvent, Trail
from storage.store import Store
from tests.storage.raw import tamper


class Held:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    database = await Store.open(database_url, lambda: 1)
    yield database
    await database.close()


@pytest.fixture
def clock() -> Held:
    return Held()


@pytest.fixture
def vitals(store: Store, clock: Held) -> Vitals:
    return Vitals(store, Telemetry(), Pulse(clock), lambda: True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def get(vitals: Vitals, page: str) -> tuple[int, str]:
    port = free_port()
    async with (
        served(vitals, ("127.0.0.1", port)),
        aiohttp.request("GET", f"http://127.0.0.1:{port}{page}") as reply,
    ):
        return reply.status, await reply.text()


async def test_a_bot_whose_loop_turns_is_alive(vitals: Vitals, clock: Held) -> None:
    clock.now += Pulse.EVERY + 4.9

    assert await get(vitals, "/healthz") == (200, "alive\n")


async def test_a_bot_whose_loop_is_late_by_five_seconds_is_not(vitals: Vitals, clock: Held) -> None:
    clock.now += Pulse.EVERY + 5

    assert await get(vitals, "/healthz") == (503, "stuck: the event loop is 5.0 s late\n")


async def test_neither_slack_nor_the_database_is_a_reason_to_restart(
    store: Store, clock: Held
) -> None:
    await store.close()
    vitals = Vitals(store, Telemetry(), Pulse(clock), lambda: False)

    assert (await get(vitals, "/healthz"))[0] == 200
    assert await get(vitals, "/readyz") == (
        503, "Slack: not connected\ndatabase: cannot be read\n",
    )  # fmt: skip


async def test_with_slack_and_the_database_it_is_ready(vitals: Vitals) -> None:
    assert await get(vitals, "/readyz") == (200, "ready\n")


async def test_a_tick_that_hangs_is_named(store: Store, clock: Held) -> None:
    vitals = Vitals(store, Telemetry(ticks=Ticks(clock)), Pulse(clock), lambda: True)
    vitals.telemetry.ticks.begun("follow", 30)
    assert await vitals.lacking() == ()

    clock.now += 400

    assert await get(vitals, "/readyz") == (503, "ticks: follow does not end well\n")


async def test_there_is_no_other_page(vitals: Vitals) -> None:
    assert (await get(vitals, "/"))[0] == 404


async def test_without_the_database_its_own_counts_are_still_there(
    vitals: Vitals, store: Store
) -> None:
    vitals.telemetry.aws_answered("rds", "DescribeDBInstances", "ok")
    await store.close()

    status, text = await get(vitals, "/metrics")

    assert status == 200
    assert "rds_bot_database_up 0.0" in text
    assert (
        'rds_bot_aws_calls_total{action="DescribeDBInstances",client="rds",result="ok"} 1.0' in text
    )
    assert "rds_bot_requests_total" not in text


async def test_writes_that_fail_are_counted(vitals: Vitals, store: Store) -> None:
    await store.close()

    with pytest.raises(StorageError):
        async with store.write():
            pass

    assert "rds_bot_audit_write_failures_total 1.0" in (await get(vitals, "/metrics"))[1]


async def test_a_trail_that_adds_up_is_told_from_one_that_was_tampered_with(
    vitals: Vitals, store: Store, tmp_path: Path
) -> None:
    verifying = AuditCheck(store.audit.walk, vitals.telemetry.audit_verified, lambda: 1)
    unknown = (await get(vitals, "/metrics"))[1]

    async with store.write() as tx:
        await tx.audit(AuditEvent(action="test", actor="bot", result="done"))
    await verifying.tick()
    intact = (await get(vitals, "/metrics"))[1]
    await tamper(f"sqlite:///{tmp_path}/bot.db", "UPDATE audit SET actor = 'nobody'")
    await verifying.tick()
    tampered = (await get(vitals, "/metrics"))[1]

    assert "rds_bot_audit_verify_ok" not in unknown
    assert "rds_bot_audit_verify_ok 1.0" in intact
    assert "rds_bot_audit_verify_ok 0.0" in tampered


async def test_of_a_long_trail_a_digest_tells_what_the_last_whole_walk_has_found(
    store: Store, tmp_path: Path
) -> None:
    rows, times = PAGES + 5, iter(range(100, 200))
    async with store.write() as tx:
        for _ in range(rows):
            await tx.audit(AuditEvent(action="test", actor="bot", result="done"))
    verifying = AuditCheck(
        partial(store.audit.walk, page_size=1), lambda _: None, lambda: next(times)
    )

    assert await verifying.checked() == Trail()
    assert await verifying.checked() == Trail(rows=rows, at=100)

    await tamper(f"sqlite:///{tmp_path}/bot.db", "UPDATE audit SET actor = 'nobody' WHERE seq = 7")
    found = await verifying.checked()
    assert (found.rows, found.at) == (rows, 100)
    assert found.wrong == "Audit row 7: column: actor differs from the body"


async def test_a_port_in_use_is_one_clear_sentence(vitals: Vitals) -> None:
    port = free_port()
    async with served(vitals, ("127.0.0.1", port)):
        with pytest.raises(SettingsError, match=rf"health\.listen: 127\.0\.0\.1:{port} cannot"):
            async with served(vitals, ("127.0.0.1", port)):
                pass
