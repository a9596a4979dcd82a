"""What people look up: the answers are private, complete, and hold what they are allowed to see."""

import asyncio
import re
from datetime import timedelta

import pytest

from bot.bootstrap import Bot
from bot.operations import CATALOGUE
from bot.operations.show_database import LIKELY
from bot.sandbox.aws import ANALYTICS, AlarmSpec, AWSSandbox, InstanceSpec
from bot.sandbox.slack import SlackSandbox
from bot.values import RUN
from tests.conftest import StartBot
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import asks, changes, configured, flat, told, told_on_choice
from tests.stories.stage import until

REBOOT = "/rds reboot orders-staging --reason 'new parameter group'"


async def test_list_shows_every_database_with_environment_status_and_account(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds list"))

    assert "15 databases" in said
    for row in (
        "orders-prod | production | available | main/us-east-1 | postgres",
        "warehouse | production | available",
        "shop-staging | staging | available | main/us-east-1 | aurora-postgresql",
        "analytics/eu-west-1",
    ):
        assert row in said.replace("│", "|"), said


@pytest.mark.parametrize(
    ("line", "there", "missing"),
    [
        ("list orders", "4 of 15 databases", "billing"),
        ("list ORDERS", "4 of 15 databases", "billing"),
        ("list --environment staging", "billing-staging", "orders-dev"),
        ("list orders --environment test", "1 of 15 databases", "orders-dev"),
        ("list orders --environment QA", "1 of 15 databases", "orders-dev"),
        ("list --environment 'Pre-Prod '", "billing-staging", "orders-dev"),
        ("list nothing-like-it", "None matches", "orders"),
    ],
)
async def test_list_can_be_narrowed_down(
    bot: Bot, slack: SlackSandbox, line: str, there: str, missing: str
) -> None:
    said = flat(await told(slack.member("ana"), f"/rds {line}"))

    assert there in said
    assert missing not in said


WORDED = configured(environments={"words": {"pre-live": "staging", "Kunden": "production"}})


@pytest.mark.parametrize(
    ("line", "there", "says"),
    [
        # an environment in each of its words: reports@analytics has no "staging" in its name
        ("list staging", ["orders-staging", "analytics/eu-west-1", "shop-staging"],
         '"staging" is the environment of 7 and in the name of 6.'),
        ("list STG", ["analytics/eu-west-1"], '"STG" is the environment of 7.'),
        ("list pre-prod", ["reports"], '"pre-prod" is the environment of 7.'),
        ("list prod", ["orders-prod", "warehouse"],
         '"prod" is the environment of 3 and in the name of 1.'),
        ("list Pre_Live", ["reports"], '"Pre_Live" is the environment of 7.'),
        ("list kunden", ["warehouse"], '"kunden" is the environment of 3.'),
        # the tags that decide, whatever the environment was read from
        ("list env=staging", ["reports", "shop-staging"], '"env=staging" is the environment of 7.'),
        ("list stage=Pre_Live", ["reports"], '"stage=Pre_Live" is the environment of 7.'),
        # what else there is of a database
        ("list oracle", ["ledger-test"], "the engine of"),
        ("list aurora-postgresql", ["shop-staging"], "the engine of"),
        ("list analytics", ["reports"], "the account of"),
        ("list eu-west-1", ["reports"], "the region of"),
        ("list cluster", ["shop-staging"], '"cluster" is the kind of'),
        ("list instances", ["orders-dev"], '"instances" is the kind of'),
        ("list available", ["orders-dev"], "the status of"),
        ("list Payments", ["tagged"], '"Payments" is a tag of 1.'),
        ("list team=payments", ["tagged"], '"team=payments" is a tag of 1.'),
        ("list orders", ["orders-dev"], '"orders" is in the name of 4.'),
        # each of two environments will do; of other words all
        ("list staging prod", ["orders-staging", "warehouse"], '"prod" is the environment of 3'),
        ("list staging, STG", ["reports"], '"STG" is the environment of 7.'),
        ("list produ", ["warehouse"], '"produ" is the environment of 3'),
        ("list us-east-1 eu-west-1", ["orders-dev", "analytics/eu-west-1"], "the region of"),
        ("list mysql oracle", ["billing-staging", "ledger-test"], "the engine of"),
        ("list all", ["orders-dev", "analytics/eu-west-1"], "16 databases"),
        ("list all staging", ["reports"], "7 in staging"),
        ("list avail", ["orders-dev"], "the status of"),
        # several words hold together
        ("list staging mysql", ["billing-staging"], '"mysql" is the engine of'),
        ("list staging orders", ["orders-staging"], '"orders" is in the name of 4.'),
    ],
)  # fmt: skip
async def test_list_looks_for_words_in_all_that_people_call_a_database_by(
    start_bot: StartBot,
    slack: SlackSandbox,
    aws: AWSSandbox,
    line: str,
    there: list[str],
    says: str,
) -> None:
    aws.seed([InstanceSpec("tagged", tags={"Team": "payments"})])
    async with start_bot(WORDED):
        said = flat(await told(slack.member("ana"), f"/rds {line}"))

    assert all(name in said for name in there), said
    assert says in said, said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("list ordres-prod", "Like it: orders-prod"),
        ("list stagging", "Like it: staging"),
        ("list postgrs", "Like it: postgres"),
        ("list avialable", "Like it: available"),
        ("list moon", "an environment (staging, "),
        ("list moon", "an account (main, "),
        ("list moon", "a tag as key=value"),
        ("list staging moon", '"moon" is nowhere.'),
        ("list staging oracle", "None matches."),
    ],
)
async def test_where_nothing_is_found_list_says_what_could_be_typed(
    bot: Bot, slack: SlackSandbox, line: str, says: str
) -> None:
    assert says in flat(await told(slack.member("ana"), f"/rds {line}"))


