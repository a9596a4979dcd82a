"""The story that the demo tells, step by step, with what must be true after each of them."""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.sandbox.aws import MAIN
from bot.sandbox.demands import DiffersError, Expected, label
from bot.sandbox.evidence import happened_at, instance, looked_between, snapshot
from bot.sandbox.scene import Scene
from bot.sandbox.slack import Entry, SeenMessage
from bot.sandbox.stage import STOPS_WITHIN

SNAPSHOT = "pre-upgrade-1"
#: What AWS takes at its own pace, in seconds.
SNAPSHOT_TAKES, FAILOVER_TAKES = 240, 81
COMPLETED = "Multi-AZ instance failover completed"


@dataclass(frozen=True)
class Step:
    """`why` tells the viewer what to watch for."""

    name: str
    title: str
    why: str
    play: Callable[[Scene], Coroutine[Any, Any, None]]


async def _snapshot(scene: Scene) -> None:
    scene.demand(not scene.changes, "Nothing should have been changed at AWS before anybody asked.")
    await scene.types("ana", f"/rds snapshot orders-dev {SNAPSHOT}")
    said = await scene.told("ana", "No approval is needed")
    name = label(said)
    card = await scene.posted(name, f"Take snapshot {SNAPSHOT} of orders-dev", "development")
    await _detailed(scene, card)
    expected = Expected(
        "rds:CreateDBSnapshot",
        {
            "DBInstanceIdentifier": "orders-dev",
            "DBSnapshotIdentifier": SNAPSHOT,
            "Tags": [{"Key": "rds-bot:request-id", "Value": name}],
        },
        session_name(name),
        scene.stage.slack.member("ana").id,
        MAIN,
    )
    await scene.called(expected)
    scene.proves(
        "AWS received one CreateDBSnapshot, in a session named after the request: "
        f"{expected.session_name}."
    )
    seconds = SNAPSHOT_TAKES / scene.stage.pace
    ended = await scene.becomes(card, "succeeded in", f"{SNAPSHOT} is available", seconds=seconds)
    await _ended_in_thread(scene, card, "succeeded")
    status = (await snapshot(scene.stage.aws, SNAPSHOT))["Status"]
    scene.demand(
        status == "available", f"AWS should have the snapshot available, but it is {status}."
    )
    made_at = await happened_at(scene.stage.aws, "db-snapshot", SNAPSHOT, "Manual snapshot created")
    _demand_truth(scene, ended, made_at, "DescribeDBSnapshots")
    scene.proves("It said so only after AWS had completed the snapshot and the bot had looked.")
    scene.ledger.trail += [
        ("@ana", "request.filed", "orders-dev", "approved"),
        ("bot", "step.sent", "orders-dev", "sent"),
        ("bot", "request.succeeded", "orders-dev", "succeeded"),
    ]


async def _ask(scene: Scene) -> None:
    await scene.types("ana", "/rds reboot orders-staging --failover --reason 'failover drill'")
    said = await scene.told("ana", "Reboot orders-staging with failover", "It needs 2 approvals")
    card = await scene.posted(
        label(said),
        "needs 2 approvals",
        "staging, high risk",
        "0 of 2",
        "@dora, @emil",
        "1\N{EN DASH}2 min",
        "failover drill",
    )
    await _detailed(
        scene,
        card,
        "DNS moves to the standby",
        "Last backup",
        "rds:RebootDBInstance",
        "ForceFailover = true",
    )
    scene.ledger.cards["reboot"] = card
    for word in ("Approve", "Reject", "Details"):
        there = any(it.label.startswith(word) for it in card.actions)
        scene.demand(there, f"The card should have a button {word}.")
    scene.proves(
        "The card says what would happen and who can agree, its thread the exact call; AWS has "
        "received nothing."
    )
    scene.ledger.trail.append(("@ana", "request.filed", "orders-staging", "waits"))


async def _own(scene: Scene) -> None:
    card = scene.ledger.cards["reboot"]
    await scene.clicks("ana", card, "Approve")
    await scene.told("ana", "You cannot approve your own request")
    scene.demand_unchanged(card, "0 of 2")
    scene.proves("Refused, and only Ana was told; the card still says 0 of 2.")
    scene.ledger.trail.append(("@ana", "vote.refused", "orders-staging", "own"))


