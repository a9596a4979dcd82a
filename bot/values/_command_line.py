"""Words of a command line, as the parser in ``handlers.parser`` reads them back."""

import re
from datetime import timedelta
from enum import Enum
from typing import Any

#: What Slack makes of a person or channel that is mentioned: <@U012ABCDEF|dora>.
MENTION = re.compile(r"<([@#])([A-Z0-9]{2,})(?:\|([^<>|\s]+))?>")
_BARE = re.compile(r"[A-Za-z0-9_@%+:,./#][A-Za-z0-9_@%+:,./=#-]*")


def quoted(text: str) -> str:
    """``text`` as one word."""
    if _BARE.fullmatch(text) or MENTION.fullmatch(text):
        return text
    runs = re.findall(r"[^']+|'+", text)
    if len(runs) > 1 and '"' not in text:
        return f'"{text}"'
    return "".join(f'"{run}"' if run[0] == "'" else f"'{run}'" for run in runs) or "''"


def written(value: Any) -> str:
    """One value of a parameter, before it is quoted."""
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value.value if isinstance(value, Enum) else value)


def _duration(length: timedelta) -> str:
    minutes, seconds = divmod(length, timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    exact = f"{seconds.total_seconds():.6f}".rstrip("0").rstrip(".")
    parts = {"d": str(days), "h": str(hours), "m": str(minutes), "s": exact}
    return "".join(amount + unit for unit, amount in parts.items() if amount != "0") or "0s"
