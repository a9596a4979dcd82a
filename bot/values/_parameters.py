"""What AWS says of the parameters of a parameter group."""

import re

from bot.values._base import Value

_FORMULA = re.compile(r"\{|(GREATEST|LEAST|SUM|IF)\(", re.IGNORECASE)
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


class DBParameter(Value):
    """One parameter of a group of an instance or a cluster."""

    name: str
    value: str | None = None  #: None: the engine's own default, which AWS does not tell
    source: str = ""  #: ``user``, ``system`` or ``engine-default``
    is_static: bool = False  #: only a restart applies it
    is_modifiable: bool = True
    allowed: str = ""  #: ranges and words with commas; empty: AWS does not say
    data_type: str = ""
    method: str = ""  #: by which it was set: ``immediate`` or ``pending-reboot``

    @property
    def is_set(self) -> bool:
        """Whether somebody gave it a value in this group."""
        return self.source == "user"

    @property
    def apply_method(self) -> str:
        """The only one that AWS takes for what is static, the quicker one for the rest."""
        return "pending-reboot" if self.is_static else "immediate"

    def allows(self, value: str) -> bool:
        """Whether AWS's own list has room for it; a formula and what has no list are AWS's matter.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html
        """
        if not self.allowed or _FORMULA.search(value):
            return True
        parts = [one.strip() for one in self.allowed.split(",")]
        if self.data_type == "list":
            return all(
                any(_within(one.strip(), part) for part in parts) for one in value.split(",")
            )
        return any(_within(value, part) for part in parts)


def _within(value: str, allowed: str) -> bool:
    """Of a range that it holds the number, of a word that it is that word."""
    if (span := _RANGE.fullmatch(allowed)) is None:
        return value.casefold() == allowed.casefold()
    return bool(_NUMBER.fullmatch(value)) and float(span[1]) <= float(value) <= float(span[2])
