"""What the rules say of a change before anybody asks for it."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.policy import lowest_risk, rules_for
from bot.settings import PolicySettings
from bot.values import Risk

REST = {"approvals": {"low": 0, "medium": 1, "high": 2}}


@pytest.mark.parametrize(
    ("rules", "risk", "told"),
    [
        ([REST], Risk.LOW, ["Everywhere else: no approval at low risk, 1 approval at medium risk, "
                            "2 approvals at high risk."]),
        ([REST], Risk.HIGH, ["Everywhere else: 2 approvals."]),
        ([{"environment": "staging", "approvals": 3, "approvers": {"users": ["U0ANA00001"]}}, REST],
         Risk.HIGH, ["Where environment is staging: 3 approvals, from approvers of its own.",
                     "Everywhere else: 2 approvals."]),
        ([{"operation": "create_snapshot", "deny": "No."}, REST], Risk.HIGH,
         ["Everywhere else: 2 approvals."]),
        ([{"risk": "low", "deny": "No."}, REST], Risk.HIGH, ["Everywhere else: 2 approvals."]),
        ([{"operation": "reboot_instance", "deny": "Ask us."}, REST], Risk.HIGH,
         ["Where operation is reboot_instance: not allowed. Ask us.",
          "Everywhere else: 2 approvals."]),
    ],
)  # fmt: skip
def test_only_what_a_change_can_meet_is_told(
    rules: list[Mapping[str, Any]], risk: Risk, told: list[str]
) -> None:
    policy = PolicySettings.model_validate({"rules": rules})

    assert list(rules_for("reboot_instance", risk, policy)) == told


@pytest.mark.parametrize(
    ("setting", "irreversible", "expected"),
    [
        (None, False, Risk.MEDIUM),
        (Risk.LOW, False, Risk.LOW),
        (Risk.HIGH, False, Risk.HIGH),
        (Risk.LOW, True, Risk.MEDIUM),
        (Risk.HIGH, True, Risk.HIGH),
    ],
)
def test_a_setting_moves_the_risk_and_lowers_no_irreversible_one(
    setting: Risk | None, irreversible: bool, expected: Risk
) -> None:
    policy = PolicySettings(risk={"reboot_instance": setting} if setting else {})

    assert lowest_risk("reboot_instance", Risk.MEDIUM, irreversible, policy) is expected
