from collections.abc import Sequence

from bot.values import Place, Posted
from storage.store import Store
from storage.tables.outbox import Delivery
from tests.storage.records import HOUR, MINUTE, START, Clock, a_message


async def _post(database: Store, *kinds: str, not_before: int | None = None) -> None:
    for kind in kinds:
        async with database.write() as tx:
            await tx.post(a_message(kind=kind), not_before=not_before)


async def _post_card(database: Store, text: str, not_before: int | None = None) -> None:
    message = a_message(place=Place.CARD, kind="card", key="card:7", body={"text": text})
    async with database.write() as tx:
        await tx.post(message, not_before=not_before)


def _kinds(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.message.kind for delivery in deliveries]


async def test_a_message_comes_out_as_it_went_in(database: Store) -> None:
    message = a_message(place=Place.PERSON, request_id=7, body={"a": [1]}, key="k")
    async with database.write() as tx:
        await tx.post(message)

    (delivery,) = await database.outbox.due(START, 10)

    assert delivery.message == message
    assert (delivery.attempts, delivery.revision, delivery.created_at) == (0, 0, START)


async def test_one_destination_is_served_in_order(database: Store) -> None:
    await _post(database, "first", "second")

    (first,) = await database.outbox.due(START, 10)
    assert await database.outbox.due(START, 10) == ()
    await database.outbox.delivered(first, Posted(channel="C2", ts="1"))
    second = await database.outbox.due(START, 10)

    assert _kinds([first, *second]) == ["first", "second"]


async def test_card_thread_and_channel_of_one_channel_share_an_order(database: Store) -> None:
    async with database.write() as tx:
        for place in (Place.CARD, Place.THREAD, Place.CHANNEL):
            await tx.post(a_message(place=place, kind=place))
        for place in (Place.PERSON, Place.HOME, Place.SNS):
            await tx.post(a_message(place=place, kind=place))
        await tx.post(a_message("C9", kind="elsewhere"))

    assert _kinds(await database.outbox.due(START, 10)) == [
        "card",
        "person",
        "home",
        "sns",
        "elsewhere",
    ]


async def test_no_more_is_claimed_than_asked_for(database: Store) -> None:
    async with database.write() as tx:
        for number in range(5):
            await tx.post(a_message(f"C{number}"))

    assert len(await database.outbox.due(START, 2)) == 2
    assert len(await database.outbox.due(START, 10)) == 3


async def test_nothing_is_delivered_before_its_time(database: Store) -> None:
    await _post(database, "later", not_before=START + MINUTE)

    assert await database.outbox.due(START + MINUTE - 1, 10) == ()
    assert _kinds(await database.outbox.due(START + MINUTE, 10)) == ["later"]


async def test_a_replica_that_dies_loses_its_lease(database: Store) -> None:
    await _post(database, "answer")
    await database.outbox.due(START, 10, lease=MINUTE)

    assert await database.outbox.due(START + MINUTE - 1, 10) == ()
    (again,) = await database.outbox.due(START + MINUTE, 10)

    assert again.attempts == 1


async def test_two_replicas_do_not_deliver_the_same(database: Store, clock: Clock) -> None:
    other = type(database.outbox)(database.outbox._connections, clock)
    await _post(database, "answer")
    (mine,) = await database.outbox.due(START, 10, lease=MINUTE)
    (theirs,) = await other.due(START + MINUTE, 10)

    await database.outbox.retry(mine, START, "too late")
    assert await other.due(START + MINUTE, 10) == ()

    await other.delivered(theirs, None)
    assert await database.outbox.depth() == 0


async def test_what_failed_is_tried_again_at_its_time_and_says_why(database: Store) -> None:
    await _post(database, "answer", "behind")
    (first,) = await database.outbox.due(START, 10)

    await database.outbox.retry(first, START + MINUTE, "rate limited, token xoxb-1-2")

    assert await database.outbox.due(START + MINUTE - 1, 10) == ()
    (again,) = await database.outbox.due(START + MINUTE, 10)
    assert (again.message, again.attempts) == (first.message, 1)
    assert again.error == "rate limited, token [masked]"


async def test_what_is_given_up_lets_the_next_one_pass(database: Store) -> None:
    await _post(database, "answer", "behind")
    (first,) = await database.outbox.due(START, 10)

    await database.outbox.give_up(first, "channel is archived")

    assert _kinds(await database.outbox.due(START, 10)) == ["behind"]
    assert await database.outbox.depth() == 1


async def test_a_waiting_message_with_the_same_key_is_replaced_in_its_place(
    database: Store,
) -> None:
    await _post_card(database, "old")
    await _post(database, "behind")
    await _post_card(database, "new")

    (card,) = await database.outbox.due(START, 10)

    assert card.message.body == {"text": "new"}
    assert await database.outbox.depth() == 2


async def test_what_is_replaced_during_delivery_is_delivered_once_more(
    database: Store,
) -> None:
    await _post_card(database, "old")
    (old,) = await database.outbox.due(START, 10)
    await _post_card(database, "new")
    assert await database.outbox.due(START, 10) == ()

    await database.outbox.delivered(old, Posted(channel="C2", ts="1"))
    (new,) = await database.outbox.due(START, 10)
    await database.outbox.delivered(new, None)

    assert new.message.body == {"text": "new"}
    assert (new.posted, new.attempts) == (Posted(channel="C2", ts="1"), 0)
    assert await database.outbox.depth() == 0


