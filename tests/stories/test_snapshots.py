"""A snapshot outlives its database: it is asked for, judged, found and told all the same."""

import asyncio
from typing import Any

from bot.values import Role
from tests.conftest import CONFIG
from tests.stories.asking import card_of, changes, flat, told
from tests.stories.stage import FIRST, Play, Stage

DENIED = "Operations not allowed on production instances"


async def outside(stage: Stage, call: str, **arguments: Any) -> None:
    await asyncio.to_thread(getattr(stage.aws.client("rds"), call), **arguments)
    stage.clock.advance(3_600)


async def taken(stage: Stage, name: str, **tags: str) -> None:
    given = [{"Key": key, "Value": value} for key, value in tags.items()]
    await outside(
        stage, "create_db_snapshot", DBInstanceIdentifier="orders-test", DBSnapshotIdentifier=name,
        Tags=given,
    )  # fmt: skip


async def says(play: Play, line: str) -> str:
    said = flat(await told(play.stage.slack.member("ana"), f"/rds {line}"))
    await play.quiet()
    return said


async def test_one_whose_database_is_gone_is_asked_for_by_its_name(stage: Stage) -> None:
    await taken(stage, "untagged")
    await taken(stage, "before", Environment="staging")
    await taken(stage, "kept", Environment="staging", keep="yes")
    await outside(
        stage, "delete_db_instance", DBInstanceIdentifier="orders-test", SkipFinalSnapshot=True
    )
    async with stage.bot(CONFIG) as play:
        listed = await says(play, "snapshots")
        denied = await says(play, "snapshot-delete untagged --reason x")
        kept = await says(play, "snapshot-delete kept --reason x")
        missing = await says(play, "snapshot-delete befor --reason x")
        database = await says(play, "reboot snapshot:before --reason x")
        await says(play, "snapshot-delete before@main --reason 'too old'")
        request = await play.request(FIRST + 2)  # the denied and the refused have numbers too
        found = await says(play, "requests before")
        trail = await says(play, "audit before")
        card = flat(await card_of(stage.slack.member("dora"), request.label))
        again = await says(play, "snapshot-delete before --reason 'me too'")

    assert "4 manual snapshots, newest first" in listed
    assert DENIED in denied
    assert "default, because no tag, name or account says what it is" in denied
    assert "kept is tagged keep=yes, so it stays" in kept
    assert 'I know no snapshot "befor". Did you mean before?' in missing
    assert '"snapshot:before" is a snapshot; this needs an instance' in database
    assert str(request.step.target) == "before@123456789012/us-east-1"
    assert request.classified.rule == "tag Environment=staging"
    assert request.step.locks == ("123456789012/us-east-1/snapshot/before",)
    assert request.label in found
    assert request.label in trail
    assert "Delete snapshot before of orders-test" in card
    assert request.label in again  # which is open on it
    assert not [one for one in changes(stage.aws) if "Delete" in one.name]


async def test_one_is_deleted_once_people_agree_and_its_database_is_only_read(
    stage: Stage,
) -> None:
    await taken(stage, "before")
    async with stage.bot(CONFIG) as play:
        shown = await says(play, "snapshots orders-test")
        await says(play, "snapshot-delete before --reason 'too old'")
        request = await play.request()
        found = await says(play, "requests orders-test")

    assert "1 manual" in shown
    assert " manual instance snapshots in main/us-east-1 are used" in shown
    assert request.step.locks == ("123456789012/us-east-1/snapshot/before",)
    assert request.classified.rule == "tag Environment=test of source orders-test"
    assert request.label in found
    assert [(one.target.identifier, one.role) for one in request.step.touches] == [
        ("before", Role.CHANGES), ("orders-test", Role.READS),
    ]  # fmt: skip
