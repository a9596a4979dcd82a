"""Several buttons behind one control, and the click that comes of it."""

import pytest

from bot.values import Button, Menu, asking, looking
from handlers.blocks.elements import buttons
from handlers.intake.menus import unfolded

LOOKS = looking("Top load", "top orders-test")
ASKS = asking("Reboot…", "reboot_instance", "orders-test@main/us-east-1", "I-2: free storage low")


def menu(*choices: Button, chosen: str = "") -> dict[str, object]:
    [block] = buttons([Menu(label="More", choices=choices, chosen=chosen)])
    [element] = block["elements"]
    return dict(element)


def test_up_to_five_choices_stand_behind_three_dots() -> None:
    assert menu(LOOKS, ASKS)["type"] == "overflow"
    assert menu(*[LOOKS] * 5)["type"] == "overflow"
    assert menu(*[LOOKS] * 6)["type"] == "static_select"


def test_the_choice_that_stands_is_shown() -> None:
    found = menu(LOOKS, ASKS, chosen="Top load")

    assert found["type"] == "static_select"
    assert found["initial_option"] == found["options"][0]  # type: ignore[index]


@pytest.mark.parametrize("one", [LOOKS, ASKS], ids=lambda one: one.label)
def test_a_choice_is_the_button_that_it_stands_for(one: Button) -> None:
    options = menu(one)["options"]
    click = {"type": "overflow", "action_id": "menu.More", "selected_option": options[0]}  # type: ignore[index]

    found = unfolded(click)

    assert (found["action_id"], found["value"]) == (one.action, one.value)


@pytest.mark.parametrize(
    "click",
    [
        {"action_id": "request.approve", "value": "7"},
        {"action_id": "menu.More"},
        {"action_id": "menu.More", "selected_option": None},
        {"action_id": "menu.More", "selected_option": {"value": ""}},
    ],
)
def test_what_holds_no_choice_stays_what_it_is(click: dict[str, object]) -> None:
    assert unfolded(click)["action_id"] == click["action_id"]


def test_what_no_menu_can_hold_becomes_buttons() -> None:
    long = looking("Chart", f"metrics {'x' * 150}")

    [block] = buttons([Menu(label="More", choices=(LOOKS, long))])

    assert [one["type"] for one in block["elements"]] == ["button", "button"]
