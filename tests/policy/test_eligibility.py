from typing import Any

import pytest

from bot.policy.eligibility import (
    Bar,
    Eligibility,
    Groups,
    access_of,
    belongs,
    distinct,
    eligible,
    is_same,
    mailbox,
    may_request,
    members_of,
)
from bot.settings import People
from bot.values import Access, Mention, Person, PersonId, Verdict
from tests.samples import ANA, DORA, EVE, TEAM, sample_person, sample_vote

DBA, EMPTY = "S0000DBA", "S00EMPTY"
GROUPS = Groups(members={DBA: frozenset({DORA.user, EVE.user, ANA.user}), EMPTY: frozenset()})
APPROVERS = Access(groups=(DBA,))
REQUESTER = sample_person(ANA, email="ana@example.com")


def judged(
    person: Person | None = None, verdict: Verdict = Verdict.APPROVE, **changes: Any
) -> Eligibility:
    facts: dict[str, Any] = {
        "requester": REQUESTER,
        "votes": (),
        "approvers": (APPROVERS,),
        "groups": GROUPS,
        "own_team": TEAM,
    }
    return eligible(person or sample_person(DORA), verdict, **facts | changes)


def text(eligibility: Eligibility) -> str:
    spans = (f"<{it.person.user}>" if isinstance(it, Mention) else it for it in eligibility.reason)
    return "".join(map(str, spans))


def test_an_approver_counts() -> None:
    assert judged()
    assert judged(verdict=Verdict.REJECT)
    assert judged().reason == ()


@pytest.mark.parametrize(
    ("changes", "bar", "sentence"),
    [
        pytest.param(
            {"is_deactivated": True},
            Bar.DEACTIVATED,
            "A deactivated account cannot approve requests.",
            id="deactivated",
        ),
        pytest.param({"is_bot": True}, Bar.BOT, "Bots and workflows cannot approve", id="bot"),
        pytest.param({"id": PersonId(team=TEAM, user="USLACKBOT")}, Bar.BOT, "Bots", id="slackbot"),
        pytest.param({"is_guest": True}, Bar.GUEST, "Guests cannot approve requests.", id="guest"),
        pytest.param({"is_external": True}, Bar.EXTERNAL, "Only members of this", id="external"),
        pytest.param(
            {"id": PersonId(team="T0OTHER", user=DORA.user)},
            Bar.EXTERNAL,
            "Only members of this workspace can approve requests",
            id="same user id in another workspace",
        ),
        pytest.param(
            {"id": ANA}, Bar.SELF, "You cannot approve your own request", id="the requester"
        ),
        pytest.param(
            {"email": "Ana+second@Example.com"},
            Bar.SELF,
            "You cannot approve your own request",
            id="a second account of the requester",
        ),
        pytest.param(
            {"id": PersonId(team=TEAM, user="U00FRED")},
            Bar.NOT_APPROVER,
            "Only approvers can approve this request. These can: <U000EVE>, <U00DORA>.",
            id="not an approver",
        ),
    ],
)
def test_who_does_not_count_is_told_why(changes: dict[str, Any], bar: Bar, sentence: str) -> None:
    person = sample_person(**{"id": DORA} | changes)

    assert judged(person).bar is bar
    assert text(judged(person)).startswith(sentence)


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({"is_deactivated": True, "is_bot": True, "is_guest": True}, Bar.DEACTIVATED),
        ({"is_bot": True, "is_guest": True, "is_external": True}, Bar.BOT),
        ({"is_guest": True, "is_external": True}, Bar.GUEST),
        ({"is_external": True}, Bar.EXTERNAL),
        ({}, Bar.SELF),
    ],
)
def test_the_first_bar_that_applies_is_told(changes: dict[str, Any], bar: Bar) -> None:
    assert judged(sample_person(ANA, **changes), approvers=(Access(),)).bar is bar


def test_a_requester_known_by_id_alone_cannot_approve_either() -> None:
    assert judged(sample_person(ANA), requester=ANA).bar is Bar.SELF


def test_without_addresses_two_people_are_not_taken_for_one() -> None:
    assert judged(sample_person(DORA), requester=sample_person(ANA))


def test_a_requester_is_told_to_cancel_instead_of_rejecting() -> None:
    answer = text(judged(sample_person(ANA), Verdict.REJECT))

    assert answer == "You cannot reject your own request, but you can cancel it."


@pytest.mark.parametrize(
    ("earlier", "now", "sentence"),
    [
        (Verdict.APPROVE, Verdict.APPROVE, "You have already approved this request."),
        (Verdict.REJECT, Verdict.REJECT, "You have already rejected this request."),
        (Verdict.APPROVE, Verdict.REJECT, "another approver can still reject it."),
    ],
)
def test_one_person_has_one_say(earlier: Verdict, now: Verdict, sentence: str) -> None:
    answer = judged(verdict=now, votes=(sample_vote(EVE), sample_vote(DORA, verdict=earlier)))

    assert answer.bar is Bar.ALREADY
    assert sentence in text(answer)


@pytest.mark.parametrize(
    "approvers",
    [Access(), Access(groups=(EMPTY,)), Access(groups=("S0UNREAD",))],
    ids=["unset", "empty group", "unreadable group"],
)
def test_approvers_that_are_nobody_are_nobody(approvers: Access) -> None:
    answer = judged(approvers=(approvers,))

    assert answer.bar is Bar.NOT_APPROVER
    assert "Nobody can right now: access.approvers names no one" in text(answer)


