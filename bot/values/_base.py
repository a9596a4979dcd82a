"""What all values share."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

SECOND = 1_000_000
#: On all that the bot makes at AWS: whose request it was.
REQUEST_TAG = "rds-bot:request-id"


def canonical(value: Any) -> bytes:
    """The one JSON form of a value: sorted keys, no spaces, UTF-8. Hashes are taken over it."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def micros(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def json_value(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def label(request_id: int) -> str:
    return f"RDS-{request_id}"
