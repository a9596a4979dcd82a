"""ARNs and endpoints are as good as names, wherever a database is asked for."""

import time
from typing import Any

import pytest

from bot.errors import UnknownTargetError
from bot.fleet.inventory import choose
from bot.fleet.names import bare, named, near, spoken
from bot.values import DATABASES, Area, Database, Inventory, Kind, Unreachable
from handlers.listeners.shortcuts import mentioned
from handlers.modals.choices import ranked
from tests.samples import sample_database, sample_target

BOTH = DATABASES


def _database(
    name: str, kind: Kind, *endpoints: str, region: str = "us-east-1", **rest: Any
) -> Database:
    target = sample_target(identifier=name, kind=kind, resource_id=f"r-{name}", region=region)
    return sample_database(target=target, endpoints=endpoints, **rest)


ORDERS = _database("orders", Kind.INSTANCE, "orders.c9akc.us-east-1.rds.amazonaws.com")
SHOP = _database(
    "shop",
    Kind.CLUSTER,
    "shop.cluster-c9akc.us-east-1.rds.amazonaws.com",
    "shop.cluster-ro-c9akc.us-east-1.rds.amazonaws.com",
    "reports.cluster-custom-c9akc.us-east-1.rds.amazonaws.com",
    members=("shop-1",),
)
MEMBER = _database(
    "shop-1", Kind.INSTANCE, "shop-1.c9akc.us-east-1.rds.amazonaws.com", cluster="shop"
)
CHINA = _database(
    "china", Kind.INSTANCE, "china.c9.rds.cn-north-1.amazonaws.com.cn", region="cn-north-1"
)
TWINS = (_database("twin", Kind.INSTANCE), _database("twin", Kind.CLUSTER))
AREAS = (
    Area("123456789012", "main", "us-east-1"),
    Area("123456789012", "main", "cn-north-1"),
)
SEEN = Inventory(databases=(ORDERS, SHOP, MEMBER, CHINA, *TWINS), areas=AREAS)
PLACE = "us-east-1:123456789012"

NAMES = [
    (f"arn:aws:rds:{PLACE}:db:orders", ORDERS),
    (f"ARN:aws:rds:{PLACE}:db:ORDERS", ORDERS),
    (f"arn:aws:rds:{PLACE}:cluster:shop", SHOP),
    (f"arn:aws:rds:{PLACE}:db:twin", TWINS[0]),
    (f"arn:aws:rds:{PLACE}:cluster:twin", TWINS[1]),
    ("arn:aws-cn:rds:cn-north-1:123456789012:db:china", CHINA),
    ("orders.c9akc.us-east-1.rds.amazonaws.com", ORDERS),
    ("orders.c9akc.us-east-1.rds.amazonaws.com:5432", ORDERS),
    ("Orders.C9akc.us-east-1.RDS.amazonaws.com.", ORDERS),
    ("  orders.c9akc.us-east-1.rds.amazonaws.com ", ORDERS),
    ("jdbc:postgresql://orders.c9akc.us-east-1.rds.amazonaws.com:5432/app?ssl=true", ORDERS),
    ("postgres://app:s3cret@orders.c9akc.us-east-1.rds.amazonaws.com:5432/app", ORDERS),
    ("mysql://app:p@ss@shop.cluster-c9akc.us-east-1.rds.amazonaws.com/shop", SHOP),
    ("https://orders.c9akc.us-east-1.rds.amazonaws.com", ORDERS),
    ("shop.cluster-c9akc.us-east-1.rds.amazonaws.com:3306", SHOP),
    ("shop.cluster-ro-c9akc.us-east-1.rds.amazonaws.com:3306", SHOP),
    ("reports.cluster-custom-c9akc.us-east-1.rds.amazonaws.com", SHOP),
    ("shop-1.c9akc.us-east-1.rds.amazonaws.com", MEMBER),
    ("china.c9.rds.cn-north-1.amazonaws.com.cn:3306", CHINA),
    ("orders.c9akc.us-east-1.rds.amazonaws.com,1433", ORDERS),
    ("tcp:orders.c9akc.us-east-1.rds.amazonaws.com,1433", ORDERS),
    ("Server=orders.c9akc.us-east-1.rds.amazonaws.com,1433;Database=app", ORDERS),
    ("jdbc:sqlserver://orders.c9akc.us-east-1.rds.amazonaws.com:1433;databaseName=app", ORDERS),
    ("jdbc:oracle:thin:@orders.c9akc.us-east-1.rds.amazonaws.com:1521:ORCL", ORDERS),
    ("jdbc:oracle:thin:@//orders.c9akc.us-east-1.rds.amazonaws.com:1521/ORCL", ORDERS),
    ("host=orders.c9akc.us-east-1.rds.amazonaws.com port=5432 user=app", ORDERS),
    ("postgres://app:pa/ss@orders.c9akc.us-east-1.rds.amazonaws.com/app", ORDERS),
    ("app@orders.c9akc.us-east-1.rds.amazonaws.com", ORDERS),
    ("postgres://orders.c9akc.us-east-1.rds.amazonaws.com:5432,"
     "orders.c9akc.us-east-1.rds.amazonaws.com:5433/app", ORDERS),
    ("o\u200brders", ORDERS),
    ("\uff4f\uff52\uff44\uff45\uff52\uff53", ORDERS),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "database"), NAMES)