@pytest.mark.parametrize(
    ("line", "title", "missing"),
    [
        ("list staging", "7 in staging", "orders-dev"),
        ("list prod", "2 in production", "orders-dev"),
        ("list test dev", "6 in test or development", "orders-staging"),
        ("list staging orders", '1 of 15 databases in staging: "orders"', "orders-dev"),
        ("list staging mysql", '1 of 15 databases in staging: "mysql"', "orders-staging"),
    ],
)
async def test_list_says_in_its_title_what_it_matched(
    bot: Bot, slack: SlackSandbox, line: str, title: str, missing: str
) -> None:
    said = flat(await told(slack.member("ana"), f"/rds {line}"))

    assert said.startswith(title), said
    assert missing not in said


async def test_list_is_narrowed_to_an_environment_by_its_menu(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    shown = await told(ana, "/rds list")
    [menu] = [it for it in shown.actions if it.action_id == "menu.Environment"]
    [staging] = [it["value"] for it in menu.element["options"] if "staging" in it["value"]]

    narrowed = await told_on_choice(ana, shown, menu.action_id, staging)

    assert menu.element["initial_option"]["text"]["text"] == "All: 15"
    assert flat(narrowed).startswith("7 in staging")


async def test_list_says_which_account_it_cannot_see_and_shows_the_others(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("rds:Describe*", "denied", times=None, account=ANALYTICS)
    async with start_bot():
        listed = flat(await told(slack.member("ana"), "/rds list"))
        unknown = flat(await told(slack.member("ana"), "/rds show reports@analytics"))
        found = flat(await told(slack.member("ana"), "/rds show orders-dev"))

    assert "I could not look into analytics/eu-west-1" in listed
    assert "orders-prod" in listed
    assert "I could not look into analytics/eu-west-1" in unknown
    assert "orders-dev is available" in found


async def test_a_fleet_too_large_for_one_message_is_counted(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.seed([InstanceSpec(f"many-{number:03}-dev") for number in range(300)])
    await bot.services.fleet.refresh()

    said = await told(slack.member("ana"), "/rds list")

    assert "315 databases" in flat(said)
    assert "more; narrow it down" in flat(said)
    assert_message({"text": said.text, "blocks": list(said.blocks)})


async def test_show_reads_the_database_anew(bot: Bot, slack: SlackSandbox, aws: AWSSandbox) -> None:
    aws.client("rds").modify_db_instance(
        DBInstanceIdentifier="orders-test", DBInstanceClass="db.r6g.xlarge"
    )

    said = flat(await told(slack.member("ana"), "/rds show orders-test"))

    for words in (
        "test, by tag Environment=test", "main/us-east-1", "03:00\N{EN DASH}03:30 UTC",
        "Sun 05:00\N{EN DASH}05:30 UTC",
        "kept 7 days", "DBInstanceClass = db.r6g.xlarge", "db.t4g.medium", "50 GiB",
    ):  # fmt: skip
        assert words in said, words


async def test_show_of_a_cluster_names_its_members_and_what_was_asked_of_it(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await asks(ana, "/rds backup-window shop-staging 07:00-07:30")

    said = flat(await told(ana, "/rds show shop-staging"))

    assert "shop-staging-1, shop-staging-2, shop-staging-3" in said
    assert "shop-staging is available · staging" in said
    assert "RDS-1001 waits" in said
    assert (
        "⏳ RDS-1001: Set the backup window of shop-staging to 07:00-07:30 UTC, needs 1 approval"
    ) in said


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("orders-staging", {"create_snapshot", "reboot_instance", *LIKELY} - {"start_database"}),
        # a cluster, whose storage grows by itself
        ("shop-staging", {"create_snapshot", "modify_instance_class", "upgrade_engine"}),
        ("orders-prod", set()),  # the policy denies all of it
    ],
)
async def test_show_offers_what_no_rule_denies_there_and_what_can_be_looked_at(
    bot: Bot, slack: SlackSandbox, name: str, offered: set[str]
) -> None:
    shown = await told(slack.member("ana"), f"/rds show {name}")

    drawn = str(shown.message.blocks)
    assert {one for one in CATALOGUE if f"form.open.{one}" in drawn} == offered
    for verb in ("metrics", "top", "events", "audit"):
        assert f"{verb} " in drawn
    assert "https://us-east-1.console.aws.amazon.com/rds/home?region=us-east-1" in drawn
    assert "/rds audit" not in flat(shown)


WATCHED = configured(channels={"incidents": "C0DATABASE", "approvals": "C0DATABASE"})


async def test_list_and_show_say_what_goes_on_and_that_comes_first(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.seed_alarms([AlarmSpec("warehouse-cpu", "warehouse", "CPUUtilization", 0.1)])
    ana = slack.member("ana")
    async with start_bot(WATCHED) as bot:
        await asks(ana, REBOOT)
        async with asyncio.timeout(20):
            while not await bot.services.store.incidents.open():
                await bot.jobs.run("watch")
        listed, shown = await told(ana, "/rds list"), await told(ana, "/rds show warehouse")

    rows = re.findall(r"([a-z-]+) (🚨|⏳|🔄) ([A-Z]+-\d+) +│", flat(listed))
    assert rows == [("warehouse", "🚨", "I-1"), ("orders-staging", "⏳", "RDS-1001")]
    assert "🚨 warehouse: CPU utilization above 0.1 %, since" in flat(listed)
    assert "Metrics of warehouse" in flat(listed)
    assert "warehouse is available · production · 1 alarm" in flat(shown)


async def test_list_and_show_say_where_alarms_could_not_be_read(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("cloudwatch:DescribeAlarms", "denied", times=None, account=ANALYTICS)
    ana = slack.member("ana")
    async with start_bot(WATCHED) as bot:
        await bot.jobs.run("watch")
        listed, shown = await told(ana, "/rds list"), await told(ana, "/rds show reports@analytics")
        fine = await told(ana, "/rds show orders-dev")

    assert re.search(r"reports \? +│ staging", flat(listed))
    assert re.search(r"orders-dev +│", flat(listed))
    assert "Not read lately: the alarms in analytics/eu-west-1." in flat(listed)
    assert "reports is available · staging · alarms unknown" in flat(shown)
    assert "alarms" not in flat(fine).partition("Environment")[0]


async def test_status_of_a_request_says_what_it_waits_for(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), f"{REBOOT} --failover")
    await told(slack.member("dora"), "/rds approve RDS-1001")

    said = flat(await told(slack.member("ben"), "/rds status 1001"))

    assert "RDS-1001 Reboot orders-staging with failover: needs 1 more approval" in said
    assert "1 of 2 @dora" in said
    assert "high, because a failover moves the writer" in said
    assert "@emil" in said


async def test_status_alone_is_that_of_ones_own_requests(bot: Bot, slack: SlackSandbox) -> None:
    ana, ben = slack.member("ana"), slack.member("ben")
    await told(ana, "/rds reboot orders-staging --reason leak")

    mine, other = await told(ana, "/rds status"), await told(ben, "/rds status")

    assert "RDS-1001 Reboot orders-staging: pending" in flat(mine)
    assert [it.value for it in mine.actions] == ["status RDS-1001"]
    assert "You have no requests" in flat(other)
    assert "/rds status bot" in flat(other)


async def test_status_of_the_bot(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await told(ana, "/rds metrics orders-test cpu")

    said = flat(await told(ana, "/rds status bot"))

    assert "connected" in said
    assert re.search(r"Metrics read: [1-9]\d*, about \$0\.0\d", said)
    assert "Databases seen: 15" in said.replace(" at", "")


async def test_requests_lists_what_is_open_mine_and_ended(bot: Bot, slack: SlackSandbox) -> None:
    ana, ben = slack.member("ana"), slack.member("ben")
    await asks(ana, REBOOT)
    await asks(ben, "/rds reboot orders-test")
    await asks(ben, "/rds reboot orders-dev")
    await told(ben, "/rds cancel RDS-1003")

    everyones = flat(await told(ana, "/rds requests"))
    mine = flat(await told(ana, "/rds requests --mine"))
    ended = flat(await told(ana, "/rds requests --all"))
    of_one = flat(await told(ana, "/rds requests orders-test"))

    assert ("RDS-1001" in everyones, "RDS-1002" in everyones, "RDS-1003" in everyones) == (
        True, True, False,
    )  # fmt: skip
    assert ("RDS-1001" in mine, "RDS-1002" in mine) == (True, False)
    assert "cancelled" in ended
    assert ("RDS-1001" in of_one, "RDS-1002" in of_one) == (False, True)


AUDIT = {
    "everything": ("", {"request.filed", "vote.approved", "request.denied"}),
    "target": ("orders-staging", {"request.filed", "vote.approved"}),
    "person": ("--user @dora", {"vote.approved"}),
    "failed": ("--failed", {"request.denied"}),
    "request": ("--request RDS-1001", {"request.filed", "vote.approved"}),
    "since": ("--since 1h", {"request.filed", "vote.approved", "request.denied"}),
    "together": ("orders-staging --user @dora --since 90m", {"vote.approved"}),
}


async def test_audit_finds_by_target_person_result_time_and_request(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), f"{REBOOT} --failover")
    await told(slack.member("dora"), "/rds approve RDS-1001")
    await told(slack.member("ben"), "/rds reboot orders-prod")

    for line, wanted in AUDIT.values():
        said = flat(await told(slack.member("pat"), f"/rds audit {line} --steps"))
        everything = AUDIT["everything"][1]
        assert {action for action in everything if action in said} == wanted, line


async def test_the_audit_is_one_sentence_a_request_with_its_steps_on_demand(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.plan["reboot_db_instance"] = [("rebooting", 4)]
    ana, dora, emil = (slack.member(one) for one in ("ana", "dora", "emil"))
    await asks(ana, f"{REBOOT} --failover")
    for one in (ana, dora, emil):
        await told(one, "/rds approve RDS-1001")
    await asks(slack.member("ben"), "/rds reboot orders-test")
    await told(dora, "/rds reject RDS-1002 --reason 'Not during the sale'")
    await told(slack.member("ben"), "/rds reboot orders-prod")
    await asks(ana, "/rds snapshot orders-dev before")
    await told(slack.member("gil"), "/rds list")
    await told(slack.member("gil"), "/rds audit")
    await until(lambda: "succeeded" in str(ana.messages()))

    seen = await told(ana, "/rds audit")
    said = flat(seen)

    assert re.search(
        r"@emil approved RDS-1001 \(2 of 2\), reboot orders-staging, for @ana"
        r"( → \S.*?)? \(1 vote did not count\)",
        said,
    )
    assert re.search(
        r'@dora rejected RDS-1002, reboot orders-test, for @ben: "Not during the sale"', said
    )
    assert re.search(r"@ben asked for RDS-1003, reboot orders-prod → denied", said)
    assert "2 refused looks, by @gil." in said
    assert not any(it["type"] == "table" for it in seen.blocks)
    assert "vote.approved" not in said
    before = {it.ts for it in ana.messages()}
    await ana.clicks(seen, "query.run.showthesteps")
    steps = flat(await ana.sees(lambda it: it.ts not in before and "step" in it.words))
    assert re.search(r"@emil RDS-1001 orders-staging: vote.approved, approved \(row \d+\)", steps)
    assert "query.refused" in steps
    of_one = flat(await told(ana, "/rds audit RDS-1002"))
    assert "@dora rejected RDS-1002" in of_one
    assert "request.rejected, rejected (row" in of_one


async def test_audit_still_finds_what_was_done_to_a_database_that_is_gone(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-test")
    aws.plan["delete_db_instance"] = [("deleting", 1)]
    aws.client("rds").delete_db_instance(DBInstanceIdentifier="orders-test", SkipFinalSnapshot=True)
    await until(lambda: not _is_there(aws, "orders-test"))
    await bot.services.fleet.refresh()

    said = flat(await told(slack.member("pat"), "/rds audit orders-test"))

    assert "@ana asked for RDS-1001, reboot orders-test" in said


def _is_there(aws: AWSSandbox, name: str) -> bool:
    found = aws.client("rds").describe_db_instances()["DBInstances"]
    return name in {one["DBInstanceIdentifier"] for one in found}


async def test_audit_before_its_time_is_left_out(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), REBOOT)

    assert not await bot.services.store.audit.rows(
        since=bot.services.clock() + timedelta(minutes=1) // timedelta(microseconds=1)
    )
    assert "Nothing fits that" in flat(await told(slack.member("ana"), "/rds audit --failed"))


async def test_whoami_says_what_each_may_do(start_bot: StartBot, slack: SlackSandbox) -> None:
    access = {
        "approvers": {"groups": ["S0DBAS0001"]},
        "admins": {"users": ["U0PAT00001"]},
        "requesters": {"groups": ["S0DEVS0001", "S0DBAS0001"]},
    }
    expected = {
        "ana": "look, ask for changes",
        "dora": "look, ask for changes, approve and reject",
        "pat": "look, administer the bot",
        "gil": "nothing here",
    }
    async with start_bot(configured(access=access)):
        said = {who: flat(await told(slack.member(who), "/rds whoami")) for who in expected}

    for who, may in expected.items():
        assert f"You are {who}" in said[who]
        assert f"{may} You may never" in said[who] or may in said[who]
    assert "Europe/Lisbon" in said["ana"]


@pytest.mark.parametrize(
    "line", ["help backup-window", "backup-window --help", "help modify_backup_window"]
)
async def test_help_about_one_verb_shows_everything_about_it(
    bot: Bot, slack: SlackSandbox, line: str
) -> None:
    said = flat(await told(slack.member("ana"), f"/rds {line}"))

    for words in (
        "Set the daily backup window", "where clocks change", "/rds backup-window ID HH:MM-HH:MM",
        "--reason TEXT", "--dry-run", "medium", "For example: /rds backup-window orders-test",
    ):  # fmt: skip
        assert words in said, words


async def test_every_verb_has_its_help(bot: Bot, slack: SlackSandbox) -> None:
    for operation in CATALOGUE.values():
        said = flat(await told(slack.member("dora"), f"/rds help {operation.verb}"))
        assert operation.summary() in said
        assert f"/rds {operation.example}" in said


async def test_a_query_changes_nothing_and_leaves_no_trace(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    for line in ("list", "show orders-prod", "status", "requests", "audit", "whoami", "help"):
        await told(slack.member("ana"), f"/rds {line}")

    assert changes(aws) == []
    assert await bot.services.store.audit.rows() == ()
    assert slack.called("chat.postMessage") == ()


@pytest.mark.parametrize("line", ["audit RDS-1001", "audit rds-1001", "requests RDS-1001"])
async def test_a_request_where_a_database_may_stand_is_that_request(
    bot: Bot, slack: SlackSandbox, line: str
) -> None:
    await asks(slack.member("ana"), REBOOT)

    said = flat(await told(slack.member("ana"), f"/rds {line}"))

    assert "RDS-1001" in said
    assert "orders-staging" in said


@pytest.mark.parametrize(
    "line", ["audit nosuchdb", "audit orders-stagin --failed", "requests nosuchdb"]
)
async def test_a_name_that_nothing_has_or_had_is_said_to_be_unknown(
    bot: Bot, slack: SlackSandbox, line: str
) -> None:
    said = flat(await told(slack.member("ana"), f"/rds {line}"))

    assert f'no database "{line.split()[1]}"' in said


@pytest.mark.parametrize(
    ("line", "says", "suggestion"),
    [
        (
            "metrics orders-staging cpu,conn",
            'I have no metric "conn" of orders-staging',
            "/rds metrics orders-staging cpu,connections",
        ),
        (
            "metrics orders-staging conn --range 3h",
            'no metric "conn"',
            "/rds metrics orders-staging connections --range 3h",
        ),
        (
            "compare orders-staging orders-test --metric cpu,memory",
            "compare takes one metric, and cpu,memory are 2.",
            "/rds compare orders-staging orders-test",
        ),
        (
            "compare orders-staging orders-test --metric conections",
            'no metric "conections"',
            "/rds compare orders-staging orders-test --metric connections",
        ),
        (
            "compare orders-staging orders-tset --range 3h",
            'I know no database "orders-tset"',
            "/rds compare orders-staging orders-test --range 3h",
        ),
        (
            "compare orders-staging orders-dev orders-tset",
            'I know no database "orders-tset"',
            "/rds compare orders-staging orders-dev orders-test",
        ),
        ("list orders --environment prodution", '"prodution" is no environment',
         "/rds list orders --environment production"),
        ("digest preview --environment stagin", '"stagin" is no environment',
         "/rds digest preview --environment staging"),
    ],
)  # fmt: skip
async def test_an_unknown_word_is_corrected_where_it_stands(
    bot: Bot, slack: SlackSandbox, line: str, says: str, suggestion: str
) -> None:
    ana = slack.member("ana")
    answer = await told(ana, f"/rds {line}")

    runs = [it.value for it in answer.actions if it.action_id.startswith(RUN)]
    assert says in flat(answer)
    assert suggestion in runs
    for command in runs:
        assert says not in flat(await told(ana, str(command)))


@pytest.mark.parametrize(
    "line", ["metrics orders-staging it", "logs orders-staging zz", "list --environment it"]
)
async def test_no_word_is_offered_that_is_not_near(
    bot: Bot, slack: SlackSandbox, line: str
) -> None:
    answer = await told(slack.member("ana"), f"/rds {line}")

    assert [it for it in answer.actions if it.action_id.startswith(RUN)] == []
    assert "did you mean" not in flat(answer).casefold()


async def test_words_that_are_not_found_are_named_once_and_few_of_them(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    many = " ".join(f"moon{number}" for number in range(9))

    said = flat(await told(ana, f"/rds list {'list ' * 900}"))
    assert said.count('"list" is nowhere.') == 1
    said = flat(await told(ana, f"/rds list {many} {many.upper()}"))
    assert said.count("is nowhere.") == 6
    assert "and 3 more words" in said


@pytest.mark.parametrize(
    "words", ["staging,orders", "staging, orders", "staging orders", ",staging,,orders,"]
)
async def test_words_are_parted_by_commas_or_blanks(
    bot: Bot, slack: SlackSandbox, words: str
) -> None:
    said = flat(await told(slack.member("ana"), f"/rds list {words}"))

    assert "orders-staging" in said
    assert '"staging" is the environment of' in said
    assert '"orders" is in the name of' in said


@pytest.mark.parametrize("word", ["pre-live", "Pre_Live", "'pre live'", "staging", "STAGE"])
async def test_an_environment_is_named_in_the_teams_own_words(
    start_bot: StartBot, slack: SlackSandbox, word: str
) -> None:
    async with start_bot(WORDED):
        ana = slack.member("ana")
        listed = flat(await told(ana, f"/rds list --environment {word}"))
        digest = flat(await told(ana, f"/rds digest preview --environment {word}"))

    assert "orders-staging" in listed
    assert "orders-dev" not in listed
    assert "of staging" in digest


async def test_a_page_of_the_console_is_the_database_that_it_shows(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    console = "https://us-east-1.console.aws.amazon.com/rds/home?region=us-east-1#"

    for page in (
        f"{console}database:id=orders-test;is-cluster=false",
        f"<{console}database:id=orders-test;is-cluster=false;tab=monitoring>",
    ):
        assert "orders-test is available" in flat(await told(ana, f"/rds show {page}"))
    other = flat(await told(ana, f"/rds show {console}snapshots-list:"))
    assert "is not the one of a database" in other
    gone = flat(await told(ana, f"/rds show {console}database:id=zzzz;is-cluster=false"))
    assert 'I know no database "zzzz"' in gone
    assert "Did you mean" not in other + gone


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("x", 'I know no database "x". See /rds list for all I can see.'),
        *((word, "Events: of which database?") for word in ("it", "for", "db", "them")),
    ],
)
async def test_no_database_is_offered_that_is_not_near(
    bot: Bot, slack: SlackSandbox, word: str, says: str
) -> None:
    answer = await told(slack.member("ana"), f"/rds events {word}")

    assert says in flat(answer)
    assert not any(it.action_id.startswith("query") for it in answer.actions)


async def test_what_is_wrong_with_a_time_is_said_once(bot: Bot, slack: SlackSandbox) -> None:
    said = flat(await told(slack.member("dora"), '/rds digest schedule "61 8 * * *"'))

    assert said.count("61 8 * * *") == 1
    assert (
        'When: "61 8 * * *" is no cron expression: "61" is no minute; it goes from 0 to 59.' in said
    )
