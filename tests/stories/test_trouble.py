"""What burns at a database stands beside what is asked for it, and before what is said of it."""

import pytest

from bot.sandbox.slack import SeenMessage
from tests.conftest import CONFIG
from tests.stories.asking import flat
from tests.stories.stage import Play, Stage
from tests.stories.test_incidents import CPU, fires, passes

ASK = "/rds reboot orders-staging --failover --reason drill"
WATCHING = CONFIG.replace("channels: {", "channels: {incidents: C0INCIDENT, ")
ON_CARD = "🚨 CPU utilization above 80 % since "
LEADS = "orders-staging has an open alarm: CPU utilization above 80 %"


@pytest.fixture
def watched(stage: Stage) -> Stage:
    stage.aws.seed_alarms([CPU])
    return stage


def card_in(play: Play) -> SeenMessage:
    """As it stands in its channel."""
    seen = play.stage.slack.member("dora").messages("databases")
    return [it for it in seen if "· RDS-1001," in it.text and not it.ephemeral][-1]


async def private(play: Play, line: str) -> SeenMessage:
    await play.types(line)
    await play.told()
    return [it for it in play.stage.slack.member("ana").messages("databases") if it.ephemeral][-1]


def links_in(seen: SeenMessage) -> list[str]:
    parts = [part for block in seen.blocks for part in block.get("elements", ())]
    leaves = [leaf for part in parts for leaf in part.get("elements", ())]
    return [one["text"] for one in leaves if one["type"] == "link"]


async def test_a_card_and_an_answer_name_the_alarm_from_its_start_to_its_end(
    watched: Stage,
) -> None:
    async with watched.bot(WATCHING) as play:
        await play.types(ASK)
        await passes(play)
        assert "🚨" not in flat(card_in(play))
        calm = flat(await private(play, "/rds why is orders-staging slow?"))
        assert calm.startswith("orders-staging is available")

        fires(watched)
        await passes(play)
        await passes(play)
        card = card_in(play)
        assert ON_CARD in flat(card)
        assert links_in(card) == ["I-1"]
        for words in ("why is orders-staging slow?", "is orders-staging ok?"):
            said = await private(play, f"/rds {words}")
            assert flat(said).startswith(LEADS), words
            assert "I-1" in links_in(said)
            assert said.text.startswith("*orders-staging* has an open alarm")
            assert "[Chart of the alarm] [Acknowledge]" in flat(said)

        fires(watched, state="OK")
        await passes(play)
        await passes(play)
        assert "🚨" not in flat(card_in(play))