def test_an_arn_and_an_endpoint_name_their_one_database(typed: str, database: Database) -> None:
    assert choose(typed, SEEN, BOTH) == database
    assert ranked(typed.strip(), SEEN.databases, ()) == [database]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("arn:aws:rds:us-east-1:999999999999:db:orders", "account 999999999999, us-east-1"),
        ("arn:aws:rds:eu-west-3:123456789012:db:orders", "account 123456789012, eu-west-3"),
        ("arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:orders", "us-gov-west-1, and I look"),
        ("orders.c9akc.eu-west-3.rds.amazonaws.com", "would be in eu-west-3, and I look only"),
        ("x.c9.rds.cn-northwest-1.amazonaws.com.cn", "would be in cn-northwest-1, and I look"),
        ("orders@main/eu-west-3", "would be in account main, eu-west-3, and I look only"),
        (f"arn:aws:rds:{PLACE}:db:gone", "See /rds list"),
        (f"arn:aws:rds:{PLACE}:db:shop", "Did you mean shop"),
        ("order.c9akc.us-east-1.rds.amazonaws.com", "Did you mean orders"),
        ("orders.other.us-east-1.rds.amazonaws.com", "I know no database"),
        ("orders.example.com", "I know no database"),
        (f"arn:aws:rds:{PLACE}:snapshot:orders-1", "is a snapshot; this needs a cluster"),
        (f"arn:aws:rds:{PLACE}:cluster-snapshot:orders-1", "is a snapshot; this needs a cluster"),
        ("arn:aws:s3:::orders", "is not the ARN of a database"),
        ("arn:aws:rds", "is not the ARN of a database"),
    ],
)
def test_of_what_names_nothing_here_it_is_said_where_it_would_be(typed: str, sentence: str) -> None:
    with pytest.raises(UnknownTargetError) as caught:
        choose(typed, SEEN, BOTH)

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "kinds", "sentence"),
    [
        (SHOP.endpoints[1], {Kind.INSTANCE}, "shop is a cluster; this needs an instance: shop-1."),
        (f"arn:aws:rds:{PLACE}:db:shop-1", {Kind.CLUSTER}, "this needs a cluster: shop."),
    ],
)
def test_one_of_another_kind_is_recognised(typed: str, kinds: set[Kind], sentence: str) -> None:
    with pytest.raises(UnknownTargetError, match=sentence):
        choose(typed, SEEN, frozenset(kinds))


@pytest.mark.parametrize(
    ("typed", "is_certain"),
    [
        ("orders", False),
        ("orders@main", False),
        ("orders@123456789012", False),
        ("cluster:orders", False),
        ("instance:orders", True),
        ("orders@other", True),
        ("orders@main/cn-north-1", True),
        (f"arn:aws:rds:{PLACE}:cluster:orders", False),
        (f"arn:aws:rds:{PLACE}:db:orders", True),
        ("arn:aws:rds:us-east-1:999999999999:cluster:orders", True),
        ("orders.cluster-x.us-east-1.rds.amazonaws.com", False),
        ("orders.cluster-x.cn-north-1.rds.amazonaws.com", True),
    ],
)
def test_only_where_it_could_be_read_is_a_database_unknown(typed: str, is_certain: bool) -> None:
    denied = Unreachable(
        account="main", region="us-east-1", why="denied.", kinds=frozenset({Kind.CLUSTER})
    )
    with pytest.raises(UnknownTargetError) as caught:
        choose(typed, Inventory(areas=AREAS, unreachable=(denied,)), BOTH)

    said = str(caught.value)
    assert said.startswith("I know no database" if is_certain else "I cannot say whether")
    assert ("I could not list the clusters in main/us-east-1: denied." in said) is not is_certain


def test_what_is_not_wanted_need_not_have_been_read() -> None:
    denied = Unreachable(
        account="main", region="us-east-1", why="denied.", kinds=frozenset({Kind.CLUSTER})
    )
    with pytest.raises(UnknownTargetError, match="I know no database"):
        choose("orders", Inventory(areas=AREAS, unreachable=(denied,)), frozenset({Kind.INSTANCE}))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("orders", "orders"),
        ("cluster:orders@main/us-east-1", "orders"),
        (f"arn:aws:rds:{PLACE}:db:orders", "orders"),
        (ORDERS.endpoints[0], "orders"),
        ("arn:aws:s3:::orders", "arn:aws:s3:::orders"),
    ],
)
def test_the_trail_of_one_that_is_gone_is_found_by_its_name(typed: str, name: str) -> None:
    assert bare(typed) == name


def test_a_password_in_a_connection_string_is_not_said_again() -> None:
    with pytest.raises(UnknownTargetError) as caught:
        choose("postgres://app:s3cret@gone.c9akc.us-east-1.rds.amazonaws.com/app", SEEN, BOTH)

    assert "s3cret" not in str(caught.value)
    assert '"gone.c9akc.us-east-1.rds.amazonaws.com"' in str(caught.value)


