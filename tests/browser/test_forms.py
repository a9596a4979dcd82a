"""Forms on the page: filled in, searched, corrected, and stacked."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_wrong_field_says_what_is_wrong_and_is_mended_in_place(visitor: Visitor) -> None:
    await visitor.opens("ana")
    await visitor.types("/rds backup-window orders-test")
    form = visitor.form("Backup window")
    window = form.get_by_label("Window", exact=False).first
    send = form.get_by_role("button", name="Request")
    reason = form.get_by_label("Reason")

    await window.fill("quarter past three")
    await reason.fill("after the load")
    await send.click()
    await expect(window).to_have_attribute("aria-invalid", "true")
    await expect(window).to_be_focused()
    await expect(window).to_have_accessible_description(re.compile("03:00-04:00"))
    await expect(reason).to_have_value("after the load")
    await window.fill("04:00-05:00")
    await send.click()

    await expect(form).to_contain_text("It needs 1 approval")
    await form.get_by_role("button", name="Close", exact=True).click()
    card = visitor.article("04:00-05:00", "asked by")
    await expect(card).to_contain_text("needs 1 approval")
    await expect(card).to_contain_text("after the load")


async def test_a_database_is_found_by_a_part_of_its_name(visitor: Visitor) -> None:
    await visitor.opens("ben")
    await visitor.types("/rds reboot")
    form = visitor.form("Reboot")
    field = form.get_by_role("combobox").first
    option = visitor.page.get_by_role("option")

    await field.click()
    await field.fill("nowhere-at-all")
    await expect(form.get_by_role("status")).to_have_text("No results")
    await field.fill("stag")
    await expect(option.filter(has_text="billing-staging")).to_contain_text("available")
    await expect(option.filter(has_text="orders-test")).to_have_count(0)
    await field.fill("billing")
    await expect(option).to_have_count(1)
    await field.press("Enter")
    await form.get_by_role("button", name="Request").click()

    await expect(form).to_contain_text("Reboot billing-staging")


async def test_a_form_that_nothing_was_filled_in_names_what_is_missing(visitor: Visitor) -> None:
    await visitor.opens("ana")
    await visitor.types("/rds snapshot")
    form = visitor.form("Snapshot")
    database = form.get_by_role("combobox").first

    await form.get_by_role("button", name="Request").click()

    await expect(database).to_have_attribute("aria-invalid", "true")
    await visitor.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await expect(visitor.composer).to_be_focused()


async def test_the_launcher_opens_a_form_on_top_and_comes_back(visitor: Visitor) -> None:
    await visitor.opens("ana")
    await visitor.types("/rds")
    launcher = visitor.form("RDS Ops Bot")

    await launcher.get_by_text("Reboot…").click()
    await expect(visitor.form("Reboot")).to_be_visible()
    await visitor.button("Back").click()

    await expect(launcher).to_contain_text("No request waits for you.")


async def test_a_message_becomes_the_reason_of_a_form(visitor: Visitor) -> None:
    await visitor.opens("dora")
    await visitor.types("orders-dev is slow since noon")
    message = visitor.article("slow since noon")
    await message.hover()
    await message.get_by_role("button", name="Shortcuts for this message").click()

    await visitor.page.get_by_role("menuitem").first.click()

    await expect(visitor.page.get_by_role("dialog")).to_contain_text("slow since noon")
