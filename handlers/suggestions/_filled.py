"""What a sentence says of a change beside its database, for the form that is offered."""

import re
from collections.abc import Mapping

from bot.operation import Change
from bot.params import Switch

#: In a command that is none, or in a sentence.
REASON = re.compile(r"(?:--reason|\bbecause) (?P<said>[^.?!]{3,200})", re.IGNORECASE)
FAILED_OVER = re.compile(r"\bfail(?:ing|ed)?[ -](?:it |this |that )?over\b")


def reason_in(said: str) -> str:
    """Empty where it gives none."""
    given = REASON.search(said)
    return given["said"].strip(" \"'") if given else ""


def switches_in(said: str, change: type[Change]) -> Mapping[str, str]:
    """As the fields of its form: ``failover`` for a sentence that speaks of one."""
    words = re.findall(r"\w+", FAILED_OVER.sub("failover", said.casefold()))
    names = (one for one in change.model_fields if isinstance(change.parameter(one), Switch))
    return {name: "yes" for name in names if name in words}
