"""What may become of a CloudOps request, and in which words who comes too late hears of it."""

import pytest

from bot.requests.cloudops_rules import late, moved, told, unasked
from bot.values import CloudOpsRequest, CloudOpsState, Person, Place
from handlers.blocks.text import plain
from tests.samples import ANA, DORA, NOW

OPEN, TAKEN, DONE, DECLINED, WITHDRAWN = CloudOpsState
ENDS = (DONE, DECLINED, WITHDRAWN)


def _request(state: CloudOpsState = OPEN) -> CloudOpsRequest:
    request = CloudOpsRequest(denial=7, requester=ANA, channel="C1", asked_at=NOW)
    if state is OPEN:
        return request
    made = moved(request, state, DORA, NOW)
    assert made is not None
    return made


def _person(user: str, email: str | None = None) -> Person:
    return Person(id=ANA.model_copy(update={"user": user}), name=user, email=email)


@pytest.mark.parametrize("to", CloudOpsState)
@pytest.mark.parametrize("state", CloudOpsState)
def test_it_is_taken_once_and_ends_once(state: CloudOpsState, to: CloudOpsState) -> None:
    may = (state is OPEN and to is not OPEN) or (state is TAKEN and to in ENDS)

    after = moved(_request(state), to, DORA, NOW + 1, "not today")

    assert (after is not None) == may
    if after is not None:
        assert after.state is to
        assert (after.taken_at, after.ended_at) == (
            NOW + 1 if to is TAKEN else NOW if state is TAKEN else None,
            NOW + 1 if to in ENDS else None,
        )
        assert after.reason == ("not today" if to in ENDS else "")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (TAKEN, "took this 2026-11-20 14:03 UTC; you can still mark it done."),
        (DONE, "marked this done 2026-11-20 14:03 UTC. Nothing is left to do."),
        (DECLINED, "declined this 2026-11-20 14:03 UTC. Nothing is left to do."),
        (WITHDRAWN, "withdrew this 2026-11-20 14:03 UTC. Nothing is left to do."),
    ],
)
def test_who_comes_too_late_hears_who_was_there_before(state: CloudOpsState, said: str) -> None:
    to_others, to_who_did = late(_request(state), ANA), late(_request(state), DORA)

    assert to_others.code == "closed"
    assert plain(to_others.spans, {DORA.user: "dora"}) == f"@dora {said}"
    assert plain(to_who_did.spans) == f"You {said}"


@pytest.mark.parametrize("to", [TAKEN, DONE, DECLINED])
def test_who_asked_does_not_answer_under_any_account_and_nobody_else_withdraws(
    to: CloudOpsState,
) -> None:
    ana, other = _person(ANA.user, "ana@example.com"), _person("U2", "dora@example.com")
    second = _person("U3", "Ana+ops@example.com")

    for own in (ana, second):
        refused = unasked(to, own, ana)
        assert refused is not None
        assert refused.code == "self"
        assert unasked(WITHDRAWN, own, ana) is None
    assert unasked(to, other, ana) is None
    assert unasked(WITHDRAWN, other, ana) is not None


def test_each_step_is_told_to_who_waits_for_it() -> None:
    def waits(request: CloudOpsRequest) -> list[str]:
        return [one.address for one in told(request) if one.place is Place.PERSON]

    taken = _request(TAKEN)
    withdrawn = moved(taken, WITHDRAWN, ANA, NOW)
    assert withdrawn is not None

    assert [waits(_request(state)) for state in (TAKEN, DONE, DECLINED)] == [[ANA.user]] * 3
    assert waits(withdrawn) == [DORA.user]
    assert waits(_request(WITHDRAWN)) == []
