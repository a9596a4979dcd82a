"""What somebody with the database in hand may try, what the database refuses, and what is found."""

import hashlib

import pytest

from bot.errors import TamperedError
from storage.store import Store
from storage.tables.audit import verify
from tests.storage import raw
from tests.storage.conftest import KEY
from tests.storage.records import an_event

KEYS = {KEY.id: KEY.secret}
_COLUMNS = "seq, at, body, prev, hash, actor, action, result"
_COPY = (
    f"INTO audit ({_COLUMNS}) SELECT {{}}, at, body, prev, hash, actor, action, result FROM audit"
)


@pytest.fixture
async def chain(database: Store) -> Store:
    """Five rows, each with a text."""
    for number in range(1, 6):
        async with database.write() as tx:
            await tx.audit(an_event(action=f"test.{number}", text=f"text {number}"))
    return database


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET actor = 'nobody' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        f"INSERT {_COPY.format('seq + 1')} WHERE seq = 5",
        f"INSERT {_COPY.format('seq + 7')} WHERE seq = 5",
        f"INSERT {_COPY.format('0')} WHERE seq = 5",
        "UPDATE audit_head SET seq = 3",
        "DELETE FROM audit_head",
    ],
)
async def test_the_trail_is_append_only(chain: Store, url: str, sql: str) -> None:
    with pytest.raises(Exception, match=r"append-only|must follow|only moves on|has an end"):
        await raw.execute(url, sql)

    assert (await chain.audit.verify()).rows == 5


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_insert_or_replace_does_not_get_past_the_guards(chain: Store, url: str) -> None:
    with pytest.raises(Exception, match=r"append-only|must follow"):
        await raw.execute(url, f"INSERT OR REPLACE {_COPY.format('3')} WHERE seq = 5")

    assert (await chain.audit.verify()).rows == 5


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_truncate_is_refused(chain: Store, url: str) -> None:
    with pytest.raises(Exception, match="append-only"):
        await raw.execute(url, "TRUNCATE audit")


@pytest.mark.parametrize(
    ("sql", "seq", "what"),
    [
        ("DELETE FROM audit WHERE seq = 3", 3, "gap"),
        ("DELETE FROM audit WHERE seq = 1", 1, "gap"),
        ("DELETE FROM audit WHERE seq = 5", 5, "head"),
        ("DELETE FROM audit", 5, "head"),
        ("UPDATE audit SET prev = hash WHERE seq = 3", 3, "link"),
        (
            "UPDATE audit SET body = (SELECT body FROM audit AS a WHERE a.seq = 2) WHERE seq = 3",
            3,
            "body",
        ),
        ("UPDATE audit SET hash = prev WHERE seq = 4", 4, "body"),
        ("UPDATE audit SET mac = hash WHERE seq = 4", 4, "mac"),
        ("UPDATE audit SET mac = NULL, key_id = NULL WHERE seq = 4", 4, "mac"),
        ("UPDATE audit SET key_id = 'other' WHERE seq = 4", 4, "mac"),
        ("UPDATE audit SET actor = 'nobody' WHERE seq = 2", 2, "column"),
        ("UPDATE audit SET at = at + 1 WHERE seq = 2", 2, "column"),
        ("UPDATE audit SET request_id = 9 WHERE seq = 2", 2, "column"),
        ("UPDATE audit SET text_id = NULL WHERE seq = 2", 2, "column"),
        ("UPDATE texts SET text = 'another text' WHERE text = 'text 4'", 4, "text"),
        ("UPDATE texts SET salt = NULL WHERE text = 'text 4'", 4, "text"),
        ("UPDATE audit_head SET seq = 6", 6, "head"),
        ("UPDATE audit_head SET seq = 4", 5, "head"),
    ],
)
async def test_each_way_of_tampering_is_found_where_it_was_done(
    chain: Store, url: str, sql: str, seq: int, what: str
) -> None:
    await raw.tamper(url, sql)

    with pytest.raises(TamperedError, match=f"^Audit row {seq}: {what}") as found:
        await chain.audit.verify()

    assert found.value.seq == seq
    with pytest.raises(TamperedError, match=f"^Audit row {seq}: {what}"):
        await verify(url, KEYS)


async def test_a_row_rewritten_with_a_fitting_hash_breaks_the_next_link(
    chain: Store, url: str
) -> None:
    ((body, prev),) = await raw.execute(url, "SELECT body, prev FROM audit WHERE seq = 3")
    forged = body.replace(b"test.3", b"test.4")
    digest = hashlib.sha256(b"\0" + prev + forged).digest()

    await raw.tamper(
        url,
        "UPDATE audit SET body = :body, hash = :hash, action = 'test.4' WHERE seq = 3",
        body=forged,
        hash=digest,
    )

    with pytest.raises(TamperedError, match="row 4: link"):
        await verify(url, {})
    with pytest.raises(TamperedError, match="row 3: mac"):
        await verify(url, KEYS)


async def test_tampering_is_found_beyond_the_first_page(chain: Store, url: str) -> None:
    assert (await chain.audit.verify(page_size=2)).rows == 5

    await raw.tamper(url, "UPDATE audit SET actor = 'nobody' WHERE seq = 5")

    with pytest.raises(TamperedError, match="row 5: column"):
        await chain.audit.verify(page_size=2)
