"""Pictures that many people read: in the team's time, and the axis says so."""

from collections.abc import Iterable

import pytest

from bot.sandbox.aws import AlarmSpec
from bot.sandbox.slack import Refused, SeenMessage
from tests.stories.asking import everything_is_told
from tests.stories.stage import FREE, Play, Stage
from tests.stories.test_incidents import WATCHED, fires, passes

DIGEST = "{{channel: C0DATABASE, cron: '30 8 * * mon-fri'{0}}}"


def digests(*zones: str | None) -> str:
    given = (DIGEST.format(f", timezone: {one}" if one else "") for one in zones)
    return f"digests: [{', '.join(given)}]\n"


@pytest.mark.parametrize(
    ("settings", "zone"),
    [
        pytest.param("timezone: Asia/Tokyo\n" + digests("Europe/Paris"), "Asia/Tokyo", id="set"),
        pytest.param(digests("Europe/Paris"), "Europe/Paris", id="a digest's"),
        pytest.param(
            digests("Asia/Tokyo", "Europe/Paris", "Europe/Paris"), "Europe/Paris", id="most"
        ),
        pytest.param(
            digests("Asia/Tokyo", "Europe/Paris"), "America/Lima", id="digests that do not agree"
        ),
        pytest.param(digests(None), "America/Lima", id="a digest that says nothing of it"),
        pytest.param("", "America/Lima", id="the approvers'"),
    ],
)
async def test_it_is_set_or_that_of_most_digests_or_of_most_approvers(
    stage: Stage, settings: str, zone: str
) -> None:
    live(stage, ("dora", "emil", "ana"), "America/Lima")

    async with stage.bot(FREE + settings) as play:
        assert await play.bot.services.zone() == zone


@pytest.mark.parametrize("zone", ["", "Mars/Olympus"])
async def test_it_is_utc_where_nobody_says(stage: Stage, zone: str) -> None:
    live(stage, ("dora", "emil", "ana"), zone)

    async with stage.bot() as play:
        assert await play.bot.services.zone() == "UTC"


async def test_whoever_asked_lately_counts_too_and_a_draw_is_nobodys(stage: Stage) -> None:
    live(stage, ("dora",), "America/Lima")
    live(stage, ("emil",), "Asia/Tokyo")
    live(stage, ("ana",), "Asia/Tokyo")

    async with stage.bot() as play:
        before = await play.bot.services.zone()
        await play.types("/rds snapshot orders-test")
        after = await play.bot.services.zone()

    assert (before, after) == ("UTC", "Asia/Tokyo")


async def test_it_is_utc_while_slack_does_not_tell(stage: Stage) -> None:
    for method in ("users.info", "usergroups.users.list"):
        stage.slack.faults.add(method, Refused("fatal_error"), times=None)

    async with stage.bot() as play:
        assert await play.bot.services.zone() == "UTC"


async def test_the_chart_of_an_incident_is_in_the_teams_time(stage: Stage) -> None:
    stage.aws.seed_alarms([AlarmSpec("orders-cpu", "orders-staging", "CPUUtilization", 80.0)])

    async with stage.bot(f"{WATCHED}timezone: Asia/Tokyo\n") as play:
        fires(stage, "orders-cpu")
        await passes(play)
        await passes(play)  # its card stands by now

        told = await drawn(play, "ben", "CPU")

    assert "Asia/Tokyo time" in told
    assert "I-1 began at" in told


async def test_a_digest_that_somebody_posts_is_in_the_teams_time(stage: Stage) -> None:
    live(stage, ("dora",), "America/Lima")

    async with stage.bot(f"{FREE}timezone: Asia/Tokyo\n") as play:
        await play.types("/rds digest now", "dora")
        await everything_is_told(play.bot)

        told = await drawn(play, "dora", "CPU by database and hour")

    assert "Asia/Tokyo time" in told


def live(stage: Stage, names: Iterable[str], zone: str) -> None:
    for name in names:
        stage.slack.workspace.change(name, tz=zone)


async def drawn(play: Play, who: str, about: str) -> str:
    """What the picture says to those who cannot see it."""

    def told(seen: SeenMessage) -> list[str]:
        pictures = (one for one in seen.blocks if one["type"] == "image")
        return [said for one in pictures if about in (said := str(one["alt_text"]))]

    seen = await play.stage.slack.member(who).sees(lambda it: bool(told(it)), within=30)
    return told(seen)[0]


async def test_a_schedule_that_names_no_zone_goes_by_the_teams(stage: Stage) -> None:
    async with stage.bot(f"{FREE}timezone: Asia/Tokyo\n") as play:
        await play.types("/rds digest schedule weekdays 8:30", "dora")
        await everything_is_told(play.bot)

        [one] = await play.bot.services.digests.appointments()

    assert one.timezone == "Asia/Tokyo"
