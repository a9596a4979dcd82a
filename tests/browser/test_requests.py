"""Asking, agreeing and refusing on the page, as people do it."""

import pytest
from playwright.async_api import expect

from bot.sandbox.stage import Stage
from tests.browser.conftest import PACE, Visiting
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_snapshot_is_asked_for_and_watched_until_it_is_finished(visitor: Visitor) -> None:
    await visitor.opens("ana")

    await visitor.types("/rds snapshot orders-dev before-the-upgrade")

    await expect(visitor.article("of orders-dev", "running", "asked by")).to_be_visible()
    ended = visitor.article("before-the-upgrade is available", "asked by")
    await expect(ended).to_contain_text("succeeded")
    assert not await visitor.has_reloaded()


async def test_two_others_must_agree_and_everybody_watches_it_run_and_finish(
    stage: Stage, visit: Visiting
) -> None:
    stage.aws.plan["failover_db_instance"] = [("rebooting", 4 * PACE)]
    async with visit() as ana, visit() as dora, visit() as emil:
        await ana.opens("ana")
        await dora.opens("dora")
        await emil.opens("emil")
        await ana.types('/rds reboot orders-staging --failover --reason "a drill"')
        asked = ("Reboot orders-staging with failover", "asked by")

        await ana.article(*asked, "needs 2 approvals").get_by_role("button", name="Approve").click()
        await expect(ana.private("You cannot approve your own request")).to_be_visible()
        await dora.article(*asked).get_by_role("button", name="Approve").click()
        await expect(emil.article(*asked)).to_contain_text("1 of 2")
        await dora.article(*asked).get_by_role("button", name="Approve").click()
        await expect(dora.private("already approved")).to_be_visible()
        await emil.article(*asked).get_by_role("button", name="Approve").click()

        await expect(emil.article(*asked)).to_contain_text("running")
        for person in (ana, dora, emil):
            await expect(person.article(*asked)).to_contain_text("succeeded")
            assert not await person.has_reloaded()
        await ana.article(*asked).get_by_role("button", name="2 replies").click()
        thread = ana.page.get_by_role("complementary", name="Thread")
        await expect(thread).to_contain_text("it moved from us-east-1a to us-east-1b")


async def test_a_rejection_asks_why_and_tells_it(visitor: Visitor) -> None:
    await visitor.opens("ben")
    await visitor.types("/rds reboot shop-staging-2 --reason 'a hunch'")
    await expect(visitor.article("Reboot shop-staging-2", "asked by")).to_be_visible()

    await visitor.becomes("Dora Weiss")
    card = visitor.article("Reboot shop-staging-2", "asked by")
    await card.get_by_role("button", name="Reject").click()
    form = visitor.form("Reject")
    await form.get_by_label("Reason").fill("not during the sale")
    await form.get_by_role("button", name="Reject").click()

    await expect(form).to_have_count(0)
    await visitor.becomes("Ben Okafor")
    rejected = visitor.article("Reboot shop-staging-2", "asked by")
    await expect(rejected).to_contain_text("rejected")
    await expect(rejected).to_contain_text("not during the sale")
    await expect(rejected.get_by_role("button", name="Approve")).to_have_count(0)


async def test_taking_a_request_back_is_confirmed_first(visitor: Visitor) -> None:
    await visitor.opens("ben")
    await visitor.types("/rds reboot billing-staging")
    card = visitor.article("Reboot billing-staging", "asked by")
    take_back = visitor.page.get_by_role("menuitem", name="Cancel request")

    await card.get_by_role("button", name="More").click()
    await take_back.click()
    await visitor.page.get_by_role("dialog").get_by_role("button").first.click()
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    await expect(card).to_contain_text("needs 1 approval")
    await card.get_by_role("button", name="More").click()
    await take_back.click()
    await visitor.page.get_by_role("dialog").get_by_role("button").last.click()

    await expect(card).to_contain_text("cancelled")


async def test_a_guest_is_refused(visitor: Visitor) -> None:
    await visitor.opens("gil")

    await visitor.types("/rds reboot reports@main")

    await expect(visitor.private("Guests cannot ask for changes")).to_be_visible()
    await expect(visitor.article("Reboot reports", "asked by")).to_have_count(0)


async def test_asking_and_approving_need_no_mouse(visitor: Visitor) -> None:
    keyboard = visitor.page.keyboard
    await visitor.opens("dora")
    await expect(visitor.composer).to_be_visible()

    await keyboard.type("/rd")
    await expect(visitor.page.get_by_role("option", name="/rds")).to_be_visible()
    await keyboard.press("Tab")
    await keyboard.type("reboot orders-test --reason 'by hand'")
    await keyboard.press("Enter")
    await expect(visitor.article("Reboot orders-test", "needs 1 approval")).to_be_visible()
    await visitor.tabs_to(visitor.page.get_by_role("radio", checked=True))
    await keyboard.press("ArrowDown")
    await expect(visitor.page.get_by_role("radio", name="Emil Sato")).to_be_checked()
    card = visitor.article("Reboot orders-test", "asked by")
    await visitor.tabs_to(card.get_by_role("button", name="Approve"))
    await keyboard.press("Enter")

    await expect(card).to_contain_text("succeeded")


async def test_what_is_no_command_is_answered_by_slack_itself(visitor: Visitor) -> None:
    await visitor.opens("ana")

    await visitor.types("/reboot orders-prod")

    await expect(visitor.private("/reboot is not a valid command")).to_be_visible()
