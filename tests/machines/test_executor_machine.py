"""Whatever fails and whenever the bot dies: one call a request, an end for each, and the truth."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
)

from bot.sandbox.aws import AWSSandbox
from bot.values import Request, Status
from tests.machines.troupe import SHORT, Troupe, played
from tests.stories.stage import FREE, until

CALLS = {
    "reboot {}": "rds:RebootDBInstance",
    "snapshot {}": "rds:CreateDBSnapshot",
    "backup-window {} 22:00-23:00": "rds:ModifyDBInstance",
    "backup-window {} 20:00-21:00": "rds:ModifyDBInstance",
}
#: Where the bot is when it dies: the call that it waits for at that moment.
POINTS = ("rds:DescribeDBInstances", "mutation")
changes, databases = st.sampled_from(sorted(CALLS)), st.sampled_from(("orders-test", "orders-dev"))
faults = st.sampled_from((None, None, "lost", "reset", "500", "throttle", "expired", "denied"))
#: Codes by which AWS proves that it did nothing, for now or for good.
PROVEN = {"Throttling", "ExpiredToken", "AccessDenied", "InvalidDBInstanceState"}
#: Seconds between the note that a call leaves and the call, by the wall clock and the steady one.
gaps = st.sampled_from(((150.0, 150.0), (150.0, 0.0), (0.0, 150.0), (2.0, 2.0)))
HOUR = 3600


class ExecutorMachine(RuleBasedStateMachine):
    def __init__(self, aws: AWSSandbox, folder: Path) -> None:
        super().__init__()
        self.troupe = Troupe(
            aws, folder, f"{FREE}\nlimits: {{per_person: null, per_database: null}}\n"
        )
        self.aws = aws

    @rule(change=changes, database=databases, fault=faults)
    def asks(self, change: str, database: str, fault: str | None) -> None:
        struck = self.aws.fault(CALLS[change], fault) if fault else None
        self.troupe.run(self.troupe.play.types(f"/rds {change.format(database)}"))
        if struck is not None:
            self.aws.mend(struck)

    @rule(change=changes, database=databases, times=st.integers(1, 4), begins=st.booleans())
    def asks_while_aws_is_busy(
        self, change: str, database: str, times: int, *, begins: bool
    ) -> None:
        """AWS refuses so often; where it ``begins`` something of its own, that is seen too."""
        struck = self.aws.fault(
            CALLS[change], "code", times=times, code="InvalidDBInstanceState", message="Not now."
        )
        self.troupe.run(self.troupe.play.types(f"/rds {change.format(database)}"))
        if begins:
            self.somebody_else_reboots(database)
        self.troupe.run(self.troupe.play.later(200, steps=8))
        self.aws.mend(struck)

    @rule(change=changes, database=databases, gap=gaps)
    def asks_and_the_bot_is_held_up(
        self, change: str, database: str, gap: tuple[float, float]
    ) -> None:
        """Whichever request it was about to send: others that wait may go out beside it."""
        stage = self.troupe.stage
        stage.hold(lambda: stage.sleeps(*gap))
        self.troupe.run(self.troupe.play.types(f"/rds {change.format(database)}"))
        stage.happens = None

    @rule(change=changes, database=databases, point=st.sampled_from(POINTS))
    def asks_and_the_bot_dies(self, change: str, database: str, point: str) -> None:
        call = CALLS[change] if point == "mutation" else point
        slow = self.aws.fault(call, "slow", delay=0.2)
        self.troupe.run(
            self._types_until(f"/rds {change.format(database)}", lambda: not slow.times)
        )
        self.troupe.crash()
        self.aws.mend(slow)

    @rule()
    def the_bot_dies(self) -> None:
        self.troupe.crash()

    @rule(database=databases)
    def somebody_else_reboots(self, database: str) -> None:
        rds: Any = self.aws.client("rds")
        try:
            rds.reboot_db_instance(DBInstanceIdentifier=database)
        except rds.exceptions.InvalidDBInstanceStateFault:
            note("it is busy")

    @rule(seconds=st.sampled_from((1, 20, 90, 400)), reads=st.booleans())
    def time_passes(self, seconds: int, reads: bool) -> None:
        broken = None if reads else self.aws.fault("rds:Describe*", "expired", times=None)
        self.troupe.run(self.troupe.play.later(seconds))
        if broken is not None:
            self.aws.mend(broken)

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        """Nor after an attempt that may have arrived: each has a name of its own."""
        sent = Counter(call.session_name for call in self._mutations())
        assert not [name for name, times in sent.items() if times > 1]
        unproven = Counter(
            _request_of(call.session_name)
            for call in self._mutations()
            if call.outcome not in PROVEN
        )
        assert not [name for name, times in unproven.items() if times > 1]

    @invariant()
    def what_is_said_is_true(self) -> None:
        taken = {call.session_name for call in self._mutations() if call.answer == "ok"}
        for request in self.troupe.requests():
            if request.status.is_final and not _by_its_value(request):
                claimed = request.status is Status.SUCCEEDED
                assert claimed == (request.step.session_name in taken), request

    def teardown(self) -> None:
        try:
            self.troupe.run(self.troupe.play.later(3 * HOUR, steps=18))
            self.everything_has_an_end()
            self.what_is_said_is_true()
            self.nothing_is_sent_twice()
            self.troupe.run(self.troupe.play.bot.services.store.audit.verify())
        finally:
            self.troupe.close()

    def everything_has_an_end(self) -> None:
        requests = self.troupe.requests()
        assert not [one for one in requests if one.status.is_open]
        held = {one.step.lock for one in requests if one.status is Status.UNKNOWN}
        for lock in {one.step.lock for one in requests} - held:
            store = self.troupe.play.bot.services.store
            assert self.troupe.run(store.requests.holder(lock)) is None

    def _mutations(self) -> list[Any]:
        return [call for name in set(CALLS.values()) for call in self.aws.calls(name)]

    async def _types_until(self, line: str, reached: Callable[[], object]) -> None:
        """Until the bot is where it is to die, or has no reason to go there."""
        typing = asyncio.create_task(self.troupe.play.types(line))
        await until(lambda: reached() or typing.done())
        typing.cancel()
        await asyncio.gather(typing, return_exceptions=True)


def _request_of(session_name: str) -> str:
    """``rds-bot-1001`` of ``rds-bot-1001-1-3``, its third attempt."""
    return "-".join(session_name.split("-")[:3])


def _by_its_value(request: Request) -> bool:
    """A window has no author: whoever set it, it is as it was asked for, or it is not."""
    return request.operation == "modify_backup_window"


@pytest.mark.timeout(200)
def test_no_crash_or_fault_sends_twice_hangs_or_lies(found_aws: AWSSandbox, tmp_path: Path) -> None:
    played(lambda: ExecutorMachine(found_aws, tmp_path), SHORT)