async def _first(scene: Scene) -> None:
    card = scene.ledger.cards["reboot"]
    await scene.clicks("dora", card, "Approve")
    await scene.becomes(card, "needs 1 more", "1 of 2: @dora")
    scene.proves("1 of 2; AWS has still received nothing.")
    scene.ledger.trail.append(("@dora", "vote.approved", "orders-staging", "more"))


async def _again(scene: Scene) -> None:
    card = scene.ledger.cards["reboot"]
    await scene.clicks("dora", card, "Approve")
    await scene.told("dora", "You have already approved this request")
    scene.demand_unchanged(card, "1 of 2: @dora")
    scene.proves("One person counts once: still 1 of 2, and AWS has received nothing.")
    scene.ledger.trail.append(("@dora", "vote.refused", "orders-staging", "had"))


async def _second(scene: Scene) -> None:
    card = scene.ledger.cards["reboot"]
    clicked_at = scene.stage.slack.world.now()
    await scene.clicks("emil", card, "Approve")
    await scene.becomes(card, "Approved by @dora, @emil")
    expected = Expected(
        "rds:RebootDBInstance",
        {"DBInstanceIdentifier": "orders-staging", "ForceFailover": True},
        session_name(label(card)),
        scene.stage.slack.member("ana").id,
        MAIN,
    )
    call = await scene.called(expected)
    scene.demand(call.at >= clicked_at, "AWS should have received the call only after 2 of 2.")
    scene.proves(
        "2 of 2: AWS received exactly one RebootDBInstance with ForceFailover, "
        f"as {expected.session_name}, for Ana."
    )
    scene.ledger.trail += [
        ("@emil", "vote.approved", "orders-staging", "approved"),
        ("bot", "step.sent", "orders-staging", "sent"),
    ]


async def _ending(scene: Scene) -> None:
    card, aws = scene.ledger.cards["reboot"], scene.stage.aws
    ended = await scene.becomes(
        card,
        "succeeded in",
        "it moved from us-east-1a to us-east-1b",
        "approved by @dora, @emil",
        seconds=FAILOVER_TAKES / scene.stage.pace,
    )
    await _ended_in_thread(scene, card, "succeeded")
    now = await instance(aws, "orders-staging")
    where, status = now["AvailabilityZone"], now["DBInstanceStatus"]
    scene.demand(
        (where, status) == ("us-east-1b", "available"),
        f"AWS should have orders-staging available in us-east-1b; it is {status} in {where}.",
    )
    completed_at = await happened_at(aws, "db-instance", "orders-staging", COMPLETED)
    _demand_truth(scene, ended, completed_at, "DescribeDBInstances")
    scene.proves("True: AWS had completed the failover, and the bot had looked, before it said so.")
    scene.ledger.trail.append(("bot", "request.succeeded", "orders-staging", "succeeded"))


async def _production(scene: Scene) -> None:
    await scene.types("ben", "/rds reboot orders-prod --reason 'it feels slow'")
    said = await scene.told(
        "ben",
        "Operations not allowed on production instances. Please create a CloudOps request.",
        "production, by tag Environment=production",
    )
    offered = any(it.label == "Create CloudOps request" for it in said.actions)
    scene.demand(offered, "The denial should offer a button Create CloudOps request.")
    scene.proves("Ben alone is told no, why, and where to go instead; AWS has received nothing.")
    scene.ledger.trail.append(("@ben", "request.denied", "orders-prod", "denied"))


async def _guest(scene: Scene) -> None:
    await scene.types("gil", "/rds reboot orders-dev --reason 'just trying'")
    await scene.told("gil", "Guests cannot ask for changes")
    scene.proves("Gil sees the channel's cards, but can set nothing in motion.")
    scene.ledger.trail.append(("@gil", "request.refused", "orders-dev", "guests"))


async def _audit(scene: Scene) -> None:
    await scene.types("dora", "/rds audit --steps")
    said = await scene.told("dora", "The last ", " steps", "(row 1)")
    shown = _rows(said)[::-1]
    left = iter(shown)
    for wanted in scene.ledger.trail:
        there = any(all(word in row for word in wanted) for row in left)
        scene.demand(there, f"The audit trail should have, in its place: {' '.join(wanted)}.")
    sent = sum("step.sent" in row for row in shown)
    calls = len(scene.ledger.calls)
    scene.demand(sent == calls, f"The audit trail should have {calls} calls sent, not {sent}.")
    scene.ledger.cards["audit"] = said
    scene.proves("Everything is there, in order: what was done, and what was refused to whom.")


