"""A copy is as protected as what it is made of, and its time is that of whoever asks."""

from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from tests.conftest import StartBot
from tests.stories.asking import changes, configured, told
from tests.test_catalogue import FREELY

PATTERNS = {"patterns": [{"match": "-dev$", "environment": "development"}]}


async def test_no_name_makes_a_copy_of_production_less_protected(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    async with start_bot(configured(policy=FREELY, environments=PATTERNS)):
        refused = await told(ana, "/rds restore warehouse warehouse-dev --reason test")
        line = "/rds restore warehouse warehouse-copy --to '1 hour ago' --reason test --dry-run"
        passes = await told(ana, line)

    assert "warehouse-dev would be development" in refused.text
    assert "which is production" in refused.text
    assert "Data as of" in passes.words
    assert "Europe/Lisbon)" in passes.words
    assert changes(aws) == []
