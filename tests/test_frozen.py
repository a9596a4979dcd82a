"""No name that is stored, watched or pressed is lost when modules move."""

import json

import pytest

from tests.frozen import KEPT, frozen

BEFORE: dict[str, list[str]] = json.loads(KEPT.read_text("utf-8"))


def test_what_is_stored_or_watched_is_still_called_so() -> None:
    now = frozen()

    assert {kind: set(names) - set(now[kind]) for kind, names in BEFORE.items()} == {
        kind: set() for kind in BEFORE
    }


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("names", "request.policy_changed"),
        ("names", "incident.refused"),
        ("names", "rds_bot_outbox_depth"),
        ("names", "alarms/{}/{}"),
        ("names", "own-figures"),
        ("names", "kind=drawing"),
        ("operations", "create_snapshot"),
        ("columns", "requests.policy_hash"),
        ("settings", "policy.rules.deny"),
        ("values", "card | channel | home | person | picture | sns | thread"),
    ],
)
def test_each_kind_of_name_is_among_them(kind: str, name: str) -> None:
    assert name in BEFORE[kind]
