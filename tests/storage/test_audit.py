import json

from bot.values import AuditEvent, Status
from storage.store import Store
from storage.tables.audit import Verified, verify
from storage.tables.chain import AuditKey
from tests.storage import raw
from tests.storage.conftest import KEY
from tests.storage.records import ANN, BOB, MINUTE, START, Clock, an_event, filed, moved

EVENT = AuditEvent(
    action="vote.refused",
    actor=str(BOB),
    result="denied",
    request_id=7,
    operation="reboot_instance",
    target="orders-test",
    facts={"rule": "not an approver", "approvals": 1},
    text="I want to",
)


async def _append(database: Store, *events: AuditEvent) -> None:
    async with database.write() as tx:
        for event in events:
            await tx.audit(event)


async def test_an_event_is_read_back_as_it_was(database: Store) -> None:
    async with database.write() as tx:
        seq = await tx.audit(EVENT)

    (row,) = await database.audit.rows()
    assert (row.seq, row.at, row.event) == (seq, START, EVENT)
    assert (await database.audit.verify()).head_hash == row.hash


async def test_rows_of_one_transaction_keep_their_order(database: Store) -> None:
    request = await filed(database)
    async with database.write() as tx:
        await tx.transition(request, Status.APPROVED, an_event(request, "a.b"))
        seq = await tx.audit(an_event(request, "c.d"))

    rows = await database.audit.rows()
    assert [row.event.action for row in rows] == ["c.d", "a.b", "request.filed"]
    assert seq == 3


async def test_the_body_holds_no_free_text(database: Store, url: str) -> None:
    await _append(database, EVENT)

    ((body,),) = await raw.execute(url, "SELECT body FROM audit")

    assert b"I want to" not in body
    assert json.loads(body)["text"].keys() == {"id", "hash"}


async def test_secrets_are_masked_wherever_they_stand(database: Store, url: str) -> None:
    secret = "xoxb-12345-abcde"
    event = EVENT.model_copy(
        update={"text": secret, "facts": {"password": "hunter2", "said": [secret]}}
    )

    await _append(database, event)

    (row,) = await database.audit.rows()
    assert row.event.text == "[masked]"
    assert row.event.facts == {"password": "[masked]", "said": ["[masked]"]}
    await database.audit.verify()


async def test_redacted_text_is_gone_and_the_chain_still_holds(database: Store, url: str) -> None:
    await _append(database, EVENT)

    await raw.execute(url, "UPDATE texts SET text = NULL, salt = NULL")

    (row,) = await database.audit.rows()
    assert row.event == EVENT.model_copy(update={"text": ""})
    assert (await database.audit.verify()).rows == 1


async def test_rows_are_found_by_every_filter(database: Store, clock: Clock) -> None:
    await _append(database, an_event(action="bot.started", actor="bot", result="ok"))
    clock.now += MINUTE
    await _append(database, EVENT)
    old, new = reversed(await database.audit.rows())
    rows = database.audit.rows

    assert await rows(request_id=7) == (new,)
    assert await rows(actor=str(BOB)) == (new,)
    assert await rows(target="orders-test") == (new,)
    assert await rows(results={"denied", "failed"}) == (new,)
    assert await rows(action="bot.") == (old,)
    assert await rows(action="b%") == ()
    assert await rows(since=START + 1) == (new,)
    assert await rows(limit=1) == (new,)
    assert await rows(before_seq=new.seq) == (old,)


async def test_export_gives_everything_that_matches_oldest_first(database: Store) -> None:
    await _append(database, *(an_event(action=f"test.{number}") for number in range(3)), EVENT)

    exported = [row.seq async for row in database.audit.export(actor=str(ANN))]
    in_pages = [row.seq async for row in database.audit.export(page_size=2)]

    assert exported == [1, 2, 3]
    assert in_pages == [1, 2, 3, 4]


async def test_an_empty_chain_verifies(database: Store) -> None:
    assert await database.audit.verify() == Verified(rows=0, head_hash="00" * 32)


async def test_rows_are_signed_and_the_signatures_counted(database: Store) -> None:
    await _append(database, EVENT, EVENT)

    verified = await database.audit.verify()

    assert (verified.rows, verified.signed) == (2, 2)


async def test_the_chain_of_a_bot_that_runs_or_not_is_verified_from_outside(
    database: Store, url: str
) -> None:
    await _append(database, EVENT)
    while_running = await verify(url, {KEY.id: KEY.secret})
    await database.close()

    assert await verify(url, {KEY.id: KEY.secret}) == while_running
    assert (await verify(url, {})).signed == 0


async def test_a_key_that_is_not_given_is_named_and_the_rest_is_checked(
    database: Store, url: str, clock: Clock
) -> None:
    await _append(database, EVENT, EVENT)
    await database.close()
    later = await Store.open(url, clock, audit_key=AuditKey("k2", b"another secret"))
    await _append(later, EVENT)
    await later.close()

    verified = await verify(url, {KEY.id: KEY.secret})

    assert (verified.rows, verified.signed, verified.signatures) == (3, 2, 3)
    assert verified.unknown_keys == ("k2",)


async def test_without_keys_signatures_are_counted(database: Store, url: str) -> None:
    await _append(database, EVENT)

    verified = await verify(url, {})

    assert (verified.signed, verified.signatures, verified.unknown_keys) == (0, 1, ())


async def test_a_chain_may_begin_unsigned(url: str, clock: Clock) -> None:
    unsigned = await Store.open(url, clock)
    await _append(unsigned, EVENT)
    await unsigned.close()
    signed = await Store.open(url, clock, audit_key=KEY)
    await _append(signed, EVENT)

    verified = await signed.audit.verify()
    await signed.close()

    assert (verified.rows, verified.signed) == (2, 1)


def test_a_key_does_not_show_its_secret() -> None:
    assert "secret" not in repr(AuditKey("k1", b"secret"))


async def test_every_change_of_status_has_one_row(database: Store) -> None:
    request = await filed(database)
    await moved(database, request, Status.APPROVED, Status.RUNNING, Status.SUCCEEDED)

    assert len(await database.audit.rows(request_id=request.id)) == 4