async def test_a_key_is_free_again_once_its_message_has_ended(database: Store) -> None:
    for text in ("one", "two"):
        await _post_card(database, text)
        (card,) = await database.outbox.due(START, 10)
        await database.outbox.delivered(card, None)

        assert card.message.body == {"text": text}


async def test_replacing_never_delays_what_is_merged(database: Store) -> None:
    await _post_card(database, "one", not_before=START + MINUTE)
    await _post_card(database, "two", not_before=START + HOUR)

    (card,) = await database.outbox.due(START + MINUTE, 10)

    assert card.message.body == {"text": "two"}


async def test_replacing_does_not_hurry_what_was_put_off(database: Store) -> None:
    await _post_card(database, "one")
    (card,) = await database.outbox.due(START, 10)
    await database.outbox.retry(card, START + MINUTE, "rate limited")

    await _post_card(database, "two")

    assert await database.outbox.due(START + MINUTE - 1, 10) == ()
    assert len(await database.outbox.due(START + MINUTE, 10)) == 1


async def test_pruning_forgets_what_ended_and_keeps_what_waits(
    database: Store, clock: Clock
) -> None:
    await _post(database, "done", "waiting")
    (done,) = await database.outbox.due(START, 10)
    await database.outbox.delivered(done, None)
    clock.now += HOUR

    assert await database.outbox.prune(START) == 0
    assert await database.outbox.prune(START + HOUR) == 1
    assert _kinds(await database.outbox.due(clock.now, 10)) == ["waiting"]


async def test_whoever_delivers_is_woken_by_a_commit(database: Store) -> None:
    async with database.write() as tx:
        await tx.post(a_message())
        assert not database.outbox.filled.is_set()

    assert database.outbox.filled.is_set()


async def test_what_is_rolled_back_is_never_told(database: Store) -> None:
    try:
        async with database.write() as tx:
            await tx.post(a_message())
            raise RuntimeError
    except RuntimeError:
        assert await database.outbox.depth() == 0


async def test_a_revision_is_replaced_only_while_it_is_the_newest(database: Store) -> None:
    await _post_card(database, "first")
    (delivery,) = await database.outbox.due(START, 10)
    await _post_card(database, "newer")
    late = delivery.message.model_copy(update={"body": {"text": "late"}})
    async with database.write() as tx:
        await tx.post(late, revision=delivery.revision)

    await database.outbox.delivered(delivery, None)
    (waiting,) = await database.outbox.due(START, 10)

    assert waiting.message.body == {"text": "newer"}
    async with database.write() as tx:
        await tx.post(late, revision=waiting.revision)
    await database.outbox.delivered(waiting, None)
    (waiting,) = await database.outbox.due(START, 10)
    assert waiting.message.body == {"text": "late"}


async def test_what_steps_aside_lets_the_next_pass_and_is_due_again(
    database: Store, clock: Clock
) -> None:
    await _post(database, "first", "second")
    (first,) = await database.outbox.due(START, 10)

    await database.outbox.step_aside(first, START + MINUTE // 2, "trouble")

    assert _kinds(await database.outbox.due(START, 10)) == ["second"]
    clock.now += MINUTE // 2
    (again,) = await database.outbox.due(clock.now, 10)
    assert (again.message.kind, again.attempts, again.error) == ("first", 1, "trouble")


async def test_who_is_told_instead_is_kept_and_replaced(database: Store) -> None:
    for who in ("U1", "U2"):
        async with database.write() as tx:
            await tx.post(a_message(key="k", instead=who))

    (delivery,) = await database.outbox.due(START, 10)

    assert delivery.message.instead == "U2"


async def test_what_was_posted_is_not_posted_once_more(database: Store) -> None:
    for key in ("posted", "left-out", "given-up", "waiting"):
        async with database.write() as tx:
            await tx.post(a_message(key=key, address=key))
    due = {one.message.key: one for one in await database.outbox.due(START, 10)}
    await database.outbox.delivered(due["posted"], Posted(channel="C2", ts="1"))
    await database.outbox.delivered(due["left-out"], None)
    await database.outbox.give_up(due["given-up"], "channel_not_found")

    for name in map(str, (*due, "never")):
        async with database.write() as tx:
            await tx.post_once(a_message(key=name, address=f"{name}-again"))

    again = await database.outbox.due(START + HOUR, 10)
    assert sorted(str(one.message.key) for one in again) == [
        "given-up", "left-out", "never", "waiting",
    ]  # fmt: skip


async def test_what_is_being_posted_right_now_is_not_posted_once_more(database: Store) -> None:
    async with database.write() as tx:
        await tx.post(a_message(key="told"))
    [under_way] = await database.outbox.due(START, 10)

    async with database.write() as tx:
        await tx.post_once(a_message(key="told"))
    await database.outbox.delivered(under_way, Posted(channel="C2", ts="1"))

    [again] = await database.outbox.due(START + HOUR, 10)
    assert (again.id, again.posted) == (under_way.id, Posted(channel="C2", ts="1"))
