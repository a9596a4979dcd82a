"""Digests: asked for, scheduled, late, skipped, put off; each due time once."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.digests._service import told_in
from bot.sandbox.aws import InstanceSpec
from bot.sandbox.slack import Lost, Refused, SeenMessage
from bot.values import Concern, Digest, Section
from tests.crossed import sampled
from tests.stories.asking import configured, everything_is_told, flat, told_on_submit
from tests.stories.stage import Play, Stage

HOUR = timedelta(hours=1).total_seconds()
DAY = 24 * HOUR
MONDAY = datetime(2026, 7, 6, 7, 0, tzinfo=UTC).timestamp()  #: 08:00 in Lagos
SCHEDULE = '/rds digest schedule "30 8 * * *" --timezone Africa/Lagos --environment dev'
CONFIG = configured()


@pytest.fixture(autouse=True)
def monday(stage: Stage) -> None:
    """Each story begins on a Monday at 08:00 in Lagos; the clock goes on from one to the next."""
    stage.clock.advance((MONDAY - stage.clock()) % (7 * DAY))


async def passes(play: Play, seconds: float) -> None:
    """Time passes, then the bot looks once whether a digest is due."""
    play.stage.clock.advance(seconds)
    await play.bot.services.fleet.refresh()
    await play.bot.jobs.run("digest")
    await everything_is_told(play.bot)


def digests(stage: Stage, title: str = "Database digest") -> list[SeenMessage]:
    """Those that stand in the channel."""
    found = stage.slack.member("ana").messages()
    posted = (it for it in found if not it.ephemeral and not it.channel.is_im)
    # Its thread begins otherwise.
    return [it for it in posted if title in it.words and it.thread_ts in (None, it.ts)]


def details(stage: Stage, seen: SeenMessage) -> str:
    """What stands in the thread of a digest, pictures aside."""
    return " ".join(
        flat(it)
        for it in stage.slack.member("ana").messages()
        if it.thread_ts == seen.ts and it.ts != seen.ts and not it.ephemeral
    )


def answer(play: Play, who: str) -> str:
    """The last thing that the bot told somebody alone."""
    return flat([it for it in play.stage.slack.member(who).messages() if it.ephemeral][-1])


async def click(play: Play, who: str, seen: SeenMessage, action: str) -> None:
    """The first choice of that kind, behind the three dots of a line."""
    block, value = next(
        (it["block_id"], option["value"])
        for it in seen.blocks
        if "accessory" in it
        for option in it["accessory"]["options"]
        if option["value"].partition(" ")[0] == action
    )
    member = play.stage.slack.member(who)
    delivery = await member.chooses(seen, "menu.More", value, block_id=block)
    assert delivery
    assert delivery.acknowledged
    await play.quiet()


def _has_rows(seen: SeenMessage) -> bool:
    return any(file.name == "digest.csv" for file in seen.files)


async def outcomes(play: Play) -> list[str]:
    rows = await play.bot.services.store.audit.rows(action="digest.")
    return [row.event.action for row in rows][::-1]


async def test_an_approver_posts_one_now_and_everybody_can_look_alone(any_stage: Stage) -> None:
    async with any_stage.bot(CONFIG) as play:
        await play.types("/rds digest preview")
        assert digests(any_stage) == []
        assert "warehouse (production) full in about" in answer(play, "ana")

        await play.types("/rds digest now", "dora")
        await everything_is_told(play.bot)

        [seen] = digests(any_stage)
        said, in_thread = flat(seen), details(any_stage, seen)
        assert re.match(
            r"\d need action( \(\d findings\))?: warehouse full in about \d+ days", said
        )
        assert seen.text.startswith(said[:40])
        assert "warehouse (production) full in about" in said
        assert re.search(r"\d trends: .*billing-staging", said)
        assert "The bot's week" not in said
        assert "All clear: " in said
        assert "a day: full in about" in in_thread
        assert "Trends billing-staging (staging) had" in in_thread
        assert "The bot's week: nobody asked for anything." in in_thread
        below = await any_stage.slack.member("ana").sees(
            lambda it: it.thread_ts == seen.ts and "CPU by hour: " in it.words
        )
        assert "in its busiest hour" in flat(below)
        assert await outcomes(play) == ["digest.posted"]


async def test_who_is_no_approver_posts_and_schedules_nothing(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        for line in ("/rds digest now", SCHEDULE, "/rds digest remove D-1"):
            await play.types(line)
            assert "Only approvers and admins can" in answer(play, "ana")
        await everything_is_told(play.bot)

        assert digests(stage) == []
        assert await outcomes(play) == ["digest.refused"] * 3


@pytest.mark.parametrize("channel", ["random", "partner-shared"])
async def test_it_is_posted_only_where_the_bot_is_and_no_stranger(
    stage: Stage, channel: str
) -> None:
    async with stage.bot(CONFIG) as play:
        for line in ("/rds digest now", SCHEDULE):
            assert (await stage.slack.member("dora").types(line, channel)).acknowledged
            await play.quiet()
            assert "I post digests only in channels of this workspace" in answer(play, "dora")

        assert await play.bot.services.digests.appointments() == ()


async def test_a_schedule_is_served_each_day_once(any_stage: Stage) -> None:
    async with any_stage.bot(CONFIG) as play:
        await play.types(SCHEDULE, "dora")
        assert "Next: " in answer(play, "dora")
        await passes(play, 0.4 * HOUR)
        assert digests(any_stage) == []

        await passes(play, 0.2 * HOUR)
        await passes(play, 1)
        assert len(digests(any_stage)) == 1

        await passes(play, DAY)
        assert len(digests(any_stage)) == 2
        assert await outcomes(play) == ["digest.scheduled", "digest.posted", "digest.posted"]


async def test_what_is_unchanged_is_told_once_a_week(stage: Stage) -> None:
    stage.aws.seed([InstanceSpec("burnt", status="failed", tags={"Environment": "dev"})])
    async with stage.bot(CONFIG) as play:
        await play.types(SCHEDULE, "dora")

        await passes(play, HOUR)
        for _ in range(7):
            await passes(play, DAY)

    first, second, *_, last = ((flat(it), details(stage, it), it.text) for it in digests(stage))
    assert "burnt (development) is failed" in first[0]
    assert "burnt (development)" not in second[0]
    assert second[2] == "1 needs action: burnt is failed", "known is not mended"
    assert "1 known and unchanged, still needs action: burnt is failed" in second[0]
    assert "Its audit trail is verified through row 2, as it stood " in second[1]
    assert "Still: burnt (development) is failed" in last[0]


async def test_one_that_is_late_says_so(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(SCHEDULE, "dora")
    stage.clock.advance(2 * HOUR)
    async with stage.bot(CONFIG) as play:
        await passes(play, 0)

        [seen] = digests(stage)
        assert "This digest is late: it was due" in flat(seen)


async def test_what_was_missed_is_skipped_recorded_and_said(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(SCHEDULE, "dora")
    stage.clock.advance(2.6 * DAY)
    async with stage.bot(CONFIG) as play:
        await passes(play, 0)
        assert digests(stage) == []
        assert await outcomes(play) == ["digest.scheduled", *["digest.skipped"] * 3]

        await passes(play, DAY / 2)
        assert len(digests(stage)) == 1


async def test_a_restart_serves_nothing_twice(any_stage: Stage) -> None:
    async with any_stage.bot(CONFIG) as play:
        await play.types(SCHEDULE, "dora")
        await passes(play, HOUR)
    for _ in range(2):
        async with any_stage.bot(CONFIG) as play:
            await passes(play, 60)

    assert len(digests(any_stage)) == 1


async def test_one_whose_answer_is_lost_is_not_posted_again_where_the_bot_may_read(
    stage: Stage,
) -> None:
    app = stage.slack.workspace.app
    stage.slack.workspace.app = replace(app, scopes=(*app.scopes, "channels:history"))
    async with stage.bot(CONFIG) as play:
        stage.slack.faults.add("chat.postMessage", Lost())
        await play.types("/rds digest now", "dora")
        stage.clock.advance(120)
        await everything_is_told(play.bot)

        assert len(digests(stage)) == 1


async def test_what_has_no_room_follows_as_a_file(stage: Stage) -> None:
    stage.aws.seed([InstanceSpec(f"many-{n}", status="failed", tags={"Env": "dev"})
                    for n in range(500)])  # fmt: skip
    async with stage.bot(CONFIG) as play:
        stage.slack.faults.add("files.completeUploadExternal", Lost())
        await play.types("/rds digest now --environment development", "dora")
        while await play.bot.services.store.outbox.depth():
            stage.clock.advance(1)
            await asyncio.sleep(0.01)

        [seen] = digests(stage)
        assert "more, less urgent. The file in the thread lists all of them." in flat(seen)
        assert seen.text.startswith("50"), "all of them are counted"
        ana = stage.slack.member("ana")
        await ana.sees(_has_rows)
        [file] = filter(_has_rows, ana.messages())
        assert file.files[0].title.startswith("Database digest: all 50")
        assert file.thread_ts == seen.ts


@pytest.mark.parametrize(
    ("method", "word"),
    sampled(
        [
            ("files.getUploadURLExternal", "missing_scope"),
            ("files.completeUploadExternal", "a_word_of_tomorrow"),
            ("files.getUploadURLExternal", "file_uploads_disabled"),
            ("files.completeUploadExternal", "restricted_action"),
        ],
        quick=2,
    ),
)
async def test_where_slack_takes_no_file_its_place_says_so(
    stage: Stage, method: str, word: str
) -> None:
    stage.aws.seed([InstanceSpec(f"many-{n}", status="failed", tags={"Env": "dev"})
                    for n in range(20)])  # fmt: skip
    stage.slack.faults.add(method, Refused(word), times=None)
    async with stage.bot(CONFIG) as play:
        await play.types("/rds digest now --environment development", "dora")
        await everything_is_told(play.bot)

        [seen] = digests(stage)
        below = [flat(it) for it in stage.slack.member("ana").messages() if it.thread_ts == seen.ts]
        [missing] = [one for one in below if "The file that lists all of them is missing" in one]
        assert word in missing
        assert "/rds digest preview" in missing


async def test_two_replicas_post_one(shared_stage: Stage) -> None:
    async with shared_stage.bot(CONFIG) as one, shared_stage.bot(CONFIG) as other:
        await one.types(SCHEDULE, "dora")
        shared_stage.clock.advance(HOUR)

        await asyncio.gather(
            *(play.bot.jobs.ticks["digest"].work() for play in (one, other) for _ in range(3))
        )
        await everything_is_told(one.bot)

        assert len(digests(shared_stage)) == 1
        assert (await outcomes(one)).count("digest.posted") == 1


async def test_one_of_the_settings_is_served_from_the_start_on(stage: Stage) -> None:
    standing = {"channel": "C0DATABASE", "cron": "30 8 * * *", "timezone": "Africa/Lagos",
                "title": "Morning", "environments": ["production"]}  # fmt: skip
    async with stage.bot(configured(digests=[standing])) as play:
        await passes(play, 0)
        await passes(play, HOUR)
        [seen] = digests(stage, "Morning")
        assert "2 databases of production" in flat(seen)

        await play.types("/rds digest list")
        assert "in the settings file" in answer(play, "ana")
        assert "Remove" not in answer(play, "ana"), "what the settings say is removed there"
        [one] = await play.bot.services.digests.appointments()
        await play.types(f"/rds digest remove {one.id}", "dora")
        assert "remove it there" in answer(play, "dora")


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("/rds digest preview --environment staging", "/rds digest now --environment staging"),
        ("/rds digest now --environment staging", "weekdays 8:30 --environment staging"),
    ],
)
async def test_what_to_type_next_is_about_the_same_databases(
    stage: Stage, line: str, following: str
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(line, "dora")

        assert following in answer(play, "dora")


@pytest.mark.parametrize("line", ["/rds digest", "/rds digest list", "/rds list_digests"])
async def test_schedules_are_listed_as_sentences_with_buttons(stage: Stage, line: str) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(line, "dora")
        said = answer(play, "dora")
        assert "No scheduled digests" in said
        assert "[Preview] [Schedule…]" in said
        await play.types(line)
        assert "Approvers and admins can schedule one. [Preview]" in answer(play, "ana")
        assert "Schedule…" not in answer(play, "ana")

        weekdays = SCHEDULE.replace("* * *", "* * mon-fri")
        await play.types(weekdays, "dora")
        await play.types(line, "dora")

        [one] = await play.bot.services.digests.appointments()
        said = answer(play, "dora")
        assert f"{one.id}: Weekdays at 08:30 (Africa/Lagos) in #databases about" in said
        assert "about development, by @dora; next " in said
        assert "C0DATABASE" not in said
        assert f"Remove {one.id}" in said


async def test_a_schedule_is_removed_by_its_button(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(SCHEDULE, "dora")
        await play.types(SCHEDULE, "dora")
        assert "That digest is scheduled already" in answer(play, "dora")
        [one] = await play.bot.services.digests.appointments()
        dora = stage.slack.member("dora")
        await play.types("/rds digest remove D-ffffff", "dora")
        assert f"There are: {one.id}." in answer(play, "dora")

        await play.types("/rds digest", "dora")
        [listed] = [it for it in dora.messages() if "1 scheduled digest" in it.words]
        await dora.clicks(listed, "form.open.0")
        form = await dora.sees_modal("Digest remove")
        assert one.id in form.words
        said = await told_on_submit(dora, form, {})

        assert f"{one.id} is removed" in flat(said)
        await passes(play, DAY)
        assert digests(stage) == []


async def test_a_preview_offers_itself_for_every_weekday(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds digest preview --environment dev", "dora")
        dora = stage.slack.member("dora")
        seen = [it for it in dora.messages() if it.ephemeral][-1]
        menu = "menu.On weekdays at…"
        await dora.chooses(seen, menu, "Weekdays 8:30")
        form = await dora.sees_modal("Digest schedule")
        said = await told_on_submit(dora, form, {})

        assert "Weekdays at 08:30" in flat(said)
        [one] = await play.bot.services.digests.appointments()
        assert (one.cron, one.scope) == ("30 8 * * mon-fri", "development")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('"* * * * *"', "comes more often than every 15 minutes"),
        ('"0 8 30 feb *"', "never comes"),
        ('"0 8 1 * mon"', "put * in one of the two"),
        ('"0 8 * * *" --timezone Europe/Berln', 'did you mean "Europe/Berlin"?'),
        ('"0 8 * * *" --environment prdo', "the environments are production, staging"),
    ],
)
async def test_what_makes_no_sense_is_explained(stage: Stage, line: str, told: str) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(f"/rds digest schedule {line}", "dora")

        assert told in answer(play, "dora")


@pytest.mark.parametrize(
    ("line", "told", "cron"),
    [
        ("weekdays 8:30", "Weekdays at 08:30 (Europe/Berlin), about", "30 8 * * mon-fri"),
        ("daily 9am", "Every day at 09:00", "0 9 * * *"),
        ("mondays at 7 --timezone Africa/Lagos", "Mondays at 07:00 (Africa/Lagos)", "0 7 * * mon"),
        ("mon,wed,fri 18:00", "Mondays, Wednesdays and Fridays at 18:00", "0 18 * * mon,wed,fri"),
        ("0 9 1 * *", "0 9 1 * * (Europe/Berlin)", "0 9 1 * *"),
    ],
)
async def test_a_schedule_is_said_as_people_say_it_and_said_back(
    stage: Stage, line: str, told: str, cron: str
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(f"/rds digest schedule {line}", "dora")

        assert told in answer(play, "dora")
        assert "Next:" in answer(play, "dora")
        [one] = await play.bot.services.digests.appointments()
        assert one.cron == cron


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("daily", 'at what time does "daily" mean?'),
        ("9am", "Say daily 9am, or weekdays 9am"),
        ("sometimes 9am", '"sometimes" is no day and no time'),
    ],
)
async def test_a_schedule_that_is_not_clear_is_asked_about(
    stage: Stage, line: str, asks: str
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(f"/rds digest schedule {line}", "dora")

        assert asks in answer(play, "dora")
        assert await play.bot.services.digests.appointments() == ()


async def test_what_is_put_off_is_struck_out_for_everybody_and_left_out(
    any_stage: Stage,
) -> None:
    stage = any_stage
    async with stage.bot(CONFIG) as play:
        await play.types("/rds digest now", "dora")
        await everything_is_told(play.bot)
        [seen] = digests(stage)
        snoozed = "warehouse (production) full in about"
        assert snoozed in flat(seen)

        await click(play, "ana", seen, "digest.snooze")
        assert "Only approvers and admins" in answer(play, "ana")
        await click(play, "dora", seen, "digest.snooze")
        await everything_is_told(play.bot)
        assert "Digests in this channel leave this out until " in answer(play, "dora")
        assert snoozed in answer(play, "dora")

        [changed] = digests(stage)
        [row] = [it for it in changed.blocks if "Snoozed by" in str(it)]
        assert row["text"]["text"].startswith("~*warehouse (production)* full in")
        assert "<@U0DORA0001>" in row["text"]["text"]
        assert not changed.text.split(":")[1].startswith(" warehouse full")

        await play.types("/rds digest now", "dora")
        await everything_is_told(play.bot)
        assert snoozed not in flat(digests(stage)[-1])
        assert "1 snoozed" in flat(digests(stage)[-1])


async def test_what_was_put_off_is_taken_back(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds digest now", "dora")
        await everything_is_told(play.bot)
        [before] = digests(stage)
        await click(play, "dora", before, "digest.snooze")
        await everything_is_told(play.bot)
        await click(play, "dora", digests(stage)[0], "digest.wake")
        await everything_is_told(play.bot)

        assert "tells this again: warehouse" in answer(play, "dora")
        assert flat(digests(stage)[0]) == flat(before)
        assert await outcomes(play) == ["digest.posted", "digest.snoozed", "digest.woken"]


async def test_what_is_put_off_in_the_thread_is_struck_out_there(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds digest now", "dora")
        await everything_is_told(play.bot)
        [seen] = digests(stage)
        [below] = [it for it in stage.slack.member("dora").messages()
                   if it.thread_ts == seen.ts and "The bot's week" in it.words]  # fmt: skip

        await click(play, "dora", below, "digest.snooze_30")
        await everything_is_told(play.bot)

        assert "Snoozed by @dora until" in details(stage, seen)


async def test_a_week_in_which_nothing_needed_action_is_called_quiet(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(SCHEDULE, "dora")
        await passes(play, HOUR)
        for _ in range(7):
            await passes(play, DAY)

    *_, sunday, monday = map(flat, digests(stage))
    assert "quiet week" not in sunday
    assert "A quiet week: nothing needed action in the last 7 digests." in monday


async def test_its_chart_is_a_click_away(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds digest now", "dora")
        await everything_is_told(play.bot)
        [seen] = digests(stage)

        await click(play, "ana", seen, "query.run.chart")
        await everything_is_told(play.bot)
        below = [it for it in stage.slack.member("ana").messages() if it.thread_ts == seen.ts]

        assert any(it.text.startswith("warehouse: storage full in about") for it in below)


async def test_what_mends_it_is_a_click_away_as_a_form(stage: Stage) -> None:
    late = Concern(key="backup:x", section=Section.ACTION, line=("orders-test is behind.",),
                   database="orders-test@main/us-east-1", mend="create_snapshot")  # fmt: skip
    made = Digest(title="Database digest", at=0, scope="all", databases=1, concerns=(late,))
    async with stage.bot(CONFIG) as play:
        async with play.bot.services.store.write() as tx:
            await tx.post(told_in("C0DATABASE", made, "digest:1"))
        await everything_is_told(play.bot)
        [seen] = digests(stage)

        await click(play, "ana", seen, "form.open.create_snapshot")

        view = await stage.slack.member("ana").sees_modal(lambda it: "Snapshot" in it.words)
        assert "orders-test" in flat(view)


async def test_an_account_that_is_cut_off_is_named_and_hides_nothing(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        stage.aws.fault("monitoring:*", "throttle", times=None, region="eu-west-1")
        stage.aws.fault("cloudwatch:*", "throttle", times=None, region="eu-west-1")
        lifecycles = "rds:DescribeDBMajorEngineVersions"
        stage.aws.fault(lifecycles, "throttle", times=None, region="us-east-1")
        await play.types("/rds digest preview")
        stage.aws.mend_all()

    assert "CloudWatch did not tell all of analytics/eu-west-1: " in answer(play, "ana")
    assert "is supported" not in answer(play, "ana"), "another region has told"
    assert "warehouse (production) full in about" in answer(play, "ana")


@pytest.mark.parametrize("until", [(2 * DAY,), (2 * DAY + 5 * HOUR, 19 * HOUR)])
async def test_what_happened_at_the_weekend_is_told_on_monday_or_when_the_bot_is_back(
    stage: Stage, until: tuple[float, ...]
) -> None:
    stage.clock.advance(4 * DAY)  # a Friday
    async with stage.bot(CONFIG) as play:
        weekdays = SCHEDULE.replace("* * *", "* * mon-fri").replace("dev", "staging")
        await play.types(weekdays, "dora")
        await passes(play, HOUR)

        await passes(play, DAY)
        rds = stage.aws.client("rds")
        await asyncio.to_thread(rds.failover_db_cluster, DBClusterIdentifier="shop-staging")
        for seconds in until:
            await passes(play, seconds)

        friday, after = map(flat, digests(stage))
        assert "changed lately" not in friday
        assert "1 changed lately: shop-staging" in after


async def test_after_a_long_absence_only_the_last_days_count_as_missed(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(SCHEDULE, "dora")
    stage.clock.advance(60 * DAY + HOUR)
    async with stage.bot(CONFIG) as play:
        await passes(play, 0)

        assert (await outcomes(play)).count("digest.skipped") == 7
        assert "No digest could be posted 7 times in the days before" in flat(digests(stage)[0])


async def test_connections_are_held_against_what_the_parameter_group_sets(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds digest preview --environment staging")
        read = len(stage.aws.calls("rds:DescribeDBParameters"))

        await play.types("/rds digest preview --environment staging")

        assert " % of 450" in answer(play, "ana")
        assert len(stage.aws.calls("rds:DescribeDBParameters")) == read == 1


async def test_none_is_posted_to_where_strangers_read_along(stage: Stage) -> None:
    standing = {"channel": "C0PARTNER1", "cron": "30 8 * * *", "timezone": "Africa/Lagos"}
    async with stage.bot(configured(digests=[standing])) as play:
        await passes(play, 0)
        await passes(play, HOUR)

        assert digests(stage, "Database digest") == []
        assert await outcomes(play) == []