@pytest.mark.parametrize(
    ("text", "database"),
    [
        (f"see arn:aws:rds:{PLACE}:cluster:twin, it is slow", TWINS[1]),
        (f"<arn:aws:rds:{PLACE}:db:twin>", TWINS[0]),
        ("could not connect to shop.cluster-c9akc.us-east-1.rds.amazonaws.com:3306.", SHOP),
        ('host "orders.c9akc.us-east-1.rds.amazonaws.com", port 5432', ORDERS),
        ("orders is slow: see the docs at https://example.com/orders", ORDERS),
        ("at 10:30 nothing", None),
    ],
)
def test_a_message_is_about_the_database_that_it_names(
    text: str, database: Database | None
) -> None:
    assert mentioned(text, SEEN.databases) == database


@pytest.mark.parametrize("piece", ["x", "x.", ":", "a-", "a@", "://", "arn:", "x@x/"])
def test_however_long_a_message_is_it_is_read_at_once(piece: str) -> None:
    quarter, whole = _seconds(piece, 5_000), _seconds(piece, 20_000)

    assert whole < max(quarter, 0.02) * 4 * 2


def _seconds(piece: str, times: int) -> float:
    """Of this thread, the better of two: whatever else runs here takes from the worse."""
    return min(_once(piece * times), _once(piece * times))


def _once(text: str) -> float:
    began = time.thread_time()
    assert mentioned(text, SEEN.databases) is None
    assert bare(text[:2_000])
    return time.thread_time() - began


@pytest.mark.parametrize(
    ("page", "database"),
    [
        ("us-east-1.console.aws.amazon.com/rds/home?region=us-east-1#database:id=orders", ORDERS),
        ("console.aws.amazon.com/rds/home?region=us-east-1#database:id=ORDERS;tab=logs", ORDERS),
        ("us-east-1.console.aws.amazon.com/rds/home#database:id=shop;is-cluster=true", SHOP),
        ("1-a.us-east-1.console.aws.amazon.com/rds/home#database:id=shop-1;is-cluster=false",
         MEMBER),
        ("console.amazonaws.cn/rds/home?region=cn-north-1#database:id=china", CHINA),
    ],
)  # fmt: skip
def test_a_page_of_the_console_names_the_database_that_it_shows(
    page: str, database: Database
) -> None:
    assert choose(f"https://{page}", SEEN, BOTH) == database
    assert named(f"look at https://{page}, please", SEEN.databases) == (database,)


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("rds/home?region=us-east-1#snapshots-list:", "is not the one of a database"),
        ("ec2/home?region=us-east-1", "is not the one of a database"),
        ("rds/home?region=us-east-1#database:id=zzzz", 'I know no database "zzzz".'),
        ("rds/home?region=us-east-1#database:id=order", "Did you mean orders?"),
        ("rds/home?region=eu-west-3#database:id=orders", "It would be in eu-west-3"),
        ("rds/home#database:id=shop;is-cluster=true", "shop is a cluster"),
    ],
)
def test_another_page_of_the_console_says_what_it_is_not(page: str, says: str) -> None:
    with pytest.raises(UnknownTargetError) as caught:
        choose(f"https://us-east-1.console.aws.amazon.com/{page}", SEEN, frozenset({Kind.INSTANCE})
               if "cluster" in page else BOTH)  # fmt: skip

    assert says in str(caught.value)
    assert "console.aws" not in str(caught.value)


FLEET = ("orders-prod", "orders-staging", "orders-test", "search-test-1", "billing-prod", "reports")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("orders-tset", ["orders-test"]),
        ("ordrs-staging", ["orders-staging"]),
        ("prod-orders", ["orders-prod"]),
        ("orders", ["orders-prod", "orders-staging", "orders-test"]),
        ("ordres", ["orders-prod", "orders-staging", "orders-test"]),
        ("report", ["reports"]),
        ("search", ["search-test-1"]),
        ("search-test", ["search-test-1"]),
        *((word, []) for word in (
            "it", "for", "the", "x", "them", "everything", "us-east-1.console", "", "me", "or",
        )),
    ],
)  # fmt: skip
def test_only_what_is_near_may_have_been_meant(typed: str, names: list[str]) -> None:
    found = near(typed, FLEET)

    assert sorted(found)[: len(names)] == names or found[: len(names)] == tuple(names)
    assert bool(found) is bool(names)


def test_a_sentence_names_databases_in_any_way_and_in_its_order() -> None:
    host = SHOP.endpoints[1]
    said = (
        f"Is shop-1's load (see {host}:5432?) that of orders, ORDERS or order? china! it's nothing."
    )

    assert named(said, SEEN.databases) == (MEMBER, SHOP, ORDERS, CHINA)


def test_a_database_is_spoken_of_so_that_it_alone_is_meant() -> None:
    cluster = _database("orders", Kind.CLUSTER)
    among = (*SEEN.databases, cluster)

    for one in among:
        assert choose(spoken(one, among), Inventory(databases=among), BOTH) == one
    assert spoken(SHOP, among) == "shop"
