"""What a database's parameters are, and what becomes of those that are set."""

from bot.sandbox.slack import SlackSandbox
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import flat, told
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
    assert "more: narrow it, as /rds parameters billing-staging@main/us-east-1 WORD" in said
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
