"""Verifying the audit trail, against reading and hashing the same rows and nothing more."""

import hashlib
import sqlite3
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure
from bot.values import AuditEvent, wall_clock
from storage.store import Store
from storage.tables import audit

ROWS, TOGETHER, ROUNDS = 10_000, 1000, 3
SCAN = "SELECT prev, body, hash FROM audit ORDER BY seq"


async def measure() -> list[Figure]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bot.db"
        await _fill(file)
        verified, scanned = [], []
        for _ in range(ROUNDS):
            scanned.append(_scan(file))
            verified.append(await _verify(file))
    million = 1_000_000 / ROWS
    seconds, bare = median(verified) * million, median(scanned) * million
    name = "audit verify of a million rows"
    return [Figure(name, seconds, "s", bare, "SELECT and SHA-256 alone", 15.0)]


async def _fill(file: Path) -> None:
    """Every other row carries free text, which is checked too."""
    store = await Store.open(f"sqlite:///{file}", wall_clock)
    try:
        for start in range(0, ROWS, TOGETHER):
            async with store.write() as tx:
                for number in range(start, start + TOGETHER):
                    await tx.audit(_event(number))
    finally:
        await store.close()


def _event(number: int) -> AuditEvent:
    return AuditEvent(
        action="vote.approved",
        actor="T0HOME0001:U0DORA0001",
        result="counted",
        request_id=number,
        operation="reboot_instance",
        target="orders-test@123456789012/us-east-1",
        facts={"plan_hash": "0" * 64, "counted": 1},
        text="the new parameter group" if number % 2 else "",
    )


async def _verify(file: Path) -> float:
    begun = time.perf_counter()
    found = await audit.verify(f"sqlite:///{file}", {})
    if found.rows != ROWS:
        raise RuntimeError(f"{found.rows} rows were verified, not {ROWS}")
    return time.perf_counter() - begun


def _scan(file: Path) -> float:
    begun = time.perf_counter()
    connection = sqlite3.connect(file)
    for prev, body, digest in connection.execute(SCAN):
        if hashlib.sha256(b"\x00" + prev + body).digest() != digest:
            raise RuntimeError("a row's hash differs from its content")
    connection.close()
    return time.perf_counter() - begun
