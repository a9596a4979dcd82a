"""Who has agreed: of one human being one account, by every address that an account had or has."""

import pytest

from bot.policy.approvers import MAILBOX, Electorate
from bot.policy.eligibility import Groups, sealed
from bot.values import Access, PersonId, Request, Vote
from tests.samples import ANA, DORA, EVE, TEAM, sample_person, sample_request, sample_vote

FAY = PersonId(team=TEAM, user="U000FAY")
APPROVERS = Access(users=(DORA.user, EVE.user, FAY.user))
D, E, F, A = "dora@example.com", "eve@example.com", "fay@example.com", "ana@example.com"
#: By account the address it voted under, and the one that it has now; None: Slack shows none.
Addresses = dict[PersonId, tuple[str | None, str | None]]


def request(addresses: Addresses, asked_as: str | None) -> Request:
    plain = sample_request(id=1042)
    votes = tuple(vote(plain, one, then) for one, (then, _) in addresses.items())
    asker = sample_person(ANA, email=asked_as)
    facts = {**plain.facts, MAILBOX: sealed(1042, asker)}
    return plain.model_copy(update={"votes": votes, "facts": facts})


def vote(plain: Request, one: PersonId, then: str | None) -> Vote:
    mark = sealed(plain.id, sample_person(one, email=then))
    return sample_vote(one, plan_hash=plain.plan_hash, mailbox=mark)


def counted(addresses: Addresses, asked_as: str | None = A, asks_as: str | None = A) -> int:
    people = {one: sample_person(one, email=now) for one, (_, now) in addresses.items()}
    people[ANA] = sample_person(ANA, email=asks_as)
    electorate = Electorate(people, (APPROVERS,), Groups(members={}), TEAM)
    return len(electorate.agreed(request(addresses, asked_as)))


@pytest.mark.parametrize(
    ("addresses", "people"),
    [
        pytest.param({DORA: (D, D), EVE: (E, E), FAY: (F, F)}, 3, id="three"),
        pytest.param({DORA: (None, None), EVE: (None, None)}, 2, id="no addresses"),
        pytest.param({DORA: (D, D), EVE: (E, D)}, 1, id="one went to the other's"),
        pytest.param({DORA: (D, E), EVE: (E, E)}, 1, id="the first went to the second's"),
        pytest.param({DORA: (D, E), EVE: (E, D)}, 1, id="they changed places"),
        pytest.param({DORA: (D, D), EVE: (E, D), FAY: (E, E)}, 1, id="through the second"),
        pytest.param({DORA: (D, D), FAY: (F, F), EVE: (D, F)}, 1, id="through the last"),
        pytest.param({DORA: (D, F), EVE: (E, F), FAY: (None, E)}, 1, id="by what it is now"),
        pytest.param({DORA: (D, None), EVE: (E, None), FAY: (F, None)}, 3, id="hidden since"),
    ],
)
def test_accounts_that_share_an_address_at_any_time_are_one(
    addresses: Addresses, people: int
) -> None:
    assert counted(addresses) == people


@pytest.mark.parametrize(
    ("addresses", "asked_as", "asks_as"),
    [
        pytest.param({DORA: (D, D)}, D, A, id="it asked under theirs"),
        pytest.param({DORA: (D, D)}, A, D, id="it has theirs now"),
        pytest.param({DORA: (A, D)}, A, E, id="they had what it asked under"),
        pytest.param({DORA: (D, F)}, A, D, id="it has what they voted under"),
        pytest.param({DORA: (D, D), EVE: (D, A)}, A, A, id="through another account"),
    ],
)
def test_nobody_who_ever_shared_an_address_with_the_requester_has_agreed(
    addresses: Addresses, asked_as: str, asks_as: str
) -> None:
    assert counted(addresses, asked_as, asks_as) == 0
