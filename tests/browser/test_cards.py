"""Cards on a phone: what is decided and the buttons stand above the fold, whatever the card holds.

Heights are of the card's own blocks, in lines of 22 px; on a phone they count as 1.3 of the desk's.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.page import WorkspacePage
from bot.sandbox.slack import SlackSandbox, demo_workspace
from bot.values import (
    Alarm,
    AlarmState,
    Look,
    Moment,
    PersonId,
    Request,
    Siblings,
    Status,
    Trouble,
    Turn,
    Usual,
    paragraph,
)
from handlers.blocks.card import Standing, card
from handlers.blocks.glance import FEW
from handlers.blocks.incident import incident
from handlers.blocks.phrases import people
from tests.browser.layout import faults
from tests.browser.visitor import PHONE, Visitor, visiting
from tests.handlers.blocks.test_incident import an_incident
from tests.samples import (
    MINUTE,
    NOW,
    TEAM,
    sample_decision,
    sample_of,
    sample_plan,
    sample_request,
    sample_sent_step,
    sample_step,
    sample_target,
    sample_vote,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
LINE = 22 * 1.3
NAME = 2 * 22  #: what the longest name adds to the head: it is what is agreed to, so it stays whole
DATABASES = "C0DATABASE"
LONGEST = f"orders-{'x' * 55}1"  #: 63 characters, as many as RDS lets a name have
ANA, DORA, EMIL = (
    PersonId(team=TEAM, user=one) for one in ("U0ANA00001", "U0DORA0001", "U0EMIL0001")
)
TWO = Standing(who=people((DORA, EMIL), FEW))
FORTY = Standing(
    who=people((DORA, EMIL, *(PersonId(team=TEAM, user=f"U{one}") for one in range(38))), FEW)
)
WORSE = sample_of(Status.SUCCEEDED).seen(
    Look(minutes=15, turn=Turn.WORSE, said="read latency rose from 0.6 ms to 2.8 ms")
)
ALARMED = Trouble(
    incidents=(an_incident(title="free storage space below 200 GiB"), an_incident(id=8)),
    worse=(WORSE,),
)
WORSENED = Trouble(worse=(WORSE,))
UNSEEN = Trouble(unread=("Not read lately: the alarms in main/us-east-1.",))
PROSE = "The parameter group that we changed on Monday needs a restart, says the ticket. " * 20
USUAL = Usual(median=2 * MINUTE, p90=4 * MINUTE)
#: Where to keep pictures of what was measured, for whoever wants to look.
KEPT = os.environ.get("LOOK_AT_CARDS")


def reboot(name: str = "orders-staging", **changes: Any) -> Request:
    target = sample_target(identifier=name)
    plan = sample_plan(
        effect=f"Reboot {name} with failover",
        downtime="one to two minutes; connections drop and DNS moves to the standby in us-east-1b",
    )
    fields: dict[str, Any] = {"requester": ANA, "step": sample_step(target=target, plan=plan)}
    return sample_request(**fields | changes)


def running(name: str) -> Request:
    votes = (sample_vote(DORA), sample_vote(EMIL))
    target = sample_target(identifier=name)
    plan = sample_plan(effect=f"Reboot {name} with failover")
    step = sample_sent_step(target=target, plan=plan)
    return sample_of(Status.RUNNING, requester=ANA, votes=votes, step=step)


@asynccontextmanager
async def phone(browser: Browser) -> AsyncIterator[tuple[Visitor, AsyncWebClient]]:
    async with (
        SlackSandbox(demo_workspace()) as slack,
        WorkspacePage(slack) as page,
        aiohttp.ClientSession() as session,
        visiting(browser, page.url, PHONE, "dark", device_scale_factor=2) as visitor,
    ):
        yield visitor, AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shown(browser: Browser) -> AsyncIterator[tuple[Visitor, AsyncWebClient]]:
    async with phone(browser) as ready:
        yield ready


async def height(
    shown: tuple[Visitor, AsyncWebClient], drawn: Mapping[str, Any], name: str
) -> float:
    """Of its blocks, in pixels."""
    visitor, slack = shown
    await slack.chat_postMessage(channel=DATABASES, **drawn)
    await visitor.opens("dora")
    article = visitor.page.get_by_role("article").last
    blocks = article.locator(".blocks")
    await blocks.wait_for()
    assert not (wrong := await faults(visitor.page)), wrong
    if KEPT:
        await article.screenshot(path=Path(KEPT) / f"{name}.png")
    return await _height(blocks)


def _more(request: Request) -> int:
    """Pixels for what is not cut further: a name at its longest, two lines of a reason, two more
    names and their counts."""
    if LONGEST in request.step.plan.effect:
        return NAME
    return 22 if request.reason == PROSE or request.decision.approvals == 40 else 0


async def _height(blocks: Locator) -> float:
    box = await blocks.bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize(
    ("name", "request_", "standing"),
    [
        pytest.param("ordinary", reboot(), TWO, id="ordinary"),
        pytest.param("without-a-reason", reboot(reason=""), TWO, id="without a reason"),
        pytest.param("very-long-name", reboot(LONGEST), TWO, id="a very long name"),
        pytest.param("long-reason", reboot(reason=PROSE), TWO, id="a long reason"),
        pytest.param("forty-approvers", reboot(), FORTY, id="forty approvers"),
        pytest.param("alarmed", reboot(), replace(TWO, trouble=ALARMED), id="an alarm is on"),
        pytest.param("alarmed-unread", reboot(), replace(TWO, trouble=UNSEEN), id="unread alarms"),
        pytest.param("worse", reboot(), replace(TWO, trouble=WORSENED), id="worse before"),
        pytest.param(
            "one-agreed",
            reboot(votes=(sample_vote(DORA),)),
            Standing(who=people((EMIL,), FEW)),
            id="one has agreed",
        ),
        pytest.param(
            "forty-must-agree",
            reboot(
                decision=sample_decision(approvals=40),
                votes=tuple(
                    sample_vote(PersonId(team=TEAM, user=f"U{one}")) for one in range(39)
                ),
            ),
            FORTY,
            id="forty who must agree",
        ),
    ],
)  # fmt: skip
async def test_a_card_that_waits_fits_above_the_fold_of_a_phone_with_its_buttons(
    shown: tuple[Visitor, AsyncWebClient], name: str, request_: Request, standing: Standing
) -> None:
    tall = await height(shown, card(request_, standing), f"pending-{name}")

    assert tall <= 8 * LINE + _more(request_)
    article = shown[0].page.get_by_role("article").last
    boxes = [
        await article.get_by_role("button", name=one).bounding_box()
        for one in ("Approve", "Reject", "Details", "More")
    ]
    tops = [box["y"] for box in boxes if box]
    assert len(tops) == 4
    assert max(tops) - min(tops) < LINE / 2, "they stand in one row"


@pytest.mark.parametrize("name", ["orders-staging", LONGEST])
async def test_a_card_that_runs_is_as_short(
    shown: tuple[Visitor, AsyncWebClient], name: str
) -> None:
    drawn = card(running(name), usual=USUAL)

    tall = await height(shown, drawn, f"running-{len(name)}")
    assert tall <= 8 * LINE + (NAME if name == LONGEST else 0)


ALARM = Alarm(
    name="orders-storage", state=AlarmState.ALARM, since=NOW, metric="FreeStorageSpace",
    comparison="LessThanThreshold", threshold=200 * 2**30, lately=(183 * 2**30, 179 * 2**30),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("firing", {}),
        ("a hundred repeats", {"repeats": 100, "fired_at": NOW + 90 * MINUTE}),
        ("a very long name", {"target": sample_target(identifier=LONGEST)}),
        ("acknowledged", {"acknowledged_at": NOW + MINUTE, "acknowledged_by": EMIL}),
    ],
)
async def test_an_incident_fits_a_phone_with_its_buttons(
    shown: tuple[Visitor, AsyncWebClient], name: str, changes: dict[str, Any]
) -> None:
    fields: dict[str, Any] = {
        "title": "free storage space below 200 GiB",
        "watched": ALARM,
        "detail": "Free storage space lately: 183 GiB, 179 GiB.",
        "before": paragraph("RDS-1002 reboot ", Moment(at=NOW - 12 * MINUTE)),
    }
    others = (an_incident(id=1013), an_incident(id=1014))
    siblings = Siblings(incidents=others, place="on this cluster")
    drawn = incident(an_incident(**fields | changes), siblings=siblings)

    tall = await height(shown, drawn, f"incident-{name.replace(' ', '-')}")
    # who took care of it is a line more, beside what else fires there
    more = {"a very long name": 22, "acknowledged": LINE}
    assert tall <= 10 * LINE + more.get(name, 0)
