"""What a sentence asks for, without the names of databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operations import CATALOGUE
from handlers.parser import Kind, is_common, requests_in, wish_of

WORDS = ["reboot", "not", "my", "the", "1004", "slow", "digest", "?"]
VERBS = {one.verb for one in CATALOGUE.values()}


def table(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


CHANGES = {
    "reboot": table("""
        please reboot
        reboot pls
        can you restart it for me
        could someone bounce this
        needs a restart
        it is stuck, please reboot it
        not responding please restart
        turn it off and on again
        fail over now
        REBOOT!!
        i'd like you to restart it
        bitte neu starten
        reinicia por favor
        restrat
        please rebot it
        再起動してください
    """),
    "snapshot": table("""
        take a snapshot
        create a new snapshot please
        make me a backup
        back it up before the upgrade
        need a manual backup asap
        kick off a snapshot
        snapshto
        haz una copia de seguridad
    """),
    "backup-window": table("""
        move the backup window
        change backup window to 03:00-04:00
        backups from 2am to 3am please
        set the backup window
        shift the backups to the night
    """),
    "resize": table("""
        resize it please
        scale up
        can we get a bigger machine
        needs a larger instance
        we need more memory
        make it bigger
    """),
    "storage": table("""
        increase storage
        add 100 GB of disk
        please grow the disk by 20%
        we need more storage
        resize to 800 GB
    """),
    "upgrade": table("""
        upgrade to 16.9
        upgrade it to 17
        please patch it
        can you upgrade this to the newest minor version
    """),
    "stop": table("""
        stop it
        turn it off tonight
    """),
    "start": table("""
        start it again
        can you start it
    """),
    "retention": table("""
        keep backups 14 days
        please keep the backups longer
    """),
}


@pytest.mark.parametrize(
    ("text", "verb"), [(text, verb) for verb, texts in CHANGES.items() for text in texts]
)
def test_a_change_is_asked_for(text: str, verb: str) -> None:
    wish = wish_of(text, names_one=True)

    assert (wish.kind, wish.verb) == (Kind.CHANGE, verb)


@pytest.mark.parametrize(
    "text",
    table("""
        who rebooted it
        when was the last backup
        why did it restart
        is a reboot needed
        did the snapshot work
        the backup failed last night
        slow since the reboot
        after the failover it is slow
        backup window?
        backup status
        rebooted yesterday
        do we have a snapshot of today
        is there a backup
        was hat den neustart ausgelöst, wer war das
        restant sur le disque
    """),
)
def test_a_change_that_is_told_of_or_asked_after_gets_no_form(text: str) -> None:
    assert wish_of(text, names_one=True).kind is Kind.LOOK


@pytest.mark.parametrize(
    "text",
    table("""
        don't reboot
        don\u2019t reboot it please
        do not restart
        do NOT reboot!!
        never bounce this
        please don't take a snapshot
        we must not reboot it
        stop rebooting it
        no reboot
        no need to restart
        nicht neu starten
        i wouldn't reboot it
        don't increase the storage
        never upgrade it
    """),
)
def test_what_shall_not_be_is_not_offered(text: str) -> None:
    assert wish_of(text, names_one=True).kind is Kind.FORBIDDEN


@pytest.mark.parametrize(
    "text",
    table("""
        please delete
        drop it
        can you delete this database
        i want to remove it
        create a new database
        restore it from yesterday
        restore from a snapshot
        delete the snapshot
        how do i delete it
        kill the query
        give me access
        what's the password
        run vacuum
        lösche
        supprime la base
        削除して
    """),
)
def test_what_it_cannot_do_it_says(text: str) -> None:
    wish = wish_of(text, names_one=True)

    assert wish.kind is Kind.CANNOT
    assert wish.word


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("is slow", "top"), ("cpu 98%", "metrics"), ("disk full?", "metrics"),
        ("running out of space", "metrics"), ("too many connections", "connections"),
        ("what happened", "events"), ("what changed", "events"), ("errors in the log", "logs"),
        ("is it up", "show"), ("which version", "show"), ("show me the connections", "connections"),
        ("shwo the conections", "connections"), ("who approved that", "audit"),
        ("langsam", "top"), ("¿está lleno el disco?", "metrics"), ("pourquoi si lent", "top"),
        ("ls", "list"), ("what is still pending", "requests"), ("any alarms", "digest preview"),
        ("who am i", "whoami"), ("is the bot ok, bot status", "status bot"),
        ("did my reboot finish", "status"), ("what did I miss", "digest preview"),
    ],
)  # fmt: skip
def test_what_looks_comes_first(text: str, first: str) -> None:
    wish = wish_of(text, names_one=False)

    assert wish.kind is Kind.LOOK
    assert wish.looks[0] == first


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hi", Kind.GREETING), ("good morning!", Kind.GREETING), ("hola", Kind.GREETING),
        ("thanks", Kind.THANKS), ("thanks for the help", Kind.THANKS), ("danke dir", Kind.THANKS),
        ("help me", Kind.HELP), ("what can you do", Kind.HELP), ("hilfe", Kind.HELP),
        ("how do I reboot", Kind.HELP), ("asdfgh", Kind.UNKNOWN), ("\u2603", Kind.UNKNOWN),
        ("", Kind.UNKNOWN),
    ],
)  # fmt: skip
def test_talk_is_talk(text: str, kind: Kind) -> None:
    assert wish_of(text, names_one=False).kind is kind


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("approve RDS-7", "approve"), ("please approve 1011", "approve"), ("lgtm", "approve"),
        ("decline RDS-7", "reject"), ("undo that", "cancel"), ("cancel my request", "cancel"),
        ("send the digest every morning", "digest schedule"), ("stop the digest", "digest remove"),
    ],
)  # fmt: skip
def test_a_decision_is_asked_for(text: str, verb: str) -> None:
    wish = wish_of(text, names_one=False)

    assert (wish.kind, wish.verb) == (Kind.DECISION, verb)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("RDS-1003", (1003,)), ("approve 1004 and rds-1005", (1005,)), ("approve 1004", (1004,)),
        ("why was #1003 rejected??", (1003,)), ("connection refused on port 5432", ()),
        ("800 GB", ()), ("orders-1234 declined", ()), ("at 18:00", ()),
    ],
)  # fmt: skip
def test_requests_are_found(text: str, numbers: tuple[int, ...]) -> None:
    assert requests_in(text) == numbers


@given(st.text() | st.lists(st.sampled_from(WORDS)).map(
    " ".join))  # fmt: skip
def test_every_text_is_read_as_something_that_exists(text: str) -> None:
    wish = wish_of(text, names_one=False)

    assert {*wish.looks, *filter(None, [wish.verb])} <= VERBS | {"status bot"}


@pytest.mark.parametrize("word", ["orders", "billing", "warehouse", "ledger", "payments"])
def test_a_name_is_no_common_word(word: str) -> None:
    assert not is_common(word)
