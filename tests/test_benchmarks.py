"""What the benchmarks count, without their clocks."""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import pytest

from benchmarks import approving
from benchmarks.figures import Figure, middle_round
from benchmarks.following import PAGE, following
from bot.sandbox.aws import DEMO_FLEET, AWSSandbox, HeldClock

MANY = 300


@pytest.fixture(scope="module")
def held_aws() -> Iterator[AWSSandbox]:
    with AWSSandbox(HeldClock(), pace=1) as aws:
        yield aws


@pytest.fixture
def empty_aws(held_aws: AWSSandbox) -> AWSSandbox:
    held_aws.reset()
    return held_aws


async def test_the_executor_begins_one_turn_of_the_loop_after_the_deciding_vote_is_committed(
    tmp_path: Path, empty_aws: AWSSandbox
) -> None:
    empty_aws.seed(DEMO_FLEET)

    sent = await approving.sendings(tmp_path, empty_aws)

    assert [one.turns for one in sent] == [1] * len(approving.TARGETS)
    assert len(empty_aws.calls("rds:RebootDBInstance")) == len(approving.TARGETS)


async def test_running_requests_share_describe_calls_a_hundred_at_a_time(
    tmp_path: Path, empty_aws: AWSSandbox
) -> None:
    async with following(tmp_path, empty_aws, MANY) as tick:
        first = await tick()

    assert first.looked_at == MANY
    assert first.calls["DescribeDBInstances"] == ceil(MANY * 2 / 3 / PAGE)
    assert first.calls["DescribeDBSnapshots"] == ceil(MANY / 3 / PAGE)
    assert first.calls["DescribeEvents"] <= first.allowed_events
    assert set(first.calls) == {"DescribeDBInstances", "DescribeDBSnapshots", "DescribeEvents"}


async def test_a_tick_with_nothing_new_writes_nothing_about_any_request(
    tmp_path: Path, empty_aws: AWSSandbox
) -> None:
    async with following(tmp_path, empty_aws, 30) as tick:
        await tick()
        quiet = await tick()

    assert quiet.looked_at == 30
    assert quiet.transactions["commit"] <= 1
    assert quiet.transactions.total() <= 3


def test_the_round_with_the_median_ratio_speaks() -> None:
    values, baselines = [1.0, 1.0, 30.0, 30.0, 2.0, 2.0], [1.0, 1.0, 10.0, 10.0, 1.0, 1.0]

    assert middle_round(values, baselines, 2) == (2000, 1000)


def test_a_figure_misses_its_target_only_beyond_the_limit() -> None:
    assert Figure("", 3, "ms", 2, "", 1.5).is_met
    assert not Figure("", 3.1, "ms", 2, "", 1.5).is_met
    assert not Figure("", 2, "ms", 2, "", 1.0, is_strict=True).is_met
    assert Figure("", 9, "ms", 2, "").is_met
