"""CloudTrail's LookupEvents over the journal: every management call, reads too, minutes late."""

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError

from bot.sandbox.aws.clock import Clock
from bot.sandbox.aws.journal import Call, Journal
from bot.sandbox.aws.wire import OK

DELIVERY_SECONDS = 300.0
LARGEST_PAGE = 50
_NAMESPACE = uuid.UUID("6e6f7765-7265-4e65-8b1d-000000000000")

_ATTRIBUTES: dict[str, Callable[[Call], str]] = {
    "Username": lambda call: call.username,
    "EventName": lambda call: call.action,
    "EventSource": lambda call: f"{call.service}.amazonaws.com",
    "AccessKeyId": lambda call: call.access_key,
    "EventId": lambda call: event_id(call),
    "ReadOnly": lambda call: str(call.reads).lower(),
}


@dataclass
class Trail:
    """`delay` in seconds, before the pace shortens it; `per_second` limits lookups if set."""

    journal: Journal
    clock: Clock
    pace: float
    delay: float = DELIVERY_SECONDS
    per_second: int | None = None
    _looked_up: dict[tuple[str, str], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def reset(self) -> None:
        self.delay, self.per_second = DELIVERY_SECONDS, None
        self._looked_up.clear()

    def delivered(self, account: str, region: str) -> list[Call]:
        """Newest first."""
        latest = self.clock() - self.delay / self.pace
        return sorted(
            (
                call
                for call in self.journal.all()
                if (call.account, call.region) == (account, region)
                and call.answer is not None
                and call.at <= latest
            ),
            key=lambda call: call.at,
            reverse=True,
        )

    def admits(self, account: str, region: str) -> bool:
        now, seen = self.clock(), self._looked_up[account, region]
        seen[:] = [at for at in seen if now - at < 1]
        if self.per_second is not None and len(seen) >= self.per_second:
            return False
        seen.append(now)
        return True


class CloudTrail(CloudTrailResponse):
    """`trail` is set by whoever installs it: moto makes its responses by itself."""

    trail: ClassVar[Trail]

    def lookup_events(self) -> str:
        account, region = self.current_account, self.region
        if not self.trail.admits(account, region):
            raise JsonRESTError("ThrottlingException", "Rate exceeded")
        found = [c for c in self.trail.delivered(account, region) if self._wanted(c)]
        begin = int(self._get_param("NextToken", "0"))
        end = begin + self._page_size()
        answer: dict[str, Any] = {"Events": [as_event(call) for call in found[begin:end]]}
        if end < len(found):
            answer["NextToken"] = str(end)
        return json.dumps(answer)

    def _page_size(self) -> int:
        size = int(self._get_param("MaxResults", LARGEST_PAGE))
        if not 1 <= size <= LARGEST_PAGE:
            raise JsonRESTError("InvalidMaxResultsException", "MaxResults must be 1 to 50.")
        return size

    def _wanted(self, call: Call) -> bool:
        attributes = self._get_param("LookupAttributes", [])
        if len(attributes) > 1 or any(a["AttributeKey"] not in _ATTRIBUTES for a in attributes):
            raise JsonRESTError(
                "InvalidLookupAttributesException",
                "One attribute that CloudTrail knows is allowed.",
            )
        since, until = self._get_param("StartTime", 0), self._get_param("EndTime", float("inf"))
        return since <= int(call.at) <= until and all(
            _ATTRIBUTES[one["AttributeKey"]](call) == one["AttributeValue"] for one in attributes
        )


def event_id(call: Call) -> str:
    return str(uuid.uuid5(_NAMESPACE, call.request_id))


def as_event(call: Call) -> dict[str, Any]:
    return {
        "EventId": event_id(call),
        "EventName": call.action,
        "ReadOnly": str(call.reads).lower(),
        "AccessKeyId": call.access_key,
        "EventTime": int(call.at),
        "EventSource": f"{call.service}.amazonaws.com",
        "Username": call.username,
        "Resources": [],
        "CloudTrailEvent": json.dumps(_record(call)),
    }


def _record(call: Call) -> dict[str, Any]:
    record = {
        "eventVersion": "1.09",
        "userIdentity": _identity(call),
        "eventTime": datetime.fromtimestamp(int(call.at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{call.service}.amazonaws.com",
        "eventName": call.action,
        "awsRegion": call.region,
        "requestParameters": _lower_camel(call.parameters) or None,
        "responseElements": None,
        "requestID": call.request_id,
        "eventID": event_id(call),
        "readOnly": call.reads,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.account,
        "eventCategory": "Management",
    }
    return record if call.answer == OK else record | {"errorCode": call.answer}


def _identity(call: Call) -> dict[str, Any]:
    identity: dict[str, Any] = {
        "type": "AssumedRole" if call.session_name else "IAMUser",
        "arn": call.caller_arn,
        "accountId": call.account,
        "accessKeyId": call.access_key,
    }
    if call.session_name is None:
        return identity | {"userName": call.username}
    context = {"sourceIdentity": call.source_identity} if call.source_identity else {}
    return identity | {"sessionContext": context}


def _lower_camel(said: Any) -> Any:
    """RDS's own spelling in CloudTrail: `dBInstanceIdentifier`."""
    if isinstance(said, Mapping):
        return {name[:1].lower() + name[1:]: _lower_camel(one) for name, one in said.items()}
    return [_lower_camel(one) for one in said] if isinstance(said, list) else said
