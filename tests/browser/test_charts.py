"""A chart stands where it was asked for, and is changed and shared there."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Visiting
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")
REPLIES = re.compile(r"^\d+ repl(y|ies)$")


def chart(message: Locator) -> Locator:
    return message.get_by_role("img", name=re.compile("now "))


async def picks(visitor: Visitor, message: Locator, choice: str) -> None:
    """Of the select, another stretch of time."""
    await message.get_by_role("combobox").click()
    await visitor.page.get_by_role("option", name=choice, exact=True).click()


async def test_in_the_direct_messages_one_message_has_the_chart_and_changes_in_place(
    visitor: Visitor,
) -> None:
    await visitor.opens("ana", "rds-bot")
    await visitor.types("metrics orders-test cpu --range 1h")
    answers = visitor.page.get_by_role("article").filter(has_text="Refresh")
    answer = visitor.article("orders-test:", "Refresh")
    await expect(chart(answer)).to_be_visible()
    before = await chart(answer).get_attribute("src")

    await picks(visitor, answer, "Last 7 days")
    await expect(answer).to_contain_text("Last 7 days.")
    await expect(chart(answer)).not_to_have_attribute("src", before or "")

    await expect(chart(answers)).to_have_count(1)
    await expect(visitor.page.get_by_text(REPLIES)).to_have_count(0)
    await expect(answer).not_to_contain_text("direct messages")


async def test_a_private_answer_opens_its_chart_and_is_shared_by_a_dialog_that_says_who_sees_it(
    visit: Visiting,
) -> None:
    async with visit() as ben, visit() as dora:
        await dora.opens("dora")
        await ben.opens("ben")
        await ben.types("/rds metrics orders-test connections")
        words = ben.private("orders-test: nothing unusual in the last 24 hours")
        await words.get_by_role("button", name="Share in #databases").click()
        await expect(ben.page.get_by_role("dialog")).to_contain_text("Everybody in #databases")
        await ben.button("Post it").click()

        await expect(chart(dora.article("orders-test: nothing unusual"))).to_be_visible()
        await words.get_by_role("button", name="Open chart").click()
        await expect(ben.page).to_have_url(re.compile("/D0BEN"))
        await expect(chart(ben.article("orders-test: nothing unusual"))).to_be_visible()
        assert not await ben.has_reloaded()


async def test_a_mention_is_answered_with_the_chart_in_its_thread(visitor: Visitor) -> None:
    await visitor.opens("emil")
    await visitor.types("@rds-bot top orders-test")
    await visitor.page.get_by_text(REPLIES).last.click()

    answer = visitor.article("active on 2 processors", "Refresh")
    await expect(chart(answer)).to_be_visible()
    await expect(visitor.page.get_by_text(REPLIES)).to_have_count(1)


async def test_on_a_phone_the_controls_of_a_chart_stand_in_one_row(visit: Visiting) -> None:
    async with visit(PHONE, "dark") as ana:
        await ana.opens("ana", "rds-bot")
        await ana.types("metrics warehouse")
        answer = ana.article("warehouse: storage full in about", "Refresh")
        await expect(chart(answer)).to_be_visible()
        controls = [answer.get_by_role("combobox"), answer.get_by_role("button", name="Refresh"),
                    answer.get_by_role("button", name="More")]  # fmt: skip
        boxes = [await one.bounding_box() for one in controls]

        assert all(boxes)
        middles = [box["y"] + box["height"] / 2 for box in boxes if box]
        assert max(middles) - min(middles) < 12
