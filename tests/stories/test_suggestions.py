"""A slip of the fingers: what was meant, with a button only where nothing can change."""

import json
import re
from dataclasses import replace

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SeenMessage, SlackSandbox
from bot.values import FORM, RUN
from tests.stories.asking import audited, changes, filed, flat, told, told_on_click

FIRST = f"{RUN}.0"


async def test_a_corrected_query_is_one_click_away(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    seen = await told(ana, "/rds shwo orders-test")
    assert 'I don\'t know "shwo". Did you mean "show"?' in flat(seen)

    shown = await told_on_click(ana, seen, FIRST)

    assert "orders-test" in flat(shown)
    assert "postgres" in flat(shown)
    assert "Did you mean" not in flat(shown)


async def test_a_corrected_change_is_only_there_to_be_copied(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    seen = await told(slack.member("ana"), "/rds rebot orders-test --reason 'it hangs'")

    assert 'Did you mean "reboot"? /rds reboot orders-test --reason' in re.sub(
        "[•·] *", "", flat(seen)
    )
    assert _runs(seen) == []
    assert changes(aws) == []
    assert await filed(bot) == ()


async def test_an_unknown_database_gets_the_nearest_with_a_button_each_for_a_query(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    seen = await told(ana, "/rds show orders-tset")

    said = flat(seen)
    assert 'I know no database "orders-tset". Did you mean orders-test' in said
    assert "/rds show orders-test test, postgres" in said
    assert 1 <= len(_runs(seen)) <= 3
    assert _runs(seen)[0] == "/rds show orders-test"
    assert "orders-test" in flat(await told_on_click(ana, seen, FIRST))


async def test_an_unknown_database_of_a_change_is_never_corrected_by_a_button(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    seen = await told(slack.member("ana"), "/rds reboot orders-tset --reason 'it hangs' --dry-run")

    assert "/rds reboot orders-test --dry-run --reason 'it hangs' test, postgres" in flat(seen)
    assert _runs(seen) == []
    assert await filed(bot) == ()


async def test_a_guest_learns_no_names(bot: Bot, slack: SlackSandbox) -> None:
    for line in ("/rds show orders-tset", "/rds reboot orders-tset"):
        said = flat(await told(slack.member("gil"), line))
        assert "orders-test" not in said


async def test_a_button_is_judged_by_who_clicks_it_and_when(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    seen = await told(ana, "/rds lsit")
    slack.workspace.change("ana", is_restricted=True)

    assert "Only full members" in flat(await told_on_click(ana, seen, FIRST))
    assert [row.event.action for row in await audited(bot)] == ["query.refused"]


async def test_a_button_that_was_tampered_with_runs_nothing(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    seen = await told(ana, "/rds lsit")
    for forged in ("/rds reboot orders-test", "/rds approve RDS-1001", "/rds show", "xyzzy", "-"):
        said = flat(await told_on_click(ana, _forged(slack, seen, forged), FIRST))
        assert "A button runs only what looks" in said

    assert changes(aws) == []
    assert await filed(bot) == ()


def _runs(seen: SeenMessage) -> list[str]:
    """The commands behind its buttons."""
    return [it.value or "" for it in seen.actions if it.action_id.startswith(RUN)]


def _forged(slack: SlackSandbox, seen: SeenMessage, value: str) -> SeenMessage:
    """The same message as if somebody had sent its click with another command."""
    [*before, row] = seen.blocks
    [button, *_] = row["elements"]
    blocks = (*before, {**row, "elements": [{**button, "value": value}]})
    slack.world.revise(seen.message, blocks=blocks)
    return replace(seen, message=replace(seen.message, blocks=blocks))


async def test_a_failover_in_words_is_no_plain_reboot(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    answer = await told(ana, "/rds fail over orders-staging because we rehearse the failover")

    assert "Reboot orders-staging with failover?" in flat(answer)
    [button] = [it for it in answer.actions if it.action_id.startswith(FORM)]
    await ana.clicks(answer, button.action_id)
    form = await ana.sees_modal("Reboot")

    assert "rehearse the failover" in flat(form)
    assert '"initial_options"' in json.dumps(form.blocks)
