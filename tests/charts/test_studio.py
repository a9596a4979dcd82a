"""The processes that draw: shared, replaced, and gone when the studio closes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.values import Chart, Drawable
from charts import DrawingError, Studio
from tests.charts.samples import BUSY, FLEET, REPORT, chart, panel, wave

CPU = chart(panel(wave()))


def numbered(number: int) -> Chart:
    return CPU.model_copy(update={"title": f"Chart {number}"})


def processes(studio: Studio) -> list[int]:
    return [one.pid for one in studio._workers if one.pid is not None]


def environment(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_text("utf-8")


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    async with Studio(workers=1) as studio:
        yield studio


async def test_a_picture_comes_with_its_words(studio: Studio) -> None:
    picture = await studio.draw(CPU)

    assert picture.png.startswith(b"\x89PNG")
    assert picture.alt.startswith("orders-test: CPU reached 88 %")


async def test_every_kind_of_picture_is_drawn(studio: Studio) -> None:
    kinds: list[Drawable] = [CPU, FLEET, BUSY, REPORT]

    pictures = await asyncio.gather(*(studio.draw(one) for one in kinds))

    assert len({one.png for one in pictures}) == 4
    assert [one.alt.split(".")[0] for one in pictures] == [one.title for one in kinds]


async def test_nothing_runs_until_something_is_drawn(studio: Studio) -> None:
    assert processes(studio) == []

    await studio.warm()

    assert len(processes(studio)) == 1


async def test_twenty_who_ask_at_once_share_one_drawing(studio: Studio) -> None:
    pictures = await asyncio.gather(*(studio.draw(CPU) for _ in range(20)))

    assert len({id(one) for one in pictures}) == 1


async def test_the_loop_goes_on_while_charts_are_drawn(studio: Studio) -> None:
    await studio.warm()
    drawing = asyncio.gather(*(studio.draw(numbered(one)) for one in range(5)))
    turns = 0
    while not drawing.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns > 50


async def test_a_worker_that_dies_is_replaced_and_nothing_is_lost(studio: Studio) -> None:
    await studio.draw(numbered(1))
    (first,) = processes(studio)
    os.kill(first, signal.SIGKILL)

    picture = await studio.draw(numbered(2))

    assert picture.png.startswith(b"\x89PNG")
    assert processes(studio) != [first]


async def test_a_worker_that_says_nothing_is_given_up() -> None:
    async with Studio(workers=1, patience=0.01) as studio:
        with pytest.raises(DrawingError, match="stopped twice"):
            await studio.draw(CPU)


async def test_what_cannot_be_drawn_says_why_and_does_no_harm(studio: Studio) -> None:
    broken = chart(panel([float("inf"), 1.0]))

    with pytest.raises(DrawingError, match="could not draw"):
        await studio.draw(broken)

    assert (await studio.draw(CPU)).png


async def test_closing_ends_every_process() -> None:
    async with Studio(workers=2) as studio:
        await asyncio.gather(*(studio.draw(numbered(one)) for one in range(2)))
        running = processes(studio)
        assert len(running) == 2

    for pid in running:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_closing_does_not_wait_for_what_is_being_drawn() -> None:
    async with Studio(workers=1) as studio:
        drawing = asyncio.create_task(studio.draw(CPU))
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        await drawing


@pytest.mark.skipif(not Path("/proc").exists(), reason="only Linux shows a process's environment")
async def test_a_worker_knows_no_secret_of_the_bot(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLACK_BOT_TOKEN", "AUDIT_KEY", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "a-secret-of-the-bot")

    await studio.draw(CPU)

    (pid,) = processes(studio)
    given = environment(pid)
    assert "PATH=" in given
    assert "a-secret-of-the-bot" not in given