def test_a_long_list_of_approvers_is_counted() -> None:
    many = Access(users=tuple(f"U0000{number:02}" for number in range(12)))

    assert text(judged(approvers=(many,))).endswith("<U000004> and 7 more.")


#: Ways to write one mailbox, each of which some mail system delivers to it.
ONE_MAILBOX = [
    "dora@example.com",
    "Dora@Example.COM",
    " dora@example.com ",
    "dora@example.com.",
    "dora+ops@example.com",
    "DORA+second+third@example.com",
    "\uff44ora@example.com",
    "dora\uff20example.com",
    "do\u200bra@example.com",
    "dora@exam\u00adple.com",
    "dora\u00a0@example.com",
    '"dora"@example.com',
    "dora+@example.com",
]


@pytest.mark.parametrize("address", ONE_MAILBOX, ids=ascii)
def test_every_way_to_write_an_address_is_one_mailbox(address: str) -> None:
    assert mailbox(address) == "dora@example.com"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("d.ora@gmail.com", "dora+x@googlemail.com"),
        ("dora@b\u00fccher.example", "dora@xn--bcher-kva.example"),
        ("dora@Stra\u00dfe.example", "dora@strasse.example"),
    ],
)
def test_names_of_one_mail_host_are_one(one: str, other: str) -> None:
    assert mailbox(one) == mailbox(other) != ""


@pytest.mark.parametrize(
    "address",
    ["d.ora@example.com", "dora@example.org", "dora@mail.example.com", "d\u043era@example.com",
     "dora-ops@example.com"],
)  # fmt: skip
def test_other_mailboxes_are_other_mailboxes(address: str) -> None:
    assert mailbox(address) not in ("", "dora@example.com")


@pytest.mark.parametrize("address", ["", " ", "@", "dora", "dora@", "@example.com", "\u200b"])
def test_what_is_no_address_tells_of_nobody(address: str) -> None:
    assert mailbox(address) == ""
    ana, eve = (sample_person(one, email=address) for one in (ANA, EVE))
    assert not is_same(ana, eve)


@pytest.mark.parametrize("address", ONE_MAILBOX, ids=ascii)
def test_a_second_account_of_whoever_voted_has_no_say_of_its_own(address: str) -> None:
    voted, second = sample_person(EVE, email=address), sample_person(DORA, email="dora@example.com")

    answer = judged(second, votes=(sample_vote(EVE),), voters={EVE: voted})

    assert answer.bar is Bar.ALREADY
    assert "You have already approved this request" in text(answer)


def test_several_accounts_of_one_mailbox_are_one_of_those_who_could_approve() -> None:
    people = [
        sample_person(DORA, email="dora@example.com"),
        sample_person(EVE, email="Dora+second@example.com"),
        sample_person(DORA, email="dora@example.com"),
        sample_person(ANA),
    ]

    assert [one.id for one in distinct(people)] == [DORA, ANA]


@pytest.mark.parametrize(
    "approvers",
    [
        pytest.param((APPROVERS, Access(users=(EVE.user,))), id="not any more"),
        pytest.param((Access(users=(EVE.user,)), APPROVERS), id="not yet then"),
        pytest.param((APPROVERS, Access()), id="nobody any more"),
    ],
)
def test_who_counts_was_an_approver_then_and_is_one_now(approvers: tuple[Access, ...]) -> None:
    answer = judged(approvers=approvers)

    assert answer.bar is Bar.NOT_APPROVER
    assert "The approvers have changed since this was asked for" in text(answer)


def test_users_and_groups_add_up() -> None:
    assert members_of(Access(users=("U1",), groups=(DBA, EMPTY)), GROUPS) == {
        "U1", ANA.user, DORA.user, EVE.user,
    }  # fmt: skip
    assert access_of(People(groups=(DBA,), users=("U012",))) == Access(
        groups=(DBA,), users=("U012",)
    )
    assert access_of(None) == Access()


def test_an_admin_is_a_full_member_whom_the_settings_name() -> None:
    assert belongs(sample_person(DORA), APPROVERS, GROUPS, TEAM)
    assert not belongs(sample_person(DORA, is_guest=True), APPROVERS, GROUPS, TEAM)
    assert not belongs(sample_person(DORA), Access(), GROUPS, TEAM)


@pytest.mark.parametrize(
    ("changes", "requesters", "bar"),
    [
        pytest.param({}, None, None, id="any full member where nobody is named"),
        pytest.param({}, Access(users=(ANA.user,)), None, id="named"),
        pytest.param({}, People(groups=(DBA,)), None, id="in a group of the settings"),
        pytest.param({}, Access(users=("U0OTHER",)), Bar.NOT_REQUESTER, id="not named"),
        pytest.param({}, Access(groups=(EMPTY,)), Bar.NOT_REQUESTER, id="empty group"),
        pytest.param({"is_guest": True}, None, Bar.GUEST, id="guest"),
        pytest.param({"is_guest": True}, Access(users=(ANA.user,)), Bar.GUEST, id="named guest"),
        pytest.param({"is_bot": True}, None, Bar.BOT, id="bot"),
        pytest.param({"is_deactivated": True}, None, Bar.DEACTIVATED, id="deactivated"),
        pytest.param({"is_external": True}, None, Bar.EXTERNAL, id="external"),
    ],
)
def test_who_may_ask_for_changes(
    changes: dict[str, Any], requesters: Access | People | None, bar: Bar | None
) -> None:
    answer = may_request(sample_person(ANA, **changes), requesters, GROUPS, TEAM)

    assert answer.bar is bar
    assert bool(text(answer)) is (bar is not None)
