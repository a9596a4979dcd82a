"""What a database's parameters are, and what becomes of those that are set."""

from bot.sandbox.aws import InstanceSpec
from bot.sandbox.slack import SlackSandbox
from bot.values import Request, Status
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import card_of, changes, flat, told
from tests.stories.stage import Stage


async def test_what_was_set_comes_first_and_the_rest_is_counted(
    stage: Stage, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    async with stage.bot():
        seen = await told(ana, "/rds parameters billing-staging")
        word = flat(await told(ana, "/rds parameters billing-staging MAX-conn"))
        changed = flat(await told(ana, "/rds params billing-staging --changed"))
        none = flat(await told(ana, "/rds parameters billing-staging max_conections"))
        member = flat(await told(ana, "/rds parameters shop-staging-1 log_statement"))
        nobody = flat(await told(ana, "/rds parameters orders-dev --changed"))
        stage.aws.fault("rds:DescribeDBClusterParameters", "denied", times=None)
        partly = flat(await told(ana, "/rds parameters shop-staging-1 log_statement"))

    said = flat(seen)
    assert_message({"text": seen.text, "blocks": list(seen.blocks)})
    assert "billing-staging: 1 parameter set by your team" in said
    assert said.index("max_connections") < said.index("autocommit")
    assert "more. Narrow it: /rds parameters billing-staging@main/us-east-1 WORD" in said
    assert "450 │ set by your team · changes with a restart · allowed: 1-100000" in word
    assert "max_connect_errors" not in changed
    assert "Did you mean max_connections" in none
    assert "default.aurora-postgresql" in member
    assert "changes at once · allowed: none,ddl,mod,all · the cluster's group" in member
    assert "Your team set nothing in default.postgres" in nobody
    assert "nobody can change it" in nobody
    assert "could not be read" in partly
    assert "as far as I could read them" in partly
    assert "allowed: none,ddl,mod,all · its own group" in partly


def detail_of(request: Request) -> str:
    assert request.outcome is not None
    return request.outcome.detail


def shared(stage: Stage, environment: str) -> None:
    """Another database, that uses the same parameter group."""
    stage.aws.seed((InstanceSpec("billing-2", engine="mysql", tags={"Environment": environment}),))
    stage.aws.client("rds").modify_db_instance(
        DBInstanceIdentifier="billing-2", DBParameterGroupName="billing-staging-parameters"
    )
    stage.clock.advance(60)


async def test_what_changes_at_once_is_applied_and_what_does_not_waits_for_a_restart(
    stage: Stage, slack: SlackSandbox
) -> None:
    shared(stage, "test")
    async with stage.bot() as play:
        line = "/rds parameter billing-staging long_query_time=2 innodb_read_io_threads=8"
        await play.types(f"{line} --reason 'slow statements'")
        sent = await play.request()
        await play.later(60, steps=6)
        ended = await play.request()
        await play.told()
        card = await card_of(slack.member("ana"), "RDS-1001")

    [call] = changes(stage.aws)[-1:]
    assert call.name == "rds:ModifyDBParameterGroup"
    assert [one["ApplyMethod"] for one in sent.step.plan.call.arguments["Parameters"]] == [
        "immediate",
        "pending-reboot",
    ]
    assert {one.target.identifier for one in sent.step.plan.touches} == {
        "billing-staging",
        "billing-2",
    }
    assert len(sent.step.locks) == 2
    assert ended.status is Status.SUCCEEDED
    assert "waits for a restart of billing-staging, billing-2" in detail_of(ended)
    labels = [one["text"]["text"] for block in card.blocks for one in block.get("elements", ())
              if one["type"] == "button"]  # fmt: skip
    assert labels == ["Reboot billing-staging…", "Undo…"]


async def test_a_rule_about_any_database_that_uses_the_group_holds(
    stage: Stage, slack: SlackSandbox
) -> None:
    shared(stage, "production")
    async with stage.bot():
        said = flat(
            await told(slack.member("ana"), "/rds parameter billing-staging long_query_time=2")
        )

    assert "Not on production." in said
    assert [one for one in changes(stage.aws) if "ParameterGroup" in one.name] == []


async def test_what_aws_cannot_apply_has_failed(stage: Stage) -> None:
    stage.aws.will_end("apply_parameters", "failed-to-apply")
    async with stage.bot() as play:
        await play.types("/rds parameter billing-staging long_query_time=2")
        await play.later(60, steps=6)
        ended = await play.request()

    assert ended.status is Status.FAILED
    assert "AWS could not apply it" in detail_of(ended)


async def test_a_lost_answer_is_found_by_the_group_itself(stage: Stage) -> None:
    stage.aws.fault("rds:ModifyDBParameterGroup", "lost")
    async with stage.bot() as play:
        await play.types("/rds parameter billing-staging long_query_time=2")
        await play.later(60, steps=6)
        ended = await play.request()

    assert ended.status is Status.SUCCEEDED
    assert len(changes(stage.aws)) == 1
