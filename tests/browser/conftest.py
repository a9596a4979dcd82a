"""The page in a real browser, before the real bot: a stage for each module of stories."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TypeAlias

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.sandbox.aws import DEMO_FLEET, AWSSandbox
from bot.sandbox.page import WorkspacePage
from bot.sandbox.stage import Stage, staged
from tests.browser import chromium
from tests.browser.visitor import PATIENCE, Visitor, visiting

#: As the fixture's AWS goes.
PACE = 60.0
Visiting: TypeAlias = Callable[..., AbstractAsyncContextManager[Visitor]]

expect.set_options(timeout=PATIENCE)


def pytest_runtest_setup() -> None:
    """Without a Chromium there is nothing to tell; in CI there must be one."""
    if chromium.installed() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(chromium.MISSING)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium.browser() as launched:
        yield launched


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    aws_server: AWSSandbox, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """The stories of a module share it: each has its own database."""
    aws_server.reset()
    aws_server.seed(DEMO_FLEET)
    async with staged(aws_server, PACE, tmp_path_factory.mktemp("stage")) as ready:
        yield ready


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visit(stage: Stage, browser: Browser) -> AsyncIterator[Visiting]:
    """``async with visit() as ana:`` a tab of its own."""
    async with WorkspacePage(stage.slack) as page:
        yield partial(visiting, browser, page.url)


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def forms_are_closed(stage: Stage) -> AsyncIterator[None]:
    """After each story: they stay open for whoever opened them, in whatever tab."""
    yield
    for person in stage.people:
        for form in person.views()[-1:]:
            await person.closes(form, all_views=True)


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(visit: Visiting) -> AsyncIterator[Visitor]:
    async with visit() as alone:
        yield alone