async def _verify(scene: Scene) -> None:
    rows = int(_rows(scene.ledger.cards["audit"])[0][-1])
    scene.announces("Whoever runs the bot types in a shell:  rds-bot audit verify")
    ran = await scene.stage.run("audit", "verify")
    scene.shows(ran.said)
    scene.demand(ran.exit_code == 0, f"It should exit 0, but exits {ran.exit_code}.")
    scene.demand(
        f"Intact: {rows} rows" in ran.said,
        f"It should say: Intact: {rows} rows. It says: {ran.said}",
    )
    scene.proves("Exit code 0: every row still fits the hash of the one before.")


async def _goodbye(scene: Scene) -> None:
    scene.announces("Whoever runs the bot stops it (SIGTERM)")
    code = await scene.stage.bot.stop(STOPS_WITHIN)
    if code != 0:
        how = f"still runs after {STOPS_WITHIN:g} s" if code is None else f"exited {code}"
        raise DiffersError(f"The bot should exit 0 when asked to stop, but it {how}.")
    scene.proves("It exited 0.")


def session_name(request: str) -> str:
    return f"rds-bot-{request.removeprefix('RDS-')}-1"


def _demand_truth(scene: Scene, ended: Entry, done_at: float | None, action: str) -> None:
    """The card said it after AWS had done it, and after a look at AWS in between."""
    if done_at is None:
        raise DiffersError("AWS's own event log should show that it was done.")
    late = ended.at - done_at
    scene.demand(late >= 0, f"The card said it {-late:.1f} s before AWS had done it.")
    scene.demand(
        looked_between(scene.stage.aws, action, done_at, ended.at),
        "The bot should have looked at AWS once it was done, before it said so.",
    )


async def _detailed(scene: Scene, card: SeenMessage, *more: str) -> None:
    await scene.posted("Decided by", "The exact AWS call", "Checked: ", *more, below=card)


async def _ended_in_thread(scene: Scene, card: SeenMessage, word: str) -> None:
    await scene.posted(label(card), word, below=card)
    scene.demand_only_the_way_back(card)


def _rows(said: SeenMessage) -> list[list[str]]:
    """The words of each row; its number comes last."""
    lines = [it for it in said.words.splitlines() if "(row " in it]
    return [re.sub(r"[,:()]", " ", line).split() for line in lines]


STORY = (
    Step(
        "snapshot",
        "Ana asks for a snapshot of a development database",
        "Development needs nobody's approval, so it runs at once.",
        _snapshot,
    ),
    Step(
        "ask",
        "Ana asks to reboot staging, with failover",
        "A failover is high risk: two other people have to agree.",
        _ask,
    ),
    Step(
        "own",
        "Ana tries to approve her own request",
        "Nobody counts for their own request.",
        _own,
    ),
    Step(
        "first",
        "Dora approves: 1 of 2",
        "Dora is a database administrator, so she may.",
        _first,
    ),
    Step(
        "again",
        "Dora approves once more",
        "Two approvals are two people.",
        _again,
    ),
    Step(
        "second",
        "Emil approves: 2 of 2",
        "Now it goes to AWS, once.",
        _second,
    ),
    Step(
        "ending",
        "The bot follows the reboot and reports how it ended",
        "It does not believe that a reboot succeeded because AWS took the call.",
        _ending,
    ),
    Step(
        "production",
        "Ben asks to reboot production",
        "The policy denies that, whoever asks.",
        _production,
    ),
    Step(
        "guest",
        "Gil, a guest, asks for a reboot",
        "Guests of the workspace cannot ask for changes.",
        _guest,
    ),
    Step(
        "audit",
        "Dora looks at the audit trail",
        "It has the refusals too.",
        _audit,
    ),
    Step(
        "verify",
        "The audit trail is verified",
        "Each row is chained to the one before by a hash.",
        _verify,
    ),
)
GOODBYE = Step("goodbye", "The bot stops", "It finishes what it has begun.", _goodbye)
