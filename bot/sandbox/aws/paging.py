"""AWS's paging: MaxRecords from 20 to 100, and a Marker that stands for the last record seen."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from moto.rds.exceptions import InvalidParameterValue

SMALLEST, LARGEST = 20, 100

Record = TypeVar("Record")
Key = Callable[[Record], Any]
"""What records are sorted by: a string, or a list of numbers and strings."""


def page(
    records: Sequence[Record], key: Key[Record], size: int | None, marker: str | None
) -> tuple[list[Record], str | None]:
    """One page in the order of `key`, and the marker of the next or None."""
    length = _checked(LARGEST if size is None else size)
    after = None if marker is None else _read(marker)
    rest = sorted((one for one in records if after is None or key(one) > after), key=key)
    shown = rest[:length]
    return shown, _written(key(shown[-1])) if len(rest) > length else None


def _checked(size: int) -> int:
    if not SMALLEST <= size <= LARGEST:
        raise InvalidParameterValue(
            f"Invalid value {size} for MaxRecords. Must be between {SMALLEST} and {LARGEST}"
        )
    return size


def _written(key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _read(marker: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(marker))
    except (binascii.Error, ValueError) as error:
        raise InvalidParameterValue("Invalid marker: it is not one AWS gave.") from error
