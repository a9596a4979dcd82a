"""The Home tab, messages with pictures, incidents, and the page on a phone and in the dark."""

import re

import pytest
from playwright.async_api import expect

from bot.sandbox.aws import AlarmSpec
from bot.sandbox.stage import Stage
from tests.browser.conftest import Visiting
from tests.browser.layout import faults
from tests.browser.visitor import PHONE, WIDE, Theme, Visitor
from tests.crossed import crossed

pytestmark = pytest.mark.asyncio(loop_scope="module")
DARKEST, LIGHTEST = 60, 200


async def test_an_approval_in_the_home_counts(visit: Visiting) -> None:
    async with visit() as ana, visit() as dora:
        await ana.opens("ana")
        await dora.opens("dora", "home")
        home = dora.page.get_by_role("main", name="rds-bot Home")
        approve = home.get_by_role("button", name=re.compile("^Approve .*: Reboot orders-test"))
        await expect(home).to_contain_text("Fleet")

        await ana.types("/rds reboot orders-test --reason 'new parameters'")
        await approve.click()

        await expect(approve).to_have_count(0)
        await expect(home).to_contain_text("Reboot orders-test: succeeded")
        await expect(ana.article("Reboot orders-test", "asked by")).to_contain_text("succeeded")
        assert not await dora.has_reloaded()


async def test_a_chart_is_told_in_words_and_opens_at_full_size(visitor: Visitor) -> None:
    await visitor.opens("emil")
    await visitor.types("/rds metrics warehouse --range 7d")
    await visitor.private("warehouse: storage full in about").get_by_text("Open chart").click()

    chart = visitor.page.get_by_role("img", name=re.compile("Free storage: now ")).last
    small = await visitor.width_of(chart)
    await chart.click()
    large = visitor.page.get_by_role("dialog", name="warehouse").get_by_role("img")
    await expect(large).to_be_visible()

    assert await visitor.width_of(large) > 1.5 * small
    await visitor.page.keyboard.press("Escape")
    await expect(large).to_have_count(0)


async def test_an_incident_is_acknowledged_on_its_card(stage: Stage, visitor: Visitor) -> None:
    alarm = AlarmSpec("dev-cpu", "orders-dev", "CPUUtilization", 80.0)
    stage.aws.seed_alarms([alarm])
    stage.aws.client("cloudwatch").set_alarm_state(
        AlarmName=alarm.name, StateValue="ALARM", StateReason="Threshold Crossed"
    )
    await visitor.opens("ben", "database-incidents")
    card = visitor.article("orders-dev", "CPU utilization above 80 %")
    await expect(card).to_contain_text("· firing")

    await card.get_by_role("button", name="Acknowledge").click()

    await expect(card).to_contain_text("· acknowledged")
    await expect(card).to_contain_text("Acknowledged by @ben")
    await expect(card.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert not await visitor.has_reloaded()


async def test_a_card_is_approved_from_a_phone(visit: Visiting) -> None:
    async with visit() as ben, visit(PHONE, has_touch=True, is_mobile=True) as dora:
        await ben.opens("ben")
        await ben.types("/rds reboot billing-staging --reason 'from the train'")
        await dora.opens("ana")
        await dora.page.get_by_role("button", name="Channels and people").tap()
        await dora.becomes("Dora Weiss")

        card = dora.article("Reboot billing-staging", "asked by")
        await card.get_by_role("button", name="Approve").tap()

        await expect(card).to_contain_text("succeeded")


@pytest.mark.parametrize(("theme", "size"), crossed(["light", "dark"], [WIDE, PHONE]))
async def test_nothing_is_cut_and_nothing_overlaps(
    visit: Visiting, size: tuple[int, int], theme: Theme
) -> None:
    async with visit(size, theme) as ana:
        await ana.opens("ana")
        reason = f"'{'very long; ' * 12}{'x' * 900}'"
        await ana.types(f"/rds reboot orders-staging --failover --reason {reason}")
        await expect(ana.article("orders-staging", "needs 2 approvals")).to_be_visible()
        assert not await faults(ana.page)

        for line, answer in (("list", "warehouse"), ("show shop-staging", "Aurora"), ("help", "")):
            await ana.types(f"/rds {line}")
            await expect(ana.private(answer)).to_be_visible()
            assert not await faults(ana.page)

        await ana.types("/rds")
        await expect(ana.form("RDS Ops Bot")).to_contain_text("No request waits for you.")
        assert not await faults(ana.page)
        await ana.form("RDS Ops Bot").get_by_text("Snapshot…").click()
        await ana.form("Snapshot").get_by_role("button", name="Request").click()
        await expect(ana.form("Snapshot").locator("[aria-invalid=true]").first).to_be_visible()
        assert not await faults(ana.page)

        await ana.opens("ana", "home")
        await expect(ana.page.get_by_role("main")).to_contain_text("Fleet")
        assert not await faults(ana.page)


async def test_a_time_is_drawn_as_it_is_written(visit: Visiting) -> None:
    async with visit() as dora:
        await dora.opens("dora")
        await dora.types('/rds digest schedule "15 */2 * * *"')
        await expect(dora.private("15 */2 * * *")).to_be_visible()
        await dora.types("/rds digest")

        await expect(dora.private("scheduled digest")).to_contain_text("15 */2 * * *")


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ("article { min-width: 3000px }", "3000 in"),
        ("article strong { display: block; height: 4px; overflow: hidden }", "strong."),
        ("article button { margin-right: -60px !important }", "lies over"),
        ("article::after { content: ''; position: fixed; inset: 0 }", "covers"),
    ],
)
async def test_what_is_cut_or_lies_over_something_is_noticed(
    visitor: Visitor, spoilt: str, fault: str
) -> None:
    await visitor.opens("ana")
    await visitor.types("/rds list")
    await expect(visitor.private("warehouse")).to_be_visible()
    await visitor.types("/rds show orders-tset")
    await expect(visitor.private("Run /rds show orders-test")).to_be_visible()

    await visitor.page.add_style_tag(content=spoilt)

    found = await faults(visitor.page)
    assert any(fault in it for it in found), found


async def test_the_theme_follows_the_system_until_it_is_chosen(visit: Visiting) -> None:
    async with visit(theme="dark") as ana:
        await ana.opens("ana")
        assert await ana.brightness() < DARKEST

        await ana.button("Dark theme").click()
        assert await ana.brightness() > LIGHTEST
        await ana.page.reload()
        await expect(ana.composer).to_be_visible()

        assert await ana.brightness() > LIGHTEST
