"""Finding a database by name: one is found, of several none is guessed, of none the nearest are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.aws.accounts import Accounts
from bot.errors import AmbiguousTargetError, AWSUnavailableError, UnknownTargetError
from bot.fleet.inventory import FRESH, Fleet, choose
from bot.values import DATABASES, Database, Inventory, Kind, Unreachable
from tests.samples import NOW, sample_database, sample_target

BOTH = DATABASES
ONLY_INSTANCES = frozenset({Kind.INSTANCE})
ONLY_CLUSTERS = frozenset({Kind.CLUSTER})


def _named(
    name: str, account: str = "main", region: str = "us-east-1", kind: Kind = Kind.INSTANCE,
    **changes: Any,
) -> Database:  # fmt: skip
    ids = {"main": "123456789012", "analytics": "210987654321"}
    target = sample_target(
        identifier=name,
        account=ids[account],
        region=region,
        kind=kind,
        resource_id=f"{kind}-{account}-{region}-{name}",
    )
    return sample_database(target=target, account_name=account, **changes)


SEEN = Inventory(
    databases=(
        _named("orders-test"),
        _named("orders-dev"),
        _named("reports"),
        _named("reports", "analytics", "eu-west-1"),
        _named("shop", kind=Kind.CLUSTER, members=("shop-1", "shop-2")),
        _named("shop-1", cluster="shop"),
        _named("twin"),
        _named("twin", kind=Kind.CLUSTER),
    )
)


def test_the_instances_of_a_cluster_begin_with_its_writer() -> None:
    cluster = _named("cart", kind=Kind.CLUSTER, writer="cart-2")
    members = [_named(name, cluster="cart") for name in ("cart-1", "cart-2", "cart-3")]
    elsewhere = _named("cart-4", "analytics", "eu-west-1", cluster="cart")
    inventory = Inventory(databases=(cluster, *members, elsewhere))

    names = [one.name for one in inventory.instances_of(cluster)]

    assert names == ["cart-2", "cart-1", "cart-3"]
    assert inventory.instances_of(members[0]) == (members[0],)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("orders-test", "orders-test@main/us-east-1"),
        ("ORDERS-Test", "orders-test@main/us-east-1"),
        ("reports@analytics", "reports@analytics/eu-west-1"),
        ("reports@Analytics", "reports@analytics/eu-west-1"),
        ("reports@210987654321", "reports@analytics/eu-west-1"),
        ("reports@main/us-east-1", "reports@main/us-east-1"),
        ("cluster:shop", "shop@main/us-east-1"),
        ("cluster:twin@main", "twin@main/us-east-1"),
    ],
)
def test_a_name_in_part_or_in_full_finds_its_one_database(typed: str, found: str) -> None:
    assert choose(typed, SEEN, BOTH).address == found


def test_what_a_database_is_called_in_full_finds_it() -> None:
    for database in SEEN.databases:
        named = f"{database.target.kind}:{database.address}"
        assert choose(named, SEEN, BOTH) == database


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("reports", ("reports@main/us-east-1", "reports@analytics/eu-west-1")),
        ("twin", ("instance:twin@main/us-east-1", "cluster:twin@main/us-east-1")),
    ],
)
def test_of_several_none_is_guessed_and_each_choice_can_be_typed(
    typed: str, choices: tuple[str, ...]
) -> None:
    with pytest.raises(AmbiguousTargetError) as caught:
        choose(typed, SEEN, BOTH)

    assert caught.value.choices == choices
    assert {choose(one, SEEN, BOTH).name for one in choices} == {typed}


def test_the_kind_that_is_wanted_settles_it() -> None:
    assert choose("twin", SEEN, ONLY_CLUSTERS).target.kind is Kind.CLUSTER


@pytest.mark.parametrize(
    ("typed", "kinds", "sentence"),
    [
        ("ordrs-test", BOTH, "Did you mean orders-test"),
        ("zzzzz", BOTH, "/rds list"),
        ("reports@nowhere", BOTH, 'no database "reports@nowhere"'),
        ("orders-test@main/eu-west-1", BOTH, "no database"),
        ("", BOTH, "no database"),
        ("@", BOTH, "no database"),
        ("a@b@c", BOTH, "no database"),
        ("shop", ONLY_INSTANCES, "shop is a cluster; this needs an instance: shop-1 or shop-2."),
        ("shop-1", ONLY_CLUSTERS, "shop-1 is an instance; this needs a cluster: shop."),
        ("orders-dev", ONLY_CLUSTERS, "orders-dev is an instance; this needs a cluster."),
    ],
)
def test_of_none_it_is_said_what_may_have_been_meant(
    typed: str, kinds: frozenset[Kind], sentence: str
) -> None:
    with pytest.raises(UnknownTargetError) as caught:
        choose(typed, SEEN, kinds)

    assert sentence in str(caught.value)


def test_what_could_not_be_looked_into_is_named() -> None:
    cut_off = Unreachable(account="legacy", region="eu-west-1", why="no answer")

    with pytest.raises(UnknownTargetError, match="I could not look into legacy/eu-west-1"):
        choose("orders-prod", Inventory(unreachable=(cut_off,)), BOTH)


@dataclass
class _Region:
    """One account and region at the door to AWS; None: it does not answer."""

    name: str
    shown: tuple[Database, ...] | None
    account: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(id="1", name="main"))
    reads: int = 0
    denied: frozenset[Kind] = frozenset()

    async def databases(self, kind: Kind) -> tuple[Database, ...]:
        self.reads += kind is Kind.INSTANCE
        if self.shown is None or kind in self.denied:
            raise AWSUnavailableError("AWS did not answer")
        return tuple(one for one in self.shown if one.target.kind is kind)


@dataclass
class _World:
    regions: tuple[_Region, ...]
    now: int = NOW

    def __iter__(self) -> Iterator[_Region]:
        return iter(self.regions)

    def fleet(self) -> Fleet:
        return Fleet(cast(Accounts, self), lambda: self.now)


async def test_what_does_not_answer_keeps_its_databases_as_last_seen() -> None:
    world = _World((_Region("a", (_named("orders-dev"),)), _Region("b", (_named("reports"),))))
    fleet = world.fleet()
    await fleet.refresh()
    world.regions[0].shown = None

    inventory = await fleet.refresh()

    assert [one.name for one in inventory.databases] == ["orders-dev", "reports"]
    assert [one.region for one in inventory.unreachable] == ["a"]


async def test_what_is_new_is_found_though_the_inventory_is_fresh() -> None:
    world = _World((_Region("a", ()),))
    fleet = world.fleet()
    await fleet.refresh()
    world.regions[0].shown = (_named("newborn"),)

    assert (await fleet.find("newborn")).name == "newborn"


async def test_a_known_name_is_answered_from_memory() -> None:
    world = _World((_Region("a", (_named("orders-dev"),)),))
    fleet = world.fleet()
    await fleet.refresh()

    await fleet.find("orders-dev")
    await fleet.find("orders-dev")

    assert world.regions[0].reads == 1


async def test_what_is_old_is_read_anew_without_letting_anybody_wait() -> None:
    world = _World((_Region("a", (_named("orders-dev"),)),))
    fleet = world.fleet()
    await fleet.refresh()
    world.now += FRESH + 1

    old = await fleet.inventory()
    new = await fleet.refresh()

    assert (old.seen_at, new.seen_at) == (NOW, world.now)
    assert world.regions[0].reads == 2
